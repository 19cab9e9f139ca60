#!/bin/sh
# Makes a service of the program that this lies in: a clone after `node scripts/setup.mjs --production`, or the version of a
# bundle that is current. What is as it should be stays: a second run changes nothing, and mends what a first one did not end.
set -eu
umask 022

here=$(cd "$(dirname "$0")" && pwd -P)
user=edge-optimizer
service=edge-optimizer.service
state=/var/lib/edge-optimizer
default_prefix=/opt/edge-inference-optimizer
default_config=/etc/edge-optimizer/site.yaml
command_link=/usr/local/bin/edge-optimizer
units=/etc/systemd/system

usage() {
  cat <<USAGE
usage: sh scripts/install.sh [options]          makes a service of this program; by root
       sh scripts/install.sh --uninstall [--purge]

  --config FILE   the site's configuration; default: $default_config
  --answers FILE  make the configuration of these, as edge-optimizer config init does; without, it asks on a terminal. A
                  configuration that is there is never changed
  --prefix DIR    the folder of the program; default: where this script lies
  --root DIR      install into the image of a board that is mounted there: nothing is started, and the configuration is made of
                  the answers at a board's first start, with a name that is its own; / is this machine as the image of others
  --no-start      do all but start it
  --dry-run       say what would be done, and do nothing; needs no root
  --uninstall     stop the service, remove unit, command and user; configuration and data stay, with root as their owner
  --purge         with --uninstall: remove configuration and data too; asks
  --yes           do not ask
  --help          this text
USAGE
}

refuse() {
  echo "install: $1" >&2
  exit 2
}

# a path as it is from /, whatever folder one stands in
absolute() {
  case $1 in
    /*) printf '%s\n' "$1" ;;
    *) printf '%s\n' "$(pwd -P)/$1" ;;
  esac
}

config=$default_config
answers=''
prefix=''
root=''
coming=''
into_image=no
start=yes
dry_run=no
uninstall=no
purge=no
yes=no

while [ $# -gt 0 ]; do
  case $1 in
    --*=*)
      given=$1
      shift
      set -- "${given%%=*}" "${given#*=}" "$@"
      ;;
  esac
  case $1 in
    --config | --answers | --prefix | --root | --coming)
      if [ $# -lt 2 ] || [ -z "$2" ]; then refuse "$1: expected a path, got nothing"; fi
      ;;
  esac
  case $1 in
    --config) config=$(absolute "$2") ;;
    --answers) answers=$(absolute "$2") ;;
    --prefix) prefix=$(absolute "$2") ;;
    --root) root=$(absolute "$2") into_image=yes ;;
    # with --dry-run: the unpacked bundle that is going to be the program
    --coming) coming=$(absolute "$2") ;;
    --no-start) start=no ;;
    --dry-run) dry_run=yes ;;
    --uninstall) uninstall=yes ;;
    --purge) purge=yes ;;
    --yes) yes=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) refuse "$1: expected one of the options that --help tells" ;;
  esac
  case $1 in
    --config | --answers | --prefix | --root | --coming) shift 2 ;;
    *) shift ;;
  esac
done
if [ "$purge" = yes ] && [ "$uninstall" = no ]; then refuse '--purge: expected --uninstall with it'; fi
if [ "$into_image" = yes ]; then
  [ -d "$root" ] || refuse "--root: expected the folder where an image is mounted, got $root"
  root=$(cd "$root" && pwd -P)
  [ "$root" != / ] || root=''
fi

config_folder=$(dirname "$config")

# shellcheck source=scripts/install/steps.sh
. "$here/install/steps.sh"
# shellcheck source=scripts/install/program.sh
. "$here/install/program.sh"
# shellcheck source=scripts/install/accounts.sh
. "$here/install/accounts.sh"
# shellcheck source=scripts/install/units.sh
. "$here/install/units.sh"

one_at_a_time
[ "$dry_run" = no ] || echo 'dry run: nothing is changed'

if [ "$uninstall" = yes ]; then
  # shellcheck source=scripts/install/uninstall.sh
  . "$here/install/uninstall.sh"
  remove_all
  exit 0
fi

# shellcheck source=scripts/install/configuration.sh
. "$here/install/configuration.sh"
# shellcheck source=scripts/install/preconditions.sh
. "$here/install/preconditions.sh"

find_program
check_preconditions
make_accounts
make_folder "$state" 0700 "$user" "$user"
make_configuration
put_command
put_units
check_configuration
start_service
tell_end
[ "$unusable" = no ] || exit 1
