import { module } from '../../src/modules/locale_gen.ts'
import { testModule } from '../support/module.ts'

/** Debian's locale-gen is a script over localedef; this one does as much for the rows' only locale. */
const LOCALES = `
rm -rf /usr/lib/locale/xx_XX.utf8; mkdir -p /usr/lib/locale
printf '# a comment\\n# xx_XX.UTF-8 UTF-8\\n' >/etc/locale.gen
cat >/usr/local/sbin/locale-gen <<'END'
#!/bin/sh
rm -rf /usr/lib/locale/xx_XX.utf8
if grep -q '^xx_XX' /etc/locale.gen; then cp -R /usr/lib/locale/C.utf8 /usr/lib/locale/xx_XX.utf8; fi
END
chmod 755 /usr/local/sbin/locale-gen
`

export const tests = testModule(module, [
  {
    name: 'makes a locale',
    given: LOCALES,
    args: { name: 'xx_XX.UTF-8' },
    want: {
      changes: [{ what: 'locale xx_XX.UTF-8', before: null, after: 'present' }],
      result: { changed: true, name: 'xx_XX.UTF-8', msg: 'OK' },
      after:
        "locale -a | grep -qx xx_XX.utf8; grep -qx 'xx_XX.UTF-8 UTF-8' /etc/locale.gen; grep -qx '# a comment' /etc/locale.gen",
    },
    paths: ['/etc/locale.gen', '/usr/lib/locale'],
  },
  {
    name: 'leaves a locale that is there',
    given: `${LOCALES}sed -i 's/^# xx/xx/' /etc/locale.gen; locale-gen`,
    args: { name: 'xx_XX.UTF-8', state: 'present' },
    want: { changes: 'none', result: { changed: false } },
  },
  {
    name: 'removes a locale',
    given: `${LOCALES}sed -i 's/^# xx/xx/' /etc/locale.gen; locale-gen`,
    args: { name: 'xx_XX.UTF-8', state: 'absent' },
    want: {
      changes: [{ what: 'locale xx_XX.UTF-8', before: 'present', after: null }],
      after: "! locale -a | grep -q xx_XX; grep -qx '# xx_XX.UTF-8 UTF-8' /etc/locale.gen",
    },
  },
  {
    name: 'names a locale that nobody knows',
    given: LOCALES,
    args: { name: 'yy_YY.UTF-8' },
    want: { failure: /^The locale you've entered is not available on your system\.$/ },
  },
  {
    name: 'wants the package locales',
    given: 'rm -f /etc/locale.gen',
    args: { name: 'xx_XX.UTF-8' },
    want: { failure: /Is the package "locales" installed\?$/ },
  },
])
