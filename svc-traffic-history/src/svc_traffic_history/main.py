"""The wiring."""

from functools import cache

from fastapi import FastAPI

from hub_documents import anchors
from hub_documents.checking import Checker
from hub_service import calling, chassis, i18n

from . import consumers, dependencies, jobs, keys
from .dependencies import Opening
from .manifest import MANIFEST
from .operations.report_statistics import Kept
from .pages.rendering import Pages
from .routes import (
    contests,
    driving_reports,
    history_documents,
    internal,
    licence_steps,
    offences,
    officers,
    open311,
    pages,
    record_links,
    recordings,
    records,
    report_statistics,
    reviewing,
    uploads,
    verification,
    videos,
)
from .settings import Settings


def create_app(settings: Settings | None = None, opening: Opening | None = None) -> FastAPI:
    """The service as an ASGI application; without `settings`, they are read from the environment.

    `opening` gives whom operations ask, where it is not what the settings say.
    """
    known = settings or Settings()
    master = keys.derived_from(known.traffic_history_key.get_secret_value())
    filming = dependencies.filming(known, master)
    keeping = dependencies.keeping(known, master)
    opened = opening or dependencies.opening(known, master)
    app = chassis.build(
        MANIFEST,
        known,
        title="Traffic history",
        summary="A driver's record, and reports of aggressive driving.",
        description=(
            "What stands in the record of a driver and what follows from it: penalty points and the day on "
            "which each expires, what stands between now and a suspension, fines and the last day for "
            "paying half and for going to court (OUG 195/2002, OG 2/2001, Law 203/2018). Reports of "
            "aggressive driving (e-SAR, art. 109^1) are sent with a recording, decided on and followed."
        ),
        routers=[
            contests.router,
            history_documents.router,
            internal.router,
            licence_steps.router,
            offences.router,
            officers.router,
            open311.router,
            pages.router,
            record_links.router,
            records.router,
            recordings.router,
            report_statistics.router,
            reviewing.router,
            verification.router,
            # The last: what no other has under /driving-reports is the id of a report.
            driving_reports.router,
            uploads.router,
            videos.router,
        ],
        scopes={
            dependencies.REPORTS_READ: "See your reports of aggressive driving",
            dependencies.REPORTS_WRITE: "Report aggressive driving in your name",
            dependencies.CONTEST: "File petitions in your name",
            dependencies.READ: "Read your record as a driver",
            dependencies.WRITE: "Get your history as a document, and share it by links",
            dependencies.RECORD: "Keep the records of drivers, as an officer of the traffic police",
            dependencies.REVIEW: "Decide on reports of aggressive driving, as the traffic police",
            dependencies.DECIDE: "Decide on suspensions and counter-entries, as a head of the traffic police",
        },
        tags=[
            {
                "name": "driving reports",
                "description": "Your reports of aggressive driving (e-SAR), and what becomes of them.",
            },
            {"name": "driving report files", "description": "Officers: reports of aggressive driving."},
            {"name": "history", "description": "Your history of sanctions as a sealed document."},
            {"name": "links", "description": "Links to a history document, for employers and insurers."},
            {"name": "offences", "description": "Traffic offences and what the law gives for them."},
            {"name": "officers", "description": "Officers: record what was found and what became of it."},
            {"name": "open311", "description": "Reports of aggressive driving by Open311 GeoReport v2."},
            {"name": "record", "description": "Your record: points, fines, the right to drive."},
            {
                "name": "suspensions",
                "description": "Officers: suspensions, step by step.",
            },
            {
                "name": "videos",
                "description": "The recording of a report of aggressive driving: its upload (tus 1.0.0), its "
                "receipt, and who had it in hand.",
            },
            {"name": "verification", "description": "Whether a history document is genuine."},
        ],
        subscriptions=[
            consumers.INSTITUTIONS,
            consumers.people_of(master),
            consumers.PETITIONS,
            consumers.RULES,
        ],
        own_workers=[
            jobs.asking(opened),
            jobs.closing(master),
            jobs.deciding(master),
            jobs.deleting(master, filming),
            jobs.ending(master),
            jobs.filing(opened, keeping),
            jobs.expired(master),
            *jobs.of_videos(filming),
            jobs.FORGET_TRIES,
            *jobs.of_documents(keeping),
        ],
        uploads=uploads.UPLOADS | verification.UPLOADS,
        locale=i18n.folder_of(__file__),
        shown={open311.PREFIX: open311.show},
    )
    app.state.anchors = cache(
        lambda: anchors.read(known.traffic_history_trust, known.traffic_history_trust / "seal.pem")
    )
    app.state.checker = Checker()
    app.state.filming = filming
    app.state.counted = Kept()
    app.state.keys = master
    app.state.keeping = keeping
    app.state.pages = Pages(app.state.texts)
    app.state.opening = opened
    app.router.routes[:0] = [
        *calling.shortcuts(officers.router, *officers.HOT),
        *calling.shortcuts(records.router, *records.HOT),
    ]
    return app
