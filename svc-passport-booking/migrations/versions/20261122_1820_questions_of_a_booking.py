"""What a batch of bookings asks for each of them, by index whatever the size of the tables.

The plan of a batch is made once for a connection, perhaps when the tables are all but empty: left to itself
it reads every key of the day for each batch, and more with each booking.
"""

from alembic import op

revision = "20261122_1820"
down_revision = "20261122_1815"
branch_labels = None
depends_on = None

_IS_FIRST = """
CREATE FUNCTION is_first_booking(
    of_caller text, of_key text, of_person bytea, of_family text
) RETURNS boolean
LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
    RETURN NOT EXISTS (SELECT FROM idempotency_keys WHERE caller = of_caller AND key = of_key)
        AND NOT EXISTS (
            SELECT FROM persons WHERE person_key = of_person AND family = of_family AND is_active
        );
END
$$
"""


def upgrade() -> None:
    op.execute(_IS_FIRST)
    op.execute("ALTER FUNCTION active_of_account(uuid, timestamptz, boolean) SET enable_seqscan = off")
