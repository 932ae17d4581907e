# SPDX-License-Identifier: Apache-2.0
"""From what a caller wrote to checked parameters: flattened, old names, slips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ._core import nearest_name
from .checks import refuse, shortened
from .errors import ParameterError
from .parameters import Table

_COUCHDB = "CouchDB is not read or written; pass a DataFrame to predict and fit"
_PDF = "PDF sections are not read; pass their lines as a DataFrame"

# Parameters of the earlier public program that are not offered, and what takes their place.
_NOT_OFFERED = {
    "section_filter": _PDF,
    "read_text": _PDF,
    "save_text": _PDF,
    "section_name_vocab_size": _PDF,
    "union_batch_size": _COUCHDB,
    "incremental": _COUCHDB,
    "use_line_lengths": "line lengths are no feature of this version; leave it out",
    "keep_features": "features are never in the output; leave it out",
}

MODEL_TYPES = ("rnn", "logistic")


def not_offered(name: str) -> str | None:
    if name.startswith(("couchdb_", "output_couchdb_")):
        return _COUCHDB
    return _NOT_OFFERED.get(name)


def nearest_hint(name: str, names: Iterable[str]) -> str:
    near = nearest_name(name, sorted(names))
    return f"; did you mean '{near}'?" if near else ""


def flatten(model_params: object, keywords: Mapping[str, Any]) -> dict[str, Any]:
    """One dict of model_params={...} and the keywords beside it."""
    if model_params is None:
        return dict(keywords)
    if not isinstance(model_params, Mapping):
        raise TypeError(f"model_params is {shortened(model_params)}: expected a dict")
    flat = dict(keywords)
    for name, value in model_params.items():
        if name in flat and not _same(flat[name], value):
            raise ParameterError(
                f"{name} is {shortened(value)} in model_params and {shortened(flat[name])} "
                "beside it: give it once"
            )
        flat[name] = value
    return flat


def settle(table: Table, model_params: object, keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters given, by their names of today, each checked by itself."""
    flat = flatten(model_params, keywords)
    if "extraction_mode" in table:
        flat = _without_old_names(flat)
    for name in flat:
        if name not in table:
            raise _unknown(name, table)
    return {name: _checked(table, name, value) for name, value in flat.items()}


def _checked(table: Table, name: str, value: Any) -> Any:
    if name == "model_type" and value not in MODEL_TYPES:
        raise ParameterError(
            f"Unknown model_type {shortened(value)}: 'rnn' and 'logistic' are offered; forests, "
            "boosted trees and hybrids are not"
        )
    if name == "extraction_mode" and value in ("paragraph", "section"):
        raise ParameterError(f"extraction_mode is '{value}': only 'line' is offered")
    return table[name].check(name, value)


def _without_old_names(flat: dict[str, Any]) -> dict[str, Any]:
    """line_level and tokenizer, as extraction_mode was called before."""
    modes: dict[str, Any] = {}
    if "line_level" in flat:
        level = flat.pop("line_level")
        if not isinstance(level, bool):
            refuse("line_level", level, "True or False")
        modes["line_level"] = "line" if level else "paragraph"
    if "tokenizer" in flat:
        modes["tokenizer"] = flat.pop("tokenizer")
    for name, mode in modes.items():
        if flat.setdefault("extraction_mode", mode) != mode:
            raise ParameterError(
                f"{name} asks for {shortened(mode)} and extraction_mode for "
                f"{shortened(flat['extraction_mode'])}: give extraction_mode alone"
            )
    return flat


def _unknown(name: object, table: Table) -> TypeError:
    if not isinstance(name, str):
        return TypeError(f"parameter {shortened(name)}: expected a name")
    reason = not_offered(name)
    if reason:
        return TypeError(f"{name} is not offered: {reason}")
    return TypeError(f"unknown parameter '{name}'{nearest_hint(name, table)}")


def _same(left: object, right: object) -> bool:
    """True is not 1 here: one of them would be refused by its check."""
    return left is right or (isinstance(left, bool) == isinstance(right, bool) and left == right)
