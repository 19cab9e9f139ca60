# shellcheck shell=bash disable=SC2154
# Sourced by the checks of bundles: steps that are timed, counted, and told as a table or as JSON.
#
# It expects: title, usage, and the folder $work, where each step leaves its output as NUMBER.log.

steps=()
failed=0
json=no
detail=''
bundle=''
required=no
keep=no

refuse() {
  echo "$title: $1" >&2
  exit 2
}

# common_option ARGUMENT...: takes the first one, which every check knows; $taken says how many it was
common_option() {
  taken=1
  case $1 in
    --bundle)
      [ -f "${2-}" ] || refuse "--bundle: expected a file, got ${2:-nothing}"
      bundle=$(readlink -f "$2")
      taken=2
      ;;
    --required) required=yes ;;
    --json) json=yes ;;
    --keep) keep=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) refuse "$1: expected one of the options that --help tells" ;;
  esac
}

# step NAME FUNCTION: what it sets as $detail is told beside it; after a step that failed the others are not tried
step() {
  local name=$1 began=$EPOCHREALTIME status=0
  local log=$work/${#steps[@]}.log
  detail=''
  if [ "$failed" -gt 0 ]; then
    record "$name" 'not tried' 0 ''
    return
  fi
  if [ "$json" = no ] && [ -t 2 ]; then printf '...      %s' "$name" >&2; fi
  # in this shell, so that a step can set what later ones need; `check` below ends it
  "$2" >"$log" 2>&1 || status=$?
  local ms=$(((${EPOCHREALTIME/[.,]/} - ${began/[.,]/}) / 1000))
  if [ "$status" = 0 ]; then
    record "$name" ok "$ms" "$detail"
  else
    failed=1
    record "$name" failed "$ms" "${detail:-$(tail -n 1 "$log")}"
    { printf '\n'; tail -n 30 "$log"; } | sed 's/^/    | /' >&2
  fi
}

# record NAME RESULT MS DETAIL
record() {
  steps+=("$1"$'\t'"$2"$'\t'"$3"$'\t'"$4")
  if [ "$json" = no ] && [ -t 2 ]; then printf '\r' >&2; fi
  [ "$json" = yes ] || printf '%-8s %-52s %7s s  %s\n' "$2" "$1" "$(seconds "$3")" "$4" >&2
}

# fails the step: check WHAT COMMAND...
check() {
  local what=$1
  shift
  "$@" && return 0
  detail="expected $what"
  return 1
}

seconds() { printf '%d.%d' $(($1 / 1000)) $(($1 % 1000 / 100)); }

mib() { awk -v bytes="$(stat -c %s "$1")" 'BEGIN { printf "%.1f MiB", bytes / 1048576 }'; }

# tells all steps as JSON on stdout where that was asked for; the exit code of the check
finish() {
  if [ "$json" = yes ]; then
    printf '%s\n' "${steps[@]}" | node -e '
      const lines = require("node:fs").readFileSync(0, "utf8").trim().split("\n").map((line) => line.split("\t"));
      const steps = lines.map(([name, result, ms, detail]) => ({ name, result, ms: Number(ms), detail: detail || null }));
      console.log(JSON.stringify({ check: process.argv[1], ok: process.argv[2] === "0", steps }));' "$title" "$failed"
  fi
  return "$failed"
}

# skip REASON: this machine cannot do the check
skip() {
  if [ "$json" = yes ]; then
    node -e 'console.log(JSON.stringify({ check: process.argv[1], ok: null, skipped: process.argv[2] }))' "$title" "$1"
  else
    echo "$title: skipped: $1" >&2
  fi
  [ "${required:-no}" = no ] || exit 1
  exit 0
}
