from base64 import urlsafe_b64decode

import cbor2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from hub_documents import facts
from hub_documents.facts import FactsInvalid

CLAIMS = {4: 1_795_000_000, 6: 1_780_000_000, 7: b"K7QF2M9XT4PA", -65537: {"holder": "Ș. Ő."}}
LEAF = st.integers(-(2**63), 2**63 - 1) | st.text(max_size=20) | st.binary(max_size=20) | st.booleans()
ANY_CLAIMS = st.dictionaries(
    st.integers(-70_000, 70_000) | st.text(max_size=8),
    LEAF | st.lists(LEAF, max_size=3) | st.dictionaries(st.text(max_size=8), LEAF, max_size=3),
    max_size=6,
)


def test_who_has_the_certificate_reads_the_facts(signer, certificate) -> None:
    assert facts.read(facts.sign(CLAIMS, signer), facts.keys(certificate)) == CLAIMS


def test_who_has_the_public_key_only_reads_them_too(signer) -> None:
    public = x509.load_der_x509_certificate(signer.certificates[0]).public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert facts.read(facts.sign(CLAIMS, signer), facts.keys(pem)) == CLAIMS


@settings(deadline=None)
@given(claims=ANY_CLAIMS)
def test_any_claims_are_read_as_they_were_signed(signer, keys, claims) -> None:
    assert facts.read(facts.sign(claims, signer), keys) == claims


@settings(deadline=None)
@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_any_flipped_byte_is_refused(signer, keys, place, flip) -> None:
    token = bytearray(facts.sign(CLAIMS, signer))
    token[place % len(token)] ^= flip
    with pytest.raises(FactsInvalid):
        facts.read(bytes(token), keys)


@settings(deadline=None)
@given(token=st.binary(max_size=200))
def test_what_is_no_token_is_refused(keys, token) -> None:
    with pytest.raises(FactsInvalid):
        facts.read(token, keys)


def test_a_key_that_is_not_trusted_signs_nothing(somebody, keys) -> None:
    with pytest.raises(FactsInvalid, match="no key that is trusted"):
        facts.read(facts.sign(CLAIMS, somebody), keys)


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: [parts[0], {4: b"another"}, *parts[2:]],
        lambda parts: [*parts, b""],
        lambda parts: [cbor2.dumps({1: -7}), *parts[1:]],
        lambda parts: [cbor2.dumps({1: -7, 4: b"short"}), *parts[1:]],
        lambda parts: [*parts[:3], parts[3] + b"\0"],
        lambda parts: parts[:3],
    ],
)
def test_nothing_may_stand_beside_what_is_signed(signer, keys, change) -> None:
    parts = cbor2.loads(facts.sign(CLAIMS, signer)).value
    with pytest.raises(FactsInvalid, match="no COSE_Sign1 of ours"):
        facts.read(cbor2.dumps(cbor2.CBORTag(18, change(parts))), keys)


@pytest.mark.parametrize("length", [0, 1, 20, 21, 22, 23, 24, 250, 252, 253, 254, 255, 256, 257, 1_000])
def test_claims_of_any_length_are_read(signer, keys, length) -> None:
    claims = {7: bytes(length)}
    assert facts.read(facts.sign(claims, signer), keys) == claims


def test_what_is_signed_but_no_claims_is_refused(signer, keys) -> None:
    with pytest.raises(FactsInvalid, match="no claims"):
        facts.read(facts.sign([1], signer), keys)


def test_the_same_facts_written_in_another_way_are_refused(signer, keys) -> None:
    token = facts.sign(CLAIMS, signer)
    assert token[:2] == b"\xd2\x84"
    longer = b"\xd8\x12" + token[1:]  # tag 18 in two bytes
    assert cbor2.loads(longer).value == cbor2.loads(token).value
    for other in (longer, token + b"\0", token[1:]):
        with pytest.raises(FactsInvalid):
            facts.read(other, keys)


def test_more_than_a_qr_holds_is_not_read(keys) -> None:
    with pytest.raises(FactsInvalid, match="no COSE_Sign1 of ours"):
        facts.read(bytes(facts.MOST_BYTES + 1), keys)


def test_another_curve_is_no_key_of_facts() -> None:
    key = ec.generate_private_key(ec.SECP384R1()).public_key()
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(TypeError):
        facts.keys(pem)


def test_the_address_opens_a_page_and_keeps_the_facts_from_its_server(signer) -> None:
    token = facts.sign(CLAIMS, signer)
    page, fragment = facts.address("https://hub.example", "K7QF2M9XT4PA", token).split("#")
    assert page == "https://hub.example/verify/K7QF2M9XT4PA"
    assert urlsafe_b64decode(fragment + "=" * (-len(fragment) % 4)) == token
