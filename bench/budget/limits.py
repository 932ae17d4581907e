#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two hundred runs under memory limits: python3 bench/budget/limits.py [--runs N] [--keep-going]

Each limit is a share from 1.0 down to 0.2 of what a run without one takes: RLIMIT_AS of its
VmPeak, a cgroup of its peak of resident bytes (where this user may make groups: of version 1 or
2), --memory-budget of its peak_bytes. A run either ends with the same bytes of output, or refuses
with exit code 3 before it writes anything and names the least that would do. Anything else, killed
above all, is a failure, and so is a peak above the --memory-budget. What a refusal names as the
least is tried, too. Limits under which `skol --version` cannot start are left out.
"""

import argparse
import filecmp
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from runs import COMMAND, Run, Shape, make_model, make_text, predict

SHAPES = [Shape(64, 1), Shape(128, 2), Shape(256, 2)]
BATCHES = [64, 4096]
WINDOWS = 400
# Some seconds of work, so that there is a middle of the run.
LONG_WINDOWS = 3_000
LEAST = 0.2


class Limit(NamedTuple):
    name: str
    bytes: int
    options: tuple[str, ...] = ()
    before: Callable[[], None] | None = None


class Group:
    """A cgroup below that of this process, in which runs are put one after the other."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.limit_file = ""
        for place, limit_file in self.places():
            path = place / f"skol_limits_{os.getpid()}"
            try:
                path.mkdir()
            except OSError:
                continue
            if (path / limit_file).exists():
                self.path, self.limit_file = path, limit_file
                return
            path.rmdir()

    @staticmethod
    def places() -> Iterator[tuple[Path, str]]:
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, group = line.split(":", 2)
            if controllers == "memory":
                root = Path("/sys/fs/cgroup/memory")
                yield root / group.lstrip("/"), "memory.limit_in_bytes"
                yield root, "memory.limit_in_bytes"
            elif not controllers:
                yield Path("/sys/fs/cgroup") / group.lstrip("/"), "memory.max"

    def limit(self, most: int) -> Limit:
        assert self.path is not None
        path = self.path
        (path / self.limit_file).write_text(str(most))

        def enter() -> None:
            (path / "cgroup.procs").write_text(str(os.getpid()))

        return Limit("cgroup", most, (), enter)

    def free(self) -> None:
        (self.path / self.limit_file).write_text("-1" if "limit" in self.limit_file else "max")

    def remove(self) -> None:
        if self.path is None:
            return
        for _ in range(50):
            try:
                self.path.rmdir()
                return
            except OSError:
                time.sleep(0.1)


def address_limit(most: int) -> Limit:
    return Limit(
        "RLIMIT_AS", most, (), lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most))
    )


def budget_limit(most: int) -> Limit:
    return Limit("--memory-budget", most, ("--memory-budget", str(most)))


def peak_of_addresses(command: list[str]) -> int:
    """VmPeak of a run, in bytes."""
    most = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            try:
                status = Path(f"/proc/{process.pid}/status").read_text()
            except OSError:
                break
            found = re.search(r"VmPeak:\s+(\d+)", status)
            most = max(most, int(found.group(1)) * 1024 if found else 0)
            time.sleep(0.002)
    return most


def same_files(one: Path, other: Path) -> bool:
    names = sorted(path.name for path in one.iterdir())
    if names != sorted(path.name for path in other.iterdir()):
        return False
    return not any(filecmp.cmpfiles(one, other, names, shallow=False)[1:])


def starts_under(limit: Limit) -> bool:
    command = [COMMAND, "--version"]
    done = subprocess.run(command, preexec_fn=limit.before, capture_output=True, check=False)
    return done.returncode == 0


class Case:
    """A model and a batch size, and what a run of them takes without a limit."""

    def __init__(self, folder: Path, text: Path, shape: Shape, batch: int) -> None:
        self.name = f"{shape} batch {batch}"
        self.model = make_model(folder, shape)
        self.text = text
        self.size = ["--prediction-batch-size", str(batch)]
        self.expected = folder / f"expected_{shape}_{batch}"
        self.out = folder / "out"
        run = predict(self.model, text, self.expected, *self.size)
        if run.status != 0:
            sys.exit(run.err)
        self.peak = run.report["peak_bytes"]
        command = [str(COMMAND), "predict", str(self.model), str(text), "-o", str(self.out)]
        self.addresses = peak_of_addresses([*command, *self.size])

    def run(self, limit: Limit) -> Run:
        shutil.rmtree(self.out, ignore_errors=True)
        options = [*self.size, *limit.options]
        return predict(self.model, self.text, self.out, *options, before=limit.before)

    def problem(self, limit: Limit, run: Run) -> str:
        """Empty where the run was as it should be."""
        if run.status == 0:
            if not same_files(self.expected, self.out):
                return "other bytes"
            if limit.name == "--memory-budget" and run.report["peak_bytes"] > limit.bytes:
                return f"a peak of {run.report['peak_bytes']} bytes"
            return ""
        if run.status != 3:
            return f"status {run.status}: {run.err.strip()}"
        if self.out.exists() and any(self.out.iterdir()):
            return f"failed in mid-run: {run.err.strip()}"
        least = least_named(run)
        return "" if least else f"names no least budget: {run.err.strip()}"


def least_named(run: Run) -> int:
    found = re.search(r"the least that would do is [^(]*\((\d+) bytes\)", run.err)
    return int(found.group(1)) if found else 0


def limits_of(case: Case, share: float, group: Group) -> Iterator[Limit]:
    yield address_limit(int(case.addresses * share))
    yield budget_limit(int(case.peak * share))
    if group.path is not None:
        yield group.limit(int(case.peak * share))


def again_with_the_least(case: Case, limit: Limit, run: Run, group: Group) -> str:
    least = least_named(run)
    if limit.name == "RLIMIT_AS":
        enough = address_limit(least)
    else:
        enough = budget_limit(least) if limit.options else group.limit(least)
    second = case.run(enough)
    found = case.problem(enough, second)
    return found or (f"the least, {least} bytes, is refused, too" if second.status != 0 else "")


def take_away(case: Case, group: Group, times: int) -> list[str]:
    """Once the first results are there, the limit of the group falls to what it holds and a little
    more, one to three MiB."""
    problems: list[str] = []
    reductions = 0
    for number in range(times):
        group.free()
        enter = group.limit(1 << 40)
        stop = threading.Event()
        slack = (2 + number % 3) << 19

        def shrink(end: threading.Event = stop, room: int = slack, attempt: int = number) -> None:
            assert group.path is not None
            usage = group.limit_file.replace("limit", "usage").replace("max", "current")
            while not any(case.out.glob("*.ann")):
                if end.wait(0.005):
                    return
            try:
                held = int((group.path / usage).read_text())
                (group.path / group.limit_file).write_text(str(held + room))
            except OSError as error:
                problems.append(f"taken away {attempt}: {error}")

        shutil.rmtree(case.out, ignore_errors=True)
        thread = threading.Thread(target=shrink)
        thread.start()
        run = case.run(enter)
        stop.set()
        thread.join()
        found = case.problem(enter, run)
        if found or run.status != 0:
            problems.append(f"taken away {number}: {found or run.err.strip()}")
        else:
            reductions += run.report["reductions"]
    print(f"memory taken away {times} times: {reductions} reductions in all")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, default=200, help="about so many under a limit")
    parser.add_argument("--take-away", type=int, default=50, help="runs whose memory shrinks")
    arguments = parser.parse_args()
    group = Group()
    kinds = 2 if group.path is None else 3
    steps = max(2, -(-arguments.runs // (kinds * len(SHAPES) * len(BATCHES))))
    counts = {"same output": 0, "refused": 0, "left out": 0, "with the least": 0}
    problems: list[str] = []
    try:
        with tempfile.TemporaryDirectory(prefix="skol_limits_") as name:
            folder = Path(name)
            text = make_text(folder / "text", WINDOWS)
            cases = [Case(folder, text, shape, batch) for shape in SHAPES for batch in BATCHES]
            for case in cases:
                for step in range(steps):
                    share = 1.0 - (1.0 - LEAST) * step / (steps - 1)
                    for limit in limits_of(case, share, group):
                        if not starts_under(limit):
                            counts["left out"] += 1
                            continue
                        run = case.run(limit)
                        found = case.problem(limit, run)
                        counts["same output" if run.status == 0 else "refused"] += 1
                        if not found and run.status == 3 and step % 4 == 0:
                            counts["with the least"] += 1
                            found = again_with_the_least(case, limit, run, group)
                        if found:
                            problems.append(f"{case.name}, {limit.name} {share:.2f}: {found}")
                            print(problems[-1], flush=True)
            if group.path is not None:
                long = make_text(folder / "long", LONG_WINDOWS)
                case = Case(folder, long, Shape(128, 2), 96)
                found = take_away(case, group, arguments.take_away)
                problems += found
                for line in found:
                    print(line, flush=True)
    finally:
        group.remove()
    where = f"{group.limit_file} of {group.path}" if group.path else "no cgroup can be made here"
    print(f"{counts}; taken away in mid-run: {arguments.take_away if group.path else 0} ({where})")
    print(f"{len(problems)} failures")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
