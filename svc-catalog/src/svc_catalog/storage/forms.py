"""Forms with their versions: rows in, domain values out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from hub_events.session import Session

from ..domain.forms import Form
from ..tables.forms import FORMS

_FORM: Final = TypeAdapter(Form)


_EVERY: Final = select(FORMS.c.content).order_by(FORMS.c.code, FORMS.c.version.desc())
_NEWEST: Final = _EVERY.ext(distinct_on(FORMS.c.code))


async def find(session: Session, after: str | None, limit: int) -> list[Form]:
    """The newest version of each form after a code, by code."""
    query = _NEWEST.limit(limit)
    rows = await session.scalars(query.where(FORMS.c.code > after) if after else query)
    return [_FORM.validate_python(content) for content in rows]


async def get(session: Session, code: str, version: int | None) -> Form | None:
    """A form in one version, or in the newest."""
    query = _EVERY.where(FORMS.c.code == code).limit(1)
    content = await session.scalar(query.where(FORMS.c.version == version) if version else query)
    return None if content is None else _FORM.validate_python(content)


async def lock(session: Session) -> list[Form]:
    """The newest version of each form, while nobody else can publish one."""
    await session.execute(select(FORMS.c.code).with_for_update())
    return [_FORM.validate_python(content) for content in await session.scalars(_NEWEST)]


async def add(session: Session, published: Sequence[Form], now: datetime) -> None:
    """Store new versions; those before them stay."""
    for each in published:
        content = _FORM.dump_python(each, mode="json")
        values = {"code": each.code, "version": each.version}
        await session.execute(insert(FORMS).values(values | {"content": content, "changed_at": now}))
