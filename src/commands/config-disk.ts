import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import type { Position } from '../kernel/problem.ts'
import { type Config, readConfig } from './config.ts'

const OTHERS_WRITE = 0o002

/** The configuration of this process: its environment, working folder and disk. */
export function openConfig(warn: (text: string, at: Position | null) => void): Config {
  return readConfig({
    environment: process.env,
    folder: process.cwd(),
    home: homedir(),
    read: readOrNull,
    isFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
    worldWritable: (folder) => ((statSync(folder, { throwIfNoEntry: false })?.mode ?? 0) & OTHERS_WRITE) !== 0,
    warn,
  })
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
