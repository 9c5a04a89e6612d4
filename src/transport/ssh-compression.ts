import type { Client } from 'ssh2'
import { changeOffer } from './ssh2-inside.ts'

/** sshd(8) compresses once the user is known; one that does not, or is told not to, sends its answers as they are. */
const WANTED = ['zlib@openssh.com', 'none']

/**
 * Asks a host that is far away to compress its answers: TCP sends little at first, and doubles it in each round trip, of which the state
 * of a whole play takes several as it is. What goes to the host is not compressed: its first message travels before the host would
 * expand anything. ssh(1) `-C`, which Ansible gives by default, is for both ways.
 */
export async function compressAnswers(client: Client, isFarAway: Promise<boolean>): Promise<void> {
  if (await isFarAway) changeOffer(client, (lists) => ({ ...lists, sc: { ...lists.sc, compress: WANTED } }))
}
