import { createHash } from 'node:crypto'
import type { Controller } from '../kernel/controller.ts'
import type { Fields } from '../kernel/fields.ts'
import type { JsonObject } from '../kernel/json.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { pythonRegex } from '../kernel/python-regex.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, sh } from '../kernel/sh.ts'
import { attributeArgs, attributesOf } from './parts/attributes.ts'
import { asBytes, contentDiff, type EditNow, type EditWant, editFile, editResult } from './parts/edit-file.ts'
import { hostPath } from './parts/paths.ts'
import { validateCommand } from './parts/replace-file.ts'
import { pathInfo, probeStatus, readStatus } from './parts/status.ts'

const schema = args({
  src: arg.path('Directory with the fragments', { required: true }),
  dest: arg.path('The file', { required: true }),
  backup: arg.bool('Keep what was there under a name with the time', { default: false }),
  delimiter: arg.str('Text between the fragments'),
  remote_src: arg.bool('The directory is on the host', { default: true }),
  regexp: arg.str('Pattern (Python) of the names to take'),
  ignore_hidden: arg.bool('Leave out names that start with a dot', { default: false }),
  validate: arg.str('Command that must accept the new file, which stands for %s'),
  decrypt: arg.bool('Decrypt vault files', { default: true }),
  ...attributeArgs,
})

type Args = ReturnType<typeof schema.check>
type Fragment = { readonly name: string; readonly text: string }
type Want = EditWant & {
  readonly src: string
  /** Fragments from the controller; null when they are on the host. */
  readonly fragments: readonly Fragment[] | null
  readonly join: (fragments: readonly Fragment[]) => string
}

/** `joined` is what the file should hold. */
type Now = EditNow & { readonly joined: string }

/** Makes a file of the fragments in a directory, in the order of their names; follows Ansible's `assemble`. */
export const module = defineModule<Args, Want, Now>({
  name: 'assemble',
  summary: 'Makes a file of the fragments in a directory',
  examples: ['- assemble:\n    src: /etc/app/conf.d\n    dest: /etc/app/app.conf\n'],
  ...editFile,
  args: schema,
  want: wanted,
  probe: (want) => {
    const src = hostPath(want.src)
    return lines([
      want.fragments === null
        ? sh`
          if [ -d ${src} ]; then
            field source 1
            for path in ${src}/* ${src}/.*; do
              [ ! -f "$path" ] || field fragment "\${path##*/}//$(base64 <"$path")"
            done
          fi`
        : null,
      editFile.probe(want),
    ])
  },
  read: (fields, want) => {
    const fragments = want.fragments ?? readFragments(fields, want)
    const text = want.join(fragments)
    const edit = (now: string | null) => ({ text: now === text ? null : text, msg: 'OK' })
    return { ...editFile.read(fields, { ...want, edit }), joined: text }
  },
  apply: (changes, want, now) => {
    return lines([editFile.apply(changes, want, now), probeStatus('status', hostPath(now.real))])
  },
  result: (outcome): JsonObject => {
    const { now, want, ran } = outcome
    const { backup } = editResult(outcome)
    return {
      dest: want.path,
      src: want.src,
      checksum: digest('sha1', now.joined),
      md5sum: digest('md5', now.joined),
      ...(backup === '' ? {} : { backup_file: backup }),
      ...pathInfo(ran === null ? now.status : readStatus(ran.fields, 'status')),
    }
  },
  diff: (outcome, shown) =>
    shown && outcome.want.fragments !== null && outcome.now.edited.text !== null
      ? contentDiff(outcome, shown)
      : undefined,
})

/** Text is kept as one character a byte. */
function digest(algorithm: 'sha1' | 'md5', text: string): string {
  return createHash(algorithm).update(text, 'latin1').digest('hex')
}

async function wanted(args: Args, controller: Controller): Promise<Want> {
  const { dest, backup, validate } = args
  if (validate !== undefined) validateCommand(validate)
  return {
    path: dest,
    src: args.src,
    create: true,
    backup,
    validate,
    attributes: attributesOf(args),
    missing: '',
    edit: () => ({ text: null, msg: '' }),
    fragments: args.remote_src ? null : await localFragments(args, controller),
    join: joiner(args),
  }
}

async function localFragments(args: Args, controller: Controller): Promise<readonly Fragment[]> {
  const folder = await controller.find(args.src, 'files')
  if ((await controller.stat(folder))?.kind !== 'directory') {
    throw new Problem({
      code: 'args.src',
      summary: 'Not a directory',
      detail: `Source (${args.src}) is not a directory`,
    })
  }
  const entries = (await controller.tree(folder, true, args.decrypt)).filter(
    ({ kind, path }) => kind === 'file' && !path.includes('/'),
  )
  return Promise.all(
    entries.map(async ({ path, content }) => ({ name: path, text: (await content!.read()).toString('latin1') })),
  )
}

function readFragments(fields: Fields, want: Want): readonly Fragment[] {
  if (!fields.has('source')) throw new Failure(`Source (${want.src}) does not exist`)
  return fields.all('fragment').map((field) => {
    const end = field.indexOf('//')
    return { name: field.slice(0, end), text: Buffer.from(field.slice(end + 2), 'base64').toString('latin1') }
  })
}

/** Fragments that end without a newline get one before the next; the delimiter stands between two, on lines of its own. */
function joiner(args: Args): (fragments: readonly Fragment[]) => string {
  const pattern = args.regexp === undefined ? null : pythonRegex(args.regexp)
  const escapes: { readonly [letter: string]: string } = { n: '\n', t: '\t', r: '\r', '\\': '\\' }
  const text = asBytes(args.delimiter ?? '').replace(/\\([ntr\\])/g, (_, letter: string) => escapes[letter]!)
  const delimiter = text === '' || text.endsWith('\n') ? text : `${text}\n`
  const taken = ({ name }: Fragment) => {
    if (args.ignore_hidden && name.startsWith('.')) return false
    if (pattern === null) return true
    pattern.lastIndex = 0
    return pattern.test(name)
  }
  return (fragments) =>
    fragments
      .filter(taken)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((fragment, index, all) => {
        const open = index < all.length - 1 && !fragment.text.endsWith('\n')
        return (index === 0 ? '' : delimiter) + fragment.text + (open ? '\n' : '')
      })
      .join('')
}
