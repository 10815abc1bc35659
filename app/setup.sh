# What app/run and tests/run share: installing what is missing and building. Sourced by bash; it runs nothing by itself.
#
#   say TEXT…                            one line to the user
#   fail TEXT…                           one line to the user, and the end with status 1
#   setup_install PACKAGE…               installs those that are missing, or says what is missing and ends
#   setup_build FOLDER MESON-OPTION…     builds the tree in FOLDER, quietly
#   setup_display                        whether a window could open here

# To build and run the program. The names are the same on Debian 12 and 13 and on Ubuntu 24.04.
build_packages=(gcc libc6-dev pkgconf meson ninja-build gettext libgtk-4-dev libadwaita-1-dev libvips-dev librsvg2-common
  libopenblas0-pthread libfftw3-single3)

# What those give, for systems where the packages have other names: commands and pkg-config modules.
needed_commands=(cc meson ninja pkg-config msgfmt glib-compile-schemas)
needed_modules=('gtk4 >= 4.8' 'libadwaita-1 >= 1.2' 'vips >= 8.10')

os_release=/etc/os-release
root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")

# Names and versions of the packages that the build rests on; empty where packages are not looked after.
installed=

# The system's python3, which Meson brings along; another one in the path may be slow to start.
python=/usr/bin/python3
[ -x "$python" ] || python=python3

say ()
{
  printf 'edgewise: %s\n' "$*" >&2
}

fail ()
{
  say "$@"
  exit 1
}

# Whether packages can be installed here: Debian ≥ 12 or Ubuntu ≥ 24.04. Debian's testing has no version and is newer.
setup_knows_system ()
{
  local id version

  [ -r "$os_release" ] && command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 1
  read -r id version < <(. "$os_release"; printf '%s %s\n' "${ID:-}" "${VERSION_ID:-}")
  case $id in
    debian) [ -z "$version" ] || dpkg --compare-versions "$version" ge 12 ;;
    ubuntu) dpkg --compare-versions "${version:-0}" ge 24.04 ;;
    *) return 1 ;;
  esac
}

# Fills missing with the packages of "$@" that are not installed, and installed with the versions of the others.
setup_look ()
{
  local name state version
  local -A have=()

  missing=() installed=
  while read -r name state version; do
    [[ $state == ?i ]] && have[$name]=$version
  done < <(dpkg-query -W -f '${Package} ${db:Status-Abbrev} ${Version}\n' "$@" 2>/dev/null)
  for name; do
    if [ -n "${have[$name]:-}" ]; then
      installed+="$name ${have[$name]} "
    else
      missing+=("$name")
    fi
  done
}

# apt-get as root, without questions. sudo may ask for a password only where somebody is there to type it.
setup_apt ()
{
  local as_root=()

  if [ "$EUID" -ne 0 ]; then
    as_root=(sudo)
    [ -t 0 ] || as_root=(sudo -n)
  fi
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
    apt-get -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

# Most often the package lists are there and one call does it; on a new or stale system they are fetched first, and an
# installation that was broken off is ended.
setup_apt_install ()
{
  setup_apt install --no-install-recommends "$@" && return
  setup_apt update
  setup_apt -f install && setup_apt install --no-install-recommends "$@"
}

setup_install ()
{
  local log

  if ! setup_knows_system; then
    setup_check
    return
  fi
  setup_look "$@"
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$EUID" -eq 0 ] || command -v sudo >/dev/null ||
    fail "packages are missing; as root, run: apt-get install ${missing[*]}"
  say "installing ${missing[*]}"
  log=$(mktemp "${TMPDIR:-/tmp}/edgewise-install.XXXXXX") || exit 1
  if ! setup_apt_install "${missing[@]}" >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    fail "the packages could not be installed; all that apt-get said is in $log"
  fi
  rm -f "$log"
  setup_look "$@"
}

# On other systems nothing is installed, but with everything there the build goes on.
setup_check ()
{
  local lacking=() entry system

  for entry in "${needed_commands[@]}"; do
    command -v "$entry" >/dev/null || lacking+=("$entry")
  done
  for entry in "${needed_modules[@]}"; do
    pkg-config --exists "$entry" 2>/dev/null || lacking+=("${entry% >=*} (${entry#* >= } or later)")
  done
  [ ${#lacking[@]} -gt 0 ] || return 0
  system=$( [ -r "$os_release" ] && . "$os_release"; printf '%s' "${PRETTY_NAME:-this system}" )
  entry=$(printf ', %s' "${lacking[@]}")
  fail "packages are installed by itself only on Debian 12, Ubuntu 24.04 and later; on $system please install: ${entry:2}"
}

# Takes the lock of a build folder until the script ends; what it starts keeps it too, so that an orphan of a killed
# script cannot write beside the next one.
setup_lock ()
{
  { mkdir -p "$1" && exec {build_lock}>"$1/.lock"; } 2>/dev/null || fail "cannot write to $1"
  flock -n "$build_lock" && return
  say 'waiting for another build to end'
  flock "$build_lock"
}

# Ends with the part of a build's log that tells what went wrong.
setup_failed ()
{
  grep -v '^\[[0-9]*/[0-9]*\] ' "$1" | tail -n 60 >&2
  fail "$2; the whole log is $1"
}

# A folder is made anew when it is not whole, or when the tree moved, packages changed or the options are others. Its
# stamp is written last, so that whatever breaks in between is made anew too.
setup_build ()
{
  local folder=$1 log=$1/build.log stamp nvcc
  shift

  setup_lock "$folder"
  nvcc=$(command -v nvcc) || nvcc=
  stamp="$root|$installed|$nvcc|$*"
  if [ ! -f "$folder/build.ninja" ] || [ "$(cat "$folder/.made-of" 2>/dev/null)" != "$stamp" ]; then
    [ -n "$nvcc" ] || say 'there is no nvcc here, so CUDA is left out'
    say "building in ${folder#"$root/"}; the first time takes a minute"
    find "$folder" -mindepth 1 -maxdepth 1 ! -name .lock -exec rm -rf {} + || fail "cannot write to $folder"
    meson setup "$folder" "$root" "$@" >"$log" 2>&1 </dev/null || setup_failed "$log" 'the build could not be set up'
    printf '%s\n' "$stamp" >"$folder/.made-of"
  fi
  ninja -C "$folder" >"$log" 2>&1 </dev/null || setup_failed "$log" 'the build failed'
}

setup_unlock ()
{
  exec {build_lock}>&-
}

# Whether a display named by WAYLAND_DISPLAY or DISPLAY answers.
setup_display ()
{
  [ -n "${WAYLAND_DISPLAY:-}${DISPLAY:-}" ] || return 1
  "$python" -I -S -c '
import os, re, socket, sys

def answers (family, address):
    try:
        with socket.socket (family) as s:
            s.settimeout (3)
            s.connect (address)
        return True
    except (OSError, ValueError):
        return False

wayland = os.environ.get ("WAYLAND_DISPLAY", "")
if wayland and answers (socket.AF_UNIX, os.path.join (os.environ.get ("XDG_RUNTIME_DIR", ""), wayland)):
    sys.exit (0)
found = re.fullmatch (r"(.*):(\d+)(\.\d+)?", os.environ.get ("DISPLAY", ""))
if not found:
    sys.exit (1)
host, number = found.group (1), int (found.group (2))
if host in ("", "unix"):
    path = f"/tmp/.X11-unix/X{number}"
    sys.exit (not (answers (socket.AF_UNIX, "\0" + path) or answers (socket.AF_UNIX, path)))
sys.exit (not answers (socket.AF_INET, (host, 6000 + number)))
'
}
