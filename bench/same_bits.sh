#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench/same_bits.sh MODEL: the digest of `predict --format jsonl` on the whole corpus for several
# batch sizes, numbers of threads and every SIMD target of this machine, together and file by file.
# Fails unless there is one digest. The target scalar takes minutes.
set -euo pipefail
skol=$PWD/build/skol
model=$(realpath -- "$1")
cd "${SKOL_CORPUS:-../shared/corpus}"
mapfile -t files < <(ls ./*.ann)
digests=$(mktemp)
trap 'rm -f "$digests"' EXIT
digest() {
  local name=$1
  shift
  printf '%s  %s\n' "$("$@" 2> /dev/null | sha256sum | cut -c1-64)" "$name" | tee -a "$digests"
}
run() { "$skol" predict "$model" "${files[@]}" --format jsonl "$@"; }
one_by_one() { for file in "${files[@]}"; do "$skol" predict "$model" "$file" --format jsonl; done; }
for batch in 1 2 7 64 1000; do
  digest "batch $batch" run --prediction-batch-size "$batch"
done
digest "1 thread" run --threads 1
digest "2 threads" run --threads 2
for target in scalar avx2 avx512 neon; do
  if "$skol" predict "$model" --target "$target" - < /dev/null > /dev/null 2>&1; then
    digest "$target" run --target "$target"
  else
    echo "$target: not on this machine"
  fi
done
digest "file by file" one_by_one
[ "$(cut -c1-64 "$digests" | sort -u | wc -l)" = 1 ] && echo "one digest"
