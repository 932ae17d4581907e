# SPDX-License-Identifier: Apache-2.0
"""What importing the package costs and brings."""

from __future__ import annotations

import subprocess
import sys

import pytest

import skol_classifier

HEAVY = {"pyspark", "redis", "pandas", "numpy", "pyarrow", "sklearn"}


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )


@pytest.mark.parametrize(
    "statement",
    ["import skol_classifier", "from skol_classifier import RNNClassifier; RNNClassifier()"],
)
def test_importing_says_nothing_and_brings_no_heavy_package(statement: str) -> None:
    done = python(f"{statement}\nimport sys\nprint(sorted({HEAVY!r} & set(sys.modules)))")
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""


def test_importing_takes_less_than_a_tenth_of_a_second() -> None:
    code = (
        "import time; start = time.process_time()\n"
        "import skol_classifier; print(time.process_time() - start)"
    )
    assert min(float(python(code).stdout) for _ in range(3)) < 0.1


def test_every_name_of_the_contract_can_be_imported() -> None:
    from skol_classifier import RNNClassifier, RNNSkolModel, SkolClassifierV2
    from skol_classifier.classifier_v2 import SkolClassifierV2 as by_module
    from skol_classifier.rnn_model import RNNSkolModel as model_by_module

    assert by_module is SkolClassifierV2
    assert model_by_module is RNNSkolModel
    assert issubclass(RNNClassifier, SkolClassifierV2)


def test_dir_lists_the_lazy_names() -> None:
    assert {"RNNClassifier", "SequencePreprocessor", "show_versions"} <= set(dir(skol_classifier))
    assert skol_classifier.__version__


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="SkolClassifier'"):
        skol_classifier.SkolClassifier  # noqa: B018


def test_show_versions_names_what_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    skol_classifier.show_versions()
    shown = capsys.readouterr().out
    assert "skol_classifier" in shown
    assert "redis" in shown
