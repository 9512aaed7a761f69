"""Messages on the disk: what was accepted is there, also after a kill or a power cut."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

_SCHEMA: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at TEXT NOT NULL,
    channel TEXT NOT NULL,
    message_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    raw BLOB NOT NULL,
    provider TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS copies ON messages (message_id);
DROP INDEX IF EXISTS sms_once;
CREATE TABLE IF NOT EXISTS recipients (
    address TEXT NOT NULL,
    message INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
    PRIMARY KEY (address, message)
) WITHOUT ROWID;
"""
_OLDER_SCHEMA: Final = "ALTER TABLE messages ADD COLUMN provider TEXT NOT NULL DEFAULT ''"
_VIEW: Final = """
DROP VIEW IF EXISTS shown;
CREATE VIEW shown AS
    SELECT id, received_at, channel, message_id, sender, recipients, subject, raw,
        (SELECT count(*) FROM messages AS same WHERE same.message_id = messages.message_id) AS copies,
        provider
    FROM messages;
"""
_NEWEST: Final = """
SELECT * FROM shown WHERE id < :number
    AND (:to IS NULL OR id IN (SELECT message FROM recipients WHERE address = :to))
ORDER BY id DESC LIMIT :limit
"""
_AFTER: Final = """
SELECT * FROM shown WHERE id > :number
    AND (:to IS NULL OR id IN (SELECT message FROM recipients WHERE address = :to))
ORDER BY id LIMIT :limit
"""
_ONE: Final = "SELECT * FROM shown WHERE id = :number"


class Channel(StrEnum):
    """How a message came."""

    EMAIL = "EMAIL"
    PUSH = "PUSH"
    SMS = "SMS"


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it was accepted; `raw` is the whole e-mail, the text of the SMS, or the JSON of the push.

    `copies` counts the messages with the same Message-ID (for SMS, the sender's id; for a push, its topic):
    more than one means that the sender sent it again. `provider` is the gateway that took an SMS.
    """

    id: int
    received_at: datetime
    channel: Channel
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    raw: bytes
    copies: int
    provider: str


class Store:
    """The messages in one SQLite file."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(file, isolation_level=None)
        self._database.executescript(_SCHEMA)
        if "provider" not in {row[1] for row in self._database.execute("PRAGMA table_info(messages)")}:
            self._database.execute(_OLDER_SCHEMA)
        self._database.executescript(_VIEW)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def add(
        self,
        channel: Channel,
        message_id: str,
        sender: str,
        recipients: Sequence[str],
        subject: str,
        raw: bytes,
        now: datetime,
        provider: str = "",
    ) -> None:
        """Store a message for good."""
        kept = json.dumps(list(recipients))
        row = (now.isoformat(), channel, message_id, sender, kept, subject, raw, provider)
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            added = self._database.execute(
                """INSERT INTO messages
                    (received_at, channel, message_id, sender, recipients, subject, raw, provider)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                row,
            )
            self._database.executemany(
                "INSERT OR IGNORE INTO recipients VALUES (?, ?)",
                [(address.lower(), added.lastrowid) for address in recipients],
            )

    def has_sms(self, provider: str, message_id: str) -> bool:
        """Whether this gateway took a message with this id before."""
        asked = (message_id, Channel.SMS, provider)
        known = "SELECT 1 FROM messages WHERE message_id = ? AND channel = ? AND provider = ?"
        return self._database.execute(known, asked).fetchone() is not None

    def newest(self, to: str | None, before: int | None, limit: int) -> list[Message]:
        """The newest messages (to one recipient) with an id below `before`, newest first."""
        return self._select(_NEWEST, before or 1 << 62, to, limit)

    def after(self, to: str | None, after: int, limit: int) -> list[Message]:
        """The oldest messages (to one recipient) with an id above `after`, oldest first."""
        return self._select(_AFTER, after, to, limit)

    def one(self, number: int) -> Message | None:
        """The message with this id."""
        return next(iter(self._select(_ONE, number, None, 1)), None)

    def copies(self) -> dict[str, int]:
        """How many messages came with each Message-ID."""
        return dict(self._database.execute("SELECT message_id, count(*) FROM messages GROUP BY message_id"))

    def empty(self) -> None:
        """Throw all messages away."""
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("DELETE FROM recipients")
            self._database.execute("DELETE FROM messages")

    def _select(self, query: str, number: int, to: str | None, limit: int) -> list[Message]:
        asked = {"number": number, "to": to.lower() if to else None, "limit": limit}
        rows = self._database.execute(query, asked)
        return [
            Message(
                id=row[0],
                received_at=datetime.fromisoformat(row[1]),
                channel=Channel(row[2]),
                message_id=row[3],
                sender=row[4],
                recipients=tuple(json.loads(row[5])),
                subject=row[6],
                raw=row[7],
                copies=row[8],
                provider=row[9],
            )
            for row in rows
        ]
