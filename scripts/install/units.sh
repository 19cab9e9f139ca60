# shellcheck shell=sh
# The units, with the paths of this installation.
# shellcheck disable=SC2016,SC2154

trial_service=edge-optimizer-trial.service
rollback_path=edge-optimizer-rollback.path
rollback_service=edge-optimizer-rollback.service
update_path=edge-optimizer-update.path
update_service=edge-optimizer-update.service
enabling_link=$units/multi-user.target.wants/$service
# beside what `systemctl edit` makes
first_start=$units/$service.d/first-start.conf

# where an image keeps the answers
kept_answers() {
  echo "$config_folder/answers.yaml"
}

# a word of a command line in a unit; preconditions let nothing else through that systemd would understand
in_unit() {
  case $1 in
    *' '*) printf '"%s"' "$1" ;;
    *) printf '%s' "$1" ;;
  esac
}

# unit_text NAME
unit_text() {
  while IFS= read -r line; do
    case $line in
      ExecStart=*/update-guard\ watch) printf 'ExecStart=%s watch\n' "$(in_unit "$prefix/bin/update-guard")" ;;
      ExecStart=*' rollback --requested '*)
        printf 'ExecStart=%s rollback --requested %s --config %s --prefix %s\n' \
          "$(in_unit "$prefix/current/bin/edge-optimizer")" "$state/rollback-request" "$(in_unit "$config")" "$(in_unit "$prefix")"
        ;;
      ExecStart=*' update --requested '*)
        printf 'ExecStart=%s update --requested %s --config %s --prefix %s\n' \
          "$(in_unit "$prefix/current/bin/edge-optimizer")" "$state/update-request" "$(in_unit "$config")" "$(in_unit "$prefix")"
        ;;
      ExecStart=*)
        printf 'ExecStart=%s --max-semi-space-size=2 %s run --config %s\n' \
          "$(in_unit "$node")" "$(in_unit "$program/dist/src/main.js")" "$(in_unit "$config")"
        ;;
      ExecStartPre=*/update-guard) printf '%s %s\n' "${line% *}" "$(in_unit "$prefix/bin/update-guard")" ;;
      ConditionPathExists=*/current) printf 'ConditionPathExists=%s\n' "$prefix/current" ;;
      ConditionPathExists=*) printf 'ConditionPathExists=%s\n' "$prefix/bin/update-guard" ;;
      ReadWritePaths=/opt/*) printf 'ReadWritePaths=%s\n' "$(in_unit "$prefix")" ;;
      Documentation=*)
        printf 'Documentation=file://%s\n' "$(printf '%s' "$program/docs/deployment.md" | sed 's/ /%%20/g')"
        ;;
      '# docs/deployment.md says'*)
        echo '# Made by scripts/install.sh, which replaces it: changes belong into `systemctl edit edge-optimizer`.'
        ;;
      *) printf '%s\n' "$line" ;;
    esac
  done <"$(readable_program)/scripts/systemd/$1"
}

# A board of a fleet gets its configuration at its first start, when it has its machine id, of which its name is made. Until
# that works it is tried again, with each restart of the service.
first_start_text() {
  cat <<TEXT
[Service]
ExecStartPre=+/bin/sh -c '[ -e "\$\$0" ] || exec "\$\$@"' $(in_unit "$config") $(in_unit "$node") $(in_unit "$program/dist/src/main.js") config init --answers $(in_unit "$(kept_answers)") --out $(in_unit "$config") --store-dir $state
TEXT
}

# put_file PATH MODE TEXT
put_file() {
  if [ ! -e "$root$1" ]; then
    change created "$1" put_text "$root$1" "$2" "$3"
  elif [ "$(cat "$root$1" || true)" != "$3" ]; then
    change changed "$1" put_text "$root$1" "$2" "$3"
  else
    unchanged "$1"
  fi
}

# where it is started from a clone, there is no version to go back to; each start of the service starts the path
put_rollback_units() {
  [ "$program" = "$prefix/current" ] || return 0
  for unit in "$rollback_path" "$rollback_service" "$update_path" "$update_service"; do
    put_file "$units/$unit" 0644 "$(unit_text "$unit")"
  done
}

# Sets reload where systemd has to be told.
put_units() {
  before=$changes
  put_file "$units/$service" 0644 "$(unit_text "$service")"
  put_file "$units/$trial_service" 0644 "$(unit_text "$trial_service")"
  put_rollback_units
  if [ "$into_image" = yes ] && [ -n "$answers" ]; then put_file "$first_start" 0644 "$(first_start_text)"; fi
  if [ "$(readlink "$root$enabling_link" || true)" = "$units/$service" ]; then
    unchanged 'start with the machine'
  else
    change created 'start with the machine' put_link "$units/$service" "$root$enabling_link"
  fi
  if [ "$changes" = "$before" ]; then reload=no; else reload=yes; fi
}

systemd_runs() {
  [ "$into_image" = no ] && [ -d /run/systemd/system ]
}

start_service() {
  [ "$into_image" = no ] || return 0
  if ! systemd_runs; then
    leave 'systemd does not run here: the service starts with the machine, where systemd does'
    return
  fi
  [ "$reload" = no ] || change changed 'what systemd knows of it (daemon-reload)' systemctl daemon-reload
  [ "$unusable" = no ] || return 0
  if [ "$may_start" = no ] || [ "$start" = no ]; then
    leave 'systemctl restart edge-optimizer'
  elif ! systemctl is-active --quiet "$service"; then
    tell_of_start
    change changed 'the service runs' systemctl restart "$service"
  elif [ "$reload" = yes ] || runs_something_older; then
    tell_of_start
    change changed 'the service runs, started anew' systemctl restart "$service"
  else
    unchanged 'the service runs'
  fi
}

tell_of_start() {
  [ "$dry_run" = yes ] || echo '          starting it: a model that has to be compiled first takes minutes'
}

# whether configuration or program changed since the service started
runs_something_older() {
  started=$(date -d "$(systemctl show --property=ExecMainStartTimestamp --value "$service")" +%s) || return 0
  # the link of a bundle by its own time, or the build of a clone
  built=$program/dist/.tsbuildinfo
  [ ! -L "$program" ] || built=$program
  for changed in "$config" "$built"; do
    if [ -e "$changed" ] && [ "$(stat -c %Y "$changed")" -gt "$started" ]; then return 0; fi
  done
  return 1
}
