"""Administrative complaints about public information, in requests."""

from typing import Annotated

from pydantic import Field

from hub_core.text import Text
from hub_service import schemas

from ..domain import petitions as domain
from ..domain.information import Complaint
from .petitions import WrittenIn


class ComplainOfInformation(schemas.Resource):
    """An administrative complaint to the head of the institution (Legea 544/2001 art. 21)."""

    text: Annotated[
        Text,
        Field(
            min_length=1,
            max_length=domain.TEXT_MAX,
            description="What you complain of.",
            examples=["Informația cerută nu este exceptată de la accesul liber al cetățenilor."],
        ),
    ]
    language: WrittenIn
    learned_on: Annotated[
        schemas.LegalDate | None,
        Field(
            description="When you learned of the refusal or the silence, where it was later than the hub "
            "knows: the term of the complaint runs from then."
        ),
    ] = None

    def complaint(self) -> Complaint:
        """What was sent, as a value."""
        return Complaint(self.text, self.language, self.learned_on)
