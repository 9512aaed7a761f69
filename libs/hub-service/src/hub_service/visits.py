"""Visits to pages for people: in which language, and what a form sent.

visit = await visits.read(request, lang)
visit.field("code")
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request

from hub_core.language import Language, negotiate

_FIELDS: Final = 8
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, repr=False)
class Visit:
    """A visitor's language, and the fields of their form: none of what is no form."""

    language: Language
    form: Mapping[str, Sequence[str]]

    def field(self, name: str) -> str:
        """A field, empty where the form has none."""
        return self.form.get(name, [""])[0]


async def read(request: Request, lang: str = "") -> Visit:
    """The visit; the language that the form names counts, else `lang`, else what the browser prefers."""
    form = await _form(request)
    asked = form.get("lang", [lang])[0]
    chosen = next((one for one in Language if one.value == asked), None)
    return Visit(chosen or negotiate(request.headers.get("accept-language")), form)


async def _form(request: Request) -> Mapping[str, Sequence[str]]:
    if request.headers.get("content-type", "").partition(";")[0] != _FORM:
        return {}
    try:
        return parse_qs((await request.body()).decode(), max_num_fields=_FIELDS)
    except ValueError:
        return {}
