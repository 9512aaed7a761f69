"""What is told of sign-ins and tokens."""

from typing import ClassVar, Self
from uuid import UUID

from hub_events.envelope import Event

from ..domain.grant import Grant
from ..domain.session import EndReason, Session


class TokenRevoked(Event):
    """Some or all tokens of a session ended before their time: whoever remembers one, forget it."""

    subject: ClassVar[str] = "hub.identity.token.revoked.v1"
    key_field: ClassVar[str] = "session_id"

    session_id: UUID
    reason: EndReason

    @classmethod
    def of(cls, session: Session, reason: EndReason) -> Self:
        """The event of a session whose version has just grown."""
        return cls(session_id=session.id, reason=reason, version=session.version)

    @classmethod
    def of_client(cls, grant: Grant, reason: EndReason) -> Self:
        """The event of a grant without a session; it has ended, and does so once."""
        return cls(session_id=grant.id, reason=reason, version=1)
