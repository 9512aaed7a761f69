"""The tables of the schema `notify`: what they share."""

from typing import Final

from sqlalchemy import MetaData

from hub_events import inbox, outbox
from hub_service import idempotency, rules

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
outbox.attach(metadata)
inbox.attach(metadata)
idempotency.attach(metadata)
rules.attach(metadata)
