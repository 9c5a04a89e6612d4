/** Shell text for rows that need units of systemd: `demo`, the template `demo@`, `demo-broken`, `demo-maskable`. */
export function demoUnit(active: 'active' | 'inactive', enabled: 'enabled' | 'disabled'): string {
  return `
if ! [ -e /etc/systemd/system/demo-broken.service ] || grep -q changed /etc/systemd/system/demo.service; then
  unit() { printf '[Service]\\nType=%s\\nExecStart=%s\\nExecReload=/bin/touch /run/demo-reloaded\\n[Install]\\nWantedBy=multi-user.target\\n' "$2" "$3" >"/etc/systemd/system/$1.service"; }
  unit demo exec '/bin/sleep 1000'; unit demo@ exec '/bin/sleep 1000'; unit demo-broken oneshot /bin/false
  mkdir -p /usr/lib/systemd/system; cp /etc/systemd/system/demo.service /usr/lib/systemd/system/demo-maskable.service
  systemctl daemon-reload
fi
rm -f /run/demo-reloaded
systemctl -q unmask demo-maskable 2>/dev/null
systemctl reset-failed demo demo-broken demo-maskable 2>/dev/null || :
systemctl -q ${enabled === 'enabled' ? 'enable' : 'disable'} demo 2>/dev/null
systemctl ${active === 'active' ? 'start' : 'stop'} demo
`
}

/** What of it a probe must leave alone. */
export const DEMO_STATE = 'systemctl is-active demo; systemctl is-enabled demo'
