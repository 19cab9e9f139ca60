# shellcheck shell=sh
# All that must be so, looked at before anything is changed; each with what to do.
# shellcheck disable=SC2154

problems=''
# KiB: for the databases of the first days and a model's compiled form
least_space=131072

problem() {
  problems="$problems
  - $1"
}

check_preconditions() {
  check_tools
  check_paths
  check_program
  check_node
  check_what_is_there
  check_locks
  check_answers
  check_space
  if [ -n "$problems" ]; then
    printf 'install: nothing was changed, because of this:%s\n' "$problems" >&2
    exit 2
  fi
  tell_of_ffmpeg
  tell_of_image
}

check_tools() {
  [ "$dry_run" = yes ] || [ "$(id -u)" = 0 ] || problem "this needs root: put sudo before it, or look with --dry-run"
  [ "$(uname -s)" = Linux ] || problem "systemd is of Linux, this is $(uname -s)"
  for tool in useradd groupadd usermod install stat readlink; do
    command -v "$tool" >/dev/null || problem "$tool is not there: apt-get install passwd coreutils"
  done
  [ "$into_image" = yes ] || command -v runuser >/dev/null || problem 'runuser is not there: apt-get install util-linux'
  [ -e "$root/etc/passwd" ] || problem "$root has no /etc/passwd: mount the root file system of the image there"
}

check_paths() {
  for path in "$program" "$config" "$node"; do
    case $path in
      *[\"\'\\\$%\`\;\#]*) problem "$path: expected a path without quotes, \\, \$, %, ; and #, which mean something in a unit" ;;
      /home/* | /root/* | /run/user/* | /tmp/* | /var/tmp/*)
        problem "$path: the service sees neither homes nor temporary folders: choose a place such as $default_prefix"
        ;;
    esac
  done
  [ -d "$root$config" ] && problem "--config: expected a file, got the folder $config"
  for path in "$units" "$command_link" "$state" "$config" "$prefix"; do
    [ -z "$root" ] || ! leads_out "$path" || problem "$path: a link in the image leads out of it: name the place that is meant, or install on the board"
  done
  for path in /etc /var /usr/local; do
    if [ -d "$root$path" ] && [ "$(id -u)" = 0 ] && [ ! -w "$root$path" ]; then
      problem "$path cannot be written: mount -o remount,rw / (or the file system that it is of)"
    fi
  done
}

# whether a part of a path in the image is a link that starts at /, which here is the root of another machine; the last part
# of the command is one that is replaced, not followed
leads_out() {
  case $1 in "$command_link") parts=${1%/*} ;; *) parts=$1 ;; esac
  while [ "$parts" != / ] && [ -n "$parts" ]; do
    case $(readlink "$root$parts" || true) in /*) return 0 ;; esac
    parts=${parts%/*}
  done
  return 1
}

check_program() {
  place=$(readable_program)
  for file in dist/src/main.js package.json models device-config "scripts/systemd/$service"; do
    if [ ! -e "$place/$file" ]; then
      problem "the program in $place is not whole, $file is missing: in a clone node scripts/setup.mjs --production, of a bundle ./install"
      return
    fi
  done
  if [ "$program" = "$prefix" ] && [ -x "$place/bin/node" ]; then
    problem "$place is a bundle that is not installed yet: run ./install in it"
  fi
  # a bundle is unpacked so that everybody can read it
  [ -z "$coming" ] || return 0
  for file in dist/src/main.js node_modules; do
    if [ -e "$place/$file" ] && hidden=$(hidden_part "$place/$file"); then
      case $hidden in
        "$(readlink -f "$place")" | "$(readlink -f "$place")"/*) problem "the service's user cannot read $hidden: chmod -R go+rX $(quoted "$place")" ;;
        *) problem "the service's user cannot enter $hidden: chmod go+x $(quoted "$hidden")" ;;
      esac
      return
    fi
  done
}

# prints the first part of a path that others may not enter, or read where it is the last
hidden_part() {
  part=$(readlink -f "$1")
  case $(stat -c %A "$part") in ???????r*) ;; *) echo "$part" && return 0 ;; esac
  part=$(dirname "$part")
  while [ "$part" != / ] && [ "$part" != "$root" ]; do
    case $(stat -c %A "$part") in ?????????[xt]*) ;; *) echo "$part" && return 0 ;; esac
    part=$(dirname "$part")
  done
  return 1
}

check_node() {
  if [ -z "$node" ]; then
    problem 'there is no Node: 20.19 or newer is needed, for every user (docs/deployment.md says how), or take a bundle, which has it'
    return
  fi
  [ -z "$coming" ] || return 0
  if [ ! -x "$root$node" ]; then
    problem "there is no Node in $node: of a bundle run ./install again"
    return
  fi
  if hidden=$(hidden_part "$root$node"); then
    problem "the service's user cannot run Node, because of $hidden: install it for every user, in /usr/local"
  fi
  # Node of another processor in an image cannot be asked
  version=$("$root$node" --version 2>/dev/null) || {
    [ -n "$root" ] || problem "$node does not start: install Node 20.19 or newer for this machine"
    return 0
  }
  major=${version#v}
  minor=${major#*.}
  if [ "${major%%.*}" -lt 20 ] || { [ "${major%%.*}" = 20 ] && [ "${minor%%.*}" -lt 19 ]; }; then
    problem "Node 20.19 or newer is needed, $node is $version: docs/deployment.md says how to install it"
  fi
}

check_what_is_there() {
  unit=$root$units/$service
  if [ -L "$unit" ]; then
    problem "$units/$service is a link to $(readlink "$unit"): systemctl unmask edge-optimizer, or remove it"
  elif [ -e "$unit" ] && ! grep -q '^Description=Vehicle detection at the roadside$' "$unit"; then
    problem "$units/$service is of something else: move it away"
  fi
  for folder in "$state" "$config_folder"; do
    if [ -e "$root$folder" ] && [ ! -d "$root$folder" ]; then problem "$folder is no folder: move it away"; fi
  done
}

# The account tools take over the lock of a process that is gone, but not where another one has got its number since.
check_locks() {
  for name in passwd group shadow gshadow; do
    lock=$root/etc/$name.lock
    [ -f "$lock" ] || continue
    pid=$(tr -cd '0-9' <"$lock")
    holder=$(cat "/proc/$pid/comm" 2>/dev/null) || continue
    case $holder in
      *add | *mod | *del | *passwd | vi* | ch*) problem "$holder, process $pid, changes accounts at this moment: wait until it has ended" ;;
      *) problem "$lock was left by a change of accounts that was interrupted (process $pid is $holder now): rm $(quoted "$lock")" ;;
    esac
  done
}

# Answers that cannot be used are told now, and not by 400 boards.
check_answers() {
  if [ -z "$answers" ] || [ -e "$root$config" ]; then return; fi
  if [ ! -f "$answers" ] || [ ! -r "$answers" ]; then
    problem "--answers: expected a file that can be read, got $answers"
    return
  fi
  if [ "$into_image" = yes ] && grep -Eq '^[[:space:]{]*"?device"?[[:space:]]*:' "$answers"; then
    problem "--answers: $answers has a device, and every board of the image would have that name: leave it out, each makes its own"
  fi
  [ -z "$problems" ] || return 0
  trial=$(mktemp -d)
  trap 'rm -rf "$trial"' EXIT
  if [ "$into_image" = yes ]; then
    # the cameras that a board finds are not on this machine
    sed 's|^cameras:[[:space:]]*found|cameras: [{ id: any, url: "sim://road" }]|' "$answers" >"$trial/answers.yaml"
  else
    cat "$answers" >"$trial/answers.yaml"
  fi
  if ! told=$(run_program config init --answers "$trial/answers.yaml" --out "$trial/site.yaml" --store-dir "$state" 2>&1); then
    if ! run_program --version >/dev/null 2>&1; then
      warn 'the program does not run on this machine: neither it nor the answers were tried'
      told=''
    fi
    [ -z "$told" ] || problem "--answers: $answers cannot be used: $(printf '%s' "$told" | sed "s|$trial/answers.yaml|$answers|g")"
  fi
  rm -r "$trial"
  trap - EXIT
}

check_space() {
  place=$root$state
  while [ ! -d "$place" ]; do place=$(dirname "$place"); done
  free=$(df -Pk "$place" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge "$least_space" ] || problem "$state has $((free / 1024)) MiB left, $((least_space / 1024)) are the least: make room"
}

# no reason to stop: simulated cameras and pictures over HTTP do without
tell_of_ffmpeg() {
  for place in $(printf '%s' "$PATH" | tr : ' ') /usr/local/bin /usr/bin; do
    [ ! -x "$root$place/ffmpeg" ] || return 0
  done
  [ -z "${EDGE_FFMPEG:-}" ] || return 0
  warn "there is no ffmpeg, which reads cameras of rtsp://, of V4L2 and files: apt-get install --yes ffmpeg${root:+ (in the image)}"
}

tell_of_image() {
  [ "$into_image" = yes ] || return 0
  # systemd takes the one of D-Bus where its own is empty
  ids=''
  for id in /etc/machine-id /var/lib/dbus/machine-id; do
    if [ ! -L "$root$id" ] && grep -Eqs '^[0-9a-f]{32}$' "$root$id"; then ids="$ids $(quoted "$root$id")"; fi
  done
  if [ -n "$ids" ]; then
    warn "the image has a machine id, which all its boards would share, and their names with it: as the last thing before it is copied, truncate --size 0$ids"
  fi
}
