"""AsyncAPI's own parser takes the document of all events, and finds nothing in it."""

import json
from pathlib import Path

from .conftest import ROOT, run

EVENTS = ROOT / "gateway/src/gateway/asyncapi.json"


def test_the_parser_finds_nothing(tools: Path) -> None:
    done = run("node", "asyncapi.mjs", EVENTS)
    told = json.loads(done.stdout)
    schemas = [*ROOT.glob("svc-*/contract/events/*.schema.json")]
    assert (told["channels"], told["diagnostics"]) == (len(schemas), [])


def test_the_parser_sees_what_does_not_hold(tools: Path, tmp_path: Path) -> None:
    document = json.loads(EVENTS.read_text())
    document["operations"]["petitions_tell_petitions_petition_registered_v1"]["action"] = "shout"
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(document))
    found = json.loads(run("node", "asyncapi.mjs", broken).stdout)["diagnostics"]
    assert any("/action" in one.replace(".", "/") for one in found)
