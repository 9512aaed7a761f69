"""A service's database on the session's server: its roles, its schema, migrated once."""

import secrets
from dataclasses import dataclass

import asyncpg

from hub_cli import roles
from hub_cli.postgres import PostgresBox
from hub_core.manifest import Manifest
from hub_service import migrations


@dataclass(frozen=True, slots=True)
class ServiceDatabase:
    """Where a service's data lies; connection strings are SQLAlchemy's (`postgresql+asyncpg://…`).

    `superuser_dsn` is asyncpg's, for tests that look from outside.
    """

    schema: str
    app_dsn: str
    migrator_dsn: str
    superuser_dsn: str

    async def truncate(self, *kept: str) -> None:
        """Empty every table of the schema but those to be kept; the migrations stay."""
        connection = await asyncpg.connect(self.superuser_dsn)
        try:
            tables = await connection.fetchval(
                """SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables
                   WHERE schemaname = $1 AND tablename <> ALL ($2)""",
                self.schema,
                ["alembic_version", *kept],
            )
            if tables:
                await connection.execute("SET lock_timeout = '5s'")  # a test left a transaction open
                await connection.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        finally:
            await connection.close()


async def create(server: PostgresBox, manifest: Manifest, *, migrate: bool = True) -> ServiceDatabase:
    """Make roles and schema of a service, and run its migrations."""
    await roles.create_database(server.dsn())
    migrator, application = secrets.token_urlsafe(12), secrets.token_urlsafe(12)
    superuser_dsn = server.dsn(roles.DATABASE)
    connection = await asyncpg.connect(superuser_dsn)
    try:
        await roles.create_service(connection, manifest.name, migrator, application)
    finally:
        await connection.close()

    database = ServiceDatabase(
        schema=manifest.name,
        app_dsn=roles.service_dsn(superuser_dsn, f"{manifest.name}_app", application),
        migrator_dsn=roles.service_dsn(superuser_dsn, f"{manifest.name}_mig", migrator),
        superuser_dsn=superuser_dsn,
    )
    if migrate:
        await migrations.upgrade(manifest, database.migrator_dsn)
    return database
