"""Audiences and their steps: rows in, domain values out. Nobody else writes a state of theirs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, Select, case, exists, func, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events import outbox

from ..domain.audiences import (
    FOLLOWS,
    PLACED,
    WAITING,
    Audience,
    AudienceFile,
    AudienceState,
    AudienceStep,
    Minutes,
    Mode,
    Promise,
    Sitting,
    refuse_step,
)
from ..domain.files import Actor
from ..domain.states import PetitionState
from ..errors.audiences import AudienceChanged, AudienceNotFound, AudiencePlaceTaken, ReceivedInSitting
from ..events import audiences as events
from ..tables.audiences import AUDIENCE_MINUTES, AUDIENCE_PLACES, AUDIENCE_STEPS, AUDIENCES, SITTINGS
from ..tables.petitioners import PETITIONERS
from ..tables.petitions import PETITIONS

_COLUMNS: Final = tuple(AUDIENCES.c[name] for name in Audience.__dataclass_fields__)
_REGISTERED: Final = (
    *(
        PETITIONS.c.number,
        PETITIONS.c.year,
        PETITIONS.c.registered_at,
        PETITIONS.c.registered_on,
        PETITIONS.c.answer_due_on,
    ),
    *(PETITIONS.c.acting_person_id, PETITIONS.c.language, PETITIONS.c.state.label("file_state")),
)
_SITTING: Final = tuple(
    SITTINGS.c[name].label(f"sitting__{name}") for name in Sitting.__dataclass_fields__ if name != "taken"
)
_HERS: Final = AUDIENCES.alias("hers")
_STATE: Final = AUDIENCES.c.state.type
_NOT_TWICE: Final = ("uq_audiences_person", "uq_audiences_same")


async def add(session: AsyncSession, petition_id: UUID, topic: str | None) -> None:
    """Store that a petition just registered asks for an audience."""
    first = (PETITIONERS.c.petition_id == PETITIONS.c.id) & (PETITIONERS.c.ordinal == 1)
    columns = {
        "petition_id": PETITIONS.c.id,
        "institution_id": PETITIONS.c.institution_id,
        "topic": literal(topic, AUDIENCES.c.topic.type),
        "state": literal(AudienceState.REQUESTED, _STATE),
        "version": literal(1),
        "person_id": PETITIONERS.c.person_id,
        "same_key": PETITIONERS.c.same_key,
    }
    wanted = select(*columns.values()).select_from(PETITIONS.outerjoin(PETITIONERS, first))
    rows = wanted.where(PETITIONS.c.id == petition_id)
    await session.execute(insert(AUDIENCES).from_select([*columns], rows))


async def read(session: AsyncSession, petition_id: UUID, institution_id: UUID | None = None) -> AudienceFile:
    """A request for an audience, of this institution if one is named. `AudienceNotFound`."""
    wanted = _listed().where(AUDIENCES.c.petition_id == petition_id)
    if institution_id is not None:
        wanted = wanted.where(AUDIENCES.c.institution_id == institution_id)
    row = (await session.execute(wanted)).mappings().first()
    if row is None:
        raise AudienceNotFound
    return _one(row)


async def lock(session: AsyncSession, petition_id: UUID) -> AudienceFile:
    """The same, and nobody else moves it until the transaction ends. `AudienceNotFound`."""
    wanted = _listed().where(AUDIENCES.c.petition_id == petition_id).with_for_update(of=AUDIENCES)
    row = (await session.execute(wanted)).mappings().first()
    if row is None:
        raise AudienceNotFound
    return _one(row)


async def of_institution(
    session: AsyncSession,
    institution_id: UUID,
    states: Collection[AudienceState],
    sitting_id: UUID | None,
    *,
    after: UUID | None,
    limit: int,
) -> Sequence[AudienceFile]:
    """The requests of an institution in these states, or with a place of this sitting, in their order."""
    wanted = _listed().where(AUDIENCES.c.institution_id == institution_id)
    if states:
        wanted = wanted.where(AUDIENCES.c.state.in_(states))
    if sitting_id is not None:
        wanted = wanted.where(AUDIENCES.c.sitting_id == sitting_id)
    if after is not None:
        wanted = wanted.where(AUDIENCES.c.petition_id > after)
    rows = await session.execute(wanted.order_by(AUDIENCES.c.petition_id).limit(limit))
    return [_one(row) for row in rows.mappings()]


async def lock_waiting(session: AsyncSession, sitting_id: UUID) -> Sequence[AudienceFile]:
    """Who has a place of a sitting that is to come, in the order of the places."""
    wanted = _listed().where(AUDIENCES.c.sitting_id == sitting_id, AUDIENCES.c.state.in_(WAITING))
    rows = await session.execute(wanted.order_by(AUDIENCES.c.place).with_for_update(of=AUDIENCES))
    return [_one(row) for row in rows.mappings()]


async def all_of(session: AsyncSession, person_id: UUID) -> Sequence[AudienceFile]:
    """Every audience that a person asked for, the oldest first."""
    wanted = _listed().where(AUDIENCES.c.person_id == person_id).order_by(AUDIENCES.c.petition_id)
    return [_one(row) for row in (await session.execute(wanted)).mappings()]


async def move(
    session: AsyncSession,
    found: AudienceFile,
    to: AudienceState,
    actor: Actor,
    now: datetime,
    *,
    at: tuple[Sitting, int] | None = None,
    reason: str | None = None,
    note: str | None = None,
) -> AudienceFile:
    """Take one step: the row, its line in `audience_steps` and its event, in the caller's transaction.

    `at` is the place that is given; who goes where nobody has a place gives theirs up. `reason` is a code,
    `note` the same in words. Raises `AudienceStateForbids`, `AudienceChanged`, `AudiencePlaceTaken`,
    `ReceivedInSitting`.
    """
    one = found.audience
    refuse_step(one.state, to)
    sitting, place = at or (found.sitting, one.place)
    if to not in PLACED or sitting is None:
        sitting, place = None, None
    moved = replace(
        one, state=to, version=one.version + 1, sitting_id=sitting.id if sitting else None, place=place
    )
    done = (
        update(AUDIENCES)
        .where(AUDIENCES.c.petition_id == one.petition_id, AUDIENCES.c.version == one.version)
        .values(state=to, version=moved.version, sitting_id=moved.sitting_id, place=place)
        .returning(AUDIENCES.c.petition_id)
        .cte("done")
    )
    step = {
        "version": moved.version,
        "at": now,
        "came_from": one.state,
        "state": to,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "reason": reason,
        "note": note,
    }
    line = select(
        done.c.petition_id, *(literal(value, AUDIENCE_STEPS.c[name].type) for name, value in step.items())
    )
    taken = (
        insert(AUDIENCE_STEPS).from_select(["petition_id", *step], line).returning(AUDIENCE_STEPS.c.version)
    )
    try:
        async with session.begin_nested():
            if (await session.execute(taken)).first() is None:
                raise AudienceChanged
    except IntegrityError as fault:  # the database gives no place twice, and nobody two of one sitting
        raise _refusal(fault) from None
    changed = replace(found, audience=moved, sitting=sitting)
    await outbox.record(session, events.AudienceChanged.of(changed, one.state, reason), now)
    return changed


def _refusal(fault: IntegrityError) -> AudiencePlaceTaken | ReceivedInSitting:
    is_twice = any(name in str(fault.orig) for name in _NOT_TWICE)
    return ReceivedInSitting() if is_twice else AudiencePlaceTaken()


async def follow(
    session: AsyncSession,
    petition_ids: Collection[UUID],
    institution_id: UUID,
    to: PetitionState,
    actor: Actor,
    now: datetime,
) -> None:
    """Let audiences follow their files, which went there by another way; in one statement.

    The file's own event tells of it.
    """
    moves: Mapping[AudienceState, AudienceState] = FOLLOWS.get(to, {})
    if not moves:
        return
    before = (
        select(AUDIENCES.c.petition_id, AUDIENCES.c.state.label("came_from"))
        .where(AUDIENCES.c.petition_id.in_(petition_ids), AUDIENCES.c.state.in_(moves))
        .order_by(AUDIENCES.c.petition_id)
        .with_for_update()
        .cte("before")
    )
    state = case(
        *((before.c.came_from == came_from, literal(went, _STATE)) for came_from, went in moves.items())
    )
    done = (
        update(AUDIENCES)
        .where(AUDIENCES.c.petition_id == before.c.petition_id)
        .values(
            state=state,
            version=AUDIENCES.c.version + 1,
            institution_id=institution_id,
            sitting_id=None,
            place=None,
        )
        .returning(AUDIENCES.c.petition_id, AUDIENCES.c.version, AUDIENCES.c.state, before.c.came_from)
        .cte("done")
    )
    step = {
        "petition_id": done.c.petition_id,
        "version": done.c.version,
        "at": literal(now, AUDIENCE_STEPS.c.at.type),
        "came_from": done.c.came_from,
        "state": done.c.state,
        "actor_kind": literal(actor.kind, AUDIENCE_STEPS.c.actor_kind.type),
        "actor_id": literal(actor.id, AUDIENCE_STEPS.c.actor_id.type),
        "reason": literal(f"FILE_{to}", AUDIENCE_STEPS.c.reason.type),
    }
    await session.execute(insert(AUDIENCE_STEPS).from_select([*step], select(*step.values())))


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Give the audiences of one id to another, except in a sitting where the other has a place, too."""
    has_place = exists().where(_HERS.c.sitting_id == AUDIENCES.c.sitting_id, _HERS.c.person_id == person_id)
    of_former = AUDIENCES.c.person_id == former_id
    await session.execute(update(AUDIENCES).where(of_former, ~has_place).values(person_id=person_id))


async def steps(session: AsyncSession, petition_id: UUID) -> Sequence[AudienceStep]:
    """What an audience has gone through, in order."""
    wanted = select(AUDIENCE_STEPS).where(AUDIENCE_STEPS.c.petition_id == petition_id)
    return [
        AudienceStep(
            version=row["version"],
            at=row["at"],
            came_from=AudienceState(row["came_from"]),
            state=AudienceState(row["state"]),
            reason=row["reason"],
            note=row["note"],
        )
        for row in (await session.execute(wanted.order_by(AUDIENCE_STEPS.c.version))).mappings()
    ]


async def preparation(session: AsyncSession, petition_id: UUID) -> str | None:
    """What officials noted before an audience."""
    wanted = select(AUDIENCES.c.preparation).where(AUDIENCES.c.petition_id == petition_id)
    found: str | None = (await session.execute(wanted)).scalar()
    return found


async def prepare(session: AsyncSession, petition_id: UUID, text: str) -> None:
    """Note something before an audience, in place of what was noted."""
    which = update(AUDIENCES).where(AUDIENCES.c.petition_id == petition_id)
    await session.execute(which.values(preparation=text))


async def note_follow_up(session: AsyncSession, petition_id: UUID, follow_up_id: UUID) -> None:
    """Note which petition came of an audience."""
    which = update(AUDIENCES).where(AUDIENCES.c.petition_id == petition_id)
    await session.execute(which.values(follow_up_id=follow_up_id))


async def add_minutes(session: AsyncSession, petition_id: UUID, minutes: Minutes) -> None:
    """Store what was said in an audience."""
    promises = [{"what": one.what, "until": one.until.isoformat()} for one in minutes.promises]
    row = asdict(minutes) | {"petition_id": petition_id, "present": [*minutes.present], "promises": promises}
    await session.execute(insert(AUDIENCE_MINUTES), row)


async def minutes(session: AsyncSession, petition_id: UUID) -> Minutes | None:
    """What was said in an audience, once it is written."""
    wanted = select(AUDIENCE_MINUTES).where(AUDIENCE_MINUTES.c.petition_id == petition_id)
    row = (await session.execute(wanted)).mappings().first()
    if row is None:
        return None
    return Minutes(
        present=row["present"],
        said=row["said"],
        promises=[Promise(one["what"], date.fromisoformat(one["until"])) for one in row["promises"]],
        written_by=row["written_by"],
        written_at=row["written_at"],
    )


async def lock_to_remind(
    session: AsyncSession, now: datetime, until: datetime, limit: int
) -> Sequence[tuple[AudienceFile, datetime, datetime]]:
    """Audiences to come until then of which nobody was reminded; one that is moved is reminded of again.

    Each with its hour, and when that hour was given.
    """
    hour = AUDIENCE_PLACES.c.starts_at
    given_at = (
        select(func.max(AUDIENCE_STEPS.c.at))
        .where(
            AUDIENCE_STEPS.c.petition_id == AUDIENCES.c.petition_id,
            AUDIENCE_STEPS.c.state == AudienceState.SCHEDULED,
        )
        .scalar_subquery()
    )
    at_place = (AUDIENCE_PLACES.c.sitting_id == AUDIENCES.c.sitting_id) & (
        AUDIENCE_PLACES.c.place == AUDIENCES.c.place
    )
    wanted = (
        _listed()
        .add_columns(hour.label("hour"), given_at.label("given_at"))
        .join(AUDIENCE_PLACES, at_place)
        .where(
            AUDIENCES.c.state.in_(WAITING),
            hour > now,
            hour <= until,
            or_(AUDIENCES.c.reminded_of.is_(None), AUDIENCES.c.reminded_of != hour),
        )
        .order_by(AUDIENCES.c.petition_id)
        .limit(limit)
        .with_for_update(of=AUDIENCES, skip_locked=True)
    )
    rows = (await session.execute(wanted)).mappings()
    return [(_one(row), row["hour"], row["given_at"]) for row in rows]


async def note_reminded(session: AsyncSession, petition_id: UUID, hour: datetime) -> None:
    """Note of which hour people were reminded, or need not be."""
    which = update(AUDIENCES).where(AUDIENCES.c.petition_id == petition_id)
    await session.execute(which.values(reminded_of=hour))


def _listed() -> Select[Any]:
    of_petition = PETITIONS.c.id == AUDIENCES.c.petition_id
    of_sitting = SITTINGS.c.id == AUDIENCES.c.sitting_id
    return select(*_COLUMNS, *_REGISTERED, *_SITTING).select_from(
        AUDIENCES.join(PETITIONS, of_petition).outerjoin(SITTINGS, of_sitting)
    )


def _one(row: RowMapping) -> AudienceFile:
    audience = {name: row[name] for name in Audience.__dataclass_fields__}
    sitting = {column.name.removeprefix("sitting__"): row[column.name] for column in _SITTING}
    return AudienceFile(
        audience=Audience(**audience | {"state": AudienceState(row["state"])}),
        **{column.name: row[column.name] for column in _REGISTERED}
        | {"file_state": PetitionState(row["file_state"])},
        sitting=Sitting(**sitting | {"mode": Mode(sitting["mode"])}) if sitting["id"] else None,
    )
