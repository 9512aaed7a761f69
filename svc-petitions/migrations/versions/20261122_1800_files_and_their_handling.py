"""Files and their handling: what officials do with petitions, and the registers it stands in."""

import hashlib
import json
import secrets
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "20261122_1800"
down_revision = "20261122_0540"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _registers()
    _institutions_inside()
    _files()
    _handling()
    _petitioners()
    _guests()
    _attachments()
    _messages()
    _terms()
    _directory()
    _search()
    _statistics()
    _answer_documents()
    _transfers()


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
        sa.Column("entered_by", sa.Uuid(), comment="The official; none of what came in by itself"),
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
        "entered_by": None,
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


def _institutions_inside() -> None:
    op.create_table(
        "compartments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name="fk_compartments_institutions"),
        sa.PrimaryKeyConstraint("id", name="pk_compartments"),
        sa.UniqueConstraint("institution_id", "code", name="uq_compartments_institution_id_code"),
        comment="The parts of an institution that work on files",
    )
    op.create_table(
        "members",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("superior_id", sa.Uuid(), nullable=True, comment="None for the head of the institution"),
        sa.CheckConstraint("person_id <> superior_id", name="ck_members_superior"),
        sa.ForeignKeyConstraint(["compartment_id"], ["compartments.id"], name="fk_members_compartments"),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name="fk_members_institutions"),
        sa.PrimaryKeyConstraint("institution_id", "person_id", name="pk_members"),
        comment="Who works where, and under whom",
    )
    op.create_index("ix_members_compartment_id", "members", ["compartment_id"], unique=False)
    op.create_index(
        "ix_members_institution_id_superior_id", "members", ["institution_id", "superior_id"], unique=False
    )
    op.create_table(
        "signature_delegations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("delegate_id", sa.Uuid(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False, comment="Its last day"),
        sa.Column("act", sa.String(length=100), nullable=False, comment="Number and date of the order"),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("delegate_id <> given_by", name="ck_signature_delegations_delegate"),
        sa.CheckConstraint("valid_from <= valid_to", name="ck_signature_delegations_days"),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name="fk_signature_delegations_institutions"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_signature_delegations"),
        comment="Who signs answers for the head of an institution, from when to when",
    )
    op.create_index(
        "ix_signature_delegations_institution_id_delegate_id_valid_to",
        "signature_delegations",
        ["institution_id", "delegate_id", "valid_to"],
        unique=False,
    )


def _files() -> None:
    op.add_column("petitions", sa.Column("compartment_id", sa.Uuid(), nullable=True))
    op.add_column("petitions", sa.Column("handler_id", sa.Uuid(), nullable=True))
    op.add_column(
        "petitions",
        sa.Column(
            "forwarded_from", sa.Uuid(), nullable=True, comment="The institution that sent it on, if one did"
        ),
    )
    op.add_column(
        "petitions",
        sa.Column("leader_id", sa.Uuid(), nullable=True, comment="The petition that it is joined to"),
    )
    op.add_column("petitions", sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "petitions",
        sa.Column("extended_from", sa.Date(), nullable=True, comment="The last day before it was extended"),
    )
    op.add_column("petitions", sa.Column("extended_until", sa.Date(), nullable=True))
    op.add_column("petitions", sa.Column("extension_reason", sa.Text(), nullable=True))
    op.add_column(
        "petitions",
        sa.Column("complained_of", ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column(
        "petitions", sa.Column("reports_crime", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("petitions", sa.Column("solution", sa.String(length=32), nullable=True))
    op.add_column(
        "petitions", sa.Column("closed_on", sa.Date(), nullable=True, comment="When its clock ended")
    )
    op.create_check_constraint(
        "ck_petitions_closed",
        "petitions",
        "(closed_on IS NOT NULL) = (state IN ('ANSWERED', 'FORWARDED', 'CLASSED', 'WITHDRAWN', 'ARCHIVED'))",
    )
    op.create_check_constraint(
        "ck_petitions_leader",
        "petitions",
        "(leader_id IS NULL) OR state IN ('JOINED', 'ANSWERED', 'ARCHIVED')",
    )
    op.create_check_constraint(
        "ck_petitions_joined", "petitions", "state <> 'JOINED' OR leader_id IS NOT NULL"
    )
    op.create_check_constraint(
        "ck_petitions_extended", "petitions", "(extended_until IS NULL) = (extended_at IS NULL)"
    )
    op.create_check_constraint("ck_petitions_own_leader", "petitions", "leader_id <> id")
    op.create_foreign_key(
        "fk_petitions_compartments", "petitions", "compartments", ["compartment_id"], ["id"]
    )
    op.create_index(
        "ix_petitions_leader_id",
        "petitions",
        ["leader_id", "id"],
        unique=False,
        postgresql_where=sa.text("leader_id IS NOT NULL"),
    )
    op.create_index(
        "ix_petitions_open",
        "petitions",
        ["institution_id", "answer_due_on", "id", "state"],
        unique=False,
        postgresql_where=sa.text(
            "state NOT IN ('ANSWERED', 'FORWARDED', 'CLASSED', 'WITHDRAWN', 'ARCHIVED', 'JOINED')"
        ),
    )
    op.create_index(
        "ix_petitions_open_in_compartment",
        "petitions",
        ["institution_id", "compartment_id", "answer_due_on", "id", "state"],
        unique=False,
        postgresql_where=sa.text(
            "state NOT IN ('ANSWERED', 'FORWARDED', 'CLASSED', 'WITHDRAWN', 'ARCHIVED', 'JOINED')"
        ),
    )
    op.create_index(
        "ix_petitions_open_in_state",
        "petitions",
        ["institution_id", "state", "answer_due_on", "id"],
        unique=False,
        postgresql_where=sa.text(
            "state NOT IN ('ANSWERED', 'FORWARDED', 'CLASSED', 'WITHDRAWN', 'ARCHIVED', 'JOINED')"
        ),
    )
    op.create_index(
        "ix_petitions_open_of_handler",
        "petitions",
        ["institution_id", "handler_id", "answer_due_on", "id", "state"],
        unique=False,
        postgresql_where=sa.text(
            "state NOT IN ('ANSWERED', 'FORWARDED', 'CLASSED', 'WITHDRAWN', 'ARCHIVED', 'JOINED')"
        ),
    )
    op.create_index(
        "ix_petitions_to_archive",
        "petitions",
        ["closed_on", "id"],
        unique=False,
        postgresql_where=sa.text("closed_on IS NOT NULL AND state <> 'ARCHIVED'"),
    )


def _handling() -> None:
    op.create_table(
        "drafts",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("solution", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.String(length=500), nullable=False),
        sa.Column("courtesy_language", sa.String(length=2), nullable=True),
        sa.Column("courtesy_text", sa.Text(), nullable=True),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delegation_id", sa.Uuid(), nullable=True),
        sa.Column("returned_by", sa.Uuid(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("out_year", sa.Integer(), nullable=True),
        sa.Column("out_number", sa.Integer(), nullable=True),
        sa.CheckConstraint("legal_basis <> ''", name="ck_drafts_legal_basis"),
        sa.CheckConstraint(
            "(courtesy_language IS NULL) = (courtesy_text IS NULL)", name="ck_drafts_courtesy"
        ),
        sa.CheckConstraint(
            "approved_by <> drafted_by AND signed_by <> drafted_by", name="ck_drafts_four_eyes"
        ),
        sa.CheckConstraint(
            "sent_at IS NULL OR (signed_at IS NOT NULL AND out_number IS NOT NULL)", name="ck_drafts_sent"
        ),
        sa.ForeignKeyConstraint(
            ["delegation_id"], ["signature_delegations.id"], name="fk_drafts_signature_delegations"
        ),
        sa.PrimaryKeyConstraint("petition_id", "ordinal", name="pk_drafts"),
        comment="What was written as an answer; the one that was sent is the answer",
    )
    op.create_index(
        "uq_drafts_in_hand",
        "drafts",
        ["petition_id"],
        unique=True,
        postgresql_where=sa.text("returned_at IS NULL"),
    )
    op.create_table(
        "clarifications",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="ck_clarifications_answer"),
        sa.PrimaryKeyConstraint("petition_id", "ordinal", name="pk_clarifications"),
        comment="What a handler asked the petitioner; the clock of the answer goes on",
    )
    op.create_table(
        "forwardings",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False, comment="Who sent it on"),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("answer_due_on", sa.Date(), nullable=False),
        sa.Column("forwarded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forwarded_on", sa.Date(), nullable=False),
        sa.Column(
            "forward_by", sa.Date(), nullable=False, comment="The last day of the term for sending it on"
        ),
        sa.Column("forwarded_by", sa.Uuid(), nullable=False),
        sa.Column("to_institution_id", sa.Uuid(), nullable=True, comment="An institution of the hub"),
        sa.Column("addressee", sa.String(length=300), nullable=True, comment="The name of one outside it"),
        sa.Column(
            "out_number",
            sa.Integer(),
            nullable=True,
            comment="Under which it left the register of that day's year",
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(to_institution_id IS NULL) <> (addressee IS NULL)", name="ck_forwardings_addressee"
        ),
        sa.PrimaryKeyConstraint("petition_id", "ordinal", name="pk_forwardings"),
        sa.UniqueConstraint(
            "institution_id", "year", "number", name="uq_forwardings_institution_id_year_number"
        ),
        comment="Where files were before: each with its number, its clock and whom it was sent to",
    )
    op.create_table(
        "steps",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="That of the petition after it"),
        sa.Column("institution_id", sa.Uuid(), nullable=False, comment="Who had the file"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("came_from", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("actor_kind", sa.String(length=16), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=True, comment="For officials alone"),
        sa.CheckConstraint("(actor_id IS NULL) = (actor_kind = 'SYSTEM')", name="ck_steps_actor"),
        sa.PrimaryKeyConstraint("petition_id", "version", name="pk_steps"),
        comment="Every step of every file; only added to",
    )
    op.execute("REVOKE UPDATE, DELETE ON steps, forwardings FROM petitions_app")
    op.execute(
        "REVOKE DELETE ON compartments, signature_delegations, drafts, clarifications FROM petitions_app"
    )


def _petitioners() -> None:
    op.alter_column("petitions", "person_id", nullable=True)
    op.alter_column("petitions", "acting_person_id", nullable=True)
    op.add_column(
        "petitions",
        sa.Column(
            "channel",
            sa.String(16),
            nullable=False,
            server_default=sa.text("'ONLINE'"),
            comment="How it came",
        ),
    )
    op.add_column(
        "petitions",
        sa.Column(
            "received_on", sa.Date(), comment="When it came in by another way, before it was registered"
        ),
    )
    op.add_column("petitions", sa.Column("entered_by", sa.Uuid(), comment="The official who entered it"))
    op.create_table(
        "petitioners",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), comment="Who has an account"),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            comment="Encrypted: names, organisation, address, e-mail, telephone",
        ),
        sa.Column("same_key", sa.LargeBinary(), comment="Keyed hash by which the same one is known again"),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("ordinal > 0", name="ck_petitioners_ordinal"),
        sa.CheckConstraint("person_id IS NOT NULL OR sealed IS NOT NULL", name="ck_petitioners_known"),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name="fk_petitioners_petitions"),
        sa.PrimaryKeyConstraint("petition_id", "ordinal", name="pk_petitioners"),
        comment="Who signed a petition; an anonymous one has none",
    )
    op.create_index(
        "uq_petitioners_person",
        "petitioners",
        ["person_id", "petition_id"],
        unique=True,
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_index(
        "ix_petitioners_same",
        "petitioners",
        ["same_key", "petition_id"],
        postgresql_where=sa.text("same_key IS NOT NULL"),
    )
    op.execute(
        "INSERT INTO petitioners (petition_id, ordinal, person_id, signed_at) "
        "SELECT id, 1, person_id, registered_at FROM petitions"
    )
    op.execute("REVOKE DELETE ON petitioners FROM petitions_app")


def _guests() -> None:
    op.create_table(
        "tries",
        sa.Column(
            "key", sa.LargeBinary(), nullable=False, comment="Keyed hash of what is counted and of whom"
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_tries"),
        comment="How often something was tried; no person and no address can be read from it",
    )
    op.create_index("ix_tries_since", "tries", ["since"])
    op.create_table(
        "email_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="Encrypted: address and code"),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.SmallInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("spent_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_email_codes"),
        comment="Codes by which somebody without an account shows that an address is theirs",
    )
    op.create_index("ix_email_codes_expires_at", "email_codes", ["expires_at"])


def _attachments() -> None:
    op.create_table(
        "uploads",
        *_file(),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Who uploaded it"),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
        comment="Files that no petition has yet: after a while they are taken away",
    )
    op.create_index("ix_uploads_uploaded_at", "uploads", ["uploaded_at"])
    op.create_table(
        "attachments",
        *_file(),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name="fk_attachments_petitions"),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
        sa.UniqueConstraint("petition_id", "ordinal", name="uq_attachments_petition_id_ordinal"),
        comment="Files of petitions; nothing is taken away here",
    )
    op.execute("REVOKE DELETE ON attachments FROM petitions_app")


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False, comment="Who had the file"),
        sa.Column("side", sa.String(16), nullable=False, comment="INSTITUTION or PETITIONER"),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "read_at",
            sa.DateTime(timezone=True),
            comment="When the other side opened it: no term runs from it",
        ),
        sa.CheckConstraint("side IN ('INSTITUTION', 'PETITIONER')", name="ck_messages_side"),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name="fk_messages_petitions"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        comment="Locked once it is sent: only that it was read is noted",
    )
    op.create_index("ix_messages_petition_id_id", "messages", ["petition_id", "id"])
    op.create_table(
        "requested_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sent_with", sa.Uuid(), comment="The message that brought it"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_requested_documents_message_id_messages"
        ),
        sa.ForeignKeyConstraint(
            ["sent_with"], ["messages.id"], name="fk_requested_documents_sent_with_messages"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_requested_documents"),
        comment="Documents that an institution asked for, each until a last day",
    )
    op.create_index("ix_requested_documents_message_id", "requested_documents", ["message_id"])
    op.execute("REVOKE UPDATE, DELETE ON messages, requested_documents FROM petitions_app")
    op.execute("GRANT UPDATE (read_at) ON messages TO petitions_app")
    op.execute("GRANT UPDATE (sent_with) ON requested_documents TO petitions_app")


def _file() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False, comment="Encrypted: what it was called"),
        sa.Column(
            "media_type",
            sa.String(100),
            nullable=False,
            comment="By its content, whatever it was called",
        ),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("file_key", sa.String(100), nullable=False, comment="Under which it lies in the store"),
        sa.Column(
            "scanned_by", sa.String(200), nullable=False, comment="The scanner that found nothing in it"
        ),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
    )


def _terms() -> None:
    op.add_column(
        "petitions",
        sa.Column(
            "warned",
            sa.SmallInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The last warning of its term that was told",
        ),
    )
    op.create_index(
        "ix_petitions_to_warn",
        "petitions",
        ["warned", "answer_due_on", "id"],
        unique=False,
        postgresql_where=sa.text(
            "state NOT IN ('ANSWERED', 'FORWARDED', 'CLASSED', 'WITHDRAWN', 'ARCHIVED', 'JOINED')"
        ),
    )


def _directory() -> None:
    op.create_table(
        "directory",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("names", JSONB(), nullable=False),
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("counties", ARRAY(sa.String(2)), nullable=False, comment="None: of the whole country"),
        sa.Column("accepts_petitions", sa.Boolean(), nullable=False),
        sa.Column("aliases", ARRAY(sa.Text()), nullable=False),
        sa.Column("attributions", JSONB(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_directory"),
        comment="What svc-catalog's institutions deal with, fed by its events",
    )


def _search() -> None:
    op.create_table(
        "file_words",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column(
            "hashes",
            ARRAY(sa.BigInteger()),
            nullable=False,
            comment="Hashes of institution, month and stem",
        ),
        sa.PrimaryKeyConstraint("petition_id", name="pk_file_words"),
        comment="The words of files, by which their institution finds them",
    )
    op.create_index("ix_file_words_hashes", "file_words", ["hashes"], postgresql_using="gin")


def _statistics() -> None:
    op.create_table(
        "figures",
        sa.Column("month", sa.Date(), nullable=False, comment="The first day of the month of registration"),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("timeliness", sa.String(16), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("extended", sa.Integer(), nullable=False, comment="How many of them had a longer term"),
        sa.Column("days", sa.BigInteger(), nullable=False, comment="From registration to the end, together"),
        sa.PrimaryKeyConstraint(
            *("month", "institution_id", "kind", "channel", "outcome", "timeliness"), name="pk_figures"
        ),
        comment="Of no person; a month is counted once, when its last term has passed",
    )


def _answer_documents() -> None:
    op.create_index(
        "ix_drafts_sent_at", "drafts", ["sent_at"], postgresql_where=sa.text("sent_at IS NOT NULL")
    )
    op.create_table(
        "answer_documents",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column(
            "code_key", sa.LargeBinary(), nullable=False, comment="Keyed hash of the code to verify it by"
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_key", sa.String(100), nullable=False, comment="Its name in the store of documents"),
        sa.Column("file_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("file_bytes", sa.Integer(), nullable=False),
        sa.Column("seal_level", sa.String(8), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name="fk_answer_documents_petitions"),
        sa.PrimaryKeyConstraint("petition_id", name="pk_answer_documents"),
        sa.UniqueConstraint("code_key", name="uq_answer_documents_code_key"),
        comment="The sealed document of each answer; made once, after the answer was sent",
    )
    op.execute("REVOKE UPDATE, DELETE ON answer_documents FROM petitions_app")


def _transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("from_compartment_id", sa.Uuid(), comment="None for what comes from the registry"),
        sa.Column("to_compartment_id", sa.Uuid(), nullable=False),
        sa.Column("handed_by", sa.Uuid(), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, comment="WAITING, ACCEPTED or REFUSED"),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("refusal", sa.String(500), comment="Why it was refused"),
        sa.CheckConstraint(
            "(state = 'WAITING') = (decided_at IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)",
            name="ck_transfers_decided",
        ),
        sa.CheckConstraint("(state = 'REFUSED') = (refusal IS NOT NULL)", name="ck_transfers_refusal"),
        sa.CheckConstraint("from_compartment_id <> to_compartment_id", name="ck_transfers_elsewhere"),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name="fk_transfers_petitions"),
        sa.ForeignKeyConstraint(
            ["from_compartment_id"], ["compartments.id"], name="fk_transfers_from_compartments"
        ),
        sa.ForeignKeyConstraint(
            ["to_compartment_id"], ["compartments.id"], name="fk_transfers_to_compartments"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_transfers"),
        comment="The log of hand-overs (condica): each is accepted or refused by who receives",
    )
    op.create_index("ix_transfers_petition_id_id", "transfers", ["petition_id", "id"])
    op.create_index(
        "ix_transfers_waiting",
        "transfers",
        ["to_compartment_id", "id"],
        postgresql_where=sa.text("state = 'WAITING'"),
    )
    op.create_index(
        "uq_transfers_waiting",
        "transfers",
        ["petition_id"],
        unique=True,
        postgresql_where=sa.text("state = 'WAITING'"),
    )
    op.execute("REVOKE DELETE ON transfers FROM petitions_app")


def downgrade() -> None:
    op.drop_table("transfers")
    op.drop_table("answer_documents")
    op.drop_table("figures")
    op.drop_table("file_words")
    op.drop_table("directory")
    op.drop_index("ix_petitions_to_warn", table_name="petitions")
    op.drop_column("petitions", "warned")
    op.drop_table("requested_documents")
    op.drop_table("messages")
    for table in ("attachments", "uploads", "email_codes", "tries", "petitioners"):
        op.drop_table(table)
    for column in ("entered_by", "received_on", "channel"):
        op.drop_column("petitions", column)
    op.execute("UPDATE petitions SET person_id = id, acting_person_id = id WHERE person_id IS NULL")
    op.alter_column("petitions", "acting_person_id", nullable=False)
    op.alter_column("petitions", "person_id", nullable=False)
    for table in ("steps", "forwardings", "clarifications", "drafts", "signature_delegations"):
        op.drop_table(table)
    op.drop_index("ix_petitions_to_archive", table_name="petitions")
    op.drop_index("ix_petitions_leader_id", table_name="petitions")
    for index in ("of_handler", "in_state", "in_compartment"):
        op.drop_index(f"ix_petitions_open_{index}", table_name="petitions")
    op.drop_index("ix_petitions_open", table_name="petitions")
    for column in (
        *(
            "compartment_id",
            "handler_id",
            "forwarded_from",
            "leader_id",
            "extended_at",
            "extended_from",
            "extended_until",
        ),
        *("extension_reason", "complained_of", "reports_crime", "solution", "closed_on"),
    ):
        op.drop_column("petitions", column)
    op.drop_table("members")
    op.drop_table("compartments")
    op.drop_table("register_entries")
    op.drop_column("registers", "last_sha256")
