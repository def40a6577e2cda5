#!/usr/bin/env bash
# Installs what is missing, builds Brasa and runs its tests. Safe to run twice; works offline once
# the packages are there; asks nothing but sudo's password, and that only where packages are missing.
#
#   tests/run.sh          release build with torch and an ASan+UBSan build without, the quick tests
#   tests/run.sh --full   also a clang build, a ThreadSanitizer build, clang-format, the long tests,
#                         10^6 inputs to every parser under ASan and UBSan, and the tests that
#                         only a sanitizer makes slow
#
# Ends with the summary of ctest over all builds, and with exit code 0 only if everything passed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
source cmake/packages.sh

full=false
case "$*" in
  "") ;;
  --full) full=true ;;
  *)
    echo "usage: tests/run.sh [--full]" >&2
    exit 2
    ;;
esac

export CTEST_OUTPUT_ON_FAILURE=1
# Lets ccache recognise a file again in another clone of this repository.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
# Debian's TBB is not instrumented: reports from inside it are about hand-overs unseen by the tool.
TSAN_OPTIONS=ignore_noninstrumented_modules=1:suppressions=$root/cmake/tsan_suppressions.txt
export TSAN_OPTIONS
jobs=$(nproc)

# stage NAME COMMAND...: runs a command without input and tells its time; ends the script if it fails.
stage() {
  local name=$1 start=$SECONDS
  shift
  echo "== $name"
  if ! "$@" </dev/null; then
    echo "== $name: FAILED after $((SECONDS - start)) s" >&2
    exit 1
  fi
  echo "== $name: $((SECONDS - start)) s"
}

# Configures and builds one preset into build/PRESET, warnings as errors. What an earlier configure
# of that folder may have switched off is asked for. Only the clang build compiles every file by
# itself: it shows an include that is missing.
build() {
  local options=(-DCMAKE_COMPILE_WARNING_AS_ERROR=ON -DBRASA_BUILD_TESTS=ON
    -DBRASA_BUILD_EXAMPLES=ON -DBRASA_WITH_HDF5=ON -DBRASA_WITH_SDL2=ON
    -DBRASA_WITH_BOX2D=ON)
  [[ $1 == clang ]] || options+=(-DCMAKE_UNITY_BUILD=ON)
  [[ $1 == release ]] && options+=(-DBRASA_WITH_TORCH=ON -DBRASA_BUILD_BENCH=ON)
  cmake --preset "$1" "${options[@]}" >"build/$1.log" 2>&1 ||
    { cat "build/$1.log" >&2; return 1; }
  cmake --build --preset "$1" -j "$jobs"
}

check_format() {
  find include envs agents runners examples tests bench \
    \( -name '*.h' -o -name '*.cc' -o -name '*.c' \) -print0 |
    xargs -0 clang-format --dry-run -Werror
}

# The tests of those labels in one ctest run over several build folders, so that one summary covers
# them all.
quick_tests() {
  local labels=$1
  shift
  mkdir -p build/all
  : >build/all/CTestTestfile.cmake
  local preset
  for preset in "$@"; do
    echo "subdirs(\"$root/build/$preset\")" >>build/all/CTestTestfile.cmake
  done
  ctest --test-dir build/all -L "$labels" -j "$jobs" --no-tests=error
}

# Parsers are fuzzed where an access out of bounds shows.
full_tests() {
  ctest --test-dir build/release -L full -E Fuzz -j "$jobs" --no-tests=error
}
fuzz_tests() {
  ctest --test-dir build/asan -L full -R Fuzz -j "$jobs" --no-tests=error
}

builds=(release asan)
groups=(core torch test)
labels=quick
if $full; then
  builds+=(clang tsan)
  groups+=(full)
  labels='quick|slow'
fi
mkdir -p build

install_packages "${groups[@]}"
$full && stage "clang-format" check_format
for preset in "${builds[@]}"; do
  stage "build $preset" build "$preset"
done
failed=false
if $full; then
  (stage "full tests" full_tests) || failed=true
  (stage "full fuzz tests" fuzz_tests) || failed=true
fi
echo "== build and checks: $SECONDS s; quick tests of ${builds[*]}"
quick_tests "$labels" "${builds[@]}" </dev/null || failed=true
if $failed; then
  exit 1
fi
