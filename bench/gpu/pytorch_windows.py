# SPDX-License-Identifier: Apache-2.0
"""The same network in PyTorch with cuDNN: windows per second and memory, a JSON object a line.

Dense windows, as cuDNN takes them, already on the device: what it costs to bring them there is not
counted, to the peer's advantage. usage: pytorch_windows.py [--hidden-size 128] [--num-layers 2]
"""

import argparse
import json
import time

import torch

WINDOW, INPUTS, CLASSES = 50, 1000, 3


class Peer(torch.nn.Module):
    def __init__(self, hidden_size: int, num_layers: int) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(
            INPUTS, hidden_size, num_layers, batch_first=True, bidirectional=True
        )
        self.dense = torch.nn.Linear(2 * hidden_size, CLASSES)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        return torch.softmax(self.dense(self.lstm(windows)[0]), dim=-1)


def windows_per_second(peer: Peer, batch: int, dtype: torch.dtype, seconds: float) -> float:
    windows = torch.zeros(batch, WINDOW, INPUTS, device="cuda", dtype=dtype)
    windows[..., ::33] = 0.5
    with torch.inference_mode():
        for _ in range(3):
            peer(windows).float().cpu()
        torch.cuda.synchronize()
        begin, done = time.monotonic(), 0
        while time.monotonic() - begin < seconds:
            peer(windows).float().cpu()
            done += batch
        return done / (time.monotonic() - begin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hidden-size", type=int, default=128)
    parser.add_argument("--num-layers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1)
    arguments = parser.parse_args()
    # fp32 as it says: without this, matrix products may be in TF32.
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    for dtype in (torch.float32, torch.bfloat16):
        peer = Peer(arguments.hidden_size, arguments.num_layers).to("cuda", dtype).eval()
        for batch in [2**i for i in range(13)]:
            torch.cuda.reset_peak_memory_stats()
            rate = windows_per_second(peer, batch, dtype, arguments.seconds)
            print(
                json.dumps(
                    {
                        "engine": f"pytorch {torch.__version__} cudnn "
                        f"{torch.backends.cudnn.version()}",
                        "device": torch.cuda.get_device_name(),
                        "dtype": str(dtype).removeprefix("torch."),
                        "network": f"{arguments.hidden_size}x{arguments.num_layers}",
                        "batch": batch,
                        "windows_per_second": round(rate),
                        "bytes": torch.cuda.max_memory_allocated(),
                    }
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
