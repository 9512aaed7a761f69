"""HTTP and nothing else: a person says what they want to be told, and how."""

from typing import Annotated

from fastapi import Depends, Header, Path, Response

from hub_service import policy, routing
from hub_service.dependencies import Lang, Now, Session, Texts
from hub_service.policy import Person
from hub_service.problems import PreconditionFailed, PreconditionRequired

from ..domain.channels import Channel
from ..errors.preferences import LiftedLately, NotSuppressed, QuietHoursRefused
from ..operations import preferences as operations
from ..operations import suppressions
from ..operations.preferences import Shown
from ..schemas.preferences import Preferences, PreferencesInput

READ = "messages:read"
WRITE = "messages:write"

router = routing.Router(prefix="/notify/v1", tags=["messages"])


async def _version(
    if_match: Annotated[
        str | None,
        Header(max_length=64, pattern=r"^[ -~]*$", description="The ETag of the version that is changed."),
    ] = None,
) -> int:
    """The version that `If-Match` names; raises `PreconditionRequired`, `PreconditionFailed`."""
    if if_match is None:
        raise PreconditionRequired
    version = if_match.strip().removeprefix('"').partition("-")[0].removesuffix('"')
    if not (version.isascii() and version.isdigit()):
        raise PreconditionFailed
    return int(version)


@router.get(
    "/preferences",
    summary="Read what you want to be told, and how",
    response_description="Your preferences, with their version as ETag",
    **policy.operation(READ),
)
async def get_preferences(
    person: Person, session: Session, texts: Texts, language: Lang, response: Response, now: Now
) -> Preferences:
    """By which channels you are told what, what you have asked for, and what you want no more.

    `unusable` names addresses of yours that do not take our messages: until that is put right, other
    channels take their place.
    """
    shown = await operations.read(session, person.person_id, now)
    return _answer(shown, texts, language, response)


@router.put(
    "/preferences",
    summary="Say what you want to be told, and how",
    response_description="Your preferences as they are now",
    **policy.operation(WRITE, raises=(PreconditionFailed, PreconditionRequired, QuietHoursRefused)),
)
async def replace_preferences(
    body: PreferencesInput,
    person: Person,
    session: Session,
    texts: Texts,
    language: Lang,
    response: Response,
    now: Now,
    version: Annotated[int, Depends(_version)],
) -> Preferences:
    """Set all of them at once. A notice of the public task stays in your inbox, whatever you choose.

    What you unsubscribe from by that is called back where it has not left yet.
    """
    shown = await operations.choose(session, person.person_id, body.wanted(), version, now)
    return _answer(shown, texts, language, response)


@router.delete(
    "/suppressions/{channel}",
    status_code=204,
    summary="Have an address of yours tried again",
    response_description="Messages go there again",
    **policy.operation(WRITE, raises=(NotSuppressed, LiftedLately)),
)
async def delete_suppression(
    channel: Annotated[Channel, Path(description="The channel that it is an address of.")],
    person: Person,
    session: Session,
    now: Now,
) -> None:
    """Say that an address works again that did not take our messages: once a day."""
    await suppressions.lift(session, person.person_id, channel, now)


def _answer(shown: Shown, texts: Texts, language: Lang, response: Response) -> Preferences:
    response.headers["etag"] = f'"{shown.preferences.version}-{language}-{len(shown.suppressed)}"'
    return Preferences.of(shown, texts, language)
