# SPDX-License-Identifier: Apache-2.0
"""--device and `skol serve`, with a stand-in for the device library (SKOL_FAKE_DEVICE_LIBRARY)."""

import json
import os
import signal
import subprocess
import time
import unittest
from pathlib import Path
from typing import Any, Dict, List

from skol_process import COMMAND, GOLD, CommandTest, model, skol

LIBRARY = os.environ.get("SKOL_FAKE_DEVICE_LIBRARY", "")
GB = 1_000_000_000


class DeviceTest(CommandTest):
    def setUp(self) -> None:
        super().setUp()
        if not Path(LIBRARY).is_file():
            self.skipTest("no stand-in for a device: SKOL_FAKE_DEVICE_LIBRARY names none")
        self.environment = {
            "SKOL_DEVICE_LIBRARY": LIBRARY,
            "SKOL_SERVE": str(self.folder / "sockets"),
        }
        self.card()
        before = {name: os.environ.get(name) for name in [*self.environment, "SKOL_FAKE_DEVICE"]}
        self.addCleanup(self.restore, before)

    def restore(self, before: Dict[str, Any]) -> None:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value

    def card(self, memory: int = 8 * GB, **more: int) -> None:
        options = {"memory": memory, **more}
        words = ",".join(f"{key}={value}" for key, value in options.items())
        self.environment["SKOL_FAKE_DEVICE"] = f"state={self.folder / 'card'},{words}"
        os.environ.update(self.environment)

    def predicted(self, *arguments: str) -> Dict[str, Any]:
        done = self.succeeds(
            "predict", model(), GOLD, "--format", "jsonl", "--json", "--threads", "1", *arguments
        )
        lines = [json.loads(line) for line in done.out.decode().splitlines()]
        return {"labelled": lines, "err": done.err, **done.last_json()}

    def assert_near(self, a: List[Any], b: List[Any]) -> None:
        self.assertEqual(len(a), len(b))
        for one, other in zip(a, b):
            self.assertEqual(one["label"], other["label"])
            for name, p in one["probabilities"].items():
                self.assertAlmostEqual(p, other["probabilities"][name], delta=1e-5)

    def test_a_device_gives_the_labels_of_the_processor(self):
        cpu = self.predicted()
        self.assertEqual((cpu["device_bytes"], cpu["notices"]), (0, []))
        for name in ("cuda", "cuda:0", "auto"):
            device = self.predicted("--device", name)
            self.assertEqual(device["device"], "cuda:0 Fake Card")
            self.assertGreater(device["device_bytes"], 0)
            self.assert_near(device["labelled"], cpu["labelled"])

    def test_a_device_that_is_not_there_is_one_line_or_one_warning(self):
        self.fails(1, "predict", model(), GOLD, "--device", "cuda:7", says=["cuda:7", "expected 0"])
        os.environ["SKOL_FAKE_DEVICE"] = ""
        self.fails(1, "evaluate", model(), GOLD, "--device", "cuda", says=["device cuda", "driver"])
        done = self.predicted("--device", "auto")
        warnings = [line for line in done["err"].splitlines() if "warning" in line]
        self.assertEqual(len(warnings), 1, done["err"])
        self.assertIn("computing on the CPU", warnings[0])

    def test_a_device_that_is_lost_is_one_warning_and_no_failure(self):
        cpu = self.predicted()
        self.card(lose=3)
        done = self.predicted("--device", "cuda", "--prediction-batch-size", "8")
        self.assert_near(done["labelled"], cpu["labelled"])
        self.assertEqual(len(done["notices"]), 1)
        self.assertIn("warning: the rest is computed on the CPU", done["err"])

    def serve(self, *arguments: str) -> "subprocess.Popen[str]":
        server = subprocess.Popen(
            [COMMAND, "serve", *arguments], stderr=subprocess.PIPE, text=True, env=os.environ
        )
        self.addCleanup(server.wait)
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.kill)
        self.assertIn("Ctrl-C ends it", server.stderr.readline())
        return server

    def test_a_server_is_found_and_ends_when_it_is_told(self):
        direct = self.predicted("--device", "cuda")
        server = self.serve()
        served = self.predicted("--device", "cuda")
        self.assertEqual(served["device"], "cuda:0 Fake Card (server)")
        self.assertEqual(served["labelled"], direct["labelled"])
        self.assertEqual(self.files_in(self.folder / "sockets")[0], "serve-cuda0.sock")
        self.fails(1, "serve", says=["another server is running"])
        server.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(timeout=60), 0)
        self.assertRegex(server.stderr.read(), r"1 client, [\d,]+ windows in \d+ call")
        self.assertNotIn("serve-cuda0.sock", self.files_in(self.folder / "sockets"))
        self.assertEqual(self.predicted("--device", "cuda")["device"], "cuda:0 Fake Card")

    def test_a_server_that_was_killed_is_in_nobodys_way(self):
        server = self.serve()
        server.kill()
        server.wait(timeout=60)
        self.assertEqual(self.predicted("--device", "cuda")["device"], "cuda:0 Fake Card")
        self.serve()
        self.assertIn("(server)", self.predicted("--device", "cuda")["device"])

    def test_a_server_of_the_processor_has_its_bits(self):
        cpu = self.predicted()
        self.serve("--device", "cpu", "--threads", "1")
        os.environ["SKOL_FAKE_DEVICE"] = ""
        served = self.predicted("--device", "auto")
        self.assertRegex(served["device"], r"^cpu \w+ \(server\)$")
        self.assertEqual(served["labelled"], cpu["labelled"])

    def test_clients_at_once_have_the_same_labels(self):
        self.card(delay=2)
        expected = self.predicted("--device", "cuda")
        server = self.serve("--prediction-batch-size", "64")
        begin = time.monotonic()
        command = [COMMAND, "predict", str(model()), str(GOLD), "--device", "cuda"]
        clients = [
            subprocess.Popen(
                [*command, "--format", "jsonl"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            for _ in range(4)
        ]
        clients[0].kill()
        outs = [client.communicate(timeout=300)[0] for client in clients]
        self.assertLess(time.monotonic() - begin, 300)
        for out in outs[1:]:
            self.assertEqual([json.loads(line) for line in out.splitlines()], expected["labelled"])
        self.assertIsNone(server.poll())

    def test_names_that_are_none(self):
        self.assertEqual(skol("serve", "--device", "auto").status, 2)
        self.assertEqual(skol("serve", "--device", "gpu").status, 2)
        self.fails(1, "serve", "--device", "cuda:7", says=["device 7"])


if __name__ == "__main__":
    unittest.main()
