"""`cmake --install` into a folder that is moved afterwards: dray runs from there, parquet objects included, and nothing in it points at
the build.

Environment: DRAY_BUILD (a build tree with dray), DRAY_CMAKE (cmake; by default the one in the path), DRAY_HAS_PARQUET (0: built without).
Lacking DRAY_BUILD, the test is skipped with one line (exit code 77).
"""

import os
import pathlib
import subprocess
import tempfile
import unittest

import cloud_process

if __name__ == "__main__" and not os.environ.get("DRAY_BUILD"):
    cloud_process.skip("DRAY_BUILD names no build tree")

SAMPLE = pathlib.Path(__file__).resolve().parents[1] / "unit" / "parquet" / "security_lake.gz.parquet"
TAG = "cloud.aws.security_lake.event"
HAS_PARQUET = os.environ.get("DRAY_HAS_PARQUET", "1") != "0"


def run(*command):
    """With an empty environment, so that nothing of the build's helps."""
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=50, env={})


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="dray-install-")
        first, cls.root = (pathlib.Path(cls.folder.name) / name for name in ("installed", "moved"))
        cmake = os.environ.get("DRAY_CMAKE", "cmake")
        subprocess.run(
            [cmake, "--install", os.environ["DRAY_BUILD"], "--prefix", str(first)],
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=50,
        )
        first.rename(cls.root)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_dray_runs_from_where_it_was_installed(self):
        ran = run(self.root / "bin" / "dray", "--version")
        self.assertEqual((ran.returncode, ran.stdout[:5]), (0, "dray "), ran.stderr)

    @unittest.skipUnless(HAS_PARQUET, "built without parquet")
    def test_rows_of_parquet_are_read_by_the_installed_program(self):
        ran = run(self.root / "bin" / "dray", "try", "--service", "aws_sqs_security_lake", SAMPLE)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        events = ran.stdout.splitlines()
        self.assertEqual([event.partition("\t")[0] for event in events], [TAG, TAG])
        self.assertTrue(events[0].startswith(TAG + '\t{"class_uid":4001,"time":"2024-03-05T09:10:11.123Z",'), events[0])

    @unittest.skipUnless(HAS_PARQUET, "built without parquet")
    def test_its_libraries_are_the_installed_ones(self):
        loaded = run("/usr/bin/ldd", self.root / "libexec" / "dray" / "dray-parquet").stdout
        for library in ("libparquet.so", "libarrow.so"):
            paths = [line.split()[2] for line in loaded.splitlines() if line.strip().startswith(library)]
            self.assertEqual(len(paths), 1, loaded)
            self.assertEqual(pathlib.Path(paths[0]).resolve().parent, (self.root / "lib" / "dray").resolve())

    @unittest.skipUnless(HAS_PARQUET, "built without parquet")
    def test_without_the_program_the_error_says_what_to_do(self):
        program = self.root / "libexec" / "dray" / "dray-parquet"
        program.rename(program.with_name("away"))
        try:
            ran = run(self.root / "bin" / "dray", "try", "--service", "aws_sqs_security_lake", SAMPLE)
        finally:
            program.with_name("away").rename(program)
        self.assertNotEqual(ran.returncode, 0)
        self.assertIn(str(program), ran.stderr)
        self.assertIn("cmake --install", ran.stderr)


if __name__ == "__main__":
    unittest.main()
