"""A browser's visit to a page: its language, its session, and the secret its forms carry."""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub_core.language import Language, negotiate
from hub_service.dependencies import Now, Session
from hub_service.problems import MalformedRequest

from .. import dependencies, provider
from ..domain import rules
from ..domain import session as sessions
from ..domain.parameters import Parameters
from ..domain.rules import RuleId
from ..errors.pages import FormOutdated
from ..master_key import Purpose
from ..operations import sandbox_people, sign_in
from ..operations.sign_in import Browser, SignedIn
from ..pages import messages
from ..pages.rendering import Pages
from . import forms

SESSION: Final = "hub_session"
DEVICE: Final = "hub_device"
LANGUAGE: Final = "hub_language"
SECOND_STEP: Final = "hub_second_step"
YEAR: Final = 31_536_000
_SECRET_LONGEST: Final = 64

_OWN_AFFAIRS: Final = re.compile(
    r"/account/(?!sign-in|second-step|consent|level|device|language|sign-out|signed-out).*"
)
"""Pages that are not on the way to an application: who was invented for one has no business there."""

Model = TypeVar("Model", bound=BaseModel)


@dataclass(slots=True)
class Visit:
    """One request for a page. `signed_in` is the live session of the browser, if there is one."""

    request: Request
    provider: provider.Provider
    pages: Pages
    secret: str
    signed_in: sessions.Session | None
    language: Language

    def prefer(self, language: Language | None) -> None:
        """Speak this language unless the person chose one (`ui_locales` of the client)."""
        if language is not None and not self.cookie(LANGUAGE):
            self.language = language

    def cookie(self, name: str) -> str:
        """The value of one of our cookies; empty when the browser has none."""
        return self.request.cookies.get(self._prefixed(name), "")

    def keep(self, response: Response, name: str, value: str, seconds: int | None = None) -> None:
        """Set one of our cookies; it ends with the browser unless `seconds` are given."""
        response.set_cookie(
            self._prefixed(name),
            value,
            max_age=seconds,
            path="/",
            secure=self.provider.settings.is_https,
            httponly=True,
            samesite="lax",
        )

    def drop(self, response: Response, name: str) -> None:
        """Remove one of our cookies."""
        self.keep(response, name, "", 0)

    def _prefixed(self, name: str) -> str:
        return f"__Host-{name}" if self.provider.settings.is_https else name

    @property
    def csrf(self) -> str:
        """What forms of this browser carry: only who has the cookie's secret and our key can make it."""
        digest = self.provider.master_key.digest(Purpose.FORMS, self.secret)
        return urlsafe_b64encode(digest).decode()

    async def form(self) -> Parameters:
        """The form that was sent; `FormOutdated` unless it was made for this browser."""
        sent = await forms.read_body(self.request)
        sent.check()
        given = sent.get("csrf") or ""
        if not self.cookie(SESSION) or not hmac.compare_digest(given.encode(), self.csrf.encode()):
            raise FormOutdated
        return sent

    def query_id(self, name: str) -> UUID | None:
        """An identifier in the page's address; `MalformedRequest` when it is none."""
        text = self.request.query_params.get(name)
        try:
            return UUID(text) if text else None
        except ValueError as error:
            raise MalformedRequest from error

    def browser(self, address: str) -> Browser:
        """Where a sign-in comes from."""
        return Browser(
            address=address,
            user_agent=self.request.headers.get("user-agent", ""),
            device_cookie=self.cookie(DEVICE),
            session_secret=self.cookie(SESSION),
        )

    def let_in(self, onward: Response, signed_in: SignedIn, now: datetime) -> Response:
        """Give the browser what it keeps after a sign-in, on its way onward."""
        self.keep(onward, SESSION, signed_in.session_secret)
        known_for = rules.duration(RuleId.DEVICE_KNOWN, now)
        self.keep(onward, DEVICE, signed_in.device_cookie, int(known_for.total_seconds()))
        if self.cookie(SECOND_STEP):
            self.drop(onward, SECOND_STEP)
        if not self.cookie(LANGUAGE):
            self.keep(onward, LANGUAGE, signed_in.language, YEAR)
        return onward

    def show(
        self,
        template: str,
        *,
        status: int = 200,
        sends_to: str = "",
        scripted: bool = False,
        **shown: Any,
    ) -> Response:
        """A page; the browser gets a secret for its forms when it has none.

        `scripted` pages may run our one script, for passkeys.
        """
        query = self.request.url.query
        response = self.pages.render(
            template,
            self.language,
            status=status,
            sends_to=sends_to,
            scripted=scripted,
            csrf=self.csrf,
            here=self.request.url.path + (f"?{query}" if query else ""),
            notice=messages.NOTICES.get(self.request.query_params.get("notice", ""), ""),
            signed_in=self.signed_in is not None,
            **shown,
        )
        if not self.cookie(SESSION):
            self.keep(response, SESSION, self.secret)
        return response


async def _visit(request: Request, made: dependencies.Provider, session: Session, now: Now) -> Visit:
    visit = Visit(
        request=request,
        provider=made,
        pages=request.app.state.pages,
        secret="",
        signed_in=None,
        language=negotiate(request.headers.get("accept-language")),
    )
    chosen = visit.cookie(LANGUAGE)
    visit.language = next((one for one in Language if one.value == chosen), visit.language)
    visit.secret = visit.cookie(SESSION)[:_SECRET_LONGEST]
    visit.signed_in = await sign_in.recognise(session, visit.secret, now)
    if visit.signed_in is not None and _OWN_AFFAIRS.fullmatch(request.url.path):
        await sandbox_people.refuse(session, visit.signed_in.account_id)
    visit.secret = visit.secret or secrets.token_urlsafe(32)
    return visit


Visitor = Annotated[Visit, Depends(_visit)]
"""The visit of a browser to a page."""


def see_other(address: str, **query: object) -> RedirectResponse:
    """Send the browser on (303); query members that are `None` are left out."""
    kept = urlencode({name: str(value) for name, value in query.items() if value is not None})
    location = f"{address}?{kept}" if kept else address
    return RedirectResponse(
        location, 303, headers={"cache-control": "no-store", "referrer-policy": "same-origin"}
    )


def validated(model: type[Model], values: Mapping[str, object]) -> tuple[Model | None, dict[str, str]]:
    """A form's values as a model, or what is wrong with each field (message ids), in order."""
    try:
        return model.model_validate(values), {}
    except ValidationError as error:
        wrong = {str(one["loc"][0]): one["type"] for one in error.errors(include_url=False)}
        return None, {field: messages.of_field(field, wrong[field]) for field in values if field in wrong}
