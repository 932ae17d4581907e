# SPDX-License-Identifier: Apache-2.0
"""Training, and what it makes of input that is not as it should be."""

import os
import resource
import unittest

from skol_process import GOLD, SANITIZED, SMALL, TRAIN, CommandTest, model

PAPER = "[@ Alba alba sp. nov. #Nomenclature*]\n\n[@ Cap white. Stem white. #Description*]\n"


class TrainTest(CommandTest):
    def train(self, *arguments, **how):
        return self.succeeds("train", *arguments, "-o", self.folder / "m.skol", *SMALL, **how)

    def no_model(self, status, *arguments, says, **how):
        """Fails, and leaves nothing in the place of the model."""
        before = self.files_in(self.folder)
        path = self.folder / "m.skol"
        done = self.fails(status, "train", *arguments, "-o", path, *SMALL, says=says, **how)
        self.assertEqual(self.files_in(self.folder), before)
        return done

    def test_reports_on_the_documents_held_back(self):
        report = self.train(*sorted(TRAIN.iterdir())[:4], "--json").json()
        self.assertEqual(report["documents"], 4)
        self.assertGreater(report["lines"], report["blank_lines"])
        self.assertGreater(report["windows"], 0)
        self.assertGreater(report["seconds"], 0)
        self.assertGreater(report["windows_per_second"], 0)
        self.assertEqual((report["epochs"], report["best_epoch"]), (1, 1))
        self.assertEqual(report["model"], str(self.folder / "m.skol"))
        self.assertEqual(report["diagnostics"], {"total": 0, "kinds": {}})
        validation = report["validation"]
        self.assertEqual(
            sorted(validation["labels"]), ["Description", "Misc-exposition", "Nomenclature"]
        )
        for scores in validation["labels"].values():
            self.assertEqual(sorted(scores), ["f1", "loss", "precision", "recall", "support"])
        self.assertTrue(0 <= validation["macro_f1"] <= 1 and 0 <= validation["accuracy"] <= 1)

    def test_for_a_person_it_prints_a_table(self):
        done = self.train(*sorted(TRAIN.iterdir())[:4])
        self.assertRegex(done.out.decode(), r"label +precision +recall +F1 +lines")
        self.assertIn("macro-F1", done.out.decode())
        self.assertNotIn("\033", done.out.decode() + done.err)

    def test_one_seed_gives_one_model(self):
        self.write("a.ann", PAPER)
        first = [self.train(self.folder / "a.ann"), (self.folder / "m.skol").read_bytes()][1]
        self.train(self.folder / "a.ann", "--threads", "2", "--target", "scalar")
        second = (self.folder / "m.skol").read_bytes()
        # The time of its making stands in the header, and the checksum covers it.
        self.assertEqual(first[-1000:], second[-1000:])
        self.assertEqual(len(first), len(second))

    def test_one_document_trains_and_nothing_is_measured(self):
        path = self.write("a.ann", PAPER)
        self.assertIsNone(self.train(path, "--json").json()["validation"])
        self.assertIn(b"nothing was measured", self.train(path).out)

    def test_one_label_is_enough(self):
        path = self.write("a.ann", "[@ one #Description*]\n[@ two #Description*]\n")
        self.train(path)
        done = self.succeeds("models", "show", self.folder / "m.skol", "--json")
        self.assertEqual(done.json()["labels"], ["Description"])
        labels = self.succeeds(
            *["predict", self.folder / "m.skol", "-", "--format", "probs"], stdin=b"x\n"
        )
        self.assertEqual(labels.out.splitlines()[1], b"-\t0\tDescription\t1")

    def test_keeps_all_labels_where_asked(self):
        path = self.write("a.ann", "[@ x y #Key*]\n[@ x z #Figure*]\n[@ x w #Key*]\n")
        self.train(path, "--labels", "all", "--final-refit")
        done = self.succeeds("models", "show", self.folder / "m.skol", "--json")
        self.assertEqual(done.json()["labels"], ["Key", "Figure"])

    def test_reads_standard_input_as_it_is_told(self):
        self.train("-", "--annotated", stdin=PAPER.encode())
        self.no_model(1, "-", says=["no labelled line"], stdin=PAPER.encode())

    def test_no_labelled_line_is_an_error(self):
        self.write("in/a.txt", "Some text\n")
        self.write("in/b.ann", "Some text\n[@ #Description*]\n")
        self.no_model(1, self.folder / "in", says=["no labelled line"])

    def test_an_empty_folder_and_a_missing_input_are_errors(self):
        (self.folder / "empty").mkdir()
        self.no_model(1, self.folder / "empty", says=["empty", "no *.txt and no *.ann"])
        self.no_model(1, self.folder / "missing", says=["missing'", "No such file"])

    def test_unknown_focal_labels_name_those_there_are(self):
        path = self.write("a.ann", PAPER)
        self.no_model(2, path, "--focal-labels", "Name", says=["--focal-labels", "Nomenclature"])


class IrregularAnnotationTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.path = self.write(
            "a.ann",
            "[@ Cap white. #Description*]\n[@ never closed\n[@ Alba alba #Nomenclature*]\n"
            "[@ #Description*]\n[@ Stem [ white ] #2 #Description*]\n",
        )
        self.command = ["train", self.path, "-o", self.folder / "m.skol", *SMALL]

    def test_is_summarised_and_counted(self):
        done = self.succeeds(*self.command, "--json")
        kinds = {"empty-block": 1, "unterminated-block": 1}
        self.assertEqual(done.json()["diagnostics"], {"total": 2, "kinds": kinds})
        self.assertIn("2 irregularities in the annotation: 1 empty-block, 1 unterm", done.err)
        self.assertNotIn("a.ann:2", done.err)

    def test_is_listed_by_place_where_asked(self):
        done = self.succeeds(*self.command, "--diagnostics")
        self.assertIn(f"{self.path}:2:1: unterminated-block: ", done.err)
        self.assertIn(f"{self.path}:4:1: empty-block: ", done.err)

    def test_strict_makes_it_an_error(self):
        self.fails(1, *self.command, "--strict", says=["a.ann:2:1: unterminated-block", "2 in all"])
        self.assertEqual(self.files_in(self.folder), ["a.ann"])
        self.fails(1, "evaluate", model(), self.path, "--strict", says=["a.ann:2:1"])
        self.fails(1, "score", self.path, self.path, "--strict", says=["a.ann:2:1"])


class WhereTheModelGoesTest(CommandTest):
    """Known before training, which may take an hour: no epoch is run."""

    def refused(self, path, *arguments, says):
        done = self.fails(1, "train", GOLD, *arguments, "-o", path, says=says)
        self.assertNotIn("epoch", done.err)

    def test_the_folder_must_exist(self):
        self.refused(self.folder / "none" / "m", says=["none/m", "No such file"])

    def test_a_folder_is_no_model(self):
        self.refused(self.folder, says=["Is a directory"])

    def test_a_service_that_is_not_supported_is_named(self):
        self.refused("rediss://host:6379/0/key", says=["Redis", "no TLS"])

    def test_an_input_is_not_overwritten(self):
        path = self.write("a.ann", PAPER)
        link = self.folder / "link.skol"
        os.link(path, link)
        for output in (path, self.folder / "." / "a.ann", link):
            self.refused(output, path, says=["would overwrite the input", "a.ann"])
        self.assertEqual(path.read_text(), PAPER)

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_the_folder_must_be_writable(self):
        self.folder.chmod(0o500)
        self.refused(self.folder / "m", says=["Permission denied"])

    def test_a_full_disk_leaves_the_model_of_before(self):
        path = self.write("m.skol", model().read_bytes())

        def full():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

        paper = self.write("a.ann", PAPER)
        self.fails(
            1, "train", paper, "-o", path, *SMALL, says=["m.skol", "File too large"], before=full
        )
        self.assertEqual(path.read_bytes(), model().read_bytes())
        self.assertEqual(self.files_in(self.folder), ["a.ann", "m.skol"])
        device = self.folder / "device"
        device.symlink_to("/dev/full")
        self.fails(1, "train", paper, "-o", device, *SMALL, says=["No space left on device"])

    @unittest.skipIf(SANITIZED, "a sanitizer needs more address space than the test gives")
    def test_what_does_not_fit_in_memory_is_status_3(self):
        def little_memory():
            resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))

        self.fails(
            3,
            *["train", GOLD, "-o", self.folder / "m", "--hidden-size", "4000", "--threads", "1"],
            says=["memory"],
            before=little_memory,
        )
