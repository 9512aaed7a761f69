"""The e-mail of a petition: what it says, and where its links lead."""

import asyncio
import re

import httpx2
import pytest

from hub_cli import demo
from hub_cli.place import Place, State

from ..conftest import Hub
from ..faults import petitions, trial

pytestmark = pytest.mark.xdist_group("hub")


async def test_every_link_of_the_email_opens_a_page(hub: Hub) -> None:
    email, token = await asyncio.to_thread(demo.somebody, Place(hub.folder, State.read(hub.folder).ports))
    async with httpx2.AsyncClient(
        base_url=hub.origin, headers={"authorization": f"Bearer {token}"}
    ) as client:
        [institution, *_] = await petitions.choose_institutions(client)
        account = trial.Account()
        await trial.ask(client, petitions.a_petition(institution, token), account)
    [petition] = account.answers.values()
    number, date = petition["registration_label"].split("/")
    mail = await hub.letter(email, f"nr. {number} din {date}")
    assert "Termen de răspuns" in mail["text"]
    links = {*re.findall(r"https?://[^\s\"<>]+", mail["text"]), *re.findall(r'href="([^"]+)"', mail["html"])}
    assert links
    async with httpx2.AsyncClient(follow_redirects=True) as person:
        for link in links:
            page = await person.get(link)
            assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8"), link
