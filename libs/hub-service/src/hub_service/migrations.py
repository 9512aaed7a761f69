"""Migrations of a service: Alembic, run as its migrator role, owned by its owner role.

The files lie in the service's `migrations/versions`; the environment that runs them is here, the
same for all. `upgrade` is quick when there is nothing to do.
"""

import importlib
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, pool, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from hub_core.manifest import Manifest

_ENVIRONMENT = Path(__file__).parent / "migration_environment"


def metadata_of(manifest: Manifest) -> MetaData:
    """The tables that a service declares in `tables.py`, or in the modules of a package of that name.

    In a package they hang on the one metadata of its module `metadata`.
    """
    tables = importlib.import_module(f"{manifest.package}.tables")
    if hasattr(tables, "__path__"):
        modules = {
            found.name: importlib.import_module(f"{tables.__name__}.{found.name}")
            for found in iter_modules(tables.__path__)
        }
        tables = modules["metadata"]
    metadata: MetaData = tables.metadata
    return metadata


def folder_of(manifest: Manifest) -> Path:
    """The folder of a service's migrations: beside its `src`, or inside an installed wheel."""
    spec = find_spec(manifest.package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(manifest.package)
    package = Path(spec.origin).parent
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parents[1] / "migrations"


def configuration(manifest: Manifest) -> Config:
    """Alembic's configuration for one service."""
    config = Config()
    config.set_main_option("script_location", str(_ENVIRONMENT))
    config.set_main_option("version_locations", str(folder_of(manifest) / "versions"))
    config.set_main_option("path_separator", "os")
    config.set_main_option(
        "file_template", "%%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s"
    )
    return config


async def upgrade(manifest: Manifest, dsn: str) -> list[str]:
    """Bring the schema to the newest version; the names of the migrations that ran.

    `dsn` is the migrator's; the owner role of the service is taken before anything is made.
    """
    engine = create_async_engine(dsn, poolclass=pool.NullPool)
    async with engine.begin() as connection:
        ran: list[str] = await connection.run_sync(_upgrade, manifest)
    await engine.dispose()
    return ran


async def differences(manifest: Manifest, dsn: str) -> list[Any]:
    """What the declared tables have that the migrated schema lacks, or the other way round."""
    engine = create_async_engine(dsn, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        found: list[Any] = await connection.run_sync(_differences, manifest)
    await engine.dispose()
    return found


def _upgrade(connection: Connection, manifest: Manifest) -> list[str]:
    _become_owner(connection, manifest)
    config = configuration(manifest)
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    waiting = [revision.revision for revision in script.iterate_revisions("heads", current or "base")]
    if waiting:
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")
    return waiting[::-1]


def _differences(connection: Connection, manifest: Manifest) -> list[Any]:
    _become_owner(connection, manifest)
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return list(compare_metadata(context, metadata_of(manifest)))


def _become_owner(connection: Connection, manifest: Manifest) -> None:
    connection.execute(text(f'SET ROLE "{manifest.name}_owner"'))
    connection.execute(text(f'SET search_path TO "{manifest.name}", pg_catalog'))
    connection.dialect.default_schema_name = manifest.name
