#!/bin/sh
# Installs the bundle that this lies in, unpacked, without a network: verifies it, unpacks it to where the program is, and makes
# a service of it (scripts/install.sh).
#
# Whoever can change the bundle can change this file: before a bundle from elsewhere is unpacked, verify it where the program
# is already (npm run bundle -- --verify FILE --key FILE), or the signature with openssl (docs/deployment.md).
set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
prefix=/opt/edge-inference-optimizer
config=/etc/edge-optimizer/site.yaml
answers=''
root=''
start=yes
dry_run=no
files_only=no

usage() {
  cat <<USAGE
usage: ./install --key FILE | --unsigned-ok [options]     by root

  --key FILE      public key (ed25519:… or PEM) of who may have made the bundle; may be repeated
  --unsigned-ok   take it without knowing who made it
  --prefix DIR    where it goes; default: $prefix
  --allow-older   although the version that is there is newer
  --files-only    the program alone, without user, command and service

for the service, as scripts/install.sh --help tells:
  --config FILE   the site's configuration; default: $config
  --answers FILE  make the configuration of these; without, it asks on a terminal
  --root DIR      into the image of a board that is mounted there
  --no-start      do all but start it
  --dry-run       verify the bundle, say what would be done, and do nothing
USAGE
}

fail() {
  echo "install: $1" >&2
  exit 2
}

# what is not for the service stays among the arguments, for the update
remaining=$#
while [ "$remaining" -gt 0 ]; do
  case $1 in
    --*=*)
      given=$1
      shift
      set -- "${given%%=*}" "${given#*=}" "$@"
      remaining=$((remaining + 1))
      ;;
  esac
  case $1 in
    --prefix | --config | --answers | --root | --key)
      if [ "$remaining" -lt 2 ] || [ -z "$2" ]; then fail "$1: expected a path, got nothing"; fi
      case $1 in
        --prefix) prefix=$2 ;;
        --config) config=$2 ;;
        --answers) answers=$2 ;;
        --root) root=$2 ;;
        --key) set -- "$@" "$1" "$2" ;;
      esac
      shift 2
      remaining=$((remaining - 2))
      continue
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    --no-start) start=no ;;
    --dry-run) dry_run=yes ;;
    --files-only) files_only=yes ;;
    --unsigned-ok | --allow-older | --json) set -- "$@" "$1" ;;
    *) fail "$1: expected one of the options that --help tells" ;;
  esac
  shift
  remaining=$((remaining - 1))
done

case $(uname -s)-$(uname -m) in
  Linux-x86_64) platform=linux-x64 ;;
  Linux-aarch64) platform=linux-arm64 ;;
  *) fail "there is no bundle for $(uname -s) on $(uname -m): linux-x64 and linux-arm64 there are" ;;
esac
made_for=$(sed -n 's/^  "platform": "\(.*\)",$/\1/p' "$here/manifest.json")
[ "$made_for" = "$platform" ] || fail "this bundle is for $made_for, this machine is $platform: take the bundle for $platform"

# that the program which verifies all the rest is whole
sum=$(sed -n 's/^.*"path":"bin\/node","bytes":[0-9]*,"sha256":"\([0-9a-f]*\)".*$/\1/p' "$here/manifest.json")
echo "$sum  $here/bin/node" | sha256sum -c --status - || fail 'bin/node is damaged: copy the bundle again'
needs=$(sed -n 's/^  "glibc": "\(.*\)",$/\1/p' "$here/manifest.json")
said=$("$here/bin/node" --version 2>&1) || case $said in
  *'ermission denied'*) fail "programs may not run in $here (a stick, or mounted noexec): unpack the bundle on a disk of this machine, as in /root" ;;
  *) fail "the Node of the bundle does not start here, it needs glibc ${needs:-2.28} or newer (ldd --version tells this machine's): $said" ;;
esac

case $prefix in /*) ;; *) [ -n "$root" ] || prefix=$(pwd -P)/$prefix ;; esac
place=${root%/}$prefix

# service OPTION...: makes the service, or says what would be done
service() {
  script=$1
  shift
  set -- --prefix "$prefix" --config "$config" "$@"
  [ -z "$answers" ] || set -- "$@" --answers "$answers"
  [ -z "$root" ] || set -- "$@" --root "$root"
  [ "$start" = yes ] || set -- "$@" --no-start
  sh "$script" "$@"
}

# all that the service needs is looked at before anything is unpacked
foresee() {
  service "$here/scripts/install.sh" --coming "$here" --dry-run
}

update() {
  # scripts/install.sh restarts the service; on trial is what an installed version brings with `edge-optimizer update`
  "$here/bin/node" "$here/dist/src/main.js" update "$here" --prefix "$place" --no-restart --no-watch "$@"
}

if [ "$dry_run" = yes ]; then
  update --check "$@"
  [ "$files_only" = yes ] || foresee
  exit 0
fi
if [ "$files_only" = no ]; then
  [ "$(id -u)" = 0 ] || fail 'this needs root: put sudo before it, or look with --dry-run, or take --files-only'
  foresee >/dev/null || exit 2
fi
if [ -e "$config" ] && [ -z "$root" ]; then set -- "$@" --config "$config"; fi
update "$@"
if [ "$files_only" = yes ]; then
  echo "the command is $place/current/bin/edge-optimizer"
else
  service "$place/current/scripts/install.sh"
fi
