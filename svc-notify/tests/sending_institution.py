"""An institution that sends messages: its active template, and its client at the API."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from hub_core import ids
from hub_core.language import Language
from hub_core.principal import Kind
from svc_notify.domain import templates
from svc_notify.domain.channels import Channel
from svc_notify.domain.kinds import Purpose
from svc_notify.domain.templates import Content, Template, TemplateState, Variable, VariableType, Wording
from svc_notify.storage import templates as storage

KEY = "institution.permit-ready"
ORDERS = "/notify/v1/orders"
MADE = datetime(2026, 11, 1, tzinfo=UTC)
CONTENT = Content(
    purpose=Purpose.TRANSACTIONAL,
    names={Language.RO: "Autorizație gata"},
    channels=frozenset({Channel.EMAIL}),
    variables=(
        Variable("number", VariableType.TEXT, "117/2026"),
        Variable("note", VariableType.TEXT, "La casierie.", required=False, longest=60),
    ),
    wording={
        Language.RO: Wording(
            subject="Autorizația nr. {{ number }}",
            title="Autorizația este gata",
            text="Autorizația {{ number }} poate fi ridicată.{{# note }} {{ note }}{{/ note }}",
        )
    },
)
GIVEN = {"number": "117/2026"}


def a_template(institution_id: UUID, **special: Any) -> Template:
    """The first version, active."""
    made = templates.create(institution_id, KEY, CONTENT, ids.new_id(), MADE)
    return replace(
        made, **{"state": TemplateState.ACTIVE, "decided_by": ids.new_id(), "decided_at": MADE} | special
    )


async def approve(app_dsn: str, template: Template) -> None:
    """Have a template there."""
    engine = create_async_engine(app_dsn)
    async with AsyncSession(engine) as session, session.begin():
        await storage.add(session, template)
    await engine.dispose()


@dataclass
class Sending:
    """The client of an institution."""

    client: Any
    signed_in: Any
    institution: UUID = field(default_factory=ids.new_id)
    is_sandbox: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """A token of its client, with a key of its own for each request."""
        return self.token() | {"idempotency-key": str(ids.new_id())}

    def token(self, **special: Any) -> dict[str, str]:
        """A token of its client, or of somebody like it."""
        claims = {
            "scopes": {"messages:send"},
            "kind": Kind.CLIENT,
            "sub": "city-hall",
            "client_id": "city-hall",
            "sid": None,
            "institution": str(self.institution),
            "sandbox": self.is_sandbox or None,
        } | special
        made: dict[str, str] = self.signed_in(**claims)
        return made

    def order(self, person: UUID, **special: Any) -> dict[str, Any]:
        """An order, as it is sent."""
        return {"template": KEY, "person_id": str(person), "variables": GIVEN} | special

    async def place(self, person: UUID, headers: Mapping[str, str] | None = None, **special: Any) -> Any:
        """Order a message; the answer."""
        return await self.client.post(
            ORDERS, json=self.order(person, **special), headers=headers or self.headers
        )

    async def post(self, path: str, body: object = None) -> Any:
        """The answer to a POST."""
        return await self.client.post(f"/notify/v1/{path}", json=body, headers=self.headers)

    async def get(self, path: str, **params: Any) -> Any:
        """The answer to a question."""
        return await self.client.get(f"/notify/v1/{path}", headers=self.token(), params=params)
