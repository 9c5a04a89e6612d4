/**
 * Exit codes of ansible-playbook: 2 when hosts failed, 4 when hosts were unreachable, 99 when the person at the debugger quits; and a
 * shell's for a program that Ctrl-C ended.
 */
export const EXIT = { ok: 0, failed: 2, unreachable: 4, quit: 99, interrupted: 130 } as const
