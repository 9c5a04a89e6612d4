const { readFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const { dirname } = require('node:path')
const { setFlagsFromString } = require('node:v8')
const { Script } = require('node:vm')

/** The newest Node of which it is known that its V8 has the flag below: it complains of one that it does not know. */
const NEWEST_KNOWN = 24
const major = Number(process.versions.node.split('.')[0])

/**
 * Runs a bundled program, from its compiled form where the build has left one beside it: then nothing has to be parsed. V8 refuses one that
 * another version of it made, or other flags; the program is then compiled as ever. Returns V8's script. The program can't import
 * modules that are not part of it.
 */
exports.start = function start(file) {
  // A run is short: code that V8 optimises as early as it does by default is hardly used then, and costs a fifth of the run.
  if (major <= NEWEST_KNOWN) setFlagsFromString('--interrupt-budget=400000')
  // The bundle is ASCII, so that each of its bytes is a character.
  const source = `(function (exports, require, module, __filename, __dirname) {\n${readFileSync(file, 'latin1')}\n})`
  const script = new Script(source, { filename: file, lineOffset: -1, cachedData: read(compiledFile(file)) })
  const module = { exports: {} }
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file))
  return script
}

exports.compiledFile = compiledFile

function compiledFile(file) {
  return file.replace(/\.cjs$/, '.compiled')
}

function read(file) {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
