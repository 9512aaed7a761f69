"""Through the running hub: drivers read their records, and see which officer opened them."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub_core import clock, ids

from ..conftest import Hub
from .person import Person

pytestmark = pytest.mark.xdist_group("hub")

V1 = "/traffic-history/v1"
ION_NUMBER = "1790115129041"
MIHAI_NUMBER = "1830702409011"


async def test_each_reads_the_record_that_the_police_register_has(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        shown = {}
        for name in ("ana.popescu", "ion.ionescu", "kovacs.istvan"):
            person = Person(client, f"{name}@example.org", "openid traffic-history:read")
            await person.sign_in()
            shown[name] = (await person.get(f"{V1}/record")).json()
            lines = (await person.get(f"{V1}/record/lines")).json()["items"]
            assert bool(lines) is not shown[name]["is_white"]
        assert shown["ana.popescu"]["is_white"]
        assert (shown["ion.ionescu"]["right"], shown["ion.ionescu"]["points"]) == ("VALID", 7)
        assert (shown["kovacs.istvan"]["right"], shown["kovacs.istvan"]["points"]) == ("SUSPENDED", 0)


async def test_an_officer_opens_a_record_and_the_driver_sees_it(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        ion = Person(client, "ion.ionescu@example.org", "openid traffic-history:read privacy:read")
        await ion.sign_in()
        await ion.get(f"{V1}/record")
        officer = Person(
            client, "bogdan.preda@example.org", "openid staff traffic-history:record", app="demo-office"
        )
        await officer.sign_in()
        headers = {
            "authorization": f"Bearer {officer.token}",
            "purpose": 'CASE_HANDLING;file="41/2026"',
        }
        found = await client.post(f"{V1}/drivers/find", json={"cnp": ION_NUMBER}, headers=headers)
        assert found.status_code == 200, found.text
        opened = await client.get(f"{V1}/drivers/{found.json()['id']}", headers=headers)
        assert opened.json()["record"]["points"] == 7
        async with asyncio.timeout(20):
            while True:
                log = (await ion.get("/identity/v1/me/access-log")).json()["items"]
                if any(line["resource_type"] == "driver-record" for line in log):
                    break
                await asyncio.sleep(0.2)


async def test_who_saw_aggressive_driving_reports_it_follows_it_and_takes_it_back(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        guide = (await client.get(f"{V1}/driving-reports/manoeuvres")).json()
        assert len(guide["items"]) == 9
        ana = Person(client, "ana.popescu@example.org", "openid driving-reports:read driving-reports:write")
        await ana.sign_in()
        seen = clock.now() - timedelta(hours=20)
        question = {
            "event_time": seen.isoformat(timespec="seconds"),
            "place": {"county": "CV", "siruta": "63394", "description": "DN 12, km 24"},
            "plate": {"number": "CV 91 FIR"},
            "manoeuvres": ["d"],
            "seen_by_chance": True,
        }
        said = question | {
            "declaration": {"version": guide["declaration"]["version"], "agreed": True},
            "phone": "+40745123456",
            "address": "Strada Lungă nr. 1, 520001 Sfântu Gheorghe",
        }
        headers = {"authorization": f"Bearer {ana.token}"}
        asked = await client.post(f"{V1}/driving-reports/check", json=question, headers=headers)
        assert asked.json()["is_admissible"], asked.text
        headers["idempotency-key"] = str(ids.new_id())
        sent = await client.post(f"{V1}/driving-reports", json=said, headers=headers)
        assert sent.status_code == 201, sent.text
        report = sent.json()
        assert report["competent"]["name"]["ro"] == "Inspectoratul de Poliție Județean Covasna"
        path = sent.headers["location"]
        assert (await ana.get(path)).json()["upload"]["until"] == report["upload"]["until"]
        headers["idempotency-key"] = str(ids.new_id())
        back = await client.post(f"{path}/cancel", headers=headers)
        assert (back.json()["state"], back.json()["reason"]) == ("CLOSED", "CANCELLED")
        listed = (await ana.get(f"{V1}/driving-reports")).json()["items"]
        assert report["number"] in [each["number"] for each in listed]


async def test_edge_53_each_gets_the_history_that_the_record_gives(
    hub: Hub, program: Any, tmp_path: Path
) -> None:
    """Ana's is white, and István's right is suspended."""
    documents, said = f"{V1}/history-documents", {}
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        for name in ("ana.popescu", "kovacs.istvan"):
            scopes = "openid traffic-history:read traffic-history:write"
            person = Person(client, f"{name}@example.org", scopes)
            await person.sign_in()
            headers = {"authorization": f"Bearer {person.token}", "idempotency-key": str(ids.new_id())}
            made = await client.post(documents, json={"motive": "angajare"}, headers=headers)
            assert made.status_code == 201, made.text
            file = tmp_path / f"{name}.pdf"
            file.write_bytes((await person.get(f"{made.headers['location']}/file")).content)
            said[name] = " ".join(program("pdftotext", file, "-").decode().split())
    assert "Istoric alb" in said["ana.popescu"]
    assert "suspendat de la" in said["kovacs.istvan"]
    assert all("Document valabil numai în format electronic" in each for each in said.values())


async def test_a_line_is_contested_by_a_petition_with_its_extract_and_the_letter_has_its_number(
    hub: Hub,
) -> None:
    """The same words again are the same petition; what the officer gives back afterwards is told, too."""
    words = {"words": "În acea zi nu eu am condus.", "asks": "Vă rog să verificați.", "language": "ro"}
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        scopes = "openid traffic-history:read petitions:read petitions:write"
        ion = Person(client, "ion.ionescu@example.org", scopes)
        await ion.sign_in()
        line = (await ion.get(f"{V1}/record/lines")).json()["items"][0]
        path = f"{V1}/record/lines/{line['id']}/contest"
        numbers = []
        for _ in range(2):
            headers = {"authorization": f"Bearer {ion.token}", "idempotency-key": str(ids.new_id())}
            made = await client.post(path, json=words, headers=headers)
            assert made.status_code == 201, made.text
            numbers.append(made.json()["petition"]["number"])
        assert len({*numbers}) == 1
        assert made.json()["complaint"]["last_day"] == line["complaint"]["last_day"]
        petition = (await ion.get(made.headers["location"])).json()
        assert petition["registration_label"] == numbers[0]
        assert petition["institution"]["names"]["ro"] == "Inspectoratul General al Poliției Române"
        (file,) = (await ion.get(f"{made.headers['location']}/attachments")).json()["items"]
        assert file["size"] > 0
        shown = (await ion.get(f"{V1}/record/lines")).json()["items"][0]
        assert shown["petition"]["number"] == numbers[0]
    number, day = numbers[0].split("/")
    letter = await hub.letter("ion.ionescu@example.org", f"nr. {number} din {day}")
    assert "Termen de răspuns" in letter["text"]
    assert line["number"] not in letter["text"]


async def test_what_an_officer_records_is_news_to_the_driver_without_a_word_of_it(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        ion = Person(client, "ion.ionescu@example.org", "openid traffic-history:read")
        await ion.sign_in()
        await ion.get(f"{V1}/record")
        officer = Person(
            client, "bogdan.preda@example.org", "openid staff traffic-history:record", app="demo-office"
        )
        await officer.sign_in()
        headers = {"authorization": f"Bearer {officer.token}", "purpose": 'CASE_HANDLING;file="42/2026"'}
        found = await client.post(f"{V1}/drivers/find", json={"cnp": ION_NUMBER}, headers=headers)
        today = found.json()["record"]["on"]
        for step in ("WITHDRAWN", "GIVEN_BACK"):
            headers["idempotency-key"] = str(ids.new_id())
            recorded = await client.post(
                f"{V1}/drivers/{found.json()['id']}/licence-steps",
                json={"step": step, "on": today},
                headers=headers,
            )
            assert recorded.status_code == 201, recorded.text
        assert (await ion.get(f"{V1}/record")).json()["right"] == "VALID"
    letter = await hub.letter("ion.ionescu@example.org", "fișa dumneavoastră de conducător auto")
    assert not [word for word in ("reținut", "WITHDRAWN", "permis") if word in letter["text"]]


async def test_officers_see_the_recording_and_sanction_and_the_reporter_follows_it(
    hub: Hub, program: Any, tmp_path: Path
) -> None:
    """Ana reports Mihai's car; she sees who looked and how it ended, and nothing of Mihai."""
    film = _film(program, tmp_path / "film.mp4")
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        ana = Person(
            client,
            "ana.popescu@example.org",
            "openid driving-reports:read driving-reports:write privacy:read",
        )
        await ana.sign_in()
        path = await _reported(client, ana, "CV 12 MIH", film)
        officer = Person(
            client, "alina.voicu@example.org", "openid staff driving-reports:review", app="demo-office"
        )
        await officer.sign_in()
        headers = {"authorization": f"Bearer {officer.token}", "purpose": 'CASE_HANDLING;file="57/2026"'}
        file = f"{V1}/driving-report-files/{path.rsplit('/', 1)[-1]}"

        async def did(step: str, body: Any = None) -> None:
            key = {"idempotency-key": str(ids.new_id())}
            sent = {} if body is None else {"json": body}
            answer = await client.post(f"{file}/{step}", headers=headers | key, **sent)
            assert answer.status_code in (200, 201), answer.text

        await did("take")
        part = await client.get(f"{file}/video", headers=headers | {"range": "bytes=4-11"})
        assert (part.status_code, part.content) == (206, film[4:12])
        whole = await client.get(f"{file}/video", headers=headers)
        assert whole.content == film
        await did("eligible", {})
        await did("owner-inquiries", {})
        opened = (await client.get(file, headers=headers)).json()
        assert opened["inquiries"][0]["asked"]["number"] == MIHAI_NUMBER
        await did(
            "sanction",
            {
                "driver_cnp": MIHAI_NUMBER,
                "series": "PCV",
                "number": str(ids.new_id().int)[-12:],
                "found_at": clock.now().isoformat(),
                "place": "DN 12, km 24",
                "fine_points": 4,
            },
        )
        followed = await ana.get(path)
        assert followed.json()["state"] == "SANCTIONED"
        assert MIHAI_NUMBER not in followed.text
        async with asyncio.timeout(20):
            while True:
                log = (await ana.get("/identity/v1/me/access-log")).json()["items"]
                if sum(line["resource_type"] == "driving-report" for line in log) >= 7:
                    break
                await asyncio.sleep(0.2)
        acts = [line["act"] for line in (await ana.get(f"{path}/custody")).json()["items"]]
        assert acts.count("VIEWED") == 3
        figures = await client.get(f"{V1}/driving-reports/statistics")
        assert figures.status_code == 200


def _film(program: Any, file: Path) -> bytes:
    picture = ("-f", "lavfi", "-i", "testsrc=size=480x272:rate=25:duration=2")
    how = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    program("ffmpeg", "-v", "error", "-y", *picture, *how, file)
    return file.read_bytes()


async def _reported(client: httpx2.AsyncClient, person: Person, plate: str, film: bytes) -> str:
    """The address of a report that was sent with its recording."""
    guide = (await client.get(f"{V1}/driving-reports/manoeuvres")).json()
    said = {
        "event_time": (clock.now() - timedelta(hours=20)).isoformat(timespec="seconds"),
        "place": {"county": "CV", "siruta": "63394", "description": "DN 12, km 24"},
        "plate": {"number": plate},
        "manoeuvres": ["d"],
        "seen_by_chance": True,
        "declaration": {"version": guide["declaration"]["version"], "agreed": True},
        "phone": "+40745123456",
        "address": "Strada Lungă nr. 1, 520001 Sfântu Gheorghe",
    }
    headers = {"authorization": f"Bearer {person.token}", "tus-resumable": "1.0.0"}
    key = {"idempotency-key": str(ids.new_id())}
    sent = await client.post(f"{V1}/driving-reports", json=said, headers=headers | key)
    assert sent.status_code == 201, sent.text
    path = str(sent.headers["location"])
    begun = await client.post(
        f"{path}/video", headers=headers | {"upload-length": str(len(film)), "content-length": "0"}
    )
    assert begun.status_code == 201, begun.text
    kind = {"content-type": "application/offset+octet-stream", "upload-offset": "0"}
    arrived = await client.patch(begun.headers["location"], content=film, headers=headers | kind)
    assert arrived.status_code == 204, arrived.text
    return path
