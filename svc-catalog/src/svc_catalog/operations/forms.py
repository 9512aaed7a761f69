"""What can be done with forms: show, check, fill in, load."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from hub_core.county import COUNTIES
from hub_core.language import Language
from hub_core.rules import Rules
from hub_events.session import Session

from ..domain import institutions
from ..domain.changes import ChangeKind
from ..domain.evidence import EvidenceType
from ..domain.forms import Choice, Form, ListSource, Sources
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
