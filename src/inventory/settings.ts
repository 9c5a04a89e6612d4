/** What the configuration says about reading inventories; each is one of Ansible's settings. */
export type InventorySettings = {
  /** `hash_behaviour = merge`: a dict is laid over the one below it instead of taking its place. */
  readonly mergeDicts: boolean
  /** Ends of names that are no inventory in a folder. */
  readonly ignoredExtensions: readonly string[]
  /** Regular expressions for names that are no inventory in a folder. */
  readonly ignoredPatterns: readonly string[]
  /** The plugins that may read a source, without `ansible.builtin.`. */
  readonly plugins: readonly string[]
  /** Plugins see the extra variables of the command line, where their file does not say. */
  readonly useExtraVars: boolean
  /** A source that can't be read is a problem, and not a warning. */
  readonly everySourceCounts: boolean
  /** It is a problem when no source at all could be read. */
  readonly oneSourceNeeded: boolean
  /** What a pattern that means no host or group is. */
  readonly patternMismatch: 'warning' | 'error' | 'ignore'
}

export const DEFAULT_INVENTORY: InventorySettings = {
  mergeDicts: false,
  ignoredExtensions: [
    ...['.pyc', '.pyo', '.swp', '.bak', '~', '.rpm', '.md', '.txt', '.rst'],
    ...['.orig', '.ini', '.cfg', '.retry'],
  ],
  ignoredPatterns: [],
  plugins: ['host_list', 'script', 'auto', 'yaml', 'ini', 'toml'],
  useExtraVars: false,
  everySourceCounts: false,
  oneSourceNeeded: false,
  patternMismatch: 'warning',
}
