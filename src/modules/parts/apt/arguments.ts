import { arg, args } from '../../../kernel/schema.ts'

/** The arguments of Ansible's `apt` module. */
export const APT_ARGUMENTS = {
  package: arg.list('Packages; `name=1.2*` and `name>=1.2` ask for a version, `*` for all installed', {
    aliases: ['pkg', 'name'],
  }),
  state: arg.choice(['absent', 'build-dep', 'fixed', 'latest', 'present', 'installed', 'removed'], 'What is wanted', {
    default: 'present',
  }),
  update_cache: arg.bool('Whether to get the package lists first', { aliases: ['update-cache'] }),
  update_cache_retries: arg.int('How often to try to get the lists', { default: 5 }),
  update_cache_retry_max_delay: arg.int('The longest pause between two tries, in seconds', { default: 12 }),
  cache_valid_time: arg.int('Lists younger than this many seconds are fresh', { default: 0 }),
  purge: arg.bool('Whether removing takes configuration files too', { default: false }),
  deb: arg.path('A .deb file on the host, or its URL'),
  default_release: arg.str('The release that versions come from', { aliases: ['default-release'] }),
  install_recommends: arg.bool('Whether recommended packages come along; the host decides when left out', {
    aliases: ['install-recommends'],
  }),
  force: arg.bool('Whether to force what apt warns of; dangerous', { default: false }),
  upgrade: arg.choice(['dist', 'full', 'no', 'safe', 'yes'], 'Whether to upgrade what is installed', { default: 'no' }),
  dpkg_options: arg.str('Options for dpkg, separated by commas', { default: 'force-confdef,force-confold' }),
  autoremove: arg.bool('Whether to remove packages that nothing needs', { default: false }),
  autoclean: arg.bool('Whether to drop package files that can no longer be had', { default: false }),
  fail_on_autoremove: arg.bool('Whether a removal that follows is a failure', { default: false }),
  policy_rc_d: arg.int('The code that policy-rc.d answers with meanwhile: 101 keeps services from starting'),
  only_upgrade: arg.bool('Whether packages that are not installed stay so', { default: false }),
  force_apt_get: arg.bool('Accepted for compatibility: apt-get is always used', { default: false }),
  clean: arg.bool('Whether to drop all downloaded package files', { default: false }),
  allow_unauthenticated: arg.bool('Whether unsigned packages are welcome', {
    default: false,
    aliases: ['allow-unauthenticated'],
  }),
  allow_downgrade: arg.bool('Whether a version may go down', {
    default: false,
    aliases: ['allow-downgrade', 'allow_downgrades', 'allow-downgrades'],
  }),
  allow_change_held_packages: arg.bool('Whether held packages may change', { default: false }),
  lock_timeout: arg.int('How many seconds to wait for another package manager', { default: 60 }),
} as const

export const aptSchema = args(APT_ARGUMENTS, { exclusive: [['deb', 'package', 'upgrade']] })

export type AptArgs = ReturnType<typeof aptSchema.check>
