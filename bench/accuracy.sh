#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench/accuracy.sh [TRAIN OPTION...]: trains on the files that the corpus' split.tsv calls train and
# scores those it calls test, for the seeds 42, 1 and 2; prints a row each and their mean. `frequent` is
# the macro-F1 of the labels that have 100 lines or more.
set -euo pipefail
skol=$PWD/build/skol
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "${SKOL_CORPUS:-../shared/corpus}"
part() { awk -F'\t' -v part="$1" '$2 == part {print $1}' split.tsv; }
mapfile -t train < <(part train)
mapfile -t test < <(part test)
for seed in 42 1 2; do
  "$skol" train "${train[@]}" -o "$work/$seed.skol" --seed "$seed" --final-refit --json "$@" \
    > "$work/$seed.train" 2> "$work/log" || { cat "$work/log" >&2; exit 1; }
  "$skol" evaluate "$work/$seed.skol" "${test[@]}" --json > "$work/$seed.json" 2> "$work/log"
done
python3 - "$work" << 'PYTHON'
import json
import sys

scores = {seed: json.load(open(f"{sys.argv[1]}/{seed}.json")) for seed in (42, 1, 2)}
print("seed  accuracy  macro-F1  frequent  calibration  " + "  ".join(scores[42]["labels"]))
keys = ("accuracy", "macro_f1", "macro_f1_frequent", "expected_calibration_error")
for seed, s in scores.items():
    labels = "  ".join(f"{v['f1']:{len(k)}.4f}" for k, v in s["labels"].items())
    one, macro, frequent, error = (s[key] for key in keys)
    print(f"{seed:4d}  {one:8.4f}  {macro:8.4f}  {frequent:8.4f}  {error:11.4f}  {labels}")
one, macro, frequent, error = (sum(s[key] for s in scores.values()) / 3 for key in keys)
print(f"mean  {one:8.4f}  {macro:8.4f}  {frequent:8.4f}  {error:11.4f}")
PYTHON
