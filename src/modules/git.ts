import type { Change } from '../kernel/change.ts'
import type { JsonObject } from '../kernel/json.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { arg, args } from '../kernel/schema.ts'
import { applyGit, type GitNow, type GitWant, probeGit, readGit, target } from './parts/git.ts'
import { trimSlashes } from './parts/paths.ts'

const schema = args(
  {
    repo: arg.str('Where the repository is', { required: true, aliases: ['name'] }),
    dest: arg.path('Where the working copy goes'),
    version: arg.str('Branch, tag or commit', { default: 'HEAD' }),
    remote: arg.str('Name of the remote', { default: 'origin' }),
    refspec: arg.str('What else to fetch'),
    reference: arg.str('A repository on the host to take objects from'),
    force: arg.bool('Give up local changes', { default: false }),
    depth: arg.int('Fetch so many commits only'),
    clone: arg.bool('Clone what is missing', { default: true }),
    update: arg.bool('Bring what is there up to date', { default: true }),
    accept_hostkey: arg.bool('Take any host key', { default: false }),
    accept_newhostkey: arg.bool('Take the host key of a host that is not known yet', { default: false }),
    key_file: arg.path('Private key, on the host'),
    ssh_opts: arg.str('Options for ssh'),
    executable: arg.path('The git to use'),
    bare: arg.bool('Without a working copy', { default: false }),
    recursive: arg.bool('With submodules', { default: true }),
    single_branch: arg.bool('Only the history of the version', { default: false }),
    track_submodules: arg.bool('Submodules follow their branches', { default: false }),
    umask: arg.str('The umask, in octal'),
    verify_commit: arg.bool('Check the signature; not supported', { default: false }),
    archive: arg.path('An archive to make; not supported'),
    separate_git_dir: arg.path('A folder for the repository; not supported'),
  },
  {
    exclusive: [
      ['separate_git_dir', 'bare'],
      ['accept_hostkey', 'accept_newhostkey'],
    ],
  },
)

type Args = ReturnType<typeof schema.check>

/**
 * Clones a repository, or brings a clone to a version; follows Ansible's `git`. What the remote has is asked in the probe (ls-remote), so a clone that is up to
 * date is left alone.
 */
export const module = defineModule<Args, GitWant, GitNow>({
  name: 'git',
  summary: 'Clones a git repository, or brings a clone to a version',
  examples: ['- git:\n    repo: https://git.example.com/app.git\n    dest: /srv/app\n    version: v1.2\n'],
  args: schema,
  effects: 'host',
  want: wanted,
  probe: probeGit,
  read: readGit,
  plan,
  apply: (_, want, now) => applyGit(want, now),
  result: ({ now, want, ran }): JsonObject => {
    const changedUrl = now.before === null ? {} : { remote_url_changed: now.url !== want.repo && want.update }
    const after = ran?.fields.get('after') ?? now.before ?? target(now, want)
    return { before: now.before, after, ...changedUrl, warnings: [] }
  },
})

function wanted(args: Args): GitWant {
  if (args.dest === undefined)
    throw problem('args.missing', 'Missing argument', 'the destination directory must be specified unless clone=no')
  for (const name of ['verify_commit', 'archive', 'separate_git_dir'] as const) {
    if (args[name]) throw problem('args.unsupported', 'Argument not supported', `${name} can not be used`)
  }
  if (args.umask !== undefined && !/^[0-7]{1,4}$/.test(args.umask))
    throw problem('args.type', 'Wrong type of argument', 'umask must be an octal integer')
  const check = args.accept_hostkey ? 'no' : args.accept_newhostkey ? 'accept-new' : null
  const ssh = [
    ...(args.ssh_opts === undefined ? [] : [args.ssh_opts]),
    ...(check === null || args.ssh_opts?.includes('StrictHostKeyChecking')
      ? []
      : [`-o StrictHostKeyChecking=${check}`]),
  ]
  return {
    ...args,
    dest: trimSlashes(args.dest),
    repo: args.repo.startsWith('/') ? `file://${args.repo}` : args.repo,
    ssh: ssh.join(' '),
  }
}

function problem(code: string, summary: string, detail: string): Problem {
  return new Problem({ code, summary, detail })
}

function plan(now: GitNow, want: GitWant): readonly Change[] {
  if (!now.installed) throw new Failure('Failed to find required executable "git" on the host; install it first')
  if (now.before === null && !now.exists) {
    if (!want.clone) return []
    if (now.full)
      throw new Failure(`fatal: destination path '${want.dest}' already exists and is not an empty directory.`)
    return [{ what: 'version', before: null, after: target(now, want) ?? want.version }]
  }
  if (!want.update) return []
  if (now.modified && !want.force)
    throw new Failure(`Local modifications exist in the destination: ${want.dest} (force=no).`, { before: now.before })
  const after = target(now, want)
  if (now.refused !== null) throw new Failure(`Failed to download remote objects and refs: ${now.refused}`)
  if (after === null)
    throw new Failure(`Failed to checkout ${want.version}: the remote has no such branch, tag or commit`)
  const changes: Change[] = []
  if (now.modified) changes.push({ what: 'local modifications', before: 'some', after: null })
  if (now.url !== want.repo) changes.push({ what: 'remote', before: now.url, after: want.repo })
  if (now.before !== after) changes.push({ what: 'version', before: now.before, after })
  if (now.submodules && want.recursive && !want.bare)
    changes.push({ what: 'submodules', before: 'behind', after: 'as recorded' })
  return changes
}
