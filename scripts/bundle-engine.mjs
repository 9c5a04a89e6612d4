import { bundle } from './bundle.mjs'

await bundle({ engine: 'test/bench/engine.ts', 'commands/import-file': 'src/commands/import-file.ts' }, 'dist/bench')
