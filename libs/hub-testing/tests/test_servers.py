import tempfile
from pathlib import Path

import pytest

from hub_testing import servers


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_goes_with_its_session(root: Path) -> None:
    with servers.temporary_folder() as folder:
        (folder / "data").mkdir()
        assert folder.is_relative_to(root)
    assert not folder.exists()


def test_a_folder_of_a_dead_session_is_removed_and_one_in_use_is_not(root: Path) -> None:
    with servers.temporary_folder() as in_use:
        left = in_use.parent / "left"
        left.mkdir()
        (left / "lock").touch()
        with servers.temporary_folder():
            assert not left.exists()
            assert in_use.exists()
