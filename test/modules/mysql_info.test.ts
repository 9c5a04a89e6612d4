import { module } from '../../src/modules/mysql_info.ts'
import { type Row, testModule } from '../support/module.ts'
import { serverHost } from '../support/server-host.ts'

const login = { login_unix_socket: '/run/mysqld/mysqld.sock' }

const rowsFor = (engine: string, major: number): readonly Row[] => [
  {
    name: 'gathers the version',
    args: { ...login, filter: 'version' },
    want: {
      changes: 'none',
      result: { version: { major, full: /^\d+\.\d+\.\d+/, suffix: /./ }, server_engine: engine },
    },
  },
  {
    name: 'gathers databases, empty ones too',
    given: 'mysql -e "CREATE DATABASE IF NOT EXISTS bare"',
    args: { ...login, filter: ['databases'], return_empty_dbs: true },
    want: { result: { databases: { bare: { size: 0 } } } },
  },
  {
    name: 'gathers everything else',
    args: { ...login, filter: '!users, !global_status' },
    want: {
      result: {
        settings: { port: 3306, datadir: '/var/lib/mysql/' },
        engines: { InnoDB: { Support: 'DEFAULT' } },
        slave_hosts: {},
      },
    },
  },
  {
    name: 'gathers users and the status',
    args: { ...login, filter: 'users,global_status' },
    want: { result: { users: { localhost: { root: { Select_priv: 'Y' } } }, global_status: { Open_tables: /^\d+$/ } } },
  },
  {
    name: 'says when it can’t log in',
    args: { ...login, login_user: 'nobody', login_password: 'sesam' },
    want: { failure: /^unable to connect to database/ },
    secrets: ['sesam'],
  },
]

export const tests = [
  testModule(module, rowsFor('MySQL', 9), serverHost('mysql')),
  testModule(module, rowsFor('MariaDB', 11), serverHost('mariadb')),
]
