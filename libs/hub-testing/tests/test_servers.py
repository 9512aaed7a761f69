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


def test_a_personal_number_in_a_log_is_refused_and_not_repeated(tmp_path):
    log = tmp_path / "postgres" / "server.log"
    log.parent.mkdir()
    log.write_text("key (cnp)=(1850312149007) is no CNP\n")
    servers.refuse_personal_numbers(tmp_path)
    log.write_text("key (cnp)=(1850312149006) already exists\n")
    with pytest.raises(servers.PersonalNumberLogged) as refused:
        servers.refuse_personal_numbers(tmp_path)
    assert str(refused.value) == "server.log"
