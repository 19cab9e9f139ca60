# shellcheck shell=sh
# What is done, told step by step: `created`, `changed`, `removed`, `unchanged`.
# shellcheck disable=SC2154 # install.sh sets what is not set here

changes=0
warnings=''
left=''

# change WORD WHAT COMMAND...: does it, then says so
change() {
  word=$1
  what=$2
  shift 2
  changes=$((changes + 1))
  if [ "$dry_run" = yes ]; then
    printf 'would be %-8s %s\n' "$word" "$what"
    return
  fi
  "$@" || failed "$what"
  printf '%-9s %s\n' "$word" "$what"
}

unchanged() {
  printf '%-9s %s\n' unchanged "$1"
}

failed() {
  echo "install: this failed, for the reason above: $1" >&2
  echo 'install: what was done before it stays; run the same again when it is mended' >&2
  exit 1
}

# what somebody should know at the end
warn() {
  warnings="$warnings
  - $1"
}

# what is left to be done by hand, in the order in which it is told
leave() {
  left="$left
  $1"
}

# a word for a shell, whatever is in it
quoted() {
  case $1 in
    *[!A-Za-z0-9_./:=@%+,-]*) printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s' "$1" ;;
  esac
}

one_at_a_time() {
  if [ "$dry_run" = yes ] || ! command -v flock >/dev/null; then return; fi
  exec 9<"$here/install.sh"
  flock --nonblock 9 || refuse 'another one installs at this moment: wait until it has ended'
}

# in one step, so that nobody finds half of it; with the mode that it has to have. put_text FILE MODE TEXT
put_text() {
  mkdir -p "$(dirname "$1")" || return
  rm -f "$1.part" || return
  (umask 077 && printf '%s\n' "$3" >"$1.part") || return
  chmod "$2" "$1.part" && mv -f "$1.part" "$1"
}

# put_link TARGET LINK, in one step too
put_link() {
  mkdir -p "$(dirname "$2")" && ln -sfn "$1" "$2.part" && mv -fT "$2.part" "$2"
}

# make_folder PATH MODE USER GROUP
make_folder() {
  what="folder $1 ($3:$4 $2)"
  if [ ! -d "$root$1" ]; then
    change created "$what" new_folder "$@"
  elif [ "$(stat -L -c '0%a %u %g' "$root$1")" != "$2 $(id_of passwd "$3") $(id_of group "$4")" ]; then
    change changed "$what" own_folder "$@"
  else
    unchanged "$what"
  fi
}

new_folder() {
  mkdir -p "$(dirname "$root$1")" &&
    install -d -m 0700 "$root$1" && own_folder "$@"
}

# what lies in the folder of a user belongs to the user: after a new installation its number may be another one
own_folder() {
  if [ "$3" = root ]; then
    chown "$(id_of passwd "$3"):$(id_of group "$4")" "$root$1"
  else
    chown -R "$(id_of passwd "$3"):$(id_of group "$4")" "$root$1"
  fi && chmod "$2" "$root$1"
}

tell_end() {
  [ -z "$warnings" ] || printf '\nto know:%s\n' "$warnings"
  if [ "$changes" = 0 ] && [ "$unusable" = no ]; then
    printf '\nnothing was changed: all is as it should be\n'
  fi
  if [ -n "$left" ]; then
    printf '\nleft to do:%s\n' "$left"
  elif [ "$into_image" = no ]; then
    printf '\nhow it does:\n  systemctl status edge-optimizer\n  edge-optimizer diagnose --config %s\n' "$config"
  fi
}
