/** What a text is about; the colours are the ones of Ansible's default callback. */
export type Style =
  | 'ok'
  | 'changed'
  | 'failed'
  | 'unreachable'
  | 'skipped'
  | 'unknown'
  | 'rescued'
  | 'warning'
  | 'debug'
  | 'added'
  | 'removed'
  | 'hunk'
  | 'heading'
  | 'dim'

export type Paint = (style: Style, text: string) => string

const CODES: { readonly [style in Style]: string } = {
  ok: '0;32',
  changed: '0;33',
  failed: '0;31',
  unreachable: '1;31',
  skipped: '0;36',
  unknown: '0;35',
  rescued: '0;32',
  warning: '1;35',
  debug: '1;30',
  added: '0;32',
  removed: '0;31',
  hunk: '0;36',
  heading: '1',
  dim: '2',
}

/** Paints each line on its own, so that a pager or a log cut anywhere keeps the colours apart. */
export function painter(enabled: boolean): Paint {
  if (!enabled) return (_, text) => text
  return (style, text) =>
    text
      .split('\n')
      .map((line) => (line === '' ? '' : `\x1b[${CODES[style]}m${line}\x1b[0m`))
      .join('\n')
}

const YES = new Set(['1', 'true', 'yes', 'on', 'y', 't'])

/** Colour on a terminal, unless `NO_COLOR` or `ANSIBLE_NOCOLOR` says no; `ANSIBLE_FORCE_COLOR` says yes over everything. */
export function wantsColour(env: { readonly [name: string]: string | undefined }, isTerminal: boolean): boolean {
  if (YES.has((env.ANSIBLE_FORCE_COLOR ?? '').toLowerCase())) return true
  if ((env.NO_COLOR ?? '') !== '' || YES.has((env.ANSIBLE_NOCOLOR ?? '').toLowerCase())) return false
  return isTerminal && env.TERM !== 'dumb'
}
