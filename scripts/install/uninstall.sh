# shellcheck shell=sh
# Takes away what install.sh has made; the program itself stays where it is.
# shellcheck disable=SC2154

remove_all() {
  if [ "$dry_run" = no ] && [ "$(id -u)" != 0 ]; then refuse 'this needs root: put sudo before it, or look with --dry-run'; fi
  find_program
  [ "$purge" = no ] || [ "$yes" = yes ] || [ "$dry_run" = yes ] || ask_to_purge
  # in a folder that is not its own, a file of this name may be somebody else's
  if grep -qsF "$(kept_answers)" "$root$first_start"; then own_answers=$(kept_answers); else own_answers=''; fi
  stop_service
  remove 'start with the machine' "$enabling_link"
  remove_unit
  if is_own_command; then remove "command $command_link" "$command_link"; fi
  if [ "$purge" = yes ]; then purge_all; else keep_for_root; fi
  remove_accounts
  tell_what_stays
}

ask_to_purge() {
  if [ ! -t 0 ]; then refuse '--purge: expected --yes with it, as there is nobody to ask: stdin is no terminal'; fi
  printf 'Remove the configuration with its secrets (%s) and all that was learned and not yet sent (%s)? [yes/no] ' "$config_folder" "$state"
  read -r reply
  [ "$reply" = yes ] || refuse 'nothing was changed'
}

stop_service() {
  systemd_runs || return 0
  # one that ended and waits to be started again is neither active nor failed, and comes back
  case $(systemctl show --property ActiveState --value "$service" 2>/dev/null) in
    inactive | '') ;;
    *) change removed 'the running service' stop_and_forget ;;
  esac
}

stop_and_forget() {
  systemctl stop "$service" || return
  # beside a unit that was made by hand, or by an older installation, there are none
  for unit in "$trial_service" "$rollback_path" "$update_path"; do systemctl stop "$unit" 2>/dev/null || true; done
  systemctl reset-failed "$service" 2>/dev/null || true
}

# remove WHAT PATH
remove() {
  if [ -e "$root$2" ] || [ -L "$root$2" ]; then change removed "$1" rm -rf "$root$2"; fi
}

remove_unit() {
  before=$changes
  unit=$root$units/$service
  if [ -f "$unit" ] && ! grep -q '^Description=Vehicle detection at the roadside$' "$unit"; then
    warn "$units/$service is of something else and was left alone"
  else
    remove "$units/$service" "$units/$service"
    remove "$units/$trial_service" "$units/$trial_service"
    remove "$units/$rollback_path" "$units/$rollback_path"
    remove "$units/$rollback_service" "$units/$rollback_service"
    remove "$units/$update_path" "$units/$update_path"
    remove "$units/$update_service" "$units/$update_service"
  fi
  remove "$first_start" "$first_start"
  [ "$purge" = no ] || remove "$units/$service.d" "$units/$service.d"
  [ "$dry_run" = yes ] || rmdir "$root$units/$service.d" 2>/dev/null || true
  if [ "$changes" != "$before" ] && systemd_runs; then
    change changed 'what systemd knows of it (daemon-reload)' systemctl daemon-reload
  fi
}

purge_all() {
  if [ "$(basename "$config_folder")" = edge-optimizer ]; then
    remove "folder $config_folder" "$config_folder"
  else
    remove "$config" "$config"
    [ -z "$own_answers" ] || remove "$own_answers" "$own_answers"
  fi
  remove "folder $state" "$state"
}

# the number of a user that is gone may become somebody else's
keep_for_root() {
  for folder in "$state" "$config_folder"; do
    if [ "$folder" = "$config_folder" ] && [ "$(basename "$folder")" != edge-optimizer ]; then continue; fi
    if [ -d "$root$folder" ] && [ "$(stat -L -c '%u %g' "$root$folder")" != '0 0' ]; then
      change changed "folder $folder is kept, for root" chown -R 0:0 "$root$folder"
    fi
  done
}

remove_accounts() {
  id=$(id_of passwd "$user")
  if [ -n "$id" ] && [ "$id" -ge 1000 ]; then
    warn "the user $user is a person's ($id) and was left alone"
    return
  fi
  # the group goes with it
  [ -z "$id" ] || change removed "user $user" in_accounts userdel "$user"
  if [ -n "$(entry_of group "$user")" ]; then
    if [ -z "$id" ] || [ "$dry_run" = no ]; then change removed "group $user" in_accounts groupdel "$user"; fi
  fi
}

tell_what_stays() {
  [ -z "$warnings" ] || printf '\nto know:%s\n' "$warnings"
  [ "$changes" != 0 ] || printf 'nothing was changed: nothing of it is installed\n'
  for place in "$config_folder" "$state"; do
    if [ "$purge" = no ] && [ -d "$root$place" ]; then echo "kept: $place (--uninstall --purge removes it)"; fi
  done
  echo "kept: $prefix, the program itself: rm -r $(quoted "$prefix") removes it"
}
