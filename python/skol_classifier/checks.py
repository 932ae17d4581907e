# SPDX-License-Identifier: Apache-2.0
"""Checks of parameter values: each takes a name and a value and returns the value to keep."""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from .errors import ParameterError

Check = Callable[[str, Any], Any]

_LONGEST = 80


def shortened(value: object, longest: int = _LONGEST) -> str:
    """repr() that cannot flood a message."""
    text = repr(value)
    return text if len(text) <= longest else text[: longest - 3] + "..."


def refuse(name: str, value: object, expected: str) -> NoReturn:
    raise ParameterError(f"{name} is {shortened(value)}: expected {expected}")


def whole(least: int, most: int) -> Check:
    """An int or what stands for one, as NumPy's ints do; a bool or a float does not."""
    expected = f"a whole number from {least:,} to {most:,}"

    def check(name: str, value: Any) -> int:
        if isinstance(value, bool):
            refuse(name, value, expected)
        try:
            number = operator.index(value)
        except TypeError:
            refuse(name, value, expected)
        if not least <= number <= most:
            refuse(name, value, expected)
        return number

    return check


def whole_or_auto(least: int, most: int) -> Check:
    """As whole(), or the text 'auto'."""
    expected = f"'auto' or a whole number from {least:,} to {most:,}"
    number = whole(least, most)

    def check(name: str, value: Any) -> int | str:
        if isinstance(value, str) and value == "auto":
            return "auto"
        try:
            return int(number(name, value))
        except ParameterError:
            refuse(name, value, expected)

    return check


def memory_budget(name: str, value: Any) -> int | str:
    """Bytes, or text as people write sizes: '412MB', '6.6GiB', or a share such as '80%'."""
    if isinstance(value, str):
        from ._core import check_memory_budget

        check_memory_budget(value)
        return str(value)
    try:
        return int(whole(1, 1 << 53)(name, value))
    except ParameterError:
        refuse(name, value, "bytes, a size such as '412MB' or '6.6GiB', or a share such as '80%'")


def real(expected: str, allowed: Callable[[float], bool]) -> Check:
    """A finite number for which `allowed` holds; `expected` says so in words."""

    def check(name: str, value: Any) -> float:
        if isinstance(value, (bool, str, bytes)):
            refuse(name, value, expected)
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            refuse(name, value, expected)
        if not math.isfinite(number) or not allowed(number):
            refuse(name, value, expected)
        return number

    return check


def flag(name: str, value: Any) -> bool:
    # NumPy's bool is no bool; its class is told by name so that NumPy need not be imported.
    kind = type(value)
    if kind is bool or (kind.__module__ == "numpy" and kind.__name__.startswith("bool")):
        return bool(value)
    refuse(name, value, "True or False")


def text(name: str, value: Any) -> str:
    if isinstance(value, str) and value:
        return str(value)
    refuse(name, value, "a string that is not empty")


def path(name: str, value: Any) -> str:
    if isinstance(value, (str, os.PathLike)):
        name_of_file = os.fspath(value)
        if isinstance(name_of_file, str) and name_of_file:
            return name_of_file
    refuse(name, value, "a path")


def paths(name: str, value: Any) -> list[str]:
    if isinstance(value, (str, os.PathLike)):
        value = [value]
    if not isinstance(value, Iterable):
        refuse(name, value, "a list of paths and globs")
    kept = [path(name, one) for one in value]
    if not kept:
        refuse(name, value, "at least one path or glob")
    return kept


def names(name: str, value: Any) -> list[str]:
    expected = "a list of label names, each once"
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        refuse(name, value, expected)
    kept = list(value)
    if not kept or len(set(map(str, kept))) != len(kept):
        refuse(name, value, expected)
    return [text(name, one) for one in kept]


def one_of(*values: str) -> Check:
    def check(name: str, value: Any) -> str:
        if isinstance(value, str) and value in values:
            return str(value)
        refuse(name, value, "one of " + ", ".join(map(repr, values)))

    return check


def optional(check: Check) -> Check:
    return lambda name, value: None if value is None else check(name, value)


def label_weights(strategies: tuple[str, ...]) -> Check:
    """None, the name of a strategy, or a weight for each label."""
    weight = real("a number of 0 or more", lambda number: number >= 0)
    expected = "a dict of label and weight, or one of " + ", ".join(map(repr, strategies))

    def check(name: str, value: Any) -> str | dict[str, float] | None:
        if value is None or (isinstance(value, str) and value in strategies):
            return value
        if not isinstance(value, Mapping) or not value:
            refuse(name, value, expected)
        kept: dict[str, float] = {}
        for label, one in value.items():
            # `=` and `,` separate weights where the core reads them.
            if not isinstance(label, str) or not label or set(label) & set("=,"):
                refuse(name, label, "label names without '=' and ','")
            kept[label] = weight(f"{name}[{label!r}]", one)
        return kept

    return check


def anything(name: str, value: Any) -> Any:
    return value
