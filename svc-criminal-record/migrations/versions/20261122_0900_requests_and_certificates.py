"""Requests, certificates, extracts, consents, and what every service has."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_0900"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("request_numbers")))
    op.execute(sa.schema.CreateSequence(sa.Sequence("certificate_numbers")))
    op.execute(sa.schema.CreateSequence(sa.Sequence("status_places")))
    op.create_table(
        "batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("motive", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
    )
    op.create_index("ix_batches_institution_id_id", "batches", ["institution_id", "id"], unique=False)
    op.create_index(
        "ix_batches_open",
        "batches",
        ["id"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("caller", sa.String(200), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.SmallInteger()),
        sa.Column("headers", sa.JSON()),
        sa.Column("body", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_claimed_at", "idempotency_keys", ["claimed_at"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.String(100), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id", name="pk_inbox"),
        comment="Events that a consumer has done; an event that comes again changes nothing",
    )
    op.create_table(
        "institutions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("county", sa.String(2)),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_institutions"),
        comment="The few facts of svc-catalog's institutions that are needed here, fed by its events",
    )
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7: CloudEvents id and Nats-Msg-Id"),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("key", sa.String(200), nullable=False, comment="Aggregate id: order holds within it"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("traceparent", sa.String(55)),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("stream_seq", sa.BigInteger(), nullable=True, comment="Where the stream acknowledged it"),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        comment="Events to be published; the truth from which a stream that lost some is filled again",
    )
    op.create_index(
        "outbox_held",
        "outbox",
        ["stream_seq"],
        unique=False,
        postgresql_where=sa.text("stream_seq IS NOT NULL"),
    )
    op.create_index(
        "outbox_waiting", "outbox", ["seq"], unique=False, postgresql_where=sa.text("published_at IS NULL")
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("product", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("holder_kind", sa.String(16), nullable=False),
        sa.Column(
            "holder_key",
            sa.LargeBinary(),
            nullable=False,
            comment="Keyed hash of CNP, CUI or foreign document",
        ),
        sa.Column(
            "holder_id",
            sa.Uuid(),
            nullable=True,
            comment="The person or organisation in the hub; none for who has no account",
        ),
        sa.Column("acting_person_id", sa.Uuid(), nullable=True, comment="Who asked online, also for another"),
        sa.Column("mandate_id", sa.Uuid()),
        sa.Column(
            "holder", sa.LargeBinary(), nullable=False, comment="Encrypted: who it is, as the source said it"
        ),
        sa.Column("motive", sa.String(64), nullable=False),
        sa.Column(
            "motive_text",
            sa.LargeBinary(),
            nullable=True,
            comment="Encrypted: another motive, in the person's words",
        ),
        sa.Column(
            "county",
            sa.String(2),
            nullable=True,
            comment="Where it was asked for or the holder lives: for statistics",
        ),
        sa.Column("institution_id", sa.Uuid(), nullable=True, comment="The unit of the counter"),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False, comment="The legal date, Europe/Bucharest"),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("alarm_on", sa.Date(), nullable=False),
        sa.Column("alarmed_at", sa.DateTime(timezone=True)),
        sa.Column("register_down_since", sa.DateTime(timezone=True)),
        sa.Column(
            "review_reasons",
            postgresql.ARRAY(sa.String(32)),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("claimed_by", sa.Uuid(), nullable=True, comment="The officer at work on it"),
        sa.Column("claimed_at", sa.DateTime(timezone=True)),
        sa.Column(
            "proposed_by",
            sa.Uuid(),
            nullable=True,
            comment="The first of two officers, where two have to agree",
        ),
        sa.Column("proposal", sa.String(16)),
        sa.Column(
            "proposed_match",
            sa.LargeBinary(),
            nullable=True,
            comment="Keyed hash of what the first chose in the register",
        ),
        sa.Column("refusal_reason", sa.String(32)),
        sa.Column("refusal_text", sa.LargeBinary(), nullable=True, comment="Encrypted: the reason in words"),
        sa.Column(
            "papers",
            sa.LargeBinary(),
            nullable=True,
            comment="Encrypted: who came to the counter, and what was shown there",
        ),
        sa.Column(
            "counter_until", sa.Date(), nullable=True, comment="The last day for coming to the counter"
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(holder_id = acting_person_id) OR channel <> 'ONLINE' OR mandate_id IS NOT NULL",
            name="ck_requests_mandate",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sa.UniqueConstraint("number", name="uq_requests_number"),
    )
    op.create_index("ix_requests_acting_person_id_id", "requests", ["acting_person_id", "id"], unique=False)
    op.create_index(
        "ix_requests_at_the_counter",
        "requests",
        ["counter_until", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'NEEDS_COUNTER'"),
    )
    op.create_index(
        "ix_requests_by_day",
        "requests",
        ["submitted_at", "decided_at"],
        unique=False,
        postgresql_using="brin",
    )
    op.create_index("ix_requests_holder_id_id", "requests", ["holder_id", "id"], unique=False)
    op.create_index(
        "ix_requests_to_check",
        "requests",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state IN ('SUBMITTED', 'AUTO_CHECK')"),
    )
    op.create_index(
        "ix_requests_to_review",
        "requests",
        ["due_on", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'MANUAL_REVIEW'"),
    )
    op.create_index(
        "uq_requests_one_a_day",
        "requests",
        ["product", "holder_key", "motive", "requested_on"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('CANCELLED', 'REJECTED')"),
    )
    op.create_table(
        "rule_tables",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rows", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_rule_tables"),
        comment="The copy of svc-catalog's legal numbers, one row a code, fed by its events",
    )
    op.create_table(
        "daily_figures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("product", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("county", sa.String(2), nullable=False, comment="Empty where it is not known"),
        sa.Column("measure", sa.String(48), nullable=False, comment="What is counted, and of what kind"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "product", "channel", "county", "measure", name="pk_daily_figures"),
        comment="What the days that are over amount to; a day that stands here never changes",
    )
    op.create_table(
        "status_lists",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "secret", sa.LargeBinary(), nullable=False, comment="In which order its indexes are given out"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_status_lists"),
        comment="Token Status Lists: bits come from the certificates themselves",
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("holder_key", sa.LargeBinary(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("motive", sa.String(64), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False, comment="The last day"),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name="fk_consents_institutions"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        comment="Who lets which institution ask for what, until when",
    )
    op.create_index("ix_consents_person_id_id", "consents", ["person_id", "id"], unique=False)
    op.create_index(
        "uq_consents_in_force",
        "consents",
        ["institution_id", "holder_key", "motive"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "steps",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, comment="The state it came to"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False, comment="PERSON, OFFICIAL or SYSTEM"),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("reason", sa.Text(), nullable=True, comment="A code; words are encrypted with the request"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_steps_requests"),
        sa.PrimaryKeyConstraint("request_id", "number", name="pk_steps"),
        comment="The audit trail of requests: nothing is ever changed here",
    )
    op.create_table(
        "extracts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False, comment="The institution's own, of the item"),
        sa.Column("holder_key", sa.LargeBinary(), nullable=False),
        sa.Column("holder", sa.LargeBinary(), nullable=False, comment="Encrypted: who is asked about"),
        sa.Column("consent_id", sa.Uuid()),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state <> 'ISSUED' OR consent_id IS NOT NULL", name="ck_extracts_consent"),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_extracts_batches"),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name="fk_extracts_consents"),
        sa.PrimaryKeyConstraint("id", name="pk_extracts"),
    )
    op.create_index("ix_extracts_batch_id_id", "extracts", ["batch_id", "id"], unique=False)
    op.create_index("ix_extracts_consent_id", "extracts", ["consent_id"], unique=False)
    op.create_index(
        "ix_extracts_waiting",
        "extracts",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'WAITING'"),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True, comment="None for a correction"),
        sa.Column("extract_id", sa.Uuid(), nullable=True, comment="Of what went to an institution"),
        sa.Column("product", sa.String(16), nullable=False),
        sa.Column("series", sa.String(8), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("holder_key", sa.LargeBinary(), nullable=False),
        sa.Column("holder_id", sa.Uuid()),
        sa.Column("motive", sa.String(64), nullable=False),
        sa.Column("code_key", sa.LargeBinary(), nullable=False, comment="Keyed hash of the code"),
        sa.Column(
            "facts",
            sa.LargeBinary(),
            nullable=False,
            comment="Encrypted: what the document says, and the code",
        ),
        sa.Column(
            "hint", sa.LargeBinary(), nullable=False, comment="Encrypted: initials and last four digits"
        ),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False, comment="The last day"),
        sa.Column("file_key", sa.String(128), nullable=False),
        sa.Column("file_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("file_bytes", sa.Integer(), nullable=False),
        sa.Column(
            "seal_level",
            sa.String(8),
            nullable=False,
            comment="B-B, B-T or B-LT: what the outside allowed",
        ),
        sa.Column("status_list", sa.Integer(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("revocation_reason", sa.String(32)),
        sa.Column("superseded_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revocation_reason IS NULL)", name="ck_certificates_revocation"
        ),
        sa.ForeignKeyConstraint(["extract_id"], ["extracts.id"], name="fk_certificates_extracts"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_certificates_requests"),
        sa.ForeignKeyConstraint(["superseded_by"], ["certificates.id"], name="fk_certificates_certificates"),
        sa.PrimaryKeyConstraint("id", name="pk_certificates"),
        sa.UniqueConstraint("code_key", name="uq_certificates_code_key"),
        sa.UniqueConstraint("request_id", name="uq_certificates_request_id"),
        sa.UniqueConstraint("extract_id", name="uq_certificates_extract_id"),
        sa.UniqueConstraint("series", "number", name="uq_certificates_series_number"),
        sa.UniqueConstraint("status_list", "status_index", name="uq_certificates_status_list_status_index"),
    )
    op.create_index("ix_certificates_file_sha256", "certificates", ["file_sha256"], unique=False)
    op.create_index("ix_certificates_holder_id_id", "certificates", ["holder_id", "id"], unique=False)
    op.create_index("ix_certificates_valid_until_id", "certificates", ["valid_until", "id"], unique=False)
    op.create_index(
        "ix_certificates_without_effect",
        "certificates",
        ["status_list", "status_index"],
        unique=False,
        postgresql_where=sa.text("revoked_at IS NOT NULL OR superseded_by IS NOT NULL"),
    )
    op.create_table(
        "certificate_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False, comment="REVOCATION or CORRECTION"),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False, comment="Encrypted: the reason in words"),
        sa.Column(
            "holder",
            sa.LargeBinary(),
            nullable=True,
            comment="Encrypted: the holder as a correction is to name them",
        ),
        sa.Column(
            "match",
            sa.LargeBinary(),
            nullable=True,
            comment="Keyed hash of what a correction is to say, as the register has it",
        ),
        sa.Column(
            "institution_id", sa.Uuid(), nullable=False, comment="Where it was proposed and is decided"
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decision", sa.String(16)),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name="ck_certificate_changes_four_eyes"
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name="fk_certificate_changes_certificates"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_certificate_changes"),
        comment="Revocations and corrections: one official proposes, another decides",
    )
    op.create_index(
        "ix_certificate_changes_certificate_id_id",
        "certificate_changes",
        ["certificate_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_certificate_changes_to_decide",
        "certificate_changes",
        ["institution_id", "id"],
        unique=False,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_index(
        "uq_certificate_changes_one_open",
        "certificate_changes",
        ["certificate_id"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "verifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("way", sa.String(8), nullable=False, comment="CODE, QR or FILE"),
        sa.Column("standing", sa.String(16), nullable=False, comment="What was answered"),
        sa.PrimaryKeyConstraint("id", name="pk_verifications"),
        comment="Each verification, for the holder; nothing of who asked",
    )
    op.create_index(
        "ix_verifications_certificate_id_id", "verifications", ["certificate_id", "id"], unique=False
    )
    op.create_table(
        "verification_tries",
        sa.Column("key", sa.LargeBinary(), nullable=False, comment="Keyed hash of what was asked about"),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_verification_tries"),
        comment="How often each code was tried, whether there is such a code or not",
    )
    op.create_index("ix_verification_tries_since", "verification_tries", ["since"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_verification_tries_since", table_name="verification_tries")
    op.drop_table("verification_tries")
    op.drop_index("ix_verifications_certificate_id_id", table_name="verifications")
    op.drop_table("verifications")
    op.drop_index(
        "uq_certificate_changes_one_open",
        table_name="certificate_changes",
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.drop_index(
        "ix_certificate_changes_to_decide",
        table_name="certificate_changes",
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.drop_index("ix_certificate_changes_certificate_id_id", table_name="certificate_changes")
    op.drop_table("certificate_changes")
    op.drop_index(
        "ix_certificates_without_effect",
        table_name="certificates",
        postgresql_where=sa.text("revoked_at IS NOT NULL OR superseded_by IS NOT NULL"),
    )
    op.drop_index("ix_certificates_valid_until_id", table_name="certificates")
    op.drop_index("ix_certificates_holder_id_id", table_name="certificates")
    op.drop_index("ix_certificates_file_sha256", table_name="certificates")
    op.drop_table("certificates")
    op.drop_index("ix_extracts_waiting", table_name="extracts", postgresql_where=sa.text("state = 'WAITING'"))
    op.drop_index("ix_extracts_consent_id", table_name="extracts")
    op.drop_index("ix_extracts_batch_id_id", table_name="extracts")
    op.drop_table("extracts")
    op.drop_table("steps")
    op.drop_index(
        "uq_consents_in_force", table_name="consents", postgresql_where=sa.text("revoked_at IS NULL")
    )
    op.drop_index("ix_consents_person_id_id", table_name="consents")
    op.drop_table("consents")
    op.drop_table("status_lists")
    op.drop_table("daily_figures")
    op.drop_table("rule_tables")
    op.drop_index(
        "uq_requests_one_a_day",
        table_name="requests",
        postgresql_where=sa.text("state NOT IN ('CANCELLED', 'REJECTED')"),
    )
    op.drop_index(
        "ix_requests_to_review", table_name="requests", postgresql_where=sa.text("state = 'MANUAL_REVIEW'")
    )
    op.drop_index(
        "ix_requests_to_check",
        table_name="requests",
        postgresql_where=sa.text("state IN ('SUBMITTED', 'AUTO_CHECK')"),
    )
    op.drop_index("ix_requests_holder_id_id", table_name="requests")
    op.drop_index("ix_requests_by_day", table_name="requests", postgresql_using="brin")
    op.drop_index(
        "ix_requests_at_the_counter",
        table_name="requests",
        postgresql_where=sa.text("state = 'NEEDS_COUNTER'"),
    )
    op.drop_index("ix_requests_acting_person_id_id", table_name="requests")
    op.drop_table("requests")
    op.drop_index("outbox_waiting", table_name="outbox", postgresql_where=sa.text("published_at IS NULL"))
    op.drop_index("outbox_held", table_name="outbox", postgresql_where=sa.text("stream_seq IS NOT NULL"))
    op.drop_table("outbox")
    op.drop_table("institutions")
    op.drop_table("inbox")
    op.drop_index("ix_idempotency_keys_claimed_at", table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_index("ix_batches_open", table_name="batches", postgresql_where=sa.text("finished_at IS NULL"))
    op.drop_index("ix_batches_institution_id_id", table_name="batches")
    op.drop_table("batches")
    op.execute(sa.schema.DropSequence(sa.Sequence("status_places")))
    op.execute(sa.schema.DropSequence(sa.Sequence("certificate_numbers")))
    op.execute(sa.schema.DropSequence(sa.Sequence("request_numbers")))
