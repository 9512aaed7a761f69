"""What people tell the catalog from the command line, in the embedded run."""

from hub_core import clock
from hub_service.database import Database
from hub_service.settings import ServiceSettings

from .operations import rules


async def tell_rules() -> str:
    """Tell every table of legal numbers again; who has them already stays as it is."""
    database = Database(ServiceSettings())
    try:
        async with database.sessions() as session:
            told = await rules.tell(session, clock.now())
    finally:
        await database.close()
    return f"{told} tables of legal numbers are told again."
