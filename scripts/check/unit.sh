# shellcheck shell=bash disable=SC2154
# Sourced by bare-root.sh: does with the installed unit what systemd would, as none runs in a bare root, and answers for it where
# the update asks. It does not wait for the program to say that it is ready, and confines it less.

unit=/etc/systemd/system/edge-optimizer.service
service_pid=''
service_code=''

# directive NAME: its values, a line each, as a shell reads them
directive() { sed -n "s/^$1=//p" "$root$unit" | sed 's/\$\$/$/g'; }

# What the root has in place of systemctl: it tells what keep_running has written, and asks it for a restart.
put_systemctl() {
  mkdir -p "$root/run/systemd/system"
  cat >"$root/usr/local/bin/systemctl" <<'SYSTEMCTL'
#!/bin/sh
case "$*" in
  *'restart edge-optimizer.service'*) kill -USR1 "$(cat /run/keeper.pid)" ;;
  'show edge-optimizer.service '*) cat /run/unit.state ;;
  show*) echo LoadState=not-found ;;
  *) exit 1 ;;
esac
SYSTEMCTL
  chmod 755 "$root/usr/local/bin/systemctl"
}

start_service() {
  keep_running >>"$work/service.log" 2>&1 &
  service_pid=$!
}

# Sets service_code.
stop_service() {
  kill -TERM "$service_pid"
  wait "$service_pid"
  service_code=$?
}

# Starts it, and starts it again whenever it ends, but with the code that forbids that.
keep_running() {
  local wanted=run restarts=0 program='' code line
  echo "$BASHPID" >"$root/run/keeper.pid"
  trap 'wanted=stop; kill -TERM "$program"' TERM
  trap 'wanted=restart; kill -TERM "$program"' USR1
  while :; do
    while IFS= read -r line; do as_root "${line#-+}"; done < <(directive ExecStartPre)
    as_user "exec $(directive ExecStart)" &
    program=$!
    tell_state active
    code=''
    # a signal that is trapped ends a wait before the program has ended
    until [ -n "$code" ]; do
      wait "$program"
      code=$?
      ! kill -0 "$program" 2>/dev/null || code=''
    done
    case $wanted in
      stop) exit "$code" ;;
      restart)
        restarts=0 wanted=run
        continue
        ;;
    esac
    if [ "$code" = "$(directive RestartPreventExitStatus)" ]; then
      tell_state failed
      exit "$code"
    fi
    restarts=$((restarts + 1))
    tell_state activating
    sleep 1
  done
}

# tell_state ACTIVE-STATE: as `systemctl show` would
tell_state() {
  printf 'ActiveState=%s\nMainPID=%s\nNRestarts=%s\nResult=%s\nExecStart=%s\nLoadState=loaded\nStatusText=\n' \
    "$1" "$program" "$restarts" success "$(directive ExecStart)" >"$root/run/unit.part"
  mv "$root/run/unit.part" "$root/run/unit.state"
}

as_root() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c "$1"; }

as_user() {
  exec chroot "$root" setpriv --reuid="$(directive User)" --regid="$(directive Group)" --init-groups --no-new-privs --bounding-set=-all \
    env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/var/lib/edge-optimizer sh -c "umask $(directive UMask); $1"
}
