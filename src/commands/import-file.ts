import { pathToFileURL } from 'node:url'

/** Imports a module that the playbook's owner brings along. The build keeps this file apart, because what V8 has compiled before can't import. */
export function importFile(path: string): Promise<unknown> {
  return import(pathToFileURL(path).href)
}
