"""The wiring."""

from functools import cache

from fastapi import FastAPI

from hub_documents import anchors
from hub_documents.checking import Checker
from hub_service import calling, chassis, i18n

from . import consumers, dependencies, jobs, keys
from .manifest import MANIFEST
from .pages.rendering import Pages
from .routes import (
    answer_documents,
    attachments,
    audiences,
    choices,
    counselling,
    entries,
    files,
    following,
    guests,
    information,
    internal,
    messages,
    pages,
    petitions,
    ratings,
    registers,
    routing,
    signatures,
    sittings,
    special_procedures,
    splitting,
    statistics,
    status,
    structure,
    telverde,
    terms,
    topics,
    transfers,
)
from .settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service as an ASGI application; without `settings`, they are read from the environment."""
    known = settings or Settings()
    master = keys.derived_from(known.petitions_key.get_secret_value())
    filing = dependencies.filing(known, master)
    means = dependencies.keeping(known, master)
    app = chassis.build(
        MANIFEST,
        known,
        title="Petitions",
        summary="Petitions to public institutions, with a number and a term at once",
        description=(
            "File a petition and get its registration number and the day of its answer in the same "
            "answer (Constitution of Romania art. 51, OG 27/2002). Free of charge."
        ),
        routers=[
            answer_documents.router,
            attachments.router,
            audiences.router,
            choices.router,
            counselling.router,
            entries.router,
            files.router,
            following.router,
            guests.router,
            information.router,
            internal.router,
            messages.router,
            pages.router,
            petitions.router,
            ratings.router,
            registers.router,
            signatures.router,
            sittings.router,
            routing.router,
            special_procedures.router,
            splitting.router,
            statistics.router,
            status.router,
            structure.router,
            telverde.router,
            terms.router,
            topics.router,
            transfers.router,
        ],
        scopes={
            **petitions.SCOPES,
            dependencies.HANDLE: "Work on petitions as an official",
            dependencies.LEAD: "Say as a head who works on petitions, and where they go",
            dependencies.REGISTER: "Keep the register of your institution and enter what came on paper",
            dependencies.SIGN: "Sign answers to petitions as an official",
        },
        tags=[
            {"name": "answers", "description": "Answers as sealed documents, and their verification"},
            {"name": "attachments", "description": "Files that belong to petitions"},
            {"name": "audiences", "description": "To be received: sittings, requests, minutes"},
            {"name": "counselling", "description": "Counselling in numbers, without names or words"},
            {
                "name": "entries",
                "description": "Registrars: what came on paper, by telephone, at the counter",
            },
            {"name": "files", "description": "Officials: petitions that the institution has to answer"},
            {"name": "guests", "description": "File without an account"},
            {"name": "messages", "description": "What institutions and petitioners write to each other"},
            {"name": "petitions", "description": "Petitions filed by the signed-in person"},
            {"name": "ratings", "description": "How content petitioners are with their answers, in sums"},
            {"name": "registers", "description": "Officials: the register of an institution, chained"},
            {"name": "special-procedures", "description": "What is no petition, and where it belongs"},
            {"name": "statistics", "description": "Petitions in figures, for everybody"},
            {"name": "status", "description": "How a petition stands, by its number and its code"},
            {"name": "structure", "description": "Heads: who works where, and who signs"},
            {"name": "terms", "description": "By which day a petition is answered, and why."},
            {"name": "signatures", "description": "Several sign one petition"},
            {"name": "telverde", "description": "Operators of the free telephone line"},
            {"name": "transfers", "description": "Officials: files handed from compartment to compartment"},
        ],
        subscriptions=[
            consumers.BRIDGE_DAYS,
            consumers.INSTITUTIONS,
            consumers.PEOPLE,
            consumers.RULES,
            consumers.SANDBOX,
        ],
        own_workers=[
            jobs.ARCHIVE,
            jobs.COUNT_MONTHS,
            jobs.FORGET_PROOFS,
            jobs.REMIND_OF_AUDIENCES,
            jobs.REMIND_OF_MESSAGES,
            jobs.WARN_OF_TERMS,
            jobs.sweeping(filing),
            *jobs.of_answers(means),
        ],
        uploads=attachments.UPLOADS | answer_documents.UPLOADS,
        locale=i18n.folder_of(__file__),
    )
    app.state.anchors = cache(lambda: anchors.read(known.petitions_trust))
    app.state.checker = Checker()
    app.state.pages = Pages(app.state.texts)
    app.state.filing = filing
    app.state.keys = master
    app.state.means = means
    app.router.routes[:0] = [
        *calling.shortcuts(petitions.router, "file_petition"),
        *calling.shortcuts(files.router, *files.HOT),
        *calling.shortcuts(routing.router, "find_files"),
    ]
    return app
