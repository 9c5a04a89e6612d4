/**
 * `emit` and `field` as functions: `printf` is no builtin in mksh, and a secret must never be an argument of a process, so both use a
 * builtin in every shell.
 */
export const FUNCTIONS = `
case $(command -v printf) in
/*) emit() { print -nr -- "$1"; }; field() { print -nr -- "$1=$2"; print -n '\\0'; } ;;
*) emit() { printf %s "$1"; }; field() { printf '%s=%s\\0' "$1" "$2"; } ;;
esac
`

/**
 * What every shell reads first. Messages of tools are read by modules, hence the C locale; `PROVISION_LC_ALL` keeps the user's own for
 * commands that are the user's.
 */
export const PRELUDE = `
unset ENV HISTFILE
PROVISION_LC_ALL=\${LC_ALL-}
LC_ALL=C; export LC_ALL
${FUNCTIONS}`
