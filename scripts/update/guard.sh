#!/bin/sh
# Outside all versions, so that it works whatever one of them does: goes back from a version on trial that starts again and
# again without being confirmed (`start`, before each start of the service, as root), and lets the version before watch the
# one on trial (`watch`). src/update/trial.ts says what a trial is, and how each step outlives a power cut.
set -eu

prefix=$(cd "$(dirname "$0")/.." && pwd -P)
trial=$prefix/trial
starts=$prefix/trial-starts
# one for the update, the others for power cuts and for who restarts it by hand meanwhile
most_starts=4

# field NAME: of the trial
field() {
  printf '%s\n' "$told" | sed -n "s/^$1=//p" | head -n 1
}

# a name of a version and nothing else: no path leads out of versions/
is_version() {
  case $1 in
    '' | .* | */*) return 1 ;;
  esac
  [ -d "$prefix/versions/$1" ]
}

# put_link NAME VERSION: in one step
put_link() {
  ln -sfn "versions/$2" "$prefix/.$1.guard"
  mv -fT "$prefix/.$1.guard" "$prefix/$1"
}

# put_state STATE REASON: in one step, onto the medium
put_state() {
  {
    printf '%s\n' "$told" | sed -e '/^state=/d' -e '/^reason=/d' -e '/^endedAt=/d'
    printf 'state=%s\nreason=%s\nendedAt=%s000\n' "$1" "$2" "$(date +%s)"
  } >"$trial.guard"
  chmod 0644 "$trial.guard"
  sync "$trial.guard" 2>/dev/null || sync
  # another trial may have begun: that one is not to be ended
  [ "$(sed -n 's/^id=//p' "$trial")" = "$(field id)" ] || exit 0
  mv -f "$trial.guard" "$trial"
}

# each step of it can be done twice
go_back() {
  digest=$(field digest)
  if ! grep -qx "$digest" "$prefix/refused" 2>/dev/null; then printf '%s\n' "$digest" >>"$prefix/refused"; fi
  put_link current "$old"
  put_link previous "$new"
  put_state rolled-back "$1"
  sync "$prefix" 2>/dev/null || sync
  echo "update: went back to $old: $1" >&2
}

[ -f "$trial" ] || exit 0
told=$(cat "$trial")
state=$(field state)
new=$(field new)
old=$(field old)
is_version "$old" || exit 0

case ${1:-} in
  start)
    case $state in
      going-back) go_back "$(field reason)" ;;
      trying)
        [ "$(basename "$(readlink "$prefix/current")")" = "$new" ] || exit 0
        id=$(field id)
        printf '%s\n' "$id" >>"$starts"
        sync "$starts" 2>/dev/null || sync
        count=$(grep -cx "$id" "$starts" || true)
        [ "$count" -gt "$most_starts" ] || exit 0
        reason="it was started $count times without being confirmed"
        put_state going-back "$reason"
        go_back "$reason"
        ;;
    esac
    ;;
  watch)
    case $state in
      trying | going-back) exec "$prefix/versions/$old/bin/edge-optimizer" update --resume --prefix "$prefix" ;;
    esac
    ;;
  *)
    echo 'usage: update-guard start | watch' >&2
    exit 2
    ;;
esac
