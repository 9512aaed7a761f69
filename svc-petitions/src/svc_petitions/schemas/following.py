"""What a petitioner sees of what was done with a petition."""

from typing import Annotated, Self

from pydantic import Field

from hub_core.language import Language
from hub_core.text import Text
from hub_service import schemas

from ..domain import handling
from ..domain import petitions as domain
from ..domain.choices import Choice
from ..domain.files import ActorKind, Solution, Step
from ..domain.handling import Draft
from ..domain.states import PetitionState
from ..operations.following import Followed
from .choices import SentBecauseView
from .files import ClarificationView, ForwardingView
from .links import LinkedPetitionView, Links


class PassedStepView(schemas.Resource):
    """A step that a petition has taken; which official took it is not told."""

    at: Annotated[schemas.Instant, Field(description="When.")]
    institution_id: Annotated[schemas.Id, Field(description="Who had the petition.")]
    state: Annotated[PetitionState, Field(description="Where it came to.", examples=["ASSIGNED"])]
    by: Annotated[ActorKind, Field(description="What took the step.", examples=["OFFICIAL"])]
    reason: Annotated[str | None, Field(max_length=64, description="A code.", examples=["EXTENDED"])]
    because: Annotated[
        SentBecauseView | None,
        Field(description="To whom it was sent on and why, where the directory of attributions says so."),
    ]

    @classmethod
    def of(cls, step: Step, sent: Choice | None) -> Self:
        """The view of a step, with the choice by which it was sent on."""
        return cls(
            at=step.at,
            institution_id=step.institution_id,
            state=step.state,
            by=step.actor.kind,
            reason=step.reason,
            because=SentBecauseView.of(sent) if sent else None,
        )


class FollowedPetitionView(schemas.Resource):
    """How far a petition has come."""

    petition_id: Annotated[schemas.Id, Field(description="The petition.")]
    state: Annotated[PetitionState, Field(description="Where it stands.", examples=["IN_ANALYSIS"])]
    answer_due_on: Annotated[schemas.LegalDate, Field(description="The last day for the answer.")]
    steps: Annotated[
        list[PassedStepView],
        Field(max_length=10_000, description="What has happened since it was registered."),
    ]
    clarifications: Annotated[
        list[ClarificationView], Field(max_length=1_000, description="What the institution asked.")
    ]
    forwardings: Annotated[
        list[ForwardingView], Field(max_length=1_000, description="To whom it was sent on, and why.")
    ]
    links: Links

    @classmethod
    def of(cls, followed: Followed) -> Self:
        """The view of how far a petition has come."""
        petition = followed.petition
        return cls(
            petition_id=petition.id,
            state=petition.state,
            answer_due_on=petition.registration.answer_due_on,
            steps=[
                PassedStepView.of(
                    one, followed.sent.get(one.at) if one.state is PetitionState.FORWARDED else None
                )
                for one in followed.steps
            ],
            clarifications=[ClarificationView.of(one) for one in followed.clarifications],
            forwardings=[ForwardingView.of(one) for one in followed.forwardings],
            links=[LinkedPetitionView.of(one) for one in followed.links],
        )


class AnswerView(schemas.Resource):
    """The answer to a petition."""

    petition_id: Annotated[schemas.Id, Field(description="The petition.")]
    answers_also: Annotated[
        bool,
        Field(
            description="Whether it is the answer to one that this petition was joined to.", examples=[False]
        ),
    ]
    out_number: Annotated[
        schemas.Int32, Field(ge=1, description="Its number in the institution's register.", examples=[130])
    ]
    out_year: Annotated[schemas.Int32, Field(description="The year of the register.", examples=[2026])]
    sent_at: Annotated[schemas.Instant, Field(description="When it was sent.")]
    solution: Annotated[Solution, Field(description="How it was solved.", examples=["FAVOURABLE"])]
    text: Annotated[
        str,
        Field(
            max_length=handling.TEXT_MAX,
            description="The answer in Romanian.",
            examples=["Ghișeul este deschis între orele 8:30 și 16:30."],
        ),
    ]
    legal_basis: Annotated[
        str,
        Field(max_length=500, description="The law it rests on.", examples=["OG nr. 27/2002 art. 8"]),
    ]
    courtesy_language: Annotated[
        Language | None, Field(description="The language of the courtesy text.", examples=["hu"])
    ]
    courtesy_text: Annotated[
        str | None,
        Field(
            max_length=handling.TEXT_MAX,
            description="The same in that language, without legal effect.",
            examples=["Az ablak 8:30 és 16:30 között tart nyitva."],
        ),
    ]

    @classmethod
    def of(cls, petition: domain.Petition, draft: Draft) -> Self:
        """The view of an answer that was sent."""
        answer = draft.answer
        return cls.model_validate(
            {
                "petition_id": petition.id,
                "answers_also": draft.petition_id != petition.id,
                "out_number": draft.out_number,
                "out_year": draft.out_year,
                "sent_at": draft.sent_at,
                "solution": answer.solution,
                "text": answer.text,
                "legal_basis": answer.legal_basis,
                "courtesy_language": answer.courtesy_language,
                "courtesy_text": answer.courtesy_text,
            }
        )


class GiveClarification(schemas.Resource):
    """The answer to what the institution asked."""

    answer: Annotated[
        Text,
        Field(
            min_length=1,
            max_length=domain.TEXT_MAX,
            description="The answer.",
            examples=["La ghișeul 3, luni dimineață."],
        ),
    ]
