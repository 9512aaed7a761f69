import json
import zlib
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub_documents import compact, status_list
from hub_documents.status_list import Status, StatusListInvalid

ADDRESS = "https://hub.example/criminal-record/v1/status-lists/1"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)


def published(packed: bytes, signer, width: int = 1) -> str:
    return status_list.token(
        packed, signer, address=ADDRESS, issued_at=NOON, valid_for=A_DAY, ttl=AN_HOUR, width=width
    )


def test_a_revoked_document_is_known_to_who_holds_the_list(signer, keys) -> None:
    token = published(status_list.bits({482: Status.INVALID}, size=1_000), signer)
    kept = status_list.read(token, keys, address=ADDRESS, now=NOON)
    assert (kept.at(482), kept.at(481), kept.at(999)) == (Status.INVALID, Status.VALID, Status.VALID)
    assert (kept.issued_at, kept.keep_for) == (NOON, AN_HOUR)


@settings(deadline=None)
@given(
    width=st.sampled_from([1, 2]),
    size=st.integers(1, 300),
    chosen=st.dictionaries(st.integers(0, 299), st.sampled_from([Status.VALID, Status.INVALID])),
    suspended=st.sets(st.integers(0, 299)),
)
def test_any_status_is_read_back(signer, keys, width, size, chosen, suspended) -> None:
    said = {index: status for index, status in chosen.items() if index < size}
    if width == 2:
        said |= {index: Status.SUSPENDED for index in suspended if index < size}
    token = published(status_list.bits(said, size, width), signer, width)
    kept = status_list.read(token, keys, address=ADDRESS, now=NOON)
    assert [kept.at(index) for index in range(size)] == [
        said.get(index, Status.VALID) for index in range(size)
    ]


def test_bits_lie_as_the_draft_draws_them() -> None:
    """Section 4.1 of draft-ietf-oauth-status-list: its examples with one and with two bits."""
    one = {0, 3, 4, 5, 7, 8, 9, 13, 15}
    assert status_list.bits(dict.fromkeys(one, Status.INVALID), 16) == bytes.fromhex("b9a3")
    two = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
    packed = status_list.bits(
        {index: Status(value) for index, value in enumerate(two) if value < 3}, size=12, width=2
    )
    assert packed == bytes.fromhex("094409")


def test_a_list_is_written_as_the_draft_says(signer) -> None:
    header, claims, _ = published(bytes(100), signer).split(".")
    assert json.loads(compact.decode(header)) == {
        "alg": "ES256",
        "typ": "statuslist+jwt",
        "kid": compact.encode(signer.kid),
        "x5c": [b64encode(link).decode() for link in signer.certificates],
    }
    said = json.loads(compact.decode(claims))
    assert said["status_list"].pop("lst")
    assert said == {
        "sub": ADDRESS,
        "iat": int(NOON.timestamp()),
        "exp": int((NOON + A_DAY).timestamp()),
        "ttl": 3600,
        "status_list": {"bits": 1},
    }


def test_a_place_that_the_list_has_not_is_no_valid_document(signer, keys) -> None:
    kept = status_list.read(published(bytes(1), signer), keys, address=ADDRESS, now=NOON)
    assert kept.at(7) is Status.VALID
    for index in (8, -1):
        with pytest.raises(StatusListInvalid):
            kept.at(index)


def test_a_status_that_nothing_is_known_of_is_no_valid_document(signer, keys) -> None:
    kept = status_list.read(published(b"\x03", signer, 2), keys, address=ADDRESS, now=NOON)
    with pytest.raises(StatusListInvalid):
        kept.at(0)


def test_an_old_list_is_refused(signer, keys) -> None:
    token = published(bytes(1), signer)
    status_list.read(token, keys, address=ADDRESS, now=NOON + A_DAY - timedelta(seconds=1))
    with pytest.raises(StatusListInvalid, match="out of date"):
        status_list.read(token, keys, address=ADDRESS, now=NOON + A_DAY)


def test_another_list_is_refused(signer, keys) -> None:
    with pytest.raises(StatusListInvalid, match="another list"):
        status_list.read(published(bytes(1), signer), keys, address=f"{ADDRESS}0", now=NOON)


def test_a_list_that_somebody_else_signed_is_refused(somebody, keys) -> None:
    with pytest.raises(StatusListInvalid, match="no key that is trusted"):
        status_list.read(published(bytes(1), somebody), keys, address=ADDRESS, now=NOON)


def test_a_token_for_something_else_is_no_list(signer, keys) -> None:
    with pytest.raises(StatusListInvalid):
        status_list.read(compact.sign("JWT", {}, signer), keys, address=ADDRESS, now=NOON)


@settings(deadline=None)
@given(place=st.integers(0, 10_000), letter=st.sampled_from("AQgw.-_"))
def test_a_changed_list_is_refused(signer, keys, place, letter) -> None:
    token = published(status_list.bits({3: Status.INVALID}, 8), signer)
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    if changed != token:
        with pytest.raises(StatusListInvalid):
            status_list.read(changed, keys, address=ADDRESS, now=NOON)


@pytest.mark.parametrize(
    "lst", [zlib.compress(bytes(status_list.LARGEST + 1)), zlib.compress(bytes(9))[:-1], b"no zlib"]
)
def test_a_list_that_cannot_be_unpacked_is_refused(signer, keys, lst) -> None:
    claims = {
        "sub": ADDRESS,
        "iat": 0,
        "exp": NOON.timestamp() + 1,
        "ttl": 60,
        "status_list": {"bits": 1, "lst": compact.encode(lst)},
    }
    with pytest.raises(StatusListInvalid):
        status_list.read(compact.sign(status_list.KIND, claims, signer), keys, address=ADDRESS, now=NOON)


def test_a_status_has_to_fit() -> None:
    with pytest.raises(ValueError, match="SUSPENDED needs more than 1 bit"):
        status_list.bits({0: Status.SUSPENDED}, 8)
    with pytest.raises(IndexError):
        status_list.bits({8: Status.INVALID}, 8)
    with pytest.raises(ValueError, match="1 or 2 bits"):
        status_list.bits({}, 8, width=4)
