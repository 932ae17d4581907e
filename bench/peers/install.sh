#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench/peers/install.sh [PYTHON]: the engines that skol is measured beside, in .venv-peers. torch is
# PyPI's without the CUDA libraries it asks for, which are gigabytes and do nothing on a CPU.
set -euo pipefail
cd "$(dirname "$0")/../.."
stamp=.venv-peers/installed
wanted=$(cat bench/requirements.txt bench/peers/torch_without_cuda.py bench/peers/install.sh | sha256sum)
[[ -f $stamp && $(< "$stamp") == "$wanted" ]] && exit 0
[[ -x .venv-peers/bin/python ]] || "${1:-python3}" -m venv .venv-peers
pip() { .venv-peers/bin/pip --quiet --disable-pip-version-check "$@"; }
pip install -r bench/requirements.txt
pip install --no-deps torch==2.15.0
.venv-peers/bin/python bench/peers/torch_without_cuda.py
printf '%s' "$wanted" > "$stamp"
