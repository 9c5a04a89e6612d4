import type { Value } from '../../kernel/value.ts'
import { integer } from '../python/coerce.ts'
import { str } from '../python/repr.ts'
import { listOf } from '../python/sequence.ts'
import { escapeHtml } from './web.ts'

type UrlizeOptions = {
  readonly limit: Value | undefined
  readonly nofollow: boolean
  readonly target: Value | undefined
  readonly rel: Value | undefined
  readonly schemes: Value | undefined
}

const web = /^(https?:\/\/|www\.)[^\s]+$/i
const bare = /^(?!.*:)(?:[a-z0-9-]+\.)+(?:com|net|int|edu|gov|org|info|mil)(?:[/:].*)?$/i
const email = /^\S+@\w[\w.-]*\.\w+$/

/** Addresses in text as links. */
export function urlize(text: string, options: UrlizeOptions): string {
  const rel = new Set(
    options.rel === undefined || options.rel === null ? ['noopener'] : [...str(options.rel).split(' '), 'noopener'],
  )
  if (options.nofollow) rel.add('nofollow')
  const relation = ` rel="${escapeHtml([...rel].sort().join(' '))}"`
  const target =
    options.target === undefined || options.target === null ? '' : ` target="${escapeHtml(str(options.target))}"`
  const limit =
    options.limit === undefined || options.limit === null ? Infinity : integer(options.limit, 'trim_url_limit')
  const schemes = options.schemes === undefined || options.schemes === null ? [] : listOf(options.schemes).map(str)
  const shorten = (link: string): string => (link.length > limit ? `${link.slice(0, limit)}...` : link)
  return escapeHtml(text)
    .split(/(\s+)/)
    .map((word) => {
      const [, head = '', middle = '', tail = ''] = /^((?:\(|<|&lt;)*)(.*?)((?:\)|>|\.|,|\n|&gt;)*)$/s.exec(word) ?? []
      if (web.test(middle))
        return `${head}<a href="${/^https?:/i.test(middle) ? middle : `https://${middle}`}"${relation}${target}>${shorten(middle)}</a>${tail}`
      if (bare.test(middle))
        return `${head}<a href="https://${middle}"${relation}${target}>${shorten(middle)}</a>${tail}`
      if (middle.startsWith('mailto:') && email.test(middle.slice(7)))
        return `${head}<a href="${middle}">${middle.slice(7)}</a>${tail}`
      if (email.test(middle) && !middle.includes(':')) return `${head}<a href="mailto:${middle}">${middle}</a>${tail}`
      const scheme = schemes.find((one) => middle !== one && middle.startsWith(one))
      return scheme === undefined ? word : `${head}<a href="${middle}"${relation}${target}>${middle}</a>${tail}`
    })
    .join('')
}
