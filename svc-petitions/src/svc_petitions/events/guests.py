"""What is told of codes by e-mail: no address and no code; who sends it asks."""

from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field

from hub_core.email_codes import EmailCode
from hub_events.envelope import Event


class EmailCodeRequested(Event):
    """A code is to be sent to the address of a petitioner without an account. Told once."""

    subject: ClassVar[str] = "hub.petitions.email-code.requested.v1"
    key_field: ClassVar[str] = "code_id"

    code_id: UUID = Field(description="The code: its id is the question that gives code and address")

    @classmethod
    def of(cls, code: EmailCode) -> Self:
        """The event of a code just made."""
        return cls(code_id=code.id, version=1)
