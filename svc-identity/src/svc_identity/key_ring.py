"""The provider's signing keys, unsealed in memory."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey

from hub_core import ids

from .domain import signing_key
from .domain.signing_key import SigningKey, Use
from .master_key import MasterKey

ALGORITHMS: Final = {Use.ID_TOKEN: "ES256", Use.INTERNAL_TOKEN: "Ed25519"}
_LOOKED_UP_EVERY: Final = timedelta(minutes=1)


class KeyRing:
    """Signs with the key whose turn it is. `hold` gives it what the database has."""

    def __init__(self, master_key: MasterKey) -> None:
        self._master_key = master_key
        self._keys: tuple[SigningKey, ...] = ()
        self._private: dict[str, ECKey | OKPKey] = {}
        self._stale_from = datetime.min.replace(tzinfo=UTC)

    def is_stale(self, now: datetime) -> bool:
        """Whether the database should be looked at again."""
        return now >= self._stale_from

    def hold(self, keys: Iterable[SigningKey], now: datetime) -> None:
        """Hold these keys from now on."""
        self._keys = tuple(keys)
        self._private = {
            key.kid: self._private.get(key.kid) or _import(key, self._master_key) for key in self._keys
        }
        self._stale_from = now + _LOOKED_UP_EVERY

    def sign(self, use: Use, claims: dict[str, Any], now: datetime, *, kind: str = "JWT") -> str:
        """A JWT of these claims; `kind` is its `typ`."""
        key = next(key for key in self._keys if signing_key.signs(key, use, now))
        algorithm = ALGORITHMS[use]
        header = {"alg": algorithm, "typ": kind, "kid": key.kid}
        return jwt.encode(header, claims, self._private[key.kid], algorithms=[algorithm])

    def read(self, use: Use, token: str, *, kind: str = "JWT") -> dict[str, Any] | None:
        """The claims of a token of this `typ` that we signed, whatever its time; else `None`."""
        keys = KeySet([self._private[key.kid] for key in self._keys if key.use is use])
        try:
            read = jwt.decode(token, keys, algorithms=[ALGORITHMS[use]])
        except (JoseError, ValueError):
            return None
        return read.claims if read.header.get("typ") == kind else None

    def claimed(self, use: Use, token: str, *, kind: str = "JWT") -> dict[str, Any] | None:
        """The claims of a token that was signed long ago: unproved where its key is gone, else as `read`."""
        try:
            shown = jws.extract_compact(token.encode())
            if shown.headers().get("kid") in self._private:
                return self.read(use, token, kind=kind)
            claims: dict[str, Any] = json.loads(shown.payload)
        except (JoseError, ValueError):
            return None
        return claims

    def published(self, use: Use, now: datetime) -> dict[str, Any]:
        """The JWK set (RFC 7517) of one use."""
        return {"keys": [key.public for key in self._keys if key.use is use and now < key.published_until]}


def make(use: Use, starts: datetime, master_key: MasterKey, now: datetime) -> SigningKey:
    """A new key pair that signs from `starts`."""
    kid = str(ids.new_id())
    parameters: Any = {"kid": kid, "use": "sig", "alg": ALGORITHMS[use]}
    pair = (
        ECKey.generate_key("P-256", parameters)
        if use is Use.ID_TOKEN
        else OKPKey.generate_key("Ed25519", parameters)
    )
    private = json.dumps(pair.as_dict(private=True)).encode()
    signs_until, published_until = signing_key.schedule(starts)
    return SigningKey(
        kid=kid,
        use=use,
        sealed=master_key.seal(private, kid),
        public=dict(pair.as_dict(private=False)),
        created_at=now,
        signs_from=starts,
        signs_until=signs_until,
        published_until=published_until,
    )


def _import(key: SigningKey, master_key: MasterKey) -> ECKey | OKPKey:
    private = json.loads(master_key.unseal(key.sealed, key.kid))
    return ECKey.import_key(private) if key.use is Use.ID_TOKEN else OKPKey.import_key(private)
