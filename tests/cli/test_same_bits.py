# SPDX-License-Identifier: Apache-2.0
"""The same bytes whatever the batch size, the threads, the SIMD target and the company."""

import unittest

from skol_process import CORPUS, GOLD, CommandTest, model

BATCH_SIZES = ("1", "2", "7", "64", "1000")


class SameBitsTest(CommandTest):
    def jsonl(self, inputs, *options):
        return self.succeeds("predict", model(), *inputs, "--format", "jsonl", *options).out

    def check(self, inputs):
        expected = self.jsonl(inputs)
        self.assertGreater(expected.count(b"\n"), 100)
        for batch_size in BATCH_SIZES:
            for threads in ("1", "2"):
                for target in ("scalar", "auto"):
                    options = ["--prediction-batch-size", batch_size, "--threads", threads]
                    with self.subTest(batch_size=batch_size, threads=threads, target=target):
                        found = self.jsonl(inputs, *options, "--target", target)
                        self.assertTrue(found == expected, "the bytes differ")
        one_by_one = b"".join(self.jsonl([path]) for path in inputs)
        self.assertTrue(one_by_one == expected, "a document's bytes depend on the others")

    def test_on_the_sample(self):
        self.check(sorted(GOLD.iterdir()))

    @unittest.skipUnless(CORPUS.is_dir(), f"there is no corpus at {CORPUS}")
    def test_on_three_small_files_of_the_corpus(self):
        self.check(sorted(CORPUS.glob("*.ann"), key=lambda path: path.stat().st_size)[:3])
