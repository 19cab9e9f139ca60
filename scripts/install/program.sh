# shellcheck shell=sh
# Where the program is, and its command.
# shellcheck disable=SC2154

# Sets prefix, program (as the service names it: over the link `current` where it is a bundle), node, and command.
find_program() {
  [ -n "$prefix" ] || prefix=$(own_prefix)
  prefix=${prefix%/}
  if [ -n "$coming" ] || [ -L "$root$prefix/current" ]; then
    program=$prefix/current
    command=$program/bin/edge-optimizer
    node=$program/bin/node
  else
    program=$prefix
    command=$program/scripts/edge-optimizer.mjs
    node=$(own_node)
  fi
}

# where this script lies, as it is called inside the image
own_prefix() {
  place=${here%/scripts}
  case $place in
    */versions/*) [ ! -L "${place%/versions/*}/current" ] || place=${place%/versions/*} ;;
  esac
  if [ -n "$coming" ]; then
    echo "$default_prefix"
    return
  fi
  case $place in
    "$root"/*) echo "${place#"$root"}" ;;
    *) echo "$default_prefix" ;;
  esac
}

# Node as it is called inside the image; empty where there is none
own_node() {
  if [ "$into_image" = yes ] && [ -n "$root" ]; then
    for place in /usr/local/bin/node /usr/bin/node; do
      if [ -x "$root$place" ]; then
        echo "$place"
        return
      fi
    done
  else
    command -v node || true
  fi
}

# what can be read of the program now: in a dry run it may still lie where it was unpacked
readable_program() {
  if [ -n "$coming" ]; then echo "$coming"; else echo "$root$program"; fi
}

# runs the program, with its own Node; in an image of another processor that fails
run_program() {
  if [ -x "$(readable_program)/bin/node" ]; then
    "$(readable_program)/bin/node" "$(readable_program)/dist/src/main.js" "$@"
  else
    "$root$node" "$(readable_program)/dist/src/main.js" "$@"
  fi
}

put_command() {
  what="command $command_link -> $command"
  if [ "$(readlink "$root$command_link" || true)" = "$command" ]; then
    unchanged "$what"
  elif is_own_command; then
    change changed "$what" put_link "$command" "$root$command_link"
  elif [ -e "$root$command_link" ] || [ -L "$root$command_link" ]; then
    unchanged "command $command_link, which is of something else"
    warn "$command_link is of something else and was left alone; this program's command is $command"
  else
    change created "$what" put_link "$command" "$root$command_link"
  fi
}

# whether the command is a link of this program's, be it of another folder
is_own_command() {
  case $(readlink "$root$command_link" || true) in
    */scripts/edge-optimizer.mjs | */current/bin/edge-optimizer) return 0 ;;
    *) return 1 ;;
  esac
}
