import type { DisplaySettings } from './config.ts'
import { KEYS } from './config-keys.ts'
import type { Settings } from './config-settings.ts'

/** Callbacks that print what our own output says too, in another layout. */
const FOR_PEOPLE = new Set([
  ...['default', 'yaml', 'debug', 'minimal', 'oneline', 'unixy', 'dense', 'diy', 'selective', 'beautiful_output'],
  ...['actionable', 'skippy', 'full_skip', 'counter_enabled', 'rich', 'community', 'stderr', 'cgroup_perf_recap'],
])

/** Callbacks beside the one for standard output that have a part of ours for them, or are only for Ansible itself. */
const TIMING = ['timer', 'profile_tasks', 'profile_roles']

/** How a run is shown. A callback that there is nothing for is warned of. */
export function displaySettings(get: Settings, warn: (text: string) => void): DisplaySettings {
  const callback = short(get.text(KEYS.stdoutCallback) ?? 'default')
  const form = callback === 'json' || callback === 'jsonl' ? callback : null
  if (form === null && !FOR_PEOPLE.has(callback)) {
    warn(`the stdout callback ${callback} is not supported; --output says which outputs there are`)
  }
  const enabled = (get.names(KEYS.callbacksEnabled) ?? []).map(short)
  for (const name of enabled.filter((other) => !TIMING.includes(other) && !FOR_PEOPLE.has(other))) {
    warn(
      `the callback ${name} is not supported and has no effect${name === 'junit' ? ': use --output junit=FILE' : ''}`,
    )
  }
  return {
    largestDiff: get.number(KEYS.largestDiff) ?? 0,
    diffContext: get.number(KEYS.diffContext) ?? 3,
    skipped: get.bool(KEYS.displaySkippedHosts, true) && !['skippy', 'actionable'].includes(callback),
    ok: get.bool(KEYS.displayOkHosts, true) && callback !== 'actionable',
    form,
    timing: enabled.filter((name) => TIMING.includes(name)),
    log: get.path(KEYS.logPath),
    colour: get.bool(KEYS.forceColour, false) ? true : get.bool(KEYS.noColour, false) ? false : null,
  }
}

function short(name: string): string {
  return name.replace(/^.*\./, '')
}
