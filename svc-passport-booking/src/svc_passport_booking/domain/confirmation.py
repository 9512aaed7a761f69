"""What confirms a hold: the secret of a link, and six digits for who has no link at hand.

Both are made from a keyed hash of the appointment, so that neither is stored anywhere.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Final
from uuid import UUID

_ID_BYTES: Final = 16
_PROOF_BYTES: Final = 16
_DIGITS: Final = 6


def secret_of(appointment_id: UUID, digest: bytes) -> str:
    """The secret of a link: the appointment and the proof that the link was sent for it (43 characters)."""
    return urlsafe_b64encode(appointment_id.bytes + digest[:_PROOF_BYTES]).rstrip(b"=").decode()


def appointment_of(secret: str) -> UUID | None:
    """The appointment that a secret claims to confirm; None for what is no secret."""
    try:
        said = urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
    except (Error, ValueError):
        return None
    return UUID(bytes=said[:_ID_BYTES]) if len(said) == _ID_BYTES + _PROOF_BYTES else None


def digits_of(digest: bytes) -> str:
    """The six digits of a keyed hash."""
    return str(int.from_bytes(digest) % 10**_DIGITS).zfill(_DIGITS)
