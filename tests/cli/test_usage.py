# SPDX-License-Identifier: Apache-2.0
"""The command line itself: help, versions, names, values."""

from pathlib import Path

from skol_process import GOLD, CommandTest, model, skol

VERBS = [["train"], ["predict"], ["evaluate"], ["score"], ["tune"], ["plan"], ["top"], ["doctor"]]
VERBS += [["models", verb] for verb in ("list", "show", "copy", "remove")]


class HelpTest(CommandTest):
    def test_without_arguments_the_help_is_a_usage_error(self):
        for arguments in ([], ["models"]):
            done = skol(*arguments)
            self.assertEqual((done.status, done.out), (2, b""))
            self.assertIn("usage: skol", done.err)

    def test_help_goes_to_standard_output(self):
        for verb in [[], ["models"], *VERBS]:
            for flag in ("--help", "-h"):
                done = self.succeeds(*verb, flag)
                self.assertTrue(done.out.startswith(b"usage: skol"))
                self.assertEqual(done.err, "")

    def test_help_fits_eighty_columns(self):
        for verb in [[], ["models"], *VERBS]:
            for line in self.succeeds(*verb, "--help").out.decode().splitlines():
                self.assertLessEqual(len(line), 80, line)

    def test_help_names_every_option(self):
        train = self.succeeds("train", "--help").out.decode()
        for option in (
            "hidden-size num-layers window-size prediction-stride training-stride batch-size epochs "
            "dropout learning-rate seed word-vocab-size suffix-vocab-size min-doc-freq labels "
            "class-weights focal-labels validation-fraction final-refit threads target strict json expire"
        ).split():
            self.assertRegex(train, rf"\n  --{option}\b")
        predict = self.succeeds("predict", "--help").out.decode()
        for option in (
            "prediction-batch-size prediction-stride threads precision device target format coalesce "
            "errors annotated json"
        ).split():
            self.assertRegex(predict, rf"\n  --{option}\b")
        tune = self.succeeds("tune", "--help").out.decode()
        for option in (
            "save json seconds prediction-batch-size prediction-stride threads precision device "
            "target errors annotated"
        ).split():
            self.assertRegex(tune, rf"\n  --{option}\b")
        plan = self.succeeds("plan", "--help").out.decode()
        for option in (
            "base-memory window-memory points host-base-memory host-window-memory device-memory "
            "host-memory executors batch-sizes windows json"
        ).split():
            self.assertRegex(plan, rf"\n  --{option}\b")

    def test_version(self):
        self.assertRegex(self.succeeds("--version").out, rb"^skol \d+\.\d+\.\d+\n$")


class NamesTest(CommandTest):
    def test_an_unknown_verb_gets_the_nearest(self):
        self.fails(2, "trian", says=["'trian'", "skol train"])
        self.fails(2, "models", "shw", says=["'shw'", "skol models show"])

    def test_an_unknown_option_gets_the_nearest(self):
        self.fails(2, "--versoin", says=["'--versoin'", "--version"])
        self.fails(2, "train", "--epoch", "3", says=["'--epoch'", "--epochs"])
        self.fails(2, "predict", "m", "x", "--fromat=jsonl", says=["'--fromat'", "--format"])
        self.fails(2, "predict", "-x", says=["'-x'"])

    def test_what_is_missing_is_named(self):
        self.fails(2, "predict", says=["MODEL"])
        self.fails(2, "predict", "m", says=["INPUT"])
        self.fails(2, "train", GOLD, says=["--output"])
        self.fails(2, "score", GOLD, says=["PREDICTED"])
        self.fails(2, "predict", "m", "x", "-o", says=["--output"])

    def test_an_input_may_have_the_name_of_a_verb(self):
        self.write("train/score.txt", "A line\n")
        done = self.succeeds("predict", model(), "train", "--format", "labels", cwd=self.folder)
        self.assertIn(b"train/score.txt\t0\t", done.out)

    def test_after_the_mark_everything_is_an_input(self):
        self.write("-x.txt", "A line\n")
        done = self.succeeds(
            "predict", "--format", "labels", model(), "--", "-x.txt", cwd=self.folder
        )
        self.assertIn(b"-x.txt\t0\t", done.out)


class ValuesTest(CommandTest):
    def test_a_batch_holds_one_window_or_more(self):
        for value in ("0", "-5", "x", "", "1.5"):
            self.fails(
                2,
                *["predict", "no model", GOLD, "--prediction-batch-size", value],
                says=["--prediction-batch-size", f"'{value}'", "1 or more"],
            )

    def test_a_memory_budget_is_a_size_or_a_percentage(self):
        for value in ("x", "0", "0%", "101%", "-1", "5 lemons"):
            self.fails(
                2,
                *["predict", model(), GOLD, "--memory-budget", value],
                says=["--memory-budget", f"'{value}'"],
            )

    def test_one_executor_or_more_share_the_memory(self):
        for value in ("0", "x", "1000000"):
            self.fails(
                2, *["predict", model(), GOLD, "--executors", value], says=["--executors", value]
            )

    def test_values_out_of_range_are_usage_errors(self):
        for option, value in {
            "--epochs": "0",
            "--hidden-size": "x",
            "--dropout": "1",
            "--learning-rate": "nan",
            "--validation-fraction": "1.5",
            "--labels": "some",
            "--class-weights": "ballanced",
            "--focal-labels": "A,,B",
            "--threads": "1000000",
            "--training-stride": "51",
        }.items():
            with self.subTest(option):
                done = skol("train", GOLD, "-o", self.folder / "m", option, value)
                self.assertEqual(done.status, 2, done.err)
                self.assertIn(option.split("-")[2], done.err)
        self.assertEqual(self.files_in(self.folder), [])

    def test_a_stride_that_leaves_lines_out_is_refused(self):
        self.fails(
            2, "predict", model(), GOLD, "--prediction-stride", "51", says=["51", "--window-size"]
        )

    def test_choices_offer_the_nearest(self):
        self.fails(2, "predict", "m", "x", "--format", "jsn", says=["'jsn'", "jsonl?"])
        self.fails(2, "predict", "m", "x", "--errors", "stric", says=["'stric'", "strict?"])
        self.fails(2, "predict", "m", "x", "--device", "gpu", says=["'gpu'", "cuda"])

    def test_coalescing_is_for_annotated_text(self):
        self.fails(
            2, "predict", "m", "x", "--coalesce", "--format", "jsonl", says=["--coalesce", "jsonl"]
        )


class MachineTest(CommandTest):
    def test_what_this_build_has_not_is_an_error_by_name(self):
        self.fails(1, "predict", model(), GOLD, "--device", "cuda", says=["device cuda: "])
        self.fails(1, "predict", model(), GOLD, "--device", "cuda:1", says=["cuda:1"])
        self.fails(1, "predict", model(), GOLD, "--target", "neon9", says=["neon9", "scalar"])
        self.fails(1, "train", GOLD, "-o", "m", "--target", "neon9", says=["neon9"])

    def test_bf16_is_near_fp32_on_plain_loops_too(self):
        probs = ["predict", model(), GOLD, "--target", "scalar", "--format", "probs"]
        exact = self.succeeds(*probs).out.decode().splitlines()
        near = self.succeeds(*probs, "--precision", "bf16").out.decode().splitlines()
        self.assertEqual(exact[0], near[0])
        self.assertNotEqual(exact, near)
        for one, other in zip(exact[1:], near[1:]):
            one, other = one.split("\t"), other.split("\t")
            self.assertEqual(one[:2], other[:2])
            # The label between them may be another where two are equally probable.
            for p, q in zip(one[3:], other[3:]):
                self.assertAlmostEqual(float(p), float(q), delta=0.02)

    def test_bf16_is_used_or_said_to_be_absent(self):
        output = ["-o", self.folder / "labels"]
        run = self.succeeds("predict", model(), GOLD, *output, "--precision", "bf16")
        flags = Path("/proc/cpuinfo").read_text()
        self.assertEqual("computing in fp32" in run.err, "avx512_bf16" not in flags)
        self.fails(2, "predict", "m", "x", "--precision", "fp16", says=["'fp16'", "bf16"])

    def test_device_auto_is_the_cpu_with_one_warning(self):
        done = self.succeeds("predict", model(), "-", "--device", "auto", stdin=b"A line\n")
        self.assertEqual(done.err.count("skol: warning: "), 1)
