"""A person's browser without JavaScript: follows redirects, keeps cookies, reads and sends forms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin

import requests

_SECONDS: Final = 20
_MOST_REDIRECTS: Final = 10


class NoSuchPart(Exception):
    """The page has no such form, field or link; the message says what was looked for, and where."""


@dataclass
class Form:
    """A form of a page. `fields` are its inputs, `buttons` what sends it, by their attributes."""

    action: str
    method: str
    fields: list[dict[str, str]] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)

    def purposes(self) -> set[str]:
        """What its fields are for: the words of `autocomplete` (WCAG 2.2, 1.3.5)."""
        return {word for each in self.fields for word in _purposes(each)}


def _purposes(field: Mapping[str, str]) -> list[str]:
    return field.get("autocomplete", "").split()


class _Page(HTMLParser):
    """The links and forms of the main part of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._in_main = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what matters of an element."""
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self._in_main = True
        elif not self._in_main:
            return
        elif tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif tag == "input" and self.forms:
            self.forms[-1].fields.append(given)
        elif tag == "button" and self.forms:
            self.forms[-1].buttons.append(given)

    def handle_endtag(self, tag: str) -> None:
        """Note the end of the main part."""
        if tag == "main":
            self._in_main = False


class Browser:
    """One window. `ends_at` is an address that it does not open: the application's own."""

    def __init__(self, ends_at: str) -> None:
        self.address = ""
        self._ends_at = ends_at
        self._page = _Page("")
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.headers["accept"] = "text/html"

    def open(self, address: str) -> None:
        """Open a page."""
        self._load("get", address, {})

    def follow(self, part_of_address: str) -> None:
        """Follow the first link whose address contains this."""
        link = next((each for each in self._page.links if part_of_address in each), None)
        if link is None:
            raise NoSuchPart(f"no link to {part_of_address} in {self._path}")
        self._load("get", urljoin(self.address, link), {})

    def submit(self, values: Mapping[str, str]) -> None:
        """Fill in and send the form that has fields for all these purposes (`autocomplete`).

        Without values, the first form; its first button is the one that is pressed.
        """
        form = next((each for each in self._page.forms if each.purposes() >= values.keys()), None)
        if form is None:
            raise NoSuchPart(f"no form for {', '.join(values)} in {self._path}")
        sent = {
            each["name"]: next(
                (values[word] for word in _purposes(each) if word in values), each.get("value", "")
            )
            for each in form.fields
            if each.get("name")
        }
        pressed = form.buttons[0] if form.buttons else {}
        if pressed.get("name"):
            sent[pressed["name"]] = pressed.get("value", "")
        self._load(form.method, urljoin(self.address, form.action), sent)

    def _load(self, method: str, address: str, sent: Mapping[str, str]) -> None:
        for _ in range(_MOST_REDIRECTS):
            self.address = address
            if address.startswith(self._ends_at):
                return
            if method == "get":
                answer = self._http.get(address, params=sent, timeout=_SECONDS, allow_redirects=False)
            else:
                answer = self._http.post(address, data=sent, timeout=_SECONDS, allow_redirects=False)
            self._page = _Page(answer.text)
            if not answer.is_redirect:
                if not answer.ok:
                    raise NoSuchPart(f"{self._path} answers {answer.status_code}")
                return
            method, address, sent = "get", urljoin(address, answer.headers["location"]), {}
        raise NoSuchPart(f"{self._path} redirects without end")

    @property
    def _path(self) -> str:
        return self.address.partition("?")[0]
