"""What the tools of others say of our seals: poppler, OpenSSL, qpdf, pyHanko."""

import hashlib
import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import crl, ocsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate, AdESPassed, AdESSubIndic
from pyhanko.sign.validation.ades import ades_with_time_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from hub_cli.outside.trust import authority as maker
from hub_cli.outside.trust.status import Registry
from hub_documents import cms
from hub_documents.seal import Level, Sealer
from hub_testing.programs import run

from .conftest import NAME, REASON, MakeElsewhere

PLACE = re.compile(rb"/ByteRange\[0 (\d+) (\d+) (\d+)\]/Contents<")


def taken_apart(content: bytes) -> tuple[bytes, bytes]:
    """The bytes that the signature covers, and the signature."""
    found = PLACE.search(content)
    assert found
    start, end, rest = (int(number) for number in found.groups())
    padded = bytes.fromhex(content[start + 1 : end - 1].decode())
    length = 4 + int.from_bytes(padded[2:4], "big")
    return content[:start] + content[end : end + rest], padded[:length]


async def indicated(content: bytes, root: Path, **known: list[bytes]) -> AdESSubIndic:
    """What pyHanko says of a signature with time (ETSI EN 319 102-1, 5.5).

    It trusts our root only, fetches nothing, and wants a proof about each certificate: those that the file
    carries, and those that are `known`.
    """
    reader = PdfFileReader(io.BytesIO(content))
    (signature,) = reader.embedded_signatures
    signature.compute_integrity_info()
    ocsps, crls, certificates = list(known.get("ocsps", ())), list(known.get("crls", ())), []
    if "/DSS" in reader.root:
        store = DocumentSecurityStore.read_dss(reader)
        ocsps += [one.get_object().data for one in store.ocsps]
        crls += [one.get_object().data for one in store.crls]
        certificates = list(store.load_certs())
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[load_cert_from_pemder(str(root))]),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
    )
    spec = SignatureValidationSpec(
        cert_validation_policy=policy,
        revinfo_gathering_policy=RevocationInfoGatheringSpec(
            online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY
        ),
        local_knowledge=LocalKnowledge(
            known_ocsps=[OCSPContainer(ocsp.OCSPResponse.load(one)) for one in ocsps],
            known_crls=[CRLContainer(crl.CertificateList.load(one)) for one in crls],
            known_certs=certificates,
        ),
    )
    result = await ades_with_time_validation(
        signature.signed_data,
        spec,
        raw_digest=signature.compute_digest(),
        extra_status_kwargs=signature.summarise_integrity_info(),
        status_cls=PdfSignatureStatus,
    )
    return result.ades_subindic


@pytest.mark.parametrize("level", Level)
def test_pdfsig_trusts_it_and_finds_the_whole_document_signed(
    level: Level, files: dict[Level, bytes], said_by_pdfsig: Callable[[bytes], str]
) -> None:
    said = said_by_pdfsig(files[level])
    assert "Signature is Valid." in said
    assert "Certificate is Trusted." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


@pytest.mark.parametrize("level", Level)
def test_qpdf_finds_no_fault(level: Level, files: dict[Level, bytes], tmp_path: Path) -> None:
    file = tmp_path / "sealed.pdf"
    file.write_bytes(files[level])
    checked = run("qpdf", "--check", file)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("level", Level)
def test_openssl_verifies_the_signature_as_cades(
    level: Level, files: dict[Level, bytes], trust_folder: Path, tmp_path: Path
) -> None:
    signed, der = taken_apart(files[level])
    content, signature = tmp_path / "content", tmp_path / "signature.der"
    content.write_bytes(signed)
    signature.write_bytes(der)
    command = ("openssl", "cms", "-verify", "-cades", "-inform", "DER", "-in", signature, "-binary")
    trusting = ("-CAfile", trust_folder / "root.pem", "-purpose", "any", "-out", "/dev/null")
    verified = run(*command, "-content", content, *trusting)
    assert verified.returncode == 0, verified.stderr
    content.write_bytes(signed + b" ")
    assert run(*command, "-content", content, *trusting).returncode != 0


@pytest.mark.parametrize("level", [Level.B_T, Level.B_LT])
def test_openssl_verifies_the_time_stamp(
    level: Level, files: dict[Level, bytes], trust_folder: Path, tmp_path: Path
) -> None:
    _, der = taken_apart(files[level])
    message = cms.read(der)
    assert message.token
    token = tmp_path / "token.der"
    token.write_bytes(message.token)
    command = ("openssl", "ts", "-verify", "-token_in", "-in", token, "-CAfile", trust_folder / "root.pem")
    chain = ("-untrusted", trust_folder / "chain.pem")
    verified = run(*command, *chain, "-digest", hashlib.sha256(message.signature).hexdigest())
    assert verified.returncode == 0, verified.stderr
    assert run(*command, *chain, "-digest", hashlib.sha256(b"other").hexdigest()).returncode != 0


async def test_pyhanko_finds_it_valid_for_the_long_term(
    files: dict[Level, bytes], trust_folder: Path
) -> None:
    assert await indicated(files[Level.B_LT], trust_folder / "root.pem") == AdESPassed.OK


async def test_others_refuse_a_revoked_seal(
    make_elsewhere: MakeElsewhere, pdf: bytes, now: datetime, tmp_path: Path
) -> None:
    async with make_elsewhere() as elsewhere:
        sealer = Sealer(elsewhere.signer, name=NAME, reason=REASON, authority=elsewhere.authority)
        sealed = (await sealer.seal(pdf, now)).content
        root, registry = elsewhere.folder / "root.pem", Registry(elsewhere.folder)
        signed, der = taken_apart(sealed)
        content, signature, trusted = tmp_path / "content", tmp_path / "signature", tmp_path / "trusted.pem"
        content.write_bytes(signed)
        signature.write_bytes(der)
        command = ("openssl", "cms", "-verify", "-cades", "-inform", "DER", "-in", signature, "-binary")
        checking = ("-content", content, "-CAfile", trusted, "-purpose", "any", "-crl_check")
        for is_revoked in (False, True):
            if is_revoked:
                elsewhere.revoke("seal", now - timedelta(hours=1))
            crls = [registry.crl(name, now) for name in ("root", "issuing")]
            lists = [x509.load_der_x509_crl(one).public_bytes(Encoding.PEM) for one in crls]
            trusted.write_bytes(root.read_bytes() + b"".join(lists))
            verified = run(*command, *checking, "-out", "/dev/null")
            assert ("certificate revoked" in verified.stderr) == is_revoked
            assert (verified.returncode == 0) != is_revoked
            indication = await indicated(sealed, root, crls=crls)
            assert indication == (AdESIndeterminate.REVOKED_NO_POE if is_revoked else AdESPassed.OK)


def test_openssl_refuses_the_seal_of_another_authority(files: dict[Level, bytes], tmp_path: Path) -> None:
    maker.make(str(tmp_path / "other"), "http://localhost/trust")
    signed, der = taken_apart(files[Level.B_B])
    content, signature = tmp_path / "content", tmp_path / "signature"
    content.write_bytes(signed)
    signature.write_bytes(der)
    command = ("openssl", "cms", "-verify", "-inform", "DER", "-in", signature, "-binary")
    trusting = ("-CAfile", tmp_path / "other/root.pem", "-purpose", "any", "-out", "/dev/null")
    verified = run(*command, "-content", content, *trusting)
    assert verified.returncode != 0
    assert "unable to get" in verified.stderr
