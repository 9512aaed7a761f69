"""Files and their handling: what officials do with petitions, and the registers it stands in."""

import hashlib
import json
import secrets
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "20261122_1800"
down_revision = "20261122_0540"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _registers()


def _registers() -> None:
    op.add_column(
        "registers", sa.Column("last_sha256", sa.LargeBinary(), comment="The link of the last line")
    )
    op.create_table(
        "register_entries",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(8), nullable=False, comment="IN, OUT or INTERNAL"),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject_sha256", sa.LargeBinary(), nullable=False, comment="SHA-256 of salt and subject"),
        sa.Column(
            "correspondent_sha256",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of salt and correspondent",
        ),
        sa.Column("strikes_year", sa.Integer(), comment="The register of the line that this one strikes"),
        sa.Column("strikes", sa.Integer(), comment="The number of the line that this one strikes"),
        sa.Column("reason", sa.String(32), comment="Why it strikes it"),
        sa.Column(
            "entry_sha256",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of the link before and this line",
        ),
        sa.Column(
            "salt",
            sa.LargeBinary(),
            comment="Stands outside of the chain; goes when personal data are erased",
        ),
        sa.CheckConstraint(
            "num_nulls(strikes_year, strikes, reason) IN (0, 3)", name="ck_register_entries_strike"
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "year"],
            ["registers.institution_id", "registers.year"],
            name="fk_register_entries_registers",
        ),
        sa.PrimaryKeyConstraint("institution_id", "year", "number", name="pk_register_entries"),
        sa.UniqueConstraint(
            "institution_id",
            "strikes_year",
            "strikes",
            name="uq_register_entries_institution_id_strikes_year_strikes",
        ),
        comment="The lines of the registers; a line is added, and never changed or taken out",
    )
    op.create_index("ix_register_entries_petition_id", "register_entries", ["petition_id"])
    _chain_what_is_registered()
    op.alter_column("registers", "last_sha256", nullable=False)
    op.execute("REVOKE UPDATE, DELETE ON register_entries FROM petitions_app")
    op.execute("GRANT UPDATE (salt) ON register_entries TO petitions_app")


def _chain_what_is_registered() -> None:
    """Petitions that were registered before there was a chain get their lines, in their order."""
    link, register = b"", None
    connection = op.get_bind()
    registered = connection.execute(
        sa.text(
            "SELECT institution_id, year, number, id, person_id, registered_at, subject"
            " FROM petitions ORDER BY institution_id, year, number"
        )
    )
    for petition in registered.mappings().all():
        if register != (petition["institution_id"], petition["year"]):
            register, link = (petition["institution_id"], petition["year"]), bytes(32)
        link = _enter(connection, petition, link)


def _enter(connection: sa.Connection, petition: sa.RowMapping, previous: bytes) -> bytes:
    salt = secrets.token_bytes(16)
    subject, correspondent = (
        hashlib.sha256(salt + str(petition[name]).encode()).digest() for name in ("subject", "person_id")
    )
    line: dict[str, Any] = {
        "correspondent_sha256": correspondent.hex(),
        "direction": "IN",
        "entered_at": f"{petition['registered_at'].astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        "institution_id": str(petition["institution_id"]),
        "number": petition["number"],
        "petition_id": str(petition["id"]),
        "reason": None,
        "strikes": None,
        "strikes_year": None,
        "subject_sha256": subject.hex(),
        "year": petition["year"],
    }
    canonical = json.dumps(line, sort_keys=True, separators=(",", ":")).encode()
    link = hashlib.sha256(previous + canonical).digest()
    connection.execute(
        sa.text(
            "INSERT INTO register_entries (institution_id, year, number, direction, petition_id, entered_at,"
            " subject_sha256, correspondent_sha256, entry_sha256, salt) VALUES (:institution_id, :year,"
            " :number, 'IN', :id, :registered_at, :subject, :correspondent, :link, :salt)"
        ),
        dict(petition) | {"subject": subject, "correspondent": correspondent, "link": link, "salt": salt},
    )
    connection.execute(
        sa.text(
            "UPDATE registers SET last_sha256 = :link WHERE institution_id = :institution_id AND year = :year"
        ),
        dict(petition) | {"link": link},
    )
    return link


def downgrade() -> None:
    op.drop_table("register_entries")
    op.drop_column("registers", "last_sha256")
