"""Through the running hub: an institution's words are written by one official and approved by another."""

from typing import Any

import httpx2
import pytest

from ..conftest import Hub
from .person import Person

pytestmark = pytest.mark.xdist_group("hub")

TEMPLATE = "/notify/v1/templates/institution.office-moved"
WORDS: dict[str, Any] = {
    "subject": "Ghișeul din {{ place }} se mută",
    "title": "Ghișeul se mută",
    "text": "Din {{ moves_on }}, ghișeul din {{ place }} primește la adresa nouă.",
    "facts": [{"label": "Adresa nouă", "value": "{{ address }}"}],
    "next": ["Programările făcute rămân valabile."],
    "action": "Vedeți programările",
    "sms": "Din {{ moves_on }} ghișeul din {{ place }} are altă adresă: {{ address }}.",
}
CONTENT: dict[str, Any] = {
    "purpose": "TRANSACTIONAL",
    "names": {"ro": "Ghișeu mutat"},
    "channels": ["IN_APP", "EMAIL", "SMS"],
    "variables": [
        {"name": "place", "type": "TEXT", "sample": "Cluj-Napoca", "longest": 40},
        {"name": "moves_on", "type": "DATE", "sample": "2026-12-07"},
        {"name": "address", "type": "TEXT", "sample": "str. Traian nr. 27", "longest": 80},
    ],
    "wording": {"ro": WORDS},
    "link": "/appointments",
}


class Official(Person):
    """An official of the demo, who keeps to what was last read."""

    async def step(self, path: str, body: Any = None, method: str = "POST") -> httpx2.Response:
        """Take a step from the newest state of the template."""
        tag = (await self.get(TEMPLATE)).headers["etag"]
        headers = {"authorization": f"Bearer {self.token}", "if-match": tag}
        return await self.client.request(method, TEMPLATE + path, json=body, headers=headers)


async def test_two_officials_of_one_institution_bring_its_words_to_people(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        carmen = Official(client, "carmen.toma@example.org", "openid staff templates:write", "demo-office")
        ovidiu = Official(client, "ovidiu.crisan@example.org", "openid staff templates:write", "demo-office")
        await carmen.sign_in()
        await ovidiu.sign_in()
        headers = {"authorization": f"Bearer {carmen.token}"}

        bad = {**CONTENT, "wording": {"ro": {**WORDS, "text": "Amendă: https://evil.example"}}}
        body = {"key": "institution.office-moved", "content": bad}
        refused = await client.post("/notify/v1/templates", json=body, headers=headers)
        assert refused.status_code == 422, refused.text
        found = {(error["pointer"], error["code"]) for error in refused.json()["errors"]}
        assert found >= {
            ("/content/wording/ro/text", "link"),
            ("/content/wording/ro/text", "sensitive"),
        }

        made = await client.post("/notify/v1/templates", json={**body, "content": CONTENT}, headers=headers)
        assert made.status_code == 201, made.text
        assert (await carmen.step("/submit")).status_code == 200
        assert (await carmen.step("/approve")).json()["type"].endswith("/four-eyes")

        shown = (await ovidiu.get(f"{TEMPLATE}/versions/1/preview")).json()
        assert shown["sms"]["text"] == (
            "Din 07.12.2026 ghiseul din Cluj-Napoca are alta adresa: str. Traian nr. 27."
        )
        tested = await client.post(
            f"{TEMPLATE}/versions/1/test-sends",
            json={},
            headers={"authorization": f"Bearer {ovidiu.token}"},
        )
        assert tested.status_code == 202, tested.text
        letter = await hub.letter("ovidiu.crisan@example.org", "[Test] Ghișeul din Cluj-Napoca se mută")
        assert "Trimis de Direcția Generală de Pașapoarte prin Hub" in " ".join(letter["text"].split())

        approved = await ovidiu.step("/approve")
        assert approved.json()["active_version"] == 1, approved.text
