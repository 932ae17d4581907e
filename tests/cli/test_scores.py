# SPDX-License-Identifier: Apache-2.0
"""evaluate and score: their figures, and which documents belong together."""

import json
import math
import unittest
import warnings

from skol_process import GOLD, CommandTest, model

try:
    from sklearn import metrics
except ImportError:
    metrics = None

KEYS = ["accuracy", "confusion", "labels", "lines", "macro_f1", "macro_f1_frequent", "weighted_f1"]


class EvaluateTest(CommandTest):
    def test_the_report_has_the_keys_scripts_rely_on(self):
        report = self.succeeds("evaluate", model(), GOLD, "--json").json()
        for key in KEYS:
            self.assertIn(key, report)
        counts = report["confusion"]["counts"]
        self.assertEqual(report["lines"], sum(map(sum, counts)))
        for label, row in zip(report["confusion"]["labels"], counts):
            self.assertEqual(report["labels"][label]["support"], sum(row))

    def test_equals_the_score_of_what_predict_writes(self):
        self.succeeds("predict", model(), GOLD, "-o", self.folder / "out")
        scored = self.succeeds(
            "score", GOLD, self.folder / "out", "--labels", "collapsed", "--json"
        ).json()
        evaluated = self.succeeds("evaluate", model(), GOLD, "--json").json()
        for scores in evaluated["labels"].values():
            self.assertGreater(scores.pop("loss"), 0)
        self.assertEqual(scored["labels"], evaluated["labels"])
        self.assertEqual(scored["accuracy"], evaluated["accuracy"])
        self.assertEqual(scored["lines"], evaluated["lines"])

    def test_does_not_depend_on_how_it_is_computed(self):
        expected = self.succeeds("evaluate", model(), GOLD, "--json").out
        for options in (["--prediction-batch-size", "3"], ["--threads", "2"], ["--target=scalar"]):
            self.assertEqual(
                self.succeeds("evaluate", model(), GOLD, *options, "--json").out, expected
            )

    def test_for_a_person_it_prints_tables_of_eighty_columns(self):
        out = self.succeeds("evaluate", model(), GOLD).out.decode()
        self.assertIn("gold \\ predicted", out)
        self.assertLessEqual(max(map(len, out.splitlines())), 80)

    def test_text_without_labels_is_an_error(self):
        path = self.write("a.txt", "text\n")
        self.fails(1, "evaluate", model(), path, says=["no labelled line", "a.txt"])

    @unittest.skipIf(metrics is None, "scikit-learn is not installed")
    def test_agrees_with_scikit_learn(self):
        report = self.succeeds("evaluate", model(), GOLD, "--json").json()
        names = report["confusion"]["labels"]
        gold, predicted = [], []
        for label, row in zip(names, report["confusion"]["counts"]):
            for other, lines in zip(names, row):
                gold += [label] * lines
                predicted += [other] * lines
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = metrics.classification_report(
                gold, predicted, labels=names, output_dict=True, zero_division=0
            )
            macro = metrics.f1_score(gold, predicted, average="macro", zero_division=0)
        self.assertAlmostEqual(report["macro_f1"], macro, delta=1e-12)
        self.assertAlmostEqual(
            report["weighted_f1"], theirs["weighted avg"]["f1-score"], delta=1e-12
        )
        self.assertAlmostEqual(
            report["accuracy"], metrics.accuracy_score(gold, predicted), delta=1e-12
        )
        for name in names:
            for ours, key in {"precision": "precision", "recall": "recall", "f1": "f1-score"}.items():
                self.assertAlmostEqual(
                    report["labels"][name][ours], theirs[name][key], delta=1e-12
                )


class ScoreTest(CommandTest):
    def score(self, gold, predicted, *arguments):
        return self.succeeds("score", gold, predicted, "--json", *arguments).json()

    def test_counts_lines_that_are_labelled_in_the_gold(self):
        gold = self.write("gold.ann", "[@ a #A*]\n\n[@ b #B*]\nc\n[@ d #A*]\n[@ e #B*]\n")
        predicted = self.write("other.ann", "[@ a #A*]\n\n[@ b #A*]\n[@ c #B*]\nd\n[@ e #B*]\n")
        report = self.score(gold, predicted)
        self.assertEqual((report["lines"], report["accuracy"]), (4, 0.5))
        names = report["confusion"]["labels"]
        self.assertEqual(sorted(names), ["(none)", "A", "B"])

        def count(gold_label, predicted_label):
            row = report["confusion"]["counts"][names.index(gold_label)]
            return row[names.index(predicted_label)]

        self.assertEqual(count("A", "A"), 1)
        self.assertEqual(count("A", "(none)"), 1)
        self.assertEqual(count("B", "A"), 1)
        self.assertEqual(count("B", "B"), 1)
        # A: 1 of 2 found, 1 of 2 right; B: 1 of 2 found, 1 of 1 right; (none): predicted only.
        self.assertTrue(math.isclose(report["macro_f1"], (1 / 2 + 2 / 3 + 0) / 3))

    def test_labels_can_be_collapsed(self):
        gold = self.write("gold.ann", "[@ a #Key*]\n[@ b #Description*]\n")
        predicted = self.write("predicted.ann", "[@ a #Figure*]\n[@ b #Description*]\n")
        self.assertEqual(self.score(gold, predicted)["accuracy"], 0.5)
        report = self.score(gold, predicted, "--labels", "collapsed")
        self.assertEqual(report["accuracy"], 1)
        self.assertEqual(report["confusion"]["labels"], ["Description", "Misc-exposition"])

    def test_files_of_folders_go_together_by_path_without_endings(self):
        self.write("gold/a.txt.ann", "[@ a #A*]\n")
        self.write("gold/sub/b.ann", "[@ b #B*]\n")
        self.write("predicted/a.ann", "[@ a #A*]\n")
        self.write("predicted/sub/b.txt.ann", "[@ b #B*]\n")
        self.write("predicted/extra.ann", "[@ c #C*]\n")
        done = self.succeeds(
            "score", self.folder / "gold", self.folder / "predicted", "--json"
        )
        self.assertEqual((done.json()["lines"], done.json()["accuracy"]), (2, 1))
        self.assertIn("1 predicted document without a gold document", done.err)

    def test_a_missing_prediction_is_an_error(self):
        self.write("gold/a.ann", "[@ a #A*]\n")
        self.write("predicted/b.ann", "[@ a #A*]\n")
        self.fails(
            1, "score", self.folder / "gold", self.folder / "predicted", says=["gold/a.ann", "'a'"]
        )

    def test_texts_of_different_length_are_an_error(self):
        gold = self.write("gold.ann", "[@ a #A*]\n")
        predicted = self.write("predicted.ann", "[@ a #A*]\n[@ b #A*]\n")
        self.fails(
            1, "score", gold, predicted, says=["gold.ann", "1 line", "predicted.ann", "2 lines"]
        )

    def test_gold_without_labels_is_an_error(self):
        gold = self.write("gold.ann", "a\n")
        self.fails(1, "score", gold, gold, says=["no labelled line"])

    def test_many_labels_still_fit_eighty_columns(self):
        text = "".join(f"[@ line #Label-{i}-of-some-length*]\n" for i in range(30))
        gold = self.write("gold.ann", text)
        predicted = self.write("predicted.ann", text.replace("-1", "-2"))
        out = self.succeeds("score", gold, predicted).out.decode()
        self.assertIn("most frequent errors", out)
        self.assertLessEqual(max(map(len, out.splitlines())), 80)

    def test_what_is_printed_for_programs_is_one_line(self):
        gold = self.write("gold.ann", "[@ a #A*]\n")
        done = self.succeeds("score", gold, gold, "--json")
        self.assertEqual(done.out.count(b"\n"), 1)
        self.assertEqual(json.loads(done.out)["accuracy"], 1)
