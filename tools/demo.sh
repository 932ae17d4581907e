#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tools/demo.sh SKOL SAMPLE OUT: trains on SAMPLE/train, labels the papers held back in SAMPLE/gold,
# shows some of their lines with their labels, and scores all of them. Writes below OUT only.
# Colours on a terminal, or with FORCE_COLOR; never with NO_COLOR.
set -euo pipefail
skol=$1
sample=$2
out=$3
model=$out/model.skol
shown_paper=paper_25.txt
shown_lines=40

colour=0
if [[ -z ${NO_COLOR:-} ]] && [[ -n ${FORCE_COLOR:-} || (-t 1 && ${TERM:-dumb} != dumb) ]]; then
  colour=1
fi

# Of the terminal; without one, more than any line of the sample needs.
columns=$({ stty size </dev/tty; } 2>/dev/null | cut -d ' ' -f 2) || columns=0
if ((${columns:-0} < 60)); then columns=120; fi

# Annotated lines -> label, bar, text; from three lines above the first Nomenclature on. mawk,
# Debian's awk, counts bytes: a line of other letters than ASCII is cut a little early.
show_lines() {
  LC_ALL=C awk -v colour="$colour" -v most="$shown_lines" -v columns="$columns" '
    BEGIN {
      tone["Nomenclature"] = 33; tone["Description"] = 32; tone["Misc-exposition"] = 90
      others = 35
    }
    match($0, / #[A-Za-z][A-Za-z0-9_-]*\*\]$/) {
      label = substr($0, RSTART + 2, RLENGTH - 4)
      text = substr($0, 4, RSTART - 4)
      if (length(text) > columns - 19) {
        text = substr(text, 1, columns - 20)
        sub(/[\300-\377][\200-\277]*$/, "", text)
        text = text "…"
      }
      line[++lines] = sprintf("%-16s │ %s", label, text)
      shade[lines] = (label in tone) ? tone[label] : others
      if (!first && label == "Nomenclature") first = lines
      next
    }
    { line[++lines] = ""; shade[lines] = 0 }
    END {
      first = first > 3 ? first - 3 : 1
      for (i = first; i <= lines && i < first + most; i++) {
        if (colour && shade[i]) printf "\033[%dm%s\033[0m\n", shade[i], line[i]
        else print line[i]
      }
    }' "$1"
}

mkdir -p "$out"
echo "== training on $(find "$sample/train" -name '*.ann' | wc -l) papers of $sample/train"
"$skol" train "$sample/train" -o "$model"

echo
echo "== labelling the papers of $sample/gold, which the training has not seen"
"$skol" predict "$model" "$sample/gold" -o "$out/labelled"
echo
show_lines "$out/labelled/$shown_paper.ann"

echo
echo "== scored against their annotations"
"$skol" evaluate "$model" "$sample/gold"
