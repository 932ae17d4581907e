# SPDX-License-Identifier: Apache-2.0
"""--device and `skol serve`, with a stand-in for the device library (SKOL_FAKE_DEVICE_LIBRARY)."""

import json
import os
import signal
import struct
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
        # Each run on its own, but where a test says with_servers().
        self.environment = {"SKOL_DEVICE_LIBRARY": LIBRARY, "SKOL_SERVE": "off"}
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

    def with_servers(self) -> None:
        os.environ["SKOL_SERVE"] = self.environment["SKOL_SERVE"] = str(self.folder / "sockets")

    def owners(self) -> List[int]:
        """Processes that have memory of the card (FakeCard::State)."""
        state = (self.folder / "card").read_bytes()
        words = struct.unpack(f"={len(state) // 8}q", state)[4:]
        return [pid for pid, held in zip(words[::2], words[1::2]) if pid != 0 and held > 0]

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
        self.with_servers()
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
        os.environ["SKOL_SERVE"] = "off"
        self.assertEqual(self.predicted("--device", "cuda")["device"], "cuda:0 Fake Card")

    def test_a_server_that_was_killed_is_in_nobodys_way(self):
        server = self.serve()
        server.kill()
        server.wait(timeout=60)
        self.assertIn("serve-cuda0.sock", self.files_in(self.folder / "sockets"))
        self.serve()
        self.assertIn("(server)", self.predicted("--device", "cuda")["device"])

    def test_the_first_run_starts_a_server_that_the_others_find(self):
        direct = self.predicted("--device", "cuda")
        self.card(context=1000)  # what an owner holds without a client
        self.with_servers()
        self.addCleanup(lambda: [os.kill(pid, signal.SIGKILL) for pid in self.owners()])
        for device in ("cuda", "auto"):
            served = self.predicted("--device", device)
            self.assertEqual(served["device"], "cuda:0 Fake Card (server)")
            self.assertEqual(served["labelled"], direct["labelled"])
            self.assertEqual(served["notices"], [])
        self.assertEqual(len(self.owners()), 1)
        words = Path(f"/proc/{self.owners()[0]}/cmdline").read_text().split("\0")
        self.assertIn("--background", words)
        self.assertEqual(words[words.index("--idle-seconds") + 1], "60")

    def test_a_race_of_many_starters_leaves_one_server(self):
        expected = self.predicted("--device", "cuda")["labelled"]
        self.card(context=1000)  # what an owner holds without a client
        self.with_servers()
        self.addCleanup(lambda: [os.kill(pid, signal.SIGKILL) for pid in self.owners()])
        command = [COMMAND, "predict", str(model()), str(GOLD), "--format", "jsonl", "--json"]
        runs = [
            subprocess.Popen(
                [*command, "--device", "cuda"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            for _ in range(8)
        ]
        for run in runs:
            out, err = run.communicate(timeout=300)
            self.assertEqual([json.loads(line) for line in out.splitlines()], expected)
            report = json.loads(err.splitlines()[-1])
            self.assertEqual(report["device"], "cuda:0 Fake Card (server)", err)
        self.assertEqual(len(self.owners()), 1, "one server, and none on its own")

    def test_a_server_ends_when_nobody_came_for_long(self):
        server = self.serve("--idle-seconds", "1")
        self.predicted("--device", "cuda")
        self.assertEqual(server.wait(timeout=60), 0)
        self.assertNotIn("serve-cuda0.sock", self.files_in(self.folder / "sockets"))

    def test_a_server_that_cannot_start_is_one_warning_and_the_device_is_used(self):
        self.with_servers()
        (self.folder / "sockets").mkdir(mode=0o755)
        (self.folder / "sockets").chmod(0o755)
        done = self.predicted("--device", "cuda")
        self.assertEqual(done["device"], "cuda:0 Fake Card")
        self.assertEqual(len(done["notices"]), 1)
        self.assertIn("did not start", done["notices"][0])

    def test_a_device_is_tuned_with_its_own_bytes(self):
        self.card(context=10_000_000)
        done = self.succeeds("tune", model(), "--seconds", "0.1", "--device", "cuda", "--json")
        report = done.json()
        plan = ["plan", "--device-memory", "8GB", "--executors", "4", "--json", "--model"]
        self.fails(2, *plan, model(), says=["tune", "--device cuda --save"])
        copy = self.folder / "tuned.skol"
        copy.write_bytes(Path(model()).read_bytes())
        self.succeeds("tune", copy, "--seconds", "0.1", "--device", "cuda", "--save")
        planned = self.succeeds(*plan, copy).json()
        self.assertAlmostEqual(planned["base_bytes"], report["base_bytes"], delta=1000)
        row = planned["rows"][0]
        self.assertEqual(row["total_bytes"], 4 * row["executor_bytes"])
        self.assertEqual(report["device"], "cuda:0")
        self.assertEqual(report["hardware"]["processor"], "Fake Card")
        self.assertEqual(report["hardware"]["memory_bytes"], 8 * GB)
        self.assertGreater(report["base_bytes"], 10_000_000)
        predicted = self.predicted("--device", "cuda", "--prediction-batch-size", "64")
        point = next(p for p in report["points"] if p["batch_size"] == 64)
        self.assertEqual(point["bytes"], predicted["device_bytes"])

    def test_bf16_on_a_device_is_near_and_on_no_other_terms(self):
        fp32 = self.predicted("--device", "cuda")["labelled"]
        bf16 = self.predicted("--device", "cuda", "--precision", "bf16")
        self.assertEqual(bf16["notices"], [])
        self.assertNotEqual(bf16["labelled"], fp32)
        self.serve()
        served = self.predicted("--device", "cuda", "--precision", "bf16")
        self.assertEqual(served["labelled"], bf16["labelled"])
        self.assertEqual(self.predicted("--device", "cuda")["labelled"], fp32)
        for one, other in zip(bf16["labelled"], fp32):
            for name, p in one["probabilities"].items():
                self.assertAlmostEqual(p, other["probabilities"][name], delta=0.05)

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
        self.fails(2, "serve", says=["SKOL_SERVE is off"])
        self.assertEqual(skol("serve", "--idle-seconds", "-1").status, 2)
        self.with_servers()
        self.assertEqual(skol("serve", "--device", "auto").status, 2)
        self.assertEqual(skol("serve", "--device", "gpu").status, 2)
        self.fails(1, "serve", "--device", "cuda:7", says=["device 7"])


if __name__ == "__main__":
    unittest.main()
