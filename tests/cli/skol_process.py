# SPDX-License-Identifier: Apache-2.0
"""Runs the command as a process; one small model for all tests of a run.

SKOL_COMMAND names the command. Tests on the corpus look in SKOL_CORPUS and skip where it is absent.
"""

import atexit
import functools
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any, Callable, List, NamedTuple, Optional, Union

ROOT = Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("SKOL_COMMAND", str(ROOT / "build" / "skol"))
GOLD = ROOT / "sample" / "gold"
TRAIN = ROOT / "sample" / "train"
CORPUS = Path(os.environ.get("SKOL_CORPUS", ROOT / ".." / "shared" / "corpus"))
SANITIZED = bool(os.environ.get("SKOL_SANITIZE"))
# Small enough to train in a second, and still three labels and two directions.
SMALL = ["--hidden-size", "8", "--num-layers", "1", "--epochs", "1", "--threads", "1"]

Argument = Union[str, Path]


class Finished(NamedTuple):
    status: int
    out: bytes
    err: str

    def json(self) -> Any:
        return json.loads(self.out)

    def last_json(self) -> Any:
        """The last line on standard error."""
        return json.loads(self.err.splitlines()[-1])


def skol(
    *arguments: Argument,
    stdin: bytes = b"",
    cwd: Optional[Path] = None,
    before: Optional[Callable[[], None]] = None,
    stdout: int = subprocess.PIPE,
) -> Finished:
    done = subprocess.run(
        [COMMAND, *map(str, arguments)],
        input=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        cwd=cwd,
        preexec_fn=before,
        timeout=300,
        check=False,
    )
    return Finished(done.returncode, done.stdout or b"", done.stderr.decode())


@functools.lru_cache(maxsize=None)
def shared_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="skol_cli_"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@functools.lru_cache(maxsize=None)
def model() -> Path:
    """Trained once, on four papers of the sample; the same wherever the repository lies, for which
    documents are held back hangs on their paths."""
    path = shared_folder() / "small.skol"
    inputs = sorted(os.listdir(TRAIN))[:4]
    done = skol("train", *inputs, "-o", path, *SMALL, cwd=TRAIN)
    if done.status != 0:
        raise AssertionError(f"no model to test with: {done.err}")
    return path


class CommandTest(unittest.TestCase):
    maxDiff = 2000

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="skol_cli_test_"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name: str, content: Union[str, bytes]) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def succeeds(self, *arguments: Argument, **how: Any) -> Finished:
        done = skol(*arguments, **how)
        self.assertEqual(done.status, 0, done.err)
        return done

    def fails(self, status: int, *arguments: Argument, says: List[str], **how: Any) -> Finished:
        """With this status and one line on standard error, which holds all of `says`."""
        done = skol(*arguments, **how)
        self.assertEqual(done.status, status, done.err)
        lines = [line for line in done.err.splitlines() if line.startswith("skol: ")]
        errors = [line for line in lines if not line.startswith("skol: warning: ")]
        self.assertEqual(len(errors), 1, done.err)
        self.assertTrue(done.err.endswith(errors[0] + "\n"), done.err)
        for text in says:
            self.assertIn(text, errors[0])
        return done

    def files_in(self, folder: Path) -> List[str]:
        """Also hidden ones, such as a temporary that was left behind."""
        return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir())
