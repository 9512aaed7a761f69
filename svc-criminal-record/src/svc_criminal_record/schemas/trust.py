"""What certificates are checked against, as a caller is shown it."""

from typing import Annotated, Self

from pydantic import Field

from hub_documents.anchors import Anchors
from hub_service.schemas import Resource

_PEM = (
    "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUe1rN2yW8c9wq0o1GZ0Gx8m9k0WYwCgYIKoZIzj0EAwIw\n"
    "-----END CERTIFICATE-----\n"
)

Pem = Annotated[
    str,
    Field(
        max_length=16_384,
        pattern=r"^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n$",
        examples=[_PEM],
    ),
]
"""A certificate (RFC 7468)."""

KeyId = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_-]+$", examples=["q83vEjRWeJA"])]
"""The id of a key, base64url."""

Coordinate = Annotated[
    str,
    Field(
        max_length=43,
        pattern=r"^[A-Za-z0-9_-]{43}$",
        examples=["f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"],
    ),
]
"""A coordinate of a point of P-256, base64url."""

Word = Annotated[str, Field(max_length=8, pattern=r"^[A-Za-z0-9-]+$")]
"""A registered name."""


class JwkView(Resource):
    """A public key (RFC 7517)."""

    kty: Annotated[Word, Field(description="The type of the key.", examples=["EC"])]
    crv: Annotated[Word, Field(description="The curve.", examples=["P-256"])]
    x: Annotated[Coordinate, Field(description="The x coordinate.")]
    y: Annotated[Coordinate, Field(description="The y coordinate.")]
    alg: Annotated[Word, Field(description="The algorithm.", examples=["ES256"])]
    use: Annotated[Word, Field(description="What the key is for.", examples=["sig"])]
    kid: Annotated[KeyId, Field(description="The id of the key.")]


class FactsKeyView(Resource):
    """A key that signs the facts in QR codes, wallet credentials and status lists."""

    kid: Annotated[KeyId, Field(description="The id of the key: in COSE its bytes, in JWT this text.")]
    certificate: Annotated[Pem, Field(description="The certificate of the key.")]
    jwk: Annotated[JwkView, Field(description="The same key for programs that read no certificates.")]


class TrustView(Resource):
    """The trust anchors."""

    root: Annotated[Pem, Field(description="The root: seals are valid below it.")]
    chain: Annotated[
        list[Pem], Field(max_length=8, description="What stands between the root and the others.")
    ]
    facts: Annotated[list[FactsKeyView], Field(max_length=8, description="The keys of facts.")]

    @classmethod
    def of(cls, anchors: Anchors) -> Self:
        """The view of the anchors."""
        key = anchors.facts
        return cls(
            root=anchors.root,
            chain=list(anchors.chain),
            facts=[
                FactsKeyView(
                    kid=key.kid, certificate=key.certificate, jwk=JwkView.model_validate(dict(key.jwk))
                )
            ],
        )
