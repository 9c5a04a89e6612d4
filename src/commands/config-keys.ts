/** Where a setting may stand: later names win. */
export type Key = {
  readonly ini: readonly (readonly [section: string, name: string])[]
  readonly env: readonly string[]
}

const defaults = (name: string, ...env: readonly string[]): Key => ({ ini: [['defaults', name]], env })
const become = (name: string, ...env: readonly string[]): Key => ({ ini: [['privilege_escalation', name]], env })
const inventory = (name: string, ...env: readonly string[]): Key => ({ ini: [['inventory', name]], env })
/** What becoming by one method is told: `[sudo_become_plugin] user`, ANSIBLE_SUDO_USER. */
const method = (plugin: string, name: string, env: string): Key => ({
  ini: [[`${plugin}_become_plugin`, name]],
  env: [env],
})
const ssh = (name: string, ...env: readonly string[]): Key => ({ ini: [['ssh_connection', name]], env })

/** The settings that are supported, with Ansible's names. */
export const KEYS = {
  inventory: defaults('inventory', 'ANSIBLE_INVENTORY'),
  rolesPath: defaults('roles_path', 'ANSIBLE_ROLES_PATH'),
  library: defaults('library', 'ANSIBLE_LIBRARY'),
  filterPlugins: defaults('filter_plugins', 'ANSIBLE_FILTER_PLUGINS'),
  testPlugins: defaults('test_plugins', 'ANSIBLE_TEST_PLUGINS'),
  lookupPlugins: defaults('lookup_plugins', 'ANSIBLE_LOOKUP_PLUGINS'),
  collectionsPaths: {
    ini: [
      ['defaults', 'collections_paths'],
      ['defaults', 'collections_path'],
    ],
    env: ['ANSIBLE_COLLECTIONS_PATHS', 'ANSIBLE_COLLECTIONS_PATH'],
  },
  remoteUser: defaults('remote_user', 'ANSIBLE_REMOTE_USER'),
  privateKeyFile: defaults('private_key_file', 'ANSIBLE_PRIVATE_KEY_FILE'),
  transport: defaults('transport', 'ANSIBLE_TRANSPORT'),
  executable: defaults('executable', 'ANSIBLE_EXECUTABLE'),
  hostKeyChecking: defaults('host_key_checking', 'ANSIBLE_HOST_KEY_CHECKING'),
  sshHostKeyChecking: ssh('host_key_checking', 'ANSIBLE_SSH_HOST_KEY_CHECKING'),
  forks: defaults('forks', 'ANSIBLE_FORKS'),
  timeout: {
    ini: [
      ['defaults', 'timeout'],
      ['ssh_connection', 'timeout'],
    ],
    env: ['ANSIBLE_TIMEOUT', 'ANSIBLE_SSH_TIMEOUT'],
  },
  vaultPasswordFile: defaults('vault_password_file', 'ANSIBLE_VAULT_PASSWORD_FILE'),
  vaultIdentityList: defaults('vault_identity_list', 'ANSIBLE_VAULT_IDENTITY_LIST'),
  vaultEncryptIdentity: defaults('vault_encrypt_identity', 'ANSIBLE_VAULT_ENCRYPT_IDENTITY'),
  vaultIdMatch: defaults('vault_id_match', 'ANSIBLE_VAULT_ID_MATCH'),
  jinja2Native: defaults('jinja2_native', 'ANSIBLE_JINJA2_NATIVE'),
  gathering: defaults('gathering', 'ANSIBLE_GATHERING'),
  forceHandlers: defaults('force_handlers', 'ANSIBLE_FORCE_HANDLERS'),
  tagsRun: { ini: [['tags', 'run']], env: ['ANSIBLE_RUN_TAGS'] },
  tagsSkip: { ini: [['tags', 'skip']], env: ['ANSIBLE_SKIP_TAGS'] },
  diffAlways: { ini: [['diff', 'always']], env: ['ANSIBLE_DIFF_ALWAYS'] },
  become: become('become', 'ANSIBLE_BECOME'),
  becomeUser: become('become_user', 'ANSIBLE_BECOME_USER'),
  becomeMethod: become('become_method', 'ANSIBLE_BECOME_METHOD'),
  sudoUser: method('sudo', 'user', 'ANSIBLE_SUDO_USER'),
  sudoExe: method('sudo', 'executable', 'ANSIBLE_SUDO_EXE'),
  sudoFlags: method('sudo', 'flags', 'ANSIBLE_SUDO_FLAGS'),
  sudoPassword: method('sudo', 'password', 'ANSIBLE_SUDO_PASS'),
  suUser: method('su', 'user', 'ANSIBLE_SU_USER'),
  suExe: method('su', 'executable', 'ANSIBLE_SU_EXE'),
  suFlags: method('su', 'flags', 'ANSIBLE_SU_FLAGS'),
  suPassword: method('su', 'password', 'ANSIBLE_SU_PASS'),
  becomePassword: { ini: [], env: ['ANSIBLE_BECOME_PASS'] },
  becomeAskPass: become('become_ask_pass', 'ANSIBLE_BECOME_ASK_PASS'),
  becomePasswordFile: defaults('become_password_file', 'ANSIBLE_BECOME_PASSWORD_FILE'),
  askPass: defaults('ask_pass', 'ANSIBLE_ASK_PASS'),
  askVaultPass: defaults('ask_vault_pass', 'ANSIBLE_ASK_VAULT_PASS'),
  connectionPasswordFile: defaults('connection_password_file', 'ANSIBLE_CONNECTION_PASSWORD_FILE'),
  pollInterval: defaults('poll_interval', 'ANSIBLE_POLL_INTERVAL'),
  ansibleManaged: defaults('ansible_managed'),
  injectFacts: defaults('inject_facts_as_vars', 'ANSIBLE_INJECT_FACT_VARS'),
  errorOnUndefined: defaults('error_on_undefined_vars', 'ANSIBLE_ERROR_ON_UNDEFINED_VARS'),
  errorOnMissingHandler: defaults('error_on_missing_handler', 'ANSIBLE_ERROR_ON_MISSING_HANDLER'),
  asyncDir: defaults('async_dir', 'ANSIBLE_ASYNC_DIR'),
  showCustomStats: defaults('show_custom_stats', 'ANSIBLE_SHOW_CUSTOM_STATS'),
  taskDebugger: defaults('enable_task_debugger', 'ANSIBLE_ENABLE_TASK_DEBUGGER'),
  debuggerIgnoresErrors: defaults('task_debugger_ignore_errors', 'ANSIBLE_TASK_DEBUGGER_IGNORE_ERRORS'),
  strategy: defaults('strategy', 'ANSIBLE_STRATEGY'),
  factCaching: defaults('fact_caching', 'ANSIBLE_CACHE_PLUGIN'),
  factCachingConnection: defaults('fact_caching_connection', 'ANSIBLE_CACHE_PLUGIN_CONNECTION'),
  factCachingPrefix: defaults('fact_caching_prefix', 'ANSIBLE_CACHE_PLUGIN_PREFIX'),
  factCachingTimeout: defaults('fact_caching_timeout', 'ANSIBLE_CACHE_PLUGIN_TIMEOUT'),
  sshRetries: {
    ini: [
      ['connection', 'retries'],
      ['ssh_connection', 'retries'],
    ],
    env: ['ANSIBLE_SSH_RETRIES'],
  },
  sshArgs: ssh('ssh_args', 'ANSIBLE_SSH_ARGS'),
  sshCommonArgs: ssh('ssh_common_args', 'ANSIBLE_SSH_COMMON_ARGS'),
  sshExtraArgs: ssh('ssh_extra_args', 'ANSIBLE_SSH_EXTRA_ARGS'),
  verbosity: defaults('verbosity', 'ANSIBLE_VERBOSITY'),
  remotePort: defaults('remote_port', 'ANSIBLE_REMOTE_PORT'),
  becomeExe: become('become_exe', 'ANSIBLE_BECOME_EXE'),
  becomeFlags: become('become_flags', 'ANSIBLE_BECOME_FLAGS'),
  anyErrorsFatal: defaults('any_errors_fatal', 'ANSIBLE_ANY_ERRORS_FATAL'),
  noLog: defaults('no_log', 'ANSIBLE_NO_LOG'),
  taskTimeout: defaults('task_timeout', 'ANSIBLE_TASK_TIMEOUT'),
  gatherSubset: defaults('gather_subset', 'ANSIBLE_GATHER_SUBSET'),
  gatherTimeout: defaults('gather_timeout', 'ANSIBLE_GATHER_TIMEOUT'),
  factPath: defaults('fact_path', 'ANSIBLE_FACT_PATH'),
  privateRoleVars: defaults('private_role_vars', 'ANSIBLE_PRIVATE_ROLE_VARS'),
  diffContext: { ini: [['diff', 'context']], env: ['ANSIBLE_DIFF_CONTEXT'] },
  displaySkippedHosts: defaults('display_skipped_hosts', 'ANSIBLE_DISPLAY_SKIPPED_HOSTS'),
  displayOkHosts: defaults('display_ok_hosts', 'ANSIBLE_DISPLAY_OK_HOSTS'),
  stdoutCallback: defaults('stdout_callback', 'ANSIBLE_STDOUT_CALLBACK'),
  callbacksEnabled: {
    ini: [
      ['defaults', 'callback_whitelist'],
      ['defaults', 'callbacks_enabled'],
    ],
    env: ['ANSIBLE_CALLBACK_WHITELIST', 'ANSIBLE_CALLBACKS_ENABLED'],
  },
  logPath: defaults('log_path', 'ANSIBLE_LOG_PATH'),
  forceColour: defaults('force_color', 'ANSIBLE_FORCE_COLOR'),
  noColour: defaults('nocolor', 'ANSIBLE_NOCOLOR'),
  jinja2Extensions: defaults('jinja2_extensions', 'ANSIBLE_JINJA2_EXTENSIONS'),
  playbookDir: defaults('playbook_dir', 'ANSIBLE_PLAYBOOK_DIR'),
  moduleName: defaults('module_name'),
  moduleArgs: defaults('module_args', 'ANSIBLE_MODULE_ARGS'),
  hashBehaviour: defaults('hash_behaviour', 'ANSIBLE_HASH_BEHAVIOUR'),
  inventoryPlugins: inventory('enable_plugins', 'ANSIBLE_INVENTORY_ENABLED'),
  useExtraVars: { ini: [['inventory_plugins', 'use_extra_vars']], env: ['ANSIBLE_INVENTORY_USE_EXTRA_VARS'] },
  inventoryExport: inventory('export', 'ANSIBLE_INVENTORY_EXPORT'),
  inventoryIgnoredExtensions: {
    ini: [
      ['defaults', 'inventory_ignore_extensions'],
      ['inventory', 'ignore_extensions'],
    ],
    env: ['ANSIBLE_INVENTORY_IGNORE'],
  },
  inventoryIgnoredPatterns: {
    ini: [
      ['defaults', 'inventory_ignore_patterns'],
      ['inventory', 'ignore_patterns'],
    ],
    env: ['ANSIBLE_INVENTORY_IGNORE_REGEX'],
  },
  inventoryAnyUnparsedIsFailed: inventory('any_unparsed_is_failed', 'ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED'),
  inventoryUnparsedIsFailed: inventory('unparsed_is_failed', 'ANSIBLE_INVENTORY_UNPARSED_FAILED'),
  hostPatternMismatch: inventory('host_pattern_mismatch', 'ANSIBLE_HOST_PATTERN_MISMATCH'),
} as const satisfies { readonly [name: string]: Key }
