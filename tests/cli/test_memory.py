# SPDX-License-Identifier: Apache-2.0
"""Runs keep within the memory there is, or say before they begin what would do."""

import re
import resource
import shutil

from skol_process import GOLD, SANITIZED, CommandTest, model, skol

MIB = 1 << 20


def least_named(error):
    return int(re.search(r"the least that would do is [^(]*\((\d+) bytes\)", error).group(1))


class MemoryTest(CommandTest):
    def predict(self, *options, **how):
        out = self.folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        return skol("predict", model(), GOLD, "-o", out, "--json", *options, **how), out

    def files(self, folder):
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}

    def setUp(self):
        super().setUp()
        done, out = self.predict("--prediction-batch-size", "512")
        self.free = done.json()
        self.expected = self.files(out)

    def same_or_refused(self, done, out):
        if done.status == 0:
            self.assertEqual(self.files(out), self.expected)
            return done.json()
        self.assertEqual(done.status, 3, done.err)
        self.assertGreater(least_named(done.err), 0)
        self.assertFalse(out.exists() and any(out.iterdir()), "refused after work began")
        return None


class BudgetTest(MemoryTest):
    def test_every_budget_gives_the_same_bytes_or_is_refused_at_the_start(self):
        for percent in (100, 90, 80, 70, 60, 50, 40, 30, 20):
            with self.subTest(percent):
                budget = self.free["peak_bytes"] * percent // 100
                done, out = self.predict(
                    *["--prediction-batch-size", "512", "--memory-budget", str(budget)]
                )
                report = self.same_or_refused(done, out)
                if report is None:
                    continue
                self.assertEqual(report["budget_bytes"], budget)
                self.assertEqual(report["budget_limit"], "memory_budget")
                self.assertLessEqual(report["planned_bytes"], budget)
                if not SANITIZED:
                    self.assertLessEqual(report["peak_bytes"], budget)

    def test_the_least_that_a_refusal_names_is_enough(self):
        if SANITIZED:
            self.skipTest("a sanitizer keeps freed memory: the process takes more each time")
        done, _ = self.predict("--memory-budget", "1MiB")
        self.assertEqual(done.status, 3)
        least = least_named(done.err)
        done, out = self.predict("--memory-budget", str(least))
        self.assertIsNotNone(self.same_or_refused(done, out))

    def test_a_size_that_does_not_fit_is_made_smaller_with_one_warning(self):
        # Half of what the batch adds to what one window takes.
        done, _ = self.predict("--memory-budget", "1MiB")
        budget = (least_named(done.err) + self.free["planned_bytes"]) // 2
        done, out = self.predict(
            *["--prediction-batch-size", "100000", "--memory-budget", str(budget)]
        )
        report = self.same_or_refused(done, out)
        size = report["prediction_batch_size"]
        self.assertLess(size, 100_000)
        self.assertEqual(report["batch_sizes"][0], size)
        if not SANITIZED:  # which keeps freed memory, so that a slow run makes the batch smaller yet
            self.assertEqual(report["batch_sizes"], [size])
            self.assertEqual(report["reductions"], 0)
        warnings = [line for line in done.err.splitlines() if f"100000 -> {size}" in line]
        self.assertEqual(len(warnings), 1, done.err)
        self.assertIn("--memory-budget", warnings[0])
        self.assertTrue(report["reduced"])

    def test_executors_share_a_budget(self):
        done, _ = self.predict("--memory-budget", "4GiB", "--executors", "4")
        self.assertEqual(done.json()["budget_bytes"], 1 << 30)
        done, _ = self.predict("--memory-budget", "40MiB", "--executors", "40")
        self.assertEqual(done.status, 3)
        self.assertGreater(least_named(done.err), 40 * MIB)

    def test_a_percentage_is_of_what_there_is(self):
        whole = self.free["budget_bytes"]
        done, _ = self.predict("--memory-budget", "50%")
        self.assertLess(abs(done.json()["budget_bytes"] / whole - 0.5), 0.2)

    def test_evaluate_keeps_to_it_as_well(self):
        self.fails(
            3, *["evaluate", model(), GOLD, "--memory-budget", "1MiB"], says=["--memory-budget"]
        )


class AddressSpaceTest(MemoryTest):
    def test_a_limit_on_addresses_gives_the_same_bytes_or_is_refused_at_the_start(self):
        if SANITIZED:
            self.skipTest("a sanitizer reserves more addresses than the test gives")
        for mib in (16, 20, 24, 28, 32, 40, 64):
            with self.subTest(mib):
                limit = mib * MIB

                def before(most=limit):
                    resource.setrlimit(resource.RLIMIT_AS, (most, most))

                if skol("--version", before=before).status != 0:
                    continue
                done, out = self.predict("--prediction-batch-size", "512", before=before)
                report = self.same_or_refused(done, out)
                if report is not None and mib <= 64:
                    self.assertEqual(report["budget_limit"], "RLIMIT_AS")


class AutomaticSizeTest(MemoryTest):
    def test_auto_chooses_a_size_and_says_why_in_one_line(self):
        done, out = self.predict("--prediction-batch-size", "auto")
        report = self.same_or_refused(done, out)
        size = report["prediction_batch_size"]
        self.assertEqual(report["batch_sizes"], [size])
        self.assertIn(f"auto -> {size}", report["reason"])
        lines = [line for line in done.err.splitlines() if "auto ->" in line]
        self.assertEqual(len(lines), 1, done.err)
        self.assertTrue(lines[0].startswith(f"skol: --prediction-batch-size auto -> {size}: "))

    def test_a_size_that_is_given_or_saved_is_kept_without_a_word(self):
        for options, size in (([], 64), (["--prediction-batch-size", "7"], 7)):
            done, out = self.predict(*options)
            self.assertEqual(self.same_or_refused(done, out)["prediction_batch_size"], size)
            self.assertNotIn("batch-size", done.err)
