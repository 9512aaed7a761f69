"""The JSON API: the test people of one's own application in the sandbox."""

from uuid import UUID

from starlette.responses import Response

from hub_service import paging, policy
from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound
from hub_service.routing import Router

from ..dependencies import Provider
from ..domain import scopes
from ..errors.accounts import TooManyTries
from ..errors.sandbox import NotInSandbox
from ..operations import conduct, sandbox_people
from ..schemas.sandbox import ConformanceView, SandboxPersonView, SandboxSetView
from .applications import ClientId

router = Router(prefix="/identity/v1/clients/{client_id}", tags=["clients"])


@router.get(
    "/test-people",
    summary="List your application's test people",
    **policy.operation(scopes.CLIENTS_READ, raises=(NotFound,)),
)
async def list_test_people(
    asked: paging.Asked, client_id: ClientId, person: policy.Person, session: Session
) -> paging.Page[SandboxPersonView]:
    """The people invented for one of your applications: none until they are made, none in production."""
    found = await sandbox_people.list_of(
        session, person.person_id, client_id, after=asked.after(UUID), limit=asked.rows
    )
    return asked.page(found, position=lambda shown: (shown.person.person_id,), view=SandboxPersonView.of)


@router.put(
    "/test-people",
    summary="Make your application's test people, or reset them",
    **policy.operation(scopes.CLIENTS_WRITE, raises=(NotFound, NotInSandbox, TooManyTries)),
)
async def reset_test_people(
    client_id: ClientId,
    person: policy.Person,
    session: Session,
    provider: Provider,
    response: Response,
    now: Now,
) -> SandboxSetView:
    """One person of each kind, as new: how they sign in is shown this once.

    Who was there before is gone, with sign-ins, tokens, mandates, petitions and messages. Only the
    application that they were made for signs these people in, and only in the sandbox.
    """
    response.headers["cache-control"] = "no-store"
    return SandboxSetView.of(await sandbox_people.renew(session, provider, person.person_id, client_id, now))


@router.delete(
    "/test-people",
    status_code=204,
    summary="Remove your application's test people",
    **policy.operation(scopes.CLIENTS_WRITE, raises=(NotFound,)),
)
async def remove_test_people(
    client_id: ClientId, person: policy.Person, session: Session, now: Now
) -> Response:
    """Remove them and everything that is held of them. Without any, nothing changes."""
    await sandbox_people.remove(session, person.person_id, client_id, now)
    return Response(status_code=204)


@router.get(
    "/conformance",
    summary="See what your application was seen to do",
    **policy.operation(scopes.CLIENTS_READ, raises=(NotFound,)),
)
async def get_client_conformance(
    client_id: ClientId, person: policy.Person, session: Session
) -> ConformanceView:
    """What requests of one of your applications have shown in the sandbox since its last reset.

    It is the other half of the conformance test: that one tries the hub, this one looks at your code.
    The last seconds may be missing.
    """
    return ConformanceView.of(client_id, await conduct.read(session, person.person_id, client_id))
