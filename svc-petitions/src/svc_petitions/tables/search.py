"""What files are found by, and what is like what."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Table, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from .metadata import metadata

# Beside `petitions`: a step of a file writes its row anew, and must not index its words again. No foreign
# key: it is written before the petition, which holds the lock of the register.
FILE_WORDS: Final = Table(
    "file_words",
    metadata,
    Column("petition_id", Uuid, primary_key=True),
    Column("hashes", ARRAY(BigInteger), nullable=False, comment="Hashes of institution, month and stem"),
    Index(None, "hashes", postgresql_using="gin"),
    comment="The words of files, by which their institution finds them",
)
