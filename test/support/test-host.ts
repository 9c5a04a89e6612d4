import type { Host } from './host.ts'
import { bootContainer } from './nspawn.ts'
import { sharedHost } from './shared-host.ts'

const PACKAGES = [
  ...['systemd', 'systemd-sysv', 'dbus', 'procps', 'sudo', 'iproute2', 'ca-certificates', 'cron', 'openssh-server'],
  ...['busybox', 'mksh', 'bash', 'git', 'curl', 'wget', 'file', 'e2fsprogs', 'acl', 'attr', 'ed'],
  ...['zip', 'unzip', 'xz-utils', 'bzip2', 'zstd'],
]

/** A bare Debian 13 with the tools that modules drive. */
export const testHost: () => Promise<Host> = sharedHost(
  { name: 'test-modules', suite: 'trixie', packages: PACKAGES },
  bootContainer,
)
