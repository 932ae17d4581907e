# SPDX-License-Identifier: Apache-2.0
"""Machines on which a job would fail, told before it starts. Each in a process of its own."""

from __future__ import annotations

import os
import shutil
import site
import socket
import subprocess
import sys
import venv
from pathlib import Path

import pyspark
import pytest

from skol_classifier import _core

PACKAGE = Path(_core.__file__).parents[1]
PYSPARK = Path(pyspark.__file__).parents[1]
# What stands beside the installed packages has to be named; a Python that has none of these gets
# nothing else this way.
NOT_INSTALLED = [path for path in (PACKAGE, PYSPARK) if str(path) not in site.getsitepackages()]
JDK_25 = next(iter(sorted(Path("/usr/lib/jvm").glob("*25*"))), None)

JOB = """
import skol_classifier._core as core
from pyspark.sql import SparkSession
from skol_classifier.spark import label_lines
documents = [core.Document("a", ["one two"] * 9 + ["three"], ["x"] * 10)]
model, _ = core.train(documents, {"hidden_size": 2, "epochs": 1, "validation_fraction": 0.0})
builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
spark = builder.config("spark.driver.host", "127.0.0.1").getOrCreate()
df = spark.createDataFrame([("a", 0, "x")], "doc_id string, line_number int, value string")
try:
    labelled, _ = label_lines(
        df, model, prediction_batch_size=64, prediction_stride=25, num_workers=1)
    CHECKED
    print("rows:", len(labelled.collect()))
except Exception as error:
    print("failed:", type(error).__name__, error)
"""


def run(script: str, **environment: str | None) -> str:
    """What a script printed; a variable given as None is taken away."""
    usual = {
        "PYTHONPATH": os.pathsep.join(map(str, NOT_INSTALLED)),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    merged = {**os.environ, **usual, **environment}
    merged.pop("SPARK_HOME", None)
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={key: value for key, value in merged.items() if value is not None},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return done.stdout + done.stderr[-3000:] * (done.returncode != 0)


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """This Python without any package."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False)
    return str(folder / "bin" / "python")


def fake_python(tmp_path: Path, version: str) -> str:
    """A program that answers as a Python of another version would."""
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho python {version.replace('.', ' ')}\n")
    python.chmod(0o755)
    return str(python)


def failure(output: str) -> str:
    lines = [line for line in output.splitlines() if line.startswith("failed:")]
    assert len(lines) == 1, output
    return lines[0]


def test_workers_with_another_python_are_named_before_the_job(tmp_path: Path) -> None:
    python = fake_python(tmp_path, "3.9")
    told = failure(run(JOB.replace("    CHECKED\n", ""), PYSPARK_PYTHON=python))
    assert "DeviceError" in told and python in told
    assert "Python 3.9" in told and f"PYSPARK_PYTHON={sys.executable}" in told


def test_workers_without_the_package_are_named_before_the_job(bare_python: str) -> None:
    told = failure(run(JOB.replace("    CHECKED\n", ""), PYSPARK_PYTHON=bare_python))
    assert "DeviceError" in told and bare_python in told
    assert "cannot import" in told and f"PYSPARK_PYTHON={sys.executable}" in told


def test_a_python_that_does_not_start_is_named(tmp_path: Path) -> None:
    told = failure(run(JOB.replace("    CHECKED\n", ""), PYSPARK_PYTHON=str(tmp_path / "absent")))
    assert "DeviceError" in told and str(tmp_path / "absent") in told


def test_a_worker_without_the_package_says_on_which_host_and_how_to_ship_it(
    tmp_path: Path,
) -> None:
    """As on a cluster, where the driver cannot ask beforehand."""
    # The driver has the package on a path of its own, which its workers do not get: what they
    # find, even where the package is installed, cannot be imported.
    absent = tmp_path / "skol_classifier"
    absent.mkdir()
    (absent / "__init__.py").write_text("raise ModuleNotFoundError('not on this host')\n")
    script = (
        f"import sys\nsys.path.insert(0, {str(PACKAGE)!r})\n"
        "import skol_classifier.spark.environment as environment\n"
        "environment.check_workers = lambda spark: None\n" + JOB.replace("    CHECKED\n", "")
    )
    told = run(script, PYTHONPATH=os.pathsep.join([str(tmp_path), str(PYSPARK)]))
    line = next(line for line in told.splitlines() if "cannot import skol_classifier" in line)
    assert f"host {socket.gethostname()}" in line
    assert "pip install 'skol_classifier[spark]'" in line and "conda-pack" in line


def test_a_default_session_runs_workers_of_this_python(bare_python: str) -> None:
    script = (
        "from skol_classifier.spark import default_session\n"
        "import os, sys\n"
        "spark = default_session()\n"
        "print(spark.sparkContext.pythonExec == sys.executable, default_session() is spark)\n"
        "print(os.environ.get('PYSPARK_PYTHON'))\n"
    )
    assert run(script, PYSPARK_PYTHON=None).split() == ["True", "True", "None"]


SESSION = """
from skol_classifier.spark import default_session
try:
    default_session()
    print("started")
except Exception as error:
    print("failed:", type(error).__name__, error)
"""


@pytest.mark.skipif(JDK_25 is None, reason="no JDK 25 at /usr/lib/jvm")
@pytest.mark.skipif(not pyspark.__version__.startswith("3.5"), reason="a matter of Spark 3.5")
def test_a_jdk_that_is_too_new_is_named_before_sparks_own_stack() -> None:
    told = failure(run(SESSION, JAVA_HOME=str(JDK_25)))
    assert "DeviceError" in told and "Java 25" in told
    assert pyspark.__version__ in told and "JAVA_HOME" in told and "17" in told


def java_of_version(tmp_path: Path, version: str) -> str:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2026' >&2\n")
    java.chmod(0o755)
    return str(tmp_path)


@pytest.mark.parametrize(
    ("spark", "java", "fits"),
    [
        ("3.5.9", "1.8.0_392", True),
        ("3.5.9", "17.0.15", True),
        ("3.5.9", "25", False),
        ("4.0.1", "11.0.2", False),
        ("4.0.1", "21.0.1", True),
        ("4.0.1", "24-ea", False),
        ("4.3.0", "11.0.2", False),
        ("4.3.0", "25.0.1", True),
    ],
)
def test_each_spark_has_its_javas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spark: str, java: str, fits: bool
) -> None:
    from skol_classifier.errors import DeviceError
    from skol_classifier.spark.environment import check_java

    monkeypatch.setenv("JAVA_HOME", java_of_version(tmp_path, java))
    monkeypatch.delenv("PYSPARK_GATEWAY_PORT", raising=False)
    monkeypatch.setattr(pyspark, "__version__", spark)
    if fits:
        check_java()
    else:
        with pytest.raises(DeviceError, match=f"cannot run Spark {spark}.*JAVA_HOME"):
            check_java()


def test_no_java_at_all_is_named(tmp_path: Path) -> None:
    told = failure(run(SESSION, JAVA_HOME=None, PATH=str(tmp_path)))
    assert "DeviceError" in told and "no Java" in told and "JAVA_HOME" in told


def test_pyspark_that_is_not_installed_is_told_in_one_line(tmp_path: Path) -> None:
    """Its name is hidden as if pip had never brought it."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Hidden:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'pyspark':\n"
        "            raise ModuleNotFoundError(f\"No module named '{name}'\", name=name)\n"
        "sys.meta_path.insert(0, Hidden())\n"
    )
    script = (
        "try:\n"
        "    from skol_classifier.spark import label_lines\n"
        "except ModuleNotFoundError as error:\n"
        "    print('failed:', error)\n"
    )
    told = failure(run(script, PYTHONPATH=os.pathsep.join([str(tmp_path), str(PACKAGE)])))
    assert "pyspark not installed" in told and "pip install 'skol_classifier[spark]'" in told


def test_importing_the_spark_part_imports_no_pyspark() -> None:
    script = "import sys, skol_classifier.spark\nprint('pyspark' in sys.modules)"
    assert run(script).strip() == "False"


def test_a_worker_is_asked_once_a_session() -> None:
    assert shutil.which("java"), "these tests need Java"
    script = JOB.replace(
        "CHECKED",
        "from skol_classifier.spark import environment\n"
        "    environment._ask = None\n"
        "    label_lines(df, model, prediction_batch_size=1, prediction_stride=1, num_workers=1)",
    )
    assert "rows: 1" in run(script)


def test_a_package_that_only_the_driver_finds_is_named_before_the_job() -> None:
    if PYSPARK == PACKAGE or str(PACKAGE) in site.getsitepackages():
        pytest.skip("the package is installed: every worker of this Python finds it")
    path = f"import sys\nsys.path.insert(0, {str(PACKAGE)!r})\n"
    told = failure(run(path + JOB.replace("    CHECKED\n", ""), PYTHONPATH=str(PYSPARK)))
    assert "DeviceError" in told and f"set PYTHONPATH={PACKAGE}" in told
