"""The certification authority of the embedded run: invented, and says so in every name.

root        self-signed, P-384; what verifiers trust
issuing     what signs everything below, P-384
seal        the electronic seal of the police (ETSI EN 319 412-3: a legal person), P-256
facts       signs the facts in QR codes and wallet credentials, P-256
timestamps  the time-stamp unit (RFC 3161), P-256
ocsp        answers about certificates (RFC 6960), P-256

Seals of other institutions it issues when they are asked for (`issue_seal`); their keys lie elsewhere.
"""

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from hub_cli import vault

ROOT: Final = "root"
ISSUING: Final = "issuing"
SEAL: Final = "seal"
FACTS: Final = "facts"
TIMESTAMPS: Final = "timestamps"
OCSP: Final = "ocsp"
NAMES: Final = (SEAL, FACTS, TIMESTAMPS, OCSP)
"""What the issuing authority has issued."""
SEALS: Final = "institutions"
"""The folder beside them in which a service keeps seals that it has asked for."""

_ADDRESS: Final = "address"
_SINCE: Final = datetime(2026, 1, 1, tzinfo=UTC)
_ORGANIZATION: Final = "Inspectoratul General al Poliției Române (TEST)"
_ORGANIZATION_IDENTIFIER: Final = "VATRO-00000000"
_HUB: Final = "Hub (TEST)"
_LONGEST_COMMON_NAME: Final = 64
"""Bytes."""
_TEST: Final = " (TEST)"
_DOCUMENT_SIGNING: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""RFC 9336; readers that check with NSS ask for the protection of e-mail instead."""


class RequestRefused(ValueError):
    """A request that no certificate is issued for."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class _Kind:
    common_name: str
    days: int
    curve: ec.EllipticCurve
    is_authority: bool = False
    organization: str = _HUB
    organization_identifier: str = ""
    for_content: bool = False
    usages: tuple[x509.ObjectIdentifier, ...] = ()
    is_unchecked: bool = False


_KINDS: Final = {
    ROOT: _Kind("Root of the embedded hub (TEST)", 7300, ec.SECP384R1(), is_authority=True),
    ISSUING: _Kind("Issuing authority of the embedded hub (TEST)", 3650, ec.SECP384R1(), is_authority=True),
    SEAL: _Kind(
        _ORGANIZATION,
        1096,
        ec.SECP256R1(),
        organization=_ORGANIZATION,
        organization_identifier=_ORGANIZATION_IDENTIFIER,
        for_content=True,
        usages=(_DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION),
    ),
    FACTS: _Kind("Facts of certificates (TEST)", 1096, ec.SECP256R1(), organization=_ORGANIZATION),
    TIMESTAMPS: _Kind(
        "Time-stamp unit (TEST)", 3285, ec.SECP256R1(), usages=(ExtendedKeyUsageOID.TIME_STAMPING,)
    ),
    OCSP: _Kind(
        "OCSP responder (TEST)",
        3285,
        ec.SECP256R1(),
        usages=(ExtendedKeyUsageOID.OCSP_SIGNING,),
        is_unchecked=True,
    ),
}


def make(folder: str, address: str) -> None:
    """Write `<name>.pem` and `<name>.key` of each name above, and `chain.pem`, unless they are there.

    The certificates name `address` (such as `http://127.0.0.1:8190/trust`) for revocation lists and
    answers; with another address they are issued again, for the same keys and below the same root, and
    seals of institutions are to be asked for again.
    """
    place = Path(folder)
    stamp = place / _ADDRESS
    if stamp.exists() and stamp.read_text() == address:
        return
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.now(UTC)
    if not (place / f"{ROOT}.pem").exists():
        key = _key(place, ROOT)
        _write(place, ROOT, issue(ROOT, key.public_key(), now, key))
    root = load(place, ROOT)
    _write(place, ISSUING, issue(ISSUING, _public(place, ISSUING), now, root, address))
    issuing = load(place, ISSUING)
    _write(place, "chain", issuing.certificate)
    for name in NAMES:
        _write(place, name, issue(name, _public(place, name), now, issuing, address))
    shutil.rmtree(place / SEALS, ignore_errors=True)
    vault.write(stamp, address)


def load(folder: Path, name: str) -> Issued:
    """What `make` wrote under this name."""
    return Issued(certificate(folder, name), _key(folder, name))


def certificate(folder: Path, name: str) -> x509.Certificate:
    """The certificate of this name; its key may lie elsewhere."""
    return x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())


def issue_seal(folder: Path, request: bytes, now: datetime) -> bytes:
    """The certificate of the seal that a request in PEM asks for (RFC 2986), and the one above it, in PEM.

    The names of the organization become invented ones, as all here. `RequestRefused` for a request of
    no key of P-256, of no organization, or that its own key has not signed.
    """
    try:
        asked = x509.load_pem_x509_csr(request)
        public, is_signed = asked.public_key(), asked.is_signature_valid
    except ValueError as fault:
        raise RequestRefused from fault
    if not is_signed or not isinstance(public, ec.EllipticCurvePublicKey) or public.curve.name != "secp256r1":
        raise RequestRefused
    organization, identifier = (
        "".join(str(found.value) for found in asked.subject.get_attributes_for_oid(kind))
        for kind in (NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATION_IDENTIFIER)
    )
    if not organization or not identifier:
        raise RequestRefused
    kind = replace(
        _KINDS[SEAL],
        common_name=_common_name(organization),
        organization=f"{organization}{_TEST}",
        organization_identifier=identifier,
    )
    issued = issue(SEAL, public, now, load(folder, ISSUING), (folder / _ADDRESS).read_text(), kind)
    return issued.public_bytes(Encoding.PEM) + (folder / "chain.pem").read_bytes()


def issue(
    name: str,
    public: ec.EllipticCurvePublicKey,
    now: datetime,
    signer: Issued | ec.EllipticCurvePrivateKey,
    address: str = "",
    kind: _Kind | None = None,
) -> x509.Certificate:
    """A certificate of this kind for the key, from an authority; or from its own key, for a root."""
    kind = kind or _KINDS[name]
    subject = _name(kind)
    issuer = signer if isinstance(signer, Issued) else None
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_SINCE)
        .not_valid_after(now.replace(microsecond=0) + timedelta(days=kind.days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(_usage(kind), critical=True)
        .add_extension(_constraints(name, kind), critical=True)
    )
    if kind.usages:
        critical = name == TIMESTAMPS  # RFC 3161, 2.3
        builder = builder.add_extension(x509.ExtendedKeyUsage(kind.usages), critical=critical)
    if kind.is_unchecked:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    if issuer:
        for extension in _addresses(issuer, address):
            builder = builder.add_extension(extension, critical=False)
    key = signer.key if isinstance(signer, Issued) else signer
    return builder.sign(key, hashes.SHA384())


def _common_name(organization: str) -> str:
    """The name of an organization that is for tests, as much of it as a common name holds."""
    whole, kept = f"{organization}{_TEST}", organization
    while len(whole.encode()) > _LONGEST_COMMON_NAME:
        kept = kept[:-1]
        whole = f"{kept}…{_TEST}"
    return whole


def _name(kind: _Kind) -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "RO"), (NameOID.ORGANIZATION_NAME, kind.organization)]
    if kind.organization_identifier:
        parts.append((NameOID.ORGANIZATION_IDENTIFIER, kind.organization_identifier))
    parts.append((NameOID.COMMON_NAME, kind.common_name))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _usage(kind: _Kind) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not kind.is_authority and not kind.for_content,
        content_commitment=kind.for_content,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=kind.is_authority,
        crl_sign=kind.is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _constraints(name: str, kind: _Kind) -> x509.BasicConstraints:
    return x509.BasicConstraints(ca=kind.is_authority, path_length=0 if name == ISSUING else None)


def _addresses(issuer: Issued, address: str) -> list[x509.ExtensionType]:
    """Who issued it, and where to ask whether it was revoked."""
    above = ROOT if issuer.certificate.subject == issuer.certificate.issuer else ISSUING
    crl = x509.UniformResourceIdentifier(f"{address}/{above}.crl")
    ocsp = x509.UniformResourceIdentifier(f"{address}/ocsp")
    identifier = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    found: list[x509.ExtensionType] = [
        x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
        x509.CRLDistributionPoints([x509.DistributionPoint([crl], None, None, None)]),
    ]
    if above == ISSUING:
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, ocsp)
        found.append(x509.AuthorityInformationAccess([access]))
    return found


def _key(folder: Path, name: str) -> ec.EllipticCurvePrivateKey:
    curve = _KINDS[name].curve
    text = vault.keep(folder / f"{name}.key", lambda: _pem(ec.generate_private_key(curve)))
    key = load_pem_private_key(text.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{name}.key is of another kind")
    return key


def _public(folder: Path, name: str) -> ec.EllipticCurvePublicKey:
    """The key of the certificate that is there, or of a new one."""
    if not (folder / f"{name}.pem").exists():
        return _key(folder, name).public_key()
    key = certificate(folder, name).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError(f"{name}.pem is of another kind")
    return key


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _write(folder: Path, name: str, certificate: x509.Certificate) -> None:
    vault.write(folder / f"{name}.pem", certificate.public_bytes(Encoding.PEM).decode())
