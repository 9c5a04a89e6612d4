import { homedir } from 'node:os'
import type { Value } from '../kernel/value.ts'
import type { Config } from './config.ts'

/** The settings that `lookup('config', …)` tells, by Ansible's names; where nothing is set, with Ansible's defaults. */
const SETTINGS: { readonly [name: string]: (config: Config) => Value } = {
  CONFIG_FILE: ({ file }) => file,
  COLLECTIONS_PATHS: ({ collectionsPaths }) =>
    orUsual(collectionsPaths, 'collections', ['/usr/share/ansible/collections']),
  DEFAULT_ASK_PASS: ({ askPass }) => askPass,
  DEFAULT_ASK_VAULT_PASS: ({ askVaultPass }) => askVaultPass,
  DEFAULT_BECOME: ({ become }) => become,
  DEFAULT_BECOME_ASK_PASS: ({ askBecomePass }) => askBecomePass,
  DEFAULT_BECOME_METHOD: ({ becomeMethod }) => becomeMethod ?? 'sudo',
  DEFAULT_BECOME_USER: ({ becomeUser }) => becomeUser ?? 'root',
  DEFAULT_EXECUTABLE: ({ executable }) => executable ?? '/bin/sh',
  DEFAULT_FILTER_PLUGIN_PATH: ({ content }) => orPlugins(content.filter, 'filter'),
  DEFAULT_FORCE_HANDLERS: ({ forceHandlers }) => forceHandlers,
  DEFAULT_FORKS: ({ forks }) => forks ?? 5,
  DEFAULT_GATHERING: ({ gathering }) => gathering ?? 'implicit',
  DEFAULT_HASH_BEHAVIOUR: ({ inventory }) => (inventory.mergeDicts ? 'merge' : 'replace'),
  DEFAULT_HOST_LIST: ({ inventories }) => (inventories.length > 0 ? [...inventories] : ['/etc/ansible/hosts']),
  DEFAULT_JINJA2_NATIVE: ({ native }) => native,
  DEFAULT_LOOKUP_PLUGIN_PATH: ({ content }) => orPlugins(content.lookup, 'lookup'),
  DEFAULT_MANAGED_STR: () => 'Ansible managed',
  DEFAULT_MODULE_ARGS: ({ moduleArgs }) => moduleArgs,
  DEFAULT_MODULE_NAME: ({ moduleName }) => moduleName ?? 'command',
  DEFAULT_MODULE_PATH: ({ content }) => orPlugins(content.library, 'modules'),
  DEFAULT_PRIVATE_KEY_FILE: ({ privateKeyFile }) => privateKeyFile,
  DEFAULT_REMOTE_USER: ({ remoteUser }) => remoteUser,
  DEFAULT_ROLES_PATH: ({ rolesPath }) =>
    orUsual(rolesPath, 'roles', ['/usr/share/ansible/roles', '/etc/ansible/roles']),
  DEFAULT_STRATEGY: ({ strategy }) => strategy ?? 'linear',
  DEFAULT_TEST_PLUGIN_PATH: ({ content }) => orPlugins(content.test, 'test'),
  DEFAULT_TIMEOUT: ({ timeout }) => timeout ?? 10,
  DEFAULT_TRANSPORT: ({ connection }) => connection ?? 'smart',
  DEFAULT_VAULT_ENCRYPT_IDENTITY: ({ vaultEncryptIdentity }) => vaultEncryptIdentity,
  DEFAULT_VAULT_IDENTITY_LIST: ({ vaultIdentities }) => [...vaultIdentities],
  DEFAULT_VAULT_PASSWORD_FILE: ({ vaultPasswordFile }) => vaultPasswordFile,
  DEFAULT_VERBOSITY: ({ verbosity }) => verbosity,
  DIFF_ALWAYS: ({ diff }) => diff,
  HOST_KEY_CHECKING: ({ hostKeyChecking }) => hostKeyChecking,
  PLAYBOOK_DIR: ({ playbookDir }) => playbookDir,
  RETRY_FILES_ENABLED: () => false,
  RETRY_FILES_SAVE_PATH: () => null,
  SHOW_CUSTOM_STATS: ({ showCustomStats }) => showCustomStats,
  TAGS_RUN: ({ tags }) => [...tags],
  TAGS_SKIP: ({ skipTags }) => [...skipTags],
  'passwordstore_lookup.directory': ({ passwordstore }) => passwordstore.directory,
  'passwordstore_lookup.umask': ({ passwordstore }) => passwordstore.umask,
  'passwordstore_lookup.lock': ({ passwordstore }) => passwordstore.lock,
  'passwordstore_lookup.locktimeout': ({ passwordstore }) => passwordstore.locktimeout,
  'passwordstore_lookup.backend': ({ passwordstore }) => passwordstore.backend,
}

/** A setting's value; `undefined` when there is none of that name. */
export function settingByName(name: string, config: Config): Value | undefined {
  return Object.hasOwn(SETTINGS, name) ? SETTINGS[name]!(config) : undefined
}

function orUsual(paths: readonly string[], own: string, shared: readonly string[]): Value {
  return paths.length > 0 ? [...paths] : [`${homedir()}/.ansible/${own}`, ...shared]
}

function orPlugins(paths: readonly string[], kind: string): Value {
  return orUsual(paths, `plugins/${kind}`, [`/usr/share/ansible/plugins/${kind}`])
}
