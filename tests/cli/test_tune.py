# SPDX-License-Identifier: Apache-2.0
"""skol tune: measures, chooses, and writes the choice into a model. No figure is tested here."""

import shutil
import signal
import subprocess
import time

from redis_process import RedisServer, needs_redis
from skol_process import COMMAND, GOLD, CommandTest, model, skol

KEYS = ["base_bytes", "window_bytes", "fit_error", "points", "prediction_batch_size", "reason"]
RECORD = [*KEYS, "date", "hardware", "device", "precision"]
# A moment is enough for a measurement that nobody goes by.
SHORT = ["--seconds", "0.1"]


class TuneTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.model = self.folder / "m.skol"
        shutil.copy(model(), self.model)

    def tuned(self, *arguments):
        return self.succeeds("tune", self.model, *SHORT, *arguments, "--json").json()

    def shown(self, uri=None):
        return self.succeeds("models", "show", uri or self.model, "--json").json()


class ReportTest(TuneTest):
    def test_json_has_what_scripts_rely_on(self):
        done = self.succeeds("tune", self.model, *SHORT, "--json")
        self.assertEqual((done.out.count(b"\n"), done.err), (1, ""))
        report = done.json()
        self.assertEqual(list(report)[: len(RECORD)], RECORD)
        self.assertIs(report["saved"], False)
        sizes = [point["batch_size"] for point in report["points"]]
        self.assertEqual(sizes, sorted(set(sizes)))
        self.assertIn(report["prediction_batch_size"], range(1, 1 << 24))
        for point in report["points"]:
            self.assertEqual(list(point), ["batch_size", "bytes", "windows_per_second"])
            self.assertGreater(point["bytes"], 0)
            self.assertGreater(point["windows_per_second"], 0)
        self.assertGreaterEqual(report["fit_error"], 0)
        self.assertTrue(report["reason"])
        self.assertNotIn("\n", report["reason"])
        self.assertRegex(report["date"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        hardware = report["hardware"]
        self.assertEqual(list(hardware), ["processor", "cores", "target", "memory_bytes"])
        self.assertTrue(hardware["processor"])
        self.assertGreater(hardware["memory_bytes"], 0)
        self.assertEqual((report["device"], report["precision"]), ("cpu", "fp32"))

    def test_the_table_fits_eighty_columns_and_marks_the_choice(self):
        done = self.succeeds("tune", self.model, *SHORT)
        lines = done.out.decode().splitlines()
        self.assertLessEqual(max(map(len, lines)), 80)
        chosen = [line for line in lines if line.endswith(" <--")]
        self.assertLessEqual(len(chosen), 1)
        self.assertIn("prediction_batch_size", done.out.decode())
        self.assertEqual(done.err, f"not saved: --save writes the choice into '{self.model}'\n")

    def test_the_hardware_is_what_was_used(self):
        hardware = self.tuned("--threads", "1", "--target", "scalar")["hardware"]
        self.assertEqual((hardware["cores"], hardware["target"]), (1, "scalar"))


class InputTest(TuneTest):
    def test_measures_on_text_that_is_given(self):
        self.tuned(GOLD)
        self.tuned(GOLD, min(GOLD.iterdir()))
        done = self.succeeds("tune", self.model, "-", *SHORT, stdin=b"a line of text\n" * 100)
        self.assertIn(b"windows/s", done.out)

    def test_text_without_a_line_to_label(self):
        blank = self.write("blank.txt", "\n \n--- PDF Page 1 Label 1 ---\n")
        self.fails(1, "tune", self.model, blank, *SHORT, says=["blank.txt", "no line to label"])
        self.fails(1, "tune", self.model, "-", *SHORT, says=["no line to label"])

    def test_text_that_cannot_be_read(self):
        bad = self.write("bad.txt", b"a\xffb\n")
        self.fails(1, "tune", self.model, bad, *SHORT, says=["bad.txt:1", "UTF-8"])
        self.fails(1, "tune", self.model, self.folder / "none", *SHORT, says=["none"])
        self.succeeds("tune", self.model, bad, "--errors", "replace", *SHORT)
        skip = ["--errors", "skip", *SHORT]
        self.fails(1, "tune", self.model, bad, *skip, says=["no document could be read"])
        self.succeeds("tune", self.model, bad, GOLD, *skip)

    def test_a_model_that_is_not_there_or_none(self):
        self.fails(4, "tune", self.folder / "none", says=["none", "no such file"])
        self.fails(
            4, "tune", self.write("text", "this is no model"), says=["text", "not a skol model"]
        )

    def test_values_that_are_none(self):
        for seconds in ("0", "-1", "4000", "nan", "soon"):
            self.fails(
                2, "tune", self.model, f"--seconds={seconds}", says=["--seconds", "expected"]
            )
        self.fails(2, "tune", self.model, "--sav", says=["'--sav'", "--save"])
        self.fails(2, "tune", says=["MODEL"])
        self.fails(1, "tune", self.model, "--device", "cuda", says=["device cuda: "])
        self.fails(1, "tune", self.model, "--target", "neon9", says=["neon9"])

    def test_a_batch_size_that_is_given_is_not_what_it_looks_for(self):
        done = self.succeeds("tune", self.model, *SHORT, "--prediction-batch-size", "7")
        self.assertEqual(done.err.count("skol: warning: "), 1)
        self.assertIn("--prediction-batch-size 7 is not used", done.err)


class SaveTest(TuneTest):
    def test_without_save_the_model_stays_as_it_was(self):
        self.tuned()
        self.assertEqual(self.model.read_bytes(), model().read_bytes())
        self.assertEqual(self.shown()["tuned"], {})

    def test_saves_what_it_reports(self):
        report = self.tuned("--save")
        self.assertIs(report["saved"], True)
        shown = self.shown()
        self.assertEqual(shown["tuned"], {key: report[key] for key in RECORD})
        self.assertEqual(shown["prediction_batch_size"], report["prediction_batch_size"])
        before = self.shown(model())
        for key in ("labels", "created", "made_by", "options", "settings", "parameters"):
            self.assertEqual(shown[key], before[key], key)
        self.assertEqual(self.files_in(self.folder), ["m.skol"])

    def test_a_list_has_the_record_in_short(self):
        report = self.tuned("--save")
        listed = self.succeeds("models", "list", self.folder, "--json").json()["models"][0]
        self.assertEqual(listed["prediction_batch_size"], report["prediction_batch_size"])
        short = ["prediction_batch_size", "date", "hardware", "device", "precision"]
        self.assertEqual(listed["tuned"], {key: report[key] for key in short})

    def test_says_what_was_saved_with_nothing_to_paste(self):
        done = self.succeeds("tune", self.model, *SHORT, "--save")
        size = self.shown()["prediction_batch_size"]
        self.assertEqual(
            done.err,
            f"saved '{self.model}': prediction_batch_size {size}, before 64; "
            "whoever loads the model has it\n",
        )

    def test_models_show_has_the_table_of_the_tuning(self):
        self.assertNotIn(b"\ntuned\n", self.succeeds("models", "show", self.model).out)
        table = self.succeeds("tune", self.model, *SHORT, "--save").out
        self.assertTrue(
            self.succeeds("models", "show", self.model).out.endswith(b"\n\ntuned\n" + table)
        )

    def test_the_choice_is_in_force_and_the_labels_are_the_same(self):
        arguments = [GOLD, "--format", "jsonl", "--json"]
        before = self.succeeds("predict", self.model, *arguments)
        size = self.tuned("--save")["prediction_batch_size"]
        after = self.succeeds("predict", self.model, *arguments)
        self.assertEqual(after.last_json()["batch_sizes"], [size])
        self.assertEqual(after.out, before.out)

    def test_a_second_tuning_takes_the_place_of_the_first(self):
        self.tuned("--save")
        second = self.tuned("--save", "--threads", "1", "--target", "scalar")
        self.assertEqual(self.shown()["tuned"]["hardware"], second["hardware"])

    def test_an_interrupted_tuning_changes_nothing(self):
        bad = self.write("bad.txt", b"\xff")
        process = subprocess.Popen(
            [COMMAND, "tune", str(self.model), bad, "-", "--errors", "skip", "--save"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        with process:
            process.stderr.readline()  # one is skipped, for the other it waits
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
            self.assertEqual(process.returncode, 130, process.stderr.read())
        self.assertEqual(self.model.read_bytes(), model().read_bytes())
        self.assertEqual(self.files_in(self.folder), ["bad.txt", "m.skol"])


class OtherHardwareTest(TuneTest):
    def setUp(self):
        super().setUp()
        self.size = self.tuned("--save", "--threads", "1")["prediction_batch_size"]

    def warnings(self, *arguments):
        done = self.succeeds(*arguments)
        return [line for line in done.err.splitlines() if "warning" in line]

    def test_other_hardware_is_one_warning_that_names_both(self):
        for verb in ("predict", "evaluate"):
            (warning,) = self.warnings(verb, self.model, GOLD, "--threads", "2")
            self.assertTrue(warning.startswith("skol: warning: "), warning)
            for text in (f"prediction_batch_size {self.size}", " 1 core, ", " 2 cores, "):
                self.assertIn(text, warning)
            self.assertIn("skol tune --save", warning)
        (warning,) = self.warnings(
            "predict", self.model, GOLD, "--threads", "1", "--target", "scalar"
        )
        self.assertIn("1 core, scalar", warning)

    def test_the_same_hardware_is_none(self):
        for verb in ("predict", "evaluate"):
            self.assertEqual(self.warnings(verb, self.model, GOLD, "--threads", "1"), [])

    def test_a_size_that_is_given_is_the_users_own(self):
        given = ["--threads", "2", "--prediction-batch-size", "48"]
        self.assertEqual(self.warnings("predict", self.model, GOLD, *given), [])

    def test_the_report_stays_the_last_line(self):
        done = self.succeeds("predict", self.model, GOLD, "--threads", "2", "--json")
        self.assertEqual(done.last_json()["batch_sizes"], [self.size])


@needs_redis
class RedisTest(TuneTest):
    @classmethod
    def setUpClass(cls):
        cls.redis = RedisServer()
        cls.addClassCleanup(cls.redis.stop)

    def setUp(self):
        super().setUp()
        self.redis.cli("FLUSHALL")
        self.uri = self.redis.uri("m")

    def put(self, *expire):
        self.succeeds("models", "copy", model(), self.uri, *expire)

    def test_saves_in_one_command_and_keeps_the_expiry(self):
        for expire, left in (([], range(-1, 0)), (["--expire", "9000"], range(8900, 9001))):
            self.put(*expire)
            self.redis.cli("CONFIG", "RESETSTAT")
            report = self.succeeds("tune", self.uri, *SHORT, "--save", "--json").json()
            self.assertEqual(self.shown(self.uri)["tuned"]["points"], report["points"])
            self.assertIn(int(self.redis.cli("TTL", "m")), left)
            self.assertNotIn("cmdstat_expire", self.redis.cli("INFO", "commandstats"))

    def test_a_model_that_was_replaced_meanwhile_is_left_alone(self):
        self.put()
        self.redis.cli("CONFIG", "RESETSTAT")
        process = subprocess.Popen(
            [COMMAND, "tune", self.uri, "-", *SHORT, "--save"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        with process:
            end = time.monotonic() + 60
            while "cmdstat_discard" not in self.redis.cli("INFO", "commandstats"):
                self.assertLess(time.monotonic(), end)
                time.sleep(0.01)
            # It has read the model and waits for text.
            self.succeeds("tune", self.model, *SHORT, "--save")
            self.succeeds("models", "copy", self.model, self.uri)
            _, error = process.communicate(b"a line\n", timeout=60)
        self.assertEqual(process.returncode, 1, error)
        self.assertIn(b"was replaced while it was measured: nothing was saved", error)
        copy = self.folder / "copy"
        self.succeeds("models", "copy", self.uri, copy)
        self.assertEqual(copy.read_bytes(), self.model.read_bytes())

    def test_what_may_not_be_written_is_told_before_measuring(self):
        self.put()
        self.redis.cli("ACL", "SETUSER", "reader", "on", ">pw", "~*", "+get", "+multi", "+discard")
        self.addCleanup(self.redis.cli, "ACL", "DELUSER", "reader")
        uri = self.redis.uri("m", who="reader:pw@")
        self.fails(1, "tune", uri, "--save", "--seconds", "3000", says=["may not do this"])
        self.succeeds("tune", uri, *SHORT)

    def test_no_message_holds_a_password(self):
        self.put()
        self.redis.cli("ACL", "SETUSER", "ann", "on", ">secret", "~*", "+@all")
        self.addCleanup(self.redis.cli, "ACL", "DELUSER", "ann")
        done = skol("tune", self.redis.uri("m", who="ann:secret@"), *SHORT, "--save")
        self.assertEqual(done.status, 0, done.err)
        self.assertNotIn("secret", done.err + done.out.decode())
