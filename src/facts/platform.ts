import { sh } from '../kernel/sh.ts'
import type { Evidence, FactSource, Facts } from './fact-source.ts'

/**
 * Kernel, names and architecture (Ansible's `platform` collector; names as Python's `platform` and `socket.getfqdn` give them). A shell reads
 * a program file byte by byte up to its first newline; an address of more than eight digits says the same sooner. uname(1) calls the machine
 * otherwise than the kernel to those of another personality(2) only.
 */
export const platform: FactSource = {
  name: 'platform',
  files: sh`/proc/sys/kernel/ostype /proc/sys/kernel/osrelease /proc/sys/kernel/version /var/lib/dbus/machine-id /etc/machine-id`,
  paths: sh`/lib64 /usr/lib64`,
  script: sh`
    host= machine= persona=
    if [ -r /proc/sys/kernel/arch ] && [ -r /proc/self/personality ]; then
      { read -r host </proc/sys/kernel/hostname; read -r machine </proc/sys/kernel/arch; read -r persona </proc/self/personality; } || :
    fi
    if [ -z "$machine" ] || [ "$persona" != 00000000 ]; then set -- $(uname -nm); host=$1 machine=$2; fi
    field .node "$host"; field .machine "$machine"
    if command -v getent >/dev/null; then
      addresses=$(getent ahosts "$host") && field .named "$(getent hosts "\${addresses%%[!0-9a-fA-F.:]*}")" || :
    else
      field .named "- $(hostname -f 2>/dev/null)"
    fi
    address=; [ ! -r /proc/self/maps ] || read -r address </proc/self/maps || :
    case \${address%%-*} in
    ?????????*) field .bits 64 ;;
    *)
      elf=; [ ! -r /proc/self/exe ] || read -r elf </proc/self/exe || :
      case $elf in ?ELF${'\u0001'}*) field .bits 32 ;; ?ELF${'\u0002'}*) field .bits 64 ;; esac ;;
    esac
  `,
  read(evidence) {
    const { fields } = evidence
    const node = fields.text('.node')
    const machine = fields.text('.machine')
    const fqdn = fullName(node, fields.text('.named'))
    const bits = fields.text('.bits') || (/64|s390x|alpha/.test(machine) ? '64' : '32')
    const facts: Facts = {
      system: evidence.text('/proc/sys/kernel/ostype') ?? 'Linux',
      kernel: evidence.text('/proc/sys/kernel/osrelease') ?? '',
      kernel_version: evidence.text('/proc/sys/kernel/version') ?? '',
      machine,
      nodename: node,
      hostname: node.split('.')[0]!,
      fqdn,
      domain: fqdn.split('.').slice(1).join('.'),
      userspace_bits: bits,
      ...architecture(machine, bits),
    }
    const id = evidence.text('/var/lib/dbus/machine-id') ?? evidence.text('/etc/machine-id')
    return id === null ? facts : { ...facts, machine_id: id.split('\n')[0]! }
  },
}

/** The first name with a dot that the address of the host's own name answers to, else its first name. */
function fullName(node: string, answer: string): string {
  const [, ...names] = answer.split('\n')[0]!.trim().split(/\s+/)
  return names.find((name) => name.includes('.')) ?? names[0] ?? node
}

function architecture(machine: string, bits: string): Facts {
  const x86 = /^i([3456]86|86pc)$/.test(machine)
  if (machine !== 'x86_64' && !x86) return { architecture: machine }
  return { architecture: x86 ? 'i386' : machine, userspace_architecture: bits === '64' ? 'x86_64' : 'i386' }
}

/** Python is not needed on a host; these facts are there only when it is. */
export const python: FactSource = {
  name: 'python',
  script: sh`
    IFS=:
    for python in python3 python; do
      for folder in $PATH; do
        if [ -f "$folder/$python" ] && [ -x "$folder/$python" ]; then
          field .python "$folder/$python"; field .python-version "$("$folder/$python" -V 2>&1)"; break 2
        fi
      done
    done
    unset IFS
  `,
  read: ({ fields }: Evidence): Facts => {
    const match = /^Python (\d+)\.(\d+)\.(\d+)/.exec(fields.text('.python-version'))
    if (match === null) return {}
    const [major, minor, micro] = match.slice(1).map(Number) as [number, number, number]
    return {
      python: {
        version: { major, minor, micro, releaselevel: 'final', serial: 0 },
        version_info: [major, minor, micro, 'final', 0],
        executable: fields.text('.python'),
        has_sslcontext: true,
        type: 'cpython',
      },
      python_version: `${major}.${minor}.${micro}`,
    }
  },
}
