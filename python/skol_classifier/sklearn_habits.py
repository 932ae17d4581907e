# SPDX-License-Identifier: Apache-2.0
"""What scikit-learn's tools expect of an estimator, without importing scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .arguments import settle
from .parameters import CLASSIFIER, Kind
from .rnn_model import RNNSkolModel
from .values import MEASURED, Values, vocabulary_sizes

if TYPE_CHECKING:
    from typing import Self

# What belongs to this process alone and does not travel with a pickle.
_STAYS = ("redis_client", "spark")


class SklearnHabits:
    """get_params, set_params, clone and pickle over `_values` and `_rnn`."""

    _values: Values
    _rnn: RNNSkolModel | None
    _last_run: Any

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Every parameter with the value that the next fit and predict will use; of what a
        training measures None, unless it was asked for. The constructor takes them all back."""
        values = self._values
        parameters = {name: values.wanted(name) for name in CLASSIFIER}
        parameters.update((name, values.given.get(name)) for name in MEASURED)
        if parameters["model_type"] == "logistic":
            parameters["num_layers"] = 0
        if parameters["input_size"] is not None:
            sizes = vocabulary_sizes(values)
            if sum(sizes) == parameters["input_size"]:
                parameters["word_vocab_size"], parameters["suffix_vocab_size"] = sizes
            else:
                # The width that a loaded model turned out to have: its sizes are maxima.
                parameters["input_size"] = None
        return parameters

    def set_params(self, **parameters: Any) -> Self:
        """Sets parameters, all or none. Those of run time hold from the next call on, those of
        the architecture from the next fit on."""
        model_params: Mapping[str, Any] | None = parameters.pop("model_params", None)
        self._values.update(settle(CLASSIFIER, model_params, parameters))
        return self

    def __sklearn_clone__(self) -> Self:
        """Untrained, with the same parameters. Not through the constructor, which would load the
        model again where auto_load_model is set."""
        twin = self.__class__.__new__(self.__class__)
        wanted = {name: self._values.wanted(name) for name in self._values.saved}
        kept = {k: v for k, v in wanted.items() if CLASSIFIER[k].kind is not Kind.PLACE}
        for measured in MEASURED:  # other documents may give others
            kept.pop(measured, None)
        twin._values = Values(CLASSIFIER, {**kept, **self._values.given})
        twin._rnn = None
        twin._last_run = None
        return twin

    def __sklearn_is_fitted__(self) -> bool:
        return self._rnn is not None

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=False),
            classifier_tags=ClassifierTags(),
            input_tags=InputTags(string=True, two_d_array=False),
        )

    def __getstate__(self) -> dict[str, Any]:
        given = {k: v for k, v in self._values.given.items() if k not in _STAYS}
        core = None if self._rnn is None else self._rnn.core
        return {"given": given, "saved": self._values.saved, "core": core}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._values = Values(CLASSIFIER, {})
        self._values.given, self._values.saved = state["given"], state["saved"]
        core = state["core"]
        self._rnn = None if core is None else RNNSkolModel._sharing(self._values, core)
        self._last_run = None
