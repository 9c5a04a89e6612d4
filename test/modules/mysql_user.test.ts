import { module } from '../../src/modules/mysql_user.ts'
import { type Row, testModule } from '../support/module.ts'
import { serverHost } from '../support/server-host.ts'

const login = { login_unix_socket: '/run/mysqld/mysqld.sock' }
const fresh =
  "mysql -e \"DROP USER IF EXISTS u@localhost, u@'%', u@'10.%'; CREATE DATABASE IF NOT EXISTS d; CREATE TABLE IF NOT EXISTS d.t (a INT, b INT)\""
const made = (sql: string) => `${fresh}; mysql -e "${sql}"`
const state =
  "for h in localhost % 10.%; do mysql -Ne \"SHOW CREATE USER u@'$h'; SHOW GRANTS FOR u@'$h'\" 2>/dev/null || :; done"
const worksAs = (password: string) => `mysql -u u -p${password} -e 'SELECT 1'`
const common = { state, secrets: ['geheim', 'sesam'] }

const rows: readonly Row[] = [
  {
    ...common,
    name: 'makes an account with password and privileges',
    given: fresh,
    args: { ...login, name: 'u', password: 'geheim1', priv: 'd.*:SELECT,INSERT/*.*:REPLICATION CLIENT,PROCESS' },
    want: {
      changes: [
        { what: 'user u@localhost', before: null, after: 'present' },
        { what: 'privileges of u@localhost on `d`.*', before: null, after: 'INSERT, SELECT' },
        { what: 'privileges of u@localhost on *.*', before: null, after: 'PROCESS, REPLICATION CLIENT' },
      ],
      result: { user: 'u', msg: 'User added', password_changed: true, changed: true },
      after: `${worksAs('geheim1')}; mysql -Ne "SHOW GRANTS FOR u@localhost" | grep -q 'SELECT, INSERT ON .d.\\.'`,
    },
    strings: (text) => ({ args: { ...login, name: 'u', password: text }, want: {} }),
  },
  {
    ...common,
    name: 'leaves a right account alone',
    given: made("CREATE USER u@localhost IDENTIFIED BY 'geheim1'; GRANT SELECT, INSERT ON d.* TO u@localhost"),
    args: { ...login, name: 'u', password: 'geheim1', priv: { 'd.*': 'insert,select' } },
    want: { changes: 'none', result: { changed: false, msg: 'User unchanged', password_changed: false } },
  },
  {
    ...common,
    name: 'sets another password',
    given: made("CREATE USER u@localhost IDENTIFIED BY 'geheim1'"),
    args: { ...login, name: 'u', password: 'sesam 2#"', update_password: 'always' },
    want: {
      changes: [{ what: 'password of u@localhost', before: '********', after: '********' }],
      result: { password_changed: true, msg: 'Password updated (new style)' },
    },
  },
  {
    ...common,
    name: 'leaves the password alone when it is only for new accounts',
    given: made("CREATE USER u@localhost IDENTIFIED BY 'geheim1'"),
    args: { ...login, name: 'u', password: 'sesam2', update_password: 'on_create' },
    want: { changes: 'none' },
  },
  {
    ...common,
    name: 'reuses the password of the same name on another host',
    given: made("CREATE USER u@'10.%' IDENTIFIED BY 'geheim1'"),
    args: { ...login, name: 'u', password: 'sesam2', update_password: 'on_new_username' },
    want: { result: { msg: 'User added', password_changed: false }, after: worksAs('geheim1') },
  },
  {
    ...common,
    name: 'revokes what is not asked for',
    given: made(
      'CREATE USER u@localhost; GRANT SELECT, DELETE ON d.* TO u@localhost; GRANT PROCESS ON *.* TO u@localhost; GRANT INSERT ON d.t TO u@localhost WITH GRANT OPTION',
    ),
    args: { ...login, name: 'u', priv: 'd.*:SELECT,UPDATE' },
    want: {
      changes: [
        { what: 'privileges of u@localhost on *.*', before: 'PROCESS', after: null },
        { what: 'privileges of u@localhost on `d`.*', before: 'DELETE, SELECT', after: 'SELECT, UPDATE' },
        { what: 'privileges of u@localhost on `d`.`t`', before: 'GRANT, INSERT', after: null },
      ],
      after: `mysql -Ne "SHOW GRANTS FOR u@localhost" | grep -q 'SELECT, UPDATE ON .d.\\.'`,
    },
  },
  {
    ...common,
    name: 'adds privileges and keeps the others',
    given: made('CREATE USER u@localhost; GRANT SELECT ON d.* TO u@localhost'),
    args: { ...login, name: 'u', priv: 'd.*:INSERT', append_privs: true },
    want: { changes: [{ what: 'privileges of u@localhost on `d`.*', before: 'SELECT', after: 'INSERT, SELECT' }] },
  },
  {
    ...common,
    name: 'takes privileges away',
    given: made('CREATE USER u@localhost; GRANT SELECT, INSERT ON d.* TO u@localhost'),
    args: { ...login, name: 'u', priv: 'd.*:INSERT,DELETE/d.t:SELECT', subtract_privs: true },
    want: { changes: [{ what: 'privileges of u@localhost on `d`.*', before: 'INSERT, SELECT', after: 'SELECT' }] },
  },
  {
    ...common,
    name: 'grants everything everywhere, once',
    given: fresh,
    args: { ...login, name: 'u', host: '%', priv: '*.*:ALL,GRANT' },
    want: {
      changes: [
        { what: 'user u@%', before: null, after: 'present' },
        { what: 'privileges of u@% on *.*', before: null, after: 'ALL, GRANT' },
      ],
    },
  },
  {
    ...common,
    name: 'sees that an account may do everything',
    given: made("CREATE USER u@'%'; GRANT ALL ON *.* TO u@'%'"),
    args: { ...login, name: 'u', host: '%', priv: '*.*:ALL' },
    want: { changes: 'none' },
  },
  {
    ...common,
    name: 'takes everything away but some',
    given: made("CREATE USER u@'%'; GRANT ALL ON *.* TO u@'%' WITH GRANT OPTION"),
    args: { ...login, name: 'u', host: '%', priv: '*.*:SELECT' },
    want: { changes: [{ what: 'privileges of u@% on *.*', before: 'ALL, GRANT', after: 'SELECT' }] },
  },
  {
    ...common,
    name: 'knows the privileges of replication',
    given: made('CREATE USER u@localhost; GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO u@localhost'),
    args: { ...login, name: 'u', priv: '*.*:REPLICATION SLAVE,REPLICATION CLIENT' },
    want: { changes: 'none' },
  },
  {
    ...common,
    name: 'grants columns',
    given: fresh,
    args: { ...login, name: 'u', priv: 'd.t:SELECT (b, a),UPDATE(a),INSERT', column_case_sensitive: true },
    want: {
      changes: [
        { what: 'user u@localhost', before: null, after: 'present' },
        { what: 'privileges of u@localhost on `d`.`t`', before: null, after: 'INSERT, SELECT (a, b), UPDATE (a)' },
      ],
    },
  },
  {
    ...common,
    name: 'grants a routine',
    given: `${fresh}; mysql -e 'DROP FUNCTION IF EXISTS d.f; CREATE FUNCTION d.f() RETURNS INT DETERMINISTIC NO SQL RETURN 1'`,
    args: { ...login, name: 'u', priv: 'FUNCTION d.f:EXECUTE' },
    want: {
      changes: [
        { what: 'user u@localhost', before: null, after: 'present' },
        { what: 'privileges of u@localhost on FUNCTION `d`.`f`', before: null, after: 'EXECUTE' },
      ],
    },
  },
  {
    ...common,
    name: 'acts on every account of a name',
    given: made("CREATE USER u@'%', u@localhost; GRANT SELECT ON d.* TO u@'%'"),
    args: { ...login, name: 'u', host_all: true, priv: 'd.*:SELECT' },
    want: { changes: [{ what: 'privileges of u@localhost on `d`.*', before: null, after: 'SELECT' }] },
  },
  {
    ...common,
    name: 'drops every account of a name',
    given: made("CREATE USER u@'%', u@localhost"),
    args: { ...login, name: 'u', host_all: true, state: 'absent' },
    want: {
      result: { changed: true, msg: 'User deleted' },
      after: '[ "$(mysql -Ne "SELECT COUNT(*) FROM mysql.user WHERE User=\'u\'")" = 0 ]',
    },
  },
  {
    ...common,
    name: 'leaves an account alone that is gone',
    given: fresh,
    args: { ...login, name: 'u', state: 'absent' },
    want: { changes: 'none', result: { msg: "User doesn't exist" } },
  },
  {
    ...common,
    name: 'asks for TLS',
    given: made('CREATE USER u@localhost'),
    args: { ...login, name: 'u', tls_requires: { SSL: null } },
    want: {
      changes: [{ what: 'tls_requires of u@localhost', before: null, after: 'SSL' }],
      result: { msg: 'TLS requires updated' },
    },
  },
  {
    ...common,
    name: 'asks for a certificate',
    given: made('CREATE USER u@localhost REQUIRE SSL'),
    args: { ...login, name: 'u', tls_requires: { subject: '/CN=alice', issuer: '/CN=ca' } },
    want: {
      changes: [
        { what: 'tls_requires of u@localhost', before: 'SSL', after: "ISSUER '/CN=ca' AND SUBJECT '/CN=alice'" },
      ],
    },
  },
  {
    ...common,
    name: 'asks for no TLS any more',
    given: made('CREATE USER u@localhost REQUIRE X509'),
    args: { ...login, name: 'u' },
    want: { changes: [{ what: 'tls_requires of u@localhost', before: 'X509', after: null }] },
  },
  {
    ...common,
    name: 'sets limits',
    given: made('CREATE USER u@localhost WITH MAX_USER_CONNECTIONS 3'),
    args: { ...login, name: 'u', resource_limits: { MAX_USER_CONNECTIONS: 3, MAX_QUERIES_PER_HOUR: 10 } },
    want: { changes: [{ what: 'MAX_QUERIES_PER_HOUR of u@localhost', before: '0', after: '10' }] },
  },
  {
    ...common,
    name: 'locks an account',
    given: made('CREATE USER u@localhost'),
    args: { ...login, name: 'u', locked: true },
    want: { changes: [{ what: 'lock of u@localhost', before: 'open', after: 'locked' }] },
  },
  {
    ...common,
    name: 'names a limit there is not',
    given: made('CREATE USER u@localhost'),
    args: { ...login, name: 'u', resource_limits: { MAX_WISHES: 3 } },
    want: { failure: /key 'MAX_WISHES' is unsupported/ },
  },
  {
    ...common,
    name: 'says when it can’t log in',
    given: fresh,
    args: { ...login, name: 'u', login_user: 'nobody', login_password: 'sesam' },
    want: {
      failure:
        /^unable to connect to database, check login_user and login_password are correct or \/root\/\.my\.cnf has the credentials\. Exception message: \(1045, "Access denied/,
    },
  },
  {
    ...common,
    name: 'reads user and password from the option file',
    given: `${made("CREATE USER admin@localhost IDENTIFIED BY 'sesam'; GRANT ALL ON *.* TO admin@localhost WITH GRANT OPTION").replace('CREATE USER', 'DROP USER IF EXISTS admin@localhost; CREATE USER')}; printf '[client]\\nuser=admin\\npassword=sesam\\n' >my.cnf; chmod 600 my.cnf`,
    args: { ...login, name: 'u', config_file: '/t/my.cnf' },
    want: { result: { msg: 'User added' } },
  },
  {
    ...common,
    name: 'lets arguments win over the option file',
    given: `${fresh}; printf '[client]\\nuser=nobody\\npassword=wrong\\n' >my.cnf`,
    args: { ...login, name: 'u', config_file: '/t/my.cnf', login_user: 'root', login_password: '' },
    want: { result: { msg: 'User added' } },
  },
  {
    ...common,
    name: 'tries root without a password first',
    given: fresh,
    args: { ...login, name: 'u', login_user: 'nobody', login_password: 'sesam', check_implicit_admin: true },
    want: { result: { msg: 'User added' } },
  },
  {
    ...common,
    name: 'names a privilege that can’t be',
    given: fresh,
    args: { ...login, name: 'u', priv: 'd.*:SELECT;DROP' },
    want: { failure: /"SELECT;DROP" is not the name of a privilege/ },
  },
  {
    ...common,
    name: 'refuses a hash that is none',
    given: fresh,
    args: { ...login, name: 'u', password: 'sesam', encrypted: true },
    want: { failure: /does not appear to be a valid hash/ },
  },
]

const mariadbRows: readonly Row[] = [
  {
    ...common,
    name: 'takes the hash of a password',
    given: fresh,
    args: { ...login, name: 'u', password: '*2B602296A79E0A8784ACC5C88D92E46588CCA3C3', encrypted: true },
    want: { result: { msg: 'User added' }, after: worksAs('pw1') },
  },
  {
    ...common,
    name: 'knows a password that ed25519 keeps',
    given: `mysql -e "INSTALL SONAME 'auth_ed25519'" || :; ${made("CREATE USER u@localhost IDENTIFIED VIA ed25519 USING PASSWORD('geheim1')")}`,
    args: { ...login, name: 'u', plugin: 'ed25519', plugin_auth_string: 'geheim1' },
    want: { changes: 'none' },
  },
  {
    ...common,
    name: 'sets a password that ed25519 keeps',
    given: `mysql -e "INSTALL SONAME 'auth_ed25519'" || :; ${made("CREATE USER u@localhost IDENTIFIED VIA ed25519 USING PASSWORD('geheim1')")}`,
    args: { ...login, name: 'u', password: 'sesam2' },
    want: {
      changes: [{ what: 'password of u@localhost', before: '********', after: '********' }],
      after: worksAs('sesam2'),
    },
  },
  {
    ...common,
    name: 'changes the way to log in',
    given: made("CREATE USER u@localhost IDENTIFIED BY 'geheim1'"),
    args: { ...login, name: 'u', plugin: 'unix_socket' },
    want: { changes: [{ what: 'password of u@localhost', before: 'mysql_native_password', after: 'unix_socket' }] },
  },
]

const mysqlRows: readonly Row[] = [
  {
    ...common,
    name: 'changes the way to log in',
    given: `mysql -e "INSTALL PLUGIN auth_socket SONAME 'auth_socket.so'" 2>/dev/null || :; ${made("CREATE USER u@localhost IDENTIFIED BY 'geheim1'")}`,
    args: { ...login, name: 'u', plugin: 'auth_socket' },
    want: { changes: [{ what: 'password of u@localhost', before: 'caching_sha2_password', after: 'auth_socket' }] },
  },
  {
    ...common,
    name: 'knows what a plugin is given',
    given: made("CREATE USER u@localhost IDENTIFIED BY 'geheim1'"),
    args: { ...login, name: 'u', plugin: 'caching_sha2_password', plugin_auth_string: 'geheim1' },
    want: { changes: 'none' },
  },
  {
    ...common,
    name: 'grants a dynamic privilege',
    given: made('CREATE USER u@localhost; GRANT BACKUP_ADMIN ON *.* TO u@localhost'),
    args: { ...login, name: 'u', priv: '*.*:CLONE_ADMIN,PROCESS' },
    want: {
      changes: [{ what: 'privileges of u@localhost on *.*', before: 'BACKUP_ADMIN', after: 'CLONE_ADMIN, PROCESS' }],
    },
  },
]

export const tests = [
  testModule(module, [...rows, ...mysqlRows], serverHost('mysql')),
  testModule(module, [...rows, ...mariadbRows], serverHost('mariadb')),
]
