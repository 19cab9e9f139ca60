# shellcheck shell=sh
# The user of the service, and the groups that own cameras and accelerators.
# shellcheck disable=SC2154

# entry_of passwd|group NAME: its line; in an image that of the image
entry_of() {
  if [ -n "$root" ]; then
    grep "^$2:" "$root/etc/$1" || true
  else
    getent "$1" "$2" || true
  fi
}

# id_of passwd|group NAME: its number; empty where there is none
id_of() {
  entry_of "$1" "$2" | cut -d: -f3
}

# in_accounts COMMAND ARGUMENT...: useradd and the like, on the files of the image
in_accounts() {
  accounts_command=$1
  shift
  if [ -n "$root" ]; then
    "$accounts_command" --root "$root" "$@"
  else
    "$accounts_command" "$@"
  fi
}

make_accounts() {
  if [ -n "$(entry_of group "$user")" ]; then
    unchanged "group $user"
  else
    change created "group $user" in_accounts groupadd --system "$user"
  fi
  if [ -n "$(entry_of passwd "$user")" ]; then
    unchanged "user $user"
  else
    change created "user $user" in_accounts useradd --system --gid "$user" --home-dir "$state" --no-create-home \
      --shell /usr/sbin/nologin "$user"
  fi
  for group in video render; do
    line=$(entry_of group "$group")
    [ -n "$line" ] || continue
    case ,${line##*:}, in
      *,"$user",*) unchanged "user $user in the group $group" ;;
      *) change changed "user $user in the group $group" in_accounts usermod --append --groups "$group" "$user" ;;
    esac
  done
}
