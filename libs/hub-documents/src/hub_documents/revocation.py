"""Whether certificates were revoked: lists (RFC 5280) and answers (RFC 6960), kept fresh beforehand.

material = revocation.Material(signer, roots, http, authority)
await material.refresh(now)      # at start, and then every quarter of an hour
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from . import paths
from .revision import Evidence
from .signers import Signer, der
from .timestamps import Authority, Stamp, TimestampUnavailable

_log = logging.getLogger(__name__)

_ANSWER_SECONDS: Final = 5.0
_LONGEST_ANSWER: Final = 20_000_000
_LONGEST_IN_A_FILE: Final = 60_000
"""Bytes of a list that goes into documents; a longer one is only looked into."""
_PROBE: Final = hashlib.sha256(b"").digest()


@dataclass(frozen=True, slots=True)
class _Proof:
    """A list or an answer, and how long it holds."""

    content: bytes
    since: datetime
    until: datetime
    is_list: bool


class Material:
    """What is known of the certificates of a signer and of a time-stamping authority.

    Addresses are taken from these certificates only, never from a file that somebody handed in.
    """

    def __init__(
        self,
        signer: Signer,
        roots: Iterable[x509.Certificate],
        http: httpx2.AsyncClient,
        authority: Authority | None = None,
    ) -> None:
        self._roots = tuple(roots)
        own = (signer.certificate, *signer.chain)
        self._own = tuple(x509.load_der_x509_certificate(one) for one in own)
        self._stamping: tuple[x509.Certificate, ...] = ()
        self._http = http
        self._authority = authority
        self._lists: dict[str, x509.CertificateRevocationList] = {}
        self._answers: dict[x509.Certificate, ocsp.OCSPResponse] = {}
        # What proves it, from when and until when: in one, as threads read it while it is made anew.
        self._proved: tuple[Evidence, datetime, datetime] | None = None
        # Since when the signer's own certificate, or one above it, is known to be revoked:
        self.own_revoked_at: datetime | None = None

    async def refresh(self, now: datetime) -> None:
        """Ask again; what cannot be had leaves what was known before."""
        if self._authority:
            try:
                _, stamp = await self._authority.stamped(_PROBE)
                if self.trusts(stamp, now):
                    self._stamping = (stamp.certificate, *stamp.chain)
            except TimestampUnavailable:
                pass
        for certificate in self._certificates():
            issuer = self._issuer(certificate)
            if issuer:
                await self._ask_about(certificate, issuer, now)
        self.own_revoked_at = self.revoked_at(*self._own)
        proofs = tuple(self._shortest(now))
        evidence = Evidence(
            certificates=tuple(der(one) for one in self._certificates()),
            crls=tuple(proof.content for proof in proofs if proof.is_list),
            ocsps=tuple(proof.content for proof in proofs if not proof.is_list),
        )
        common = _common(proofs)
        self._proved = (evidence, *common) if common else None

    def evidence(self, at: datetime) -> Evidence | None:
        """What proves at that time that no certificate was revoked; `None` when something is missing."""
        proved = self._proved
        return proved[0] if proved and proved[1] <= at < proved[2] else None

    def trusts(self, stamp: Stamp, at: datetime) -> bool:
        """Whether a time stamp is of an authority below our roots: verification takes no other."""
        if stamp.certificate in self._stamping:
            return True
        is_ours = paths.leads_to(self._roots, stamp.certificate, stamp.chain, at)
        if not is_ours:
            _log.warning("the authority for time stamps is not below our roots")
        return is_ours

    def revoked_at(self, *path: x509.Certificate) -> datetime | None:
        """Since when the first of these is known to be revoked; any that the same authorities issued."""
        found: list[datetime | None] = []
        for certificate in path:
            answer = self._answers.get(certificate)
            found.append(answer.revocation_time_utc if answer else None)
            for known in self._lists.values():
                if known.issuer == certificate.issuer:
                    entry = known.get_revoked_certificate_by_serial_number(certificate.serial_number)
                    found.append(entry.revocation_date_utc if entry else None)
        return min((at for at in found if at), default=None)

    def _certificates(self) -> tuple[x509.Certificate, ...]:
        return tuple(dict.fromkeys((*self._own, *self._stamping)))

    def _issuer(self, certificate: x509.Certificate) -> x509.Certificate | None:
        known = (*self._certificates(), *self._roots)
        return next((one for one in known if paths.is_issued_by(certificate, one)), None)

    def _shortest(self, now: datetime) -> Iterator[_Proof]:
        """For each certificate the shortest proof in force, each once; nothing when one is missing."""
        chosen: dict[_Proof, None] = {}
        for certificate in self._certificates():
            proofs = [proof for proof in self._about(certificate) if proof.since <= now < proof.until]
            if not proofs or not self._stamping or self.revoked_at(certificate):
                return
            chosen[min(proofs, key=lambda proof: len(proof.content))] = None
        yield from chosen

    def _about(self, certificate: x509.Certificate) -> Iterator[_Proof]:
        answer = self._answers.get(certificate)
        if answer and answer.next_update_utc:
            content = answer.public_bytes(Encoding.DER)
            yield _Proof(content, answer.this_update_utc, answer.next_update_utc, is_list=False)
        for known in self._lists.values():
            content = known.public_bytes(Encoding.DER)
            if (
                known.issuer == certificate.issuer
                and known.next_update_utc
                and len(content) <= _LONGEST_IN_A_FILE
            ):
                yield _Proof(content, known.last_update_utc, known.next_update_utc, is_list=True)

    async def _ask_about(
        self, certificate: x509.Certificate, issuer: x509.Certificate, now: datetime
    ) -> None:
        for url in _list_addresses(certificate):
            try:
                found = _list(await self._fetched("GET", url), issuer)
                self._lists = {**self._lists, url: found}  # threads that verify read the one before
            except Exception as error:  # the others are asked all the same
                _log.warning("nothing about revocation from %s: %r", url, error)
        for url in _responders(certificate):
            query = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA256()).build()
            try:
                content = await self._fetched("POST", url, query.public_bytes(Encoding.DER))
                answer = _answer(content, certificate, issuer, now)
                self._answers = {**self._answers, certificate: answer}
            except Exception as error:  # the others are asked all the same
                _log.warning("nothing about revocation from %s: %r", url, error)

    async def _fetched(self, method: str, url: str, content: bytes | None = None) -> bytes:
        headers = {"Content-Type": "application/ocsp-request"} if content else {}
        found = b""
        async with self._http.stream(
            method, url, content=content, headers=headers, timeout=_ANSWER_SECONDS
        ) as answer:
            answer.raise_for_status()
            async for chunk in answer.aiter_bytes():
                found += chunk
                if len(found) > _LONGEST_ANSWER:
                    raise ValueError("too long an answer")
        return found


def _common(proofs: Sequence[_Proof]) -> tuple[datetime, datetime] | None:
    """From when until when they all hold; `None` where there are none."""
    if not proofs:
        return None
    return max(proof.since for proof in proofs), min(proof.until for proof in proofs)


def _list(content: bytes, issuer: x509.Certificate) -> x509.CertificateRevocationList:
    found = x509.load_der_x509_crl(content)
    algorithm = found.signature_hash_algorithm
    if found.issuer != issuer.subject or algorithm is None:
        raise ValueError("a list of somebody else")
    paths.check(issuer.public_key(), found.signature, found.tbs_certlist_bytes, algorithm)
    return found


def _answer(
    content: bytes, certificate: x509.Certificate, issuer: x509.Certificate, now: datetime
) -> ocsp.OCSPResponse:
    """The answer when it is about this certificate, by its issuer or whom the issuer named for it."""
    found = ocsp.load_der_ocsp_response(content)
    algorithm = found.signature_hash_algorithm
    if found.serial_number != certificate.serial_number or algorithm is None:
        raise ValueError("an answer about another certificate")
    signer = next((one for one in found.certificates if _may_answer(one, issuer, now)), issuer)
    paths.check(signer.public_key(), found.signature, found.tbs_response_bytes, algorithm)
    return found


def _may_answer(responder: x509.Certificate, issuer: x509.Certificate, now: datetime) -> bool:
    """Whether the issuer lets it answer (RFC 6960, 4.2.2.2)."""
    usages = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    is_valid = responder.not_valid_before_utc <= now <= responder.not_valid_after_utc
    return ExtendedKeyUsageOID.OCSP_SIGNING in usages and is_valid and paths.is_issued_by(responder, issuer)


def _list_addresses(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    names = [name for point in points for name in point.full_name or ()]
    return _over_http(names)


def _responders(certificate: x509.Certificate) -> list[str]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    kind = AuthorityInformationAccessOID.OCSP
    return _over_http(one.access_location for one in access if one.access_method == kind)


def _over_http(names: Iterable[x509.GeneralName]) -> list[str]:
    return [name.value for name in names if isinstance(name.value, str) and name.value.startswith("http")]
