"""Rows in, domain values out."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, Select, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language

from . import domain
from .tables import INSTITUTIONS, PETITIONS, REGISTERS, RULES


async def institution(session: AsyncSession, institution_id: UUID) -> domain.Institution | None:
    """Our copy of an institution, or None when we have not heard of it."""
    found = await session.execute(select(INSTITUTIONS).where(INSTITUTIONS.c.id == institution_id))
    row = found.mappings().first()
    return domain.Institution(**row) if row else None


async def copy_institution(session: AsyncSession, changed: domain.Institution) -> None:
    """Keep an institution as the catalog told it, unless we already hold a newer version."""
    values = asdict(changed)
    told = postgresql.insert(INSTITUTIONS).values(values)
    newer = INSTITUTIONS.c.version < told.excluded.version
    await session.execute(told.on_conflict_do_update(index_elements=["id"], set_=values, where=newer))


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Give the petitions in the name of one id to another."""
    of_former = PETITIONS.c.person_id == former_id
    await session.execute(update(PETITIONS).where(of_former).values(person_id=person_id))


async def rules(session: AsyncSession, rule_id: str) -> list[domain.Rule]:
    """All rows of a rule, whatever their days."""
    rows = await session.execute(select(RULES).where(RULES.c.rule_id == rule_id))
    return [domain.Rule(**{**row, "unit": domain.Unit(row["unit"])}) for row in rows.mappings()]


_NEXT_NUMBER: Final = (
    postgresql.insert(REGISTERS)
    .on_conflict_do_update(
        index_elements=["institution_id", "year"], set_={"last_number": REGISTERS.c.last_number + 1}
    )
    .returning(REGISTERS.c.last_number)
)


async def next_number(session: AsyncSession, institution_id: UUID, year: int) -> int:
    """The next number of an institution's register; the register is made when first needed.

    No sequence: its row stays locked until the transaction ends, and a rollback takes the number
    back, so that none is ever missing. Take it last: who waits for it waits for all that follows.
    """
    first = {"institution_id": institution_id, "year": year, "last_number": 1}
    number: int = (await session.execute(_NEXT_NUMBER, first)).scalar_one()
    return number


async def add(session: AsyncSession, petition: domain.Petition) -> None:
    """Store a petition just registered."""
    entry = petition.registration
    await session.execute(
        insert(PETITIONS),
        {
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
        },
    )


async def petition_of(session: AsyncSession, signatory: UUID, petition_id: UUID) -> domain.Petition | None:
    """A petition, if it was made in that person's name."""
    wanted = _SUMMARY.add_columns(PETITIONS.c.text).where(
        PETITIONS.c.id == petition_id, PETITIONS.c.person_id == signatory
    )
    row = (await session.execute(wanted)).mappings().first()
    return domain.Petition(**_facts(row), text=row["text"]) if row else None


async def all_of(session: AsyncSession, signatory: UUID) -> list[domain.Petition]:
    """Every petition made in a person's name, oldest first."""
    wanted = _SUMMARY.add_columns(PETITIONS.c.text).where(PETITIONS.c.person_id == signatory)
    rows = await session.execute(wanted.order_by(PETITIONS.c.id))
    return [domain.Petition(**_facts(row), text=row["text"]) for row in rows.mappings()]


async def summaries_of(
    session: AsyncSession,
    signatory: UUID,
    *,
    institution_id: UUID | None,
    kind: domain.PetitionKind | None,
    before: UUID | None,
    limit: int,
) -> Sequence[domain.Summary]:
    """A person's petitions, newest first, of those filed before the petition `before`."""
    wanted = _SUMMARY.where(PETITIONS.c.person_id == signatory)
    if institution_id:
        wanted = wanted.where(PETITIONS.c.institution_id == institution_id)
    if kind:
        wanted = wanted.where(PETITIONS.c.kind == kind)
    if before:
        wanted = wanted.where(PETITIONS.c.id < before)
    rows = await session.execute(wanted.order_by(PETITIONS.c.id.desc()).limit(limit))
    return [domain.Summary(**_facts(row)) for row in rows.mappings()]


_ADDRESSEE: Final = [column.label(f"addressee_{column.name}") for column in INSTITUTIONS.c]
_SUMMARY: Final[Select[Any]] = select(
    *(column for column in PETITIONS.c if column is not PETITIONS.c.text), *_ADDRESSEE
).join_from(PETITIONS, INSTITUTIONS, PETITIONS.c.institution_id == INSTITUTIONS.c.id)


def _facts(row: RowMapping) -> dict[str, Any]:
    """The members of a `Summary`."""
    return {
        "id": row["id"],
        "acting": domain.Acting(
            row["acting_person_id"], row["person_id"] if row["mandate_id"] else None, row["mandate_id"]
        ),
        "institution": domain.Institution(
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
        "state": domain.PetitionState(row["state"]),
        "version": row["version"],
    }
