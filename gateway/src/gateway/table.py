"""The route table: which address goes to which service, how much may pass, who needs a token.

It is read from `routes.toml` once and checked as a whole: an unknown key, a policy that is not there or
an address that no route serves is an error at start. What is public is decided here and nowhere
else; an operation that the file does not name needs a token.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Annotated, Any, Final, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from .limits import Policy

RESERVED: Final = (
    "/internal/",
    "/healthz/",
    "/readyz/",
    "/status/",
    "/openapi/",
    "/docs/",
    "/problems/",
    "/static/",
)
"""The gateway's own addresses, and those of services that nobody outside may reach."""


class Access(StrEnum):
    """Who may call an operation.

    `PUBLIC` is anybody. `CLIENT` is anybody as well, and HTTP Basic credentials of a client
    application are handed to the service: the endpoints of OAuth 2.0.
    """

    SIGNED_IN = "signed-in"
    PUBLIC = "public"
    CLIENT = "client"


_PART: Final = r"([A-Za-z0-9._-]+|\{[a-z_]+\})"
"""A part of an address: written out, or a parameter. The last may be followed by its format."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Seconds = Annotated[float, Field(gt=0, le=3600)]
_Count = Annotated[int, Field(gt=0, le=10**9, strict=True)]
_Bytes = Annotated[int, Field(ge=0, le=2**40, strict=True)]
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]


class _Limits(_Strict):
    body: _Bytes | None = None
    connect: _Seconds | None = None
    first_byte: _Seconds | None = None
    total: Annotated[float, Field(ge=0, le=86_400)] | None = None


class _Rate(_Strict):
    quota: _Count
    window: _Count
    burst: _Count


class _Plan(_Strict):
    rate: _Name
    per: Literal["caller", "client"]


class _Defaults(_Limits):
    body: _Bytes
    connect: _Seconds
    first_byte: _Seconds
    total: Annotated[float, Field(ge=0, le=86_400)]
    signed_in: _Name
    anonymous: _Name


class _Route(_Limits):
    prefix: Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9._-]+)+/$")]
    service: _Name
    signed_in: _Name | None = None
    anonymous: _Name | None = None
    cookies: bool = False
    cors: bool = True


class _Operation(_Limits):
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    path: Annotated[str, StringConstraints(pattern=rf"^(/{_PART})*/{_PART}(\.\{{[a-z_]+\}})?$")]
    access: Access
    service: _Name | None = None
    rate: _Name | None = None


class _File(_Strict):
    rates: dict[_Name, _Rate]
    plans: dict[Annotated[str, StringConstraints(pattern=r"^[A-Z]+$")], _Plan] = Field(default_factory=dict)
    defaults: _Defaults
    route: list[_Route]
    operations: dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")], _Operation]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        named = {self.defaults.signed_in, self.defaults.anonymous}
        named |= {rate for route in self.route for rate in (route.signed_in, route.anonymous) if rate}
        named |= {plan.rate for plan in self.plans.values()}
        named |= {operation.rate for operation in self.operations.values() if operation.rate}
        if missing := named - self.rates.keys():
            raise ValueError(f"no such rate policy: {sorted(missing)}")
        prefixes = [route.prefix for route in self.route]
        if len(set(prefixes)) < len(prefixes):
            raise ValueError("two routes have the same prefix")
        if stolen := [prefix for prefix in prefixes if prefix.startswith(RESERVED)]:
            raise ValueError(f"reserved: {stolen}")
        shapes: dict[tuple[str, ...], str] = {}
        for name, operation in self.operations.items():
            if operation.path.startswith(tuple(prefixes)) is (operation.service is not None):
                raise ValueError(f"no route serves {name}, or one does and it names a service")
            if operation.path.startswith(RESERVED):
                raise ValueError(f"reserved: {name}")
            shape = (
                operation.method,
                *(part.text if part.is_whole else f"{part.text}{{}}" for part in _parts(operation.path)),
            )
            if shape in shapes:
                raise ValueError(f"{name} and {shapes[shape]} have the same address")
            shapes[shape] = name
        return self


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms on which a request is carried: sizes in bytes, times in seconds, rate policies by name."""

    service: str
    template: str
    operation_id: str | None
    access: Access
    body: int
    connect: float
    first_byte: float
    total: float
    signed_in: str
    anonymous: str
    cookies: bool
    cors: bool


class _Part(NamedTuple):
    """A part of a template: what it is, or what it begins with before a parameter."""

    text: str
    is_whole: bool

    def fits(self, part: str) -> bool:
        return (
            part == self.text if self.is_whole else len(part) > len(self.text) and part.startswith(self.text)
        )


def _parts(template: str) -> tuple[_Part, ...]:
    return tuple(
        _Part(text, not brace) for text, brace, _ in (part.partition("{") for part in template.split("/"))
    )


class Templates:
    """Path templates (`/petitions/v1/petitions/{petition_id}`), looked up by method and path."""

    def __init__(self, entries: Iterable[tuple[str, str, Any]]) -> None:
        """`entries` are method, template and whatever stands behind them."""
        self._literal: dict[tuple[str, str], Any] = {}
        self._with_parameters: dict[tuple[str, str, int], list[tuple[tuple[_Part, ...], Any]]] = {}
        for method, template, value in entries:
            wanted = _parts(template)
            if all(part.is_whole for part in wanted):
                self._literal[method, template] = value
            else:
                key = (method, wanted[1].text, len(wanted))
                self._with_parameters.setdefault(key, []).append((wanted, value))
        for candidates in self._with_parameters.values():
            candidates.sort(key=lambda candidate: sum(not part.is_whole for part in candidate[0]))

    def find(self, method: str, path: str) -> Any:
        """What stands behind the most literal template that fits; `None` when none does.

        HEAD is GET without its body.
        """
        method = "GET" if method == "HEAD" else method
        found = self._literal.get((method, path))
        if found is not None:
            return found
        parts = path.split("/")
        for wanted, value in self._with_parameters.get((method, parts[1], len(parts)), ()):
            if all(each.fits(part) for each, part in zip(wanted, parts, strict=True)):
                return value
        return None


class Table:
    """The loaded table."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        """`source` is the parsed TOML; raises pydantic's `ValidationError` when it does not fit."""
        read = _File.model_validate(source)
        self.policies = {
            name: Policy(name, rate.quota, rate.window, rate.burst) for name, rate in read.rates.items()
        }
        self.default_policy: Final = read.defaults.anonymous
        self.signed_in_policy: Final = read.defaults.signed_in
        self.plans: Final = {name: (plan.rate, plan.per == "client") for name, plan in read.plans.items()}
        routes = sorted(read.route, key=lambda route: len(route.prefix), reverse=True)
        self._routes = [(route.prefix, _terms(read.defaults, route)) for route in routes]
        self._operations = Templates(
            (
                operation.method,
                operation.path,
                _terms(read.defaults, _route_of(operation, routes), name, operation),
            )
            for name, operation in read.operations.items()
        )
        alone = {operation.service for operation in read.operations.values() if operation.service}
        self.services: Final = sorted({route.service for route in read.route} | alone)
        self.operations: Final = read.operations

    def find(self, method: str, path: str) -> Terms | None:
        """The terms for a request; `None` for what no service serves. The longest prefix wins."""
        terms: Terms | None = self._operations.find(method, path)
        if terms:
            return terms
        return next((terms for prefix, terms in self._routes if path.startswith(prefix)), None)


def load() -> Table:
    """The table that is shipped in the package."""
    return Table(tomllib.loads(files(__package__).joinpath("routes.toml").read_text("utf-8")))


def _route_of(operation: _Operation, routes: Iterable[_Route]) -> _Route:
    """The route of an operation; an address that no prefix covers is a page of a service of its own."""
    if operation.service is not None:
        return _Route(prefix=f"{operation.path}/", service=operation.service, cors=False)
    return next(route for route in routes if operation.path.startswith(route.prefix))


def _terms(
    defaults: _Defaults, route: _Route, name: str | None = None, operation: _Operation | None = None
) -> Terms:
    levels = [defaults.model_dump(), route.model_dump(exclude_none=True)]
    if operation:
        levels.append(operation.model_dump(exclude_none=True))
        if operation.rate:
            levels.append({"signed_in": operation.rate, "anonymous": operation.rate})
    merged = {key: value for level in levels for key, value in level.items()}
    return Terms(
        service=route.service,
        template=operation.path if operation else f"{route.prefix}*",
        operation_id=name,
        access=merged.get("access", Access.SIGNED_IN),
        **{field: merged[field] for field in ("body", "connect", "first_byte", "total")},
        **{field: merged[field] for field in ("signed_in", "anonymous", "cookies", "cors")},
    )
