"""Who sends a push: the hub's key, and its word for one push service (RFC 8292)."""

from base64 import urlsafe_b64encode
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from ..keys import MasterKey, Purpose

_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256 (FIPS 186)."""
_VALID: Final = timedelta(hours=12)
"""A push service takes up to a day (RFC 8292, 2)."""
_USED: Final = timedelta(hours=6)
_AUDIENCES: Final = 256


class Vapid:
    """Signs for push services: one word for each, made once and used for hours.

    `contact` is where a push service finds who runs the hub.
    """

    def __init__(self, master_key: MasterKey, contact: str) -> None:
        secret = int.from_bytes(master_key.of(Purpose.PUSH)) % (_ORDER - 1) + 1
        private = ec.derive_private_key(secret, ec.SECP256R1())
        self._key = ECKey.import_key(private)
        self._contact = contact
        self._said: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public_key: Final = urlsafe_b64encode(point).rstrip(b"=").decode()
        """What a browser names when it subscribes, so that nobody else can write to it."""

    def authorization(self, audience: str, now: datetime) -> str:
        """The header for a push service, by its origin."""
        said, until = self._said.pop(audience, ("", now))
        if until <= now:
            claims = {"aud": audience, "exp": int((now + _VALID).timestamp()), "sub": self._contact}
            token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, self._key)
            said, until = f"vapid t={token}, k={self.public_key}", now + _USED
        self._said[audience] = (said, until)
        if len(self._said) > _AUDIENCES:
            self._said.popitem(last=False)
        return said
