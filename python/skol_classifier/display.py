# SPDX-License-Identifier: Apache-2.0
"""How a classifier shows itself: one line of text, or a small table in a notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from .checks import shortened

if TYPE_CHECKING:
    from .classifier_v2 import SkolClassifierV2

# Colours come from the page around it, light or dark; nothing is loaded from anywhere.
_STYLE = (
    "border-collapse:collapse;color:inherit;background:transparent;font-family:inherit;"
    "font-size:.9em"
)
_CELL = "padding:.15em .8em .15em 0;text-align:left;border-bottom:1px solid rgba(128,128,128,.3)"


def _shown(classifier: SkolClassifierV2) -> dict[str, str]:
    return {name: _value(value) for name, value in classifier._values.changed().items()}


def _value(value: Any) -> str:
    plain = (str, int, float, bool, list, tuple, dict)
    # Clients and sessions may show hosts and passwords of theirs.
    return shortened(value, 60) if isinstance(value, plain) else f"<{type(value).__name__}>"


def short(classifier: SkolClassifierV2) -> str:
    shown = ", ".join(f"{name}={value}" for name, value in _shown(classifier).items())
    return f"{type(classifier).__name__}({shown})"


def html(classifier: SkolClassifierV2) -> str:
    rows = list(_shown(classifier).items())
    model = classifier._model
    if model is None:
        state = "not trained"
    else:
        core = model.trained()
        state = f"trained, {core.parameter_count:,} parameters"
        rows.append(("labels", ", ".join(core.labels)))
    cells = "".join(
        f'<tr><th style="{_CELL}">{escape(name)}</th><td style="{_CELL}">{escape(text)}</td></tr>'
        for name, text in rows
    )
    title = f"<strong>{escape(type(classifier).__name__)}</strong>, {state}"
    return f'<div>{title}<table style="{_STYLE}"><tbody>{cells}</tbody></table></div>'
