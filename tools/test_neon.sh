#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The kernels and their tests for AArch64, by a cross-compiler, run in an emulator. Highway and fmt
# serve by their headers alone; GoogleTest is compiled from Debian's copy of its source.
#   tools/test_neon.sh FOLDER [option of the test program...]
set -euo pipefail
folder=$1
shift
mkdir -p "$folder"
googletest=/usr/src/googletest
# Headers of this machine's /usr/include come last: those of the C library are the cross-compiler's.
compile=(aarch64-linux-gnu-g++ -std=c++20 -O2 -DNDEBUG -ffp-contract=off -DFMT_HEADER_ONLY
  -Wall -Wextra -Wconversion -Wshadow -Werror -Iinclude -Isrc
  -isystem "$googletest/googletest/include" -isystem "$googletest/googlemock/include"
  -idirafter /usr/include)
command -v ccache >/dev/null && compile=(ccache "${compile[@]}")
base=(src/base/{thread_pool,core_limits,kernel_files,huge_pages}.cc)

objects=()
build() {  # SOURCE [option of the compiler...]
  local object="$folder/$(basename "$1" .cc).o"
  objects+=("$object")
  "${compile[@]}" -c "$@" -o "$object" &
  # As many at a time as there are processors.
  while (($(jobs -rp | wc -l) >= $(nproc))); do wait -n; done
}

for source in src/kernels/*.cc "${base[@]}"; do build "$source"; done
build "$googletest/googletest/src/gtest-all.cc" -w -DGTEST_CAN_STREAM_RESULTS_=0 "-I$googletest/googletest"
build "$googletest/googletest/src/gtest_main.cc" -w
for job in $(jobs -p); do wait "$job"; done
aarch64-linux-gnu-g++ -static "${objects[@]}" -o "$folder/skol_kernels_test" -pthread
qemu-aarch64 "$folder/skol_kernels_test" --gtest_brief=1 "$@"
