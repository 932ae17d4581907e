# SPDX-License-Identifier: Apache-2.0
"""Prediction: formats, places, counts."""

import json
import math
import os
import subprocess

from skol_process import COMMAND, GOLD, CommandTest, model

TEXT = "Alba alba sp. nov.\n\n  Cap white, 3 #cm.\r\n\f\n--- PDF Page 2 Label 7 ---\nthe end"
CLASSIFIED = [0, 2, 5]
PAPER = GOLD / "paper_25.txt.ann"


class FormatsTest(CommandTest):
    def predict(self, *arguments, **how):
        return self.succeeds("predict", model(), *arguments, **how).out

    def labels(self, text):
        rows = self.predict("-", "--format", "labels", stdin=text.encode()).decode().splitlines()
        return {int(row.split("\t")[1]): row.split("\t")[2] for row in rows[1:]}

    def test_annotated_text_has_a_block_a_line_and_the_rest_verbatim(self):
        label = self.labels(TEXT)
        self.assertEqual(sorted(label), CLASSIFIED)
        expected = (
            f"[@ Alba alba sp. nov. #{label[0]}*]\n\n[@   Cap white, 3 #cm. #{label[2]}*]\r\n\f\n"
            f"--- PDF Page 2 Label 7 ---\n[@ the end #{label[5]}*]"
        )
        self.assertEqual(self.predict("-", stdin=TEXT.encode()).decode(), expected)

    def test_labels_and_probs_are_tables_with_a_heading(self):
        labels = self.predict("-", "--format", "labels", stdin=TEXT.encode()).decode().splitlines()
        self.assertEqual(labels[0], "doc_id\tline_number\tpredicted_label")
        probs = self.predict("-", "--format", "probs", stdin=TEXT.encode()).decode().splitlines()
        names = self.succeeds("models", "show", model(), "--json").json()["labels"]
        self.assertEqual(probs[0].split("\t"), ["doc_id", "line_number", "predicted_label", *names])
        for label_row, row in zip(labels[1:], probs[1:]):
            fields = row.split("\t")
            self.assertEqual("\t".join(fields[:3]), label_row)
            values = [float(field) for field in fields[3:]]
            self.assertAlmostEqual(sum(values), 1, places=5)
            self.assertEqual(fields[2], names[values.index(max(values))])

    def test_jsonl_is_an_object_a_line(self):
        rows = self.predict("-", "--format", "jsonl", stdin=TEXT.encode()).decode().splitlines()
        rows = [json.loads(row) for row in rows]
        self.assertEqual([row["line_number"] for row in rows], CLASSIFIED)
        for row in rows:
            self.assertEqual(list(row), ["doc_id", "line_number", "label", "probabilities"])
            self.assertEqual(row["doc_id"], "-")
            best = max(row["probabilities"], key=row["probabilities"].get)
            self.assertEqual(row["label"], best)
            self.assertTrue(math.isclose(sum(row["probabilities"].values()), 1, rel_tol=1e-5))

    def test_an_empty_document_has_an_empty_result(self):
        self.assertEqual(self.predict("-"), b"")
        self.assertEqual(self.predict("-", "--format", "jsonl"), b"")
        report = self.succeeds("predict", model(), "-", "--json").last_json()
        self.assertEqual((report["documents"], report["lines"], report["windows"]), (1, 0, 0))

    def test_the_labels_of_annotated_input_are_ignored(self):
        raw = self.predict("-", "--format", "labels", stdin=b"x y\nz\n")
        text = b"[@ x y\nz #Nomenclature*]\n"
        self.assertEqual(self.predict("-", "--annotated", "--format", "labels", stdin=text), raw)
        self.assertIn(b"[@ [@ x y #", self.predict("-", stdin=text))

    def test_coalesced_blocks_hold_the_same_lines_and_labels(self):
        self.predict(PAPER, "-o", self.folder / "lines")
        self.predict(PAPER, "-o", self.folder / "blocks", "--coalesce")
        lines = (self.folder / "lines" / PAPER.name).read_text()
        blocks = (self.folder / "blocks" / PAPER.name).read_text()
        self.assertLess(blocks.count("[@"), lines.count("[@"))
        done = self.succeeds("score", self.folder / "lines", self.folder / "blocks", "--json")
        self.assertEqual(done.json()["accuracy"], 1)
        self.assertEqual(done.json()["lines"], lines.count("[@"))

    def test_what_is_written_reads_back(self):
        self.predict(GOLD, "-o", self.folder / "out")
        again = ["--format", "jsonl"]
        for path in sorted((self.folder / "out").iterdir()):
            first = self.predict(GOLD / path.name, *again).replace(bytes(GOLD), b"")
            second = self.predict(path, *again).replace(bytes(self.folder / "out"), b"")
            self.assertEqual(first, second)

    def test_lines_that_look_like_markup_are_counted(self):
        report = self.succeeds("predict", model(), "-", "--json", stdin=b"a [@ b\nc *] d\n")
        self.assertEqual(report.last_json()["not_round_trip"], 2)
        self.assertIn("skol: warning: '[@' or '*]' in 2 lines", report.err)
        self.assertIn(b"[@ a [@ b #", report.out)


class PlacesTest(CommandTest):
    def test_results_stand_below_the_folder_under_the_path_below_the_input(self):
        self.write("in/a.txt", "one\n")
        self.write("in/sub/b.txt.ann", "two\n")
        self.write("in/notes.md", "not read\n")
        single = self.write("c.md", "three\n")
        out = self.folder / "out" / "deep"
        for name, ending in {"annotated": "ann", "labels": "tsv", "probs": "tsv"}.items():
            self.succeeds(
                *["predict", model(), self.folder / "in", single, "-o", out, "--format", name]
            )
            expected = [f"a.{ending}", f"c.md.{ending}", f"sub/b.txt.{ending}"]
            self.assertEqual([f for f in self.files_in(out) if f.endswith(ending)], expected)
        rows = (out / "a.tsv").read_text().splitlines()
        self.assertTrue(rows[1].startswith(f"{self.folder}/in/a.txt\t0\t"))

    def test_standard_output_has_one_heading_for_all_documents(self):
        done = self.succeeds("predict", model(), GOLD, "--format", "labels")
        self.assertEqual(done.out.count(b"doc_id"), 1)
        documents = {row.split(b"\t")[0] for row in done.out.splitlines()[1:]}
        self.assertEqual(len(documents), len(list(GOLD.iterdir())))

    def test_an_input_given_twice_is_read_once(self):
        done = self.succeeds("predict", model(), PAPER, PAPER, "--json")
        self.assertEqual(done.last_json()["documents"], 1)

    def test_an_input_is_never_overwritten(self):
        path = self.write("in/a.ann", "text\n")
        other = self.write("in/b.ann", "text\n")
        (self.folder / "hard").mkdir()
        os.link(path, self.folder / "hard" / "a.ann")
        (self.folder / "link").symlink_to(self.folder / "in")
        for place in ("in", "in/../in", "hard", "link"):
            self.fails(
                1,
                *["predict", model(), path, other, "-o", self.folder / place],
                says=["would overwrite the input", "a.ann"],
            )
        self.assertEqual(path.read_text() + other.read_text(), "text\ntext\n")

    def test_standard_output_is_no_input_either(self):
        path = self.write("a.txt", "text\n")
        with open(path, "ab") as appended:
            command = [COMMAND, "predict", str(model()), str(path)]
            done = subprocess.run(command, stdout=appended, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"standard output would overwrite the input", done.stderr)
        self.assertEqual(path.read_text(), "text\n")

    def test_two_inputs_with_one_place_are_an_error_before_anything_is_written(self):
        self.write("in/0.txt", "text\n")
        self.write("in/a.txt", "text\n")
        self.write("in/a.ann", "text\n")
        out = self.folder / "out"
        self.fails(
            1,
            *["predict", model(), self.folder / "in", "-o", out],
            says=["a.txt", "a.ann", "would both be written to"],
        )
        self.assertFalse(out.exists())

    def test_an_older_result_is_replaced(self):
        path = self.write("a.txt", "text\n")
        old = self.write("out/a.ann", "old")
        old.chmod(0o640)
        self.succeeds("predict", model(), path, "-o", self.folder / "out")
        self.assertTrue(old.read_text().startswith("[@ text #"))
        self.assertEqual(old.stat().st_mode & 0o777, 0o640)
        self.assertEqual(self.files_in(self.folder / "out"), ["a.ann"])


class CountsTest(CommandTest):
    def report(self, *arguments):
        out = self.folder / "out"
        return self.succeeds("predict", model(), *arguments, "-o", out, "--json").json()

    def test_the_report_has_the_keys_scripts_rely_on(self):
        report = self.report(GOLD)
        text = b"".join(path.read_bytes() for path in sorted(GOLD.iterdir()))
        self.assertEqual(report["documents"], 6)
        self.assertEqual(report["lines"], text.count(b"\n"))
        self.assertGreater(report["blank_lines"], 0)
        self.assertEqual(report["batch_sizes"], [64])
        self.assertEqual(report["reductions"], 0)
        self.assertGreaterEqual(report["budget_bytes"], report["planned_bytes"])
        self.assertTrue(report["budget_limit"])
        self.assertEqual(report["prediction_batch_size"], 64)
        self.assertGreater(report["peak_bytes"], report["workspace_bytes"])
        self.assertGreater(report["workspace_bytes"], 0)
        rate = (report["lines"] - report["blank_lines"]) / report["seconds"]
        self.assertTrue(math.isclose(report["lines_per_second"], rate, rel_tol=1e-9))

    def test_calls_are_windows_over_batch_size_whatever_the_threads(self):
        windows = self.report(GOLD)["windows"]
        for batch_size in (1, 7, 64, 1000):
            for threads in (1, 2):
                report = self.report(
                    *[GOLD, "--threads", str(threads)],
                    *["--prediction-batch-size", str(batch_size)],
                )
                self.assertEqual(report["windows"], windows)
                self.assertEqual(report["predict_calls"], -(-windows // batch_size))
                self.assertEqual(report["batch_sizes"], [batch_size])

    def test_a_smaller_stride_makes_more_windows(self):
        windows = self.report(PAPER)["windows"]
        self.assertGreater(self.report(PAPER, "--prediction-stride", "5")["windows"], windows)

    def test_labels_on_standard_output_leave_the_report_to_standard_error(self):
        done = self.succeeds("predict", model(), PAPER, "--json")
        self.assertIn("peak_bytes", done.last_json())
        self.assertNotIn(b"peak_bytes", done.out)

    def test_the_peak_is_that_of_this_process(self):
        # getrusage() would report what the process that started this one held.
        held = bytearray(300 << 20)
        report = self.report(PAPER)
        self.assertEqual(len(held), 300 << 20)
        self.assertLess(report["peak_bytes"], 250 << 20)


class ModelsTest(CommandTest):
    def test_show_says_what_a_model_was_made_of(self):
        shown = self.succeeds("models", "show", model(), "--json").json()
        self.assertEqual(shown["name"], str(model()))
        self.assertEqual(shown["bytes"], model().stat().st_size)
        self.assertEqual(
            sorted(shown["labels"]), ["Description", "Misc-exposition", "Nomenclature"]
        )
        self.assertEqual((shown["window_size"], shown["prediction_stride"]), (50, 25))
        self.assertEqual(shown["prediction_batch_size"], 64)
        self.assertRegex(shown["created"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(shown["options"]["hidden_size"], 8)
        self.assertEqual(shown["tuned"], {})

    def test_for_a_person_it_prints_a_table(self):
        out = self.succeeds("models", "show", model()).out.decode()
        self.assertRegex(out, r"(?m)^window_size +50$")
        self.assertRegex(out, r"(?m)^hidden_size +8$")
