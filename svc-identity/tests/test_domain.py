"""The rules, without I/O."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hub_core.language import Language
from hub_core.principal import Assurance
from svc_identity import common_passwords
from svc_identity.domain import (
    account,
    client,
    confirmation,
    device,
    legal,
    login_name,
    password,
    rules,
    scopes,
    session,
    signing_key,
    throttle,
)
from svc_identity.domain.client import ApplicationType, Authentication, Client
from svc_identity.domain.confirmation import Outcome, Purpose
from svc_identity.domain.rules import Rule, RuleId, Unit
from svc_identity.domain.signing_key import SigningKey, Use
from svc_identity.manifest import MANIFEST

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANA = UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70")
KEY = bytes(32)
PROFILE = account.Profile("Ana", "Popescu", Language.RO)


# ── the rule table ──


def test_the_service_is_not_ready_without_the_legal_numbers_that_it_applies() -> None:
    assert set(MANIFEST.rules) == set(legal.CODES)


@pytest.mark.parametrize("rule_id", list(RuleId))
def test_every_rule_has_a_value_today_and_says_where_it_comes_from(rule_id: RuleId) -> None:
    assert rules.value(rule_id, NOON) > 0
    assert all(row.legal_basis for row in rules.RULES if row.rule_id is rule_id)


def test_a_rule_is_chosen_by_the_legal_date_of_the_fact() -> None:
    before = Rule(RuleId.KEY_SIGNS, 1, Unit.DAYS, "a", date(2026, 1, 1), date(2026, 11, 22))
    after = Rule(RuleId.KEY_SIGNS, 2, Unit.DAYS, "b", date(2026, 11, 22))
    late = datetime(2026, 11, 21, 21, 59, tzinfo=UTC)
    assert rules.value(RuleId.KEY_SIGNS, late, (before, after)) == 1
    assert (
        rules.value(RuleId.KEY_SIGNS, late + timedelta(minutes=1), (before, after)) == 2
    )  # midnight in Bucharest
    with pytest.raises(LookupError):
        rules.value(RuleId.KEY_SIGNS, datetime(2025, 12, 1, tzinfo=UTC), (before, after))


# ── the login name ──


@pytest.mark.parametrize(
    ("typed", "address", "key"),
    [
        (" Ana.Popescu@Example.ORG ", "Ana.Popescu@example.org", "ana.popescu@example.org"),
        ("ana+hub@sub.example.test", "ana+hub@sub.example.test", "ana+hub@sub.example.test"),
        ("ana@xn--plda-bpa.EXAMPLE.org", "ana@xn--plda-bpa.example.org", "ana@xn--plda-bpa.example.org"),
    ],
)
def test_a_login_name_is_normalised(typed: str, address: str, key: str) -> None:
    assert login_name.parse(typed) == login_name.LoginName(address, key)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "ana", "@example.org", "ana@", "ana@localhost", "a b@example.org", "ana@exa mple.org"),
        *("ana@example..org", ".ana@example.org", "ana.@example.org", "a..b@example.org", "ana@-x.org"),
        *("ana@x_y.org", "ana@example.1", '"ana"@example.org', "ana@[192.0.2.1]", "ana\x00@example.org"),
        *(
            "ana@example.org\r\nBcc: x@y.org",
            "<ana@example.org>",
            "ana,ion@example.org",
            "a" * 65 + "@example.org",
        ),
        "ana@" + "a." * 130 + "org",
        *("ștefan@example.org", "ákos@example.org", "ana@példa.example.org"),
    ],
)
def test_what_is_no_e_mail_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        login_name.parse(typed)


@given(st.text(max_size=80))
def test_a_login_name_parses_to_itself(text: str) -> None:
    try:
        name = login_name.parse(text)
    except ValueError:
        return
    assert login_name.parse(name.address) == name
    assert (
        login_name.parse(name.address.swapcase()).key == login_name.parse(name.address.swapcase().lower()).key
    )


# ── passwords ──


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("patru cuvinte fara rost", None),
        ("ț" * 240 + " fara rost", None),
        ("Kx9 vR2 lq8 Zt4", None),
        ("a" * 11, password.Flaw.TOO_SHORT),
        ("e\u0301" * 11, password.Flaw.TOO_SHORT),
        ("a" * 257, password.Flaw.TOO_LONG),
        ("twelve chars\x00", password.Flaw.CONTROL_CHARACTERS),
        ("twelve\nchars and more", password.Flaw.CONTROL_CHARACTERS),
        ("twelve chars \ud800", password.Flaw.CONTROL_CHARACTERS),
    ],
)
def test_a_password_needs_length_and_nothing_else(text: str, flaw: password.Flaw | None) -> None:
    assert password.flaw(text, NOON, {"parola", "te iubesc mult", "hunter2"}.__contains__) is flaw


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Te iubesc mult",
            "te iubesc mult!!",
            "Parolă123456",
            "P4r0la-2026!",
            "parolaparola",
            "Parola-86-Parola",
        ),
        *("123456789012", "abcdefghijkl", "zyxwvutsrqpo", "aaaaaaaaaaaa", "abababababab", "hunter2hunter2"),
    ],
)
def test_what_everybody_tries_first_is_refused_however_it_is_dressed(text: str) -> None:
    common = {"parola", "te iubesc mult", "hunter2"}
    assert password.flaw(text, NOON, common.__contains__) is password.Flaw.BREACHED


@pytest.mark.parametrize(
    "text",
    ["Ștefan Popescu", "popescu.stefan1990", "stefan.popescu", "s.popescu@example.org", "Popescu-2026!!"],
)
def test_ones_own_name_is_no_password(text: str) -> None:
    own = ["s.popescu@example.org", "Ștefan", "Popescu"]
    assert password.flaw(text, NOON, frozenset().__contains__, own) is password.Flaw.OWN
    assert password.flaw(text, NOON, frozenset().__contains__, ["ion@example.org", "Ion", "I"]) is None


@pytest.mark.parametrize(
    "text", ["qwertyuiop[]", "parola123456", "szeretlek2026", "Jelszavam 12", "iloveyou1234"]
)
def test_the_shipped_list_knows_what_is_common_here(text: str) -> None:
    assert password.flaw(text, NOON, common_passwords.contains) is password.Flaw.BREACHED
    assert password.flaw("patru cuvinte fara rost", NOON, common_passwords.contains) is None


def test_a_password_is_the_same_from_every_keyboard() -> None:
    assert password.prepare("s\u0326i alte cuvinte") == "și alte cuvinte"


# ── the account ──


def test_an_account_begins_unconfirmed_and_is_confirmed_once() -> None:
    started = account.start(ANA, login_name.parse("ana@example.org"), PROFILE, "hash", NOON)
    assert started.state is account.State.STARTED
    created = account.confirm(started, NOON)
    assert (created.state, created.assurance, created.version) == (account.State.CREATED, Assurance.LOW, 2)
    with pytest.raises(ValueError, match="CREATED"):
        account.confirm(created, NOON)


def test_a_change_that_changes_nothing_makes_no_version() -> None:
    started = account.start(ANA, login_name.parse("ana@example.org"), PROFILE, "hash", NOON)
    assert account.change(started, PROFILE) is started
    assert account.change(started, replace(PROFILE, language=Language.HU)).version == 2


# ── the confirmation, as a machine ──


class ConfirmationMachine(RuleBasedStateMachine):
    """Whatever happens to a confirmation: no code lives past its time, its tries or its successor."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.held = confirmation.begin(ANA, ANA, Purpose.SIGN_UP, self.now)
        self.old: list[str] = []
        self.wrong_in_round = 0
        self.confirmed_by: str | None = None

    @property
    def code(self) -> str:
        return confirmation.code(KEY, self.held)

    @rule(seconds=st.integers(1, 1200))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def try_wrong(self) -> None:
        wrong = "00000000" if self.code != "00000000" else "11111111"
        self.held, outcome = confirmation.attempt(self.held, wrong, self.code, self.now)
        self.wrong_in_round += 1
        assert outcome is not Outcome.CONFIRMED

    @rule()
    def try_right(self) -> None:
        was_open = confirmation.is_open(self.held, self.now)
        before = self.held.state
        self.held, outcome = confirmation.attempt(self.held, self.code, self.code, self.now)
        if before is confirmation.State.PENDING:
            assert (outcome is Outcome.CONFIRMED) == was_open
        if outcome is Outcome.CONFIRMED:
            self.confirmed_by = self.confirmed_by or self.code
            assert self.confirmed_by == self.code

    @precondition(lambda self: self.old)
    @rule()
    def try_an_old_code(self) -> None:
        if self.code not in self.old:
            self.held, outcome = confirmation.attempt(self.held, self.old[-1], self.code, self.now)
            self.wrong_in_round += 1
            assert outcome is not Outcome.CONFIRMED

    @rule()
    def renew(self) -> None:
        if confirmation.can_renew(self.held) and not confirmation.wait_for_renewal(self.held, self.now):
            self.old.append(self.code)
            self.held = confirmation.renew(self.held, self.now)
            self.wrong_in_round = 0
            assert confirmation.is_open(self.held, self.now)
        else:
            with pytest.raises(ValueError, match="no further code"):
                confirmation.renew(self.held, self.now)

    @invariant()
    def tries_and_rounds_are_bounded(self) -> None:
        assert self.held.tries <= 5
        assert self.held.round <= 3
        if self.wrong_in_round >= 5 and self.confirmed_by is None:
            assert not confirmation.is_open(self.held, self.now)


TestConfirmationMachine = ConfirmationMachine.TestCase
TestConfirmationMachine.settings = hypothesis.settings(max_examples=50, stateful_step_count=25, deadline=None)


def test_a_code_is_eight_digits_of_its_own_for_each_confirmation_and_round() -> None:
    first = confirmation.begin(ANA, ANA, Purpose.SIGN_UP, NOON)
    codes = {
        confirmation.code(KEY, first),
        confirmation.code(bytes(31) + b"1", first),
        confirmation.code(KEY, replace(first, round=2)),
        confirmation.code(KEY, replace(first, id=UUID(int=1))),
    }
    assert len(codes) == 4
    assert all(len(code) == 8 and code.isdigit() for code in codes)


def test_a_code_is_valid_until_just_before_fifteen_minutes() -> None:
    held = confirmation.begin(ANA, ANA, Purpose.SIGN_UP, NOON)
    code = confirmation.code(KEY, held)
    at = NOON + timedelta(minutes=15)
    assert confirmation.attempt(held, code, code, at - timedelta(microseconds=1))[1] is Outcome.CONFIRMED
    assert confirmation.attempt(held, code, code, at)[1] is Outcome.EXPIRED


def test_the_right_code_repeated_gets_the_same_answer_and_a_wrong_one_does_not() -> None:
    held = confirmation.begin(ANA, ANA, Purpose.SIGN_UP, NOON)
    code = confirmation.code(KEY, held)
    held, _ = confirmation.attempt(held, code, code, NOON)
    assert confirmation.attempt(held, code, code, NOON) == (held, Outcome.CONFIRMED)
    assert confirmation.attempt(held, "x", code, NOON) == (held, Outcome.EXPIRED)


# ── throttling ──


def test_the_first_tries_are_free_and_then_the_wait_doubles_up_to_its_bound() -> None:
    counter = throttle.Counter(0, NOON)
    waits = []
    for _ in range(20):
        waits.append(throttle.wait(throttle.ACCOUNT, counter, NOON).total_seconds())
        counter = throttle.count(throttle.ACCOUNT, counter, NOON)
    assert waits[:9] == [0, 0, 0, 0, 0, 0, 1, 2, 4]
    assert waits[-1] == 900


@given(st.integers(0, 10_000), st.integers(0, 200_000))
def test_a_wait_is_never_longer_than_the_policy_says_and_ends(count: int, seconds: int) -> None:
    counter, now = throttle.Counter(count, NOON), NOON + timedelta(seconds=seconds)
    wait = throttle.wait(throttle.ACCOUNT, counter, now)
    assert timedelta() <= wait <= throttle.ACCOUNT.longest
    assert throttle.wait(throttle.ACCOUNT, counter, now + wait) == timedelta()


def test_what_was_long_ago_is_forgotten() -> None:
    counter = throttle.Counter(99, NOON)
    later = NOON + throttle.ACCOUNT.forgotten
    assert throttle.wait(throttle.ACCOUNT, counter, later) == timedelta()
    assert throttle.count(throttle.ACCOUNT, counter, later).count == 1


# ── redirect addresses ──

REGISTERED = ("https://app.example.org/cb?x=1", "http://127.0.0.1:8765/callback", "http://[::1]/callback")


def a_client(kind: ApplicationType) -> Client:
    return Client("app", {}, Authentication.NONE, kind, None, REGISTERED, (), frozenset({"openid"}), NOON)


@pytest.mark.parametrize(
    ("uri", "native", "web"),
    [
        ("https://app.example.org/cb?x=1", True, True),
        ("http://127.0.0.1:8765/callback", True, True),
        ("http://127.0.0.1:40123/callback", True, False),
        ("http://127.0.0.1/callback", True, False),
        ("http://[::1]:9/callback", True, False),
        ("http://localhost:8765/callback", False, False),
        ("https://app.example.org/cb", False, False),
        ("https://app.example.org/cb?x=1&y=2", False, False),
        ("https://app.example.org/cb?x=1#f", False, False),
        ("https://APP.example.org/cb?x=1", False, False),
        ("https://app.example.org:443/cb?x=1", False, False),
        ("https://127.0.0.1:8765/callback", False, False),
        ("http://127.0.0.1:8765/callback/", False, False),
        ("http://127.0.0.1:8765/callback?a", False, False),
        ("http://127.0.0.1:8765/callback#a", False, False),
        ("http://127.0.0.1:8765@evil.example/callback", False, False),
        ("http://127.0.0.1.evil.example/callback", False, False),
        ("http://127.0.0.2:8765/callback", False, False),
        ("http://127.0.0.1:123456/callback", False, False),
        ("", False, False),
    ],
)
def test_a_redirect_address_is_the_registered_one(uri: str, native: bool, web: bool) -> None:
    assert client.redirect_allowed(a_client(ApplicationType.NATIVE), uri) is native
    assert client.redirect_allowed(a_client(ApplicationType.WEB), uri) is web


# ── known devices ──


def test_a_device_is_known_for_the_accounts_that_signed_in_on_it() -> None:
    ion = UUID(int=7)
    cookie = device.remember("", KEY, ANA, b"a" * 16, NOON)
    cookie = device.remember(cookie, KEY, ion, b"b" * 16, NOON)
    assert device.recognise(cookie, KEY, ANA, NOON) == b"a" * 16
    assert device.recognise(cookie, KEY, ion, NOON) == b"b" * 16
    assert device.recognise(cookie, KEY, UUID(int=8), NOON) is None
    assert device.recognise(cookie, bytes(31) + b"1", ANA, NOON) is None
    assert device.recognise(cookie, KEY, ANA, NOON + timedelta(days=365)) is None


def test_a_device_keeps_five_accounts() -> None:
    cookie = ""
    for number in range(6):
        cookie = device.remember(cookie, KEY, UUID(int=number), bytes(16), NOON)
    known = [device.recognise(cookie, KEY, UUID(int=number), NOON) is not None for number in range(6)]
    assert known == [False, True, True, True, True, True]


@given(st.text(max_size=300))
def test_a_made_up_device_cookie_is_no_device(cookie: str) -> None:
    assert device.recognise(cookie, KEY, ANA, NOON) is None
    assert device.recognise(device.remember(cookie, KEY, ANA, bytes(16), NOON), KEY, ANA, NOON) == bytes(16)


@pytest.mark.parametrize(
    ("user_agent", "described"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge, Windows",
        ),
        ("curl/8.5.0", ""),
    ],
)
def test_a_device_is_described_coarsely(user_agent: str, described: str) -> None:
    assert device.describe(user_agent) == described


# ── sessions ──


def test_a_session_ends_by_idleness_by_age_and_by_its_owner() -> None:
    held = session.begin(ANA, ANA, b"", "", (session.Method.PASSWORD,), Assurance.LOW, NOON)
    assert session.is_live(held, NOON + timedelta(minutes=59))
    assert not session.is_live(held, NOON + timedelta(hours=1))
    seen = replace(held, last_seen_at=NOON + timedelta(hours=11, minutes=30))
    assert session.is_live(seen, NOON + timedelta(hours=11, minutes=59))
    assert not session.is_live(seen, NOON + timedelta(hours=12))
    assert not session.is_live(replace(held, ended_at=NOON), NOON)


# ── signing keys ──


def a_key(starts: datetime) -> SigningKey:
    until, published = signing_key.schedule(starts)
    return SigningKey("k", Use.ID_TOKEN, b"", {}, starts, starts, until, published)


def test_there_is_a_key_at_every_instant_and_each_is_published_a_day_before_it_signs() -> None:
    keys: list[SigningKey] = []
    made_at: dict[datetime, datetime] = {}
    for hour in range(24 * 120):
        now = NOON + timedelta(hours=hour)
        starts = signing_key.next_start(keys, Use.ID_TOKEN, now)
        if starts is not None:
            keys.append(a_key(starts))
            made_at[starts] = now
        assert sum(signing_key.signs(key, Use.ID_TOKEN, now) for key in keys) == 1
    assert len(keys) == 5
    assert all(starts - made == timedelta(days=1) for starts, made in list(made_at.items())[1:])


def test_after_a_long_rest_a_new_key_signs_at_once() -> None:
    now = NOON + timedelta(days=400)
    assert signing_key.next_start([a_key(NOON)], Use.ID_TOKEN, now) == now
    assert signing_key.next_start([a_key(NOON)], Use.INTERNAL_TOKEN, NOON) == NOON


def test_a_clock_that_went_wrong_leaves_no_gap() -> None:
    keys = [a_key(NOON), a_key(NOON + timedelta(days=400))]
    assert signing_key.next_start(keys, Use.ID_TOKEN, NOON) is None
    almost = NOON + timedelta(days=29, hours=1)
    assert signing_key.next_start(keys, Use.ID_TOKEN, almost) == NOON + timedelta(days=30)


def test_a_key_signs_until_its_successor_does_and_stays_published_after() -> None:
    key = a_key(NOON)
    at: Any = key.signs_until
    assert signing_key.signs(key, Use.ID_TOKEN, at - timedelta(microseconds=1))
    assert not signing_key.signs(key, Use.ID_TOKEN, at)
    assert not signing_key.signs(key, Use.INTERNAL_TOKEN, NOON)
    assert key.published_until > at


def test_scopes_are_read_once_each() -> None:
    assert scopes.parse("email openid email") == ("email", "openid")
    assert scopes.ordered(("email", "openid")) == ("openid", "email")
