"""Bodies about client applications."""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from hub_core.language import Language
from hub_core.text import Line, Text
from hub_service import schemas

from ..domain import conduct
from ..domain.application import Review, ReviewState
from ..domain.client import (
    ApplicationType,
    Authentication,
    Client,
    Environment,
    GrantType,
    Plan,
    Profile,
    State,
    SubjectType,
)
from ..domain.client_metadata import Metadata, metadata_of
from ..domain.conduct import Behaviour
from ..domain.usage import CLASSES, Count, DayOfUse
from ..operations.applications import Waiting, WithSecret
from .conduct import BehaviourView

Name = Annotated[Line, Field(min_length=1, max_length=80, examples=["Portalul orașului"])]
Address = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2_000),
    Field(json_schema_extra={"format": "uri"}, examples=["https://portal.example.org/callback"]),
]
ScopeName = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\x21\x23-\x5b\x5d-\x7e]+$")
]
Purpose = Annotated[
    Text,
    Field(
        min_length=20,
        max_length=2_000,
        description="What the application does, for whom, and by what right.",
        examples=["People of our town file petitions from the town's own portal."],
    ),
]
Reason = Annotated[
    Text,
    Field(
        min_length=10,
        max_length=2_000,
        description="Why, for the owner; no personal data of others.",
        examples=["The redirect address does not belong to the institution."],
    ),
]
ClientId = Annotated[
    str, Field(max_length=64, description="The client's identifier.", examples=["app-0123456789abcdef"])
]


class Names(schemas.Resource):
    """The application's name in each language, as people see it."""

    ro: Annotated[Name, Field(description="The Romanian name.")]
    hu: Annotated[Name, Field(description="The Hungarian name.")]
    en: Annotated[Name, Field(description="The English name.")]


class ClientMetadata(schemas.Resource):
    """What the owner says of a client; the rules hold for it as a whole."""

    names: Names
    application_type: Annotated[
        ApplicationType,
        Field(
            description="`web` on a server or in a browser, `native` on people's devices.", examples=["web"]
        ),
    ]
    profile: Annotated[
        Profile,
        Field(
            description="`FAPI` is the FAPI 2.0 Security Profile: keys, pushed requests, bound tokens.",
            examples=["OPENID"],
        ),
    ] = Profile.OPENID
    authentication: Annotated[
        Authentication,
        Field(description="How it proves itself at the token endpoint.", examples=["client_secret_basic"]),
    ]
    grant_types: Annotated[
        list[GrantType],
        Field(
            min_length=1,
            max_length=10,
            description="How it may get tokens.",
            examples=[["authorization_code", "refresh_token"]],
        ),
    ]
    redirect_uris: Annotated[
        list[Address],
        Field(
            max_length=50,
            description="Where answers may be sent to; compared character by character.",
            examples=[["https://portal.example.org/callback"]],
        ),
    ] = Field(default_factory=list)
    post_logout_redirect_uris: Annotated[
        list[Address], Field(max_length=50, description="Where people may be sent after signing out.")
    ] = Field(default_factory=list)
    scopes: Annotated[
        list[ScopeName],
        Field(
            min_length=1,
            max_length=50,
            description="What it may ask people for.",
            examples=[["openid", "offline_access", "petitions:read"]],
        ),
    ]
    jwks: Annotated[
        list[dict[str, Any]],
        Field(
            max_length=10,
            description="Its public keys (RFC 7517): ES256, PS256 or EdDSA, each with a `kid`.",
        ),
    ] = Field(default_factory=list)
    subject_type: Annotated[
        SubjectType,
        Field(description="`pairwise`: a `sub` that nobody else sees.", examples=["pairwise"]),
    ] = SubjectType.PAIRWISE
    dpop_bound: Annotated[
        bool, Field(description="Whether its tokens are bound to a key (RFC 9449).", examples=[False])
    ] = False
    backchannel_logout_uri: Annotated[
        Address | None, Field(description="Where it is told that somebody has signed out.")
    ] = None

    def metadata(self) -> Metadata:
        """The metadata, as a value; lists as they came, so that a flaw points at its place."""
        return Metadata(
            names={Language.RO: self.names.ro, Language.HU: self.names.hu, Language.EN: self.names.en},
            application_type=self.application_type,
            profile=self.profile,
            authentication=self.authentication,
            grant_types=frozenset(self.grant_types),
            redirect_uris=tuple(self.redirect_uris),
            post_logout_redirect_uris=tuple(self.post_logout_redirect_uris),
            scopes=frozenset(self.scopes),
            jwks=tuple(self.jwks),
            subject_type=self.subject_type,
            dpop_bound=self.dpop_bound,
            backchannel_logout_uri=self.backchannel_logout_uri,
        )

    @classmethod
    def of(cls, said: Metadata) -> Self:
        """The body of a client's metadata."""
        return cls(
            names=Names(**{language.value: name for language, name in said.names.items()}),
            application_type=said.application_type,
            profile=said.profile,
            authentication=said.authentication,
            grant_types=sorted(said.grant_types),
            redirect_uris=list(said.redirect_uris),
            post_logout_redirect_uris=list(said.post_logout_redirect_uris),
            scopes=sorted(said.scopes),
            jwks=list(said.jwks),
            subject_type=said.subject_type,
            dpop_bound=said.dpop_bound,
            backchannel_logout_uri=said.backchannel_logout_uri,
        )


class ClientView(schemas.Resource):
    """A client application of the signed-in person."""

    client_id: ClientId
    state: Annotated[
        State,
        Field(
            description="SUSPENDED by its owner, BLOCKED by an administrator: no token is good.",
            examples=["ACTIVE"],
        ),
    ]
    environment: Annotated[
        Environment,
        Field(
            description="In the SANDBOX only its owner and invented people may use it.", examples=["SANDBOX"]
        ),
    ]
    plan: Annotated[Plan, Field(description="How many requests it may send.", examples=["SANDBOX"])]
    metadata: ClientMetadata
    has_secret: Annotated[bool, Field(description="Whether a secret was made.", examples=[True])]
    former_secret_until: Annotated[
        schemas.Instant | None, Field(description="Until when the secret before is good as well.")
    ] = None
    created_at: Annotated[schemas.Instant, Field(description="When it was registered.")]

    @classmethod
    def of(cls, client: Client) -> Self:
        """The view of a client for its owner."""
        return cls(
            client_id=client.id,
            state=client.state,
            environment=client.environment,
            plan=client.plan,
            metadata=ClientMetadata.of(metadata_of(client)),
            has_secret=client.secret_hash is not None,
            former_secret_until=client.former_secret_until,
            created_at=client.created_at,
        )


class RenewSecret(schemas.Resource):
    """How the secret before ends."""

    overlap: Annotated[
        bool,
        Field(description="False ends the secret before at once: it has leaked.", examples=[True]),
    ] = True


class SecretView(schemas.Resource):
    """A secret that was just made. It is shown this once."""

    client_id: ClientId
    client_secret: Annotated[
        str, Field(max_length=64, description="The secret; keep it.", examples=["hub_cs_…"])
    ]
    former_secret_until: Annotated[
        schemas.Instant | None, Field(description="Until when the secret before is good as well.")
    ] = None

    @classmethod
    def of(cls, made: WithSecret) -> Self:
        """The view of a new secret."""
        return cls(
            client_id=made.client.id,
            client_secret=made.secret,
            former_secret_until=made.client.former_secret_until,
        )


class AddKey(schemas.Resource):
    """One more public key."""

    key: Annotated[
        dict[str, Any],
        Field(description="A public key (JWK, RFC 7517) with a `kid` of its own."),
    ]


class RequestReview(schemas.Resource):
    """The request that a client may serve everybody."""

    purpose: Purpose
    metadata: Annotated[
        ClientMetadata | None,
        Field(description="What the client is to say of itself; as it is now when left out."),
    ] = None


class ReviewView(schemas.Resource):
    """A request that a client may serve everybody, and how it was decided."""

    id: Annotated[schemas.Id, Field(description="The review's identifier.")]
    client_id: ClientId
    state: Annotated[
        ReviewState, Field(description="REQUESTED waits; the others are final.", examples=["REQUESTED"])
    ]
    purpose: Purpose
    metadata: ClientMetadata
    requested_at: Annotated[schemas.Instant, Field(description="When it was asked for.")]
    decided_at: Annotated[schemas.Instant | None, Field(description="When it was decided.")] = None
    reason: Annotated[
        str | None,
        Field(
            max_length=2_000,
            description="Why it was refused.",
            examples=["The redirect address belongs to somebody else."],
        ),
    ] = None

    @classmethod
    def of(cls, review: Review) -> Self:
        """The view of a review."""
        return cls(
            id=review.id,
            client_id=review.client_id,
            state=review.state,
            purpose=review.purpose,
            metadata=ClientMetadata.of(review.metadata),
            requested_at=review.requested_at,
            decided_at=review.decided_at,
            reason=review.reason,
        )


class WaitingReviewView(schemas.Resource):
    """A review in the queue: what is asked for, and how the client is now."""

    review: ReviewView
    requested_by: Annotated[schemas.Id, Field(description="The owner of the client.")]
    now: Annotated[ClientMetadata, Field(description="What the client says of itself now.")]
    environment: Annotated[Environment, Field(description="Where it is now.", examples=["SANDBOX"])]
    conduct: Annotated[
        list[BehaviourView],
        Field(max_length=len(Behaviour), description="What it was seen to do in the sandbox, or not."),
    ]

    @classmethod
    def of(cls, waiting: Waiting) -> Self:
        """The view of a review that waits."""
        return cls(
            review=ReviewView.of(waiting.review),
            requested_by=waiting.review.requested_by,
            now=ClientMetadata.of(metadata_of(waiting.client)),
            environment=waiting.client.environment,
            conduct=[BehaviourView.of(one) for one in waiting.seen],
        )


class ApproveClient(schemas.Resource):
    """The plan that the client gets."""

    plan: Annotated[Plan, Field(description="How many requests it may send.", examples=["STANDARD"])] = (
        Plan.STANDARD
    )


class RefuseClient(schemas.Resource):
    """Why the client may not serve everybody."""

    reason: Reason


class StateView(schemas.Resource):
    """The state of a client after an administrator's step."""

    client_id: ClientId
    state: Annotated[State, Field(description="The state now.", examples=["BLOCKED"])]

    @classmethod
    def of(cls, client: Client) -> Self:
        """The view of a client that was moved."""
        return cls(client_id=client.id, state=client.state)


class ClassOfUse(schemas.Resource):
    """Requests with one class of answers."""

    status: Annotated[
        str,
        Field(
            max_length=3,
            json_schema_extra={"enum": list(CLASSES)},
            description="Class of status; 429 is a limit that was reached.",
            examples=["2xx"],
        ),
    ]
    requests: Annotated[
        int,
        Field(
            ge=0,
            le=2**53 - 1,
            json_schema_extra={"format": "int64"},
            description="How many.",
            examples=[1204],
        ),
    ]


class DayOfUseView(schemas.Resource):
    """The requests of one day."""

    day: Annotated[schemas.LegalDate, Field(description="The day, Europe/Bucharest.")]
    answers: Annotated[list[ClassOfUse], Field(max_length=5, description="How the requests were answered.")]

    @classmethod
    def of(cls, one: DayOfUse) -> Self:
        """The view of a day."""
        return cls(
            day=one.day,
            answers=[ClassOfUse(status=status, requests=many) for status, many in one.requests.items()],
        )


class UsageView(schemas.Resource):
    """How a client was used: days without a request are left out."""

    client_id: ClientId
    first: Annotated[schemas.LegalDate, Field(description="First day asked for.")]
    last: Annotated[schemas.LegalDate, Field(description="Last day that is covered; at most 92 after it.")]
    days: Annotated[list[DayOfUseView], Field(max_length=93, description="The days, oldest first.")]

    @classmethod
    def of(cls, client_id: str, first: date, last: date, days: list[DayOfUse]) -> Self:
        """The view of some days."""
        return cls(client_id=client_id, first=first, last=last, days=[DayOfUseView.of(one) for one in days])


class CountReport(schemas.Resource):
    """Requests of a client in an hour, as a gateway counted them."""

    client_id: Annotated[str, Field(max_length=64)]
    hour: schemas.Instant
    status_class: Annotated[str, Field(max_length=3)]
    requests: Annotated[int, Field(gt=0)]

    def count(self) -> Count:
        """The count, as a value."""
        return Count(self.client_id, self.hour, self.status_class, self.requests)


class SeenReport(schemas.Resource):
    """What a gateway has seen of a client; names that are not known here are passed over."""

    client_id: Annotated[str, Field(max_length=64)]
    behaviour: Annotated[str, Field(max_length=32)]


class UsageReport(schemas.Resource):
    """What one gateway has counted since its report before; `sequence` grows with each."""

    replica: UUID
    sequence: Annotated[int, Field(ge=1)]
    counts: Annotated[list[CountReport], Field(max_length=100_000)]
    seen: Annotated[list[SeenReport], Field(default_factory=list, max_length=100_000)]

    def conduct(self) -> dict[str, set[Behaviour]]:
        """What was seen, by client."""
        found: dict[str, set[Behaviour]] = {}
        for one in self.seen:
            behaviour = conduct.parse(one.behaviour)
            if behaviour is not None:
                found.setdefault(one.client_id, set()).add(behaviour)
        return found
