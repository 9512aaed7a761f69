"""Rows in, domain values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    Table,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_events.statements import Part

from ..domain import petitions as domain
from ..domain.entries import Entered
from ..domain.institutions import Institution
from ..domain.registers import Direction
from ..domain.states import PetitionState
from ..tables.files import FORWARDINGS
from ..tables.institutions import INSTITUTIONS
from ..tables.petitioners import PETITIONERS
from ..tables.petitions import PETITIONS
from ..tables.registers import REGISTER_ENTRIES
from ..tables.sandbox import SANDBOX_PETITIONS
from . import petitioners


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Give the petitions in the name of one id to another, who has filed what the former one filed.

    What the other one filed as a representative is their own: no mandate is left of it.
    """
    for petitions in (PETITIONS, SANDBOX_PETITIONS):
        acting = petitions.c.acting_person_id
        is_own = or_(acting == former_id, acting == person_id)
        await session.execute(
            update(petitions)
            .where(petitions.c.person_id == former_id)
            .values(
                person_id=person_id,
                acting_person_id=case((is_own, person_id), else_=acting),
                mandate_id=case((is_own, null()), else_=petitions.c.mandate_id),
            )
        )


@dataclass(frozen=True, slots=True)
class _Books:
    """The tables of what is done in earnest, or of what tests applications: the two never meet."""

    petitions: Table
    summary: Select[Any]


def _books(petitions: Table) -> _Books:
    summary = select(
        *(column for column in petitions.c if column is not petitions.c.text), *_ADDRESSEE
    ).join_from(petitions, INSTITUTIONS, petitions.c.institution_id == INSTITUTIONS.c.id)
    return _Books(petitions, summary)


def _books_in_earnest() -> _Books:
    """A petition that was sent on keeps, for its petitioner, the addressee and the number of the first."""
    table = PETITIONS
    shown = (column for column in table.c if column is not table.c.text and column.name not in _OF_FIRST)
    first = (func.coalesce(_FIRST.c[name], table.c[name]).label(name) for name in _OF_FIRST)
    addressee = func.coalesce(_FIRST.c.institution_id, table.c.institution_id)
    summary = (
        select(*shown, *first, *_ADDRESSEE)
        .select_from(table)
        .outerjoin(_FIRST, (_FIRST.c.petition_id == table.c.id) & (_FIRST.c.ordinal == 1))
        .join(INSTITUTIONS, addressee == INSTITUTIONS.c.id)
    )
    return _Books(table, summary)


_ADDRESSEE: Final = [column.label(f"addressee_{column.name}") for column in INSTITUTIONS.c]
_FIRST: Final = FORWARDINGS.alias("first")
_OF_FIRST: Final = ("year", "number", "registered_at", "registered_on")
_EARNEST: Final = _books_in_earnest()
_SANDBOX: Final = _books(SANDBOX_PETITIONS)


def _of(sandbox: str | None) -> tuple[_Books, dict[str, str]]:
    """The tables of an application that is being tested and what its rows begin with, or those in earnest."""
    return (_EARNEST, {}) if sandbox is None else (_SANDBOX, {"client_id": sandbox})


async def add(session: AsyncSession, petition: domain.Petition, entered: Entered | None = None) -> None:
    """Store a petition just registered; `entered` says by whom, of one that came on paper or by telephone."""
    entry = petition.registration
    books, own = _of(petition.acting.sandbox)
    row = {
        **own,
        "id": petition.id,
        "person_id": petition.signatory,
        "acting_person_id": petition.acting.person_id,
        "mandate_id": petition.acting.mandate_id,
        "institution_id": petition.institution.id,
        "year": entry.year,
        "number": entry.number,
        "registered_at": entry.registered_at,
        "registered_on": entry.registered_on,
        "answer_due_on": entry.answer_due_on,
        "answer_rule_id": entry.answer_rule_id,
        "answer_legal_basis": entry.answer_legal_basis,
        "kind": petition.kind,
        "subject": petition.subject,
        "text": petition.text,
        "language": petition.language,
        "content_sha256": bytes.fromhex(petition.content_sha256),
        "state": petition.state,
        "version": petition.version,
        **({} if petition.is_sandbox else {"channel": petition.channel}),
        **({} if petition.answer_wanted or petition.is_sandbox else {"answer_wanted": False}),
        **(_of_entry(entered) if entered else {}),
    }
    await _adding(books.petitions, *row).all(session, **row)


@cache
def _adding(petitions: Table, *named: str) -> Part:
    return Part(insert(petitions).inline().values({name: bindparam(name) for name in named}))


def _of_entry(entered: Entered) -> dict[str, Any]:
    return {
        "received_on": entered.received_on,
        "entered_by": entered.by,
        "runs_from": entered.runs_from,
    }


async def petition_of(
    session: AsyncSession, acting: domain.Acting, petition_id: UUID
) -> domain.Petition | None:
    """A petition, if it was made in that signatory's name, or they have signed it, too."""
    books, own = _of(acting.sandbox)
    table = books.petitions
    is_theirs = table.c.person_id == acting.signatory
    if acting.sandbox is None:
        is_theirs |= petitioners.stands_behind(table.c.id, acting.signatory)
    mine = (table.c[name] == value for name, value in own.items())
    seen = _seen_by(books, literal(acting.signatory, Uuid)).add_columns(table.c.text)
    wanted = seen.where(table.c.id == petition_id, is_theirs, *mine)
    row = (await session.execute(wanted)).mappings().first()
    return domain.Petition(**_facts(row), text=row["text"]) if row else None


async def find(session: AsyncSession, petition_id: UUID) -> domain.Petition | None:
    """A petition by id, whoever made it; not one that tests an application."""
    wanted = _EARNEST.summary.add_columns(PETITIONS.c.text).where(PETITIONS.c.id == petition_id)
    row = (await session.execute(wanted)).mappings().first()
    return domain.Petition(**_facts(row), text=row["text"]) if row else None


async def hold(session: AsyncSession, petition_id: UUID) -> None:
    """Keep everybody else from making the petition with this id until the transaction ends."""
    lock = func.pg_advisory_xact_lock(func.hashtextextended(f"petition:{petition_id}", 0))
    await session.execute(select(lock))


async def at_institution(
    session: AsyncSession, petition_id: UUID, institution_id: UUID
) -> tuple[domain.Petition, date | None] | None:
    """A petition that an institution has, and the day on which it came in, where that was noted."""
    table = PETITIONS
    wanted = _EARNEST.summary.add_columns(table.c.text).where(
        table.c.id == petition_id, table.c.institution_id == institution_id
    )
    row = (await session.execute(wanted)).mappings().first()
    return (domain.Petition(**_facts(row), text=row["text"]), row["received_on"]) if row else None


async def of_guest(session: AsyncSession, petition_id: UUID) -> domain.Summary | None:
    """A petition that somebody filed without an account, as they know it: by its first number."""
    wanted = _EARNEST.summary.where(
        PETITIONS.c.id == petition_id, PETITIONS.c.channel == domain.Channel.GUEST
    )
    row = (await session.execute(wanted)).mappings().first()
    return domain.Summary(**_facts(row)) if row else None


async def by_number(
    session: AsyncSession, institution_id: UUID, year: int, number: int
) -> domain.Summary | None:
    """The petition that came in under a number of a register, wherever it is now."""
    line = REGISTER_ENTRIES
    petition_id = (
        select(line.c.petition_id)
        .where(
            line.c.institution_id == institution_id,
            line.c.year == year,
            line.c.number == number,
            line.c.direction == Direction.IN,
        )
        .scalar_subquery()
    )
    row = (await session.execute(_EARNEST.summary.where(PETITIONS.c.id == petition_id))).mappings().first()
    return domain.Summary(**_facts(row)) if row else None


def made_by(signatory: UUID) -> Select[tuple[UUID]]:
    """The petitions in somebody's name; not those that tested applications."""
    return select(PETITIONS.c.id).where(PETITIONS.c.person_id == signatory)


def readable_by(signatory: UUID) -> CompoundSelect[tuple[UUID]]:
    """Those, and the ones that they signed after another one and stand behind."""
    return made_by(signatory).union(petitioners.signed_too(signatory, None).order_by(None))


def ever_of(signatory: UUID) -> CompoundSelect[tuple[UUID]]:
    """The same with those that they withdrew from."""
    return made_by(signatory).union(petitioners.signed_by(signatory))


async def all_of(session: AsyncSession, signatory: UUID) -> list[domain.Petition]:
    """Every petition that a person made or signed, oldest first; those that tested applications come last."""
    found: list[domain.Petition] = []
    for books in (_EARNEST, _SANDBOX):
        table = books.petitions
        mine = select(table.c.id).where(table.c.person_id == signatory)
        theirs = mine if books is _SANDBOX else mine.union(petitioners.signed_by(signatory))
        wanted = books.summary.add_columns(table.c.text).where(table.c.id.in_(theirs))
        rows = await session.execute(wanted.order_by(table.c.id))
        found += [domain.Petition(**_facts(row), text=row["text"]) for row in rows.mappings()]
    return found


async def summaries_of(
    session: AsyncSession,
    acting: domain.Acting,
    *,
    institution_id: UUID | None,
    kind: domain.PetitionKind | None,
    before: UUID | None,
    limit: int,
) -> Sequence[domain.Summary]:
    """A signatory's petitions, newest first, of those filed before the petition `before`.

    Their own, and those that they signed after another one and stand behind.
    """
    books, marks = _of(acting.sandbox)
    asked = {"institution_id": institution_id, "kind": kind, "before": before}
    given = marks | {name: value for name, value in asked.items() if value is not None}
    rows = await _listing(books, *sorted(given)).all(session, signatory=acting.signatory, most=limit, **given)
    return [domain.Summary(**_facts(row)) for row in rows]


@cache
def _listing(books: _Books, *given: str) -> Part:
    table, most = books.petitions, bindparam("most", type_=Integer)
    signatory = bindparam("signatory", type_=Uuid)
    before = bindparam("before", type_=Uuid) if "before" in given else None
    chosen = [table.c[name] == bindparam(name) for name in given if name != "before"]
    own = select(table.c.id).where(table.c.person_id == signatory, *chosen)
    own = own.where(table.c.id < before) if before is not None else own
    found: Any = own.order_by(table.c.id.desc()).limit(most)
    if books is _EARNEST:
        others = petitioners.signed_too(signatory, before).limit(most)
        if chosen:
            others = others.join(table, table.c.id == PETITIONERS.c.petition_id).where(*chosen)
        found = union_all(found.subquery().select(), others.subquery().select())
    wanted = _seen_by(books, signatory).where(table.c.id.in_(found))
    return Part(wanted.order_by(table.c.id.desc()).limit(most))


def _seen_by(books: _Books, signatory: ColumnElement[UUID | None]) -> Select[Any]:
    """The summaries, with what a petition is to who reads it."""
    if books is _SANDBOX:
        return books.summary
    return books.summary.add_columns(
        cast(signatory, Uuid).label("read_by"),
        petitioners.has_withdrawn(PETITIONS.c.id, signatory).label("has_withdrawn"),
    )


def _facts(row: Any) -> dict[str, Any]:
    """The members of a `Summary`."""
    return {
        "id": row["id"],
        "acting": domain.Acting(
            row["acting_person_id"],
            row["person_id"] if row["mandate_id"] else None,
            row["mandate_id"],
            row.get("client_id"),
        ),
        "institution": Institution(
            **{column.name: row[f"addressee_{column.name}"] for column in INSTITUTIONS.c}
        ),
        "kind": domain.PetitionKind(row["kind"]),
        "subject": row["subject"],
        "language": Language(row["language"]),
        "content_sha256": row["content_sha256"].hex(),
        "registration": domain.Registration(
            number=row["number"],
            registered_at=row["registered_at"],
            registered_on=row["registered_on"],
            answer_due_on=row["answer_due_on"],
            answer_rule_id=row["answer_rule_id"],
            answer_legal_basis=row["answer_legal_basis"],
        ),
        "state": PetitionState(row["state"]),
        "version": row["version"],
        "channel": domain.Channel(row.get("channel", domain.Channel.ONLINE)),
        "read_by": row.get("read_by"),
        "has_withdrawn": row.get("has_withdrawn", False),
    }
