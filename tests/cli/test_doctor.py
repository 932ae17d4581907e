# SPDX-License-Identifier: Apache-2.0
"""skol doctor: what is there, what is missing, what is broken; whatever it asks, it ends."""

import os
import shutil
import subprocess
import sys
import time
import unittest
from unittest import mock

from redis_process import FakeServer, RedisServer, needs_redis
from skol_process import SANITIZED, CommandTest, skol

SECTIONS = ["skol", "processor", "simd", "memory", "gpu", "python", "spark", "java", "redis"]
SECTIONS += ["status"]
PYTHON = (
    '{"executable": "/fake/python3", "version": "3.11.7", "extension": "", "packages": {'
    '"skol_classifier": "0.1.0", "numpy": "2.4", "pandas": "3.1", "redis": "8.1", '
    '"pyarrow": "26.0", "pyspark": "3.5.3"}}'
)

# Two devices, and an error for the rest.
NVML = """
#include <cstdio>
extern "C" {
struct Memory { unsigned long long total, free, used; };
static int devices[2];
int nvmlInit_v2() { return INIT; }
int nvmlSystemGetDriverVersion(char* to, unsigned size) {
  std::snprintf(to, size, "550.54.15");
  return 0;
}
int nvmlDeviceGetCount_v2(unsigned* count) { *count = 3; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned i, void** device) {
  if (i == 2) return 15;
  *device = &devices[i];
  return 0;
}
int nvmlDeviceGetName(void*, char* to, unsigned size) {
  std::snprintf(to, size, "NVIDIA Test GPU");
  return 0;
}
int nvmlDeviceGetMemoryInfo(void* device, Memory* memory) {
  *memory = {80ull << 30, 78ull << 30, device == &devices[0] ? 2ull << 30 : 0};
  return 0;
}
}
"""


class DoctorTest(CommandTest):
    """With programs of our own in PATH, and nothing in the environment that says anything."""

    def setUp(self):
        super().setUp()
        self.programs = self.folder / "bin"
        self.programs.mkdir()
        for name in ("sh", "sleep", "cat"):
            (self.programs / name).symlink_to(shutil.which(name))
        self.usual_path = os.environ["PATH"]
        kept = {k: v for k, v in os.environ.items() if k.startswith(("ASAN", "UBSAN", "LSAN"))}
        patch = mock.patch.dict(os.environ, kept, clear=True)
        patch.start()
        self.addCleanup(patch.stop)
        os.environ["PATH"] = str(self.programs)
        os.environ["SKOL_STATUS"] = str(self.folder / "published")

    def program(self, name, script):
        path = self.write(f"bin/{name}", f"#!{self.programs}/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def python(self, answer=PYTHON, name="python3"):
        return self.program(name, f"cat <<'end'\n{answer}\nend")

    def java(self, version, name="java"):
        return self.program(name, f"echo 'openjdk version \"{version}\" 2025-01-01' >&2")

    def examined(self, *arguments, status=0):
        done = skol("doctor", "--json", *arguments)
        self.assertEqual((done.status, done.err, done.out.count(b"\n")), (status, "", 1))
        return done.json()

    def finding(self, section, status):
        """The first of this status: text and advice in one."""
        found = [f for f in section["findings"] if f["status"] == status]
        self.assertTrue(found, section)
        return f"{found[0]['text']} -> {found[0]['advice']}"


class MachineTest(DoctorTest):
    def test_an_object_a_section(self):
        told = self.examined()
        self.assertEqual(list(told), SECTIONS)
        for section in told.values():
            self.assertIn(section["status"], ("ok", "missing", "problem"))
            for finding in section["findings"]:
                self.assertEqual(list(finding), ["status", "text", "advice"])
        self.assertRegex(told["skol"]["version"], r"^\d+\.\d+\.\d+$")
        self.assertGreaterEqual(told["processor"]["cores"], 1)
        self.assertEqual(told["simd"]["targets"]["scalar"], "right")
        self.assertEqual(set(told["simd"]["targets"].values()), {"right"})
        self.assertGreater(told["memory"]["left_bytes"], 0)
        self.assertEqual(told["memory"]["binds"], told["memory"]["limits"][0]["name"])

    def test_a_table_of_eighty_columns(self):
        done = self.succeeds("doctor")
        self.assertEqual(done.err, "")
        lines = done.out.decode().splitlines()
        self.assertEqual([line.split()[0] for line in lines if line[0] != " "], SECTIONS)
        for line in lines:
            if str(self.folder) not in line:  # a path stands whole
                self.assertLessEqual(len(line), 80, line)
        self.assertNotIn("\033", done.out.decode())

    @unittest.skipIf(SANITIZED, "a sanitizer needs all of the address space")
    def test_the_limit_that_binds_is_named(self):
        import resource

        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

        told = self.succeeds("doctor", "--json", before=limit).json()
        self.assertEqual(told["memory"]["binds"], "RLIMIT_AS")
        self.assertLess(told["memory"]["left_bytes"], 1 << 30)

    def test_the_limit_on_cores_is_named(self):
        os.environ["OMP_NUM_THREADS"] = "1"
        processor = self.examined()["processor"]
        self.assertEqual(processor["cores"], 1)
        self.assertIn(
            {"name": "OMP_NUM_THREADS", "cores": 1.0},
            [limit for limit in processor["limits"] if limit["cores"] == 1.0],
        )

    def test_where_runs_are_published(self):
        status = self.examined()["status"]
        self.assertEqual(status["folder"], str(self.folder / "published"))
        os.environ["SKOL_STATUS"] = "off"
        self.assertEqual(self.examined()["status"]["status"], "missing")
        os.environ["SKOL_STATUS"] = str(self.write("file", ""))
        status = self.examined()["status"]
        self.assertEqual((status["status"], status["folder"]), ("problem", None))
        self.assertIn("mkdir -m 700", self.finding(status, "problem"))


class ProgramsTest(DoctorTest):
    def test_nothing_of_it_is_required(self):
        told = self.examined()
        for name in ("python", "spark", "java", "redis"):
            self.assertEqual(told[name]["status"], "missing", told[name])

    def test_all_that_spark_needs(self):
        python, java = self.python(), self.java("17.0.13")
        told = self.examined()
        for name in ("python", "spark", "java"):
            self.assertEqual(told[name]["status"], "ok", told[name])
        self.assertEqual(told["python"]["program"], python.name)
        self.assertEqual(told["python"]["packages"]["numpy"], "2.4")
        self.assertEqual(told["spark"]["version"], "3.5.3")
        self.assertEqual((told["java"]["version"], told["java"]["program"]), (17, str(java)))

    def test_this_python(self):
        (self.programs / "python3").symlink_to(sys.executable)
        python = self.examined("--timeout", "60")["python"]
        self.assertEqual(python["version"], ".".join(map(str, sys.version_info[:3])))

    def test_what_lies_in_the_working_folder_is_not_run(self):
        (self.programs / "python3").symlink_to(sys.executable)
        for name in ("json", "importlib", "skol_classifier"):
            self.write(f"here/{name}.py", "raise SystemExit('run by mistake')")
        done = self.succeeds("doctor", "--json", "--timeout", "60", cwd=self.folder / "here")
        self.assertNotIn("mistake", done.out.decode())
        self.assertTrue(done.json()["python"]["version"])

    def test_a_java_that_cannot_run_this_spark(self):
        self.python()
        self.java("25", "java")
        java = self.examined()["java"]
        self.assertIn("Spark 3.5.3 needs 8 to 23", self.finding(java, "problem"))
        self.assertIn("JAVA_HOME", self.finding(java, "problem"))
        self.java("17.0.1", "jdk/bin/java")
        os.environ["JAVA_HOME"] = str(self.programs / "jdk")
        self.assertEqual(self.examined()["java"]["version"], 17)
        os.environ["JAVA_HOME"] = "/no/such/jdk"
        self.assertIn("of JAVA_HOME,", self.finding(self.examined()["java"], "problem"))

    def test_workers_of_another_python(self):
        self.python()
        self.java("17")
        self.python(PYTHON.replace("3.11.7", "3.9.2"), "python3.9")
        os.environ["PYSPARK_PYTHON"] = "python3.9"
        spark = self.examined()["spark"]
        self.assertIn("which is Python 3.9", self.finding(spark, "problem"))
        self.assertIn("export PYSPARK_PYTHON=/fake/python3", self.finding(spark, "problem"))

    def test_programs_that_hang_are_given_up(self):
        for name in ("python3", "java"):
            self.program(name, "sleep 1000")
        begin = time.monotonic()
        told = self.examined("--timeout", "0.3")
        self.assertLess(time.monotonic() - begin, 60)
        for name in ("python", "java"):
            self.assertIn("does not answer in time", self.finding(told[name], "problem"))

    def test_programs_that_fail_or_say_anything(self):
        for script in ("exit 1", "kill -9 $$", "echo hello", "cat /dev/zero", "printf '\\033[31m'"):
            with self.subTest(script):
                for name in ("python3", "java"):
                    self.program(name, script)
                done = self.succeeds("doctor", "--timeout", "2")
                self.assertNotIn("\033", done.out.decode())
                self.assertRegex(done.out.decode(), r"(?m)^python +problem")
                self.assertRegex(done.out.decode(), r"(?m)^java +problem")

    def test_a_timeout_that_is_none_is_named(self):
        for value in ("0", "x", "1e9", "nan"):
            self.fails(2, "doctor", f"--timeout={value}", says=["--timeout", "0.1 to 600"])


class RedisTest(DoctorTest):
    @needs_redis
    def test_a_server_and_its_version(self):
        with mock.patch.dict(os.environ, PATH=self.usual_path):
            server = RedisServer("--requirepass", "s3cret")
        self.addCleanup(server.stop)
        os.environ["REDIS_URL"] = server.uri()
        self.assertIn("password", self.finding(self.examined()["redis"], "problem"))
        os.environ["REDIS_PASSWORD"] = "s3cret"
        redis = self.examined()["redis"]
        self.assertEqual(redis["status"], "ok")
        self.assertRegex(redis["version"], r"^\d+\.\d+")
        redis = self.examined("--redis", server.uri(who=":s3cret@"))["redis"]
        self.assertEqual(redis["uri"], server.uri(who=":***@"))

    def test_a_server_that_was_asked_for_and_is_not_there_is_a_failure(self):
        address = "redis://127.0.0.1:1"
        redis = self.examined("--redis", address, status=1)["redis"]
        self.assertIn("127.0.0.1:1", self.finding(redis, "problem"))
        os.environ["REDIS_URL"] = address
        self.assertEqual(self.examined()["redis"]["status"], "problem")

    def test_a_server_that_is_silent_is_given_up(self):
        server = FakeServer(lambda connection: time.sleep(60))
        self.addCleanup(server.stop)
        redis = self.examined(
            *["--redis", f"redis://127.0.0.1:{server.port}", "--timeout", "0.3"], status=1
        )["redis"]
        self.assertIn("no answer", self.finding(redis, "problem"))

    def test_what_is_no_address_is_named_without_its_password(self):
        for uri in ("rediss://me:s3cret@host", "redis://me:s3cret@host:port", "http://me:s3cret@x"):
            told = self.examined("--redis", uri, status=1)["redis"]
            self.assertEqual(told["status"], "problem")
            self.assertNotIn("s3cret", str(told))


class GpuTest(DoctorTest):
    COMPILER = shutil.which("c++")

    def library(self, start="0"):
        source = self.write("nvml.cc", NVML.replace("INIT", start))
        folder = self.folder / "lib"
        folder.mkdir(exist_ok=True)
        command = [self.COMPILER, "-shared", "-fPIC", "-o", str(folder / "libnvidia-ml.so.1")]
        subprocess.run(
            [*command, str(source)], check=True, env={"PATH": os.defpath}, cwd=self.folder
        )
        os.environ["LD_LIBRARY_PATH"] = str(folder)

    @unittest.skipUnless(COMPILER, "no compiler, which makes a library in the place of NVIDIA's")
    def test_the_drivers_library_tells_the_gpus(self):
        self.library()
        gpu = self.examined()["gpu"]
        self.assertEqual(gpu["driver"], "550.54.15")
        sizes = {"bytes": 80 << 30, "used_bytes": 2 << 30}
        self.assertLessEqual({"name": "NVIDIA Test GPU", **sizes}.items(), gpu["gpus"][0].items())
        self.assertEqual([one["used_bytes"] for one in gpu["gpus"]], [2 << 30, 0])

    @unittest.skipUnless(COMPILER, "no compiler, which makes a library in the place of NVIDIA's")
    def test_a_library_that_fails_crashes_or_hangs_harms_nobody(self):
        for start in ("9", "*(volatile int*)0", "({ for (volatile int i = 0;; ++i) {} 0; })"):
            with self.subTest(start):
                self.library(start)
                gpu = self.examined("--timeout", "0.5")["gpu"]
                self.assertEqual(gpu["gpus"], [])
                self.assertIn(gpu["status"], ("missing", "problem"))
