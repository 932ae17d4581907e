# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C and SIGTERM: a status of their own, and no half-written file."""

import array
import fcntl
import os
import signal
import subprocess
import termios
import time

from skol_process import COMMAND, GOLD, CommandTest, model


class InterruptTest(CommandTest):
    def start(self, *arguments, handler=signal.SIG_DFL, **how):
        """With this handler for SIGINT: a shell in the background would have it ignored."""
        process = subprocess.Popen(
            [COMMAND, *map(str, arguments)],
            stderr=subprocess.PIPE,
            stdin=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(signal.SIGINT, handler),
            **how,
        )
        self.addCleanup(self.stop, process)
        return process

    @staticmethod
    def stop(process):
        process.kill()
        process.wait()
        process.stdin.close()
        process.stderr.close()

    def wait_for(self, condition):
        end = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), end, "what the test waits for did not happen")
            time.sleep(0.01)

    def interrupted(self, process, sent=signal.SIGINT):
        process.send_signal(sent)
        # Standard input stays open: its end would end the command too.
        process.wait(timeout=60)
        error = process.stderr.read().decode()
        self.assertEqual(process.returncode, 128 + sent, error)
        self.assertIn("skol: interrupted" if sent == signal.SIGINT else "skol: terminated", error)

    def test_training_leaves_no_model(self):
        for sent in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(sent):
                place = self.folder / "m.skol"
                process = self.start("train", GOLD, "-o", place, "--epochs", "1000")
                process.stderr.readline()  # the first epoch is done
                self.interrupted(process, sent)
                self.assertEqual(self.files_in(self.folder), [])

    def test_training_leaves_the_model_of_before(self):
        place = self.write("m.skol", "the model of before")
        process = self.start("train", GOLD, "-o", place, "--epochs", "1000")
        process.stderr.readline()
        self.interrupted(process)
        self.assertEqual(place.read_text(), "the model of before")
        self.assertEqual(self.files_in(self.folder), ["m.skol"])

    def test_prediction_leaves_whole_results_only(self):
        paper = (GOLD / "paper_25.txt.ann").read_bytes()
        for i in range(400):
            self.write(f"in/{i:03}.ann", paper)
        out = self.folder / "out"
        process = self.start(
            *["predict", model(), self.folder / "in", "-o", out, "--prediction-batch-size", "1"],
            *["--target", "scalar", "--threads", "1"],
        )
        self.wait_for(lambda: (out / "002.ann").exists())
        self.interrupted(process)
        written = self.files_in(out)
        self.assertLess(len(written), 400)
        self.assertEqual(written, [f"{i:03}.ann" for i in range(len(written))])
        for name in written:
            self.assertEqual((out / name).read_bytes(), (out / "000.ann").read_bytes())

    def test_waiting_for_standard_input(self):
        process = self.start("predict", model(), "-", stdout=subprocess.DEVNULL)
        process.stdin.write(b"a line\n")
        process.stdin.flush()
        # The process reads once the model is loaded and its handlers stand; the pipe says when.
        self.wait_for(lambda: bytes_in_pipe(process.stdin.fileno()) == 0)
        self.interrupted(process)

    def test_an_ignored_signal_stays_ignored(self):
        process = self.start(
            "predict", model(), "-", stdout=subprocess.DEVNULL, handler=signal.SIG_IGN
        )
        process.stdin.write(b"a line\n")
        process.stdin.flush()
        self.wait_for(lambda: bytes_in_pipe(process.stdin.fileno()) == 0)
        process.send_signal(signal.SIGINT)
        process.stdin.close()
        self.assertEqual(process.wait(timeout=60), 0)


def bytes_in_pipe(fd: int) -> int:
    waiting = array.array("i", [0])
    fcntl.ioctl(fd, termios.FIONREAD, waiting)
    return waiting[0]


class TerminalTest(CommandTest):
    def on_a_terminal(self, *arguments, **environment):
        """What the command writes to a terminal, which standard error is."""
        try:
            master, slave = os.openpty()
        except OSError as error:
            self.skipTest(f"no pseudo-terminal here: {error}")
        process = subprocess.Popen(
            [COMMAND, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=slave,
            env={**os.environ, "TERM": "xterm", **environment},
        )
        os.close(slave)
        written = b""
        try:
            while piece := os.read(master, 65536):
                written += piece
        except OSError:  # the other side is closed
            pass
        os.close(master)
        process.communicate()
        self.assertEqual(process.returncode, 0, written)
        return written.decode()

    def test_progress_is_drawn_on_a_terminal_only(self):
        command = ["train", GOLD, "-o", self.folder / "m", "--epochs", "1", "--hidden-size", "8"]
        drawn = self.on_a_terminal(*command)
        self.assertRegex(drawn, r"\rtraining .*windows/s  ETA ")
        self.assertTrue("\r\033[K" in drawn)
        self.assertNotIn("\r", self.succeeds(*command).err)

    def test_no_colour_where_it_is_not_wanted(self):
        command = ["train", GOLD, "-o", self.folder / "m", "--epochs", "1", "--hidden-size", "8"]
        self.assertIn("\033[32m", self.on_a_terminal(*command, NO_COLOR=""))
        self.assertNotIn("m━", self.on_a_terminal(*command, NO_COLOR="1"))
        self.assertNotIn("\r", self.on_a_terminal(*command, TERM="dumb").replace("\r\n", "\n"))
