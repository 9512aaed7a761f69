"""What the page's own reader makes of QR codes: the same as the library that signs them, and no more."""

import json
import random
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import cbor2
import pytest

import hub_service
from hub_cli.outside.trust import authority
from hub_documents import anchors, facts
from hub_testing import programs
from svc_criminal_record.domain.facts import Facts
from svc_criminal_record.domain.hints import Hint
from svc_criminal_record.domain.products import Product

SCRIPT = Path(hub_service.__path__[0]) / "verification.mjs"
DRIVER = Path(__file__).parent / "page_script.mjs"
CODE = "K7QF2M9XT4PA8WDC"
STATED = Facts(
    product=Product.CRIMINAL_RECORD,
    number="CJ 0048213",
    code=CODE,
    holder=Hint.of("Ștefănel Bălaș Țurcan-Szőke", "1850312149006"),
    motive="angajare",
    issued_at=datetime(2026, 11, 22, 10, tzinfo=UTC),
    valid_until=date(2027, 5, 22),
    status_list="https://hub.example/criminal-record/v1/status-lists/1",
    status_index=482_113,
)

Read: TypeAlias = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def read() -> Read:
    """Run the script on cases, all in one process."""

    def run(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
        ran = programs.run("node", DRIVER, SCRIPT.as_uri(), given=json.dumps(cases))
        assert ran.returncode == 0, ran.stderr
        answers: list[dict[str, Any]] = json.loads(ran.stdout)
        return answers

    return run


def text(token: bytes) -> str:
    return urlsafe_b64encode(token).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def ours(trust_folder: Path) -> anchors.Anchors:
    return anchors.read(trust_folder)


def case(token: bytes, ours: anchors.Anchors, code: str = CODE) -> dict[str, Any]:
    return {"code": code, "fragment": text(token), "keys": [dict(ours.facts.jwk)]}


def test_what_is_signed_is_read(read: Read, ours: anchors.Anchors) -> None:
    token = facts.sign(STATED.claims(), ours.signer)
    codes = [CODE, "K7QF-2M9X-T4PA-8WDC", "k7qf 2m9x t4pa 8wdc"]
    for shown in read([case(token, ours, code) for code in codes]):
        assert shown == {
            "type": "CRIMINAL_RECORD",
            "no": "CJ 0048213",
            "holder": STATED.holder.initials,
            "last4": "9006",
            "motive": "angajare",
            "issued": "2026-11-22T10:00:00.000Z",
            "expires": "2027-05-22T21:00:00.000Z",
        }


def test_what_never_expires_says_no_end(read: Read, ours: anchors.Anchors) -> None:
    claims = {claim: value for claim, value in STATED.claims().items() if claim != 4}
    (shown,) = read([case(facts.sign(claims, ours.signer), ours)])
    assert shown["expires"] is None
    (refused,) = read([case(facts.sign(claims | {4: "never"}, ours.signer), ours)])
    assert refused["refused"]


def test_no_changed_byte_passes(read: Read, ours: anchors.Anchors) -> None:
    token = facts.sign(STATED.claims(), ours.signer)
    chance = random.Random(1)
    changed = [
        token[:place] + bytes([token[place] ^ (1 << chance.randrange(8))]) + token[place + 1 :]
        for place in range(len(token))
    ]
    shorter = [token[:length] for length in range(len(token))]
    answers = read([case(made, ours) for made in (*changed, *shorter, token + b"\0")])
    assert [answer for answer in answers if answer.get("refused") is not True] == []


def test_no_other_key_passes_and_no_other_certificate(
    read: Read, ours: anchors.Anchors, tmp_path: Path
) -> None:
    authority.make(str(tmp_path), "http://127.0.0.1:1/trust")
    somebody = anchors.read(tmp_path)
    token = facts.sign(STATED.claims(), ours.signer)
    elsewhere = facts.sign(STATED.claims(), somebody.signer)
    bare = facts.sign({4: 1, 6: 1}, ours.signer)
    answers = read(
        [
            case(elsewhere, ours),
            case(token, ours, "0000-0000-0000-0000"),
            case(bare, ours),
            {"code": CODE, "fragment": text(token), "keys": []},
            {"code": CODE, "fragment": "a" * 5, "keys": []},
            {"code": CODE, "fragment": "not base64!", "keys": []},
        ]
    )
    assert [answer["refused"] for answer in answers] == [True] * 6
    assert answers[1]["why"] == "the address is of another document"


def test_nothing_stands_outside_the_signature(read: Read, ours: anchors.Anchors) -> None:
    protected, _, payload, signature = cbor2.loads(facts.sign(STATED.claims(), ours.signer)).value
    made = [
        cbor2.CBORTag(18, [protected, {1: -7}, payload, signature]),
        cbor2.CBORTag(18, [protected, {}, payload, signature, 1]),
        cbor2.CBORTag(17, [protected, {}, payload, signature]),
        [protected, {}, payload, signature],
        cbor2.CBORTag(18, [cbor2.dumps({1: -7}), {}, payload, signature]),
        cbor2.CBORTag(18, [cbor2.dumps({1: -7, 4: b"12345678"}), {}, payload, signature]),
    ]
    answers = read([case(cbor2.dumps(each, canonical=True), ours) for each in made])
    assert [answer["refused"] for answer in answers] == [True] * len(made)


VALUES: list[tuple[Any, Any]] = [
    (0, 0),
    (23, 23),
    (24, 24),
    (65_535, 65_535),
    (2**32, 2**32),
    (-1, -1),
    (-65_537, -65_537),
    ("Ștefănel", "Ștefănel"),
    (b"\0\xff", {"bytes": "00ff"}),
    ([], []),
    ([1, [True, None]], [1, [True, None]]),
    ({1: "a", "b": [b""]}, {"map": [[1, "a"], ["b", [{"bytes": ""}]]]}),
]


def test_cbor_is_read_as_it_is_written(read: Read) -> None:
    answers = read([{"cbor": text(cbor2.dumps(value, canonical=True))} for value, _ in VALUES])
    assert [answer["value"] for answer in answers] == [expected for _, expected in VALUES]


def test_hostile_cbor_is_refused_at_once(read: Read) -> None:
    hostile = [
        b"",
        b"\x81" * 2000,  # deeper than anything
        b"\x9b\x00\x00\x00\x00\xff\xff\xff\xff",  # four thousand million members
        b"\xbb\x00\x00\x00\x00\xff\xff\xff\xff",
        b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x9f\xff",  # of no definite length
        b"\x18\x01",  # longer than it has to be
        b"\xa2\x01\x01\x01\x02",  # a key twice
        b"\x61\xff",  # no text
        b"\xf9\x00\x00",  # a float
        b"\xf7",
        b"\x01\x01",  # more than one value
    ]
    chance = random.Random(2)
    hostile += [chance.randbytes(chance.randrange(1, 64)) + b"\xff" for _ in range(500)]
    answers = read([{"cbor": text(each)} for each in hostile])
    assert [answer for answer in answers[:12] if answer.get("refused") is not True] == []
    assert [answer for answer in answers if answer.get("refused") is False] == []
