import type { Change } from '../../kernel/change.ts'
import type { JsonObject } from '../../kernel/json.ts'

/**
 * The change of a text as Ansible's modules tell it under `diff`, with headers; the text itself only when it is `shown`. A side that
 * is null (no file) is empty.
 */
export function textDiff(
  { before, after }: { readonly before: string | null; readonly after: string | null },
  header: { readonly before: string; readonly after: string } | string,
  shown: boolean,
): JsonObject {
  const { before: before_header, after: after_header } =
    typeof header === 'string' ? { before: header, after: header } : header
  return {
    before: shown ? (before ?? '') : '',
    after: shown ? (after ?? '') : '',
    before_header,
    after_header,
  }
}

/** The attributes of a path that change, as `before` and `after` without those in which nothing does. */
export function attributeDiff(changes: readonly Change[]): { before?: JsonObject; after?: JsonObject } {
  const adjusted = changes.filter(({ what }) => /^(owner|group|mode)$/.test(what))
  if (adjusted.length === 0) return {}
  return {
    before: Object.fromEntries(adjusted.flatMap(({ what, before }) => (before === null ? [] : [[what, before]]))),
    after: Object.fromEntries(adjusted.map(({ what, after }) => [what, after])),
  }
}
