#!/usr/bin/env bash
# Whether the bundle of linux-arm64 works, where there is no arm64: it is unpacked and run as it is under qemu's user emulation,
# and has to find the same vehicles in the same pictures as this machine does.
#
# Needs no root and registers nothing with the kernel. Debian and Ubuntu: qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross,
# and g++-aarch64-linux-gnu for a bundle with SQLite.
set -u
cd "$(dirname "$0")/.." || exit 2
title=check-arm64

usage() {
  cat <<USAGE
usage: scripts/check-arm64.sh [options]

  --bundle FILE     the bundle to check, whoever signed it; default: one that is made of this clone
  --without-sqlite  make it without SQLite, which is compiled for it otherwise where there is a compiler for arm64
  --required        fail where this machine cannot emulate, instead of skipping
  --json            one JSON object on stdout
  --keep            leave the work folder, and say where it is

Exit codes: 0 all is well, or skipped; 1 something failed; 2 the command line.
USAGE
}

make_options=()
# shellcheck source=scripts/check/steps.sh
. scripts/check/steps.sh
while [ $# -gt 0 ]; do
  case $1 in
    --without-sqlite) make_options+=(--without-sqlite) ;;
    *)
      common_option "$@"
      shift $((taken - 1))
      ;;
  esac
  shift
done

libraries=${ARM64_LIBRARIES:-/usr/aarch64-linux-gnu}
emulator=$(command -v qemu-aarch64-static || command -v qemu-aarch64)
case $(uname -m) in
  aarch64) emulator='' ;;
  x86_64)
    [ -n "$emulator" ] || skip 'no qemu-aarch64-static here (apt-get install qemu-user-static)'
    [ -e "$libraries/lib/libstdc++.so.6" ] ||
      skip "no libraries of arm64 in $libraries (apt-get install libc6-arm64-cross libstdc++6-arm64-cross)"
    ;;
  *) skip "no emulation of arm64 on $(uname -m) that is known to work" ;;
esac

work=$(mktemp -d)
end() {
  [ "$keep" = no ] || echo "$title: everything is in $work" >&2
  [ "$keep" = yes ] || rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT TERM HUP

pictures=("$PWD/docs/preview.jpg" "$PWD/docs/events.jpg")

# on arm64, within a time that emulation needs
arm64() { (cd "$work" && timeout --kill-after=10 400 env -u NODE_OPTIONS "${emulation[@]}" "$program" "$@"); }

make_bundle() {
  if [ -z "$bundle" ]; then
    bundle=$(npm run --silent bundle -- --platform linux-arm64 --quick --out "$work" "${make_options[@]}") || return 1
  fi
  about=$(node scripts/bundle.mjs --verify "$bundle" --unsigned-ok) || return 1
  detail="$(mib "$bundle"), ${about%%, of commit*}"
  check 'a bundle for linux-arm64' grep -q 'for linux-arm64' <<<"$about"
}

unpack() {
  tar -xzf "$bundle" -C "$work" || return 1
  folder=$(dirname "$(echo "$work"/*/manifest.json)")
  program=$folder/bin/edge-optimizer
  emulation=(A=)
  [ -z "$emulator" ] || emulate
}

# bin/node becomes a script that emulates it, for the program itself and for all that it starts
emulate() {
  local system=$work/system
  mkdir -p "$system/proc"
  ln -s "$libraries/lib" "$system/lib"
  # ONNX Runtime picks its kernels by it, and would read that of the machine that emulates: the processor of a Raspberry Pi 5
  cat >"$system/proc/cpuinfo" <<CPU
processor	: 0
Features	: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp
CPU implementer	: 0x41
CPU architecture: 8
CPU variant	: 0x4
CPU part	: 0xd0b
CPU revision	: 1
CPU
  mv "$folder/bin/node" "$folder/bin/node.arm64"
  printf '#!/bin/sh\nexec %q -L %q %q "$@"\n' "$emulator" "$system" "$folder/bin/node.arm64" >"$folder/bin/node"
  chmod +x "$folder/bin/node"
  echo "process.execPath = $(node -p 'JSON.stringify(process.argv[1])' "$folder/bin/node");" >"$system/exec-path.cjs"
  emulation=(QEMU_CPU=cortex-a76 "NODE_OPTIONS=--require \"$system/exec-path.cjs\"")
}

says_its_version() {
  local version
  version=$(arm64 --version) || return 1
  detail=$version
  check "the version of the manifest, got $version" grep -q "\"version\": \"$version\"" "$folder/manifest.json"
}

takes_a_configuration() {
  cat >"$work/site.yaml" <<SITE
board: none
cameras:
  - {id: sim, url: "sim://road?traffic=mixed", maxFps: 1}
mqtt: {broker: "off"}
http: {enabled: false}
store: {dir: "$work/store"}
SITE
  arm64 config check site.yaml
}

finds_the_same() {
  node scripts/edge-optimizer.mjs detect --json "${pictures[@]}" >"$work/here.jsonl" || return 1
  arm64 detect --json "${pictures[@]}" >"$work/arm64.jsonl" || return 1
  detail=$(node scripts/check/same-boxes.mjs "$work/here.jsonl" "$work/arm64.jsonl")
}

answers_frames() {
  arm64 run --config site.yaml --frames 2 --duration 60 --json >"$work/run.jsonl" || return 1
  detail=$(tail -n 1 "$work/run.jsonl" | node -p '
    const { inferred, latencyMs, vehiclesSeen } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    `${inferred} inferred, ${Math.round(latencyMs.p50)} ms each, ${vehiclesSeen} vehicles`')
  check 'an inferred frame' grep -q '"type":"summary".*"inferred":[1-9]' "$work/run.jsonl"
}

keeps_on_disk() {
  if grep -q '"sqlite": false' "$folder/manifest.json"; then
    detail='this bundle has no SQLite: nothing is kept'
    return
  fi
  arm64 store info --config site.yaml >"$work/store.txt" || return 1
  cat "$work/store.txt"
  check 'a database in the store' test -s "$work/store/history.db" || return 1
  detail="$(find "$work/store" -name '*.db' | wc -l) databases"
}

step 'the bundle is whole and for arm64' make_bundle
step 'it unpacks' unpack
step 'it starts and says its version' says_its_version
step 'it takes a configuration' takes_a_configuration
step 'it finds what this machine finds in pictures' finds_the_same
step 'it loads a model and answers frames of a camera' answers_frames
step 'it keeps its databases' keeps_on_disk
finish
