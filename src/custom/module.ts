import { Blob } from '../kernel/blob.ts'
import type { Change } from '../kernel/change.ts'
import type { Controller } from '../kernel/controller.ts'
import type { JsonObject } from '../kernel/json.ts'
import type { Observed, Runnable } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { Secret } from '../kernel/secret.ts'
import { lines, quote, Sh, sh } from '../kernel/sh.ts'
import { fromJson } from '../kernel/value.ts'
import { OWN_LOCALE } from '../modules/parts/command.ts'
import { str } from '../template/index.ts'
import { answerOf, changesIn } from './module-answer.ts'
import { foretells, INLINE_MARK, interpreterOf, type ModuleFile, styleOf } from './module-file.ts'

/**
 * A module of the playbook's owner, in any language that speaks one of Ansible's documented interfaces. Nothing is read ahead of it:
 * it runs, and its answer is its result. Problems `module.interpreter`, and `module.foreign` for one that needs Ansible.
 */
export function customModule({ name, path }: ModuleFile, version: string): Runnable {
  // A program may be large, so it is read once for all hosts, and not kept.
  let known: { readonly content: Blob; readonly traits: Promise<Traits> } | null = null
  return {
    name,
    collection: 'ansible.legacy',
    summary: `Runs ${path} on the host`,
    examples: [],
    args: { specs: {}, rules: {}, check: (given) => given },
    effects: 'network',
    async prepare(args, controller) {
      const content = await controller.file(path)
      if (known?.content !== content) known = { content, traits: traitsOf(content) }
      const { text, rehearses } = await known.traits
      const style = styleOf(text)
      const interpreter = text === null ? null : interpreterOf(text)
      if (style === 'foreign' || (interpreter === null && path.endsWith('.py'))) throw foreignModule(path)
      if (text !== null && interpreter === null) throw noInterpreter(path)
      const script = (rehearsal: boolean) => {
        const all = { ...args, ...settingsFor(name, version, controller, rehearsal) }
        if (style === 'inline')
          return scriptOf(name, interpreter, secret(text!.replaceAll(INLINE_MARK, JSON.stringify(all))), null)
        return scriptOf(name, interpreter, content, secret(style === 'json' ? JSON.stringify(all) : words(all)))
      }
      const observed = observedFor(name, script, rehearses)
      return { probe: null, observe: () => observed }
    },
  }
}

/** `text` is null for a binary. */
type Traits = { readonly text: string | null; readonly rehearses: boolean }

async function traitsOf(content: Blob): Promise<Traits> {
  const bytes = await content.read()
  return { text: bytes.includes(0) ? null : bytes.toString('utf8'), rehearses: foretells(bytes) }
}

/** For a module that runs on Ansible alone. */
export function foreignModule(path: string): Problem {
  return new Problem({
    code: 'module.foreign',
    summary: 'Module that needs Ansible',
    detail: `${path} is written for Ansible's own Python or PowerShell, of which nothing is used here`,
    hint: 'write it as a script that holds the word WANT_JSON: it gets the path of a file of JSON arguments and prints JSON (see README)',
  })
}

function noInterpreter(path: string): Problem {
  return new Problem({
    code: 'module.interpreter',
    summary: 'Module without an interpreter',
    detail: `${path} is missing its interpreter line`,
    hint: 'start the file with a line such as #!/bin/sh',
    at: { file: path, line: 1, column: 1 },
  })
}

function observedFor(name: string, script: (rehearsal: boolean) => Sh, canForetell: boolean): Observed {
  const ran: Change = { what: name, before: null, after: 'runs', action: true, uncertain: true }
  return {
    changes: [ran],
    apply: () => script(false),
    result: (output) => answerOf(output!),
    failure: (output) => {
      throw new Error(`the script around the module ${name} failed: ${output.stderr.toString('utf8')}`)
    },
    told: (answer) => changesIn(answer, ran),
    ...(canForetell ? { rehearse: () => script(true) } : {}),
  }
}

/** What Ansible tells every module besides its arguments. */
function settingsFor(name: string, version: string, { settings }: Controller, rehearsal: boolean): JsonObject {
  return {
    _ansible_check_mode: rehearsal,
    _ansible_debug: false,
    _ansible_diff: settings.diff,
    _ansible_keep_remote_files: false,
    _ansible_module_name: name,
    _ansible_no_log: settings.noLog,
    _ansible_remote_tmp: '~/.ansible/tmp',
    _ansible_selinux_special_fs: ['fuse', 'nfs', 'vboxsf', 'ramfs', '9p', 'vfat'],
    _ansible_shell_executable: '/bin/sh',
    _ansible_socket: null,
    _ansible_string_conversion_action: 'warn',
    _ansible_syslog_facility: 'LOG_USER',
    _ansible_tmpdir: null,
    _ansible_verbosity: settings.verbosity,
    _ansible_version: version,
  }
}

/** `name=value ` words, values as Python prints them and quoted for a shell: what old-style modules read. */
function words(args: JsonObject): string {
  return Object.entries(args)
    .map(([name, value]) => `${name}=${quote(str(fromJson(value)))} `)
    .join('')
}

function secret(text: string): Blob {
  return Blob.of(new Secret(text))
}

/**
 * Puts the module and its arguments into a folder that only its user can enter, runs it and takes the folder away. A file in /tmp can't
 * be run where /tmp is mounted noexec: then home is the place.
 */
function scriptOf(name: string, interpreter: readonly string[] | null, content: Blob, args: Blob | null): Sh {
  const run =
    interpreter === null ? sh`"$folder/"${name}` : sh`"$interpreter" ${interpreter.slice(1)} "$folder/"${name}`
  return lines([
    interpreter !== null && findInterpreter(interpreter[0]!),
    sh`
      trap '[ -z "$folder" ] || rm -rf "$folder"' EXIT
      trap 'exit 129' HUP INT TERM
      for base in "\${TMPDIR:-/tmp}" "$HOME" /var/tmp; do
        folder=
        folder=$(mktemp -d "$base/provision.XXXXXX") || continue
        ${content} >"$folder/"${name}
        chmod 700 "$folder/"${name}
        [ ! -x "$folder/"${name} ] || break
        rm -rf "$folder"
      done`,
    args === null
      ? sh`arguments=`
      : sh`
      arguments=$folder/arguments
      ${args} >"$arguments"
      chmod 600 "$arguments"`,
    sh`
      rc=0
      (
      ${OWN_LOCALE}
      ${run} \${arguments:+"$arguments"}
      ) || rc=$?
      field '' ''
      field rc $rc`,
  ])
}

/** Many a script asks for `python` where the host has only `python3`. */
function findInterpreter(path: string): Sh {
  const other = /(?:^|\/)python$/.test(path) ? sh` || interpreter=$(command -v python3)` : new Sh([''])
  return sh`
    interpreter=$(command -v ${path})${other} || { field '' ''; field missing ${path}; exit 0; }`
}
