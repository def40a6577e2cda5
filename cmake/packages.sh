# The Debian and Ubuntu packages that Brasa needs, in one place. Sourced by examples/quickstart.sh
# and tests/run.sh; installs only what is missing, so it works offline once everything is there.

# What the program, its environments, native agents, recording and window are built from.
packages_core=(
  cmake ninja-build g++ ccache pkg-config
  libtbb-dev libeigen3-dev libsdl2-dev libhdf5-dev libcairo2-dev libgif-dev fonts-dejavu-core
  libbox2d-dev libdnnl-dev
  libcli11-dev libtomlplusplus-dev nlohmann-json3-dev)
# Networks on libtorch. Without the serial OpenBLAS libtorch falls back to the reference BLAS, and
# the threaded ones fight TBB for the cores.
packages_torch=(libtorch-dev libopenblas0-serial)
# What the tests and benchmarks use: GoogleTest, a virtual display, readers of what Brasa writes.
packages_test=(
  libgtest-dev libbenchmark-dev xvfb xdotool imagemagick hdf5-tools python3 python3-h5py)
# What only `tests/run.sh --full` uses.
packages_full=(clang libclang-rt-dev clang-format)
# What only tests/torch2.sh uses.
packages_venv=(python3-venv)

# Prints the packages among "$@" that are not installed, on one line.
missing_packages() {
  local installed name missing=()
  installed=$(dpkg-query -W -f='${Package}=${db:Status-Status}\n' "$@" 2>/dev/null) || true
  for name in "$@"; do
    grep -qxF -- "$name=installed" <<<"$installed" || missing+=("$name")
  done
  echo "${missing[*]}"
}

# install_packages GROUP...: installs what is missing of the named groups (core torch test full venv)
# and says so. Returns 1 after one line that names what is missing where it cannot be installed.
install_packages() {
  local group wanted=() missing as_root=()
  for group in "$@"; do
    local -n members="packages_$group"
    wanted+=("${members[@]}")
  done
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "error: no apt-get here; install what these Debian packages hold: ${wanted[*]}" >&2
    return 1
  fi
  missing=$(missing_packages "${wanted[@]}")
  [[ -z $missing ]] && return 0
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "error: missing packages and no sudo; as root: apt-get install $missing" >&2
      return 1
    fi
    as_root=(sudo)
    [[ ${CI:-} == true ]] && as_root=(sudo -n)
  fi
  echo "installing Debian packages: $missing"
  local log
  log=$(mktemp)
  # shellcheck disable=SC2086  # the names are words without blanks
  if ! { "${as_root[@]}" apt-get update -q &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1 </dev/null; then
    echo "error: missing packages that could not be installed: $missing (apt-get's words: $log)" >&2
    return 1
  fi
  rm -f "$log"
}
