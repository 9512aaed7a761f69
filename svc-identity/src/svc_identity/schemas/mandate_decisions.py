"""Bodies about mandates that officials decide."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from hub_service import schemas

from ..domain.mandate import Mandate
from ..domain.mandate_type import MandateType
from ..domain.population import RegisteredPerson
from ..operations.mandate_decisions import Case
from .mandates import EVIDENCE_LONGEST, MandateView


class WaitingView(schemas.Resource):
    """A mandate that waits for an official; its people are seen by who opens it."""

    id: Annotated[schemas.Id, Field(description="The mandate's identifier.")]
    type: Annotated[MandateType, Field(description="By what it lets act.", examples=["GUARDIAN"])]
    evidence_ref: Annotated[
        str,
        Field(
            max_length=EVIDENCE_LONGEST, description="The act it comes from.", examples=["Sentința 12/2026"]
        ),
    ]
    created_at: Annotated[schemas.Instant, Field(description="When it was given or asked for.")]

    @classmethod
    def of(cls, mandate: Mandate) -> Self:
        """The view of a mandate in the queue."""
        return cls(
            id=mandate.id, type=mandate.type, evidence_ref=mandate.evidence_ref, created_at=mandate.created_at
        )


class RegisteredView(schemas.Resource):
    """Somebody as the population register has them, to be compared with the act."""

    name: Annotated[
        str, Field(max_length=201, description="Given and family name.", examples=["Ana Popescu"])
    ]
    birth_date: Annotated[schemas.LegalDate, Field(description="Date of birth.")]
    died_on: Annotated[schemas.LegalDate | None, Field(description="Date of death, if there is one.")]
    number_ends: Annotated[
        str,
        Field(min_length=4, max_length=4, description="The last four digits of the CNP.", examples=["9006"]),
    ]

    @classmethod
    def of(cls, entry: RegisteredPerson | None) -> Self | None:
        """The view of an entry; none when the register has none."""
        if entry is None:
            return None
        return cls(
            name=f"{entry.given_name} {entry.family_name}",
            birth_date=entry.birth_date,
            died_on=entry.died_on,
            number_ends=entry.cnp.number[-4:],
        )


class CaseView(schemas.Resource):
    """A mandate to be decided."""

    mandate: MandateView
    principal: Annotated[
        RegisteredView | None,
        Field(description="Whom it is for, as registered; null for who is no person, or not registered."),
    ]
    representative: Annotated[
        RegisteredView | None, Field(description="Who acts, as registered; null for who is not.")
    ]

    @classmethod
    def of(cls, case: Case, now: datetime) -> Self:
        """The view of a case on the day of `now`."""
        return cls(
            mandate=MandateView.of(case.shown, now),
            principal=RegisteredView.of(case.principal),
            representative=RegisteredView.of(case.representative),
        )
