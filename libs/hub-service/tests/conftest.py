"""A small service, made of the chassis: people keep notes, each with a number."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, ClassVar
from uuid import UUID

import httpx2
import pytest
from asyncpg import InternalClientError
from fastapi import FastAPI
from pydantic import Field
from sqlalchemy import Column, Integer, MetaData, String, Table, Uuid, func, insert, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from hub_core.ids import new_id
from hub_core.manifest import Manifest
from hub_core.principal import Assurance, Role
from hub_core.problem import Problem
from hub_core.text import Line
from hub_events import inbox, outbox
from hub_events.envelope import Event
from hub_service import access, calling, chassis, idempotency, paging, policy, purpose, rules
from hub_service.dependencies import Lang, Now, Session
from hub_service.routing import Router
from hub_service.schemas import Id, Int32, Resource
from hub_service.settings import ServiceSettings
from hub_testing import databases

MANIFEST = Manifest(name="notebook", package="notebook", factory="notebook:create_app", port=0)
METADATA = MetaData()
outbox.attach(METADATA)
inbox.attach(METADATA)
idempotency.attach(METADATA)
rules.attach(METADATA)
NOTES = Table(
    "notes",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("owner", String, nullable=False),
    Column("number", Integer, nullable=False, unique=True),
    Column("title", String, nullable=False),
)


class NoteKept(Event):
    """A note was kept."""

    subject: ClassVar[str] = "hub.notebook.note.kept.v1"
    key_field: ClassVar[str] = "note_id"

    note_id: UUID
    version: int = 1


class RecordAccessed(access.Line, Event):
    """Somebody's notes were opened by another."""

    subject: ClassVar[str] = "hub.notebook.record.accessed.v1"
    key_field: ClassVar[str] = "line_id"


class TitleTaken(Problem):
    """The title is in use."""

    type, status, title = "title-taken", 409, "The title is in use"


class NewNote(Resource):
    """A note to keep."""

    title: Annotated[Line, Field(min_length=1, max_length=20, description="Its title.")]


class Note(NewNote):
    """A kept note."""

    id: Annotated[Id, Field(description="Its identifier.")]
    number: Annotated[Int32, Field(description="Its number.")]


async def keep_note(session: Session, owner: str, title: str, now: Now) -> Note:
    async with session.begin():
        if title == "taken":
            raise TitleTaken
        number = 1 + (await session.scalar(select(func.count()).select_from(NOTES)) or 0)
        note = Note(id=new_id(), number=number, title=title)
        await session.execute(insert(NOTES).values(**note.model_dump(), owner=owner))
        await outbox.record(session, NoteKept(note_id=note.id), now)
    return note


router = Router(prefix="/notes/v1", tags=["notes"])


@router.post("/notes", status_code=201, **policy.operation("notes:write", raises=(TitleTaken,)))
async def keep(body: NewNote, caller: policy.Person, session: Session, now: Now) -> Note:
    """Keep a note."""
    return await keep_note(session, caller.subject, body.title, now)


@router.get("/notes", **policy.operation("notes:read"))
async def list_notes(
    asked: paging.Asked,
    caller: policy.Person,
    session: Session,
) -> paging.Page[Note]:
    """List one's notes."""
    found = select(NOTES.c.id, NOTES.c.number, NOTES.c.title).where(NOTES.c.owner == caller.subject)
    if (after := asked.after(int)) is not None:
        found = found.where(NOTES.c.number > after)
    rows = (await session.execute(found.order_by(NOTES.c.number).limit(asked.rows))).all()
    return asked.page(
        rows,
        position=lambda row: (row.number,),
        view=lambda row: Note(id=row.id, number=row.number, title=row.title),
    )


@router.get("/people/{person_id}/notes", **policy.operation("notes:read", roles=(Role.HANDLER,)))
async def count_notes(
    person_id: UUID, official: policy.Acting, purpose: purpose.Given, session: Session, now: Now
) -> dict[str, int]:
    """Count the notes of somebody else, who will see it."""
    async with session.begin():
        number = await session.scalar(
            select(func.count()).select_from(NOTES).where(NOTES.c.owner == str(person_id))
        )
        line = access.line(
            official.principal,
            action=access.Action.READ,
            resource_type="notes",
            resource_id=person_id,
            subject_person_id=person_id,
            purpose=purpose,
            legal_basis="OG 27/2002 art. 8",
        )
        await outbox.record(session, RecordAccessed.of(line), now)
    return {"number": number or 0}


@router.get("/secrets", **policy.operation("notes:read", assurance=Assurance.HIGH))
async def read_secret(caller: policy.Caller) -> dict[str, str]:
    """Read what needs a strong sign-in."""
    return {"subject": caller.subject}


@router.get("/registers", **policy.operation("notes:read", roles=(Role.REGISTRAR, Role.HEAD)))
async def read_register(official: policy.Acting) -> dict[str, str]:
    """Read what officials keep."""
    return {"institution": str(official.institution_id), "roles": " ".join(sorted(official.roles))}


@router.get("/greeting", **policy.public())
async def greet(language: Lang) -> dict[str, str]:
    """Say which language was chosen."""
    return {"language": language}


@router.get("/fault", **policy.public())
async def fail() -> None:
    """Fail."""
    raise RuntimeError("Ana Popescu, 2960229900015")


@router.get("/ending", **policy.public())
async def lose() -> None:
    """Meet a connection in the moment in which the server ends it."""
    raise InternalClientError("got result for unknown protocol state 0")


@pytest.fixture(scope="session")
async def notes_database(postgres_server, join_broker, provisioned):
    await join_broker(MANIFEST)
    database = await databases.create(postgres_server, MANIFEST, migrate=False)
    provisioned[MANIFEST.name] = database
    engine = create_async_engine(database.migrator_dsn)
    async with engine.begin() as connection:
        await connection.execute(text("SET ROLE notebook_owner"))
        await connection.execute(text("SET search_path TO notebook"))
        await connection.run_sync(METADATA.create_all)
    await engine.dispose()
    return database


@pytest.fixture
def build(notes_database, service_settings):
    """Make the service, with what is special of its manifest; keyword arguments replace settings."""

    def make(routers=(router,), needs=(), **settings):
        return chassis.build(
            replace(MANIFEST, rules=needs),
            service_settings(MANIFEST, ServiceSettings, **settings),
            title="Notes",
            summary="Notes",
            description="Notes of people.",
            routers=routers,
            scopes={"notes:read": "Read notes", "notes:write": "Keep notes"},
        )

    return make


HOT = ("keep", "list_notes", "count_notes", "read_secret", "read_register", "greet")


@pytest.fixture(params=["ordinary", "short"])
async def app(request, build, notes_database) -> AsyncIterator[FastAPI]:
    """The service; what holds for it holds for the short ways of its routes."""
    made = build()
    if request.param == "short":
        made.router.routes[:0] = calling.shortcuts(router, *HOT)
    yield made
    await notes_database.truncate()


@pytest.fixture
async def client(app, running) -> AsyncIterator[httpx2.AsyncClient]:
    async with running(app) as client:
        yield client


@pytest.fixture
def ana(signed_in):
    return signed_in(person_id=new_id(), scopes={"notes:read", "notes:write"})
