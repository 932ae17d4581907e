# SPDX-License-Identifier: Apache-2.0
"""Every parameter, declared once: name, type, default, check, what a load does with it, help.

The two TypedDicts are what type checkers and editors see of the constructors' keywords; the tables
RNN and CLASSIFIER are read from them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Annotated, Any, TypeAlias, TypedDict, get_type_hints

from .checks import (
    Check,
    anything,
    flag,
    label_weights,
    memory_budget,
    names,
    one_of,
    optional,
    path,
    paths,
    real,
    text,
    whole,
    whole_or_auto,
)

STRATEGIES = ("balanced", "inverse", "aggressive")
# A prediction_batch_size that is found where the prediction runs.
AUTO = "auto"
OUTPUT_FORMATS = ("annotated", "labels", "probs")

# The limits of the core (include/skol/options.h, check()).
_MOST = 1 << 20
_MOST_PREDICTION_BATCH = 1 << 24
_MOST_TERMS = 1 << 27

Path: TypeAlias = str | os.PathLike[str]
Weights: TypeAlias = Mapping[str, float]


class Kind(Enum):
    """What a load of a saved model does with a parameter; those of a PLACE are never saved."""

    PLACE = "where data and models are, and what is asked of this one object"
    RUNTIME = "saved; a value given with the load is used instead of the saved one"
    TRAINING = "saved; a value given with the load holds for the next fit"
    ARCHITECTURE = "belongs to the trained weights: a load with another value is refused"


@dataclass(frozen=True)
class Parameter:
    default: Any
    check: Check
    kind: Kind
    help: str


Table: TypeAlias = Mapping[str, Parameter]

_count = whole(1, _MOST)
_factor = real("a number of 0 or more", lambda number: number >= 0)
_fraction = real("a number of 0 or more and less than 1", lambda number: 0 <= number < 1)
_P, _R, _T, _A = Kind.PLACE, Kind.RUNTIME, Kind.TRAINING, Kind.ARCHITECTURE


class RNNParameters(TypedDict, total=False):
    """What RNNSkolModel takes, and the keys of model_params."""

    input_size: Annotated[
        int | None,
        Parameter(None, optional(whole(1, 2 * _MOST_TERMS)), _A,
                  "most columns of the features; without sizes 80 % words, 20 % suffixes"),
    ]  # fmt: skip
    hidden_size: Annotated[
        int, Parameter(128, whole(1, 1 << 14), _A, "units of an LSTM in each direction")
    ]
    num_layers: Annotated[
        int, Parameter(2, whole(0, 64), _A, "bidirectional LSTM layers; 0: logistic regression")
    ]
    num_classes: Annotated[
        int | None,
        Parameter(3, optional(whole(1, 2048)), _A, "labels; taken from the training documents"),
    ]
    window_size: Annotated[int, Parameter(50, _count, _A, "lines of a window")]
    prediction_stride: Annotated[
        int | None,
        Parameter(None, optional(_count), _R, "lines between windows; None: half the window"),
    ]
    training_stride: Annotated[
        int | None, Parameter(None, optional(_count), _T, "the same in training")
    ]
    prediction_batch_size: Annotated[
        int | str,
        Parameter(64, whole_or_auto(1, _MOST_PREDICTION_BATCH), _R,
                  "most windows of a prediction call, or 'auto': the fastest here within the "
                  "memory there is; changes time and memory, never a result"),
    ]  # fmt: skip
    memory_budget: Annotated[
        int | str | None,
        Parameter(None, optional(memory_budget), _P,
                  "most memory of the processes that predict on a host: a size, or a share of "
                  "what there is; None: what the system allows"),
    ]  # fmt: skip
    precision: Annotated[
        str,
        Parameter("fp32", one_of("fp32", "bf16"), _P,
                  "of the arithmetic of predictions; bf16 is faster where the processor has it"),
    ]  # fmt: skip
    batch_size: Annotated[int, Parameter(32, _count, _R, "windows of a training step")]
    num_workers: Annotated[
        int, Parameter(4, whole(1, 4096), _R, "most threads, within the cores there are")
    ]
    verbosity: Annotated[
        int, Parameter(1, whole(0, 100), _R, "0 silent, 1 major steps, 2 counts, 3 samples")
    ]
    use_gpu_in_udf: Annotated[
        bool, Parameter(False, flag, _R, "a GPU where there is one, else the CPU")
    ]
    epochs: Annotated[int, Parameter(10, _count, _T, "most passes over the training windows")]
    dropout: Annotated[
        float, Parameter(0.3, _fraction, _T, "share of each LSTM's inputs left out in training")
    ]
    learning_rate: Annotated[
        float, Parameter(0.001, real("a number above 0", lambda x: x > 0), _T, "Adam's step size")
    ]
    clip_norm: Annotated[
        float, Parameter(1.0, _factor, _T, "largest norm of a step's gradient; 0: any")
    ]
    seed: Annotated[int, Parameter(42, whole(0, (1 << 63) - 1), _T, "of all randomness")]
    class_weights: Annotated[
        str | Weights | None,
        Parameter(None, label_weights(STRATEGIES), _T, "what a line weighs in the loss, by label"),
    ]
    focal_labels: Annotated[
        list[str] | None,
        Parameter(None, optional(names), _T, "labels whose soft F1 is trained for"),
    ]
    validation_fraction: Annotated[
        float, Parameter(0.2, _fraction, _T, "share of the documents held back to measure on")
    ]
    final_refit: Annotated[
        bool, Parameter(False, flag, _T, "train on all documents once the epochs are known")
    ]
    name: Annotated[str, Parameter("RNN_BiLSTM", text, _T, "name of the model")]
    features_col: Annotated[str, Parameter("combined_idf", text, _T, "column of feature vectors")]
    label_col: Annotated[str, Parameter("label_indexed", text, _T, "column of label indices")]
    line_no_col: Annotated[str, Parameter("line_number", text, _T, "column of line numbers")]


class ClassifierParameters(RNNParameters, total=False):
    """What SkolClassifierV2 and RNNClassifier take besides model_params."""

    model_type: Annotated[str, Parameter("rnn", anything, _T, "'rnn' or 'logistic'")]
    extraction_mode: Annotated[
        str, Parameter("line", one_of("line"), _T, "what gets a label; only 'line' is offered")
    ]
    collapse_labels: Annotated[
        bool,
        Parameter(True, flag, _A, "keep Nomenclature and Description, all else Misc-exposition"),
    ]
    use_suffixes: Annotated[bool, Parameter(True, flag, _A, "suffixes of words among features")]
    min_doc_freq: Annotated[
        int, Parameter(2, whole(0, 1 << 53), _A, "lines a term must stand in to count")
    ]
    word_vocab_size: Annotated[
        int, Parameter(800, whole(1, _MOST_TERMS), _A, "most words of the vocabulary")
    ]
    suffix_vocab_size: Annotated[
        int, Parameter(200, whole(0, _MOST_TERMS), _A, "most suffixes of the vocabulary")
    ]
    features: Annotated[
        str,
        Parameter("rich", one_of("compact", "rich"), _A,
                  "compact: words and suffixes, also where sizes of their vocabulary are given; "
                  "rich: also case, shapes, pairs of words, layout"),
    ]  # fmt: skip
    decoder: Annotated[
        str,
        Parameter("argmax", one_of("argmax", "crf"), _A,
                  "each line by itself, or the lines of a document together"),
    ]  # fmt: skip
    min_label_count: Annotated[
        int,
        Parameter(0, whole(0, 1 << 53), _A, "labels of fewer lines become Misc-exposition"),
    ]
    compute_label_frequencies: Annotated[
        bool, Parameter(False, flag, _T, "an old name: fit always counts labels")
    ]
    weight_strategy: Annotated[
        str | None,
        Parameter(None, optional(one_of(*STRATEGIES)), _T, "class weights made from the counts"),
    ]
    min_weight: Annotated[float, Parameter(0.1, _factor, _T, "smallest weight of a strategy")]
    max_weight: Annotated[float, Parameter(100.0, _factor, _T, "largest weight of a strategy")]
    spark: Annotated[Any, Parameter(None, anything, _P, "a SparkSession; files become DataFrames")]
    input_source: Annotated[
        str, Parameter("files", one_of("files", "dataframe"), _P, "where load_raw reads")
    ]
    file_paths: Annotated[
        Path | Iterable[Path] | None,
        Parameter(None, optional(paths), _P, "paths, folders and globs of documents"),
    ]
    errors: Annotated[
        str, Parameter("strict", one_of("strict", "replace"), _P, "what to do with bytes not UTF-8")
    ]
    output_dest: Annotated[
        str | None,
        Parameter("files", optional(one_of("files", "strings")), _P, "where save_annotated writes"),
    ]
    output_path: Annotated[
        Path | None, Parameter(None, optional(path), _P, "folder for annotated files")
    ]
    output_format: Annotated[
        str, Parameter("annotated", one_of(*OUTPUT_FORMATS), _P, "what predict returns")
    ]
    coalesce_labels: Annotated[
        bool, Parameter(False, flag, _P, "join neighbours of one label when saving")
    ]
    model_storage: Annotated[
        str | None, Parameter(None, optional(one_of("disk", "redis")), _P, "where the model is")
    ]
    model_path: Annotated[Path | None, Parameter(None, optional(path), _P, "the model's file")]
    redis_client: Annotated[Any, Parameter(None, anything, _P, "a client as of redis-py")]
    redis_key: Annotated[str | None, Parameter(None, optional(text), _P, "the model's key")]
    redis_expire: Annotated[
        int | None,
        Parameter(None, optional(whole(1, 1 << 40)), _P, "seconds until Redis drops the key"),
    ]
    auto_load_model: Annotated[
        bool, Parameter(False, flag, _P, "load the model when the object is made")
    ]


def _table(declared: type) -> dict[str, Parameter]:
    hints = get_type_hints(declared, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items()}


CLASSIFIER: Table = _table(ClassifierParameters)
# An RNNSkolModel by itself speaks more: it is for those who look inside.
RNN: Table = {
    name: replace(parameter, default=3) if name == "verbosity" else parameter
    for name, parameter in _table(RNNParameters).items()
}
