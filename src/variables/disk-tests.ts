import { lstatSync, type Stats, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Call, str } from '../template/index.ts'

/** Tests that look at the controller's disk (ansible.builtin.file, directory, link, …); the template engine itself knows none. */
export function diskTests(): ReadonlyMap<string, Call> {
  const path = (names: string, holds: (path: string, other: string) => boolean): [string, Call][] =>
    names.split(' ').map((name) => [name, ([value, other]) => holds(str(value ?? ''), str(other ?? ''))])
  return new Map([
    ...path('file is_file', (name) => found(name)?.isFile() === true),
    ...path('directory is_dir', (name) => found(name)?.isDirectory() === true),
    ...path('exists', (name) => found(name) !== null),
    ...path('link is_link', (name) => found(name, lstatSync)?.isSymbolicLink() === true),
    ...path('link_exists', (name) => found(name, lstatSync) !== null),
    ...path('same_file is_same_file', (name, other) => isSame(found(name), found(other))),
    ...path('mount is_mount', isMount),
  ])
}

function found(name: string, read: (name: string) => Stats = statSync): Stats | null {
  try {
    return read(name)
  } catch {
    return null
  }
}

function isSame(one: Stats | null, other: Stats | null): boolean {
  return one !== null && other !== null && one.dev === other.dev && one.ino === other.ino
}

/** A folder on another device than its parent, or the root itself. */
function isMount(name: string): boolean {
  const [own, above] = [found(name, lstatSync), found(dirname(resolve(name)))]
  return own?.isDirectory() === true && above !== null && (own.dev !== above.dev || own.ino === above.ino)
}
