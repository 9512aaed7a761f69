"""Certificates and extracts: what was issued, how it ends, who looked."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)

from .metadata import metadata

CERTIFICATE_NUMBERS: Final = Sequence("certificate_numbers", metadata=metadata)
STATUS_PLACES: Final = Sequence("status_places", metadata=metadata)

CERTIFICATES: Final = Table(
    "certificates",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("request_id", Uuid, ForeignKey("requests.id"), comment="None for a correction"),
    Column("extract_id", Uuid, ForeignKey("extracts.id"), comment="Of what went to an institution"),
    Column("product", String(16), nullable=False),
    Column("series", String(8), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("holder_key", LargeBinary, nullable=False),
    Column("holder_id", Uuid),
    Column("motive", String(64), nullable=False),
    Column("code_key", LargeBinary, nullable=False, unique=True, comment="Keyed hash of the code"),
    Column("facts", LargeBinary, nullable=False, comment="Encrypted: what the document says, and the code"),
    Column("hint", LargeBinary, nullable=False, comment="Encrypted: initials and last four digits"),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("valid_until", Date, nullable=False, comment="The last day"),
    Column("file_key", String(128), nullable=False),
    Column("file_sha256", LargeBinary, nullable=False),
    Column("file_bytes", Integer, nullable=False),
    Column("seal_level", String(8), nullable=False, comment="B-B, B-T or B-LT: what the outside allowed"),
    Column("status_list", Integer, nullable=False),
    Column("status_index", Integer, nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    Column("revocation_reason", String(32)),
    Column("superseded_by", Uuid, ForeignKey("certificates.id")),
    Column("version", Integer, nullable=False),
    UniqueConstraint("request_id"),
    UniqueConstraint("extract_id"),
    UniqueConstraint("series", "number"),
    UniqueConstraint("status_list", "status_index"),
    CheckConstraint("(revoked_at IS NULL) = (revocation_reason IS NULL)", name="revocation"),
    Index(None, "holder_id", "id"),
    Index(None, "file_sha256"),
    Index(None, "valid_until", "id"),
    Index(
        "ix_certificates_without_effect",
        "status_list",
        "status_index",
        postgresql_where=text("revoked_at IS NOT NULL OR superseded_by IS NOT NULL"),
    ),
)

VERIFICATIONS: Final = Table(
    "verifications",
    metadata,
    Column("id", Uuid, primary_key=True),
    # No foreign key: its check would tell by its time that there is a certificate (none is ever deleted).
    Column("certificate_id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("way", String(8), nullable=False, comment="CODE, QR or FILE"),
    Column("standing", String(16), nullable=False, comment="What was answered"),
    Index(None, "certificate_id", "id"),
    comment="Each verification, for the holder; nothing of who asked",
)

TRIES: Final = Table(
    "verification_tries",
    metadata,
    Column("key", LargeBinary, primary_key=True, comment="Keyed hash of what was asked about"),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("count", Integer, nullable=False),
    Index(None, "since"),
    comment="How often each code was tried, whether there is such a code or not",
)

STATUS_LISTS: Final = Table(
    "status_lists",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("secret", LargeBinary, nullable=False, comment="In which order its indexes are given out"),
    comment="Token Status Lists: bits come from the certificates themselves",
)

CHANGES: Final = Table(
    "certificate_changes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("certificate_id", Uuid, ForeignKey("certificates.id"), nullable=False),
    Column("kind", String(16), nullable=False, comment="REVOCATION or CORRECTION"),
    Column("reason", String(32), nullable=False),
    Column("text", LargeBinary, nullable=False, comment="Encrypted: the reason in words"),
    Column("holder", LargeBinary, comment="Encrypted: the holder as a correction is to name them"),
    Column("match", LargeBinary, comment="Keyed hash of what a correction is to say, as the register has it"),
    Column("institution_id", Uuid, nullable=False, comment="Where it was proposed and is decided"),
    Column("proposed_by", Uuid, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("decided_by", Uuid),
    Column("decided_at", DateTime(timezone=True)),
    Column("decision", String(16)),
    CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="four_eyes"),
    Index(None, "certificate_id", "id"),
    Index(
        "ix_certificate_changes_to_decide",
        "institution_id",
        "id",
        postgresql_where=text("decided_at IS NULL"),
    ),
    # Two proposals at once would be two ends of one certificate.
    Index(
        "uq_certificate_changes_one_open",
        "certificate_id",
        unique=True,
        postgresql_where=text("decided_at IS NULL"),
    ),
    comment="Revocations and corrections: one official proposes, another decides",
)
