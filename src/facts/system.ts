import { sh } from '../kernel/sh.ts'
import type { Evidence, FactSource, Facts } from './fact-source.ts'

/** The small groups of Ansible's `setup`, each a few lines. */
export const lsb: FactSource = {
  name: 'lsb',
  files: sh`/etc/lsb-release`,
  // Where /etc/lsb-release names the distribution it says what lsb_release would, which is a slow script on such hosts.
  script: sh`
    if command -v lsb_release >/dev/null && ! grep -qs DISTRIB_ID /etc/lsb-release; then
      field .lsb "$(lsb_release -a 2>/dev/null)"
    fi
  `,
  read(evidence) {
    const found: { [name: string]: string } = {}
    const answer = evidence.fields.text('.lsb')
    const names: readonly (readonly [string, RegExp])[] =
      answer === ''
        ? [
            ['id', /DISTRIB_ID/],
            ['release', /DISTRIB_RELEASE/],
            ['description', /DISTRIB_DESC/],
            ['codename', /DISTRIB_CODE/],
          ]
        : [
            ['id', /^Distributor ID:/],
            ['description', /^Description:/],
            ['release', /^Release:/],
            ['codename', /^Codename:/],
          ]
    for (const line of answer === '' ? evidence.lines('/etc/lsb-release') : answer.split('\n')) {
      const name = names.find(([, pattern]) => pattern.test(line))?.[0]
      const value = /[:=](.*)$/.exec(line)?.[1]?.trim()
      if (name !== undefined && value !== undefined) found[name] = value.replace(/^['"\\]+|['"\\]+$/g, '')
    }
    if (found.release !== undefined) found.major_release = found.release.split('.')[0]!
    return { lsb: found }
  },
}

export const apparmor: FactSource = {
  name: 'apparmor',
  paths: sh`/sys/kernel/security/apparmor`,
  read: (evidence) => ({
    apparmor: { status: evidence.exists('/sys/kernel/security/apparmor') ? 'enabled' : 'disabled' },
  }),
}

/** SELinux from its file system and configuration; Ansible asks the library, which reads the same. */
export const selinux: FactSource = {
  name: 'selinux',
  files: sh`/sys/fs/selinux/enforce /sys/fs/selinux/policyvers /etc/selinux/config`,
  read(evidence) {
    const enforce = evidence.text('/sys/fs/selinux/enforce')
    if (enforce === null) return { selinux: { status: 'disabled' }, selinux_python_present: true }
    const config = (name: string) =>
      evidence
        .lines('/etc/selinux/config')
        .map((line) => new RegExp(`^\\s*${name}=(\\S+)`).exec(line)?.[1])
        .find((value) => value !== undefined) ?? 'unknown'
    return {
      selinux: {
        status: 'enabled',
        mode: enforce === '1' ? 'enforcing' : 'permissive',
        config_mode: config('SELINUX'),
        type: config('SELINUXTYPE'),
        policyvers: Number(evidence.text('/sys/fs/selinux/policyvers') ?? 0),
      },
      selinux_python_present: true,
    }
  },
}

export const chroot: FactSource = {
  name: 'chroot',
  script: sh`
    if [ -n "\${debian_chroot-}" ]; then field .chroot 1
    elif [ -e /proc/1/root/. ]; then if [ / -ef /proc/1/root/. ]; then field .chroot 0; else field .chroot 1; fi
    else
      set -- $(ls -di / 2>/dev/null)
      case \${1-} in 2|128|256) field .chroot 0 ;; *) field .chroot 1 ;; esac
    fi
  `,
  read: ({ fields }) => ({ is_chroot: fields.flag('.chroot') }),
}

export const fips: FactSource = {
  name: 'fips',
  files: sh`/proc/sys/crypto/fips_enabled`,
  read: (evidence) => ({ fips: evidence.text('/proc/sys/crypto/fips_enabled') === '1' }),
}

export const capabilities: FactSource = {
  name: 'caps',
  script: sh`if command -v capsh >/dev/null; then field .caps "$(capsh --print 2>/dev/null)"; fi`,
  read({ fields }) {
    const answer = fields.text('.caps')
    if (answer === '') return { system_capabilities: 'N/A', system_capabilities_enforced: 'N/A' }
    const current = answer.split('\n').find((line) => line.startsWith('Current:')) ?? 'Current:='
    const unlimited = current.split(':')[1]!.trim() === '=ep'
    const names = unlimited ? [] : (current.split('=')[1] ?? '').split(',').map((name) => name.trim())
    return { system_capabilities: names, system_capabilities_enforced: unlimited ? 'False' : 'True' }
  },
}

export const loadAverage: FactSource = {
  name: 'loadavg',
  files: sh`/proc/loadavg`,
  read(evidence) {
    const [one, five, fifteen] = (evidence.text('/proc/loadavg') ?? '').split(' ').map(Number)
    return fifteen === undefined ? {} : { loadavg: { '1m': one!, '5m': five!, '15m': fifteen } }
  },
}

export const environment: FactSource = {
  name: 'env',
  // Its records end in a NUL as fields do.
  script: sh`
    field .lc-all "\${PROVISION_LC_ALL-}"
    field .env-begin ''; PATH=$own_path cat /proc/self/environ || :; field .env-end ''
  `,
  read({ fields }) {
    const env: { [name: string]: string } = {}
    for (const [name, value] of fields.between('.env-begin', '.env-end')) env[name] = value
    // The prelude sets LC_ALL for its own sake, and keeps what the user had; the other two are the shell's.
    for (const name of ['LC_ALL', '_', 'SHLVL']) delete env[name]
    const own = fields.text('.lc-all')
    return { env: own === '' ? env : { ...env, LC_ALL: own } }
  },
}

export const user: FactSource = {
  name: 'user',
  script: sh`
    field .id "uid=$uid gid=$gid"
    login=\${LOGNAME:-\${USER:-\${LNAME:-\${USERNAME:-}}}}
    if command -v getent >/dev/null; then entry=$(getent passwd "\${login:-$uid}") || entry=$(getent passwd "$uid") || :
    else entry=$(grep "^\${login:-root}:" /etc/passwd) || :; fi
    field .passwd "$entry"
    field .login "$login"
  `,
  read({ fields }) {
    const [name = '', , uid = '0', gid = '0', gecos = '', dir = '', shell = ''] = fields.text('.passwd').split(':')
    const id = /^uid=(\d+)\S* gid=(\d+)/.exec(fields.text('.id'))
    return {
      user_id: fields.text('.login') || name,
      user_uid: Number(uid),
      user_gid: Number(gid),
      user_gecos: gecos,
      user_dir: dir,
      user_shell: shell,
      real_user_id: Number(id?.[1] ?? 0),
      effective_user_id: Number(id?.[1] ?? 0),
      real_group_id: Number(id?.[2] ?? 0),
      effective_group_id: Number(id?.[2] ?? 0),
    }
  },
}

const KEY_FOLDERS = ['/etc/ssh', '/etc/openssh', '/etc']
const KEY_KINDS = ['dsa', 'rsa', 'ecdsa', 'ed25519']

export const sshKeys: FactSource = {
  name: 'ssh_pub_keys',
  files: sh`/etc/ssh/ssh_host_*_key.pub /etc/openssh/ssh_host_*_key.pub /etc/ssh_host_*_key.pub`,
  read(evidence) {
    for (const folder of KEY_FOLDERS) {
      const facts: Facts = {}
      for (const kind of KEY_KINDS) {
        const [type, key] = (evidence.text(`${folder}/ssh_host_${kind}_key.pub`) ?? '').split(/\s+/)
        if (key === undefined) continue
        facts[`ssh_host_key_${kind}_public`] = key
        facts[`ssh_host_key_${kind}_public_keytype`] = type!
      }
      if (Object.keys(facts).length > 0) return facts
    }
    return {}
  },
}

export const commandLine: FactSource = {
  name: 'cmdline',
  files: sh`/proc/cmdline`,
  read(evidence) {
    const text = evidence.text('/proc/cmdline')
    if (text === null) return {}
    const cmdline: Facts = {}
    const every: Facts = {}
    for (const word of text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []) {
      const [, name, value] = /^([^=]*)(?:=(.*))?$/s.exec(word)!
      cmdline[name!] = value ?? true
      const before = every[name!]
      if (value === undefined) every[name!] = true
      else if (before === undefined) every[name!] = value
      else every[name!] = [...(Array.isArray(before) ? before : [before]), value]
    }
    return { cmdline, proc_cmdline: every }
  },
}

export const dns: FactSource = {
  name: 'dns',
  files: sh`/etc/resolv.conf`,
  read: (evidence) => ({ dns: resolver(evidence) }),
}

/** resolv.conf(5). */
function resolver(evidence: Evidence): Facts {
  const found: Facts = {}
  for (const line of evidence.lines('/etc/resolv.conf')) {
    if (/^[#;]|^\s*$/.test(line)) continue
    const [keyword, ...words] = line.trim().split(/\s+/)
    if (keyword === 'nameserver') found.nameservers = [...((found.nameservers as string[]) ?? []), ...words]
    else if (keyword === 'domain' && words[0] !== undefined) found.domain = words[0]
    else if (keyword === 'search' || keyword === 'sortlist') found[keyword] = words
    else if (keyword === 'options') {
      const options = words.map((word) => [word.split(':')[0]!, word.split(':').slice(1).join(':') || true])
      found.options = Object.fromEntries(options)
    }
  }
  return found
}
