"""What is held under a person's id."""

from uuid import UUID

from sqlalchemy import case, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..tables.certificates import CERTIFICATES
from ..tables.extracts import CONSENTS
from ..tables.requests import REQUESTS


async def follow(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Give to one id everything that stands under another; at once, for a row may name it twice."""
    for table, columns in (
        (REQUESTS, (REQUESTS.c.holder_id, REQUESTS.c.acting_person_id)),
        (CERTIFICATES, (CERTIFICATES.c.holder_id,)),
        (CONSENTS, (CONSENTS.c.person_id,)),
    ):
        moved = {column.name: case((column == former_id, person_id), else_=column) for column in columns}
        of_former = or_(*(column == former_id for column in columns))
        await session.execute(update(table).where(of_former).values(moved))
