"""What is missing is named, and where everything has to be there it is a failure."""

import subprocess
import sys
from pathlib import Path

import pytest

ASKS = """
def test_a_file_is_checked(program):
    program("qpdf", "--version")
"""
SKIPS = """
import pytest

pytest.skip("because", allow_module_level=True)
"""
NAMED = "no qpdf on this machine: install Debian's package `qpdf`"


def ran(folder: Path, test: str, **environment: str) -> tuple[int, str]:
    """How a run of one test ends on a machine without programs, and what it says."""
    (folder / "test_one.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "test_one.py"]
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PATH": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    code, said = ran(tmp_path, ASKS)
    assert (code, "1 skipped" in said, NAMED in said) == (pytest.ExitCode.OK, True, True)


def test_where_no_skips_are_allowed_its_test_fails_and_names_it(tmp_path: Path) -> None:
    code, said = ran(tmp_path, ASKS, HUB_TEST_NO_SKIPS="1")
    assert (code, "1 failed" in said, NAMED in said) == (pytest.ExitCode.TESTS_FAILED, True, True)


def test_there_any_other_skip_fails_the_run(tmp_path: Path) -> None:
    assert ran(tmp_path, SKIPS, HUB_TEST_NO_SKIPS="1")[0] == pytest.ExitCode.TESTS_FAILED
