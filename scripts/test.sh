#!/usr/bin/env bash
# Everything there is to test, quickest first: style and types, units, then real hosts. Needs root on Debian or Ubuntu.
set -euo pipefail
cd "$(dirname "$0")/.."

# What the lab and the test hosts are made with, and what lookups run; on a machine that has it all nothing is installed.
missing=()
for need in mmdebstrap:mmdebstrap systemd-nspawn:systemd-container nft:nftables ip:iproute2 ssh:openssh-client curl:curl pass:pass gpg:gnupg; do
  command -v "${need%%:*}" >/dev/null || missing+=("${need##*:}")
done
if [ "${#missing[@]}" -gt 0 ]; then
  echo "Installing ${missing[*]} with apt."
  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -qy --no-install-recommends "${missing[@]}"
fi

npm run --silent check
npm run --silent build
npx mocha --no-color 'test/architecture.test.ts' 'test/unit/**/*.test.ts' 'test/modules/**/*.test.ts' 'test/contract/**/*.test.ts' \
  'test/conformance/**/*.test.ts' 'test/e2e/**/*.test.ts'
