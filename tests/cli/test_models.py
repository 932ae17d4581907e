# SPDX-License-Identifier: Apache-2.0
"""Models listed, copied and removed, in folders and in Redis."""

import shutil

from redis_process import RedisServer, needs_redis
from skol_process import GOLD, CommandTest, model

KEYS = [
    *["name", "bytes", "labels", "window_size", "prediction_stride", "prediction_batch_size"],
    *["created", "tuned"],
]


class FolderTest(CommandTest):
    def copies(self, *names):
        for name in names:
            self.succeeds("models", "copy", model(), self.folder / name)

    def listed(self, *where):
        return self.succeeds("models", "list", *where, "--json").json()

    def test_a_list_has_what_scripts_rely_on(self):
        self.copies("b.skol", "a")
        listing = self.listed(self.folder)
        self.assertEqual([m["name"] for m in listing["models"]], ["a", "b.skol"])
        shown = self.succeeds("models", "show", self.folder / "a", "--json").json()
        for key in KEYS:
            self.assertIn(key, listing["models"][0])
            if key != "name":
                self.assertEqual(listing["models"][0][key], shown[key], key)
        self.assertEqual(listing["models"][0]["bytes"], model().stat().st_size)

    def test_without_a_folder_it_is_the_working_folder(self):
        self.copies("a")
        done = self.succeeds("models", "list", "--json", cwd=self.folder)
        self.assertEqual([m["name"] for m in done.json()["models"]], ["a"])

    def test_what_is_no_model_is_named_counted_and_left_out(self):
        self.copies("a")
        self.write("cut", model().read_bytes()[:60])
        self.write("empty", b"")
        self.write("notes.txt", "text\n")
        self.write("newer", model().read_bytes().replace(b'"format_version":"2"', b'"format_version":"9"', 1))
        (self.folder / "folder").mkdir()
        listing = self.listed(self.folder)
        self.assertEqual([m["name"] for m in listing["models"]], ["a"])
        self.assertEqual(listing["skipped"], 4)
        reasons = {other["name"]: other["reason"] for other in listing["not_models"]}
        self.assertEqual(sorted(reasons), ["cut", "empty", "newer", "notes.txt"])
        self.assertIn("newer skol", reasons["newer"])
        done = self.succeeds("models", "list", self.folder)
        self.assertIn("4 entries are not models: 'cut', 'empty', 'newer', ...", done.err)
        self.assertEqual(len(done.out.splitlines()), 2)

    def test_an_empty_folder_has_no_models(self):
        self.assertEqual(self.listed(self.folder)["models"], [])
        self.assertIn(b"no models in", self.succeeds("models", "list", self.folder).out)

    def test_a_folder_that_is_not_there(self):
        self.fails(4, "models", "list", self.folder / "none", says=["none", "No such file"])

    def test_the_table_fits_eighty_columns_and_keeps_the_ends_of_names(self):
        self.copies("x" * 90 + "_v1.0", "ü" * 60, "tab\tname")
        lines = self.succeeds("models", "list", self.folder).out.decode().splitlines()
        for line in lines:
            self.assertLessEqual(len(line), 80, line)
        self.assertEqual(len(lines), 4)
        self.assertTrue(any("xx.." in line and "_v1.0 " in line for line in lines), lines)
        self.assertTrue(any("tab\\x09name" in line for line in lines), lines)

    def test_a_copy_is_the_same_bytes_and_replaces(self):
        target = self.write("m", "old")
        done = self.succeeds("models", "copy", model(), target, "--json")
        self.assertEqual(target.read_bytes(), model().read_bytes())
        self.assertEqual(done.json()["name"], str(target))
        self.assertEqual(self.files_in(self.folder), ["m"])

    def test_only_a_whole_model_is_copied(self):
        cut = self.write("cut", model().read_bytes()[:-1])
        target = self.write("m", "old")
        self.fails(4, "models", "copy", cut, target, says=["cut", "checksum"])
        self.fails(4, "models", "copy", self.folder / "none", target, says=["none"])
        self.assertEqual(target.read_text(), "old")

    def test_a_copy_that_cannot_be_written(self):
        self.fails(
            1, "models", "copy", model(), self.folder / "no" / "m", says=["no/m", "No such file"]
        )
        self.fails(2, "models", "copy", model(), f"{self.folder}/", says=["path of a file"])

    def test_files_do_not_expire(self):
        self.fails(
            *[2, "models", "copy", model(), self.folder / "m", "--expire", "60"],
            says=["do not expire"],
        )
        self.fails(
            *[2, "train", GOLD, "-o", self.folder / "m", "--expire", "1:00:00"],
            says=["do not expire"],
        )
        self.assertEqual(self.files_in(self.folder), [])

    def test_times_that_are_none(self):
        for time in ("0", "-1", "1.5", "x", "1:2", "00:00:00", "1:60:00", "1:00:60", "1:2:3:4"):
            self.fails(
                *[2, "models", "copy", model(), "redis://h/0/k", f"--expire={time}"],
                says=["--expire", f"'{time}'", "HH:MM:SS"],
            )

    def test_a_removed_model_is_gone(self):
        self.copies("a", "b")
        self.succeeds("models", "remove", self.folder / "a")
        self.assertEqual(self.files_in(self.folder), ["b"])
        self.fails(4, "models", "remove", self.folder / "a", says=["no such file"])
        done = self.succeeds("models", "remove", self.folder / "b", "--json")
        self.assertEqual(done.json()["bytes"], model().stat().st_size)

    def test_what_is_no_model_is_not_removed(self):
        notes = self.write("notes.txt", "text\n")
        self.fails(4, "models", "remove", notes, says=["notes.txt", "nothing was removed"])
        self.fails(4, "models", "remove", self.folder, says=["folder"])
        self.assertEqual(notes.read_text(), "text\n")


@needs_redis
class DatabaseTest(CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.redis = RedisServer()
        cls.addClassCleanup(cls.redis.stop)

    def setUp(self):
        super().setUp()
        self.redis.cli("FLUSHALL")

    def test_a_database_lists_as_a_folder_does(self):
        for name in ("b", "a:v1", "c d"):
            self.succeeds("models", "copy", model(), self.redis.uri(name))
            shutil.copy(model(), self.folder / name)
        in_redis = self.succeeds("models", "list", self.redis.uri(), "--json").json()["models"]
        on_disk = self.succeeds("models", "list", self.folder, "--json").json()["models"]
        self.assertEqual(in_redis, on_disk)
        tables = [self.succeeds("models", "list", s).out for s in (self.redis.uri(), self.folder)]
        self.assertEqual(tables[0], tables[1])

    def test_finds_the_models_among_many_other_keys(self):
        commands = "".join(f"SET key:{i} value\n" for i in range(5000))
        self.redis.cli(stdin=commands.encode())
        self.redis.cli("LPUSH", "list", "x")
        for name in ("m1", "m2"):
            self.succeeds("models", "copy", model(), self.redis.uri(name))
        listing = self.succeeds("models", "list", self.redis.uri(), "--json").json()
        self.assertEqual([m["name"] for m in listing["models"]], ["m1", "m2"])
        self.assertEqual(listing["skipped"], 5001)
        self.assertEqual(len(listing["not_models"]), 100)

    def test_databases_are_apart(self):
        self.succeeds("models", "copy", model(), self.redis.uri("m", 3))
        empty = self.succeeds("models", "list", self.redis.uri(), "--json").json()
        self.assertEqual((empty["models"], empty["skipped"]), ([], 0))
        full = self.succeeds("models", "list", self.redis.uri(database=3), "--json").json()
        self.assertEqual(len(full["models"]), 1)

    def test_a_removed_model_is_gone(self):
        uri = self.redis.uri("m")
        self.succeeds("models", "copy", model(), uri)
        self.succeeds("models", "remove", uri)
        self.assertEqual(self.redis.cli("EXISTS", "m"), "0")
        self.fails(4, "models", "remove", uri, says=["'m'", "no such key"])

    def test_a_list_is_of_a_database_not_of_a_key(self):
        self.fails(4, "models", "list", self.redis.uri("m"), says=["without a key"])
