#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench/spark/compare.sh MODEL: text to label on the whole corpus at local[2], by this package (in
# .venv) and by spark.ml and Keras (in .venv-keras, which it makes), in turn. A JSON line each.
set -euo pipefail
model=$(realpath -- "$1")
cd "$(dirname "$0")"
root=$(realpath ../..)
corpus=$(realpath -- "${SKOL_CORPUS:-$root/../shared/corpus}")
lines=$(mktemp -d)/lines.parquet
trap 'rm -rf "$(dirname "$lines")"' EXIT
ours=${SKOL_PYTHON:-$root/.venv/bin/python}
keras=$root/.venv-keras/bin/python
if [[ ! -x $keras ]]; then
  python3 -m venv "$root/.venv-keras"
  "$root/.venv-keras/bin/pip" install --quiet -r requirements.txt
fi
run() { PYSPARK_PYTHON=$1 "$@" 2> /dev/null | tail -1; }
"$ours" lines_of_corpus.py "$corpus" "$lines"
run "$ours" label_with_skol.py "$lines" "$model"
run "$keras" label_with_keras.py "$lines"
run "$ours" label_with_skol.py "$lines" "$model"
