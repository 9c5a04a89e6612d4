/** Where systemd looks for files of units (systemd.unit(5)), without what it and its generators write. */
const UNIT_FOLDERS = [
  ...['/etc/systemd/system.control', '/run/systemd/system.control', '/etc/systemd/system'],
  ...['/etc/systemd/system.attached', '/run/systemd/system', '/run/systemd/system.attached'],
  ...['/usr/local/lib/systemd/system', '/usr/lib/systemd/system'],
].join(' ')

/**
 * Each time that systemd is to read the files of units, its generators first write those in /run/systemd/generator (systemd.generator(7)):
 * what has not changed since has been read, unless that was in the future, as a clock that was set back tells it. Links are followed,
 * but not to devices, whose status changes without them: a link to /dev/null masks a unit.
 */
export function unitFiles(variable: string): string {
  return `${variable}= _g=/run/systemd/generator
if [ -d "$_g" ]; then
set -- $(grep -rhs '^SourcePath=' "$_g" "$_g.early" "$_g.late")
for _s in "$@"; do shift; set -- "$@" "\${_s#SourcePath=}"; done
for _s in ${UNIT_FOLDERS}; do [ ! -d "$_s" ] || set -- "$@" "$_s"; done
[ -L /lib ] || [ ! -d /lib/systemd/system ] || set -- "$@" /lib/systemd/system
if _s=$(find -L "$_g" "$@" '(' -path "$_g" -prune -newermt now -o ! -path "$_g" ! -type b ! -type c -newercm "$_g" ')' -print -quit 2>&1) && [ -z "$_s" ]; then ${variable}=read; fi
fi
`
}
