"""Certificates and requests for tests: good ones, with what a test names special."""

from datetime import UTC, date, datetime
from typing import Any

from hub_core import ids
from svc_criminal_record.domain.certificates import Certificate
from svc_criminal_record.domain.products import Product


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
