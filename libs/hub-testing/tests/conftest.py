import pytest

from hub_core.manifest import Consumer, Manifest

TABLES = """
import sqlalchemy as sa

metadata = sa.MetaData()
notes = sa.Table("notes", metadata, sa.Column("text", sa.Text, nullable=False))
"""
MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("notes", sa.Column("text", sa.Text, nullable=False))
"""


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """A service made of one table, that listens to another service which is not installed."""
    root = tmp_path_factory.mktemp("service")
    package = root / "src" / "tiny_notes"
    versions = root / "migrations" / "versions"
    package.mkdir(parents=True)
    versions.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "tables.py").write_text(TABLES)
    (versions / "20261121_0000_notes.py").write_text(MIGRATION)
    pytest.MonkeyPatch().syspath_prepend(root / "src")
    elsewhere = Consumer("notes-elsewhere", "elsewhere", ("hub.elsewhere.thing.happened.v1",))
    return Manifest("notes", "tiny_notes", "tiny_notes:create_app", 20_001, consumers=(elsewhere,))
