/** A path on the host that no command takes for an option: relative ones start with `./`. */
export function hostPath(path: string): string {
  return path.startsWith('/') ? path : `./${path}`
}

/** The folder that holds a path. */
export function dirname(path: string): string {
  const trimmed = trimSlashes(path)
  const slash = trimmed.lastIndexOf('/')
  if (slash === -1) return '.'
  return slash === 0 ? '/' : trimmed.slice(0, slash)
}

/** The last component of a path, as basename(1). */
export function basename(path: string): string {
  const trimmed = trimSlashes(path)
  return trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

/** A path below a folder. */
export function join(folder: string, name: string): string {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`
}

/** Without slashes at the end, except for the root itself. */
export function trimSlashes(path: string): string {
  const trimmed = path.replace(/\/+$/, '')
  return trimmed === '' && path !== '' ? '/' : trimmed
}

/** A path that the host gave, without the `./` that `hostPath` put before it. */
export function asWritten(path: string, written: string): string {
  return path.startsWith('./') && !written.startsWith('./') ? path.slice(2) : path
}
