"""Pages for people pass the gateway only when its route table names them: it knows no visitor by cookie."""

import base64
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from hub_service.settings import ServiceSettings
from svc_catalog.main import create_app as create_catalog
from svc_criminal_record.main import create_app as create_criminal_record
from svc_criminal_record.settings import Settings as CriminalRecordSettings
from svc_identity.main import create_app
from svc_identity.settings import Settings
from svc_notify.main import create_app as create_notify
from svc_notify.settings import Settings as NotifySettings
from svc_passport_booking.main import create_app as create_passport_booking
from svc_passport_booking.settings import Settings as PassportBookingSettings
from svc_petitions.main import create_app as create_petitions
from svc_petitions.settings import Settings as PetitionsSettings
from svc_traffic_history.main import create_app as create_traffic_history
from svc_traffic_history.settings import Settings as TrafficHistorySettings

PREFIXES = {
    "criminal-record": "/verify/",
    "passport-booking": "/appointments/",
    "petitions": "/answers/",
    "traffic-history": "/histories/",
}
ROUTES = tomllib.loads((Path(__file__).parents[2] / "gateway/src/gateway/routes.toml").read_text())


def pages() -> set[tuple[str, str]]:
    """Method and path of every page of svc-identity."""
    app = create_app(Settings(identity_key=base64.b64encode(bytes(32)).decode()))
    return {
        (method, context.path)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.route, APIRoute)
        and not context.route.include_in_schema
        and context.path.startswith(("/account/", "/oauth2/"))
        for method in context.route.methods
    }


def catalog_pages() -> set[tuple[str, str]]:
    """Method and path of every page of svc-catalog."""
    return {
        (method, context.path)
        for context in iter_route_contexts(create_catalog(ServiceSettings()).routes)
        if isinstance(context.route, APIRoute)
        and not context.route.include_in_schema
        and context.path.startswith(("/contact", "/faq", "/advice"))
        for method in context.route.methods
    }


def verification_pages() -> set[tuple[str, str]]:
    """Method and path of every page of svc-criminal-record."""
    return {
        (method, context.path)
        for context in iter_route_contexts(create_criminal_record(CriminalRecordSettings()).routes)
        if isinstance(context.route, APIRoute) and context.path.startswith("/verify")
        for method in context.route.methods
    }


def appointment_pages() -> set[tuple[str, str]]:
    """Method and path of every page of svc-passport-booking."""
    return {
        (method, context.path)
        for context in iter_route_contexts(create_passport_booking(PassportBookingSettings()).routes)
        if isinstance(context.route, APIRoute) and context.path.startswith("/appointments")
        for method in context.route.methods
    }


def answer_pages() -> set[tuple[str, str]]:
    """Method and path of every page of svc-petitions."""
    return {
        (method, context.path)
        for context in iter_route_contexts(create_petitions(PetitionsSettings()).routes)
        if isinstance(context.route, APIRoute) and context.path.startswith("/answers")
        for method in context.route.methods
    }


def history_pages() -> set[tuple[str, str]]:
    """Method and path of every page of svc-traffic-history."""
    return {
        (method, context.path)
        for context in iter_route_contexts(create_traffic_history(TrafficHistorySettings()).routes)
        if isinstance(context.route, APIRoute) and context.path.startswith("/histories")
        for method in context.route.methods
    }


def test_every_page_about_messages_is_listed() -> None:
    def is_page(path: str) -> bool:
        return path.startswith("/notify/") and not path.startswith("/notify/v1/")

    found = {
        (method, context.path)
        for context in iter_route_contexts(create_notify(NotifySettings()).routes)
        if isinstance(context.route, APIRoute) and is_page(context.path)
        for method in context.route.methods
    }
    listed = {(entry["method"], entry["path"]) for entry in ROUTES["operations"].values()}
    assert found
    assert found == {one for one in listed if is_page(one[1])}


@pytest.mark.parametrize(
    ("service", "found"),
    [
        ("catalog", catalog_pages),
        ("criminal-record", verification_pages),
        ("passport-booking", appointment_pages),
        ("petitions", answer_pages),
        ("traffic-history", history_pages),
    ],
)
def test_every_page_of_a_service_is_listed_with_it(
    service: str, found: Callable[[], set[tuple[str, str]]]
) -> None:
    listed = {
        (entry["method"], entry["path"])
        for entry in ROUTES["operations"].values()
        if entry.get("service") == service or entry["path"].startswith(PREFIXES.get(service, "-"))
    }
    assert len(listed) > len(("page", "style"))
    assert found() == listed


def test_every_page_is_listed() -> None:
    listed = {(entry["method"], entry["path"]) for entry in ROUTES["operations"].values()}
    found = pages()
    assert len(found) > len(("sign-in", "consent", "overview"))
    assert found - listed == set(), "add them to gateway's routes.toml"
    shown = {one for one in listed if one[1].startswith("/account/")}
    assert shown - found == set(), "no such page any more"
