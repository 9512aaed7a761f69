"""People of the population register outside who are given accounts, as many as are wanted."""

import os
import random
import secrets
from datetime import date
from unittest import mock

import aiohttp

from hub_cli import environment, hub
from hub_cli.outside import records
from hub_cli.place import Place
from hub_core import clock, manifest
from hub_core.cnp import Cnp
from hub_core.language import Language
from hub_service.database import Database
from svc_identity import provider
from svc_identity.domain import login_name
from svc_identity.domain.account import Profile
from svc_identity.domain.population import RegisteredPerson, Sex
from svc_identity.errors.proofing import NumberTaken
from svc_identity.operations import registration
from svc_identity.operations.accounts import SignUp
from svc_identity.settings import Settings


async def people(place: Place, wanted: int, password: str) -> list[str]:
    """E-mail addresses of so many people with accounts at level substantial, who need no look."""
    known = manifest.installed()
    service = next(one for one in known if one.name == "identity")
    with mock.patch.dict(os.environ, environment.of_service(service, place, known, *hub.servers(place))):
        settings = Settings()
    made, database, now = provider.build(settings), Database(settings), clock.now()
    found: list[str] = []
    async with aiohttp.ClientSession() as http, database.sessions() as session:
        while len(found) < wanted:
            born = f"{random.randint(1, 2)}{random.randint(50, 99)}{random.randint(1, 12):02d}"
            asked = f"{place.url('outside')}/population/people?limit=20&after={born}"
            async with http.get(asked) as answer:
                entries = (await answer.json())["items"]
            for entry in entries:
                if len(found) == wanted or entry["died_on"] or entry["former"] or entry["cnp"][0] not in "12":
                    continue
                if records.look(entry["cnp"]) is not None:
                    continue
                email = f"bench-{secrets.token_hex(6)}@example.org"
                name = Profile(entry["given_name"], entry["family_name"], Language.RO)
                account = await registration.put_person(
                    session, made, SignUp(login_name.parse(email), password, name), now
                )
                registered = RegisteredPerson(
                    Cnp(entry["cnp"]),
                    entry["family_name"],
                    entry["given_name"],
                    date.fromisoformat(entry["birth_date"]),
                    Sex(entry["sex"]),
                )
                try:
                    await registration.put_identity(session, made, account, registered, now)
                except NumberTaken:  # somebody was made of this number before
                    continue
                found.append(email)
    await database.close()
    return found
