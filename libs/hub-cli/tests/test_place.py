import os
import socket
from pathlib import Path

import pytest

from hub_cli import place
from hub_cli.place import AlreadyRuns, Claim, Place, PortTaken, Running, State
from hub_core.manifest import Manifest

MANIFESTS = [
    Manifest("gateway", "gateway", "gateway.main:create_app", 8080, has_database=False, publishes=False),
    Manifest("passport-booking", "svc_x", "svc_x.main:create_app", 8105),
]


def test_the_usual_ports() -> None:
    assert place.choose_ports(MANIFESTS, environment={}) == {
        "postgres": 15432,
        "nats": 14222,
        "mailbox": 8025,
        "smtp": 8026,
        "outside": 8027,
        "gateway": 8080,
        "passport-booking": 8105,
    }


def test_all_ports_move_together_and_one_by_one() -> None:
    environment = {"HUB_PORT_BASE": "20000", "HUB_PORT_PASSPORT_BOOKING": "30001", "HUB_PORT_NATS": ""}
    chosen = place.choose_ports(MANIFESTS, single={"smtp": 2525}, environment=environment)
    assert chosen == {
        "postgres": 20032,
        "nats": 20042,
        "mailbox": 20045,
        "smtp": 2525,
        "outside": 20047,
        "gateway": 20000,
        "passport-booking": 30001,
    }
    assert place.choose_ports(MANIFESTS, base=21000, environment=environment)["gateway"] == 21000


@pytest.mark.parametrize("single", [{"petitions": 1}, {"smtp": 8080}, {"smtp": 70000}, {"smtp": -1}])
def test_ports_that_make_no_sense_are_refused(single: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"process is called|must differ"):
        place.choose_ports(MANIFESTS, single=single, environment={})


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken) as taken:
            place.refuse_taken(Place(tmp_path, {"passport-booking": port}))
    said = str(taken.value)
    assert f"port {port}, which passport-booking needs" in said
    assert "--port passport-booking=" in said
    assert "HUB_PORT_PASSPORT_BOOKING=" in said


def test_only_one_hub_runs_in_a_folder(tmp_path: Path) -> None:
    where = Place(tmp_path, {"gateway": 8080})
    claim = Claim(where)
    with pytest.raises(AlreadyRuns) as running:
        Claim(where)
    assert running.value.pid == place.supervisor_of(tmp_path) == os.getpid()
    claim.give_up()
    assert place.supervisor_of(tmp_path) is None


def test_a_mark_left_by_a_kill_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "hub.pid").write_text("1")
    (tmp_path / "run" / "state.json").write_text('{"ready": true, "ports": {}, "processes": []}')
    assert place.supervisor_of(tmp_path) is None
    claim = Claim(Place(tmp_path, {"gateway": 8080}))
    assert not State.read(tmp_path).ready
    claim.give_up()


def test_the_state_is_told_and_read(tmp_path: Path) -> None:
    where = Place(tmp_path, {"gateway": 8080})
    where.runtime.mkdir()
    state = State(
        ready=True, ports={"gateway": 8080}, processes=(Running("gateway", 4711, 8080, "ready", 1.5, 0),)
    )
    state.write(where)
    assert State.read(tmp_path) == state
