import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { Channel, Link } from './channel.ts'

/** The controller itself (`connection: local`). */
export function localLink(): Link {
  return processLink('localhost', ['/bin/sh', '-c'])
}

/** Commands run as children of this process: `argv` with the command's text as its last argument. */
export function processLink(label: string, argv: readonly [string, ...string[]]): Link {
  return {
    label,
    open: (command) =>
      Promise.resolve(childChannel(spawn(argv[0], [...argv.slice(1), command], { stdio: 'pipe', detached: true }))),
    close: () => Promise.resolve(),
  }
}

/** The streams of a child that leads a process group of its own, so that Ctrl-C reaches only the controller. */
export function childChannel(child: ChildProcessWithoutNullStreams): Channel {
  const ended = new Promise<{ code: number | null }>((resolve) => {
    child.on('error', () => resolve({ code: 127 }))
    child.on('close', (code) => resolve({ code }))
  })
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended, kill: () => child.stdin.end() }
}
