"""Accounts that are made for a trial, and what the processes of the hub are told."""

import os
import secrets
from collections.abc import Sequence
from unittest import mock
from uuid import UUID

from hub_cli import environment, hub
from hub_cli.place import Place
from hub_core import clock, manifest
from hub_core.language import Language
from hub_core.principal import Assurance, Role
from hub_service.database import Database
from svc_identity import provider
from svc_identity.domain import login_name
from svc_identity.domain.account import Profile
from svc_identity.operations import registration
from svc_identity.operations.accounts import SignUp
from svc_identity.seed import appointment
from svc_identity.settings import Settings as IdentitySettings

from ..journey.person import PASSWORD


async def accounts(
    place: Place, offices: Sequence[tuple[UUID, tuple[Role, ...]] | None]
) -> list[tuple[str, str]]:
    """Address and id of a new account for each of these: a citizen, or an official of an institution."""
    with mock.patch.dict(os.environ, variables(place, "identity")):
        settings = IdentitySettings()
    made, database, now = provider.build(settings), Database(settings), clock.now()
    people = []
    async with database.sessions() as session:
        for office in offices:
            email = f"trial-{secrets.token_hex(6)}@example.org"
            wanted = SignUp(login_name.parse(email), PASSWORD, Profile("Ana", "Popescu", Language.RO))
            account = await registration.put_person(session, made, wanted, now, Assurance.SUBSTANTIAL)
            people.append((email, str(account.id)))
            for role in office[1] if office else ():
                await registration.put_official(session, appointment(account.id, office[0], role, now))
    await database.close()
    return people


def variables(place: Place, name: str) -> dict[str, str]:
    """The environment of a service of the running hub."""
    known = manifest.installed()
    service = next(one for one in known if one.name == name)
    return environment.of_service(service, place, known, *hub.servers(place))
