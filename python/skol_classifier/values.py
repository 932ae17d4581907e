# SPDX-License-Identifier: Apache-2.0
"""The values of parameters in force: given before saved before default.

A classifier and its RNNSkolModel share one Values, so what is set on one holds for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .checks import refuse
from .errors import ParameterError
from .parameters import Kind, Table

# What the training finds; None says that nobody asked for it.
MEASURED = ("input_size", "num_classes")

# What only compact features have: who gives one of these without saying which features means them.
_OF_COMPACT = ("input_size", "word_vocab_size", "suffix_vocab_size", "use_suffixes")


class Values:
    """Mutable: `given` by the caller; `saved` with the weights, empty while there are none."""

    def __init__(self, table: Table, given: Mapping[str, Any]) -> None:
        self.table = table
        self.given: dict[str, Any] = {}
        self.saved: dict[str, Any] = {}
        self.update(given)

    def wanted(self, name: str) -> Any:
        """The value for the next fit."""
        if name in self.given:
            return self.given[name]
        if name == "features" and any(size in self.given for size in _OF_COMPACT):
            return "compact"
        return self.saved.get(name, self.table[name].default if name in self.table else None)

    def in_force(self, name: str) -> Any:
        """The value now: of what belongs to the trained weights, theirs."""
        if name in self.saved and self.table[name].kind is Kind.ARCHITECTURE:
            return self.saved[name]
        return self.wanted(name)

    def update(self, new: Mapping[str, Any]) -> None:
        """Takes checked values, all or none."""
        before = self.given
        given = {**before, **new}
        self.given = {k: v for k, v in given.items() if v is not None or k not in MEASURED}
        try:
            check_together(self)
        except ParameterError:
            self.given = before
            raise

    def adopt(self, saved: Mapping[str, Any]) -> None:
        """Takes what was saved with weights. Refused where the caller gave another architecture."""
        candidate = Values(self.table, {})
        candidate.given = {k: v for k, v in self.given.items() if k != "model_type"}
        candidate.saved = {k: v for k, v in saved.items() if k in self.table}
        _check_architecture(candidate, saved)
        _check_strides(candidate)
        self.given, self.saved = candidate.given, candidate.saved

    def changed(self) -> dict[str, Any]:
        """The parameters in force that differ from their defaults."""
        values = {name: self.in_force(name) for name in self.table}
        return {k: v for k, v in values.items() if v is not None and v != self.table[k].default}


def stride(values: Values, name: str, window_size: int) -> int:
    """The stride in force, where None is half the window."""
    given: int | None = values.in_force(name)
    return max(1, window_size // 2) if given is None else given


def vocabulary_sizes(values: Values) -> tuple[int, int]:
    """Most words and most suffixes for the next fit, in agreement with input_size."""
    given, saved = values.given, values.saved
    suffixed: bool = values.wanted("use_suffixes") is not False
    words: int | None = given.get("word_vocab_size")
    suffixes: int | None = given.get("suffix_vocab_size") if suffixed else 0
    total: int | None = given.get("input_size")
    if total is None or total in _saved_widths(saved):
        words = values.wanted("word_vocab_size") if words is None else words
        suffixes = values.wanted("suffix_vocab_size") if suffixes is None else suffixes
        return words or 1, suffixes or 0
    if words is None:
        words = max(1, (total * 4 + 2) // 5) if suffixes is None else total - suffixes
    if suffixes is None:
        suffixes = total - words
    if words < 1 or suffixes < 0 or words + suffixes != total:
        raise ParameterError(
            f"input_size is {total}, but word_vocab_size {words} and suffix_vocab_size {suffixes} "
            f"make {words + suffixes}: leave input_size out, or give sizes that add up to it"
        )
    return words, suffixes


def check_together(values: Values) -> None:
    """What no parameter can be blamed for alone."""
    given = values.given
    weighted = [k for k in ("class_weights", "weight_strategy") if values.wanted(k) is not None]
    if len(weighted) == 2:
        raise ParameterError(
            "class_weights and weight_strategy both say what a line weighs: give one of them"
        )
    if weighted and values.wanted("focal_labels") is not None:
        raise ParameterError(
            f"{weighted[0]} and focal_labels are mutually exclusive: give one of them"
        )
    if values.wanted("model_type") == "logistic" and given.get("num_layers", 0) != 0:
        refuse("num_layers", given["num_layers"], "0 or nothing with model_type='logistic'")
    least, most = values.wanted("min_weight"), values.wanted("max_weight")
    if least is not None and least > most:
        refuse("min_weight", least, f"at most max_weight, {most}")
    if "input_size" in given and "word_vocab_size" in values.table:
        vocabulary_sizes(values)
    _check_strides(values)


def _check_strides(values: Values) -> None:
    for name, window_size in (
        ("prediction_stride", values.in_force("window_size")),
        ("training_stride", values.wanted("window_size")),
    ):
        given = values.wanted(name)
        if given is not None and given > window_size:
            refuse(
                name, given, f"at most window_size, {window_size}, or lines would be in no window"
            )


def _saved_widths(saved: Mapping[str, Any]) -> set[Any]:
    """The true width of the features, and the most that was allowed for it."""
    if "input_size" not in saved:
        return set()
    return {
        saved["input_size"],
        saved.get("word_vocab_size", 0) + saved.get("suffix_vocab_size", 0),
    }


def _check_architecture(values: Values, saved: Mapping[str, Any]) -> None:
    for name, given in values.given.items():
        if values.table[name].kind is not Kind.ARCHITECTURE or name not in saved:
            continue
        if name == "input_size":
            same = given in _saved_widths(saved)
        elif name == "suffix_vocab_size" and values.wanted("use_suffixes") is False:
            same = True  # a size for what is switched off
        else:
            same = given == saved[name]
        if not same:
            raise ParameterError(
                f"{name} is {given}, but the saved model has {saved[name]}: it belongs to the "
                "trained weights; leave it out, or train a model with it"
            )
