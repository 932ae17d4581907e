# SPDX-License-Identifier: Apache-2.0
"""What would make a job fail with a stack of Spark's, told in one line before it starts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING
from weakref import WeakSet

from skol_classifier.errors import DeviceError

from .session import is_connect

if TYPE_CHECKING:
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

# Minutes would be a hang; a cold Python with pyarrow on a slow disk takes seconds.
_SECONDS_TO_ANSWER = 60

# Asked of the worker's own interpreter: which Python it is, and what it cannot import. Spark itself
# brings pyspark to its workers.
_QUESTION = """
import sys
print('python', *sys.version_info[:2])
for name in ('pyarrow', 'skol_classifier._core'):
    try:
        __import__(name)
    except ImportError as error:
        print('missing', name, error)
"""

_checked: WeakSet[SparkContext] = WeakSet()


def require_spark() -> None:
    """ModuleNotFoundError in one line where what the Spark part needs is not installed."""
    absent = [name for name in ("pyspark", "pyarrow", "pandas") if not _installed(name)]
    if absent:
        raise ModuleNotFoundError(
            f"{' and '.join(absent)} not installed, which DataFrames of Spark need; "
            f"run: pip install 'skol_classifier[spark]'",
            name=absent[0],
        )


def _installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ImportError:
        return False


def default_session() -> SparkSession:
    """The active session, or a new one on this machine whose workers run this Python."""
    require_spark()
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    if active is not None:
        return active
    check_java()
    before = os.environ.get("PYSPARK_PYTHON")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        return SparkSession.builder.appName("skol").getOrCreate()
    finally:
        if before is None:
            del os.environ["PYSPARK_PYTHON"]


def check_java() -> None:
    """DeviceError where the Java that Spark would start cannot run this Spark."""
    if os.environ.get("SPARK_REMOTE") or os.environ.get("PYSPARK_GATEWAY_PORT"):
        return  # no Java is started from here
    import pyspark

    java, found = _java()
    spark = pyspark.__version__
    least, most, advised = _java_versions(spark)
    if least <= found <= most:
        return
    raise DeviceError(
        f"Java {found} ({java}) cannot run Spark {spark}, which needs {advised}; install one and "
        f"set JAVA_HOME to it before Python starts, e.g. JAVA_HOME=/usr/lib/jvm/java-17-openjdk"
    )


def check_workers(spark: SparkSession) -> None:
    """DeviceError where the workers would run another Python, or one without this package.

    Asked once a session, and only where workers run on this machine: elsewhere the first task says
    so, with the name of its host.
    """
    if is_connect(spark):
        return
    context = spark.sparkContext
    if context in _checked or not str(context.master).startswith("local"):
        return
    python = context.pythonExec
    answer = _ask(python, _worker_environment(context))
    mine = f"{sys.version_info[0]}.{sys.version_info[1]}"
    theirs = ".".join(re.findall(r"^python (\d+) (\d+)$", answer, re.MULTILINE)[0])
    if theirs != mine:
        raise DeviceError(
            f"Spark's workers would run {_named(python)}, which is Python {theirs}, while this is "
            f"Python {mine}; {_remedy()}"
        )
    absent = re.findall(r"^missing (\S+) (.*)$", answer, re.MULTILINE)
    if absent:
        name, error = absent[0]
        package = name.partition(".")[0]
        raise DeviceError(
            f"Spark's workers would run {_named(python)}, which cannot import {package} ({error}); "
            f"{_remedy() if _is_another(python) else _remedy_for_path(package)}"
        )
    _checked.add(context)


def _named(python: str) -> str:
    place = shutil.which(python)
    return python if place in (None, python) else f"{python} ({place})"


def _remedy() -> str:
    return (
        f"stop the session, set PYSPARK_PYTHON={sys.executable} before the next one is made, e.g. "
        f"os.environ['PYSPARK_PYTHON'] = sys.executable"
    )


def _is_another(python: str) -> bool:
    """Links are not followed: the Pythons of two environments may be links to one file."""
    return os.path.abspath(shutil.which(python) or python) != os.path.abspath(sys.executable)


def _remedy_for_path(package: str) -> str:
    """Where this Python finds the package by a path of its own, such as one added to sys.path."""
    found = find_spec(package)
    places = found.submodule_search_locations if found is not None else None
    folder = os.path.dirname(next(iter(places))) if places else "its folder"
    return (
        f"install {package} there, or stop the session and set PYTHONPATH={folder} before Python "
        f"starts"
    )


def _worker_environment(context: SparkContext) -> dict[str, str]:
    """As Spark makes it: this process's variables, those of spark.executorEnv, and files sent."""
    from pyspark import SparkFiles

    sent = [
        os.path.join(SparkFiles.getRootDirectory(), name) for name in context._python_includes or []
    ]
    given = {key: str(value) for key, value in (context.environment or {}).items()}
    environment = {**os.environ, **given}
    places = [*sent, given.get("PYTHONPATH", ""), os.environ.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, places))
    return environment


def _ask(python: str, environment: dict[str, str]) -> str:
    try:
        asked = subprocess.run(
            [python, "-c", _QUESTION],
            env=environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS_TO_ANSWER,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise DeviceError(f"Spark's workers could not run {python}: {error}; {_remedy()}") from None
    return asked.stdout


def _java() -> tuple[str, int]:
    """The Java that pyspark's scripts would start, and its major version."""
    home = os.environ.get("JAVA_HOME")
    java = os.path.join(home, "bin", "java") if home else shutil.which("java")
    if java is None or not os.path.exists(java):
        raise DeviceError(
            f"no Java at {java or 'any place of PATH'}, which Spark needs; install a JDK 17 and "
            f"set JAVA_HOME to it"
        )
    told = subprocess.run(
        [java, "-version"], capture_output=True, text=True, timeout=_SECONDS_TO_ANSWER, check=False
    )
    match = re.search(r'version "(?:1\.)?(\d+)', told.stderr + told.stdout)
    if match is None:
        raise DeviceError(f"{java} -version did not tell a version: {told.stderr.strip()!r:.200}")
    return java, int(match[1])


def _java_versions(spark: str) -> tuple[int, int, str]:
    """Least, most, and what to advise. Java 24 took away what Hadoop before 3.4.2 calls
    ("getSubject is not supported"): Spark 3.5 and 4.0 have that, 4.1 does not."""
    major, minor = (int(part) for part in spark.split(".")[:2])
    if major < 4:
        return 8, 23, "Java 11 or 17"
    if (major, minor) == (4, 0):
        return 17, 23, "Java 17 or 21"
    return 17, 1 << 30, "Java 17 or 21"
