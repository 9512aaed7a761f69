"""Certificates, as their holders see them: what one says stands in its file only."""

from datetime import datetime
from typing import Annotated, Any, Final, Self

from pydantic import Field

from hub_service import schemas

from ..domain.certificates import Certificate, RevocationReason, Standing
from .motives import MotiveCode
from .requests import ProductField

_COORDINATE: Final = Field(pattern=r"^[A-Za-z0-9_-]{43}$", max_length=43)
_KEY: Final = {
    "kty": "EC",
    "crv": "P-256",
    "x": "TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc",
    "y": "ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ",
}


class CertificateView(schemas.Resource):
    """A certificate of yours."""

    id: Annotated[schemas.Id, Field(description="The certificate's identifier.")]
    request_id: Annotated[
        schemas.Id | None, Field(description="The request it answers; null for a correction.")
    ]
    label: Annotated[str, Field(max_length=32, description="Its series and number.", examples=["CJ 0048213"])]
    product: ProductField
    motive: Annotated[
        MotiveCode, Field(description="What it is good for; for anything else another one is needed.")
    ]
    issued_at: Annotated[schemas.Instant, Field(description="When it was issued.")]
    valid_until: Annotated[schemas.LegalDate, Field(description="Its last day, in Europe/Bucharest.")]
    standing: Annotated[Standing, Field(description="What who verifies it is told now.", examples=["VALID"])]
    revoked_at: Annotated[schemas.Instant | None, Field(description="Since when it is revoked, if it is.")]
    revocation_reason: Annotated[
        RevocationReason | None, Field(description="Why it was revoked; who verifies it is not told.")
    ]
    superseded_by: Annotated[
        schemas.Id | None, Field(description="The certificate that took its place, if one did.")
    ]
    seal_level: Annotated[
        str,
        Field(
            max_length=8,
            description="The level of its seal (ETSI EN 319 142-1): B-B, B-T with a time stamp, B-LT with "
            "revocation answers too.",
            examples=["B-LT"],
        ),
    ]
    file_sha256: Annotated[
        str,
        Field(
            pattern=r"^[0-9a-f]{64}$",
            max_length=64,
            description="SHA-256 of the sealed file, in hex.",
            examples=["c1a58f4d1b9ec6a6f1d3b9de0f2a6cbd7a7a42a40c04d1be1d2f6a3e1b7e6f90"],
        ),
    ]
    file_bytes: Annotated[schemas.Int32, Field(description="Size of the sealed file.", examples=[84_213])]

    @classmethod
    def of(cls, certificate: Certificate, now: datetime) -> Self:
        """The view of a certificate as it stands now."""
        return cls(
            id=certificate.id,
            request_id=certificate.request_id,
            label=certificate.label,
            product=certificate.product,
            motive=certificate.motive,
            issued_at=certificate.issued_at,
            valid_until=certificate.valid_until,
            standing=certificate.standing(now),
            revoked_at=certificate.revoked_at,
            revocation_reason=certificate.revocation_reason,
            superseded_by=certificate.superseded_by,
            seal_level=certificate.seal_level,
            file_sha256=certificate.file_sha256.hex(),
            file_bytes=certificate.file_bytes,
        )


class WalletKey(schemas.Resource):
    """The public key of a wallet, as a JWK (RFC 7517): P-256."""

    kty: Annotated[str, Field(pattern="^EC$", max_length=2, description="EC.", examples=["EC"])]
    crv: Annotated[str, Field(pattern="^P-256$", max_length=5, description="P-256.", examples=["P-256"])]
    x: Annotated[str, _COORDINATE, Field(description="The coordinate x.", examples=[_KEY["x"]])]
    y: Annotated[str, _COORDINATE, Field(description="The coordinate y.", examples=[_KEY["y"]])]


class CreateCredential(schemas.Resource):
    """For which wallet."""

    wallet_key: Annotated[
        WalletKey | None,
        Field(description="The wallet's key: then only it can show the credential. Null binds it to none."),
    ] = None

    def key(self) -> dict[str, Any] | None:
        """The JWK."""
        return self.wallet_key.model_dump() if self.wallet_key else None


class CredentialView(schemas.Resource):
    """A credential for a wallet."""

    format: Annotated[str, Field(max_length=16, description="dc+sd-jwt (SD-JWT VC).", examples=["dc+sd-jwt"])]
    credential: Annotated[
        str,
        Field(
            max_length=16_384,
            description="The SD-JWT with its disclosures; the holder chooses which ones to show.",
            examples=["eyJhbGciOiJFUzI1NiIsInR5cCI6ImRjK3NkLWp3dCJ9.eyJfc2QiOltdfQ.c2lnbmF0dXJl~"],
        ),
    ]
