#!/usr/bin/env bash
# Builds libbrasa_torch.so against libtorch 2.x and compares it with the native networks: Debian has
# 1.13 only. Not a part of CI: it fetches a wheel of more than a gigabyte.
#
#   tests/torch2.sh [VERSION]     e.g. 2.8.0; without it the newest
#
# Makes a virtual environment in build/torch2/venv by pip (whose settings choose another index, say
# one of wheels without CUDA), then builds and runs nn_torch_test. A second run fetches nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source cmake/packages.sh

if (($# > 1)) || [[ $# == 1 && ! $1 =~ ^2(\.[0-9]+)+$ ]]; then
  echo "usage: tests/torch2.sh [VERSION], a version of libtorch like 2.8.0" >&2
  exit 2
fi
install_packages core test venv

build=build/torch2
venv=$build/venv
mkdir -p "$build"
[[ -x $venv/bin/pip ]] || python3 -m venv "$venv"
# Of what torch asks for only the libraries that libtorch_cpu.so of a wheel with CUDA is linked to.
"$venv/bin/pip" install -q --no-deps "torch${1:+==$1}"
packages=$(echo "$PWD/$venv"/lib/python3*/site-packages)
if [[ -e $packages/torch/lib/libtorch_cuda.so ]]; then
  "$venv/bin/pip" install -q --no-deps nvidia-cuda-runtime nvidia-cuda-cupti
fi
echo "libtorch $(cat "$packages"/torch-*.dist-info/METADATA | sed -n 's/^Version: //p')"

# The wheel's own TorchConfig.cmake refuses to be found where CUDA's compiler is not installed.
mkdir -p "$build/config"
cat >"$build/config/TorchConfig.cmake" <<EOF
add_library(torch INTERFACE IMPORTED)
target_include_directories(torch SYSTEM INTERFACE
  "$packages/torch/include" "$packages/torch/include/torch/csrc/api/include")
target_link_directories(torch INTERFACE "$packages/torch/lib")
target_link_options(torch INTERFACE -Wl,--unresolved-symbols=ignore-in-shared-libs)
target_link_libraries(torch INTERFACE torch_cpu c10)
set(TORCH_LIBRARIES torch)
EOF

cmake --preset release -B "$build/brasa" -DTorch_DIR="$PWD/$build/config" \
  -DBRASA_WITH_TORCH=ON -DBRASA_WITH_HDF5=OFF -DBRASA_WITH_SDL2=OFF -DBRASA_WITH_BOX2D=OFF \
  -DBRASA_BUILD_BENCH=OFF -DCMAKE_COMPILE_WARNING_AS_ERROR=ON >"$build/brasa.log" 2>&1 ||
  { cat "$build/brasa.log" >&2; exit 1; }
cmake --build "$build/brasa" -j "$(nproc)" --target nn_torch_test
LD_LIBRARY_PATH=$(find "$packages/nvidia" -name '*.so*' -printf '%h\n' 2>/dev/null | sort -u | paste -sd:)
export LD_LIBRARY_PATH
ctest --test-dir "$build/brasa" -R '^TorchNetwork' --no-tests=error --output-on-failure
