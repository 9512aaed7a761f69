"""Runs a service's migrations on the connection that `hub_service.migrations` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
