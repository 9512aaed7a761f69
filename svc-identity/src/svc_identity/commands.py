"""What people tell this service from the command line, in the embedded run."""

from hub_core import clock
from hub_service.database import Database

from . import provider
from .domain import logout
from .operations import access_log, keys, registration
from .schemas.registration import ClientsFile
from .settings import Settings


async def put_clients(text: str) -> str:
    """Register the client applications of a JSON file; `ValueError` says what is wrong with it.

    What is known already is changed to what the file says, so that it may be told twice.
    """
    settings = Settings()
    described = ClientsFile.model_validate_json(text).clients
    for one in described:
        told_at = one.backchannel_logout_uri
        if told_at and not logout.address_allowed(told_at, embedded=not settings.is_https):
            raise ValueError(f"{one.client_id}: backchannel_logout_uri must be https")
    database = Database(settings)
    try:
        async with database.sessions() as session:
            for one in described:
                await registration.put_client(session, one.client(clock.now()))
    finally:
        await database.close()
    return "\n".join(f"{one.client_id}: registered" for one in described)


async def verify_access_log() -> str:
    """Say how much of the access log is as it was written; `ValueError` names what is not."""
    settings = Settings()
    made = provider.build(settings)
    database = Database(settings)
    now = clock.now()
    try:
        async with database.sessions() as session:
            await keys.refresh(session, made, now)
            report = await access_log.verify(session, made, now)
    finally:
        await database.close()
    seen = f"{report.lines} lines, {report.days} closed days"
    if report.faults:
        places = (f"{fault.kind} at {fault.day or f'line {fault.seq}'}" for fault in report.faults)
        raise ValueError("\n".join([f"The access log was changed ({seen}):", *places]))
    return f"The access log is as it was written: {seen}."
