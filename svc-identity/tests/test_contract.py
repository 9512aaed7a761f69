"""The committed contract is the code, and every text has its translations."""

import base64
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import svc_identity
from hub_core.problem import Problem
from hub_testing import contract
from svc_identity import errors, events
from svc_identity.domain import scopes
from svc_identity.domain.confirmation import Purpose
from svc_identity.domain.session import EndReason
from svc_identity.main import create_app
from svc_identity.pages import messages
from svc_identity.settings import Settings

FOLDER = Path(__file__).parents[1] / "contract"
PACKAGE = Path(str(svc_identity.__file__)).parent
AN_ID = UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70")
EVENTS = (
    events.EmailConfirmationRequested(confirmation_id=AN_ID, purpose=Purpose.SIGN_UP, version=1),
    events.AccountCreated(person_id=AN_ID, version=2),
    events.TokenRevoked(session_id=AN_ID, reason=EndReason.SIGNED_OUT, version=1),
)


def test_the_contract_is_the_code() -> None:
    settings = Settings(identity_key=base64.b64encode(bytes(32)).decode())
    contract.check(FOLDER, app=create_app(settings), events=EVENTS)


def texts() -> Iterator[str]:
    """Every English message id of the service."""
    found = extract_from_dir(
        PACKAGE / "pages" / "templates",
        method_map=[("**.html", "jinja2.ext.babel_extract")],
        options_map={"**.html": {"newstyle_gettext": "true", "silent": "false"}},
    )
    for _, _, message, _, _ in found:
        yield message if isinstance(message, str) else message[0]
    yield from (scope.text for scope in scopes.SCOPES.values())
    yield from messages.TEXTS
    for one in vars(errors).values():
        if isinstance(one, type) and issubclass(one, Problem) and one is not Problem:
            yield from (one.title, one.detail, one.remedy)


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_is_translated_and_nothing_else(language: str) -> None:
    with (PACKAGE / "locale" / language / "LC_MESSAGES" / "svc_identity.po").open("rb") as file:
        catalog = read_po(file)
    translated = {message.id: message.string for message in catalog if message.id}
    assert translated.keys() == set(texts())
    assert all(translated.values())
    assert [fault for message in catalog for fault in message.check(catalog)] == []


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_a_translation_keeps_the_placeholders(language: str) -> None:
    with (PACKAGE / "locale" / language / "LC_MESSAGES" / "svc_identity.po").open("rb") as file:
        catalog = read_po(file)
    for message in catalog:
        if message.id:
            for mark in (
                "{seconds}",
                "%(application)s",
                "%(name)s",
                "%(time)s",
                "%(applications)s",
                "<strong>",
            ):
                assert (mark in str(message.string)) == (mark in str(message.id)), message.id
