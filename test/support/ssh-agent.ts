import { execa } from 'execa'

/** An ssh-agent(1) that this process asks until its end. */
export async function startAgent(keys: readonly string[]): Promise<{ end(): void }> {
  const { stdout } = await execa('ssh-agent', ['-s'])
  const [, socket, pid] = /SSH_AUTH_SOCK=(.+?);.*SSH_AGENT_PID=(\d+);/s.exec(stdout)!
  const before = process.env.SSH_AUTH_SOCK
  process.env.SSH_AUTH_SOCK = socket
  await execa('ssh-add', ['-q', ...keys])
  const end = () => {
    process.kill(Number(pid))
    if (before === undefined) delete process.env.SSH_AUTH_SOCK
    else process.env.SSH_AUTH_SOCK = before
  }
  return { end }
}
