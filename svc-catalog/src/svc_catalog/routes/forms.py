"""Forms: HTTP and nothing else."""

from typing import Annotated, Final

from fastapi import Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from hub_core import clock
from hub_core.language import Language
from hub_service import paging, policy, routing
from hub_service.dependencies import Lang, Now, Session
from hub_service.paging import Page

from ..domain import form_schema
from ..errors.forms import FormDataInvalid, FormNotFound, PrefillUnavailable
from ..operations import forms as operations
from ..schemas.forms import Document, FormCode, FormData, FormDataAccepted, FormSummary, FormView, PrefillView
from . import public

PREFILL: Final = "forms:prefill"

router = public.router()


async def _keep_nowhere(response: Response) -> None:
    response.headers["cache-control"] = "no-store"


personal = routing.Router(prefix="/catalog/v1", dependencies=[Depends(_keep_nowhere)])
"""What is answered for one person's data."""

Code = Annotated[FormCode, Path(description="The form's code.")]
Wanted = Annotated[
    int | None,
    Query(
        ge=1,
        le=2**31 - 1,
        description="The version that is wanted; the newest without it.",
        json_schema_extra={"format": "int32"},
        examples=[1],
    ),
]


async def _shown(
    response: Response,
    accepted: Lang,
    lang: Annotated[
        Language | None,
        Query(
            description="The language of schema and hints; by Accept-Language without it.", examples=["ro"]
        ),
    ] = None,
) -> Language:
    language = lang or accepted
    response.headers["content-language"] = language
    return language


Shown = Annotated[Language, Depends(_shown)]
"""The language of the answer: as asked for in the query, or by Accept-Language."""


class SchemaResponse(JSONResponse):
    """A JSON Schema."""

    media_type = "application/schema+json"


@router.get("/forms", tags=["forms"], summary="List forms", **policy.public())
async def list_forms(asked: paging.Asked, session: Session) -> Page[FormSummary]:
    """The forms of the services that can be asked for online, each in its newest version, by code."""
    found = await operations.find(session, asked.after(str), asked.rows)
    return asked.page(found, position=lambda each: (each.code,), view=FormSummary.of)


@router.get("/forms/{code}", tags=["forms"], summary="Read a form", **policy.public(raises=[FormNotFound]))
async def read_form(
    code: Code, session: Session, request: Request, now: Now, language: Shown, version: Wanted = None
) -> FormView:
    """One form: its questions in every language, its JSON Schema, and hints for two renderers.

    Choices that are kept elsewhere in the catalog (institutions, counties, motives) are those of today.
    """
    form, sources = await operations.read(session, code, version, clock.local_date(now))
    return FormView.shown(form, sources, language, _address(request, form.code, form.version, language))


@router.get(
    "/forms/{code}/schema",
    tags=["forms"],
    summary="Read the schema of a form",
    response_class=SchemaResponse,
    **policy.public(raises=[FormNotFound]),
)
async def read_form_schema(
    code: Code, session: Session, request: Request, now: Now, language: Shown, version: Wanted = None
) -> Document:
    """The JSON Schema (2020-12) of a form's answers, at the address that is its `$id`."""
    form, sources = await operations.read(session, code, version, clock.local_date(now))
    address = _address(request, form.code, form.version, language)
    return form_schema.schema(form, sources, language, address)


@personal.post(
    "/forms/{code}/validate",
    tags=["forms"],
    summary="Check the answers in a form",
    **policy.public(raises=[FormNotFound, FormDataInvalid], asks=True),
)
async def validate_form_data(
    code: Code, body: FormData, session: Session, now: Now, version: Wanted = None
) -> FormDataAccepted:
    """Check answers as they would be checked when they are sent; nothing is stored.

    What does not fit is the problem `form-data-invalid`, whose `errors` point into the answers.
    """
    today = clock.local_date(now)
    return FormDataAccepted.of(await operations.validate(session, code, version, body, today))


@personal.get(
    "/forms/{code}/prefill",
    tags=["forms"],
    summary="Begin a form with what the hub knows",
    **policy.operation(PREFILL, mandate=True, raises=[FormNotFound, PrefillUnavailable]),
)
async def prefill_form(
    code: Code,
    session: Session,
    request: Request,
    person: policy.Person,
    now: Now,
    version: Wanted = None,
) -> PrefillView:
    """The answers that the hub knows of the signed-in person: names, date of birth, e-mail address.

    With a token under a mandate the names are those of whom one acts for, and the date of birth is left
    out. A personal number is never filled in. While the hub cannot tell, the form is filled in by hand.
    """
    form, _ = await operations.read(session, code, version, clock.local_date(now))
    hub = request.app.state.hub
    known = await operations.known_of(hub.service(hub.settings.identity_url), person)
    return PrefillView.of(form, known)


def _address(request: Request, code: str, version: int, language: Language) -> str:
    origin = request.app.state.hub.settings.public_origin
    return f"{origin}/catalog/v1/forms/{code}/schema?lang={language}&version={version}"
