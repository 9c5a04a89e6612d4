/**
 * Shell text for rows that need packages: an archive of three tiny ones on the host itself, the only source of its apt.
 * `demo` comes in versions 1.0 and 2.0, `demo-extra` needs it, `demo-server` provides `demo-service`.
 */
export const ARCHIVE = `
if ! [ -e /srv/archive/Packages ]; then
  mkdir -p /srv/archive /srv/build
  make() {
    rm -rf /srv/build/p; mkdir -p /srv/build/p/DEBIAN /srv/build/p/usr/share/$1
    echo "$2" >/srv/build/p/usr/share/$1/version
    echo /usr/share/$1/version >/srv/build/p/DEBIAN/conffiles
    printf 'Package: %s\\nVersion: %s\\nArchitecture: all\\nSection: misc\\nMaintainer: A <a@example.org>\\n%sDescription: demo\\n' "$1" "$2" "$3" >/srv/build/p/DEBIAN/control
    dpkg-deb -Zgzip --build /srv/build/p "/srv/archive/$1_$2_all.deb" >/dev/null
  }
  make demo 1.0 ''
  make demo 2.0 ''
  make demo-extra 1.0 'Depends: demo
'
  make demo-server 1.0 'Provides: demo-service
'
  cd /srv/archive
  for deb in *.deb; do
    dpkg-deb -f "$deb"
    printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' "$deb" "$(stat -c %s "$deb")" "$(sha256sum <"$deb" | cut -d' ' -f1)"
  done >Packages.new
  mv Packages.new Packages
fi
rm -f /etc/apt/sources.list.d/*
printf 'Types: deb\\nURIs: file:/srv/archive\\nSuites: ./\\nTrusted: yes\\n' >/etc/apt/sources.list.d/demo.sources
: >/etc/apt/sources.list
cd /t
if ! apt-cache madison demo 2>/dev/null | grep -q 2.0; then apt-get -q update >/dev/null 2>&1; fi
`

/** The archive, and none of its packages installed. */
export const NO_PACKAGES = `${ARCHIVE}
if dpkg -l 'demo*' 2>/dev/null | grep -q '^.[ic]'; then dpkg --purge demo-extra demo-server demo >/dev/null 2>&1; fi
`

/** The archive, and packages of it installed: \`demo=1.0\`. */
export function withPackages(...specs: readonly string[]): string {
  return `${NO_PACKAGES}
apt-get -q -y install ${specs.join(' ')} >/dev/null 2>&1
`
}
