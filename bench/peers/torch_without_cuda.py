# SPDX-License-Identifier: Apache-2.0
"""torch_without_cuda.py: lets PyPI's torch, which is linked to CUDA's libraries, load without them.

The benchmark uses the CPU alone, and the libraries would be 4 GB more. Each one that is missing is
replaced by an empty library of that name, and the functions that torch then lacks by such that
answer "no device". Run by the Python whose torch it is; needs gcc and binutils. Does nothing where
torch already loads.
"""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

CUDA = re.compile(r"lib(cu|nccl|nv)")
FUNCTION = re.compile(r"(__?)?(cu|nccl|nv)[A-Za-z_]")
NO_DEVICE = 100  # cudaErrorNoDevice; to the other libraries, an error as well


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def needed(library: Path) -> set[str]:
    return set(re.findall(r"NEEDED.*\[(.*)\]", output("readelf", "-d", str(library))))


def symbols(library: Path, which: str) -> set[str]:
    lines = output("nm", "-D", which, str(library)).splitlines()
    return {line.split()[-1].partition("@")[0] for line in lines}


def undefined(library: Path) -> set[tuple[str, str]]:
    """Names and versions, which are empty where the reference has none."""
    lines = output("nm", "-D", "--undefined-only", str(library)).splitlines()
    names = [line.split()[-1].partition("@") for line in lines]
    return {(name, version) for name, _, version in names}


def versions_of(library: Path) -> dict[str, str]:
    """The library that each version of an undefined name belongs to."""
    found, file = {}, ""
    for line in output("readelf", "-V", str(library)).splitlines():
        if match := re.search(r"Version: \d+ +File: (\S+)", line):
            file = match[1]
        elif match := re.search(r"Name: (\S+) +Flags", line):
            found[match[1]] = file
    return found


def build(folder: Path, name: str, functions: dict[str, set[str]]) -> None:
    """A library `name` with these functions of each version."""
    source = "".join(
        f"long {f}(void) {{ return {NO_DEVICE}; }}\n"
        for f in sorted(set().union(*functions.values()))
    )
    nodes = "".join(
        f"{version} {{ global: {' '.join(f'{n};' for n in sorted(names))} }};\n"
        for version, names in functions.items()
        if version and names
    )
    with tempfile.NamedTemporaryFile("w", suffix=".map") as versions:
        versions.write(nodes)
        versions.flush()
        flags = ["-shared", "-fPIC", "-w", f"-Wl,-soname,{name}", "-x", "c", "-"]
        flags += [f"-Wl,--version-script={versions.name}"] if nodes else []
        command = ["gcc", *flags, "-o", str(folder / name)]
        subprocess.run(command, check=True, input=source, text=True)


def loads() -> bool:
    done = subprocess.run([sys.executable, "-c", "import torch"], capture_output=True)
    return done.returncode == 0


def main() -> None:
    if loads():
        return
    folder = Path(sysconfig.get_path("purelib")) / "torch" / "lib"
    libraries = sorted(p for p in folder.glob("*.so*") if p.is_file())
    here = {p.name for p in libraries}
    missing = {n for p in libraries for n in needed(p) if CUDA.match(n)} - here
    defined = {s for p in libraries for s in symbols(p, "--defined-only")}
    wanted = {(n, v) for p in libraries for n, v in undefined(p) if n not in defined}
    unversioned = {n for n, v in wanted if not v and FUNCTION.match(n)}
    owner = {v: f for p in libraries for v, f in versions_of(p).items()}
    for index, name in enumerate(sorted(missing)):
        functions = {v: {n for n, w in wanted if w == v} for v in owner if owner[v] == name}
        functions[""] = unversioned if index == 0 else set()
        build(folder, name, functions)
    if not loads():
        subprocess.run([sys.executable, "-c", "import torch"], check=True)


if __name__ == "__main__":
    main()
