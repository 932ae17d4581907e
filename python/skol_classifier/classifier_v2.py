# SPDX-License-Identifier: Apache-2.0
"""The classifier of the guide: parameters, a model and where it is kept, fit and predict."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from . import annotated_output, display, log, tables
from ._core import Document, Model, class_weights, write_prediction_page, write_tune_page
from .arguments import settle
from .checks import path as check_path
from .documents import Reader, annotated_files, find_paths
from .errors import NotTrainedError, ParameterError
from .model_stores import ModelStore, store_of
from .parameters import CLASSIFIER, RNN, ClassifierParameters, Kind
from .prediction import device_of, predict_local
from .rnn_model import RNNSkolModel
from .saved_parameters import saved_parameters, with_parameters
from .sklearn_habits import SklearnHabits
from .training import read_annotated, score_of, train
from .tuning import tune, warn_if_tuned_elsewhere
from .values import Values

if TYPE_CHECKING:
    from typing import Unpack


class SkolClassifierV2(SklearnHabits):
    """Labels every line of documents with a windowed recurrent network.

    Parameters stand in skol_classifier.parameters, and may be given as keywords, in
    model_params={...}, or both. An explicit value wins over one saved with a model, that over the
    default. What is said, and how much, follows `verbosity`.
    """

    def __init__(
        self,
        *,
        model_params: Mapping[str, Any] | None = None,
        **parameters: Unpack[ClassifierParameters],
    ) -> None:
        self._values = Values(CLASSIFIER, settle(CLASSIFIER, model_params, parameters))
        self._rnn: RNNSkolModel | None = None
        self._last_run: Callable[[], dict[str, Any]] | None = None
        self._check_places()
        if self._values.wanted("auto_load_model"):
            self.load_model()

    # What a constructor can know to be missing. A default is checked when it is first needed.
    def _check_places(self) -> None:
        values, given = self._values, self._values.given
        # A None that is written out, as get_params() writes it, says that the places come later.
        if given.get("input_source") == "files" and "file_paths" not in given:
            self._need_files()
        if given.get("output_dest") == "files" and "output_path" not in given:
            self._need_output_path()
        if store_of(values) is None and values.wanted("auto_load_model"):
            raise ParameterError(
                "auto_load_model is True, but model_storage not configured: "
                "give model_storage='redis' or 'disk'"
            )
        if values.given.get("prediction_stride") == values.wanted("window_size"):
            self._warn(
                "prediction_stride equals window_size: every line is seen in one window only, "
                "without its neighbours at the edge; half the window is the default"
            )

    def _need_files(self) -> list[str]:
        files: list[str] | None = self._values.wanted("file_paths")
        if files is None:
            raise ParameterError("file_paths must be provided for input_source='files'")
        return files

    def _need_output_path(self) -> str:
        folder: str | None = self._values.wanted("output_path")
        if folder is None:
            raise ParameterError("output_path must be provided for output_dest='files'")
        return folder

    # ---- the model and where it is kept

    @property
    def _model(self) -> RNNSkolModel | None:
        return self._rnn

    def _trained(self) -> RNNSkolModel:
        if self._rnn is None:
            raise NotTrainedError("Model not trained: call fit() or load_model() first")
        return self._rnn

    def _store(self) -> ModelStore:
        store = store_of(self._values)
        if store is None:
            raise ParameterError(
                "model_storage not configured: give model_storage='redis' or 'disk'"
            )
        return store

    def load_model(self) -> None:
        """Loads the model that the storage parameters name; parameters given win over saved."""
        store = self._store()
        core = store.load()
        saved = saved_parameters(core)
        self._values.adopt(saved)
        self._rnn = RNNSkolModel._sharing(self._values, core)
        self._say(log.MAJOR, f"loaded {store.name}: {self._origins(saved)}")
        warn_if_tuned_elsewhere(self._rnn)

    def _origins(self, saved: Mapping[str, Any]) -> str:
        """The parameters of run time and where each comes from."""
        told = []
        for name, parameter in RNN.items():
            if parameter.kind is Kind.RUNTIME:
                value = self._values.in_force(name)
                was = saved.get(name)
                if name not in self._values.given:
                    source = "saved" if name in saved else "default"
                else:
                    source = "given" if was is None or was == value else f"given; saved {was}"
                told.append(f"{name} {value} ({source})")
        return ", ".join(told)

    def save_model(self) -> None:
        """Saves the model with the parameters in force, in one step that is whole or nothing.

        Redis: one SET; without redis_expire it ends the expiry that the key had.
        """
        store = self._store()
        if self._rnn is None:
            raise NotTrainedError("No model to save: call fit() first")
        store.save(with_parameters(self._rnn.trained(), self._values))
        self._say(log.MAJOR, f"saved {store.name}")

    # ---- training

    def fit(self, annotated_data: Any = None) -> dict[str, Any]:
        """Trains on annotated documents and returns the statistics of those held back.

        `annotated_data`: None for file_paths; annotated texts; a path, glob or list of Paths; a
        pandas or Spark table of doc_id, line_number, value and label.
        """
        core, statistics = train(self._values, self._annotated(annotated_data))
        self._values.saved = saved_parameters(core)
        self._rnn = RNNSkolModel._sharing(self._values, core)
        return statistics

    def _annotated(self, data: Any) -> list[Document]:
        with self._reader() as reader:
            if data is None:
                return reader.files(annotated_files(self._need_files()))
            return read_annotated(data, reader)

    def score(self, annotated_data: Any = None) -> float:
        """The share of annotated lines that get their label; data as for fit()."""
        return score_of(self._trained(), self._annotated(annotated_data))

    def get_label_frequencies(self) -> dict[str, int] | None:
        """Lines of each label in the training documents; None before they are known."""
        if self._rnn is None:
            return None
        core = self._rnn.trained()
        counts = core.settings.get("label_frequencies")
        if not isinstance(counts, dict):
            return None  # as of a model that the command trained
        return {label: int(counts.get(label, 0)) for label in core.labels}

    def get_recommended_class_weights(
        self,
        strategy: str = "inverse",
        min_weight: float | None = None,
        max_weight: float | None = None,
    ) -> dict[str, float] | None:
        """What a strategy makes of the label frequencies; None before these are known."""
        counts = self.get_label_frequencies()
        if counts is None:
            return None
        given = {"weight_strategy": strategy, "min_weight": min_weight, "max_weight": max_weight}
        checked = settle(CLASSIFIER, None, {k: v for k, v in given.items() if v is not None})
        least, most = (
            checked.get(name, self._values.wanted(name)) for name in ("min_weight", "max_weight")
        )
        return class_weights(counts, checked["weight_strategy"], least, most)

    # ---- prediction

    def load_raw(self) -> Any:
        """The lines of file_paths as a table of doc_id, line_number and value: Spark's where
        `spark` was given, pandas' otherwise."""
        if self._values.wanted("input_source") != "files":
            raise ParameterError(
                "load_raw reads files and input_source is 'dataframe': use load_raw_from_df(df)"
            )
        files = find_paths(self._need_files())
        spark = self._values.wanted("spark")
        if spark is not None:
            from .spark.reading import read_files

            return read_files(spark, [path for path, _ in files])
        with self._reader() as reader:
            documents = reader.files(files)
        rows = [(d.id, i, line) for d in documents for i, line in enumerate(d.lines)]
        columns = ["doc_id", "line_number", "value"]
        return tables.pandas().DataFrame.from_records(rows, columns=columns)

    def load_raw_from_df(self, df: Any) -> Any:
        """A table of lines, from one of lines or of whole texts."""
        if tables.is_pandas_frame(df):
            with self._reader() as reader:
                return tables.line_table(df, reader).frame
        if tables.is_spark_frame(df):
            from .spark.columns import recognise
            from .spark.labelling import texts_to_lines

            return texts_to_lines(df) if recognise(df).form == "texts" else df
        raise TypeError(f"{type(df).__name__}: expected a pandas or Spark DataFrame")

    def predict(self, raw_data: Any = None) -> Any:
        """Labels every line; the result is of the kind of the input, shaped by output_format.

        A list of texts gives a list; a path, glob or list of Paths a dict by document; a pandas or
        Spark table a table, in the order it came; None the files of file_paths as a table.
        """
        return self._predict(raw_data, self._values.wanted("output_format"))

    def predict_proba(self, raw_data: Any = None) -> Any:
        """As predict() with output_format='probs'; columns in the order of classes_."""
        return self._predict(raw_data, "probs")

    def _predict(self, raw_data: Any, output_format: str) -> Any:
        model = self._trained()
        data = self.load_raw() if raw_data is None else raw_data
        if tables.is_spark_frame(data):
            result, self._last_run = self._predict_spark(model, data, output_format)
            return result
        with self._reader() as reader:
            result, stats = predict_local(model, data, output_format, reader)
        self._last_run = lambda: stats
        return result

    def _predict_spark(
        self, model: RNNSkolModel, data: Any, output_format: str
    ) -> tuple[Any, Callable[[], dict[str, Any]]]:
        from .spark.labelling import label_lines

        labelled, stats = label_lines(
            data,
            model.trained(),
            prediction_batch_size=model.prediction_batch_size,
            memory_budget=model.memory_budget,
            precision=model.precision,
            prediction_stride=model.prediction_stride,
            num_workers=model.num_workers,
            device=device_of(model.use_gpu_in_udf),
            model_name=model.kept_as,
            verbosity=model.verbosity,
        )
        return tables.shaped(labelled, output_format, lambda df, names: df.select(*names)), stats

    def tune(
        self,
        data: Any = None,
        save: bool = False,
        *,
        seconds: float = 20,
        report: str | os.PathLike[str] | None = None,
    ) -> dict[str, Any]:
        """Measures memory and speed against prediction_batch_size on this machine for about
        `seconds`, and sets the best for the next prediction; no label depends on it.

        `data` is what to measure on, as predict() takes it, but for Spark; None: windows made up.
        `save` writes the model back with the choice and its record, as save_model() does. The
        result has the keys of `skol tune --json`; `report` names a file for it as a page of HTML.
        """
        model = self._trained()
        page = None if report is None else check_path("report", report)
        if save:
            self._store()  # one that is not configured is told before the time is spent
        with self._reader() as reader:
            measured = tune(model, data, reader, seconds)
        if page is not None:
            write_tune_page(page, measured, "clf.tune(...)")
        if save:
            self.save_model()
        return measured

    def save_annotated(self, df: Any) -> list[str] | None:
        """Annotated text of a table that predict() gave: a file a document in output_path, or for
        output_dest='strings' a string a document."""
        destination = self._values.wanted("output_dest")
        coalesce = self._values.wanted("coalesce_labels")
        if destination not in ("files", "strings"):
            raise ParameterError(
                f"save_annotated with output_dest={destination!r} is not supported: "
                "'files' and 'strings' are"
            )
        if not tables.is_pandas_frame(df) and not tables.is_spark_frame(df):
            raise TypeError(f"{type(df).__name__}: expected a table that predict() gave")
        texts = annotated_output.labelled_texts(df)
        if destination == "strings":
            return [annotated_output.annotated_text(text.lines, coalesce) for text in texts]
        annotated_output.write_files(texts, self._need_output_path(), coalesce)
        return None

    # ---- what there is to look at

    @property
    def stats_(self) -> dict[str, Any]:
        """Counts and times of the last prediction; of Spark's, as far as its action has run."""
        if self._last_run is None:
            raise NotTrainedError("no prediction has run yet: call predict() first")
        return self._last_run()

    def save_report(self, path: str | os.PathLike[str]) -> None:
        """Writes a page about the last prediction: memory and budget, how full the calls were, and
        the partitions of Spark over time. One file of HTML, which loads nothing."""
        write_prediction_page(check_path("path", path), self.stats_, "clf.save_report(...)")

    @property
    def classes_(self) -> list[str]:
        """The labels in index order."""
        return self._trained().trained().labels

    @property
    def model_params(self) -> dict[str, Any]:
        """The network's parameters in force."""
        if self._rnn is None:
            return {name: self._values.in_force(name) for name in RNN}
        return {name: getattr(self._rnn, name) for name in RNN}

    @property
    def line_level(self) -> bool:
        return bool(self._values.in_force("extraction_mode") == "line")

    @property
    def _label_mapping(self) -> dict[str, int] | None:
        return None if self._rnn is None else {name: i for i, name in enumerate(self.classes_)}

    @property
    def _reverse_label_mapping(self) -> dict[int, str] | None:
        return None if self._rnn is None else dict(enumerate(self.classes_))

    @property
    def _feature_pipeline(self) -> Model | None:
        """What makes features: has words, suffixes, idf and vectorize(lines)."""
        return None if self._rnn is None else self._rnn.core

    def __repr__(self) -> str:
        return display.short(self)

    def _repr_html_(self) -> str:
        return display.html(self)

    # ---- messages

    def _reader(self) -> Reader:
        return Reader(self._values.wanted("errors"), self._values.in_force("verbosity"))

    def _say(self, needed: int, message: str) -> None:
        log.say(self._values.in_force("verbosity"), needed, message)

    def _warn(self, message: str) -> None:
        log.warn(self._values.in_force("verbosity"), message)
