"""A service's place in PostgreSQL: a schema and three roles, each with the rights it needs and no more.

`<name>_owner` owns the schema `<name>` and cannot log in; `<name>_mig` migrates by becoming the owner;
`<name>_app` reads and writes rows. No role sees another service's schema. Times a query may take, a
lock may be waited for and a transaction may idle are set on the application's role.
"""

import re
from typing import Final
from urllib.parse import urlsplit

import asyncpg

DATABASE: Final = "hub"

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,40}")
_PASSWORD: Final = re.compile(r"[A-Za-z0-9_-]+")
_SERVICE: Final = """
GRANT "{name}_owner" TO "{name}_mig" WITH INHERIT FALSE, SET TRUE;
GRANT CONNECT ON DATABASE {database} TO "{name}_mig", "{name}_app";
CREATE SCHEMA IF NOT EXISTS "{name}" AUTHORIZATION "{name}_owner";
GRANT USAGE ON SCHEMA "{name}" TO "{name}_app";
ALTER DEFAULT PRIVILEGES FOR ROLE "{name}_owner" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE "{name}_owner" IN SCHEMA "{name}"
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{name}_app";
ALTER DEFAULT PRIVILEGES FOR ROLE "{name}_owner" IN SCHEMA "{name}" GRANT USAGE ON SEQUENCES TO "{name}_app";
ALTER DEFAULT PRIVILEGES FOR ROLE "{name}_owner" IN SCHEMA "{name}"
    GRANT EXECUTE ON FUNCTIONS TO "{name}_app";
ALTER ROLE "{name}_mig" IN DATABASE {database} SET search_path = "{name}", pg_catalog;
ALTER ROLE "{name}_app" IN DATABASE {database} SET search_path = "{name}", pg_catalog;
ALTER ROLE "{name}_app" IN DATABASE {database} SET statement_timeout = '15s';
ALTER ROLE "{name}_app" IN DATABASE {database} SET lock_timeout = '5s';
ALTER ROLE "{name}_app" IN DATABASE {database} SET idle_in_transaction_session_timeout = '30s';
"""


def service_dsn(dsn: str, role: str, password: str) -> str:
    """The same database for another role, as SQLAlchemy wants it (`postgresql+asyncpg://…`)."""
    address = urlsplit(dsn)
    return f"postgresql+asyncpg://{role}:{password}@{address.hostname}:{address.port}{address.path}"


async def create_database(superuser_dsn: str) -> None:
    """Make the database of the hub, closed to everybody who is not let in by name; idempotent."""
    connection = await asyncpg.connect(superuser_dsn)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
        await connection.execute(f"REVOKE ALL ON DATABASE {DATABASE}, postgres, template1 FROM PUBLIC")
    finally:
        await connection.close()


async def create_service(
    connection: asyncpg.Connection, service: str, migrator: str, application: str
) -> None:
    """Make roles and schema of one service; idempotent.

    The connection is a superuser's, to the hub's database. `migrator` and `application` are the
    passwords of those two roles, which are set anew.
    """
    if not _NAME.fullmatch(service):
        raise ValueError(f"not the name of a service: {service!r}")
    roles = {
        f"{service}_owner": "NOLOGIN",
        f"{service}_mig": f"LOGIN NOINHERIT CONNECTION LIMIT 4 {_password(migrator)}",
        f"{service}_app": f"LOGIN NOBYPASSRLS CONNECTION LIMIT 30 {_password(application)}",
    }
    async with connection.transaction():
        await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for role, attributes in roles.items():
            known = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
            await connection.execute(f'{"ALTER" if known else "CREATE"} ROLE "{role}" WITH {attributes}')
        await connection.execute(_SERVICE.format(name=service, database=DATABASE))


def _password(secret: str) -> str:
    """The clause of CREATE ROLE, which takes no parameters."""
    if not _PASSWORD.fullmatch(secret):
        raise ValueError("the password of a role is letters, digits, hyphens and underscores")
    return f"PASSWORD '{secret}'"
