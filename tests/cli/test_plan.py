# SPDX-License-Identifier: Apache-2.0
"""skol plan: the setup of the guide on batch sizes, by its formula and by its table."""

import re
import shlex

from skol_process import GOLD, ROOT, SANITIZED, CommandTest, model

LINE = ["--base-memory", "250MiB", "--window-memory", "20MiB"]
SETUP = [*LINE, "--device-memory", "6.6GiB", "--executors", "4"]
SIZES = ["--batch-sizes", "32,48,64,96,128"]
TABLE = "32=1.0GB,48=1.2GB,64=1.5GB,96=1.8GB,128=2.2GB"
MEASURED = ["--points", TABLE, "--device-memory", "6.6GB", "--executors", "4"]


def row(size, each, total, free, verdict):
    return {
        "prediction_batch_size": size,
        "executor_bytes": each,
        "total_bytes": total,
        "free_bytes": free,
        "verdict": verdict,
    }


class FormulaTest(CommandTest):
    def test_json_to_the_byte(self):
        report = self.succeeds("plan", *SETUP, *SIZES, "--json").json()
        self.assertTrue(report.pop("reason"))
        self.assertEqual(
            report,
            {
                "base_bytes": 262144000,
                "window_bytes": 20971520,
                "fit_error": 0,
                "rows": [
                    row(32, 933232640, 3732930560, 3353765478, "safe"),
                    row(48, 1268776960, 5075107840, 2011588198, "safe"),
                    row(64, 1604321280, 6417285120, 669410918, "safe"),
                    row(96, 2275409920, 9101639680, -2014943642, "too_large"),
                    row(128, 2946498560, 11785994240, -4699298202, "too_large"),
                ],
                "prediction_batch_size": 64,
            },
        )

    def test_json_is_one_line(self):
        self.assertEqual(self.succeeds("plan", *SETUP, "--json").out.count(b"\n"), 1)

    def test_without_a_list_the_largest_safe_number(self):
        report = self.succeeds("plan", *SETUP, "--json").json()
        self.assertEqual(report["prediction_batch_size"], 67)
        by_size = {r["prediction_batch_size"]: r["verdict"] for r in report["rows"]}
        self.assertEqual((by_size[67], by_size[96]), ("safe", "too_large"))
        tight = self.succeeds("plan", *SETUP, "--batch-sizes", "67,68", "--json").json()
        self.assertEqual([r["verdict"] for r in tight["rows"]], ["safe", "tight"])

    def test_the_reason_says_what_binds_and_what_to_change(self):
        reason = self.succeeds("plan", *SETUP, *SIZES, "--json").json()["reason"]
        for text in (
            "64: device memory binds",
            "4 executors x (250 MiB + 64 x 20.0 MiB) = 5.98 GiB of 6.60 GiB (90.6 %)",
            "size up to 67 is safe",
            "2 executors, at most 14.1 MiB a window or 8.93 GiB of device memory",
            "share one base get as far as 77",
            "guide calls 96 tight",
        ):
            self.assertIn(text, reason)

    def test_below_seventy_percent_the_reason_says_what_could_be_raised(self):
        reason = self.succeeds("plan", *SETUP, "--batch-sizes", "32", "--json").json()["reason"]
        self.assertIn("raise the batch size up to 67 or the executors up to 7", reason)


class TableTest(CommandTest):
    def test_json_to_the_byte(self):
        report = self.succeeds("plan", *MEASURED, *SIZES, "--json").json()
        self.assertAlmostEqual(report.pop("fit_error"), 78448280 / 1.5e9, places=12)
        reason = report.pop("reason")
        self.assertEqual(
            report,
            {
                "base_bytes": 631896552,
                "window_bytes": 12338362,
                "rows": [
                    row(32, 1026724136, 4106896544, 2493103456, "safe"),
                    row(48, 1224137928, 4896551712, 1703448288, "safe"),
                    row(64, 1421551720, 5686206880, 913793120, "safe"),
                    row(96, 1816379304, 7265517216, -665517216, "too_large"),
                    row(128, 2211206888, 8844827552, -2244827552, "too_large"),
                ],
                "prediction_batch_size": 64,
            },
        )
        self.assertIn("depart from the formula", reason)
        self.assertIn("at 64 the line has 1.42 GB, measured were 1.50 GB", reason)
        self.assertIn("guide calls 96 tight", reason)

    def test_the_point_without_batches_is_the_furthest_from_the_line(self):
        report = self.succeeds(
            "plan", *MEASURED, "--points", "1=412MB," + TABLE, *SIZES, "--json"
        ).json()
        self.assertEqual(report["prediction_batch_size"], 64)
        self.assertEqual((report["base_bytes"], report["window_bytes"]), (509554469, 13698301))
        self.assertAlmostEqual(report["fit_error"], 0.27, places=3)

    def test_points_on_a_line_have_no_error(self):
        points = ["--points", "1=270MiB,64=1530MiB", "--device-memory", "6.6GiB"]
        report = self.succeeds("plan", *points, "--executors", "4", "--json").json()
        self.assertEqual((report["base_bytes"], report["window_bytes"]), (262144000, 20971520))
        self.assertEqual((report["fit_error"], report["prediction_batch_size"]), (0, 67))
        self.assertNotIn("depart", report["reason"])


class MemoriesTest(CommandTest):
    def test_the_tighter_memory_binds(self):
        host = ["--host-memory", "25GiB", "--host-base-memory"]
        wide = self.succeeds("plan", *SETUP, *SIZES, *host, "2GiB", "--json").json()
        self.assertEqual({r["memory"] for r in wide["rows"]}, {"device"})
        self.assertEqual(wide["prediction_batch_size"], 64)
        done = self.fails(3, "plan", *SETUP, *SIZES, *host, "7GiB", says=["host memory"])
        self.assertEqual(done.out, b"")

    def test_without_a_device_the_host_is_what_is_shared(self):
        report = self.succeeds(
            *["plan", *LINE, "--host-memory", "6.6GiB", "--executors", "4", *SIZES, "--json"]
        ).json()
        self.assertEqual(report["prediction_batch_size"], 64)
        self.assertIn("host memory binds", report["reason"])

    def test_windows_give_partitions_for_spark(self):
        report = self.succeeds("plan", *SETUP, *SIZES, "--windows", "5000", "--json").json()
        self.assertEqual(
            report["partitions"],
            [
                {"partitions": 8, "windows": 625, "calls": 10},
                {"partitions": 12, "windows": 417, "calls": 7},
                {"partitions": 16, "windows": 313, "calls": 5},
            ],
        )


class EndingTest(CommandTest):
    def test_nothing_that_fits_ends_with_3_and_the_bytes(self):
        done = self.fails(
            3,
            *["plan", *LINE, "--device-memory", "6.6GiB", "--executors", "40", "--json"],
            says=["nothing fits", "(11324620800 bytes)", "(7086696038 bytes)", "23 executors"],
        )
        self.assertEqual(done.out, b"")
        self.fails(3, "plan", *SETUP, "--batch-sizes", "96,128", says=["sizes up to 67"])

    def test_what_fits_but_is_tight_is_not_recommended(self):
        report = self.succeeds("plan", *SETUP, "--batch-sizes", "68,69", "--json").json()
        self.assertIsNone(report["prediction_batch_size"])
        self.assertIn("68 is tight", report["reason"])

    def test_what_is_missing_is_named_with_what_to_give(self):
        self.fails(2, "plan", says=["--base-memory", "--window-memory", "points"])
        self.fails(2, "plan", "--base-memory", "1GB", says=["--window-memory is not given"])
        self.fails(2, "plan", *LINE, says=["--device-memory", "--host-memory"])
        self.fails(
            2,
            *["plan", *SETUP, "--host-memory", "25GB"],
            says=["--host-base-memory"],
        )

    def test_points_exclude_a_given_line(self):
        self.fails(2, "plan", *MEASURED, *LINE, says=["--points and --base-memory"])

    def test_values_that_are_none_are_named(self):
        for option, value in {
            "--device-memory": "6.6G",
            "--base-memory": "-1GB",
            "--window-memory": "0",
            "--executors": "0",
            "--batch-sizes": "32,",
            "--windows": "many",
        }.items():
            self.fails(2, "plan", *SETUP, f"{option}={value}", says=[option, "expected"])
        for points in ("64=1GB", "64", "32=2GB,64=1GB", "0=1GB,1=2GB"):
            self.fails(
                2,
                *["plan", "--points", points, "--device-memory", "6GB"],
                says=["--points", "expected"],
            )


class PageTest(CommandTest):
    """What docs/batch_tuning.md shows is what the command prints."""

    text = (ROOT / "docs" / "batch_tuning.md").read_text(encoding="utf-8")

    def examples(self):
        """The words of each command and what the page shows below it."""
        for block in re.findall(r"^```console\n\$ (.*?)^```", self.text, re.M | re.S):
            command, output = re.split(r"(?<!\\)\n", block, maxsplit=1)
            yield shlex.split(command.replace("\\\n", " ")), output

    def test_the_examples_are_what_is_printed(self):
        examples = list(self.examples())
        self.assertEqual([words[:2] for words, _ in examples], [["skol", "plan"]] * 2)
        for words, output in examples:
            self.assertEqual(self.succeeds(*words[1:]).out.decode(), output)
            self.assertLessEqual(max(map(len, output.splitlines())), 80)

    def test_the_example_of_python(self):
        size = int(re.search(r'plan\["prediction_batch_size"\]  # (\d+)', self.text)[1])
        report = self.succeeds("plan", *SETUP, "--json").json()
        self.assertEqual(report["prediction_batch_size"], size)


class ModelTest(CommandTest):
    def plan(self, *arguments):
        return self.succeeds("plan", "--model", model(), *arguments, "--json").json()

    def test_a_model_says_what_an_executor_takes(self):
        report = self.plan("--host-memory", "1GiB", "--executors", "4", "--batch-sizes", "1,64,256")
        each = [r["executor_bytes"] for r in report["rows"]]
        self.assertEqual(each, sorted(each))
        self.assertGreater(each[0], 1 << 20)
        self.assertEqual([r["total_bytes"] for r in report["rows"]], [4 * b for b in each])
        self.assertGreater(report["base_bytes"], 0)
        self.assertGreater(report["window_bytes"], 0)

    def test_it_is_what_a_prediction_then_takes(self):
        if SANITIZED:
            self.skipTest("a sanitizer's own memory is in no model")
        planned = self.plan(GOLD, "--batch-sizes", "64")["rows"][0]["executor_bytes"]
        out = self.folder / "out"
        peak = self.succeeds("predict", model(), GOLD, "-o", out, "--json").json()["peak_bytes"]
        self.assertGreaterEqual(planned, 0.97 * peak)
        self.assertLess(planned, 1.5 * peak)

    def test_without_a_memory_it_is_this_machines(self):
        report = self.plan("--batch-sizes", "64")
        self.assertEqual(report["prediction_batch_size"], 64)
        self.assertIn("leaves here", report["reason"])

    def test_text_is_profiled_with_the_stride_counted(self):
        workload = self.plan(GOLD, "--batch-sizes", "64")["workload"]
        out = self.folder / "out"
        predicted = self.succeeds("predict", model(), GOLD, "-o", out, "--json").json()
        for key in ("documents", "windows", "predict_calls"):
            self.assertEqual(workload[key], predicted[key], key)
        self.assertEqual(workload["lines"], predicted["lines"] - predicted["blank_lines"])
        spread = workload["lines_of_document"]
        self.assertLessEqual(spread["least"], spread["median"])
        self.assertLessEqual(spread["ninetieth"], spread["most"])
        self.assertTrue(0 <= workload["padding_share"] < 1)
        one = self.plan(GOLD, "--prediction-stride", "50", "--batch-sizes", "64")["workload"]
        self.assertLess(one["windows"], workload["windows"])
        self.assertAlmostEqual(one["passes"], 1.0)

    def test_text_without_a_model_and_figures_beside_one_are_usage_errors(self):
        self.fails(2, "plan", GOLD, *SETUP, says=["--model"])
        self.fails(
            2, *["plan", "--model", model(), "--base-memory", "1MB"], says=["--base-memory"]
        )
        self.fails(4, "plan", "--model", self.folder / "none.skol", says=["none.skol"])
        nothing = ["plan", "--model", model(), "--host-memory", "1MiB"]
        self.fails(3, *nothing, says=["nothing fits"])
