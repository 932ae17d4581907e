# SPDX-License-Identifier: Apache-2.0
"""Models in Redis: a real server, and every way in which one may fail."""

import itertools
import os
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

from redis_process import FakeServer, RedisServer, free_port, needs_redis
from skol_process import COMMAND, GOLD, SMALL, TRAIN, CommandTest, model, shared_folder, skol

PASSWORD = "se-cret/%@1"
ENCODED = "se-cret%2F%25%401"


class RedisTest(CommandTest):
    options = ()

    @classmethod
    def setUpClass(cls):
        cls.redis = RedisServer(*cls.options)
        cls.addClassCleanup(cls.redis.stop)

    def setUp(self):
        super().setUp()
        self.redis.cli("FLUSHALL")

    def put(self, key="m", database=0):
        uri = self.redis.uri(key, database)
        self.succeeds("models", "copy", model(), uri)
        return uri


@needs_redis
class ModelInRedisTest(RedisTest):
    def test_every_verb_takes_it(self):
        uri = self.redis.uri("skol:classifier:model:rnn_v1.0")
        paper = min(TRAIN.iterdir())
        done = self.succeeds("train", paper, "-o", uri, *SMALL)
        self.assertIn(f"saved '{uri}'", done.err)
        self.assertEqual(self.redis.cli("TYPE", "skol:classifier:model:rnn_v1.0"), "string")
        self.succeeds("predict", uri, GOLD)
        self.succeeds("evaluate", uri, GOLD)
        self.succeeds("models", "show", uri)

    def test_predicts_the_same_as_from_a_file(self):
        from_file = self.succeeds("predict", model(), GOLD)
        self.assertEqual(self.succeeds("predict", self.put(), GOLD).out, from_file.out)

    def test_is_the_same_bytes_from_disk_to_redis_to_redis_to_disk(self):
        first, second = self.redis.uri("a/b:c d%25", 1), self.redis.uri("other", 2)
        back = self.folder / "back.skol"
        for source, target in ((model(), first), (first, second), (second, back)):
            self.succeeds("models", "copy", source, target)
        self.assertEqual(back.read_bytes(), model().read_bytes())
        self.assertEqual(self.redis.cli("-n", "1", "KEYS", "*"), "a/b:c d%")

    def test_expiry_comes_in_the_command_that_writes(self):
        monitor = subprocess.Popen(
            ["redis-cli", "-p", str(self.redis.port), "MONITOR"], stdout=subprocess.PIPE
        )
        self.addCleanup(monitor.stdout.close)
        self.addCleanup(monitor.wait)
        self.addCleanup(monitor.kill)
        self.assertEqual(monitor.stdout.readline(), b"OK\n")
        uri = self.redis.uri("short")
        self.succeeds("models", "copy", model(), uri, "--expire", "01:00:00")
        self.assertIn(self.redis.cli("TTL", "short"), ("3599", "3600"))
        self.redis.cli("ECHO", "end")
        heard = list(itertools.takewhile(lambda line: b'"ECHO"' not in line, monitor.stdout))
        writes = [line for line in heard if b'"short"' in line and b'"TTL"' not in line]
        self.assertEqual(len(writes), 1)
        self.assertRegex(writes[0][:60], rb'"SET" "short"')
        self.assertTrue(writes[0].endswith(b'"EX" "3600"\n'), writes[0][-40:])
        paper = min(TRAIN.iterdir())
        self.succeeds("train", paper, "-o", uri, *SMALL, "--expire", "90")
        self.assertIn(self.redis.cli("TTL", "short"), ("89", "90"))

    def test_a_copy_without_expiry_stays(self):
        self.succeeds("models", "copy", model(), self.redis.uri("m"), "--expire", "90")
        self.put()
        self.assertEqual(self.redis.cli("TTL", "m"), "-1")

    def test_one_that_expired_is_not_found(self):
        self.put()
        self.redis.cli("PEXPIRE", "m", "1")
        time.sleep(0.05)
        self.fails(4, "predict", self.redis.uri("m"), GOLD, says=["no such key"])

    def test_writers_and_readers_meet_only_whole_versions(self):
        other = shared_folder() / "other.skol"
        paper = sorted(TRAIN.iterdir())[1]
        self.succeeds("train", paper, "-o", other, *SMALL, "--hidden-size", "5")
        versions = {model().read_bytes(), other.read_bytes()}
        uri = self.put()

        def write(number):
            return [skol("models", "copy", (model(), other)[(number + i) % 2], uri) for i in (0, 1)]

        def read(number):
            copy = self.folder / f"{number}.skol"
            done = [skol("models", "copy", uri, copy), skol("models", "show", uri)]
            self.assertIn(copy.read_bytes(), versions)
            return done

        with ThreadPoolExecutor(80) as pool:
            writing = [pool.submit(write, number) for number in range(16)]
            reading = [pool.submit(read, number) for number in range(64)]
        for done in itertools.chain(*(job.result() for job in writing + reading)):
            self.assertEqual((done.status, done.err if done.status else ""), (0, ""))


@needs_redis
class FaultTest(RedisTest):
    def refuses_to_read(self, key, *says):
        for verb in (["predict", key, GOLD], ["models", "show", key], ["models", "remove", key]):
            self.fails(4, *verb, says=says)
        self.fails(4, "models", "copy", key, self.folder / "copy", says=says)
        self.assertEqual(self.files_in(self.folder), [])

    def test_an_absent_key_names_the_near_ones(self):
        for key in ("skol:model:rnn_v1", "skol:model:rnn_v2", "unlike"):
            self.put(key)
        self.redis.cli("SET", "skol:model:rnn_v3x", "no model, so no help")
        self.refuses_to_read(
            self.redis.uri("skol:model:rnn_v3"),
            *["'skol:model:rnn_v3'", "no such key", "'skol:model:rnn_v1'", "'skol:model:rnn_v2'"],
            f"127.0.0.1:{self.redis.port}, database 0",
        )
        done = skol("models", "show", self.redis.uri("skol:model:rnn_v3"))
        self.assertNotIn("v3x", done.err)

    def test_another_type_under_the_key(self):
        self.redis.cli("LPUSH", "list", "x")
        self.refuses_to_read(self.redis.uri("list"), "'list'", "holds no string")

    def test_another_value_under_the_key(self):
        self.redis.cli("SET", "text", "hello, this is no model")
        uri = self.redis.uri("text")
        self.fails(4, "predict", uri, GOLD, says=["text", "not a skol model"])
        self.fails(4, "models", "copy", uri, self.folder / "x", says=["not a skol model"])
        self.fails(4, "models", "remove", uri, says=["nothing was removed"])
        self.assertEqual(self.redis.cli("EXISTS", "text"), "1")

    def test_a_value_of_which_a_part_was_changed(self):
        uri = self.put()
        self.redis.cli("SETRANGE", "m", "1000", "?")
        self.fails(4, "predict", uri, GOLD, says=["checksum"])

    def test_nobody_at_the_port(self):
        uri = f"redis://127.0.0.1:{free_port()}/0/m"
        self.refuses_to_read(uri, "connection refused", "redis-server", "127.0.0.1:")
        self.fails(1, "models", "copy", model(), uri, says=["connection refused"])
        done = self.fails(1, "train", GOLD, "-o", uri, says=["connection refused"])
        self.assertNotIn("epoch", done.err)
        self.fails(4, "models", "list", uri[: -len("/m")], says=["connection refused"])

    def test_an_unknown_host(self):
        self.fails(4, "predict", "redis://no..host/0/m", GOLD, says=["no..host", "host is unknown"])

    def test_a_database_that_is_not_there(self):
        self.refuses_to_read(self.redis.uri("m", 99), "database 99", "no database of this number")

    def test_a_password_where_there_is_none(self):
        self.refuses_to_read(self.redis.uri("m", who=":x@"), "server has no password")

    def test_full_memory(self):
        self.redis.cli("CONFIG", "SET", "maxmemory", "1")
        self.addCleanup(self.redis.cli, "CONFIG", "SET", "maxmemory", "0")
        uri = self.redis.uri("m")
        self.fails(1, "models", "copy", model(), uri, says=["'m'", "memory is full", "maxmemory"])
        done = self.fails(1, "train", GOLD, "-o", uri, says=["memory is full"])
        self.assertNotIn("epoch", done.err)

    def test_a_replica_takes_no_model_and_gives_those_it_has(self):
        uri = self.put()
        replica = RedisServer("--replicaof", "127.0.0.1", str(self.redis.port))
        self.addCleanup(replica.stop)
        for _ in range(100):
            if replica.cli("EXISTS", "m") == "1":
                break
            time.sleep(0.1)
        self.succeeds("predict", replica.uri("m"), GOLD)
        says = ["read-only replica", "primary", str(replica.port)]
        self.fails(1, "models", "copy", uri, replica.uri("n"), says=says)
        self.fails(1, "models", "remove", replica.uri("m"), says=says)
        done = self.fails(1, "train", GOLD, "-o", replica.uri("n"), says=says)
        self.assertNotIn("epoch", done.err)

    def test_a_value_longer_than_the_server_takes(self):
        self.redis.cli("CONFIG", "SET", "proto-max-bulk-len", "1mb")
        self.addCleanup(self.redis.cli, "CONFIG", "SET", "proto-max-bulk-len", "512mb")
        large = self.folder / "large.skol"
        paper = min(TRAIN.iterdir())
        self.succeeds("train", paper, "-o", large, *SMALL, "--hidden-size", "200")
        self.assertGreater(large.stat().st_size, 1 << 20)
        done = skol("models", "copy", large, self.redis.uri("m"))
        self.assertEqual(done.status, 1)
        self.assertRegex(done.err, "longer than the server takes|connection")

    def test_tls_is_not_there_and_says_so(self):
        self.fails(4, "predict", "rediss://u:hidden@host/0/m", GOLD, says=["no TLS", "u:***@host"])

    def test_addresses_that_are_none(self):
        for uri in ("redis://", "redis://h", "redis://h/0", "redis://h/m", "redis://h:x/0/m"):
            self.fails(4, "predict", uri, GOLD, says=["redis://"])
            self.fails(2, "models", "copy", model(), uri, says=["redis://"])


class BadServerTest(CommandTest):
    """Servers that accept and then are no good."""

    # A machine with much to do may let the server wait; only silence is waited out.
    def refused(self, behave, *says, patience=60):
        server = FakeServer(behave)
        self.addCleanup(server.stop)
        uri = f"redis://127.0.0.1:{server.port}/0/m"
        with mock.patch.dict(os.environ, SKOL_REDIS_TIMEOUT=str(patience)):
            says = [f"127.0.0.1:{server.port}", *says]
            self.fails(4, "predict", uri, GOLD, says=says)
            self.fails(1, "models", "copy", model(), uri, says=says)
            self.fails(4, "models", "copy", uri, self.folder / "copy", says=says)
        self.assertEqual(self.files_in(self.folder), [])

    def test_silence(self):
        self.refused(lambda connection: None, "no answer for 1 s", patience=1)

    def test_a_value_cut_off(self):
        def cut(connection):
            connection.sendall(b"$%d\r\n" % model().stat().st_size + model().read_bytes()[:5000])
            connection.shutdown(socket.SHUT_RDWR)

        self.refused(cut)

    def test_another_protocol(self):
        def http(connection):
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        self.refused(http, "protocol of Redis")

    def test_a_timeout_is_a_number_of_seconds(self):
        for value in ("0", "x", "1.5", "-1", "99999999999"):
            with mock.patch.dict(os.environ, SKOL_REDIS_TIMEOUT=value):
                self.fails(
                    4, "predict", "redis://h/0/m", GOLD, says=["SKOL_REDIS_TIMEOUT", f"'{value}'"]
                )

    def test_an_interruption_ends_the_wait(self):
        server = FakeServer(lambda connection: None)
        self.addCleanup(server.stop)
        command = [COMMAND, "models", "show"]
        process = subprocess.Popen(
            [*command, f"redis://127.0.0.1:{server.port}/0/m"], stderr=subprocess.PIPE
        )
        self.addCleanup(process.stderr.close)
        while not server.open:
            time.sleep(0.01)
        process.terminate()
        self.assertEqual(process.wait(timeout=60), 143)


@needs_redis
class PasswordTest(RedisTest):
    options = ("--requirepass", PASSWORD)

    def setUp(self):
        CommandTest.setUp(self)
        self.admin("FLUSHALL")

    def admin(self, *arguments):
        return self.redis.cli(*arguments, password=PASSWORD)

    def everything_said(self, *arguments):
        done = skol(*arguments)
        said = done.out.decode(errors="replace") + done.err
        self.assertNotIn(PASSWORD, said)
        self.assertNotIn(ENCODED, said)
        return done.status, said

    def test_comes_in_the_address_or_the_environment_and_is_never_printed(self):
        uri = self.redis.uri("m", who=f":{ENCODED}@")
        shown = self.redis.uri("m", who=":***@")
        status, said = self.everything_said("models", "copy", model(), uri)
        self.assertEqual((status, shown in said), (0, True))
        paper = min(TRAIN.iterdir())
        for arguments in (
            ["models", "show", uri],
            ["models", "show", uri, "--json"],
            ["models", "list", self.redis.uri(who=f":{ENCODED}@"), "--json"],
            ["train", paper, "-o", uri, *SMALL],
            ["train", paper, "-o", uri, *SMALL, "--json"],
            ["predict", uri, GOLD],
        ):
            self.assertEqual(self.everything_said(*arguments)[0], 0)
        with mock.patch.dict(os.environ, REDIS_PASSWORD=PASSWORD):
            self.succeeds("models", "show", self.redis.uri("m"))
            self.succeeds("models", "show", self.redis.uri("m", who="default@"))

    def test_is_not_printed_by_what_fails_either(self):
        uri = self.redis.uri("m", who=f"x:{ENCODED}@")
        for arguments in (
            ["predict", uri, GOLD],
            ["predict", model(), uri],
            ["predict", model(), GOLD, "--prediction-batch-size", uri],
            ["models", "list", uri],
            ["models", "show", uri, uri],
            ["models", uri],
            [uri],
            ["models", "show", self.redis.uri("m", who=f"x:{PASSWORD}@")],
            ["models", "show", uri.replace(str(self.redis.port), "port")],
            ["models", "show", uri.replace("redis", "valkey", 1)],
            ["models", "show", uri.replace("redis", "rediss", 1)],
            ["score", uri, GOLD],
            ["train", uri, "-o", "m"],
        ):
            self.assertNotEqual(self.everything_said(*arguments)[0], 0, arguments)

    def test_none_and_a_wrong_one_are_told_apart(self):
        self.fails(4, "predict", self.redis.uri("m"), GOLD, says=["wants a password"])
        wrong = self.redis.uri("m", who=":wrong@")
        done = self.fails(4, "predict", wrong, GOLD, says=["refuses this user or password"])
        self.assertNotIn("wrong@", done.err)
        self.fails(1, "models", "copy", model(), wrong, says=["refuses this user or password"])

    def test_a_user_may_do_what_is_allowed(self):
        self.admin("ACL", "SETUSER", "reader", "on", ">pw", "~skol:*", "+get")
        self.succeeds("models", "copy", model(), self.redis.uri("skol:m", who=f":{ENCODED}@"))
        self.succeeds("predict", self.redis.uri("skol:m", who="reader:pw@"), GOLD)
        for uri in (
            self.redis.uri("skol:n", who="reader:pw@"),
            self.redis.uri("n", who="reader:pw@"),
        ):
            self.fails(1, "models", "copy", model(), uri, says=["may not do this", "ACL SETUSER"])
        other = self.redis.uri("other", who="reader:pw@")
        self.fails(4, "predict", other, GOLD, says=["may not do this", "'other'"])
        absent = self.redis.uri("skol:none", who="reader:pw@")
        self.fails(4, "predict", absent, GOLD, says=["no such key; check the name"])

    def test_a_writer_without_transactions_trains(self):
        self.admin("ACL", "SETUSER", "writer", "on", ">pw", "~skol:*", "+set")
        self.succeeds("models", "copy", model(), self.redis.uri("skol:m", who=f":{ENCODED}@"))
        paper = min(TRAIN.iterdir())
        uri = self.redis.uri("skol:m", who="writer:pw@")
        self.succeeds("train", paper, "-o", uri, *SMALL)
        self.assertGreater(int(self.admin("STRLEN", "skol:m")), 1000)

    def test_a_writer_who_may_not_write_there_knows_before_training(self):
        self.admin(
            "ACL", "SETUSER", "limited", "on", ">pw", "~skol:*", "+set", "+multi", "+discard"
        )
        uri = self.redis.uri("other", who="limited:pw@")
        done = self.fails(1, "train", GOLD, "-o", uri, says=["may not do this"])
        self.assertNotIn("epoch", done.err)
