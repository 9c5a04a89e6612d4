/** Settings that change no outcome here, and why; `section.name`, a whole section, or a variable of the environment. */
export const MEANINGLESS: readonly { readonly why: string; readonly settings: string }[] = [
  {
    why: 'no Python runs on hosts, and no module is sent to them',
    settings: `defaults.interpreter_python ANSIBLE_PYTHON_INTERPRETER defaults.module_compression defaults.python_module_rlimit_nofile
      ANSIBLE_PYTHON_MODULE_RLIMIT_NOFILE defaults.remote_tmp ANSIBLE_REMOTE_TEMP ANSIBLE_REMOTE_TMP defaults.system_tmpdirs
      ANSIBLE_SYSTEM_TMPDIRS defaults.admin_users ANSIBLE_ADMIN_USERS defaults.common_remote_group ANSIBLE_COMMON_REMOTE_GROUP
      defaults.allow_world_readable_tmpfiles ANSIBLE_SHELL_ALLOW_WORLD_READABLE_TEMP defaults.no_target_syslog ANSIBLE_NO_TARGET_SYSLOG
      defaults.syslog_facility ANSIBLE_SYSLOG_FACILITY defaults.module_ignore_exts ANSIBLE_MODULE_IGNORE_EXTS
      defaults.network_group_modules ANSIBLE_NETWORK_GROUP_MODULES _ANSIBLE_COVERAGE_REMOTE_OUTPUT
      _ANSIBLE_COVERAGE_REMOTE_PATH_FILTER`,
  },
  {
    why: 'one connection is held open for each host, and everything goes over it',
    settings: `defaults.pipelining connection.pipelining ssh_connection.pipelining ANSIBLE_PIPELINING ANSIBLE_SSH_PIPELINING
      ssh_connection.control_path ANSIBLE_SSH_CONTROL_PATH ssh_connection.control_path_dir ANSIBLE_SSH_CONTROL_PATH_DIR
      ssh_connection.sftp_batch_mode ANSIBLE_SFTP_BATCH_MODE ssh_connection.transfer_method ANSIBLE_SSH_TRANSFER_METHOD
      ssh_connection.scp_if_ssh ANSIBLE_SCP_IF_SSH ssh_connection.usetty ANSIBLE_SSH_USETTY ssh_connection.sftp_executable
      ANSIBLE_SFTP_EXECUTABLE ssh_connection.scp_executable ANSIBLE_SCP_EXECUTABLE ssh_connection.scp_extra_args ANSIBLE_SCP_EXTRA_ARGS
      ssh_connection.sftp_extra_args ANSIBLE_SFTP_EXTRA_ARGS ssh_connection.sshpass_prompt ANSIBLE_SSHPASS_PROMPT
      ssh_connection.use_tty ssh_connection.reconnection_retries defaults.use_persistent_connections ANSIBLE_USE_PERSISTENT_CONNECTIONS
      persistent_connection.* ANSIBLE_PERSISTENT_CONTROL_PATH_DIR ANSIBLE_PERSISTENT_CONNECT_TIMEOUT
      ANSIBLE_PERSISTENT_CONNECT_RETRY_TIMEOUT ANSIBLE_PERSISTENT_COMMAND_TIMEOUT ANSIBLE_CONNECTION_PATH`,
  },
  {
    why: 'paramiko is not used; its name as a connection means ssh',
    settings: `paramiko_connection.remote_user ANSIBLE_PARAMIKO_REMOTE_USER paramiko_connection.use_rsa_sha2_algorithms
      ANSIBLE_PARAMIKO_USE_RSA_SHA2_ALGORITHMS paramiko_connection.look_for_keys ANSIBLE_PARAMIKO_LOOK_FOR_KEYS paramiko_connection.pty
      ANSIBLE_PARAMIKO_PTY paramiko_connection.record_host_keys ANSIBLE_PARAMIKO_RECORD_HOST_KEYS paramiko_connection.host_key_checking
      ANSIBLE_PARAMIKO_HOST_KEY_CHECKING paramiko_connection.banner_timeout ANSIBLE_PARAMIKO_BANNER_TIMEOUT`,
  },
  {
    why: 'the output is our own; --output chooses its form',
    settings: `defaults.nocows ANSIBLE_NOCOWS defaults.cow_selection ANSIBLE_COW_SELECTION defaults.cow_whitelist ANSIBLE_COW_WHITELIST
      defaults.cowsay_enabled_stencils ANSIBLE_COW_ACCEPTLIST defaults.cowpath ANSIBLE_COW_PATH defaults.display_failed_stderr
      ANSIBLE_DISPLAY_FAILED_STDERR defaults.show_per_host_start ANSIBLE_SHOW_PER_HOST_START defaults.check_mode_markers
      ANSIBLE_CHECK_MODE_MARKERS defaults.show_task_path_on_failure ANSIBLE_SHOW_TASK_PATH_ON_FAILURE defaults.callback_result_format
      ANSIBLE_CALLBACK_RESULT_FORMAT defaults.callback_format_pretty ANSIBLE_CALLBACK_FORMAT_PRETTY defaults.result_format
      defaults.bin_ansible_callbacks ANSIBLE_LOAD_CALLBACK_PLUGINS defaults.verbose_to_stderr ANSIBLE_VERBOSE_TO_STDERR
      defaults.docsite_root_url privilege_escalation.agnostic_become_prompt ANSIBLE_AGNOSTIC_BECOME_PROMPT defaults.log_filter
      ANSIBLE_LOG_FILTER defaults.debug ANSIBLE_DEBUG colors.* ANSIBLE_COLOR_* callback_*.* ANSIBLE_CALLBACK_TREE_DIR JUNIT_* NO_COLOR`,
  },
  {
    why: 'a warning is always shown, and once',
    settings: `defaults.action_warnings ANSIBLE_ACTION_WARNINGS defaults.localhost_warning ANSIBLE_LOCALHOST_WARNING
      inventory.inventory_unparsed_warning ANSIBLE_INVENTORY_UNPARSED_WARNING defaults.deprecation_warnings ANSIBLE_DEPRECATION_WARNINGS
      defaults.devel_warning ANSIBLE_DEVEL_WARNING defaults.system_warnings ANSIBLE_SYSTEM_WARNINGS defaults.command_warnings
      defaults.jinja2_native_warning ANSIBLE_JINJA2_NATIVE_WARNING defaults.string_conversion_action ANSIBLE_STRING_CONVERSION_ACTION
      defaults.collections_on_ansible_version_mismatch ANSIBLE_COLLECTIONS_ON_ANSIBLE_VERSION_MISMATCH
      inventory_plugin_script.always_show_stderr ANSIBLE_INVENTORY_PLUGIN_SCRIPT_STDERR`,
  },
  {
    why: 'how Ansible itself is installed, cached and kept busy',
    settings: `defaults.home ANSIBLE_HOME defaults.local_tmp ANSIBLE_LOCAL_TEMP defaults.internal_poll_interval
      defaults.old_plugin_cache_clear ANSIBLE_OLD_PLUGIN_CACHE_CLEAR ANSIBLE_WORKER_SHUTDOWN_POLL_COUNT ANSIBLE_WORKER_SHUTDOWN_POLL_DELAY
      defaults.collections_scan_sys_path ANSIBLE_COLLECTIONS_SCAN_SYS_PATH defaults.plugin_filters_cfg
      defaults.validate_action_group_metadata ANSIBLE_VALIDATE_ACTION_GROUP_METADATA defaults.doc_fragment_plugins
      ANSIBLE_DOC_FRAGMENT_PLUGINS defaults.allow_unsafe_lookups
      persistent_connection.ansible_connection_path`,
  },
  {
    why: 'inventories are read anew each time, by rules that have no stages',
    settings: `inventory.cache ANSIBLE_INVENTORY_CACHE inventory.cache_plugin ANSIBLE_INVENTORY_CACHE_PLUGIN inventory.cache_connection
      ANSIBLE_INVENTORY_CACHE_CONNECTION inventory.cache_prefix ANSIBLE_INVENTORY_CACHE_PLUGIN_PREFIX inventory.cache_timeout
      ANSIBLE_INVENTORY_CACHE_TIMEOUT vars_host_group_vars.stage ANSIBLE_VARS_PLUGIN_STAGE
      inventory_plugin_yaml.yaml_valid_extensions ANSIBLE_INVENTORY_PLUGIN_EXTS`,
  },
  {
    why: 'no file of a failed run is written; --limit with the names in the recap does the same',
    settings: `defaults.retry_files_enabled ANSIBLE_RETRY_FILES_ENABLED defaults.retry_files_save_path ANSIBLE_RETRY_FILES_SAVE_PATH`,
  },
  {
    why: 'filters keep the types of what they give',
    settings: 'jinja2.dont_type_filters ANSIBLE_STRING_TYPE_FILTERS',
  },
  {
    why: 'becoming the user one is already is done like any other',
    settings: `privilege_escalation.become_allow_same_user ANSIBLE_BECOME_ALLOW_SAME_USER defaults.su ANSIBLE_SU`,
  },
  {
    why: 'other programs, devices and systems',
    settings: `galaxy.* ANSIBLE_GALAXY_* selinux.* ANSIBLE_LIBVIRT_LXC_NOSECLABEL ANSIBLE_SELINUX_SPECIAL_FS netconf_connection.*
      ANSIBLE_NETCONF_SSH_CONFIG winrm.* powershell.* defaults.win_async_startup_timeout ANSIBLE_WIN_ASYNC_STARTUP_TIMEOUT`,
  },
  {
    why: 'arguments of the lookup say the same',
    settings: 'url_lookup.* ANSIBLE_LOOKUP_URL_*',
  },
]

const WORDS = MEANINGLESS.flatMap(({ settings }) => settings.split(/\s+/))
const EXACT = new Set(WORDS)
const FAMILIES = WORDS.filter((word) => word.includes('*')).map(
  (word) => new RegExp(`^${word.replaceAll('.', '\\.').replaceAll('*', '.*')}$`),
)

/** Whether `section.name` or a variable of the environment is one of those. */
export function isMeaningless(name: string): boolean {
  return EXACT.has(name) || FAMILIES.some((family) => family.test(name))
}
