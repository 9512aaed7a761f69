"""The invented people of applications in the sandbox, and what was seen of these applications."""

from sqlalchemy import Column, DateTime, ForeignKey, Index, String, Table, Uuid

from .metadata import metadata

# a child has no account, and whoever is reset gets another id: no foreign key leads to a person
SANDBOX_PEOPLE = Table(
    "sandbox_people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("client_id", String(64), ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("organisation_id", Uuid),
    Index("uq_sandbox_people_client_id_kind", "client_id", "kind", unique=True),
    comment="People invented for one application each; who is not here is never reset",
)

CLIENT_CONDUCT = Table(
    "client_conduct",
    metadata,
    Column("client_id", String(64), ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True),
    Column("behaviour", String(32), primary_key=True),
    Column("first_at", DateTime(timezone=True), nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    comment="What requests of applications in the sandbox have shown, since their people were made",
)
