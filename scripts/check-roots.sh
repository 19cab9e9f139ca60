#!/usr/bin/env bash
# Whether a bundle becomes a service on bare systems without a network, from the stick to the rollback: in roots of Debian 12 and
# Ubuntu 22.04 of no more than their base, each in a network of its own that leads nowhere. A broker stands outside the root, as in
# a control centre, and tells what has arrived.
#
# Needs root, mmdebstrap or debootstrap (Ubuntu: the latter), mosquitto with its clients, iproute2, util-linux; a mirror of each
# system, or its root in a folder.
set -u
cd "$(dirname "$0")/.." || exit 2
title=check-roots
systems=()
mirror_bookworm=http://deb.debian.org/debian
mirror_jammy=http://archive.ubuntu.com/ubuntu

usage() {
  cat <<USAGE
usage: scripts/check-roots.sh [options]      by root

  --system NAME[=DIR]  bookworm (Debian 12) or jammy (Ubuntu 22.04); may be repeated, default: both. DIR is a root of it that is
                       there already, and stays as it is; without, one is made
  --bundle FILE        the bundle to check, whoever signed it; default: one that is made of this clone
  --required           fail where this machine cannot do it, instead of skipping
  --json               one JSON object a line, for each system
  --keep               leave the work folder, and say where it is

Exit codes: 0 all is well, or skipped; 1 something failed; 2 the command line.
USAGE
}

version=''
# shellcheck source=scripts/check/steps.sh
. scripts/check/steps.sh
while [ $# -gt 0 ]; do
  case $1 in
    --system)
      case ${2-} in
        bookworm | jammy) ;;
        bookworm=* | jammy=*) [ -x "${2#*=}/bin/sh" ] || refuse "--system: expected the root of a system, got ${2#*=}" ;;
        *) refuse "--system: expected bookworm or jammy, got ${2:-nothing}" ;;
      esac
      systems+=("$2")
      shift
      ;;
    *)
      common_option "$@"
      shift $((taken - 1))
      ;;
  esac
  shift
done
[ "${#systems[@]}" -gt 0 ] || systems=(bookworm jammy)

case $(uname -s)-$(uname -m) in
  Linux-x86_64) platform=linux-x64 ;;
  Linux-aarch64) platform=linux-arm64 ;;
  *) skip "there is no bundle for $(uname -s) on $(uname -m)" ;;
esac
[ "$(id -u)" = 0 ] || skip 'it needs root'
command -v mmdebstrap >/dev/null || needed=debootstrap
for tool in ${needed-} mosquitto mosquitto_sub ip unshare setpriv; do
  command -v "$tool" >/dev/null || skip "no $tool here (apt-get install mmdebstrap debootstrap mosquitto mosquitto-clients iproute2 util-linux)"
done
unshare --mount --net --pid --fork true 2>/dev/null || skip 'this root may not make namespaces (unshare --mount --net --pid)'

work=$(mktemp -d)
end() {
  [ "$keep" = no ] || echo "$title: everything is in $work" >&2
  [ "$keep" = yes ] || rm -rf --one-file-system "$work"
}
trap end EXIT
trap 'exit 130' INT TERM HUP

# What is carried to the device: the bundle, a later one, one that cannot do its work (unpacked), and the key that signed them.
make_bundles() {
  local made=$work/made
  mkdir -p "$made" "$work/stick"
  node scripts/edge-optimizer.mjs command keygen --out "$work/release.pem" >"$work/keygen.txt" || return 1
  grep -o 'ed25519:[A-Za-z0-9+/=]*' "$work/keygen.txt" | head -n 1 >"$work/stick/release.pub"
  local given=$bundle
  [ -n "$given" ] || bundle=$(npm run --silent bundle -- --platform "$platform" --quick --as-built --sign "$work/release.pem" --out "$work") || return 1
  about=$(node scripts/bundle.mjs --verify "$bundle" --unsigned-ok) || return 1
  detail="$(mib "$bundle"), ${about%%, of commit*}"
  check "a bundle for $platform" grep -q "for $platform," <<<"$about" || return 1
  tar -xzf "$bundle" -C "$made" --strip-components=1 --no-same-owner || return 1
  version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$made/manifest.json")
  if [ -z "$given" ]; then mv "$bundle" "$work/stick/edge $version.tar.gz"; else restamp "$version" "$work/stick/edge $version.tar.gz" || return 1; fi
  restamp 100.0.0 "$work/stick/edge 100.0.0.tar.gz" && restamp 100.0.1 && mv "$made" "$work/stick/edge 100.0.1"
}

restamp() { node scripts/check/restamp.mjs "$work/made" "$1" "$work/release.pem" ${2+"$2"}; }

# The same packages either way, checked by the same signatures: mmdebstrap takes half of a processor's time.
make_bookworm() {
  if command -v mmdebstrap >/dev/null; then
    mmdebstrap --mode=root --variant=minbase --format=directory --dpkgopt=force-unsafe-io bookworm "$1" "$mirror_bookworm" && return
    command -v debootstrap >/dev/null || return 1
    rm -rf --one-file-system "$1"
  fi
  debootstrap --variant=minbase bookworm "$1" "$mirror_bookworm"
}

# make_root SYSTEM FOLDER
make_root() {
  case $1 in
    *=*) cp -a "${1#*=}" "$2" ;;
    bookworm) make_bookworm "$2" ;;
    jammy) debootstrap --variant=minbase --no-check-gpg jammy "$2" "$mirror_jammy" ;;
  esac >"$work/debootstrap.log" 2>&1
}

step 'the bundles' make_bundles
[ "$failed" = 0 ] || {
  finish
  exit 1
}
prepared=("${steps[@]}")
worst=0
for system in "${systems[@]}"; do
  name=${system%%=*}
  title="check-roots $name"
  if ! make_root "$system" "$work/$name"; then
    (skip "the system cannot be had here: $(tail -n 1 "$work/debootstrap.log")") || worst=1
    continue
  fi
  [ "$json" = yes ] || echo "$name, glibc $(chroot "$work/$name" getconf GNU_LIBC_VERSION | cut -d' ' -f2):" >&2
  bundles=$(printf '%s\n' "${prepared[@]}")
  export title work version bundles
  unshare --mount --net --pid --fork --kill-child scripts/check/bare-root.sh "$work/$name" "$json" || worst=1
  [ "$keep" = yes ] || rm -rf --one-file-system "${work:?}/$name"
done
exit "$worst"
