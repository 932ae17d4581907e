#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench/spark/share.sh MODEL: two workers that share two cores beside one that has both, in turn, on
# the whole corpus with a window every 5 lines, so that the network takes nearly all of the time. A
# JSON line each.
set -euo pipefail
model=$(realpath -- "$1")
cd "$(dirname "$0")"
root=$(realpath ../..)
corpus=$(realpath -- "${SKOL_CORPUS:-$root/../shared/corpus}")
lines=$(mktemp -d)/lines.parquet
trap 'rm -rf "$(dirname "$lines")"' EXIT
ours=${SKOL_PYTHON:-$root/.venv/bin/python}
"$ours" lines_of_corpus.py "$corpus" "$lines"
for task_cpus in 1 2 1 2; do
  PYSPARK_PYTHON=$ours "$ours" label_with_skol.py "$lines" "$model" "$task_cpus" 5 2> /dev/null | tail -1
done
