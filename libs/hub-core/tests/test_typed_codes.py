"""Verification codes, as they are made and as people type them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from hub_core.typed_codes import RANDOM_BYTES, code_of, grouped, read

CHANCE = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES)


@given(CHANCE)
def test_a_code_is_read_as_it_is_printed(chance: bytes) -> None:
    code = code_of(chance)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}", grouped(code))
    assert read(grouped(code)) == read(code) == code


@given(CHANCE, CHANCE)
def test_other_chance_gives_another_code(one: bytes, other: bytes) -> None:
    assert (code_of(one) == code_of(other)) == (one == other)


@given(CHANCE, st.data())
def test_a_code_may_be_typed_in_many_ways(chance: bytes, data: st.DataObject) -> None:
    signs = []
    for sign in code_of(chance):
        alike = {"0": "0Oo\uff2f", "1": "1IiLl"}.get(sign, sign + sign.lower())
        signs.append(data.draw(st.sampled_from(alike)))
        signs.append(data.draw(st.sampled_from(["", " ", "-", "\u2013", ".", "\t", "\u00a0"])))
    assert read("".join(signs)) == code_of(chance)


@given(st.text(max_size=64))
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    code = read(typed)
    assert code is None or read(grouped(code)) == code


def test_what_is_too_short_or_has_a_strange_letter_is_no_code() -> None:
    assert read("") is None
    assert read("K7QF-2M9X-T4PA-8WD") is None
    assert read("K7QF-2M9X-T4PA-8WDCC") is None
    assert read("K7QF-2M9X-T4PA-8WDU") is None
    assert read("K7QF-2M9X-T4PA-8WDȘ") is None
