"""The wiring."""

from fastapi import FastAPI

from hub_service import chassis, i18n

from . import consumers, dependencies, jobs, keys
from .manifest import MANIFEST
from .operations.flights import Flights
from .pages.rendering import Pages
from .routes import (
    applications,
    appointments,
    availability,
    calendar,
    closures,
    desk,
    documents,
    guest_appointments,
    guest_waiting,
    guests,
    health,
    internal,
    offices,
    openings,
    pages,
    rush,
    statistics,
    timetables,
    types,
    waiting,
)
from .settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service as an ASGI application; without `settings`, they are read from the environment."""
    known = settings or Settings()
    master = keys.derived_from(known.passport_booking_key.get_secret_value())
    app = chassis.build(
        MANIFEST,
        known,
        title="Appointments",
        summary="Places at counters: passports first, anything that people queue for.",
        description=(
            "See where and when places are free, book one for yourself or your family, and come at its hour "
            "(Law 248/2005, Government Decision 94/2006 for passports). Free of charge. No place is given "
            "twice, and none can be sold: names are fixed."
        ),
        routers=[
            applications.router,
            appointments.router,
            availability.router,
            calendar.router,
            closures.router,
            desk.router,
            documents.router,
            guest_appointments.router,
            guest_waiting.router,
            guests.router,
            health.router,
            internal.router,
            offices.router,
            openings.router,
            pages.router,
            statistics.router,
            timetables.router,
            types.router,
            waiting.router,
        ],
        scopes={
            dependencies.DESK: "Receive people at an office: check-in, calls, applications",
            appointments.READ: "Read the appointments in your name",
            appointments.WRITE: "Book, move and cancel appointments in your name",
            dependencies.MANAGE: "Set when the offices of your institution receive people, as its head",
        },
        tags=[
            {"name": "applications", "description": "What was handed in, and how far it has come."},
            {"name": "appointments", "description": "Book a place, confirm it, move it, give it up."},
            {"name": "availability", "description": "What can be booked, where and when."},
            {"name": "desk", "description": "Officials: the day at the counters of an office."},
            {"name": "documents", "description": "What to bring, and the appointment for a calendar."},
            {"name": "guests", "description": "Book without an account: a challenge, or a code by e-mail."},
            {"name": "offices", "description": "Where people are received."},
            {"name": "openings", "description": "When new days open: by a secret minute, or by draw."},
            {"name": "statistics", "description": "The counters in figures."},
            {"name": "timetables", "description": "When counters are open, and heads who change it."},
            {"name": "waiting", "description": "Wait for a place; be told of an earlier one."},
        ],
        subscriptions=[
            consumers.PEOPLE,
            consumers.RULES,
        ],
        own_workers=[
            jobs.COUNT_DAYS,
            jobs.FORGET_GUESTS,
            jobs.FORGET_PROOFS,
            jobs.KEEP_AHEAD,
            jobs.REMIND,
            *jobs.of_appointments(master),
        ],
        locale=i18n.folder_of(__file__),
    )
    app.state.keys = master
    app.state.catalog = None
    app.state.pages = Pages(app.state.texts)
    app.state.people = None
    app.state.rush = None
    app.state.shared = Flights[bytes]()
    app.state.known_questions = {}
    app.router.routes[:0] = [rush.SHORTCUT, availability.LOOKING_AGAIN]
    return app
