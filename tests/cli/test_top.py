# SPDX-License-Identifier: Apache-2.0
"""skol top: predictions that run are seen, and nothing is left of those that ended."""

import fcntl
import json
import os
import signal
import struct
import subprocess
import termios
import time
from unittest import mock

from redis_process import RedisServer, needs_redis
from skol_process import COMMAND, GOLD, CommandTest, model

NOTHING = b"no prediction of user"


class TopTest(CommandTest):
    """In a folder of its own: others of this user may predict on this machine at the same time."""

    def setUp(self):
        super().setUp()
        self.published = self.folder / "published"
        self.set_environment(SKOL_STATUS=str(self.published))

    def set_environment(self, **variables):
        patch = mock.patch.dict(os.environ, variables)
        patch.start()
        self.addCleanup(patch.stop)

    def wait_for(self, condition):
        end = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), end, "what the test waits for did not happen")
            time.sleep(0.01)

    def start(self, *arguments, what="predict", of=None):
        """A run that labelled the papers of the sample and waits for standard input."""
        process = subprocess.Popen(
            [COMMAND, what, str(of or model()), str(GOLD), "-", *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.addCleanup(self.stop, process)
        return process

    @staticmethod
    def stop(process):
        process.kill()
        process.wait()
        process.stdin.close()

    def runs(self):
        lines = self.succeeds("top", "--once", "--json").out.splitlines()
        return [json.loads(line) for line in lines]

    def waiting(self, process, documents=6):
        """What is told of a run once it has done what it can."""
        seen = []

        def there():
            seen[:] = [r for r in self.runs() if r["pid"] == process.pid]
            return seen and seen[0]["documents"] == documents

        self.wait_for(there)
        return seen[0]

    def end(self, process):
        process.stdin.close()
        self.assertEqual(process.wait(timeout=60), 0)


class RunsTest(TopTest):
    def test_a_run_on_a_device_is_seen_with_what_the_driver_tells(self):
        library = os.environ.get("SKOL_FAKE_DEVICE_LIBRARY", "")
        nvml = os.path.join(os.path.dirname(library), "libskol_fake_nvml.so")
        if not os.path.isfile(nvml):
            self.skipTest("no stand-in for a device: SKOL_FAKE_DEVICE_LIBRARY names none")
        self.set_environment(
            SKOL_DEVICE_LIBRARY=library,
            SKOL_FAKE_DEVICE=f"state={self.folder / 'card'},memory=8000000000",
            SKOL_SERVE="off",
            SKOL_NVML_LIBRARY=nvml,
            SKOL_FAKE_NVML="fails",
        )
        process = self.start("--device", "cuda")
        self.assertIsNone(self.waiting(process)["gpu"])
        self.assertIn("NVML does not start", self.succeeds("top", "--once").out.decode())
        self.set_environment(SKOL_FAKE_NVML=f"Card:8000000000:900000000:{process.pid}=700000000")
        gpu = self.waiting(process)["gpu"]
        self.assertEqual((gpu["used_bytes"], gpu["process_bytes"]), (900_000_000, 700_000_000))
        self.assertRegex(self.succeeds("top", "--once").out.decode(), r"Card: .* by these runs")
        self.end(process)

    def test_a_run_is_seen_while_it_lasts(self):
        process = self.start("--prediction-batch-size", "16", "--threads", "1")
        run = self.waiting(process)
        self.assertEqual(run["pid"], process.pid)
        self.assertEqual(run["what"], "predict")
        self.assertEqual(run["model"], str(model()))
        self.assertEqual(run["prediction_batch_size"], 16)
        self.assertEqual(run["threads"], 1)
        self.assertRegex(run["device"], "^cpu (scalar|avx2|avx512|neon)$")
        self.assertRegex(run["started"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(run["reductions"], 0)
        self.assertGreater(run["budget_bytes"], run["workspace_bytes"])
        self.assertGreater(run["lines"], 1000)
        # Whole batches; the last windows wait for those of standard input.
        self.assertEqual(run["windows_done"], 16 * run["predict_calls"])
        self.assertEqual(run["predict_calls"], run["windows"] // 16)
        self.assertGreater(run["resident_bytes"], 1 << 20)
        self.assertGreater(run["workspace_bytes"], 0)
        self.assertEqual(len(self.files_in(self.published)), 1)
        self.end(process)
        self.assertEqual(self.files_in(self.published), [])
        self.assertIn(NOTHING, self.succeeds("top").out)

    def test_each_run_has_a_line(self):
        processes = [self.start(what=what) for what in ("predict", "evaluate", "predict")]
        verbs = [self.waiting(process)["what"] for process in processes]
        self.assertEqual(verbs, ["predict", "evaluate", "predict"])
        table = self.succeeds("top").out.decode()
        self.assertRegex(table, "^3 runs, ")
        for process in processes:
            self.assertRegex(table, rf"(?m)^ *{process.pid} (predict|evaluate) ")
            self.end(process)

    def test_the_usual_folder_is_that_of_the_login(self):
        self.folder.chmod(0o700)
        self.set_environment(SKOL_STATUS="", XDG_RUNTIME_DIR=str(self.folder))
        process = self.start()
        self.waiting(process)
        folder = self.folder / "skol"
        self.assertEqual(folder.stat().st_mode & 0o777, 0o700)
        (file,) = folder.iterdir()
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        self.assertEqual(file.stat().st_size, 512)
        self.end(process)
        self.assertEqual(self.files_in(folder), [])

    def test_a_killed_run_is_not_shown_and_its_file_is_removed(self):
        killed, running = self.start(), self.start()
        for process in (killed, running):
            self.waiting(process)
        killed.kill()
        killed.wait()
        self.assertEqual(len(self.files_in(self.published)), 2)
        self.assertEqual([run["pid"] for run in self.runs()], [running.pid])
        self.assertEqual(len(self.files_in(self.published)), 1)

    def test_the_next_run_removes_the_file_of_a_killed_one(self):
        killed = self.start()
        self.waiting(killed)
        killed.kill()
        killed.wait()
        (left,) = self.files_in(self.published)
        self.end(self.start())
        self.assertNotIn(left, self.files_in(self.published))

    def test_an_interrupted_run_leaves_nothing(self):
        process = self.start()
        self.waiting(process)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), 130)
        self.assertEqual(self.files_in(self.published), [])

    def test_files_that_hold_something_else_are_no_runs_and_stay(self):
        self.published.mkdir(mode=0o700)
        for size in (0, 1, 512, 513, 1 << 20):
            (self.published / f"{size}.run").write_bytes(b"x" * size)
        self.assertEqual(self.runs(), [])
        self.assertEqual(len(self.files_in(self.published)), 5)

    def test_what_training_predicts_to_measure_itself_leaves_nothing(self):
        self.succeeds(
            *["train", GOLD, "-o", self.folder / "m", "--epochs", "1", "--hidden-size", "8"]
        )
        self.assertTrue(self.published.is_dir())
        self.assertEqual(self.files_in(self.published), [])


class OffTest(TopTest):
    """Where a run cannot be published it is not, and is what it is elsewhere."""

    def labels(self):
        return self.succeeds("predict", model(), GOLD, "--format", "labels").out

    def test_skol_status_off(self):
        expected = self.labels()
        self.set_environment(SKOL_STATUS="off", XDG_RUNTIME_DIR=str(self.folder))
        self.assertEqual(self.labels(), expected)
        self.assertFalse((self.folder / "skol").exists())

    def test_a_folder_that_cannot_be_used(self):
        expected = self.labels()
        open_to_all = self.folder / "open"
        open_to_all.mkdir()
        open_to_all.chmod(0o777)
        (self.folder / "link").symlink_to(self.published)
        file = self.write("file", "")
        for path in (open_to_all, self.folder / "link", file, "/proc/no/folder", "not absolute"):
            with self.subTest(path):
                self.set_environment(SKOL_STATUS=str(path))
                self.assertEqual(self.labels(), expected)
                self.assertEqual(self.runs(), [])
        self.assertEqual(self.files_in(open_to_all), [])

    def test_a_setting_that_means_nothing_is_named(self):
        self.set_environment(SKOL_STATUS="on")
        done = self.succeeds("top")
        self.assertIn(b"SKOL_STATUS is 'on': expected off or", done.out)


class OutputTest(TopTest):
    def test_without_runs_it_says_so(self):
        for arguments in ([], ["--once"]):
            done = self.succeeds("top", *arguments)
            self.assertIn(NOTHING, done.out)
            self.assertEqual((done.out.count(b"\n"), done.err), (1, ""))
        done = self.succeeds("top", "--once", "--json")
        self.assertEqual((done.out, done.err.count("\n")), (b"", 1))

    def test_json_goes_on_until_nobody_reads(self):
        process = self.start()
        self.waiting(process)
        with subprocess.Popen(
            [COMMAND, "top", "--json", "--interval", "0.1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as top:
            looks = [json.loads(top.stdout.readline()) for _ in range(3)]
            top.stdout.close()
            self.assertEqual(top.wait(timeout=60), 1)
        self.assertEqual([look["pid"] for look in looks], [process.pid] * 3)
        ages = [look["age_seconds"] for look in looks]
        self.assertEqual(ages, sorted(ages))

    def test_an_interval_that_is_none_is_named(self):
        for value in ("0", "-1", "x", "1s", "nan", "inf", "1e9"):
            self.fails(2, "top", f"--interval={value}", says=["--interval", "0.1 to 3600"])

    @needs_redis
    def test_no_password_is_shown(self):
        server = RedisServer("--requirepass", "s3cret")
        self.addCleanup(server.stop)
        place = server.uri("model", who=":s3cret@")
        self.succeeds("models", "copy", model(), place)
        run = self.waiting(self.start(of=place))
        self.assertEqual(run["model"], place.replace("s3cret", "***"))


class ScreenTest(TopTest):
    def start_top(self, *arguments, rows=24, columns=80, **environment):
        try:
            self.master, self.terminal = os.openpty()
        except OSError as error:
            self.skipTest(f"no pseudo-terminal here: {error}")
        for fd in (self.master, self.terminal):
            self.addCleanup(os.close, fd)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(self.terminal)
        top = subprocess.Popen(
            [COMMAND, "top", *arguments],
            stdin=self.terminal,
            stdout=self.terminal,
            stderr=self.terminal,
            env={**os.environ, "TERM": "xterm", **environment},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.addCleanup(top.wait)
        self.addCleanup(top.kill)
        self.written = ""
        return top

    def read_until(self, text):
        while text not in self.written:
            self.written += os.read(self.master, 65536).decode()

    def left(self, top, status):
        """The terminal is as it was."""
        self.assertEqual(top.wait(timeout=60), status, self.written)
        self.read_until("\033[?1049l")
        self.assertEqual(termios.tcgetattr(self.terminal), self.before)

    def test_q_ends_it(self):
        process = self.start()
        self.waiting(process)
        top = self.start_top("--interval", "0.1")
        self.read_until(f"{process.pid} predict ")
        self.assertTrue(self.written.startswith("\033[?1049h"))
        self.end(process)
        self.read_until(NOTHING.decode())
        os.write(self.master, b"xq")
        self.left(top, 0)

    def test_ctrl_c_ends_it_as_other_verbs(self):
        top = self.start_top()
        self.read_until(NOTHING.decode())
        top.send_signal(signal.SIGINT)
        self.left(top, 130)

    def test_colours_and_columns_are_the_terminals(self):
        process = self.start()
        self.waiting(process)
        for columns, colour in ((80, ""), (40, "1")):
            top = self.start_top(columns=columns, NO_COLOR=colour)
            self.read_until(f"{process.pid} ")
            self.read_until("\033[J")
            os.write(self.master, b"q")
            self.left(top, 0)
            self.assertEqual("\033[1m" in self.written, not colour)
            self.assertEqual("device" in self.written, columns == 80)

    def test_a_dumb_terminal_gets_one_table(self):
        top = self.start_top(TERM="dumb")
        self.assertEqual(top.wait(timeout=60), 0)
        self.read_until("\n")
        self.assertNotIn("\033", self.written)
