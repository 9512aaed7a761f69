"""How many active appointments an account has, asked so that a race cannot pass a limit."""

from alembic import op

revision = "20261122_1800"
down_revision = "20261122_1500"
branch_labels = None
depends_on = None

# Volatile, so that it counts what was committed before the lock was had, also within a statement that
# began earlier. Who does not wait is told nothing (NULL) while another transaction has the lock.
_ACTIVE_OF_ACCOUNT = """
CREATE FUNCTION active_of_account(account uuid, moment timestamptz, waits boolean) RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    own CONSTANT bigint := hashtextextended('account:' || account, 0);
BEGIN
    IF waits THEN
        PERFORM pg_advisory_xact_lock(own);
    ELSIF NOT pg_try_advisory_xact_lock(own) THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT count(*) FROM appointments
        WHERE person_id = account
            AND (state IN ('CONFIRMED', 'CHECKED_IN') OR state = 'HELD' AND held_until > moment)
    );
END
$$
"""


def upgrade() -> None:
    op.execute(_ACTIVE_OF_ACCOUNT)
