# SPDX-License-Identifier: Apache-2.0
"""RNNSkolModel on DataFrames whose lines have their features with them, as pyspark.ml made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pyspark.ml import Pipeline
from pyspark.ml.feature import (
    IDF,
    CountVectorizerModel,
    StringIndexer,
    Tokenizer,
    VectorAssembler,
)
from pyspark.ml.linalg import Vectors, VectorUDT
from pyspark.sql import functions as F
from spark_testing import digest_of_core, digest_of_frame, refused

from skol_classifier import (
    NotTrainedError,
    RNNClassifier,
    RNNSkolModel,
    SequencePreprocessor,
    _core,
)
from skol_classifier.spark import label_lines

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession
    from spark_testing import Documents, Model

SMALL = {"hidden_size": 8, "num_layers": 1, "epochs": 2, "validation_fraction": 0.0}
LINES = "doc_id string, line_number int, value string, label string, classified boolean"


@pytest.fixture(scope="module")
def some(documents: Documents) -> Documents:
    return documents[:3]


@pytest.fixture(scope="module")
def text_model(some: Documents) -> Model:
    """Its features are those that pyspark.ml is to make in these tests."""
    options = {**SMALL, "labels": "all", "features": "compact"}
    return _core.train(some, options, threads=1)[0]


@pytest.fixture(scope="module")
def rows(some: Documents) -> list[tuple[Any, ...]]:
    return [
        (document.id, number, line, label, _core.is_classified(line))
        for document in some
        for number, (line, label) in enumerate(zip(document.lines, document.labels, strict=True))
    ]


def suffixes_of(words: list[str]) -> list[str]:
    return [word[-size:] for word in words for size in (2, 3, 4)]


def counted(terms: list[str], column: str) -> list[Any]:
    """The stages from a column of terms to its TF-IDF, over a vocabulary that is given."""
    tf = CountVectorizerModel.from_vocabulary(terms, inputCol=column, outputCol=f"{column}_tf")
    return [tf, IDF(inputCol=f"{column}_tf", outputCol=f"{column}_idf", minDocFreq=2)]


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """What takes long to make, and is made once."""
    return {}


@pytest.fixture
def featured(spark: SparkSession, rows: Any, text_model: Model, made: Any) -> DataFrame:
    """Lines with features, labels and their text, in seven partitions."""
    if "featured" not in made:
        made["featured"] = with_features(spark, rows, text_model).repartition(7).cache()
    return made["featured"]


def with_features(spark: SparkSession, rows: Any, text_model: Model) -> DataFrame:
    lines = spark.createDataFrame(rows, LINES)
    lines = Tokenizer(inputCol="value", outputCol="words").transform(lines)
    lines = lines.withColumn("suffixes", F.udf(suffixes_of, "array<string>")("words"))
    stages = [*counted(text_model.words, "words"), *counted(text_model.suffixes, "suffixes")]
    counted_lines = Pipeline(stages=stages).fit(lines.where("classified")).transform(lines)
    assembler = VectorAssembler(inputCols=["words_idf", "suffixes_idf"], outputCol="combined_idf")
    return (
        assembler.transform(counted_lines)
        .withColumn("labels", F.array(*map(F.lit, text_model.labels)))
        .withColumn("label_indexed", F.expr("double(array_position(labels, label) - 1)"))
        .select("doc_id", "line_number", "value", "combined_idf", "label_indexed")
    )


@pytest.fixture
def trained(featured: DataFrame, text_model: Model, made: Any) -> RNNSkolModel:
    model = RNNSkolModel(**SMALL, verbosity=0)
    if "core" not in made:
        model.fit(featured, labels=text_model.labels)
        made["core"] = model.trained()
    model.set_model(made["core"])
    return model


def of_core(core: Model) -> RNNSkolModel:
    model = RNNSkolModel(verbosity=0)
    model.set_model(core)
    return model


def test_features_of_pyspark_ml_give_the_bits_of_the_same_features_made_from_text(
    featured: DataFrame, trained: RNNSkolModel, text_model: Model, some: Documents
) -> None:
    expected = digest_of_core(text_model, some)
    assert trained.input_size == text_model.input_size
    for partitions, batch in ((1, 64), (3, 1), (50, 4096)):
        trained.prediction_batch_size = batch
        labelled = trained.predict_with_labels(featured.repartition(partitions))
        assert digest_of_frame(labelled) == expected
    weights, theirs = trained.weights(), of_core(text_model).weights()
    assert weights.keys() == {name for name in theirs if not name.startswith("vocabulary.")}
    assert all(array.tobytes() == theirs[name].tobytes() for name, array in weights.items())


def test_dense_vectors_and_sequences_are_labelled_alike(
    featured: DataFrame, trained: RNNSkolModel, text_model: Model, some: Documents
) -> None:
    expected = digest_of_core(text_model, some)
    dense = F.udf(lambda vector: Vectors.dense(vector.toArray()), VectorUDT())
    half = F.when(F.col("line_number") % 2 == 0, dense("combined_idf"))
    mixed = featured.withColumn("combined_idf", F.coalesce(half, "combined_idf"))
    assert digest_of_frame(trained.predict_with_labels(mixed)) == expected
    sequences = SequencePreprocessor().transform(featured)
    assert digest_of_frame(trained.predict_with_labels(sequences)) == expected
    again = RNNSkolModel(**SMALL, verbosity=0)
    again.fit(sequences, labels=text_model.labels)
    assert again.trained().digest == trained.trained().digest


def test_every_column_stays_and_each_method_adds_its_own(
    featured: DataFrame, trained: RNNSkolModel
) -> None:
    given = featured.dtypes
    prediction, probabilities = ("prediction", "double"), ("probabilities", "array<float>")
    assert trained.predict(featured).dtypes == [*given, prediction, probabilities]
    assert trained.predict_proba(featured).dtypes == [*given, probabilities]
    words = [("predicted_label", "string"), ("annotated_value", "string")]
    labelled = trained.predict_with_labels(featured)
    assert labelled.dtypes == [*given, prediction, probabilities, *words]
    kept = labelled.select(featured.columns)
    assert kept.exceptAll(featured.select(kept.columns)).count() == 0
    assert kept.count() == featured.count()
    for row in labelled.collect():
        if not _core.is_classified(row.value):
            assert (row.prediction, row.predicted_label) == (None, None)
            assert row.annotated_value == row.value
        else:
            assert row.predicted_label == trained.labels[int(row.prediction)]
            assert row.annotated_value == f"[@ {row.value} #{row.predicted_label}*]"


def test_without_their_text_all_lines_are_labelled(
    featured: DataFrame, trained: RNNSkolModel
) -> None:
    labelled = trained.predict_with_labels(featured.drop("value"))
    assert "annotated_value" not in labelled.columns
    assert labelled.where("prediction is null").count() == 0
    assert labelled.count() == featured.count()


def test_columns_go_by_the_names_that_the_parameters_give(
    featured: DataFrame, trained: RNNSkolModel, text_model: Model
) -> None:
    renamed = featured.toDF("filename", "pos", "value", "my.vectors", "gold")
    names = {"features_col": "my.vectors", "label_col": "gold", "line_no_col": "pos"}
    model = RNNSkolModel(**SMALL, **names, verbosity=0)
    model.fit(renamed, labels=text_model.labels)
    assert model.trained().digest == trained.trained().digest
    labelled = model.predict_with_labels(renamed)
    assert labelled.columns[:5] == renamed.columns
    again = labelled.toDF(*featured.columns, *labelled.columns[5:])
    assert digest_of_frame(again) == digest_of_frame(trained.predict_with_labels(featured))


def test_training_does_not_depend_on_the_order_or_the_partitions_of_the_rows(
    featured: DataFrame, trained: RNNSkolModel, text_model: Model
) -> None:
    for table in (featured.coalesce(1), featured.orderBy(F.rand(7))):
        model = RNNSkolModel(**SMALL, verbosity=0)
        model.fit(table, labels=text_model.labels)
        assert model.trained().digest == trained.trained().digest


def test_a_model_is_saved_and_loaded_with_its_columns(
    featured: DataFrame, trained: RNNSkolModel, tmp_path: Path
) -> None:
    path = tmp_path / "model.skol"
    trained.features_col = "vectors"
    trained.save(path)
    loaded = RNNSkolModel().load(path)
    assert (loaded.features_col, loaded.labels) == ("vectors", trained.labels)
    renamed = featured.withColumnRenamed("combined_idf", "vectors")
    assert digest_of_frame(loaded.predict_with_labels(renamed)) == digest_of_frame(
        trained.predict_with_labels(renamed)
    )


def test_a_model_of_features_refuses_text_and_one_of_text_features(
    featured: DataFrame, trained: RNNSkolModel, text_model: Model, tmp_path: Path
) -> None:
    trained.save(tmp_path / "model.skol")
    classifier = RNNClassifier.load_from_disk(tmp_path / "model.skol", verbosity=0)
    words = ("came with the lines", f"{text_model.input_size} columns", "makes none from text")
    for table in (["Pileus convex"], featured.drop("combined_idf")):
        with pytest.raises(ValueError, match="model") as error:
            classifier.predict(table)
        refused(error, *words)
    settings = {"prediction_batch_size": 64, "prediction_stride": 25, "num_workers": 1}
    with pytest.raises(ValueError, match="model") as error:
        label_lines(featured, trained.trained(), **settings)
    refused(error, *words)
    with pytest.raises(ValueError, match="makes features from text and takes none"):
        of_core(text_model).predict(featured)


def test_statistics_are_those_of_the_core(
    featured: DataFrame, trained: RNNSkolModel, text_model: Model, some: Documents
) -> None:
    expected = _core.evaluate(text_model, some)
    for table in (featured, trained.predict(featured), trained.predict_with_labels(featured)):
        found = trained.calculate_stats(table)
        assert found["confusion"] == expected["confusion"]
        assert found["accuracy"] == expected["accuracy"]
        assert found["total_predictions"] == expected["lines"]
        assert found["loss"] == pytest.approx(expected["loss"], rel=1e-9)
        assert found["Nomenclature_f1"] == expected["labels"]["Nomenclature"]["f1"]
    without = trained.calculate_stats(trained.predict(featured).drop("probabilities"))
    assert (without["accuracy"], without["loss"]) == (expected["accuracy"], None)


VECTORS = ("doc_id", "line_number", "combined_idf", "label_indexed")
SPARSE, DENSE = Vectors.sparse(3, [0, 2], [1.0, 2.0]), Vectors.dense([0.0, 1.0, 0.0])


def table(spark: SparkSession, *rows: Any) -> DataFrame:
    """Of the columns VECTORS, nulls allowed everywhere."""
    from pyspark.sql.types import DoubleType, IntegerType, StringType, StructField, StructType

    kinds = (StringType(), IntegerType(), VectorUDT(), DoubleType())
    fields = [StructField(n, k) for n, k in zip(VECTORS, kinds, strict=True)]
    return spark.createDataFrame(rows, StructType(fields))


def good(*others: Any) -> list[Any]:
    return [("a", 0, SPARSE, 0.0), ("a", 1, DENSE, 1.0), ("b", 0, SPARSE, None), *others]


def fitted(spark: SparkSession, *rows: Any, **parameters: Any) -> RNNSkolModel:
    model = RNNSkolModel(**{**SMALL, "verbosity": 0, **parameters})
    model.fit(table(spark, *rows))
    return model


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("c", 7, None, 0.0), ["'c', line_number 7", "null"]),
        (("c", 7, Vectors.sparse(4, [1], [1.0]), 0.0), ["'c', line_number 7", "4", "expected 3"]),
        (("c", 7, Vectors.dense([1.0]), 0.0), ["'c', line_number 7", "1 columns", "expected 3"]),
        (("c", 7, Vectors.dense([1.0, float("nan"), 0]), 0.0), ["'c', line_number 7", "nan"]),
        (("c", 7, Vectors.sparse(3, [1], [float("inf")]), 0.0), ["line_number 7", "inf"]),
        ((None, 7, SPARSE, 0.0), ["no doc_id"]),
        (("c", None, SPARSE, 0.0), ["'c'", "without a line_number"]),
        (("a", 1, SPARSE, 0.0), ["'a'", "line_number 1 twice"]),
    ],
)
def test_a_row_that_cannot_be_read_is_named_in_training_and_prediction(
    spark: SparkSession, made: Any, row: Any, words: list[str]
) -> None:
    with pytest.raises(ValueError, match="expected|needs") as error:
        fitted(spark, *good(row))
    refused(error, *words)
    if "small" not in made:
        made["small"] = fitted(spark, *good())
    with pytest.raises(Exception, match="InputError") as error:
        made["small"].predict(table(spark, *good(row))).collect()
    refused(error, "InputError", *words)


@pytest.mark.parametrize("label", [0.5, -1.0, float("nan"), 5000.0])
def test_a_label_that_is_no_index_is_named(spark: SparkSession, label: float) -> None:
    with pytest.raises(ValueError, match="label_indexed") as error:
        fitted(spark, *good(("c", 0, SPARSE, label)))
    refused(error, str(label), "StringIndexer")


def test_labels_are_named_by_the_caller_the_indexer_or_their_index(spark: SparkSession) -> None:
    assert fitted(spark, *good()).labels == ["0", "1"]
    assert fitted(spark, *good(), num_classes=3).labels == ["0", "1", "2"]
    model = RNNSkolModel(**SMALL, verbosity=0)
    model.set_labels(["x", "y", "z"])
    model.fit(table(spark, *good()))
    assert model.labels == ["x", "y", "z"]
    names = table(spark, *good()[:2]).withColumn("name", F.concat(F.lit("L"), "line_number"))
    indexer = StringIndexer(inputCol="name", outputCol="i", stringOrderType="alphabetDesc")
    indexed = indexer.fit(names).transform(names)
    model = RNNSkolModel(**SMALL, verbosity=0, label_col="i")
    model.fit(indexed)
    assert model.labels == ["L1", "L0"]
    with pytest.raises(ValueError, match="below 1, the number of labels"):
        model.fit(indexed, labels=["only"])


def test_widths_and_classes_that_were_asked_for_are_held(spark: SparkSession) -> None:
    assert fitted(spark, *good(), input_size=3, num_classes=2).input_size == 3
    with pytest.raises(ValueError, match="input_size is 100, but the vectors have 3 columns"):
        fitted(spark, *good(), input_size=100)
    with pytest.raises(ValueError, match="num_classes is 1"):
        fitted(spark, *good(), num_classes=1)
    with pytest.raises(ValueError, match="no labelled line"):
        fitted(spark, ("a", 0, SPARSE, None))
    with pytest.raises(ValueError, match="no vector to train on"):
        fitted(spark)


def test_columns_that_are_missing_or_of_another_type_are_named(spark: SparkSession) -> None:
    model = fitted(spark, *good())
    df = table(spark, *good())
    for changed, words in (
        (df.withColumnRenamed("combined_idf", "v"), ["combined_idf", "features_col", "'v'"]),
        (df.withColumn("combined_idf", F.array(F.lit(1.0))), ["array<double>", "VectorAssembler"]),
        (df.withColumnRenamed("line_number", "line_no"), ["withColumnRenamed('line_no'"]),
        (df.drop("doc_id"), ["'doc_id'"]),
        (df.withColumn("line_number", F.lit("x")), ["line_number", "string"]),
        (df.withColumn("prediction", F.lit(1.0)), ["prediction", "drop"]),
    ):
        with pytest.raises(ValueError, match="column") as error:
            model.predict(changed)
        refused(error, *words)
    with pytest.raises(ValueError, match="label_indexed"):
        RNNSkolModel(**SMALL).fit(df.drop("label_indexed"))
    with pytest.raises(TypeError, match="Spark DataFrame"):
        model.predict([1, 2])  # type: ignore[arg-type]
    with pytest.raises(NotTrainedError, match="Model not trained"):
        RNNSkolModel().predict(df)


def test_a_label_without_a_prediction_is_no_blank_line(spark: SparkSession) -> None:
    model = fitted(spark, *good())
    labelled = model.predict(table(spark, *good()))
    missing = labelled.withColumn("prediction", F.lit(None).cast("double"))
    with pytest.raises(ValueError, match="prediction None: expected an index"):
        model.calculate_stats(missing)
    with pytest.raises(ValueError, match="prediction None: expected an index"):
        model.calculate_stats(missing.withColumn("value", F.lit("text")))
    with pytest.raises(ValueError, match="no row has both"):
        model.calculate_stats(missing.withColumn("value", F.lit(" ")))
    with pytest.raises(ValueError, match="prediction 2.0: expected an index below 2"):
        model.calculate_stats(labelled.withColumn("prediction", F.lit(2.0)))
