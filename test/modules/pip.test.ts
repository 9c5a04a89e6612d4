import { module } from '../../src/modules/pip.ts'
import { testModule } from '../support/module.ts'
import { serverHost } from '../support/server-host.ts'

/** Wheels of a package in two versions, and of another, are all that pip can reach; the environment borrows the host's pip. */
const WHEELS = `
mkdir wheels
python3 - <<'EOF'
import zipfile
for name, version in (("demo_pkg", "1.0"), ("demo_pkg", "1.5"), ("other", "2.0rc1")):
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(f"/t/wheels/{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", f"version = '{version}'\\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: hand\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
EOF
printf '[global]\\nno-index = true\\nfind-links = /t/wheels\\nbreak-system-packages = true\\nroot-user-action = ignore\\n' >/etc/pip.conf
`
const VENV = `${WHEELS}
python3 -m venv --without-pip --system-site-packages venv
printf '#!/bin/sh\\nexec /t/venv/bin/python3 -m pip "$@"\\n' >venv/bin/pip; chmod 755 venv/bin/pip
`
const install = (what: string) => `${VENV}venv/bin/pip -q install ${what}`
const version = (of: string) => `[ "$(venv/bin/python3 -c 'import demo_pkg; print(demo_pkg.version)')" = ${of} ]`
const PATHS = ['/usr/local/lib/python3.13', '/root/.cache']

export const tests = testModule(
  module,
  [
    {
      name: 'installs a package into an environment',
      given: VENV,
      args: { name: 'demo-pkg', virtualenv: '/t/venv' },
      want: {
        changes: [{ what: 'package demo-pkg', before: null, after: 'present' }],
        result: {
          ...{ changed: true, name: ['demo-pkg'], state: 'present', version: null, virtualenv: '/t/venv' },
          ...{ cmd: ['/t/venv/bin/pip', 'install', 'demo-pkg'], stdout: /Successfully installed demo[-_]pkg-1\.5/ },
        },
        after: version('1.5'),
      },
      paths: PATHS,
    },
    {
      name: 'leaves a package that is there, by another spelling of its name',
      given: install('demo-pkg==1.0'),
      args: { name: 'Demo_Pkg', virtualenv: '/t/venv' },
      want: { changes: 'none', result: { changed: false } },
      paths: PATHS,
    },
    {
      name: 'brings a package to a version',
      given: install('demo-pkg==1.5'),
      args: { name: ['demo-pkg'], version: '1.0', virtualenv: '/t/venv' },
      want: {
        changes: [{ what: 'package demo-pkg', before: '1.5', after: '==1.0' }],
        result: { changed: true, version: '1.0' },
        after: version('1.0'),
      },
      paths: PATHS,
    },
    {
      name: 'understands what is asked of versions',
      given: install('demo-pkg==1.0 other==2.0rc1'),
      args: { name: ['demo-pkg>=1.0', '<1.5', 'other~=2.0rc1'], virtualenv: '/t/venv', extra_args: '--no-cache-dir' },
      want: { changes: 'none' },
      paths: PATHS,
    },
    {
      name: 'removes packages that are there',
      given: install('demo-pkg'),
      args: { name: ['demo-pkg', 'other'], state: 'absent', virtualenv: '/t/venv' },
      want: {
        changes: [{ what: 'package demo-pkg', before: '1.5', after: null }],
        result: { changed: true, state: 'absent' },
        after: '! venv/bin/python3 -c "import demo_pkg" 2>/dev/null',
      },
      paths: PATHS,
    },
    {
      name: 'asks pip for the latest version',
      given: install('demo-pkg==1.0'),
      args: { name: 'demo-pkg', state: 'latest', virtualenv: '/t/venv' },
      want: { result: { changed: true }, after: version('1.5') },
      paths: PATHS,
      always: true,
    },
    {
      name: 'says when the latest version was there',
      given: install('demo-pkg'),
      args: { name: 'demo-pkg', state: 'latest', virtualenv: '/t/venv' },
      want: { result: { changed: false } },
      paths: PATHS,
      always: true,
    },
    {
      name: 'installs what a file asks for, in a folder',
      given: `${VENV}mkdir app; printf 'demo-pkg==1.0\\n' >app/requirements.txt`,
      args: { requirements: 'requirements.txt', chdir: '/t/app', virtualenv: '../venv', umask: '0027' },
      want: { result: { changed: true, requirements: 'requirements.txt' }, after: version('1.0') },
      paths: PATHS,
      always: true,
    },
    {
      name: 'says when a file asks for what is there',
      given: `${install('demo-pkg==1.0')}; printf 'demo-pkg\\n' >requirements.txt`,
      args: { requirements: '/t/requirements.txt', virtualenv: '/t/venv' },
      want: { result: { changed: false } },
      paths: PATHS,
      always: true,
    },
    {
      name: 'makes the environment',
      given: WHEELS,
      args: { name: 'demo-pkg', virtualenv: '/t/venv', virtualenv_command: 'python3 -m venv' },
      want: {
        changes: [
          { what: 'virtualenv', before: null, after: '/t/venv' },
          { what: 'package demo-pkg', before: null, after: 'present' },
        ],
        result: { changed: true },
        after: version('1.5'),
      },
      paths: PATHS,
    },
    {
      name: 'makes the environment by virtualenv, with the packages of the system',
      given: WHEELS,
      args: {
        name: 'demo-pkg',
        virtualenv: '/t/venv',
        virtualenv_site_packages: true,
        virtualenv_python: 'python3',
        extra_args: '--no-deps',
      },
      want: { result: { changed: true }, after: `${version('1.5')}; grep -q "site-packages = true" venv/pyvenv.cfg` },
      paths: PATHS,
    },
    {
      name: 'installs for the whole host',
      given: `${WHEELS}pip3 -q uninstall -y demo-pkg 2>/dev/null || :`,
      args: { name: 'demo-pkg', executable: 'pip3' },
      want: {
        result: { changed: true, cmd: ['/usr/bin/pip3', 'install', 'demo-pkg'] },
        after: 'python3 -c "import demo_pkg"; pip3 -q uninstall -y demo-pkg',
      },
      paths: PATHS,
    },
    {
      name: 'installs once more',
      given: install('demo-pkg'),
      args: { name: 'demo-pkg', state: 'forcereinstall', virtualenv: '/t/venv' },
      want: { result: { changed: true } },
      paths: PATHS,
      always: true,
    },
    {
      name: 'says what pip says',
      given: VENV,
      args: { name: 'nowhere-to-be-found', virtualenv: '/t/venv' },
      want: { failure: /:stderr: .*No matching distribution found for nowhere-to-be-found/s },
    },
    {
      name: 'wants one version for one package',
      args: { name: ['a', 'b'], version: '1' },
      want: { failure: /'version' argument is ambiguous/ },
    },
    {
      name: 'needs a program to make the environment',
      given: WHEELS,
      args: { name: 'demo-pkg', virtualenv: '/t/venv', virtualenv_command: 'no-such-program' },
      want: { failure: /Failed to find required executable "no-such-program"/ },
    },
  ],
  serverHost('python'),
)
