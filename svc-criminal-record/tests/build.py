"""Certificates and requests for tests: good ones, with what a test names special."""

import secrets
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import typst
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_core.typed_codes import RANDOM_BYTES, code_of
from hub_documents import seal, signers
from hub_events.session import Session
from svc_criminal_record import keys
from svc_criminal_record.domain.certificates import Certificate
from svc_criminal_record.domain.hints import Hint
from svc_criminal_record.domain.products import Product
from svc_criminal_record.storage import certificates

KEY = keys.derived_from(bytes(32))
"""The keys of a service that was given no key of its own."""


def a_certificate(**special: Any) -> Certificate:
    """A certificate issued on 22 November 2026."""
    facts: dict[str, Any] = {
        "id": ids.new_id(),
        "request_id": None,
        "extract_id": None,
        "product": Product.CRIMINAL_RECORD,
        "series": "CJ",
        "number": 48213,
        "holder_key": b"k",
        "holder_id": ids.new_id(),
        "motive": "angajare",
        "code_key": ids.new_id().bytes,
        "issued_at": datetime(2026, 11, 22, 10, tzinfo=UTC),
        "issued_on": date(2026, 11, 22),
        "valid_until": date(2027, 5, 22),
        "file_key": "certificates/a.pdf",
        "file_sha256": ids.new_id().bytes * 2,
        "file_bytes": 80_000,
        "seal_level": "B-T",
        "status_list": 1,
        "status_index": 7,
    }
    return Certificate(**(facts | special))


async def a_stored_certificate(
    sessions: async_sessionmaker[Session], **special: Any
) -> tuple[Certificate, str]:
    """A certificate in the table, of Ana Maria Popescu, and its code; valid for long."""
    code = code_of(secrets.token_bytes(RANDOM_BYTES))
    of_its_own = {
        "code_key": certificates.code_key(KEY, code),
        "number": 10**6 + secrets.randbelow(9 * 10**6),
        "status_list": 999,
        "status_index": secrets.randbelow(2**31),
        "valid_until": date(2999, 5, 22),
    }
    made = a_certificate(**(of_its_own | special))
    async with sessions() as session, session.begin():
        await certificates.add(session, KEY, made, b"{}", Hint.of("Ana Maria Popescu", "2990215409000"))
    return made, code


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PLAIN: bytes = typst.compile(b"= Certificat", format="pdf", timestamp=1_790_000_000)
"""A document without a seal."""


async def sealed_for(reason: str, trust_folder: Path) -> bytes:
    """The document with a seal, as certificates have one."""
    signer = signers.from_files(
        trust_folder / "seal.pem", trust_folder / "seal.key", trust_folder / "chain.pem"
    )
    return (await seal.Sealer(signer, name="Hub", reason=reason).seal(PLAIN, NOON)).content
