/**
 * `emit` and `field` as functions: `printf` is no builtin in mksh, and a secret must never be an argument of a process, so both use a
 * builtin in every shell.
 */
export const FUNCTIONS = `
if PATH=/nowhere command -v printf >/dev/null; then
emit() { printf %s "$1"; }; field() { printf '%s=%s\\0' "$1" "$2"; }
else
emit() { print -nr -- "$1"; }; field() { print -nr -- "$1=$2"; print -n '\\0'; }
fi
`

/** `implied NAME COMMAND…` writes a field named `+NAME` with what the command writes: it can't differ unless another field of the answer does. */
const IMPLIED = `
implied() { _name=$1; shift; field "+$_name" "$("$@")"; }
`

/** `last_pid` gives the number of the last process the machine has started, as proc(5) says, in `_pid`: builtins only. */
const LAST_PID = `
last_pid() { _pid=0; [ ! -r /proc/loadavg ] || read -r _pid _pid _pid _pid _pid </proc/loadavg; }
`

/**
 * `stream` asks the controller, on descriptor 4, for a blob that is too large for a script, and writes what comes on descriptor 3:
 * spans, each behind a line with the size and the number of its blocks; 0 ends it, anything else breaks it off. `unread` drops what a step has
 * left of its streams (it was killed, the disk is full, a reader has gone), up to a line that is its mark: what stands behind are commands.
 */
const STREAM = `
stream() {
  emit "$1" >&4
  while read -r _block _blocks <&3; do
    case $_block in
    0) return 0 ;;
    [1-9]*) ;;
    *) return 1 ;;
    esac
    _said=$(trap '' PIPE; exec dd bs="$_block" count="$_blocks" iflag=fullblock <&3 2>&1 >&5) || {
      case $_said in *'roken pipe'*) ;; *) emit "\${_said%%
*}" >&2 ;; esac
      return 1
    }
  done 5>&1
  return 1
}

unread() { while read -r _line <&3 && [ "$_line" != "$1" ]; do :; done; }
`

/**
 * `end_tree PID TERM` ends a process and all below it: stopped first, so that none starts another meanwhile (proc_tid_children(5)). A shell of
 * ours gets its signal and may clean up; any program, with all below it, is killed. Since exec(2) puts a program's stack elsewhere, who has
 * the stack of this shell is one of ours (`startstack` in proc_pid_stat(5); 0 where we may not know).
 */
export const END_TREE = `
stack_of() { read -r _stack <"/proc/$1/stat"; set -- \${_stack##*) }; _stack=\${26}; }

end_tree() {
  kill -STOP "$1"
  stack_of "$$"; _own=$_stack; stack_of "$1"
  [ "$_stack" != 0 ] && [ "$_stack" = "$_own" ] || set -- "$1" KILL
  for _child in $(cat "/proc/$1/task/"*/children); do end_tree "$_child" "$2"; done
  kill -"$2" "$1"; kill -CONT "$1"
}
`

/**
 * What every shell reads first. Messages of tools are read by modules, hence the C locale; `PROVISION_LC_ALL` keeps the user's own for
 * commands that are the user's.
 */
export const PRELUDE = `
unset ENV HISTFILE
PROVISION_LC_ALL=\${LC_ALL-}
LC_ALL=C; export LC_ALL
${FUNCTIONS}${IMPLIED}${LAST_PID}${STREAM}${END_TREE}`
