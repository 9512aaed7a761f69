"""Legal numbers: read for any day, changed by two people, told whole."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core import ids
from hub_core.decisions import FourEyes
from hub_core.principal import Assurance, Role
from hub_core.rules import Counting, Option, Rule, Rules, Unit
from hub_events.session import Session
from hub_service.database import Database
from hub_service.settings import ServiceSettings
from svc_catalog.domain import rules
from svc_catalog.domain.institutions import institution_id
from svc_catalog.domain.rules import (
    RuleChange,
    RuleChangeKind,
    RuleChangeState,
    RuleField,
    RuleTable,
    Wanted,
)
from svc_catalog.domain.text import Texts
from svc_catalog.errors.rules import RuleChangeDecided, RuleChangeOutdated, RuleDaysWrong, RuleKindWrong
from svc_catalog.operations import rules as operations
from svc_catalog.reference.rules import rule_tables

RULES = "/catalog/v1/rules"
CHANGES = "/catalog/v1/rule-changes"
CODE = "test.fee"
NOON = datetime(2026, 11, 21, 10, tzinfo=UTC)
TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)
NEW_YEAR = date(2027, 1, 1)
NEW, CORRECTED = RuleChangeKind.NEW_ROW, RuleChangeKind.CORRECTION


def a_row(value: object, first: date, last: date | None = None) -> Rule:
    return Rule(CODE, Decimal(str(value)), Unit.LEI, first, last, "o lege")


def a_table(*rows: Rule, code: str = CODE) -> RuleTable:
    given = rows or (a_row("202.50", date(2025, 1, 1)),)
    return RuleTable(
        code=code,
        field=RuleField.TRAFFIC,
        title=Texts(ro="O taxă", en="A fee"),
        unit=Unit.LEI,
        counting=None,
        rows=tuple(replace(row, code=code) for row in given),
    )


def wanted(**special: Any) -> Wanted:
    facts: dict[str, Any] = {
        "value": Decimal("216.25"),
        "valid_from": NEW_YEAR,
        "valid_to": None,
        "legal_basis": "altă lege",
        "verified": True,
        "options": (),
    }
    return Wanted(**(facts | special))


# The rules.


def test_a_new_value_ends_the_one_before_on_the_day_before() -> None:
    made = rules.changed(a_table(), NEW, a_row("216.25", NEW_YEAR))
    assert [(row.value, row.valid_from, row.valid_to) for row in made.rows] == [
        (Decimal("202.50"), date(2025, 1, 1), NEW_YEAR - DAY),
        (Decimal("216.25"), NEW_YEAR, None),
    ]
    assert (made.version, made.edited) == (2, True)


def test_a_new_value_in_the_past_lasts_until_the_next_one() -> None:
    table = a_table(a_row(1, date(2020, 1, 1), date(2025, 12, 31)), a_row(3, date(2026, 1, 1)))
    made = rules.changed(table, NEW, a_row(2, date(2024, 2, 29)))
    assert [(row.value, row.valid_to) for row in made.rows] == [
        (1, date(2024, 2, 28)),
        (2, date(2025, 12, 31)),
        (3, None),
    ]


def test_a_correction_takes_the_place_and_the_days_of_what_was_wrong() -> None:
    table = a_table(a_row(1, date(2020, 1, 1), date(2025, 12, 31)), a_row(3, date(2026, 1, 1)))
    made = rules.changed(table, CORRECTED, a_row(2, date(2020, 1, 1)))
    assert [(row.value, row.valid_to) for row in made.rows] == [(2, date(2025, 12, 31)), (3, None)]


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (NEW, a_row(2, date(2020, 1, 1))),  # a value begins on that day: that is a correction
        (NEW, a_row(2, date(2022, 1, 1), date(2024, 12, 31))),  # a hole up to the next value
        (NEW, a_row(2, date(2022, 1, 1), date(2026, 1, 1))),  # two values on a day
        (NEW, a_row(2, date(2019, 1, 1))),  # two values from the first day on
        (CORRECTED, a_row(2, date(2020, 1, 2))),  # no value begins on that day
        (CORRECTED, a_row(2, date(2020, 1, 1), date(2025, 12, 30))),
        (CORRECTED, a_row(2, date(2020, 1, 1), date(2026, 1, 1))),
    ],
)
def test_a_change_leaves_no_day_without_a_value_and_none_with_two(kind: RuleChangeKind, row: Rule) -> None:
    table = a_table(a_row(1, date(2020, 1, 1), date(2025, 12, 31)), a_row(3, date(2026, 1, 1)))
    with pytest.raises(RuleDaysWrong):
        rules.changed(table, kind, row)


def test_before_the_first_value_there_may_be_an_earlier_one() -> None:
    made = rules.changed(a_table(), NEW, a_row(165, date(2024, 1, 1), date(2024, 12, 31)))
    assert [row.value for row in made.rows] == [165, Decimal("202.50")]


@given(
    st.lists(st.dates(date(2000, 1, 1), date(2060, 1, 1)), min_size=1, max_size=8, unique=True),
    st.dates(date(1990, 1, 1), date(2070, 1, 1)),
    st.none() | st.dates(date(1990, 1, 1), date(2070, 1, 1)),
    st.sampled_from([NEW, CORRECTED]),
)
def test_whatever_is_changed_each_day_keeps_one_value(
    starts: list[date], first: date, last: date | None, kind: RuleChangeKind
) -> None:
    ordered = sorted(starts)
    ends = [then - DAY for then in ordered[1:]]
    table = a_table(
        *(a_row(n, day, end) for n, (day, end) in enumerate(zip(ordered, [*ends, None], strict=True)))
    )
    try:
        row = rules.proposed(table, wanted(valid_from=first, valid_to=last))
        made = rules.changed(table, kind, row)
    except RuleDaysWrong:
        return
    assert Rules(made.rows).holes(CODE) == ()
    assert made.find(first) == replace(row, valid_to=made.find(first).valid_to)
    for day in ordered:
        if day < first:
            assert made.find(day).value == table.find(day).value


@pytest.mark.parametrize(
    ("special", "refusal"),
    [
        ({"valid_to": NEW_YEAR - DAY}, RuleDaysWrong),
        ({"options": (Option("a", {}),)}, RuleKindWrong),
    ],
)
def test_a_value_that_contradicts_itself_is_refused(special: Any, refusal: Any) -> None:
    with pytest.raises(refusal):
        rules.proposed(a_table(), wanted(**special))


def a_change(**special: Any) -> RuleChange:
    facts: dict[str, Any] = {
        "id": ids.new_id(),
        "code": CODE,
        "kind": NEW,
        "state": RuleChangeState.PROPOSED,
        "row": a_row("216.25", NEW_YEAR),
        "reason": "o lege",
        "base": 1,
        "proposed_at": NOON,
        "proposed_by": UUID(int=1),
    }
    return RuleChange(**(facts | special))


def test_a_second_person_publishes() -> None:
    change, made = rules.publish(a_change(), a_table(), "verificat", UUID(int=2), NOON)
    assert (change.state, change.version, change.decided_by) == (
        RuleChangeState.PUBLISHED,
        2,
        UUID(int=2),
    )
    assert made.find(NEW_YEAR) == change.row
    with pytest.raises(FourEyes):
        rules.publish(a_change(), a_table(), "verificat", UUID(int=1), NOON)


def test_what_was_decided_or_has_changed_since_is_not_published() -> None:
    rejected = rules.reject(a_change(), "greșit", UUID(int=1), NOON)
    with pytest.raises(RuleChangeDecided):
        rules.publish(rejected, a_table(), "da", UUID(int=2), NOON)
    with pytest.raises(RuleChangeDecided):
        rules.reject(rejected, "da", UUID(int=2), NOON)
    with pytest.raises(RuleChangeOutdated):
        rules.publish(a_change(), replace(a_table(), version=2), "da", UUID(int=2), NOON)


def test_a_release_brings_new_rows_until_officials_have_changed_the_table() -> None:
    before, after = a_table(), a_table(a_row(1, date(2025, 1, 1)))
    assert rules.loaded([before], []) == [before]
    assert rules.loaded([before], [before]) == []
    assert rules.loaded([after], [before]) == [replace(after, version=2)]
    edited = replace(before, edited=True, version=5)
    assert rules.loaded([after], [edited]) == []
    renamed = replace(after, title=Texts(ro="Altă taxă", en="Another fee"))
    assert rules.loaded([renamed], [edited]) == [replace(edited, title=renamed.title, version=6)]


# The reference data.


def test_every_file_of_the_data_is_a_field() -> None:
    lying = {file.name for file in (files("svc_catalog") / "data/rules").iterdir()}
    assert lying == {f"{field.lower().replace('_', '-')}.toml" for field in RuleField}


def test_each_code_stands_once_and_every_table_holds_today() -> None:
    tables = rule_tables()
    assert len({table.code for table in tables}) == len(tables) > 250
    assert [table.code for table in tables if table.find(TODAY) is None] == []


def test_what_is_design_is_not_called_verified() -> None:
    rows = [row for table in rule_tables() for row in table.rows]
    assert [row.code for row in rows if row.legal_basis.startswith("design") and row.verified] == []


@pytest.mark.parametrize(
    ("code", "day", "value"),
    [
        ("petition.answer", date(2026, 11, 21), 30),
        ("public-information.answer", date(2026, 11, 21), 10),
        ("criminal-record.validity", date(2026, 11, 21), 6),
        ("passport.fee-electronic", date(2026, 11, 21), 265),
        ("passport.found-usable", date(2024, 7, 2), 1),
        ("passport.found-usable", date(2024, 7, 3), 0),
        ("traffic.fine-point", date(2026, 6, 30), Decimal("202.50")),
        ("traffic.fine-point", date(2026, 7, 1), Decimal("216.25")),
        ("traffic.points-expire", date(2026, 11, 21), 6),
        ("booking.hold", date(2026, 11, 21), 30),
        ("booking.max-persons", date(2026, 11, 21), 6),
        ("notification.quiet-from", date(2026, 11, 21), 21 * 60),
        ("alert.gsm", date(2026, 11, 21), 15 * 93),
        ("alert.ucs2", date(2026, 11, 21), 15 * 41),
    ],
)
def test_the_numbers_of_the_field_are_there(code: str, day: date, value: object) -> None:
    [row] = [row for table in rule_tables() if table.code == code for row in table.rows if row.holds_on(day)]
    assert row.value == value


def test_fine_classes_follow_each_other_and_their_sums_are_exact() -> None:
    tables = {table.code: table.rows[-1].value for table in rule_tables()}
    bounds = [tables[f"traffic.class-{n}-{which}"] for n in range(1, 6) for which in ("least", "most")]
    assert bounds == [2, 3, 4, 5, 6, 8, 9, 20, 21, 100]
    assert 4 * Decimal("202.50") / 2 == 405


def test_half_payment_is_of_another_sum_for_public_order_since_2026() -> None:
    tables = {table.code: table for table in rule_tables()}
    public_order = tables["fine.half-payment-base-public-order"]
    codes = [public_order.find(day).options[0].code for day in (date(2026, 3, 26), date(2026, 3, 27))]
    assert codes == ["MINIMUM", "APPLIED"]
    road = tables["traffic.half-payment-base"].find(TODAY)
    assert road is not None
    assert road.options[0].code == "MINIMUM"


def test_the_motives_of_a_certificate_are_named_in_three_languages() -> None:
    [motives] = [table for table in rule_tables() if table.code == "criminal-record.motives"]
    options = motives.rows[0].options
    assert len(options) == 16
    assert all(len(option.texts) == 3 for option in options)


def test_terms_of_citizens_and_duties_of_authorities_are_counted_differently() -> None:
    tables = {table.code: table.counting for table in rule_tables()}
    assert tables["petition.answer"] is Counting.CIVIL
    assert tables["traffic.contest"] is Counting.FREE_DAYS
    assert tables["traffic.fine-point"] is None


# What everybody may read.


async def test_a_rule_is_read_for_a_day_with_what_comes_next(client: httpx2.AsyncClient) -> None:
    shown = (await client.get(f"{RULES}/traffic.fine-point", params={"on": "2026-06-30"})).json()
    assert (shown["row"]["value"], shown["row"]["valid_to"]) == ("202.50", "2026-06-30")
    assert (shown["next"]["value"], shown["next"]["valid_from"]) == ("216.25", "2026-07-01")
    assert [row["value"] for row in shown["rows"]] == ["165.00", "202.50", "216.25"]
    last = (await client.get(f"{RULES}/traffic.fine-point", params={"on": "2026-07-01"})).json()
    assert (last["row"]["value"], last["next"]) == ("216.25", None)


async def test_without_a_day_the_value_of_today_is_shown(client: httpx2.AsyncClient) -> None:
    answer = await client.get(f"{RULES}/petition.answer")
    shown = answer.json()
    assert shown["row"] == {
        "value": "30",
        "valid_from": "2002-02-01",
        "valid_to": None,
        "legal_basis": "OG nr. 27/2002 art. 8 alin. (1)",
        "verified": True,
        "options": [],
    }
    assert (shown["unit"], shown["counting"]) == ("CALENDAR_DAYS", "CIVIL")
    again = await client.get(f"{RULES}/petition.answer", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_a_day_without_a_value_and_a_code_nobody_knows_are_not_found(
    client: httpx2.AsyncClient,
) -> None:
    for path, slug in (
        ("petition.answer?on=2002-01-31", "rule-not-in-force"),
        ("nothing.at-all", "rule-not-found"),
    ):
        answer = await client.get(f"{RULES}/{path}")
        assert answer.status_code == 404
        assert answer.json()["type"].endswith(f"/problems/{slug}")


async def test_a_service_on_a_day_before_its_rules_is_not_found(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/catalog/v1/services/petition", params={"on": "1990-01-01"})
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("/problems/rule-not-in-force")


async def test_rules_are_listed_by_field_and_by_prefix(client: httpx2.AsyncClient) -> None:
    listed = (await client.get(RULES, params={"field": "DATA_PROTECTION"})).json()["items"]
    assert [item["code"] for item in listed] == [
        "data-breach.notice",
        "data-request.answer",
        "data-request.extension",
    ]
    begin = (await client.get(RULES, params={"prefix": "passport.fee", "on": "2026-01-01"})).json()["items"]
    assert {item["row"]["value"] for item in begin} == {"265.00"}
    assert {item["code"].rpartition("-")[0] for item in begin} >= {"passport.fee", "passport.fee-crds"}


async def test_the_list_is_walked_page_by_page(client: httpx2.AsyncClient) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while cursor is not None or not seen:
        page = (
            await client.get(RULES, params={"limit": "100"} | ({"cursor": cursor} if cursor else {}))
        ).json()
        seen += [item["code"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == sorted(seen)
    assert set(seen) >= {table.code for table in rule_tables()}


# What officials may.


@pytest.fixture
def as_official(signed_in: Any) -> Callable[..., dict[str, str]]:
    def make(
        *roles: Role, at: str = "DGCTI", scopes: frozenset[str] | None = None, **special: Any
    ) -> dict[str, str]:
        made: dict[str, str] = signed_in(
            ids.new_id(),
            scopes if scopes is not None else frozenset({"catalog:read", "catalog:write"}),
            special.pop("assurance", Assurance.SUBSTANTIAL),
            roles=[*roles],
            institution=str(institution_id(at)),
        )
        return made

    return make


@pytest.fixture
def editor(as_official: Any) -> dict[str, str]:
    made: dict[str, str] = as_official(Role.CATALOG_EDITOR, at="IPJ-CV")
    return made


@pytest.fixture
def publisher(as_official: Any) -> dict[str, str]:
    made: dict[str, str] = as_official(Role.CATALOG_PUBLISHER)
    return made


@pytest.fixture
async def session(settings: ServiceSettings) -> AsyncIterator[Session]:
    database = Database(settings)
    async with database.sessions() as made:
        yield made
    await database.close()


@pytest.fixture
async def code(session: Session) -> str:
    """A rule of this test."""
    made = f"test.{ids.new_id().hex}"
    assert await operations.load(session, [a_table(code=made)], NOON) == 1
    return made


BODY = {
    "kind": "NEW_ROW",
    "row": {
        "value": "216.25",
        "valid_from": "2027-01-01",
        "legal_basis": "HG nr. 1/2027",
        "verified": True,
    },
    "reason": "Monitorul Oficial nr. 1 din 1 ianuarie 2027",
}


@pytest.fixture
def propose(client: httpx2.AsyncClient, code: str, editor: dict[str, str]) -> Any:
    async def propose(by: dict[str, str] | None = None, **special: Any) -> httpx2.Response:
        etag = (await client.get(f"{RULES}/{code}")).headers["etag"]
        headers = (by or editor) | {"if-match": special.pop("etag", etag)}
        return await client.post(f"{RULES}/{code}/changes", json=BODY | special, headers=headers)

    return propose


@pytest.mark.parametrize(
    ("roles", "special"),
    [
        ((Role.CATALOG_EDITOR,), {"scopes": frozenset({"catalog:read"})}),
        ((Role.CATALOG_EDITOR,), {"assurance": Assurance.LOW}),
        ((Role.HANDLER,), {}),
    ],
)
async def test_who_is_no_editor_proposes_nothing(
    propose: Any, as_official: Any, roles: tuple[Role, ...], special: Any
) -> None:
    assert (await propose(as_official(*roles, **special))).status_code == 403


async def test_an_editor_does_not_publish(client: httpx2.AsyncClient, propose: Any, as_official: Any) -> None:
    change = (await propose()).json()
    for who in (as_official(Role.CATALOG_EDITOR), as_official(Role.CATALOG_PUBLISHER, at="IPJ-CV")):
        answer = await client.post(f"{CHANGES}/{change['id']}/publish", json={"reason": "da"}, headers=who)
        assert answer.status_code == 403


async def test_a_citizen_sees_no_proposals(client: httpx2.AsyncClient, signed_in: Any, propose: Any) -> None:
    change = (await propose()).json()
    for path in (CHANGES, f"{CHANGES}/{change['id']}"):
        assert (await client.get(path)).status_code == 401
        assert (await client.get(path, headers=signed_in(ids.new_id(), {"catalog:read"}))).status_code == 403


async def test_a_change_is_proposed_published_told_and_logged(
    client: httpx2.AsyncClient,
    looking: asyncpg.Connection,
    propose: Any,
    code: str,
    editor: dict[str, str],
    publisher: dict[str, str],
) -> None:
    proposed = await propose()
    assert proposed.status_code == 201
    change = proposed.json()
    assert (change["state"], change["base"], change["version"]) == ("PROPOSED", 1, None)
    unchanged = (await client.get(f"{RULES}/{code}")).json()
    assert (unchanged["version"], unchanged["next"]) == (1, None)

    path = f"{CHANGES}/{change['id']}"
    published = await client.post(f"{path}/publish", json={"reason": "Citit în MO"}, headers=publisher)
    assert published.status_code == 200
    assert (published.json()["state"], published.json()["version"]) == ("PUBLISHED", 2)
    assert published.json()["decided_by"] != change["proposed_by"]

    shown = (await client.get(f"{RULES}/{code}", params={"on": "2026-12-31"})).json()
    assert (shown["version"], shown["row"]["value"], shown["row"]["valid_to"]) == (2, "202.50", "2026-12-31")
    assert (shown["next"]["value"], shown["next"]["valid_from"]) == ("216.25", "2027-01-01")

    rows = await looking.fetch("SELECT body FROM catalog.outbox WHERE key = $1 ORDER BY seq", code)
    told = [orjson.loads(row["body"])["data"] for row in rows]
    assert [(data["version"], len(data["rows"])) for data in told] == [(1, 1), (2, 2)]
    assert told[1]["rows"][1]["valid_from"] == "2027-01-01"  # also what is to come

    history = (await client.get(f"{RULES}/{code}/changes")).json()["items"]
    assert [(one["version"], one["kind"], one["reason"]) for one in history] == [
        (2, "NEW_ROW", BODY["reason"]),
        (1, "LOADED", "Reference data of a release"),
    ]
    assert not {"proposed_by", "decided_by"} & set(history[0])
    log = (await client.get(CHANGES, params={"code": code}, headers=editor)).json()["items"]
    assert [(one["version"], one["decision"]) for one in log] == [(2, "Citit în MO"), (1, None)]
    assert (await client.get(path, headers=editor)).json() == log[0]

    again = await client.post(f"{path}/publish", json={"reason": "da"}, headers=publisher)
    assert again.status_code == 409
    assert again.json()["type"].endswith("/problems/rule-change-decided")


async def test_who_proposes_does_not_publish(
    client: httpx2.AsyncClient, propose: Any, publisher: dict[str, str]
) -> None:
    change = (await propose(publisher)).json()
    answer = await client.post(f"{CHANGES}/{change['id']}/publish", json={"reason": "da"}, headers=publisher)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/problems/four-eyes")


async def test_of_two_proposals_only_the_first_is_published(
    client: httpx2.AsyncClient, propose: Any, publisher: dict[str, str]
) -> None:
    first, second = (await propose()).json(), (await propose()).json()
    answers = [
        await client.post(f"{CHANGES}/{one['id']}/publish", json={"reason": "da"}, headers=publisher)
        for one in (first, second)
    ]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[1].json()["type"].endswith("/problems/rule-change-outdated")
    rejected = await client.post(
        f"{CHANGES}/{second['id']}/reject", json={"reason": "depășită"}, headers=publisher
    )
    assert rejected.json()["state"] == "REJECTED"


async def test_a_proposal_says_which_version_it_changes(propose: Any) -> None:
    assert (await propose(etag="")).status_code == 412
    assert (await propose(etag='"7-20261121"')).status_code == 412
    assert (await propose(etag='"abc"')).status_code == 412


async def test_without_a_version_nothing_is_proposed(
    client: httpx2.AsyncClient, code: str, editor: dict[str, str]
) -> None:
    assert (await client.post(f"{RULES}/{code}/changes", json=BODY, headers=editor)).status_code == 428


@pytest.mark.parametrize(
    ("special", "slug"),
    [
        ({"kind": "CORRECTION"}, "rule-days-wrong"),
        ({"row": BODY["row"] | {"valid_from": "2025-01-01"}}, "rule-days-wrong"),
        ({"row": BODY["row"] | {"valid_to": "2026-12-31"}}, "rule-days-wrong"),
        ({"row": BODY["row"] | {"value": "-1"}}, "invalid-request"),
        ({"row": BODY["row"] | {"value": "216,25"}}, "invalid-request"),
        ({"kind": "LOADED"}, "invalid-request"),
        ({"reason": " "}, "invalid-request"),
        (
            {"row": BODY["row"] | {"options": [{"code": "a", "texts": {"ro": "a"}}]}},
            "rule-kind-wrong",
        ),
    ],
)
async def test_a_proposal_that_cannot_hold_is_refused(propose: Any, special: Any, slug: str) -> None:
    answer = await propose(**special)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith(f"/problems/{slug}")


async def test_an_unknown_rule_and_an_unknown_change_are_not_found(
    client: httpx2.AsyncClient, editor: dict[str, str]
) -> None:
    headers = editor | {"if-match": '"1-20261121"'}
    assert (await client.post(f"{RULES}/no.such/changes", json=BODY, headers=headers)).status_code == 404
    assert (await client.get(f"{CHANGES}/{ids.new_id()}", headers=editor)).status_code == 404


async def test_the_service_itself_may_not_erase_the_log(settings: ServiceSettings) -> None:
    connection = await asyncpg.connect(settings.database_dsn.get_secret_value().replace("+asyncpg", ""))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM rule_changes")
    finally:
        await connection.close()


async def test_everything_is_told_again_when_asked(
    session: Session, looking: asyncpg.Connection, code: str
) -> None:
    told = await operations.tell(session, NOON)
    assert told >= len(rule_tables())
    rows = await looking.fetch("SELECT body FROM catalog.outbox WHERE key = $1 ORDER BY seq", code)
    first, second = (orjson.loads(row["body"])["data"] for row in rows)
    assert first == second
