"""What can be done with forms: show, check, fill in, load."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from hub_core.county import COUNTIES
from hub_core.language import Language
from hub_core.principal import Principal
from hub_core.rules import Rules
from hub_events.session import Session
from hub_service.clients import ServiceClient

from .. import clients
from ..domain import institutions
from ..domain.changes import ChangeKind
from ..domain.evidence import EvidenceType
from ..domain.forms import Choice, Form, Known, ListSource, Sources
from ..domain.institutions import Institution
from ..domain.text import Texts
from ..errors.forms import FormDataInvalid, FormNotFound
from ..storage import changes, evidence, rules
from ..storage import forms as storage
from ..storage import institutions as institution_storage
from . import form_data

_MOST_ERRORS: Final = 100
_MOST_INSTITUTIONS: Final = 1000
_COUNTIES: Final = tuple(
    Choice(each.code, Texts(ro=each.name, hu=each.name, en=each.name))
    for each in sorted(COUNTIES, key=lambda each: each.name)
)


async def find(session: Session, after: str | None, limit: int) -> list[Form]:
    """At most `limit` forms after a code, each in its newest version."""
    async with session.begin():
        return await storage.find(session, after, limit)


async def read(session: Session, code: str, version: int | None, today: date) -> tuple[Form, Sources]:
    """A published form, and what it takes from the rest of the catalog today."""
    async with session.begin():
        form = await storage.get(session, code, version)
        if form is None:
            raise FormNotFound
        return form, await _sources(session, form, today)


async def validate(
    session: Session, code: str, version: int | None, data: Mapping[str, Any], today: date
) -> Form:
    """The form that the data fit; raises `FormDataInvalid`. Nothing is stored."""
    form, sources = await read(session, code, version, today)
    if faults := form_data.faults(form, sources, data, today):
        raise FormDataInvalid(errors=faults[:_MOST_ERRORS])
    return form


async def known_of(identity: ServiceClient, caller: Principal) -> dict[Known, str]:
    """What the hub knows of who fills in a form, for themselves or for whom they act.

    Under a mandate the names are the principal's; e-mail and language stay those of who is signed in,
    to whom the answer goes. A date of birth is given to its person only.
    """
    applicant = await clients.find_applicant(identity, caller.person_id)
    known: dict[Known, str | None] = {}
    if applicant is not None:
        known = {Known.EMAIL: applicant.email, Known.LANGUAGE: applicant.language}
    if caller.on_behalf_of is None:
        if applicant is not None:
            known |= {
                Known.GIVEN_NAME: applicant.given_name,
                Known.FAMILY_NAME: applicant.family_name,
                Known.BIRTH_DATE: applicant.birth_date.isoformat() if applicant.birth_date else None,
            }
    elif (principal := await clients.find_principal(identity, caller.on_behalf_of)) is not None:
        known |= {
            Known.GIVEN_NAME: principal.given_name,
            Known.FAMILY_NAME: principal.family_name,
            Known.ORGANISATION_NAME: principal.organisation_name,
            Known.ORGANISATION_CUI: principal.organisation_cui,
        }
    return {what: said for what, said in known.items() if said is not None}


async def load(session: Session, wanted: Iterable[Form], now: datetime) -> int:
    """Publish what differs from the newest version of its code; how many were new or changed.

    Versions before stay readable: an application keeps the version it was made with.
    """
    async with session.begin():
        newest = {each.code: each for each in await storage.lock(session)}
        changed = [form for each in wanted if (form := _successor(each, newest.get(each.code)))]
        await storage.add(session, changed, now)
        told = {each.code: each.version for each in changed}
        await changes.note_all(session, ChangeKind.FORM, told, now)
    return len(changed)


def _successor(wanted: Form, newest: Form | None) -> Form | None:
    if newest is None:
        return replace(wanted, version=1)
    if replace(wanted, version=newest.version) == newest:
        return None
    return replace(wanted, version=newest.version + 1)


async def _sources(session: Session, form: Form, today: date) -> Sources:
    """What the form takes from the catalog's tables; only a form that lets one choose reads institutions."""
    addressees: list[Institution] = []
    if any(each.choices_from is ListSource.PETITION_INSTITUTIONS for _, each in form.fields()):
        wanted = institutions.Filter(on=today, accepts_petitions=True)
        found = await institution_storage.find(session, wanted, None, _MOST_INSTITUTIONS)
        addressees = [institution for _, institution in found]
    known = await rules.read(session, form.rules)
    return sources_of(form, known, addressees, await evidence.read(session, form.evidence), today)


def sources_of(
    form: Form,
    rules: Rules,
    addressees: Iterable[Institution],
    evidence: Mapping[str, EvidenceType],
    today: date,
) -> Sources:
    """What a form takes from the rest of the catalog on a day, out of these parts of it."""
    lists: dict[str, tuple[Choice, ...]] = {
        ListSource.COUNTIES: _COUNTIES,
        ListSource.PETITION_INSTITUTIONS: tuple(Choice(str(each.id), each.names) for each in addressees),
    }
    numbers: dict[str, int] = {}
    for code in form.rules:
        rule = rules.on(code, today)
        if rule.options:
            lists[code] = tuple(Choice(each.code, _texts(each.texts)) for each in rule.options)
        else:
            numbers[code] = rule.whole
    return Sources(evidence, lists, numbers)


def _texts(texts: Mapping[Language, str]) -> Texts:
    romanian = texts[Language.RO]
    return Texts(ro=romanian, en=texts.get(Language.EN, romanian), hu=texts.get(Language.HU))
