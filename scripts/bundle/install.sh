#!/bin/sh
# Installs the bundle that this lies in, unpacked, without a network:
#
#   ./install --key FILE | --unsigned-ok [--prefix DIR]
#
# Whoever can change the bundle can change this file: before a bundle from elsewhere is unpacked, verify it where the program
# is already (npm run bundle -- --verify FILE --key FILE), or the signature with openssl (docs/deployment.md).
set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
prefix=/opt/edge-inference-optimizer

fail() {
  echo "install: $1" >&2
  exit 2
}

next_is_prefix=no
for argument in "$@"; do
  case $argument in
    -h | --help)
      echo 'usage: ./install --key FILE | --unsigned-ok [--prefix DIR]'
      echo '  --key FILE     public key (ed25519:… or PEM) of who may have made the bundle; may be repeated'
      echo '  --unsigned-ok  take it without knowing who made it'
      echo "  --prefix DIR   where it goes; default: $prefix"
      exit 0
      ;;
    --prefix=*) prefix=${argument#--prefix=} ;;
    *) [ "$next_is_prefix" = no ] || prefix=$argument ;;
  esac
  [ "$argument" = --prefix ] && next_is_prefix=yes || next_is_prefix=no
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

"$here/bin/node" "$here/dist/src/main.js" update "$here" "$@"
echo "the command is $prefix/current/bin/edge-optimizer"
if [ -f "$prefix/current/scripts/install.sh" ]; then
  echo "user, folders and service: sh $prefix/current/scripts/install.sh"
fi
