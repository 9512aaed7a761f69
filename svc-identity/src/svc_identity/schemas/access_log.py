"""Bodies about the access log."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field

from hub_core.principal import Kind, Role
from hub_core.text import Text
from hub_service import schemas
from hub_service.access import Action, Result
from hub_service.purpose import Purpose

from ..domain.access_log import Line, Root
from ..domain.dispute import Dispute, Outcome, State
from ..operations.access_log import Proof, Shown
from ..operations.disputes import Examined

Hash = Annotated[str, Field(min_length=64, max_length=64, pattern=r"^[0-9a-f]{64}$", examples=["a7" * 32])]
Service = Annotated[
    str,
    Field(max_length=64, pattern=r"^[a-z][a-z0-9-]*$", description="The service.", examples=["petitions"]),
]
LongText = Annotated[Text, Field(min_length=3, max_length=4_000)]


class By(StrEnum):
    """As what somebody opened the record."""

    OFFICIAL = "OFFICIAL"
    REPRESENTATIVE = "REPRESENTATIVE"
    YOURSELF = "YOURSELF"
    APPLICATION = "APPLICATION"
    SERVICE = "SERVICE"


def by(line: Line) -> By:
    """As what somebody opened the record of a line."""
    access = line.access
    if access.actor_kind != Kind.PERSON:
        return By.SERVICE if access.actor_kind == Kind.SERVICE else By.APPLICATION
    if access.institution_id is not None:
        return By.OFFICIAL
    if access.mandate_id is not None:
        return By.REPRESENTATIVE
    return By.YOURSELF if access.actor_id == str(access.subject_person_id) else By.REPRESENTATIVE


class AccessView(schemas.Resource):
    """Somebody opened a record of yours. Officials are shown by role and institution, not by name."""

    id: Annotated[schemas.Id, Field(description="The line of the log.")]
    at: Annotated[schemas.Instant, Field(description="When it was.")]
    service: Service
    by: Annotated[By, Field(description="As what the record was opened.", examples=["OFFICIAL"])]
    roles: Annotated[list[Role], Field(max_length=20, description="The official's roles there.")]
    institution_id: Annotated[
        schemas.Id | None, Field(description="The institution of the official, or of the application.")
    ]
    institution: Annotated[schemas.LocalisedText | None, Field(description="Its name, where it is known.")]
    mandate_id: Annotated[schemas.Id | None, Field(description="The mandate of who acted for you.")]
    action: Annotated[Action, Field(description="What was done.", examples=["READ"])]
    resource_type: Annotated[
        str, Field(max_length=64, description="The kind of record.", examples=["petition"])
    ]
    resource_id: Annotated[
        str,
        Field(max_length=100, description="The record.", examples=["0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"]),
    ]
    purpose: Annotated[Purpose | None, Field(description="The purpose that an official stated.")]
    file: Annotated[
        str | None, Field(max_length=64, description="The number of the file.", examples=["123/2026"])
    ]
    legal_basis: Annotated[
        str, Field(max_length=200, description="The law that allows it.", examples=["OG 27/2002 art. 8"])
    ]
    result: Annotated[Result, Field(description="How it ended.", examples=["GRANTED"])]
    dispute_id: Annotated[schemas.Id | None, Field(description="Your dispute of this access.")]

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """The view of a line for the person it is about."""
        access = shown.line.access
        return cls(
            id=access.id,
            at=access.at,
            service=access.service,
            by=by(shown.line),
            roles=[Role(role) for role in access.roles],
            institution_id=access.institution_id,
            institution=schemas.LocalisedText.of(dict(shown.institution)) if shown.institution else None,
            mandate_id=access.mandate_id,
            action=Action(access.action),
            resource_type=access.resource_type,
            resource_id=access.resource_id,
            purpose=Purpose(access.purpose) if access.purpose else None,
            file=access.file,
            legal_basis=access.legal_basis,
            result=Result(access.result),
            dispute_id=shown.dispute.id if shown.dispute else None,
        )


class AccessRootView(schemas.Resource):
    """What is published of one day of the access log. Keep it: nobody can change that day unnoticed."""

    day: Annotated[schemas.LegalDate, Field(description="The day, Europe/Bucharest.")]
    lines: Annotated[schemas.Int32, Field(description="How many lines it has.", examples=[1204])]
    last_seq: Annotated[
        int,
        Field(
            ge=0,
            le=2**53 - 1,
            json_schema_extra={"format": "int64"},
            description="The number of the last line.",
        ),
    ]
    chain_hash: Annotated[Hash, Field(description="The hash of the last line, SHA-256 in hex.")]
    merkle_root: Annotated[Hash, Field(description="The root over the day's lines (RFC 6962, 2.1), in hex.")]
    closed_at: Annotated[schemas.Instant, Field(description="When it was closed.")]
    statement: Annotated[
        str,
        Field(
            max_length=4_096,
            description="All that as a JWS (RFC 7515), by a key of `/oauth2/jwks`.",
            examples=["eyJhbGciOiJFUzI1NiJ9.eyJkYXkiOiIyMDI2LTExLTIxIn0.c2lnbmF0dXJl"],
        ),
    ]

    @classmethod
    def of(cls, root: Root) -> Self:
        """The view of a root."""
        return cls(
            day=root.day,
            lines=root.lines,
            last_seq=root.last_seq,
            chain_hash=root.chain_hash.hex(),
            merkle_root=root.merkle_root.hex(),
            closed_at=root.closed_at,
            statement=root.statement,
        )


class AccessProofView(schemas.Resource):
    """That a line stands in the log of its day."""

    line_hash: Annotated[Hash, Field(description="The hash of the line.")]
    path: Annotated[
        list[Hash],
        Field(max_length=64, description="The audit path from the line up (RFC 6962, 2.1.1)."),
    ]
    position: Annotated[schemas.Int32, Field(description="The line's place among those of the day, from 0.")]
    root: Annotated[AccessRootView, Field(description="The root that the path leads to.")]

    @classmethod
    def of(cls, proof: Proof) -> Self:
        """The view of a proof."""
        return cls(
            line_hash=proof.line.hash.hex(),
            path=[one.hex() for one in proof.path],
            position=proof.position,
            root=AccessRootView.of(proof.root),
        )


class DisputeAccess(schemas.Resource):
    """Why the person finds an access unjustified."""

    reason: Annotated[LongText, Field(description="Why.", examples=["I had no file there at that time."])]


class DisputeView(schemas.Resource):
    """A dispute of an access, and its answer."""

    id: Annotated[schemas.Id, Field(description="The dispute.")]
    line_id: Annotated[schemas.Id, Field(description="The access.")]
    institution_id: Annotated[schemas.Id, Field(description="The institution that answers.")]
    reason: Annotated[
        str,
        Field(
            max_length=4_000,
            description="Why you find it unjustified.",
            examples=["I had no file there at that time."],
        ),
    ]
    state: Annotated[State, Field(description="Where it stands.", examples=["OPEN"])]
    opened_at: Annotated[schemas.Instant, Field(description="When it was opened.")]
    due_on: Annotated[schemas.LegalDate, Field(description="The last day for the answer.")]
    outcome: Annotated[Outcome | None, Field(description="What the institution found.")]
    answer: Annotated[
        str | None,
        Field(
            max_length=4_000,
            description="Its answer.",
            examples=["The record was opened for the file of a namesake; the entry was corrected."],
        ),
    ]
    ended_at: Annotated[schemas.Instant | None, Field(description="When it ended.")]

    @classmethod
    def of(cls, dispute: Dispute) -> Self:
        """The view of a dispute."""
        return cls(
            id=dispute.id,
            line_id=dispute.line_id,
            institution_id=dispute.institution_id,
            reason=dispute.reason,
            state=dispute.state,
            opened_at=dispute.opened_at,
            due_on=dispute.due_on,
            outcome=dispute.outcome,
            answer=dispute.answer,
            ended_at=dispute.ended_at,
        )


class DisputeInQueueView(schemas.Resource):
    """A dispute that waits for an answer, without its words."""

    id: Annotated[schemas.Id, Field(description="The dispute.")]
    state: Annotated[State, Field(description="Where it stands.", examples=["OPEN"])]
    opened_at: Annotated[schemas.Instant, Field(description="When it was opened.")]
    due_on: Annotated[schemas.LegalDate, Field(description="The last day for the answer.")]

    @classmethod
    def of(cls, dispute: Dispute) -> Self:
        """The view of a dispute in a list."""
        return cls(id=dispute.id, state=dispute.state, opened_at=dispute.opened_at, due_on=dispute.due_on)


class ExaminedAccessView(schemas.Resource):
    """The access that is disputed, with who made it: for the data protection officer alone."""

    at: Annotated[schemas.Instant, Field(description="When it was.")]
    service: Service
    actor_id: Annotated[
        str,
        Field(max_length=200, description="Who made it.", examples=["0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"]),
    ]
    roles: Annotated[list[Role], Field(max_length=20, description="In which roles.")]
    action: Annotated[Action, Field(description="What was done.", examples=["READ"])]
    resource_type: Annotated[
        str, Field(max_length=64, description="The kind of record.", examples=["petition"])
    ]
    resource_id: Annotated[
        str,
        Field(max_length=100, description="The record.", examples=["0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"]),
    ]
    purpose: Annotated[Purpose | None, Field(description="The stated purpose.")]
    file: Annotated[str | None, Field(max_length=64, description="The stated file.", examples=["123/2026"])]
    legal_basis: Annotated[
        str, Field(max_length=200, description="The law that allows it.", examples=["OG 27/2002 art. 8"])
    ]
    request_id: Annotated[
        str | None,
        Field(
            max_length=128,
            description="The request, as the logs name it.",
            examples=["4bf92f3577b34da6a3ce929d0e0e4736"],
        ),
    ]

    @classmethod
    def of(cls, line: Line) -> Self:
        """The view of a disputed line."""
        access = line.access
        return cls(
            at=access.at,
            service=access.service,
            actor_id=access.actor_id,
            roles=[Role(role) for role in access.roles],
            action=Action(access.action),
            resource_type=access.resource_type,
            resource_id=access.resource_id,
            purpose=Purpose(access.purpose) if access.purpose else None,
            file=access.file,
            legal_basis=access.legal_basis,
            request_id=access.request_id,
        )


class ExaminedDisputeView(schemas.Resource):
    """A dispute with the access it is about."""

    dispute: Annotated[DisputeView, Field(description="The dispute.")]
    person_id: Annotated[schemas.Id, Field(description="Who disputes.")]
    access: Annotated[
        ExaminedAccessView | None, Field(description="The access; null once the log has forgotten it.")
    ]

    @classmethod
    def of(cls, examined: Examined) -> Self:
        """The view of an examined dispute."""
        return cls(
            dispute=DisputeView.of(examined.dispute),
            person_id=examined.dispute.person_id,
            access=ExaminedAccessView.of(examined.line) if examined.line else None,
        )


class AnswerDispute(schemas.Resource):
    """What the institution found, in words for the person."""

    outcome: Annotated[Outcome, Field(description="Whether it was justified.", examples=["JUSTIFIED"])]
    answer: Annotated[
        LongText,
        Field(
            description="The answer, for the person.",
            examples=["The record was opened for the file of a namesake; the entry was corrected."],
        ),
    ]
