# SPDX-License-Identifier: Apache-2.0
"""Input, models and outputs that are not as they should be: a clear error or a stated behaviour."""

import os
import resource
import subprocess

from skol_process import COMMAND, GOLD, CommandTest, model, skol


class BadTextTest(CommandTest):
    def rows(self, content, *arguments):
        done = self.succeeds(
            *["predict", model(), "-", "--format", "labels", *arguments], stdin=content
        )
        return [int(row.split(b"\t")[1]) for row in done.out.splitlines()[1:]]

    def refused(self, name, content, says):
        path = self.write(name, content)
        self.fails(1, "predict", model(), path, "-o", self.folder / "out", says=[name, *says])
        self.assertEqual(self.files_in(self.folder / "out"), [])
        path.unlink()

    def test_a_binary_file_is_refused(self):
        self.refused("program.txt", b"\x7fELF\x02\x01\x01\x00\x00\xf0\xff\x90" * 20, ["not UTF-8"])
        self.refused("program.ann", b"\x00\xff" * 20, ["not UTF-8"])

    def test_invalid_utf8_is_refused_with_its_line_or_replaced_or_skipped(self):
        bad = b"fine\nLa\xefve\n"
        self.refused("latin1.txt", bad, ["latin1.txt:2: "])
        self.assertEqual(self.rows(bad, "--errors", "replace"), [0, 1])
        done = self.succeeds("predict", model(), "-", "--errors", "replace", stdin=bad)
        self.assertIn("La\ufffdve".encode(), done.out)
        self.write("in/a.txt", bad)
        self.write("in/b.txt", "fine\n")
        out = self.folder / "out"
        done = self.succeeds(
            *["predict", model(), self.folder / "in", "-o", out, "--errors", "skip", "--json"]
        )
        self.assertEqual((done.json()["documents"], done.json()["skipped"]), (1, 1))
        self.assertEqual(self.files_in(out), ["b.ann"])
        self.assertEqual(done.err.count("skol: warning: skipped: "), 1)
        self.assertIn("a.txt:2: ", done.err)

    def test_a_byte_order_mark_is_dropped(self):
        done = self.succeeds("predict", model(), "-", stdin=b"\xef\xbb\xbfx y\n")
        self.assertTrue(done.out.startswith(b"[@ x y #"))

    def test_line_ends_come_back_as_they_were(self):
        done = self.succeeds("predict", model(), "-", stdin=b"a\r\nb\rc\n\r\nd")
        lines = done.out.split(b"\n")
        self.assertTrue(lines[0].startswith(b"[@ a #") and lines[0].endswith(b"*]\r"))
        self.assertTrue(lines[1].startswith(b"[@ b\rc #") and lines[1].endswith(b"*]"))
        self.assertEqual(lines[2], b"\r")
        self.assertTrue(lines[3].startswith(b"[@ d #") and lines[3].endswith(b"*]"))

    def test_form_feeds_and_other_separators_end_no_line(self):
        self.assertEqual(self.rows("a\fb\vc\u2028d\u0085e\n\f\nf\n".encode()), [0, 2])

    def test_nul_is_text(self):
        done = self.succeeds("predict", model(), "-", stdin=b"a\0b\nc\n")
        self.assertTrue(done.out.startswith(b"[@ a\0b #"))
        self.assertEqual(done.out.count(b"[@ "), 2)

    def test_an_empty_file_has_an_empty_result(self):
        path = self.write("empty.txt", b"")
        self.succeeds("predict", model(), path, "-o", self.folder / "out")
        self.assertEqual((self.folder / "out" / "empty.ann").read_bytes(), b"")

    def test_a_line_of_ten_megabytes(self):
        line = b"word, " * 1_700_000
        path = self.write("long.txt", line + b"\nshort\n")
        self.succeeds("predict", model(), path, "-o", self.folder / "out")
        written = (self.folder / "out" / "long.ann").read_bytes()
        self.assertTrue(written.startswith(b"[@ " + line + b" #"))
        self.assertEqual(self.rows(line), [0])

    def test_unterminated_and_nested_blocks_are_reported_and_read(self):
        text = b"[@ one\n[@ two #A*]\n[@ three [@ four #B*]\nfive #C*]\n"
        done = self.succeeds(
            *["predict", model(), "-", "--annotated", "--format", "labels", "--json"],
            *["--diagnostics"],
            stdin=text,
        )
        self.assertEqual(done.out.count(b"\n"), 1 + 4)
        self.assertEqual(done.last_json()["diagnostics"]["kinds"]["unterminated-block"], 2)
        self.assertEqual(done.last_json()["diagnostics"]["kinds"]["stray-closer"], 1)
        self.assertIn("-:1:1: unterminated-block", done.err)

    def test_a_great_many_openers_take_linear_time(self):
        done = self.succeeds(
            *["predict", model(), "-", "--annotated", "--format", "labels", "--json"],
            stdin=b"[@ x\n" * 100_000,
        )
        self.assertEqual(done.last_json()["diagnostics"]["total"], 100_000)

    def test_inputs_that_are_not_there_or_no_files(self):
        self.fails(1, "predict", model(), self.folder / "no", says=["no'", "No such file"])
        self.fails(1, "predict", model(), self.folder, says=["no *.txt and no *.ann"])
        self.fails(1, "evaluate", model(), self.folder / "no", says=["no'"])
        (self.folder / "folder.txt").mkdir()
        self.fails(1, "predict", model(), self.folder / "folder.txt", says=["folder.txt"])

    def test_a_file_that_goes_away_is_an_error(self):
        self.write("in/a.txt", "text\n")
        (self.folder / "in" / "b.txt").symlink_to("nothing")
        done = skol("predict", model(), self.folder / "in")
        self.assertEqual(done.status, 1)
        self.assertIn("b.txt", done.err)

    def test_names_with_anything_in_them(self):
        self.write("in/tab\there 'n \"quotes\" \\ ü.txt", "text\n")
        done = self.succeeds("predict", model(), self.folder / "in", "--format", "labels")
        self.assertIn(b"/in/tab\\there 'n \"quotes\" \\\\ ", done.out.splitlines()[1])
        raw = os.fsencode(self.folder) + b"/in/\xff\n.txt"
        with open(raw, "wb") as file:
            file.write(b"\xff")
        self.fails(1, "predict", model(), self.folder / "in", says=["\\xff\\x0a.txt:1"])


class BadModelTest(CommandTest):
    def refused(self, content, *says):
        path = self.write("bad.skol", content)
        for command in (["predict", path, GOLD], ["evaluate", path, GOLD], ["models", "show", path]):
            self.fails(4, *command, says=["bad.skol", *says])

    def test_a_model_that_is_not_there(self):
        self.fails(4, "predict", self.folder / "no.skol", GOLD, says=["no.skol", "no such file"])
        self.fails(4, "evaluate", self.folder / "no.skol", GOLD, says=["no.skol"])
        self.fails(4, "models", "show", self.folder / "no.skol", says=["no.skol"])
        self.fails(4, "predict", self.folder, GOLD, says=["folder"])
        self.fails(4, "predict", "s3://host/key", GOLD, says=["s3://", "no such kind of store"])
        self.fails(4, "predict", "", GOLD, says=["model ''"])

    def test_a_truncated_model(self):
        whole = model().read_bytes()
        for size in (0, 1, 7, 8, 100, len(whole) // 2, len(whole) - 1):
            self.refused(whole[:size])

    def test_a_model_with_a_flipped_bit(self):
        whole = model().read_bytes()
        for at in (0, 12, 50, 90, 300, len(whole) // 2, len(whole) - 1):
            self.refused(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])

    def test_a_model_with_something_after_it(self):
        self.refused(model().read_bytes() + b"\0")

    def test_a_model_of_a_newer_version(self):
        newer = model().read_bytes().replace(b'"format_version":"2"', b'"format_version":"9"', 1)
        self.refused(newer, "newer skol")

    def test_something_else_in_the_place_of_the_model(self):
        self.refused("[@ text #Label*]\n", "annotated text")
        self.refused(b"PK\x03\x04" + bytes(100), "zip")
        self.refused(bytes(1000))


class BadOutputTest(CommandTest):
    def test_a_file_in_the_place_of_the_folder(self):
        place = self.write("out", "a file\n")
        self.fails(1, "predict", model(), GOLD, "-o", place, says=["out"])
        self.fails(1, "predict", model(), GOLD, "-o", place / "sub", says=["out/sub"])
        self.fails(2, "predict", model(), GOLD, "-o", "", says=["-o"])
        self.assertEqual(place.read_text(), "a file\n")

    def test_a_folder_in_the_place_of_a_result(self):
        path = self.write("a.txt", "text\n")
        (self.folder / "out" / "a.ann").mkdir(parents=True)
        self.fails(
            *[1, "predict", model(), path, "-o", self.folder / "out"],
            says=["a.ann", "Is a directory"],
        )

    def test_a_full_disk_keeps_the_older_result(self):
        def full():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        path = self.write("a.txt", "text\n" * 100)
        old = self.write("out/a.ann", "old")
        self.fails(
            *[1, "predict", model(), path, "-o", self.folder / "out"],
            says=["a.ann", "File too large"],
            before=full,
        )
        self.assertEqual(old.read_text(), "old")
        self.assertEqual(self.files_in(self.folder / "out"), ["a.ann"])

    def test_a_full_standard_output_is_an_error(self):
        for command in (
            ["predict", model(), GOLD],
            ["evaluate", model(), GOLD],
            ["score", GOLD, GOLD],
            ["models", "show", model()],
            ["--help"],
            ["train", "--help"],
        ):
            with open("/dev/full", "wb") as full:
                done = skol(*command, stdout=full.fileno())
            self.assertEqual(done.status, 1, command)
            self.assertIn("skol: cannot write to standard output: No space left", done.err)

    def test_a_closed_standard_output_is_an_error(self):
        def close():
            os.close(1)

        self.fails(
            1, "predict", model(), GOLD, says=["standard output", "Bad file"], before=close
        )

    def test_a_reader_that_goes_away_is_an_error(self):
        command = [COMMAND, "predict", str(model()), str(GOLD)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.close()
            error = process.stderr.read()
        self.assertEqual(process.returncode, 1)
        self.assertIn(b"skol: cannot write to standard output: Broken pipe", error)
