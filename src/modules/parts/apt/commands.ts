import { lines, type Sh, sh } from '../../../kernel/sh.ts'
import type { AptWant } from './want.ts'

/** No question may stop a run, and needrestart must not restart what the playbook will. */
const ENVIRONMENT: Sh = sh`
  DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical NEEDRESTART_SUSPEND=1 APT_LISTCHANGES_FRONTEND=none
  export DEBIAN_FRONTEND DEBIAN_PRIORITY NEEDRESTART_SUSPEND APT_LISTCHANGES_FRONTEND`

/** apt-get with the options a task asks for. */
export function aptGet(want: AptWant, command: Sh): Sh {
  const dpkg = want.dpkg_options
    .split(',')
    .filter((option) => option !== '')
    .flatMap((option) => ['-o', `Dpkg::Options::=--${option}`])
  const flags = [
    ...(want.fail_on_autoremove ? ['--no-remove'] : []),
    ...(want.only_upgrade ? ['--only-upgrade'] : []),
    ...(want.state === 'fixed' ? ['--fix-broken'] : []),
    ...(want.install_recommends === undefined
      ? []
      : ['-o', `APT::Install-Recommends=${want.install_recommends ? 'yes' : 'no'}`]),
    ...(want.allow_unauthenticated || want.force ? ['--allow-unauthenticated'] : []),
    ...(want.allow_downgrade || want.force ? ['--allow-downgrades'] : []),
    ...(want.allow_change_held_packages || want.force ? ['--allow-change-held-packages'] : []),
    ...(want.force ? ['--allow-remove-essential'] : []),
    ...(want.default_release === undefined ? [] : ['-t', want.default_release]),
  ]
  return sh`apt-get -y -o ${`DPkg::Lock::Timeout=${want.lock_timeout}`} ${[...dpkg, ...flags]} ${command}`
}

/** Everything before a command that changes packages: the environment, and what keeps services from starting. */
export function preparation(want: AptWant): Sh {
  return lines([ENVIRONMENT, want.policy_rc_d === undefined ? null : policy(want.policy_rc_d)])
}

/** Stands in a policy of ours, so that one which a run that was cut off left behind is known. */
const TEMPORARY = '# temporary, by provision'

/** Whether a policy of ours was left behind. */
export const PROBE_POLICY: Sh = sh`if grep -qsxF ${TEMPORARY} /usr/sbin/policy-rc.d; then field policy-left 1; fi`

/** invoke-rc.d asks /usr/sbin/policy-rc.d; whatever stands there comes back afterwards. */
function policy(code: number): Sh {
  return sh`
    policy=/usr/sbin/policy-rc.d
    restore() { if [ -e "$policy.provision" ]; then mv -f "$policy.provision" "$policy"; else rm -f "$policy"; fi; }
    if grep -qsxF ${TEMPORARY} "$policy"; then restore; fi
    if [ -e "$policy" ]; then cp -p "$policy" "$policy.provision"; fi
    trap restore 0
    emit ${`#!/bin/sh\n${TEMPORARY}\nexit ${code}\n`} >"$policy"
    chmod 755 "$policy"`
}

/**
 * Gets the package lists, with Ansible's retries: pauses double up to the longest one. A list that could not be had is a failure, and
 * another package manager at work is waited for.
 */
export function updateLists(
  want: Pick<AptWant, 'lock_timeout' | 'update_cache_retries' | 'update_cache_retry_max_delay'>,
): Sh {
  return sh`
    tries=0; waited=0; pause=1
    until words=$(apt-get -q -o APT::Update::Error-Mode=any update 2>&1); do
      case $words in
      *'get lock'*|*'Unable to lock'*)
        if [ "$waited" -ge ${want.lock_timeout} ]; then emit "Failed to lock apt for exclusive operation: $words" >&2; exit 1; fi
        waited=$((waited + 1)); sleep 1 ;;
      *)
        tries=$((tries + 1))
        if [ "$tries" -ge ${want.update_cache_retries} ]; then emit "Failed to update apt cache: $words" >&2; exit 1; fi
        sleep "$pause"; pause=$((pause * 2)); [ "$pause" -le ${want.update_cache_retry_max_delay} ] || pause=${want.update_cache_retry_max_delay} ;;
      esac
    done`
}

/** The field `cache-time` after an update. */
export const CACHE_TIME: Sh = sh`
  for stamp in /var/lib/apt/periodic/update-success-stamp /var/lib/apt/lists; do
    if [ -e "$stamp" ]; then field cache-time "$(stat -c %Y "$stamp")"; break; fi
  done`
