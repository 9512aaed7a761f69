"""What people write to each other about petitions, and whom they meet."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "20261122_2100"
down_revision = "20261122_1800"
branch_labels = None
depends_on = None

_FIGURE = ("month", "institution_id", "kind", "channel", "outcome", "timeliness")


def upgrade() -> None:
    _messages()
    _uploads()
    _signatures()
    _clocks()
    _audiences()
    _counselling()
    _choices()
    _topics()
    _ratings()
    op.create_index("ix_answer_documents_file_sha256", "answer_documents", ["file_sha256"])


def _messages() -> None:
    op.add_column(
        "messages",
        sa.Column(
            "reminded_at", sa.DateTime(timezone=True), comment="When the other side was reminded of it"
        ),
    )
    op.create_index(
        "ix_messages_unread",
        "messages",
        ["sent_at"],
        postgresql_where=sa.text("read_at IS NULL AND reminded_at IS NULL"),
    )
    op.add_column(
        "requested_documents",
        sa.Column(
            "accepted_types", ARRAY(sa.String(100)), comment="By content; none: every type that is taken"
        ),
    )
    op.add_column(
        "requested_documents",
        sa.Column(
            "reminded_at", sa.DateTime(timezone=True), comment="When the petitioner was reminded of it"
        ),
    )
    op.create_index(
        "ix_requested_documents_due",
        "requested_documents",
        ["due_on"],
        postgresql_where=sa.text("sent_with IS NULL AND reminded_at IS NULL"),
    )
    op.create_table(
        "message_attachments",
        *_file(),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("document_id", sa.Uuid(), comment="The document that it is"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_message_attachments_messages"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["requested_documents.id"], name="fk_message_attachments_requested_documents"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_message_attachments"),
        sa.UniqueConstraint("message_id", "ordinal", name="uq_message_attachments_message_id_ordinal"),
        comment="Files of messages, locked with them; nothing is taken away here",
    )
    op.execute("REVOKE UPDATE, DELETE ON message_attachments FROM petitions_app")
    op.execute("GRANT UPDATE (reminded_at, sender_id) ON messages TO petitions_app")
    op.execute("GRANT UPDATE (reminded_at) ON requested_documents TO petitions_app")


def _uploads() -> None:
    op.alter_column("uploads", "person_id", nullable=True)
    op.add_column(
        "uploads",
        sa.Column("code_id", sa.Uuid(), comment="The e-mail code of who uploaded it without an account"),
    )
    op.create_check_constraint("ck_uploads_uploader", "uploads", "num_nonnulls(person_id, code_id) = 1")
    op.create_index(
        "ix_uploads_code_id", "uploads", ["code_id"], postgresql_where=sa.text("code_id IS NOT NULL")
    )


def _signatures() -> None:
    op.create_index(
        "ix_petitioners_signed_too",
        "petitioners",
        ["person_id", "petition_id"],
        postgresql_where=sa.text("ordinal > 1"),
    )


def _clocks() -> None:
    op.add_column(
        "petitions",
        sa.Column(
            "runs_from",
            sa.Date(),
            comment="The day its term runs from, where it reached the institution before it was entered",
        ),
    )
    op.add_column(
        "petitions",
        sa.Column(
            "answer_wanted",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Who sends a suggestion may want no answer to it",
        ),
    )
    op.create_table(
        "links",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False, comment="The petition that it came out of"),
        sa.Column("kind", sa.String(16), nullable=False, comment="SPLIT or COMPLAINT"),
        sa.Column("ground", sa.String(16), comment="Of a complaint: REFUSAL or SILENCE"),
        sa.Column("learned_on", sa.Date(), comment="Of a complaint: when its author learned of that"),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("petition_id <> origin_id", name="ck_links_origin"),
        sa.CheckConstraint(
            "num_nulls(ground, learned_on) = CASE kind WHEN 'COMPLAINT' THEN 0 ELSE 2 END",
            name="ck_links_complaint",
        ),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name="fk_links_petitions"),
        sa.ForeignKeyConstraint(["origin_id"], ["petitions.id"], name="fk_links_origins"),
        sa.PrimaryKeyConstraint("petition_id", name="pk_links"),
        comment="Petitions that came out of others, each with a clock of its own; only added to",
    )
    op.create_index("ix_links_origin_id", "links", ["origin_id", "petition_id"])
    op.create_index(
        "uq_links_complaint",
        "links",
        ["origin_id", "ground"],
        unique=True,
        postgresql_where=sa.text("kind = 'COMPLAINT'"),
    )
    op.execute("REVOKE UPDATE, DELETE ON links FROM petitions_app")
    op.create_table(
        "bridge_days",
        sa.Column("institution_id", sa.Uuid(), nullable=False, comment="All zeros: every institution"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("is_granted", sa.Boolean(), nullable=False, comment="False once it was taken back"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("institution_id", "day", name="pk_bridge_days"),
        comment="The copy of the days off that the government grants, fed by svc-passport-booking's events",
    )


def _audiences() -> None:
    op.create_table(
        "sittings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("function", sa.String(200), nullable=False, comment="Who receives, by function"),
        sa.Column("host_id", sa.Uuid(), comment="The official who receives, where known"),
        sa.Column("mode", sa.String(16), nullable=False, comment="IN_PERSON or VIDEO"),
        sa.Column("place", sa.String(300), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False, comment="For each who is received"),
        sa.Column("places", sa.SmallInteger(), nullable=False),
        sa.Column("topics", ARRAY(sa.String(32)), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True)),
        sa.Column("cancel_reason", sa.Text()),
        sa.CheckConstraint("mode IN ('IN_PERSON', 'VIDEO')", name=op.f("ck_sittings_mode")),
        sa.CheckConstraint("minutes > 0 AND places > 0", name=op.f("ck_sittings_size")),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancel_reason IS NULL)", name=op.f("ck_sittings_cancelled")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_sittings_institutions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sittings")),
        comment="Hours in which a dignitary or officer receives people",
    )
    op.create_index("ix_sittings_institution", "sittings", ["institution_id", "starts_at", "id"])
    op.create_table(
        "audience_places",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_audience_places_sittings")),
        sa.PrimaryKeyConstraint("sitting_id", "place", name=op.f("pk_audience_places")),
        comment="The places of a sitting, one after the other",
    )
    op.create_table(
        "audiences",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False, comment="Who has its file"),
        sa.Column("topic", sa.String(32)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), comment="Who signed first, if they have an account"),
        sa.Column("same_key", sa.LargeBinary(), comment="By what who has no account is known again"),
        sa.Column("sitting_id", sa.Uuid()),
        sa.Column("place", sa.SmallInteger()),
        sa.Column("preparation", sa.Text(), comment="For officials alone"),
        sa.Column("follow_up_id", sa.Uuid(), comment="The petition that came of it"),
        sa.Column(
            "reminded_of", sa.DateTime(timezone=True), comment="The hour of which its person was reminded"
        ),
        sa.CheckConstraint("(sitting_id IS NULL) = (place IS NULL)", name=op.f("ck_audiences_place")),
        sa.CheckConstraint(
            "(sitting_id IS NOT NULL) = (state IN ('SCHEDULED', 'CONFIRMED', 'HELD', 'MISSED'))",
            name=op.f("ck_audiences_scheduled"),
        ),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_audiences_petitions")),
        sa.ForeignKeyConstraint(["follow_up_id"], ["petitions.id"], name="fk_audiences_follow_up"),
        sa.ForeignKeyConstraint(
            ["sitting_id", "place"],
            ["audience_places.sitting_id", "audience_places.place"],
            name=op.f("fk_audiences_audience_places"),
        ),
        sa.PrimaryKeyConstraint("petition_id", name=op.f("pk_audiences")),
        sa.UniqueConstraint("sitting_id", "place", name="uq_audiences_place"),
        sa.UniqueConstraint("sitting_id", "person_id", name="uq_audiences_person"),
        sa.UniqueConstraint("sitting_id", "same_key", name="uq_audiences_same"),
        sa.UniqueConstraint("follow_up_id", name="uq_audiences_follow_up"),
        comment="Petitions that ask to be received",
    )
    op.create_index("ix_audiences_institution", "audiences", ["institution_id", "state", "petition_id"])
    op.create_index(
        "ix_audiences_person",
        "audiences",
        ["person_id"],
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_table(
        "audience_steps",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="That of the audience after it"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("came_from", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("reason", sa.String(64)),
        sa.Column("note", sa.Text(), comment="A reason in words"),
        sa.CheckConstraint(
            "(actor_id IS NULL) = (actor_kind = 'SYSTEM')", name=op.f("ck_audience_steps_actor")
        ),
        sa.PrimaryKeyConstraint("petition_id", "version", name=op.f("pk_audience_steps")),
        comment="Every step of every audience; only added to",
    )
    op.create_table(
        "audience_minutes",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("present", ARRAY(sa.Text()), nullable=False, comment="Who was there, by function"),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("promises", JSONB(), nullable=False, comment="What was promised, each until a day"),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["audiences.petition_id"], name=op.f("fk_audience_minutes_audiences")
        ),
        sa.PrimaryKeyConstraint("petition_id", name=op.f("pk_audience_minutes")),
        comment="What was said in an audience; never changed",
    )
    # What was asked for before is waiting for a place, or was dealt with as a petition.
    op.execute(
        "INSERT INTO audiences (petition_id, institution_id, state, version, person_id, same_key)"
        " SELECT p.id, p.institution_id, CASE WHEN p.state IN ('REGISTERED', 'TRIAGE') THEN 'REQUESTED'"
        " ELSE 'IN_WRITING' END, 1, s.person_id, s.same_key FROM petitions p"
        " LEFT JOIN petitioners s ON s.petition_id = p.id AND s.ordinal = 1 WHERE p.kind = 'AUDIENCE'"
    )
    op.execute("REVOKE DELETE ON sittings, audience_places, audiences FROM petitions_app")
    op.execute("REVOKE UPDATE, DELETE ON audience_steps, audience_minutes FROM petitions_app")


def _counselling() -> None:
    op.create_table(
        "counselling_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False, comment="The legal date of it"),
        sa.Column("channel", sa.String(16), nullable=False, comment="PHONE or FACE_TO_FACE"),
        sa.Column("topic", sa.String(32), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), comment="What it was about, if it is registered"),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('PHONE', 'FACE_TO_FACE')", name=op.f("ck_counselling_contacts_channel")
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_counselling_contacts_minutes")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_counselling_contacts_institutions")
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petitions.id"], name=op.f("fk_counselling_contacts_petitions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counselling_contacts")),
        comment="Contacts without names, numbers or words; only added to",
    )
    op.create_index(
        "ix_counselling_contacts_institution",
        "counselling_contacts",
        ["institution_id", "on_day", "topic", "channel"],
    )
    op.create_index("ix_counselling_contacts_day", "counselling_contacts", ["on_day"])
    op.execute("REVOKE UPDATE, DELETE ON counselling_contacts FROM petitions_app")


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


def _choices() -> None:
    op.create_table(
        "choices",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False, comment="Who had the file"),
        sa.Column("structure_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("names", JSONB(), nullable=False, comment="As it was called then"),
        sa.Column("is_outside", sa.Boolean(), nullable=False),
        sa.Column("addressee", sa.String(300), comment="The name of one outside the hub, where it is known"),
        sa.Column("topic", sa.String(64), comment="Of the attribution that fits best; none where none does"),
        sa.Column("texts", JSONB(), nullable=False, comment="What that attribution is called, by language"),
        sa.Column("rules", ARRAY(sa.String(32)), nullable=False, comment="Why this one, as domain.routing"),
        sa.Column("others", JSONB(), nullable=False, comment="What else was suggested, and why"),
        sa.Column("chosen_by", sa.Uuid(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("petition_id", "ordinal", name="pk_choices"),
        comment="The last one of an institution holds; only added to, and nothing of what a petition says",
    )
    op.execute("REVOKE UPDATE, DELETE ON choices FROM petitions_app")
    op.add_column(
        "directory",
        sa.Column("addressee", sa.Text(), comment="How a letter to one outside the hub is addressed"),
    )
    op.add_column(
        "forwardings", sa.Column("choice", sa.Integer(), comment="What the registry had chosen, by ordinal")
    )


def _topics() -> None:
    op.add_column(
        "figures",
        sa.Column(
            "topic",
            sa.String(64),
            server_default=sa.text("'UNSORTED'"),
            nullable=False,
            comment="Of the structure that the registry has chosen",
        ),
    )
    op.drop_constraint("pk_figures", "figures")
    op.create_primary_key("pk_figures", "figures", [*_FIGURE, "topic"])


def _ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False, comment="Whose answer it is"),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_ratings_score")),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_ratings_petitions")),
        sa.PrimaryKeyConstraint("petition_id", name=op.f("pk_ratings")),
        comment="Given once, and told in sums alone: no official reads one",
    )
    op.create_index(op.f("ix_ratings_rated_on"), "ratings", ["rated_on"])
    op.execute("REVOKE UPDATE, DELETE ON ratings FROM petitions_app")


def downgrade() -> None:
    op.drop_table("ratings")
    op.drop_constraint("pk_figures", "figures")
    op.drop_column("figures", "topic")
    op.create_primary_key("pk_figures", "figures", [*_FIGURE])
    op.drop_column("forwardings", "choice")
    op.drop_column("directory", "addressee")
    op.drop_table("choices")
    op.drop_table("bridge_days")
    op.drop_table("links")
    op.drop_column("petitions", "answer_wanted")
    op.drop_column("petitions", "runs_from")
    for table in (
        *("counselling_contacts", "audience_minutes", "audience_steps", "audiences", "audience_places"),
        "sittings",
    ):
        op.drop_table(table)
    op.drop_index("ix_petitioners_signed_too", table_name="petitioners")
    op.execute("DELETE FROM uploads WHERE person_id IS NULL")
    op.drop_index("ix_uploads_code_id", table_name="uploads")
    op.drop_constraint("ck_uploads_uploader", "uploads")
    op.drop_column("uploads", "code_id")
    op.alter_column("uploads", "person_id", nullable=False)
    op.drop_table("message_attachments")
    op.drop_index("ix_requested_documents_due", table_name="requested_documents")
    op.drop_column("requested_documents", "reminded_at")
    op.drop_column("requested_documents", "accepted_types")
    op.drop_index("ix_messages_unread", table_name="messages")
    op.drop_column("messages", "reminded_at")
