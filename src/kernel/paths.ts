/** Path arithmetic on the controller, without a look at the disk: `/` separates, `.` and `..` are taken out. */

function normalPath(path: string): string {
  const absolute = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '..' || !absolute) parts.push(part)
  }
  return (absolute ? '/' : '') + parts.join('/') || '.'
}

/** The parts put together; an absolute part makes those before it void. */
export function joinPath(...parts: readonly string[]): string {
  const start = Math.max(
    0,
    parts.findLastIndex((part) => part.startsWith('/')),
  )
  return normalPath(
    parts
      .slice(start)
      .filter((part) => part !== '')
      .join('/'),
  )
}

/** The folder a path is in: `/` for `/a`, `.` for `a`. */
export function folderOf(path: string): string {
  const index = path.lastIndexOf('/')
  return index < 0 ? '.' : index === 0 ? '/' : path.slice(0, index)
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) ?? ''
}

/** `.yml` of `main.yml`; nothing for `main` and `.hidden`. */
export function extensionOf(path: string): string {
  return /[^/.]*\.?[^/]*?(\.[^./]*)$/.exec(nameOf(path).replace(/^\.+/, ''))?.[1] ?? ''
}
