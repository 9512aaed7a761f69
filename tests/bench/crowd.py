"""People who are signed in, as many as are wanted, and numbers for those they name.

What signing in costs is no matter of who measures something else: accounts, sessions and tokens are written
by the code of svc-identity, with one hash of a password for all.
"""

import os
import random
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from unittest import mock

from stdnum.ro import cnp as standard

from hub_cli import environment, hub
from hub_cli.place import Place
from hub_core import clock, ids, manifest
from hub_core.language import Language
from hub_core.principal import Assurance
from hub_service.database import Database
from svc_identity import provider
from svc_identity.domain import account as accounts
from svc_identity.domain import login_name
from svc_identity.domain import session as sessions
from svc_identity.domain.account import Profile
from svc_identity.domain.grant import Grant
from svc_identity.domain.session import Method
from svc_identity.operations.minting import mint
from svc_identity.settings import Settings
from svc_identity.storage import accounts as account_rows
from svc_identity.storage import clients as client_rows
from svc_identity.storage import grants as grant_rows
from svc_identity.storage import sessions as session_rows

CLIENT = "demo-portal"
AT_ONCE = 500
_METHODS = (Method.PASSWORD, Method.ONE_TIME_CODE, Method.MULTIPLE)


async def signed_in(place: Place, wanted: int, scopes: tuple[str, ...]) -> list[str]:
    """Access tokens of so many new people at level substantial."""
    known = manifest.installed()
    service = next(one for one in known if one.name == "identity")
    with mock.patch.dict(os.environ, environment.of_service(service, place, known, *hub.servers(place))):
        settings = Settings()
    made, database, now = provider.build(settings), Database(settings), clock.now()
    password_hash = await made.passwords.hash(secrets.token_urlsafe(16))
    tokens: list[str] = []
    async with database.sessions() as session:
        async with session.begin():
            client = await client_rows.find(session, CLIENT)
        assert client is not None
        while len(tokens) < wanted:
            async with session.begin():
                for _ in range(min(AT_ONCE, wanted - len(tokens))):
                    email = login_name.parse(f"crowd-{secrets.token_hex(8)}@example.org")
                    profile = Profile("Crowd", "Bench", Language.RO)
                    started = accounts.start(ids.new_id(), email, profile, password_hash, now)
                    account = replace(accounts.confirm(started, now), assurance=Assurance.SUBSTANTIAL)
                    await account_rows.add(session, account)
                    opened = sessions.begin(
                        ids.new_id(),
                        account.id,
                        secrets.token_bytes(32),
                        "bench",
                        _METHODS,
                        Assurance.SUBSTANTIAL,
                        now,
                    )
                    await session_rows.add(session, opened)
                    grant = _grant(opened, scopes, now)
                    await grant_rows.add(session, grant)
                    issued = await mint(session, made, client, grant, scopes, now)
                    tokens.append(issued.access_token)
    await database.close()
    return tokens


def numbers(serials: range = range(900, 1000)) -> Iterator[str]:
    """Numbers of adults who are nobody (serials of test people), each once, from a birthday of chance on."""
    born = date(1950, 1, 1) + timedelta(days=random.randrange(15_000))
    while born < date(2005, 1, 1):
        for sex in ("1", "2") if born.year < 2000 else ("5", "6"):
            for county in ("12", "14", "40"):
                for serial in serials:
                    bare = f"{sex}{born:%y%m%d}{county}{serial:03d}"
                    yield bare + standard.calc_check_digit(bare)
        born += timedelta(days=1)


def _grant(opened: sessions.Session, scopes: tuple[str, ...], now: datetime) -> Grant:
    return Grant(
        id=ids.new_id(),
        session_id=opened.id,
        account_id=opened.account_id,
        client_id=CLIENT,
        scopes=scopes,
        nonce=None,
        redirect_uri=None,
        code_hash=None,
        code_challenge=None,
        code_expires_at=None,
        assurance=opened.assurance,
        methods=opened.methods,
        authenticated_at=opened.signed_in_at,
        created_at=now,
    )
