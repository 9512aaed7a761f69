"""The document of all events, which the gateway serves, is what the services have committed."""

from pathlib import Path

from hub_core.manifest import installed
from hub_testing import asyncapi, contract

ROOT = Path(__file__).parents[2]
FOLDERS = {
    path.parts[-3].removeprefix("svc-"): path for path in ROOT.glob("svc-*/contract/events") if path.is_dir()
}


def test_the_document_of_all_events_is_what_the_services_tell() -> None:
    contract.compare(ROOT / "gateway/src/gateway/asyncapi.json", asyncapi.document(FOLDERS, installed()))


def test_it_names_who_tells_and_who_hears_an_event() -> None:
    document = asyncapi.document(FOLDERS, installed())
    told = [one for one in document["operations"].values() if one["action"] == "send"]
    assert (
        len(told)
        == len(document["channels"])
        == sum(len([*path.glob("*.schema.json")]) for path in FOLDERS.values())
    )
    hears = document["operations"]["notify_hear_petitions_petition_registered_v1"]
    assert (hears["action"], hears["bindings"]["nats"]["queue"]) == ("receive", "notify-petitions")
