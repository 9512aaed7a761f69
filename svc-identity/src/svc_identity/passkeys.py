"""Passkeys: the ceremonies of Web Authentication (Level 3), checked by `webauthn`.

A challenge is random bytes with their own proof: for what it is, for which browser, until when. It is
stored nowhere until a passkey has answered it; from then on it is spent.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from webauthn.helpers import base64url_to_bytes, exceptions, structs
from webauthn.helpers.cose import COSEAlgorithmIdentifier

from .domain import rules
from .domain.means import Passkey
from .domain.rules import RuleId
from .master_key import MasterKey, Purpose

LONGEST: Final = 16_384
"""Characters of an answer that is looked at."""
_NONCE: Final = 16
_TIME: Final = 8
_NAME: Final = "Hub"
_ALGORITHMS: Final = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_TRANSPORTS: Final = frozenset(transport.value for transport in structs.AuthenticatorTransport)
_WRONG: Final = (exceptions.WebAuthnException, ValueError, KeyError, TypeError, AttributeError)
"""What `webauthn` raises for answers that are forged, of another ceremony, or no answers at all."""


class Ceremony(StrEnum):
    """What a challenge is for."""

    REGISTER = "REGISTER"
    SIGN_IN = "SIGN_IN"


@dataclass(frozen=True, slots=True)
class Party:
    """Who asks: the origin of the pages, whose host is the passkeys' scope."""

    origin: str
    master_key: MasterKey

    @property
    def id(self) -> str:
        """The relying party's id: the host of the origin."""
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser gave back, read but not believed; `challenge` is the one it answers."""

    credential: dict[str, Any]
    credential_id: bytes
    account_id: UUID | None
    challenge: bytes

    @property
    def transports(self) -> tuple[str, ...]:
        """How the browser reached the passkey; only words of the standard."""
        said = self.credential["response"].get("transports") or ()
        return tuple(sorted(_TRANSPORTS.intersection(word for word in said if isinstance(word, str))))


def read(text: str) -> Answer | None:
    """The answer of a browser; none when it is none."""
    if len(text) > LONGEST:
        return None
    try:
        credential = json.loads(text)
        response = credential["response"]
        said = json.loads(base64url_to_bytes(response["clientDataJSON"]))
        handle = response.get("userHandle")
        account_id = UUID(bytes=base64url_to_bytes(handle)) if handle else None
        return Answer(
            credential,
            base64url_to_bytes(credential["id"]),
            account_id,
            base64url_to_bytes(said["challenge"]),
        )
    except _WRONG:
        return None


def registration_options(
    party: Party, browser: str, account_id: UUID, name: str, held: tuple[Passkey, ...], now: datetime
) -> str:
    """What a browser needs to make a passkey, as JSON: discoverable, the person verified by the device."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=_NAME,
        user_id=account_id.bytes,
        user_name=name,
        user_display_name=name,
        challenge=_challenge(party.master_key, Ceremony.REGISTER, browser, now),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(held),
        supported_pub_key_algs=_ALGORITHMS,
    )
    return webauthn.options_to_json(options)


def request_options(party: Party, browser: str, allowed: tuple[Passkey, ...], now: datetime) -> str:
    """What a browser needs to sign in with a passkey, as JSON; any passkey of ours unless some are named."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=_challenge(party.master_key, Ceremony.SIGN_IN, browser, now),
        allow_credentials=_descriptors(allowed) if allowed else None,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def is_ours(party: Party, ceremony: Ceremony, browser: str, challenge: bytes, now: datetime) -> bool:
    """Whether a challenge was made by us, for this browser and this ceremony, and its time is not over."""
    facts, mac = challenge[: _NONCE + _TIME], challenge[_NONCE + _TIME :]
    if not hmac.compare_digest(mac, _mac(party.master_key, ceremony, browser, facts)):
        return False
    return now.timestamp() < int.from_bytes(facts[_NONCE:])


def ends(challenge: bytes) -> int:
    """When a challenge of ours ends, in seconds since 1970."""
    return int.from_bytes(challenge[_NONCE : _NONCE + _TIME])


def verify_registration(party: Party, answer: Answer) -> tuple[bytes, int, bool] | None:
    """The new passkey's public key, sign count, and whether it may be synced; none when it is not good."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer.credential,
            expected_challenge=answer.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
    except _WRONG:
        return None
    synced = made.credential_device_type is structs.CredentialDeviceType.MULTI_DEVICE
    return made.credential_public_key, made.sign_count, synced


def verify_sign_in(party: Party, answer: Answer, passkey: Passkey) -> int | None:
    """The passkey's new sign count; none when the answer is not good, or the count shows a copy."""
    try:
        verified = webauthn.verify_authentication_response(
            credential=answer.credential,
            expected_challenge=answer.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except _WRONG:
        return None
    return verified.new_sign_count


def _challenge(master_key: MasterKey, ceremony: Ceremony, browser: str, now: datetime) -> bytes:
    until = int((now + rules.duration(RuleId.CHALLENGE_VALIDITY, now)).timestamp())
    facts = secrets.token_bytes(_NONCE) + until.to_bytes(_TIME)
    return facts + _mac(master_key, ceremony, browser, facts)


def _mac(master_key: MasterKey, ceremony: Ceremony, browser: str, facts: bytes) -> bytes:
    message = f"challenge:{ceremony}:{browser}:".encode() + facts
    return hmac.digest(master_key.of(Purpose.FACTORS), message, hashlib.sha256)


def _descriptors(passkeys: tuple[Passkey, ...]) -> list[structs.PublicKeyCredentialDescriptor]:
    return [
        structs.PublicKeyCredentialDescriptor(
            id=passkey.credential_id,
            transports=[structs.AuthenticatorTransport(word) for word in passkey.transports] or None,
        )
        for passkey in passkeys
    ]
