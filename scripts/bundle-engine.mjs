import { bundle } from './bundle.mjs'

await bundle(['test/bench/engine.ts'], 'dist/bench')
