from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from hub_cli import roles
from hub_cli.postgres import PostgresBox


@pytest.fixture(scope="session")
async def two_services(postgres: PostgresBox) -> None:
    await roles.create_database(postgres.dsn())
    connection = await asyncpg.connect(postgres.dsn(roles.DATABASE))
    for service in ("petitions", "passport-booking"):
        await roles.create_service(connection, service, f"{service}-mig", f"{service}-app")
    await connection.close()
    async with connected(postgres, "passport-booking_mig") as migrator:
        await migrator.execute('SET ROLE "passport-booking_owner"')
        await migrator.execute("CREATE TABLE slots (number int)")


@asynccontextmanager
async def connected(postgres: PostgresBox, role: str) -> AsyncIterator[asyncpg.Connection]:
    dsn = postgres.dsn(roles.DATABASE)
    connection = await asyncpg.connect(dsn, user=role, password=role.replace("_", "-"))
    try:
        yield connection
    finally:
        await connection.close()


@pytest.mark.usefixtures("two_services")
async def test_the_migrator_makes_tables_and_the_application_uses_them(postgres: PostgresBox) -> None:
    async with connected(postgres, "petitions_mig") as migrator:
        await migrator.execute('SET ROLE "petitions_owner"')
        await migrator.execute("CREATE TABLE petitions (number int GENERATED ALWAYS AS IDENTITY, body text)")
    async with connected(postgres, "petitions_app") as application:
        assert await application.fetchval("INSERT INTO petitions (body) VALUES ('x') RETURNING number") == 1
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.execute("TRUNCATE petitions")


@pytest.mark.usefixtures("two_services")
@pytest.mark.parametrize(
    "statement",
    [
        'SELECT * FROM "passport-booking".slots',
        "CREATE TABLE mine (number int)",
        "CREATE TABLE public.mine (number int)",
        "CREATE TEMPORARY TABLE mine (number int)",
        "CREATE SCHEMA mine",
        'SET ROLE "petitions_owner"',
        'SET ROLE "passport-booking_app"',
    ],
)
async def test_the_application_may_not(postgres: PostgresBox, statement: str) -> None:
    async with connected(postgres, "petitions_app") as application:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.execute(statement)


@pytest.mark.usefixtures("two_services")
async def test_the_migrator_reaches_no_other_schema(postgres: PostgresBox) -> None:
    async with connected(postgres, "petitions_mig") as migrator:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await migrator.execute('SET ROLE "passport-booking_owner"')
        await migrator.execute('SET ROLE "petitions_owner"')
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await migrator.execute('SELECT * FROM "passport-booking".slots')


@pytest.mark.usefixtures("two_services")
async def test_the_application_has_its_limits(postgres: PostgresBox) -> None:
    async with connected(postgres, "petitions_app") as application:
        settings = ("search_path", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        assert [await application.fetchval(f"SHOW {name}") for name in settings] == [
            "petitions, pg_catalog",
            "15s",
            "5s",
            "30s",
        ]


@pytest.mark.usefixtures("two_services")
async def test_making_roles_again_changes_only_the_passwords(postgres: PostgresBox) -> None:
    await roles.create_database(postgres.dsn())
    connection = await asyncpg.connect(postgres.dsn(roles.DATABASE))
    await roles.create_service(connection, "passport-booking", "passport-booking-mig", "new")
    with pytest.raises(asyncpg.InvalidPasswordError):
        async with connected(postgres, "passport-booking_app"):
            pass
    await roles.create_service(connection, "passport-booking", "passport-booking-mig", "passport-booking-app")
    await connection.close()
    async with connected(postgres, "passport-booking_app") as application:
        assert await application.fetchval("SELECT count(*) FROM slots") == 0


@pytest.mark.parametrize(("name", "password"), [("a; DROP", "x"), ("a", "it's"), ("A", "x"), ("a", "")])
async def test_nothing_is_injected(postgres: PostgresBox, name: str, password: str) -> None:
    connection = await asyncpg.connect(postgres.dsn())
    with pytest.raises(ValueError, match="of a "):
        await roles.create_service(connection, name, password, password)
    await connection.close()
