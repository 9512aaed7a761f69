"""Offices, slots, appointments, and what every service has."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1500"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code_key", sa.LargeBinary(), nullable=False, comment="Keyed hash of the code"),
        sa.Column("code", sa.LargeBinary(), nullable=False, comment="Encrypted"),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column(
            "channel", sa.String(16), nullable=False, comment="ONLINE, COUNTER (walked in), OFFER or OFFICE"
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.SmallInteger(), nullable=False, comment="Persons"),
        sa.Column("person_id", sa.Uuid(), comment="Whose account it is; none for who booked without one"),
        sa.Column("contact", sa.LargeBinary(), comment="Encrypted: where to write to who has no account"),
        sa.Column("situation", sa.LargeBinary(), comment="Encrypted: what the list of documents depends on"),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), comment="While it is only held"),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("end_reason", sa.String(32)),
        sa.Column(
            "replaces_id", sa.Uuid(), comment="The appointment that an office took away, or that was moved"
        ),
        sa.Column("has_priority", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), comment="When its people checked in"),
        sa.Column("called_at", sa.DateTime(timezone=True)),
        sa.Column("desk", sa.String(32), comment="The counter that called it"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'HELD') <= (held_until IS NOT NULL)", name="ck_appointments_hold"),
        sa.CheckConstraint("size > 0 AND starts_at < ends_at", name="ck_appointments_size"),
        sa.PrimaryKeyConstraint("id", name="pk_appointments"),
        sa.UniqueConstraint("code_key", name="uq_appointments_code_key"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index(
        "ix_appointments_held", "appointments", ["held_until"], postgresql_where=sa.text("state = 'HELD'")
    )
    op.create_index("ix_appointments_of_day", "appointments", ["office_id", "starts_at", "id"])
    op.create_index(
        "ix_appointments_of_person",
        "appointments",
        ["person_id", "id"],
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_index(
        "ix_appointments_to_come",
        "appointments",
        ["starts_at"],
        postgresql_where=sa.text("state = 'CONFIRMED'"),
    )
    op.create_index(
        "ix_appointments_waiting",
        "appointments",
        ["office_id"],
        postgresql_where=sa.text("state = 'CHECKED_IN'"),
    )
    op.create_table(
        "bridge_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False, comment="The government's decision"),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_bridge_days"),
        comment="Days without work that the government grants, besides the legal holidays",
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
    op.create_index("ix_idempotency_keys_claimed_at", "idempotency_keys", ["claimed_at"])
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.String(100), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id", name="pk_inbox"),
        comment="Events that a consumer has done; an event that comes again changes nothing",
    )
    op.create_table(
        "offices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False, comment="Whose officials work there"),
        sa.Column("county", sa.String(2), nullable=False),
        sa.Column(
            "serves", postgresql.ARRAY(sa.String(2)), nullable=False, comment="Counties, its own among them"
        ),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("latitude", sa.Double()),
        sa.Column("longitude", sa.Double()),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="ck_offices_place"),
        sa.PrimaryKeyConstraint("id", name="pk_offices"),
        sa.UniqueConstraint("code", name="uq_offices_code"),
    )
    op.create_index("ix_offices_institution_id", "offices", ["institution_id"])
    op.create_index("ix_offices_serves", "offices", ["serves"], postgresql_using="gin")
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
        sa.Column("stream_seq", sa.BigInteger(), comment="Where the stream acknowledged it"),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        comment="Events to be published; the truth from which a stream that lost some is filled again",
    )
    op.create_index(
        "outbox_held", "outbox", ["stream_seq"], postgresql_where=sa.text("stream_seq IS NOT NULL")
    )
    op.create_index("outbox_waiting", "outbox", ["seq"], postgresql_where=sa.text("published_at IS NULL"))
    op.create_table(
        "rule_tables",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_rule_tables"),
        comment="The copy of svc-catalog's legal numbers, one row a code, fed by its events",
    )
    op.create_table(
        "changes",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("pool_id", sa.Uuid()),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text())),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text())),
        sa.Column("person_id", sa.Uuid(), comment="The official; none where the hub itself did it"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "is_moving",
            sa.Boolean(),
            nullable=False,
            comment="Whether people who had booked were moved by it",
        ),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name="fk_changes_offices"),
        sa.PrimaryKeyConstraint("seq", name="pk_changes"),
        comment="Who changed what: nothing is ever changed here",
    )
    op.create_index("ix_changes_office_id_seq", "changes", ["office_id", "seq"])
    op.create_table(
        "closures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("note", sa.Text(), comment="For people: what happened"),
        sa.Column("closed_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("starts_at < ends_at", name="ck_closures_period"),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name="fk_closures_offices"),
        sa.PrimaryKeyConstraint("id", name="pk_closures"),
    )
    op.create_index("ix_closures_office_id_starts_at", "closures", ["office_id", "starts_at"])
    op.create_table(
        "persons",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("family", sa.String(32), nullable=False, comment="Types that exclude one another"),
        sa.Column("person_key", sa.LargeBinary(), nullable=False, comment="Keyed hash of the CNP"),
        sa.Column("tail_key", sa.LargeBinary(), nullable=False, comment="Keyed hash of its last four digits"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="Encrypted: names and CNP"),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("state", sa.String(24), server_default=sa.text("'EXPECTED'"), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name="fk_persons_appointments"),
        sa.PrimaryKeyConstraint("appointment_id", "number", name="pk_persons"),
    )
    op.create_index("ix_persons_key", "persons", ["person_key", "appointment_id"])
    op.create_index(
        "uq_persons_active",
        "persons",
        ["person_key", "family"],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "pools",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name="fk_pools_offices"),
        sa.PrimaryKeyConstraint("id", name="pk_pools"),
        comment="The counters of an office that serve the same things: a place at any of them is the same",
    )
    op.create_index("ix_pools_office_id", "pools", ["office_id"])
    op.create_index("uq_pools_code", "pools", ["office_id", "code"], unique=True)
    op.create_table(
        "steps",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False, comment="The state it came to"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False, comment="PERSON, GUEST, OFFICIAL or SYSTEM"),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("reason", sa.String(32)),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name="fk_steps_appointments"),
        sa.PrimaryKeyConstraint("appointment_id", "version", name="pk_steps"),
        comment="The audit trail of appointments: nothing is ever changed here",
    )
    op.create_table(
        "exceptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Time(), comment="None: closed on that day"),
        sa.Column("closes", sa.Time()),
        sa.Column("slot_minutes", sa.SmallInteger()),
        sa.Column("counters", sa.SmallInteger()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "num_nulls(opens, closes, slot_minutes, counters) IN (0, 4)", name="ck_exceptions_hours"
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pools.id"], name="fk_exceptions_pools"),
        sa.PrimaryKeyConstraint("id", name="pk_exceptions"),
    )
    op.create_index(
        "uq_exceptions_day",
        "exceptions",
        ["pool_id", "day", "opens"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "pool_types",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name="fk_pool_types_offices"),
        sa.ForeignKeyConstraint(["pool_id"], ["pools.id"], name="fk_pool_types_pools"),
        sa.PrimaryKeyConstraint("office_id", "type", name="pk_pool_types"),
        comment="What is served where: one thing by one pool of an office",
    )
    op.create_index("ix_pool_types_pool_id", "pool_types", ["pool_id"])
    op.create_table(
        "schedules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False, comment="ISO 8601: 1 is Monday"),
        sa.Column("opens", sa.Time(), nullable=False, comment="Local time, Europe/Bucharest"),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("slot_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("counters", sa.SmallInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.CheckConstraint("opens < closes", name="ck_schedules_hours"),
        sa.CheckConstraint("slot_minutes > 0 AND counters > 0", name="ck_schedules_size"),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="ck_schedules_weekday"),
        sa.ForeignKeyConstraint(["pool_id"], ["pools.id"], name="fk_schedules_pools"),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
    )
    op.create_index("ix_schedules_pool_id_valid_from", "schedules", ["pool_id", "valid_from"])
    op.create_table(
        "slots",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("planned", sa.SmallInteger(), nullable=False, comment="Counters that the schedule opens"),
        sa.Column(
            "capacity",
            sa.SmallInteger(),
            nullable=False,
            comment="planned, or what was taken before it shrank",
        ),
        sa.Column("taken", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("closed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "opens_at", sa.DateTime(timezone=True), comment="From when on it can be booked; none: from now on"
        ),
        sa.Column(
            "is_free",
            sa.Boolean(),
            sa.Computed("NOT closed AND taken < planned", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("minutes > 0", name="ck_slots_minutes"),
        sa.CheckConstraint("planned BETWEEN 0 AND capacity", name="ck_slots_planned"),
        sa.CheckConstraint("taken BETWEEN 0 AND capacity", name="ck_slots_taken"),
        sa.ForeignKeyConstraint(["pool_id"], ["pools.id"], name="fk_slots_pools"),
        sa.PrimaryKeyConstraint("id", name="pk_slots"),
        postgresql_with={"fillfactor": 50, "autovacuum_vacuum_scale_factor": 0.05},
    )
    op.create_index("ix_slots_closed", "slots", ["starts_at"], postgresql_where=sa.text("closed"))
    op.create_index("ix_slots_free", "slots", ["pool_id", "starts_at"], postgresql_where=sa.text("is_free"))
    op.create_index("uq_slots_start", "slots", ["pool_id", "starts_at"], unique=True)
    op.create_table(
        "places",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("slot_id", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("places > 0", name="ck_places_places"),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name="fk_places_appointments"),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name="fk_places_slots"),
        sa.PrimaryKeyConstraint("appointment_id", "slot_id", name="pk_places"),
        comment="What an appointment takes up; gone when it is given back",
    )
    op.create_index("ix_places_slot_id", "places", ["slot_id"])
    op.create_table(
        "releases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("slot_id", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.CheckConstraint("places > 0", name="ck_releases_places"),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name="fk_releases_slots"),
        sa.PrimaryKeyConstraint("id", name="pk_releases"),
        comment="Places given back, which stay taken until nobody can watch for the second",
    )
    op.create_index("ix_releases_due_at", "releases", ["due_at"])
    op.create_index("ix_releases_slot_id", "releases", ["slot_id"])
    _applications_and_figures()
    _guests()
    _openings()
    _waiting()


def _guests() -> None:
    op.create_table(
        "email_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email_key", sa.LargeBinary(), nullable=False, comment="Keyed hash of the address"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="Encrypted: address and code"),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_email_codes"),
        comment="Codes by which somebody without an account shows that an address is theirs",
    )
    op.create_index("ix_email_codes_expires_at", "email_codes", ["expires_at"])
    op.create_table(
        "spent_challenges",
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name="pk_spent_challenges"),
        comment="Challenges whose solution was used, until they are out of date anyway",
    )
    op.create_index("ix_spent_challenges_expires_at", "spent_challenges", ["expires_at"])
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


def _applications_and_figures() -> None:
    op.create_table(
        "applications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(32), nullable=False, comment="That of the office, written in one way"),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "person_number", sa.SmallInteger(), nullable=False, comment="Which person of the appointment"
        ),
        sa.Column("person_id", sa.Uuid(), comment="Whose account the appointment was; none for who had none"),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column(
            "search_key",
            sa.LargeBinary(),
            nullable=False,
            comment="Keyed hash: end of the CNP and applied_on",
        ),
        sa.Column(
            "phone",
            sa.LargeBinary(),
            comment="Encrypted: where to tell that it can be fetched, while wanted",
        ),
        sa.Column("phone_since", sa.DateTime(timezone=True), comment="When that was asked for"),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(phone IS NULL) = (phone_since IS NULL)", name="ck_applications_phone"),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name="fk_applications_appointments"),
        sa.PrimaryKeyConstraint("id", name="pk_applications"),
        sa.UniqueConstraint("number", name="uq_applications_number"),
    )
    op.create_index("ix_applications_of_office", "applications", ["office_id", "state", "id"])
    op.create_index(
        "ix_applications_of_person",
        "applications",
        ["person_id", "id"],
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_index("ix_applications_search", "applications", ["search_key"])
    op.create_index(
        "uq_applications_person", "applications", ["appointment_id", "person_number"], unique=True
    )
    op.create_table(
        "application_steps",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, comment="The state it came to"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "actor_kind", sa.String(16), nullable=False, comment="OFFICIAL, or SYSTEM for the production"
        ),
        sa.Column("actor_id", sa.Uuid()),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name="fk_application_steps_applications",
        ),
        sa.PrimaryKeyConstraint("application_id", "version", name="pk_application_steps"),
        comment="The audit trail of applications: nothing is ever changed here",
    )
    op.create_table(
        "reminders",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("reminder", sa.String(8), nullable=False, comment="FIRST or SECOND"),
        sa.Column(
            "starts_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Another hour is reminded of again",
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name="fk_reminders_appointments"),
        sa.PrimaryKeyConstraint("appointment_id", "reminder", "starts_at", name="pk_reminders"),
        comment="Reminders that were told, or were not due any more when it was booked",
    )
    op.create_table(
        "daily_figures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.String(48), nullable=False, comment="What is counted, and of what kind"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "pool_id", "measure", name="pk_daily_figures"),
        comment="What the days that are over amount to; a day that stands here never changes",
    )


def _openings() -> None:
    op.create_table(
        "openings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False, comment="RANDOM_MINUTE or DRAW"),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("days_from", sa.Date(), nullable=False),
        sa.Column("days_to", sa.Date(), nullable=False),
        sa.Column("window_from", sa.DateTime(timezone=True), nullable=False, comment="What was announced"),
        sa.Column("window_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False, comment="Secret until it has come"),
        sa.Column("seed", sa.LargeBinary(), nullable=False, comment="Encrypted: minute and order come of it"),
        sa.Column(
            "commitment",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of the seed: public from the start",
        ),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("days_from <= days_to", name="ck_openings_days"),
        sa.CheckConstraint("opens_at BETWEEN window_from AND window_to", name="ck_openings_opens"),
        sa.CheckConstraint("window_from < window_to", name="ck_openings_window"),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name="fk_openings_offices"),
        sa.ForeignKeyConstraint(["pool_id"], ["pools.id"], name="fk_openings_pools"),
        sa.PrimaryKeyConstraint("id", name="pk_openings"),
    )
    op.create_index("ix_openings_office_id_window_from", "openings", ["office_id", "window_from"])
    op.create_index("ix_openings_pool_id_days_from", "openings", ["pool_id", "days_from"])
    op.create_index("ix_openings_to_come", "openings", ["opens_at"])


def _waiting() -> None:
    op.create_table(
        "waiting_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "seq", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="The order of joining"
        ),
        sa.Column("kind", sa.String(8), nullable=False, comment="PLACE, or ALERT of who has an appointment"),
        sa.Column("code_key", sa.LargeBinary(), nullable=False, comment="Keyed hash of the code"),
        sa.Column("code", sa.LargeBinary(), nullable=False, comment="Encrypted"),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("topic", sa.String(64), nullable=False, comment="What competes for the same places"),
        sa.Column("county", sa.String(2), nullable=False),
        sa.Column("office_id", sa.Uuid(), comment="None: any office that serves the county"),
        sa.Column("size", sa.SmallInteger(), nullable=False, comment="Persons"),
        sa.Column("days_from", sa.Date(), nullable=False),
        sa.Column("days_to", sa.Date(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("end_reason", sa.String(16)),
        sa.Column("person_id", sa.Uuid(), comment="Whose account it is; none for who waits without one"),
        sa.Column("contact", sa.LargeBinary(), comment="Encrypted: where to write to who has no account"),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("has_priority", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "appointment_id",
            sa.Uuid(),
            comment="What an office took away, or what an earlier place is to replace",
        ),
        sa.Column("opening_id", sa.Uuid(), comment="The draw it takes part in"),
        sa.Column("rank", sa.Integer(), comment="Its place in that draw"),
        sa.Column("offered_id", sa.Uuid(), comment="The appointment that is the present offer"),
        sa.Column("offered_slot_id", sa.BigInteger()),
        sa.Column("offered_until", sa.DateTime(timezone=True)),
        sa.Column("unanswered", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'OFFERED') = (offered_until IS NOT NULL)", name="ck_waiting_entries_offer"
        ),
        sa.CheckConstraint("kind = 'PLACE' OR appointment_id IS NOT NULL", name="ck_waiting_entries_kind"),
        sa.CheckConstraint("size > 0 AND days_from <= days_to", name="ck_waiting_entries_size"),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name="fk_waiting_entries_offices"),
        sa.PrimaryKeyConstraint("id", name="pk_waiting_entries"),
        sa.UniqueConstraint("code_key", name="uq_waiting_entries_code_key"),
    )
    op.create_index(
        "ix_waiting_entries_of_opening",
        "waiting_entries",
        ["opening_id", "rank"],
        postgresql_where=sa.text("opening_id IS NOT NULL"),
    )
    op.create_index(
        "ix_waiting_entries_of_person",
        "waiting_entries",
        ["person_id", "id"],
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_index(
        "ix_waiting_entries_offered",
        "waiting_entries",
        ["offered_until"],
        postgresql_where=sa.text("state = 'OFFERED'"),
    )
    op.create_index(
        "ix_waiting_entries_waiting",
        "waiting_entries",
        ["county", "topic", "seq"],
        postgresql_where=sa.text("state = 'WAITING'"),
    )
    op.create_table(
        "waiting_offers",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("slot_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False, comment="OFFERED, KEPT or TOLD"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["waiting_entries.id"], name="fk_waiting_offers_waiting_entries"
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name="fk_waiting_offers_slots"),
        sa.PrimaryKeyConstraint("entry_id", "slot_id", name="pk_waiting_offers"),
        comment="Nobody is offered or told of the same interval twice; nothing is ever changed here",
    )
    op.create_index("ix_waiting_offers_slot_id", "waiting_offers", ["slot_id"])
    op.create_table(
        "waiting_persons",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("family", sa.String(32), nullable=False, comment="Types that exclude one another"),
        sa.Column("opening_id", sa.Uuid(), comment="The draw it takes part in"),
        sa.Column("person_key", sa.LargeBinary(), nullable=False, comment="Keyed hash of the CNP"),
        sa.Column("tail_key", sa.LargeBinary(), nullable=False, comment="Keyed hash of its last four digits"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="Encrypted: names and CNP"),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["waiting_entries.id"], name="fk_waiting_persons_waiting_entries"
        ),
        sa.PrimaryKeyConstraint("entry_id", "number", name="pk_waiting_persons"),
    )
    op.create_index(
        "uq_waiting_persons_active",
        "waiting_persons",
        ["person_key", "family", "opening_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("is_active"),
    )
