#!/usr/bin/env bash
# Everything there is to test, quickest first: style and types, units, then real hosts. Needs root on Debian or Ubuntu.
set -euo pipefail
cd "$(dirname "$0")/.."

npm run --silent check
npm run --silent build
npx mocha 'test/architecture.test.ts' 'test/unit/**/*.test.ts' 'test/modules/**/*.test.ts' 'test/contract/**/*.test.ts' \
  'test/conformance/**/*.test.ts' 'test/e2e/**/*.test.ts'
