"""The authority of the embedded run: made once, believed by OpenSSL, and able to revoke."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from hub_cli.outside.trust import authority
from hub_cli.outside.trust.stamps import Unit
from hub_cli.outside.trust.status import Registry, UnknownName
from hub_documents.der import first, integer
from hub_testing import programs

ADDRESS = "http://localhost/trust"
NOW = datetime.now(UTC).replace(microsecond=0)

openssl = partial(programs.run, "openssl")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "trust"
    authority.make(str(made), ADDRESS)
    return made


def status_of(answer: bytes) -> ocsp.OCSPResponseStatus:
    return ocsp.load_der_ocsp_response(answer).response_status


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_it_is_made_once(folder: Path) -> None:
    before = contents(folder)
    authority.make(str(folder), ADDRESS)
    assert contents(folder) == before


def test_at_another_address_certificates_are_issued_again_for_the_same_keys(folder: Path) -> None:
    before = contents(folder)
    authority.make(str(folder), "http://localhost:9/trust")
    after = contents(folder)
    changed = {name for name in before if before[name] != after[name]}
    issued = {f"{name}.pem" for name in ("chain", "issuing", *authority.NAMES)}
    assert changed == issued | {"address"}


def test_the_key_of_the_seal_may_lie_elsewhere(folder: Path) -> None:
    (folder / "seal.key").write_text("pkcs11:token=seals;object=seal?module-path=/nowhere.so")
    before = authority.certificate(folder, "seal")
    authority.make(str(folder), "http://localhost:9/trust")
    assert authority.certificate(folder, "seal").public_key() == before.public_key()
    registry = Registry(folder)
    registry.revoke("seal", NOW)
    crl = x509.load_der_x509_crl(registry.crl("issuing", NOW))
    serial_number = authority.certificate(folder, "seal").serial_number
    assert crl.get_revoked_certificate_by_serial_number(serial_number)


def test_only_the_owner_reads_keys(folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    for key in folder.glob("*.key"):
        assert key.stat().st_mode & 0o777 == 0o600


def test_every_name_says_that_it_is_for_tests(folder: Path) -> None:
    for file in folder.glob("*.pem"):
        assert "TEST" in x509.load_pem_x509_certificate(file.read_bytes()).subject.rfc4514_string()


@pytest.mark.parametrize("name", authority.NAMES)
def test_openssl_finds_the_way_to_the_root(name: str, folder: Path) -> None:
    trusting = ("-x509_strict", "-CAfile", folder / "root.pem", "-untrusted", folder / "chain.pem")
    verified = openssl("verify", *trusting, folder / f"{name}.pem")
    assert verified.returncode == 0, verified.stderr


@pytest.mark.parametrize("name", authority.NAMES)
def test_openssl_reads_in_the_list_who_was_revoked(name: str, folder: Path, tmp_path: Path) -> None:
    registry = Registry(folder)
    for is_revoked in (False, True):
        if is_revoked:
            registry.revoke(name, NOW - timedelta(hours=1))
        crl = x509.load_der_x509_crl(registry.crl("issuing", NOW))
        (tmp_path / "crl.pem").write_bytes(crl.public_bytes(serialization.Encoding.PEM))
        trusting = ("-CAfile", folder / "root.pem", "-untrusted", folder / "chain.pem")
        checking = ("-crl_check", "-CRLfile", tmp_path / "crl.pem")
        verified = openssl("verify", *trusting, *checking, folder / f"{name}.pem")
        assert ("certificate revoked" in verified.stderr) == is_revoked
        assert (verified.returncode == 0) != is_revoked


def test_openssl_understands_the_answer_about_a_certificate(folder: Path, tmp_path: Path) -> None:
    registry = Registry(folder)
    about = ("-issuer", folder / "issuing.pem", "-cert", folder / "seal.pem")
    query, answer = tmp_path / "query.der", tmp_path / "answer.der"
    openssl("ocsp", *about, "-no_nonce", "-reqout", query).check_returncode()
    for said in ("good", "revoked"):
        if said == "revoked":
            registry.revoke("seal", NOW)
        answer.write_bytes(registry.answer(query.read_bytes(), NOW))
        asked = openssl("ocsp", *about, "-respin", answer, "-CAfile", folder / "root.pem", "-no_nonce")
        assert f"seal.pem: {said}" in asked.stdout, asked.stderr
        assert "Response verify OK" in asked.stderr


def test_an_answer_is_given_about_our_own_certificates_only(folder: Path, tmp_path: Path) -> None:
    registry = Registry(folder)
    assert status_of(registry.answer(b"nonsense", NOW)) == ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    authority.make(str(tmp_path / "other"), ADDRESS)
    issuing, seal = (authority.load(tmp_path / "other", name).certificate for name in ("issuing", "seal"))
    query = ocsp.OCSPRequestBuilder().add_certificate(seal, issuing, hashes.SHA256()).build()
    answer = registry.answer(query.public_bytes(serialization.Encoding.DER), NOW)
    assert status_of(answer) == ocsp.OCSPResponseStatus.UNAUTHORIZED


def test_nobody_unknown_is_revoked_or_listed(folder: Path) -> None:
    for name in ("root", "../seal", ""):
        with pytest.raises(UnknownName):
            Registry(folder).revoke(name, NOW)
    with pytest.raises(UnknownName):
        Registry(folder).crl("seal", NOW)


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_openssl_asks_for_a_time_stamp_and_verifies_it(digest: str, folder: Path, tmp_path: Path) -> None:
    query, answer, data = tmp_path / "query.tsq", tmp_path / "answer.tsr", folder / "root.pem"
    openssl("ts", "-query", "-data", data, f"-{digest}", "-cert", "-out", query).check_returncode()
    unit = Unit(authority.load(folder, "timestamps"), authority.load(folder, "issuing"))
    answer.write_bytes(unit.answer(query.read_bytes(), NOW))
    trusting = ("-CAfile", folder / "root.pem", "-untrusted", folder / "chain.pem")
    verified = openssl("ts", "-verify", "-queryfile", query, "-in", answer, *trusting)
    assert verified.returncode == 0, verified.stderr


@pytest.mark.parametrize("query", [b"", b"nonsense", b"0\x00", b"0\x80", bytes(100)])
def test_a_question_that_makes_no_sense_is_rejected(query: bytes, folder: Path) -> None:
    unit = Unit(authority.load(folder, "timestamps"), authority.load(folder, "issuing"))
    status = first(unit.answer(query, NOW)).parts()[0]
    assert status.parts()[0].whole == integer(2)


async def test_over_http_it_answers_each_in_its_own_type(trust_http: httpx2.AsyncClient) -> None:
    types = {
        "/trust/root.pem": "application/x-pem-file",
        "/trust/root.crl": "application/pkix-crl",
        "/trust/issuing.crl": "application/pkix-crl",
    }
    for path, kind in types.items():
        answer = await trust_http.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert (await trust_http.get("/trust/seal.crl")).status_code == 404
    assert (await trust_http.get("/trust/seal.key")).status_code == 404
    for path, kind in (("timestamps", "timestamp-reply"), ("ocsp", "ocsp-response")):
        answer = await trust_http.post(f"/trust/{path}", content=b"nonsense")
        assert (answer.status_code, answer.headers["content-type"]) == (200, f"application/{kind}")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"name": "root"}', b'{"name": ["seal"]}', b"\xff"])
async def test_over_http_only_what_it_issued_is_revoked(
    content: bytes, trust_http: httpx2.AsyncClient
) -> None:
    assert (await trust_http.post("/trust/revocations", content=content)).status_code == 422


def a_request(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, **named: str) -> bytes:
    kinds = {"organization": NameOID.ORGANIZATION_NAME, "identifier": NameOID.ORGANIZATION_IDENTIFIER}
    subject = x509.Name([x509.NameAttribute(kinds[kind], value) for kind, value in named.items()])
    asked = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return asked.public_bytes(serialization.Encoding.PEM)


def test_a_seal_is_issued_to_an_organization_for_its_own_key_and_says_that_it_is_for_tests(
    folder: Path,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    request = a_request(key, organization="Poliția Locală Covasna", identifier="IP:RO-PL-CV")
    issued = authority.issue_seal(folder, request, NOW)
    own, above = x509.load_pem_x509_certificates(issued)
    assert own.public_key() == key.public_key()
    assert above == authority.certificate(folder, authority.ISSUING)
    assert own.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == (
        "Poliția Locală Covasna (TEST)"
    )
    file = folder / "issued.pem"
    file.write_bytes(own.public_bytes(serialization.Encoding.PEM))
    trusting = ("-x509_strict", "-CAfile", folder / "root.pem", "-untrusted", folder / "chain.pem")
    assert openssl("verify", *trusting, file).returncode == 0


@pytest.mark.parametrize(
    "request_of",
    [
        lambda: b"-----BEGIN CERTIFICATE REQUEST-----",
        lambda: a_request(ec.generate_private_key(ec.SECP384R1()), organization="A", identifier="IP:RO-A"),
        lambda: a_request(rsa.generate_private_key(65537, 2048), organization="A", identifier="IP:RO-A"),
        lambda: a_request(ec.generate_private_key(ec.SECP256R1()), organization="A"),
        lambda: a_request(ec.generate_private_key(ec.SECP256R1()), identifier="IP:RO-A"),
    ],
)
def test_no_seal_is_issued_for_what_is_no_request_of_an_organization(
    folder: Path, request_of: Callable[[], bytes]
) -> None:
    with pytest.raises(authority.RequestRefused):
        authority.issue_seal(folder, request_of(), NOW)


def test_a_request_that_its_key_has_not_signed_is_refused(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    asked = x509.load_pem_x509_csr(a_request(key, organization="A", identifier="IP:RO-A"))
    whole = bytearray(asked.public_bytes(serialization.Encoding.DER))
    whole[whole.index(b"IP:RO-A") + 6] = ord("B")
    changed = x509.load_der_x509_csr(bytes(whole)).public_bytes(serialization.Encoding.PEM)
    with pytest.raises(authority.RequestRefused):
        authority.issue_seal(folder, changed, NOW)


def test_at_another_address_seals_are_to_be_asked_for_again(folder: Path) -> None:
    (folder / authority.SEALS).mkdir()
    authority.make(str(folder), ADDRESS)
    assert (folder / authority.SEALS).exists()
    authority.make(str(folder), "http://localhost:9/trust")
    assert not (folder / authority.SEALS).exists()


def test_the_seal_of_one_institution_is_revoked_by_its_id(folder: Path) -> None:
    serials = {}
    for name in ("first", "second"):
        key = ec.generate_private_key(ec.SECP256R1())
        issued = authority.issue_seal(folder, a_request(key, organization=name, identifier="IP:RO-A"), NOW)
        (folder / authority.SEALS / name).mkdir(parents=True)
        (folder / authority.SEALS / name / "seal.pem").write_bytes(issued)
        serials[name] = x509.load_pem_x509_certificates(issued)[0].serial_number
    registry = Registry(folder)
    registry.revoke("first", NOW)
    crl = x509.load_der_x509_crl(registry.crl("issuing", NOW))
    assert crl.get_revoked_certificate_by_serial_number(serials["first"])
    assert not crl.get_revoked_certificate_by_serial_number(serials["second"])
    for unknown in ("third", "..", "../institutions/second", ""):
        with pytest.raises(UnknownName):
            registry.revoke(unknown, NOW)
