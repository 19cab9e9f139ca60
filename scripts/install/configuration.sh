# shellcheck shell=sh
# The site's configuration: made of answers where there is none, and readable for the service.
# shellcheck disable=SC2034,SC2154

configured=yes
may_start=no
unusable=no

make_configuration() {
  # a folder that is not this program's keeps its owner and mode
  if [ "$(basename "$config_folder")" = edge-optimizer ]; then
    make_folder "$config_folder" 0750 root "$user"
  fi
  if [ -e "$root$config" ]; then
    unchanged "configuration $config"
    [ "$into_image" = no ] || warn "$config is in the image, with its device name, if it has one: every board would have that name"
  elif [ "$into_image" = yes ]; then
    keep_answers
  elif [ -n "$answers" ]; then
    change created "configuration $config" init_configuration --answers "$answers"
  elif [ -t 0 ] && [ -t 1 ]; then
    change created "configuration $config" init_configuration
  else
    leave "edge-optimizer config init --out $(quoted "$config") --store-dir $state"
    configured=no
    return
  fi
  let_service_read
}

init_configuration() {
  run_program config init --out "$config" --store-dir "$state" "$@"
}

# a password may be in them
keep_answers() {
  if [ -n "$answers" ]; then
    put_file "$(kept_answers)" 0600 "$(cat "$answers")"
  else
    warn 'the image has no configuration, and gets none at its first start without --answers'
    leave "on each board: edge-optimizer config init --out $(quoted "$config") --store-dir $state, then systemctl restart edge-optimizer"
  fi
}

# What somebody made as root, the configuration and its secrets, the service reads by its group; not `environment`, which
# systemd reads for it, nor answers.
let_service_read() {
  [ "$(basename "$config_folder")" = edge-optimizer ] || return 0
  for file in "$root$config_folder"/*; do
    if [ ! -f "$file" ] || [ -L "$file" ] || ! is_roots_alone "$file"; then continue; fi
    case ${file##*/} in environment | answers.yaml | *.part) continue ;; esac
    change changed "the service may read ${file#"$root"}" give_to_group "$(id_of group "$user")" "$file"
  done
}

# whether it is root's, and neither others nor the service's group may read it
is_roots_alone() {
  case $(stat -c '%u %A' "$1") in
    "0 "???????r*) return 1 ;;
    "0 "????r*) [ "$(stat -c %g "$1")" != "$(id_of group "$user")" ] ;;
    "0 "*) return 0 ;;
    *) return 1 ;;
  esac
}

give_to_group() {
  chgrp "$1" "$2" && chmod g+r "$2"
}

# Sets may_start. As the service's user, who has to be able to read all of it.
check_configuration() {
  if [ "$into_image" = yes ] || [ "$configured" = no ]; then return; fi
  if [ "$dry_run" = yes ]; then
    may_start=yes
    return
  fi
  echo
  if as_service config check "$config"; then
    may_start=yes
  else
    unusable=yes
    leave "correct $config, then: systemctl restart edge-optimizer"
  fi
  echo
}

as_service() {
  runuser -u "$user" -- "$node" "$program/dist/src/main.js" "$@"
}
