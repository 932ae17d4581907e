#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# skol and PyTorch with cuDNN on the first GPU, for 128x2 and 256x3; writes OUT/gpu_*.jsonl.
# usage: bench/gpu/compare.sh OUT [PYTHON-with-torch]
set -euo pipefail
out=$1
python=${2:-python3}
cd "$(dirname "$0")/../.."
mkdir -p "$out"
nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv | tee "$out/gpu.csv"
for network in "128 2" "256 3"; do
  read -r hidden layers <<<"$network"
  options=(--hidden-size "$hidden" --num-layers "$layers")
  build/skol_gpu_speed "${options[@]}" | tee "$out/gpu_skol_${hidden}x${layers}.jsonl"
  "$python" bench/gpu/pytorch_windows.py "${options[@]}" |
    tee "$out/gpu_pytorch_${hidden}x${layers}.jsonl"
done
