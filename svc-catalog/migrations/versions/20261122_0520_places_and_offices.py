"""Counties, towns, communes and villages by SIRUTA, the offices in them, and who is under whom."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

revision = "20261122_0520"
down_revision = "20261122_0510"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "places",
        sa.Column("siruta", sa.String(6), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column(
            "level", sa.Integer(), nullable=False, comment="The rank of its kind: what comes first in a list"
        ),
        sa.Column("county", sa.String(2), nullable=False),
        sa.Column("parent", sa.String(6)),
        sa.Column("urban", sa.Boolean(), nullable=False),
        sa.Column("seat", sa.Boolean(), nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column("words", TSVECTOR(), nullable=False, comment="Folded words of the name"),
        sa.PrimaryKeyConstraint("siruta", name="pk_places"),
    )
    order = ["level", "sort_key", "siruta"]
    op.create_index("ix_places_level_sort_key_siruta", "places", order)
    op.create_index("ix_places_county_level_sort_key_siruta", "places", ["county", *order])
    op.create_index("ix_places_parent_level_sort_key_siruta", "places", ["parent", *order])
    op.create_index("ix_places_words", "places", ["words"], postgresql_using="gin")
    op.create_table(
        "place_editions",
        sa.Column(
            "sha256", sa.LargeBinary(), nullable=False, comment="Of the file that the places come from"
        ),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_place_editions"),
    )
    op.create_table(
        "offices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("names", JSONB(), nullable=False),
        sa.Column("siruta", sa.String(6), nullable=False),
        sa.Column("county", sa.String(2), nullable=False),
        sa.Column("topics", ARRAY(sa.String(64)), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("latitude", sa.Float()),
        sa.Column("longitude", sa.Float()),
        sa.Column("hours", JSONB(), nullable=False),
        sa.Column("hours_verified", sa.Boolean(), nullable=False),
        sa.Column("access", JSONB()),
        sa.Column("contacts", JSONB(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_offices"),
        sa.UniqueConstraint("code", name="uq_offices_code"),
        sa.ForeignKeyConstraint(["siruta"], ["places.siruta"], name="fk_offices_siruta"),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name="fk_offices_institution_id",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    for columns in (["sort_key", "id"], ["county", "sort_key", "id"], ["institution_id", "sort_key", "id"]):
        op.create_index(f"ix_offices_{'_'.join(columns)}", "offices", columns)
    op.create_index("ix_offices_topics", "offices", ["topics"], postgresql_using="gin")
    op.create_index("ix_institutions_parent_id", "institutions", ["parent_id"])
    op.create_table(
        "institution_versions",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "content", JSONB(), nullable=False, comment="The whole institution, as domain.institutions"
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), comment="The official; none for reference data of a release"),
        sa.PrimaryKeyConstraint("institution_id", "version", name="pk_institution_versions"),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name="fk_institution_versions_institution_id",
            deferrable=True,
            initially="DEFERRED",
        ),
    )


def downgrade() -> None:
    op.drop_table("institution_versions")
    op.drop_index("ix_institutions_parent_id", "institutions")
    op.drop_table("offices")
    op.drop_table("place_editions")
    op.drop_table("places")
