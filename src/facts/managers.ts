import { sh } from '../kernel/sh.ts'
import { baseName, type FactSource } from './fact-source.ts'

/** Which package manager a host has; the last one found counts, as in Ansible's list. */
const PACKAGE_MANAGERS: readonly (readonly [path: string, name: string])[] = [
  ['/usr/bin/rpm-ostree', 'atomic_container'],
  ['/usr/bin/yum', 'yum'],
  ['/usr/bin/dnf', 'dnf'],
  ['/usr/bin/apt-get', 'apt'],
  ['/usr/bin/zypper', 'zypper'],
  ['/usr/sbin/urpmi', 'urpmi'],
  ['/usr/bin/pacman', 'pacman'],
  ['/bin/opkg', 'opkg'],
  ['/usr/pkg/bin/pkgin', 'pkgin'],
  ['/sbin/apk', 'apk'],
  ['/usr/bin/emerge', 'portage'],
  ['/usr/bin/xbps-install', 'xbps'],
  ['/usr/bin/swupd', 'swupd'],
  ['/usr/sbin/sorcery', 'sorcery'],
]

export const packageManager: FactSource = {
  name: 'pkg_mgr',
  paths: sh`${PACKAGE_MANAGERS.map(([path]) => path)} /run/ostree-booted`,
  read(evidence, known) {
    const found = PACKAGE_MANAGERS.filter(([path]) => evidence.exists(path)).at(-1)?.[1] ?? 'unknown'
    if (known.os_family === 'Debian') return { pkg_mgr: 'apt' }
    if (known.os_family !== 'RedHat') return { pkg_mgr: found }
    if (evidence.exists('/run/ostree-booted')) return { pkg_mgr: 'atomic_container' }
    return { pkg_mgr: evidence.exists('/usr/bin/dnf') ? 'dnf' : evidence.exists('/usr/bin/yum') ? 'yum' : found }
  },
}

const INIT_NAMES: { readonly [comm: string]: string } = {
  procd: 'openwrt_init',
  'runit-init': 'runit',
  svscan: 'svc',
  'openrc-init': 'openrc',
}

export const serviceManager: FactSource = {
  name: 'service_mgr',
  files: sh`/proc/1/comm`,
  // Where systemd runs nobody asks what /sbin/init is.
  script: sh`if [ ! -d /run/systemd/system ]; then field .init "$(readlink /sbin/init)"; fi || :`,
  paths: sh`/run/systemd/system /usr/bin/systemctl /bin/systemctl /etc/init /sbin/initctl /sbin/openrc /etc/init.d`,
  read(evidence, known) {
    const init = baseName(evidence.text('/proc/1/comm') ?? (evidence.fields.text('.init') || 'init'))
    // "init" says nothing, and a shell as the first process is a container's.
    if (init !== 'init' && !init.endsWith('sh')) return { service_mgr: INIT_NAMES[init] ?? init }
    if (known.distribution === 'OpenWrt') return { service_mgr: 'openwrt_init' }
    const systemctl = evidence.exists('/usr/bin/systemctl') || evidence.exists('/bin/systemctl')
    if (systemctl && evidence.exists('/run/systemd/system')) return { service_mgr: 'systemd' }
    if (evidence.exists('/sbin/initctl') && evidence.exists('/etc/init')) return { service_mgr: 'upstart' }
    if (evidence.exists('/sbin/openrc')) return { service_mgr: 'openrc' }
    if (systemctl && baseName(evidence.fields.text('.init')) === 'systemd') return { service_mgr: 'systemd' }
    return { service_mgr: evidence.exists('/etc/init.d') ? 'sysvinit' : 'service' }
  },
}
