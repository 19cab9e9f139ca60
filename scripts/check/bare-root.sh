#!/usr/bin/env bash
# One root of check-roots.sh, in namespaces of its own: bare-root.sh ROOT yes|no, for JSON. It is this root's only network, and ends with it.
set -u
root=$1
# shellcheck source=scripts/check/steps.sh
. "$(dirname "$0")/steps.sh"
# shellcheck source=scripts/check/unit.sh
. "$(dirname "$0")/unit.sh"
# of check-roots.sh
# shellcheck disable=SC2154
json=$2 bundles=${bundles:-} version=${version:-}
mapfile -t steps <<<"$bundles"

prefix=/opt/edge-inference-optimizer
config=/etc/edge-optimizer/site.yaml
stick='/media/USB STICK'
topic=edge/v1/station-road/cabinet-7
told=$work/told.txt
first=''

in_root() { chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root timeout --kill-after=10 300 "$@"; }
edge() { in_root edge-optimizer "$@"; }
current() { basename "$(readlink "$root$prefix/current")"; }
current_is() { check "$1 as the current version, got $(current)" grep -q "^$1-" <<<"$(current)"; }

# a device's own world: what the kernel gives, a stick that is read only, and nothing that runs from /tmp
make_world() {
  mkdir -p "$root$stick" "$root/srv/other disk"
  mount -t proc proc "$root/proc" &&
    mount -t sysfs -o ro sysfs "$root/sys" &&
    mount -t tmpfs -o nosuid tmpfs "$root/dev" &&
    mount -t tmpfs -o noexec,nosuid tmpfs "$root/tmp" &&
    mount -t tmpfs tmpfs "$root/srv/other disk" &&
    mount --bind "$work/stick" "$root$stick" &&
    mount -o remount,bind,ro,noexec "$root$stick" || return 1
  mkdir "$root/dev/shm"
  mknod -m 666 "$root/dev/null" c 1 3
  mknod -m 666 "$root/dev/zero" c 1 5
  mknod -m 666 "$root/dev/urandom" c 1 9
  mknod -m 666 "$root/dev/random" c 1 8
  mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
  ip link set lo up
  check 'no network' test "$(ip -o link | wc -l)" = 1
}

start_broker() {
  printf 'listener 1883 127.0.0.1\nallow_anonymous true\n' >"$work/mosquitto.conf"
  mosquitto -c "$work/mosquitto.conf" &
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    mosquitto_pub -h 127.0.0.1 -t ready -m 1 2>/dev/null && break
    sleep 0.3
  done
  mosquitto_sub -h 127.0.0.1 -t 'edge/#' -v >"$told" &
}

install_it() {
  cat >"$root/root/answers.yaml" <<ANSWERS
site: station-road
device: cabinet-7
cameras:
  - {id: sim, url: "sim://road?traffic=mixed", maxFps: 5}
broker: mqtt://127.0.0.1:1883
ANSWERS
  # a careful administrator's umask, a path with a blank
  in_root sh -ec "umask 077; mkdir '/root/from stick'; cd '/root/from stick'
    tar -xzf '$stick/edge $version.tar.gz'
    ./edge*/install --key '$stick/release.pub' --answers /root/answers.yaml" || return 1
  current_is "$version" || return 1
  first=$(current)
  check 'the command on PATH' test "$(edge --version)" = "$version" || return 1
  check 'the unit' test -s "$root/etc/systemd/system/edge-optimizer.service" || return 1
  detail="$(du -sm "$root$prefix" | cut -f1) MiB in $prefix"
}

nothing_left_to_do() {
  in_root sh -ec "cd '/root/from stick'; ./edge*/install --key '$stick/release.pub'" >"$work/again.txt" || return 1
  cat "$work/again.txt"
  check 'a second installation that changes nothing' test "$(grep -cE '^(created|changed|removed)' "$work/again.txt")" = 0
}

# as a stick with FAT has it: no modes; onto another file system, by a folder with a blank
install_without_modes() {
  cp -r "$root/root/from stick" "$root/srv/fat" || return 1
  chmod -R 777 "$root/srv/fat"
  in_root sh -ec "cd /srv/fat; ./edge*/install --key '$stick/release.pub' --files-only --prefix '/srv/other disk/edge'" || return 1
  check 'that it starts there' test "$(in_root '/srv/other disk/edge/current/bin/edge-optimizer' --version)" = "$version" || return 1
  check 'modes as they were made' test "$(stat -c %a "$root/srv/other disk/edge/current/package.json")" = 644 || return 1
  rm -r "$root/srv/fat" "$root/srv/other disk/edge"
}

refuses_what_is_not_ours() {
  cp "$work/stick/edge 100.0.0.tar.gz" "$root/root/damaged.tar.gz"
  printf 'x' | dd of="$root/root/damaged.tar.gz" bs=1 seek=40000000 conv=notrunc status=none
  ! edge update /root/damaged.tar.gz --key "$stick/release.pub" --config "$config" || return 1
  ! edge update "$stick/edge 100.0.0.tar.gz" || return 1
  rm "$root/root/damaged.tar.gz"
  current_is "$version"
}

# frames of the program that runs now, as the broker heard of them
frames_arrive() {
  local from
  from=$(wc -l <"$told")
  [ -n "$service_pid" ] || start_service
  within 120 "an event of a vehicle" heard "$from" "^$topic/event/sim .*\"class\"" || return 1
  detail="$(tail -n "+$((from + 1))" "$told" | grep -c "^$topic/event/sim") events of vehicles"
}

stops_in_order() {
  local from
  from=$(wc -l <"$told")
  stop_service || return 1
  within 30 "its goodbye at the broker" heard "$from" "^$topic/status .*\"reason\":\"stopped\"" || return 1
  detail="exit code $service_code"
  check "exit code 0, got $service_code" test "$service_code" = 0
}

heard() { tail -n "+$(($1 + 1))" "$told" | grep -qE "$2"; }

# within SECONDS WHAT COMMAND...
within() {
  local until=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    if [ "$SECONDS" -ge "$until" ]; then
      detail="expected $what"
      tail -n 20 "$work/service.log"
      return 1
    fi
    sleep 0.5
  done
}

# the program that answers is of this version, as it told the broker
tells_version() { check "birth of version $1" grep -q "\"version\":\"$1\"" <<<"$(grep "^$topic/status .*\"online\":true" "$told" | tail -n 1)"; }

updates() {
  put_systemctl
  edge update "$stick/edge 100.0.0.tar.gz" --key "$stick/release.pub" --config "$config" --watch 20s || return 1
  current_is 100.0.0 || return 1
  check 'the trial confirmed' grep -qx 'state=confirmed' "$root$prefix/trial" || return 1
  tells_version 100.0.0 || return 1
  check 'the version before kept' test -d "$root$prefix/versions/$first"
}

takes_back_what_cannot_work() {
  local code=0
  edge update "$stick/edge 100.0.1" --key "$stick/release.pub" --config "$config" --watch 20s >"$work/bad.txt" 2>&1 || code=$?
  cat "$work/bad.txt"
  check "exit code 3, got $code" test "$code" = 3 || return 1
  current_is "$version" || return 1
  detail=$(sed -n 's/^reason=//p' "$root$prefix/trial")
}

goes_back_by_hand() {
  edge rollback || return 1
  current_is "$version" || return 1
  check 'what it has learnt kept' test -s "$root/var/lib/edge-optimizer/history.db" || return 1
  detail=$(current)
}

first_answers() {
  frames_arrive || return 1
  tells_version "$version"
}

step 'a world without a network, with a stick' make_world
step 'a broker outside' start_broker
step 'installed from the stick' install_it
step 'installed again: nothing is changed' nothing_left_to_do
step 'installed where modes were lost, onto another disk' install_without_modes
step 'the service answers frames' frames_arrive
step 'what is damaged or not signed is refused' refuses_what_is_not_ours
step 'updated while it runs: watched, and confirmed' updates
step 'gone back by hand, with what it has learnt' goes_back_by_hand
step 'the first version answers frames' first_answers
step 'a version that cannot do its work is taken back' takes_back_what_cannot_work
step 'the first version answers frames' first_answers
step 'it stops in order' stops_in_order
finish
