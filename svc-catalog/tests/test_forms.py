"""Forms: one description, its schema, and the check on the server in the caller's language."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import pytest

from hub_core.problem import FieldError
from hub_service.database import Database
from hub_service.settings import ServiceSettings
from svc_catalog.domain import forms
from svc_catalog.domain.forms import Field, FieldKind, Form, Known, Section, Sources, When
from svc_catalog.domain.text import Texts
from svc_catalog.operations import form_data
from svc_catalog.operations import forms as operations
from svc_catalog.reference.evidence import evidence_types
from svc_catalog.reference.forms import forms as first_forms
from svc_catalog.reference.services import services

PATH = "/catalog/v1/forms"
TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 10, tzinfo=UTC)
TEXT = Texts(ro="Text", hu="Szöveg", en="Text")
ALL = first_forms()
EVIDENCE = {each.code: each for each in evidence_types()}
CNP = "1850312149006"
DOMICILE = {
    "request": {"content": "CURRENT", "purpose": "Înscrierea copilului la școală"},
    "consents": {"identity_data": True},
}


def a_form(*fields: Field) -> Form:
    return Form("form", TEXT, TEXT, (Section("section", TEXT, fields),))


def a_field(kind: FieldKind, **members: Any) -> Field:
    return Field("field", kind, TEXT, **members)


def faults(field: Field, *, value: object) -> list[tuple[str, str]]:
    found = form_data.faults(a_form(field), Sources(EVIDENCE), {"section": {"field": value}}, TODAY)
    return [(fault.pointer, fault.code) for fault in found]


@pytest.mark.parametrize(
    ("kind", "good", "bad", "code"),
    [
        (FieldKind.LINE, "Str. Petőfi Sándor nr. 8", "  ", "pattern"),
        (FieldKind.LINE, "a", "a\n", "pattern"),
        (FieldKind.TEXT, "a\nb", " \n ", "pattern"),
        (FieldKind.TEXT, "a", "", "minLength"),
        (FieldKind.EMAIL, "ana.popescu@example.org", "ana@example", "format"),
        (FieldKind.DATE, "2024-02-29", "2025-02-29", "format"),
        (FieldKind.DATE, "2024-02-29", "2024-2-029", "format"),
        (FieldKind.TIME, "23:59", "24:00", "pattern"),
        (FieldKind.PHONE, "0745 123 456", "0000 000 000", "phone"),
        (FieldKind.PLATE, "CV 12 ABC", "cv12abc", "pattern"),
        (FieldKind.CNP, CNP, "1850312149007", "cnp"),
        (FieldKind.CUI, "RO 4192812", "4192813", "cui"),
        (FieldKind.POSTAL_CODE, "520008", "52000", "minLength"),
        (FieldKind.TICK, False, "true", "type"),
        (FieldKind.DECLARATION, True, False, "enum"),
    ],
)
def test_a_question_takes_what_is_good_and_says_what_is_wrong(
    kind: FieldKind, good: object, bad: object, code: str
) -> None:
    assert faults(a_field(kind), value=good) == []
    assert ("/section/field", code) in faults(a_field(kind), value=bad)


def test_a_date_of_the_past_is_not_in_the_future() -> None:
    assert faults(a_field(FieldKind.DATE, past=True), value="2026-11-21") == []
    assert faults(a_field(FieldKind.DATE, past=True), value="2026-11-22") == [("/section/field", "future")]


def test_the_same_personal_number_is_not_taken_twice() -> None:
    number = Field("cnp", FieldKind.CNP, TEXT)
    persons = a_field(FieldKind.LIST, fields=(number, Field("name", FieldKind.LINE, TEXT)), max_items=3)
    given = [{"cnp": CNP, "name": "Ana"}, {"cnp": CNP, "name": "Ion"}]
    assert faults(persons, value=given) == [("/section/field/1/cnp", "repeated")]


def test_evidence_of_a_register_is_a_consent_and_other_evidence_a_file() -> None:
    register = a_field(FieldKind.EVIDENCE, evidence="criminal-record-data")
    assert faults(register, value=True) == []
    assert faults(register, value=False) == [("/section/field", "enum")]
    upload = a_field(FieldKind.EVIDENCE, evidence="curriculum-vitae")
    file = {"id": "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70", "sha256": "a1" * 32}
    assert faults(upload, value=file) == []
    assert faults(upload, value=True) == [("/section/field", "type")]
    assert faults(upload, value=file | {"sha256": "A1" * 32}) == [("/section/field/sha256", "pattern")]


@pytest.mark.parametrize("required", [True, False])
def test_what_is_asked_in_one_case_is_left_out_in_the_other(*, required: bool) -> None:
    tick = Field("tick", FieldKind.TICK, TEXT, required=False)
    more = Field("more", FieldKind.LINE, TEXT, required=required, when=When("section.tick", (True,)))
    form = a_form(tick, more)

    def found(**data: object) -> list[tuple[str, str]]:
        return [
            (fault.pointer, fault.code)
            for fault in form_data.faults(form, Sources(), {"section": data}, TODAY)
        ]

    assert found() == found(tick=False) == found(tick=True, more="yes") == []
    assert found(tick=False, more="no") == found(more="no") == [("/section/more", "not-asked")]
    assert found(tick=True) == ([("/section/more", "required")] if required else [])


def test_a_case_may_depend_on_another_section() -> None:
    form = Form(
        "form",
        TEXT,
        TEXT,
        (
            Section("first", TEXT, (Field("tick", FieldKind.TICK, TEXT, required=False),)),
            Section("second", TEXT, (Field("more", FieldKind.LINE, TEXT, when=When("first.tick", (True,))),)),
        ),
    )

    def found(**data: object) -> list[tuple[str, str]]:
        return [(fault.pointer, fault.code) for fault in form_data.faults(form, Sources(), data, TODAY)]

    assert found() == found(first={"tick": True}, second={"more": "yes"}) == []
    assert found(first={"tick": True}) == [("/second", "required")]
    assert found(first={"tick": True}, second={}) == [("/second/more", "required")]
    assert found(first={}, second={"more": "no"}) == [("/second/more", "not-asked")]


def test_only_what_is_always_asked_is_filled_in() -> None:
    form = a_form(
        Field("name", FieldKind.LINE, TEXT, known=Known.GIVEN_NAME),
        Field("email", FieldKind.EMAIL, TEXT, known=Known.EMAIL, when=When("section.name", ("Ana",))),
        Field("birth_date", FieldKind.DATE, TEXT, known=Known.BIRTH_DATE),
    )
    known = {Known.GIVEN_NAME: "Ana", Known.EMAIL: "ana@example.org"}
    assert forms.prefill(form, known) == {"section": {"name": "Ana"}}


@pytest.mark.parametrize("form", ALL, ids=lambda each: each.code)
def test_a_form_is_written_in_three_languages(form: Form) -> None:
    for _, field in form.fields():
        for each in (field, *field.fields):
            if each.evidence is None:
                assert each.label is not None
            for text in (each.label, each.help, *(choice.label for choice in each.choices)):
                assert text is None or (text.ro and text.hu and text.en)


@pytest.mark.parametrize("form", ALL, ids=lambda each: each.code)
def test_a_case_names_a_question_of_the_form(form: Form) -> None:
    names = {(section.name, field.name) for section, field in form.fields()}
    for _, field in form.fields():
        assert field.when is None or field.when.path in names


def test_the_services_that_are_asked_for_online_have_forms() -> None:
    assert {each.code for each in ALL} == {
        "aggressive-driving-report",
        "audience-request",
        "contest-registration",
        "criminal-record-certificate-company",
        "criminal-record-certificate-person",
        "domicile-certificate",
        "passport-booking",
        "passport-status",
        "petition",
        "public-information-request",
        "suggestion",
        "traffic-sanctions-history",
    }


@pytest.mark.parametrize("form", ALL, ids=lambda each: each.code)
def test_a_form_asks_for_no_other_evidence_than_its_service(form: Form) -> None:
    service = next(each for each in services() if each.code == form.code)
    assert service.form == form.code
    assert form.evidence <= {each.evidence for each in service.inputs}


def test_a_service_names_a_form_that_is_there() -> None:
    assert {each.form for each in services() if each.form} == {each.code for each in ALL}


async def test_the_list_gives_each_form_once(client: httpx2.AsyncClient) -> None:
    first = (await client.get(PATH, params={"limit": 7})).json()
    second = (await client.get(PATH, params={"limit": 7, "cursor": first["next_cursor"]})).json()
    assert [item["code"] for item in first["items"] + second["items"]] == [each.code for each in ALL]


async def test_a_form_is_shown_in_the_language_that_is_asked_for(client: httpx2.AsyncClient) -> None:
    by_header = await client.get(f"{PATH}/petition", headers={"accept-language": "hu"})
    by_query = await client.get(f"{PATH}/petition", params={"lang": "hu"})
    assert by_header.json() == by_query.json()
    assert by_header.headers["content-language"] == by_query.headers["content-language"] == "hu"
    shown = by_header.json()
    assert shown["schema"]["title"] == "Petíció"
    assert shown["sections"][0]["questions"][2]["label"] == {
        "ro": "Subiectul",
        "hu": "Tárgy",
        "en": "Subject",
    }
    assert shown["ui"]["jsonforms"]["elements"][0]["label"] == "A petíció"
    again = await client.get(
        f"{PATH}/petition", params={"lang": "hu"}, headers={"if-none-match": by_query.headers["etag"]}
    )
    assert again.status_code == 304


async def test_the_schema_stands_at_the_address_that_it_names(client: httpx2.AsyncClient) -> None:
    shown = (await client.get(f"{PATH}/suggestion", params={"lang": "en"})).json()
    address = httpx2.URL(shown["schema"]["$id"])
    answer = await client.get(f"{address.path}?{address.query.decode()}")
    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.json() == shown["schema"]


async def test_lists_of_the_catalog_are_the_choices(client: httpx2.AsyncClient) -> None:
    shown = (await client.get(f"{PATH}/criminal-record-certificate-person", params={"lang": "en"})).json()
    motives = shown["schema"]["properties"]["request"]["allOf"][0]["properties"]["motive"]["oneOf"]
    assert {"const": "angajare", "title": "employment"} in motives
    petition = (await client.get(f"{PATH}/petition")).json()["schema"]["properties"]["petition"]
    institutions = petition["allOf"][0]["properties"]["institution_id"]["oneOf"]
    police = (await client.get("/catalog/v1/institutions/IPJ-CV")).json()
    assert {"const": police["id"], "title": police["names"]["ro"]} in institutions


async def test_a_change_is_a_new_version_and_the_one_before_stays(
    client: httpx2.AsyncClient, settings: ServiceSettings, looking: asyncpg.Connection
) -> None:
    database = Database(settings)
    first = Form("zz-tried", TEXT, TEXT, (Section("section", TEXT, (a_field(FieldKind.LINE),)),))
    second = replace(first, title=Texts(ro="Altul", hu="Másik", en="Other"))
    try:
        async with database.sessions() as session:
            changed = [await operations.load(session, [form], NOON) for form in (first, first, second)]
        assert changed == [1, 0, 1]
        newest = (await client.get(f"{PATH}/zz-tried")).json()
        before = (await client.get(f"{PATH}/zz-tried", params={"version": 1})).json()
        assert (newest["version"], newest["title"]["ro"]) == (2, "Altul")
        assert (before["version"], before["title"]["ro"]) == (1, "Text")
    finally:
        await looking.execute("DELETE FROM catalog.forms WHERE code = 'zz-tried'")
        await looking.execute("DELETE FROM catalog.changes WHERE code = 'zz-tried'")
        await database.close()


async def test_evidence_of_a_register_is_shown_as_a_consent(client: httpx2.AsyncClient) -> None:
    shown = (await client.get(f"{PATH}/domicile-certificate")).json()
    [question] = shown["sections"][1]["questions"]
    assert (question["consent"], question["upload"], question["evidence"]) == (True, None, "identity-data")
    assert question["label"]["ro"].startswith("Sunt de acord")


async def test_good_answers_fit_the_form(client: httpx2.AsyncClient) -> None:
    answer = await client.post(f"{PATH}/domicile-certificate/validate", json=DOMICILE)
    assert answer.json() == {"code": "domicile-certificate", "version": 1, "valid": True}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("language", "detail"),
    [
        ("ro", "Bifați această căsuță pentru a continua"),
        ("hu", "A folytatáshoz jelölje be ezt a négyzetet"),
        ("en", "Tick this box to go on"),
    ],
)
async def test_faults_are_told_in_the_language_of_the_caller(
    client: httpx2.AsyncClient, language: str, detail: str
) -> None:
    answer = await client.post(
        f"{PATH}/domicile-certificate/validate",
        json=DOMICILE | {"consents": {"identity_data": False}},
        headers={"accept-language": language},
    )
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/problems/form-data-invalid")
    assert answer.json()["errors"] == [
        {"pointer": "/consents/identity_data", "code": "enum", "detail": detail}
    ]


async def test_a_bound_is_named_in_the_fault(client: httpx2.AsyncClient) -> None:
    long = DOMICILE | {"request": {"content": "CURRENT", "purpose": "a" * 201}}
    answer = await client.post(f"{PATH}/domicile-certificate/validate", json=long)
    assert answer.json()["errors"][0]["detail"] == "Sunt permise cel mult 200 caractere"


async def test_no_answer_is_repeated(client: httpx2.AsyncClient, capsys: pytest.CaptureFixture[str]) -> None:
    person = {"family_name": "Popescu-Secret", "given_name": "Ana", "cnp": "1850312149007"}
    wrong = {"applicants": {"persons": [person]}, "contact": {"email": "secret-address"}}
    answer = await client.post(f"{PATH}/passport-booking/validate", json=wrong)
    pointers = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
    assert pointers["/applicants/persons/0/cnp"] == "cnp"
    assert pointers["/contact/email"] == "format"
    logged = capsys.readouterr()
    for text in (answer.text, logged.out, logged.err):
        assert "1850312149007" not in text
        assert "secret" not in text.lower()


@pytest.mark.parametrize("path", ["nothing", "petition?version=99", "petition/schema?version=99"])
async def test_an_unknown_form_or_version_is_not_found(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(f"{PATH}/{path}")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "form-not-found")


@pytest.mark.parametrize("body", [[], "text", 1, None])
async def test_answers_are_an_object(client: httpx2.AsyncClient, body: object) -> None:
    answer = await client.post(
        f"{PATH}/suggestion/validate", content=json.dumps(body), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422


def test_a_fault_says_nothing_of_the_value() -> None:
    [fault] = form_data.faults(
        a_form(a_field(FieldKind.LINE)), Sources(), {"section": {"field": "secret\n"}}, TODAY
    )
    assert fault == FieldError("/section/field", "pattern", form_data.ONE_LINE)


@pytest.mark.parametrize("item", [{}, {"id": 1}, "x", [], None])
def test_a_list_that_is_too_long_is_one_fault(item: object) -> None:
    files = a_field(FieldKind.EVIDENCE, evidence="supporting-documents", max_items=2)
    found = faults(files, value=[item] * 100_000)
    assert ("/section/field", "maxItems") in found
    assert ("/section/field", "uniqueItems") in found
    assert len(found) < 10


@pytest.mark.parametrize(
    "body", ['{"suggestion": ' + "[" * 100_000, '{"suggestion": ' + "[" * 400 + "]" * 400 + "}"]
)
async def test_answers_that_are_nested_without_end_are_refused(client: httpx2.AsyncClient, body: str) -> None:
    answer = await client.post(
        f"{PATH}/suggestion/validate", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code in (400, 422)


ANA = uuid4()
APPLICANT = {
    "given_name": "Ana",
    "family_name": "Popescu",
    "birth_date": "1985-03-12",
    "email": "ana.popescu@example.org",
    "language": "hu",
}


@pytest.fixture
def identity(fake_identity: Any) -> Any:
    fake_identity.answer(f"/internal/v1/people/{ANA}/form-data", APPLICANT)
    return fake_identity


async def test_a_form_begins_with_what_the_hub_knows(client: httpx2.AsyncClient, identity: Any) -> None:
    headers = identity.headers(ANA, {"forms:prefill"})
    answer = await client.get(f"{PATH}/contest-registration/prefill", headers=headers)
    names = {"given_name": "Ana", "family_name": "Popescu"}
    assert answer.json()["data"] == {
        "candidate": {**names, "birth_date": "1985-03-12", "email": "ana.popescu@example.org"}
    }
    assert answer.headers["cache-control"] == "no-store"
    petition = (await client.get(f"{PATH}/petition/prefill", headers=headers)).json()["data"]
    assert petition["petition"] == {"language": "hu"}


async def test_a_personal_number_is_never_filled_in(client: httpx2.AsyncClient, identity: Any) -> None:
    headers = identity.headers(ANA, {"forms:prefill"})
    answer = await client.get(f"{PATH}/passport-booking/prefill", headers=headers)
    assert answer.json()["data"] == {"contact": {"email": "ana.popescu@example.org"}}


async def test_who_acts_for_an_organisation_begins_with_its_name(
    client: httpx2.AsyncClient, identity: Any
) -> None:
    company = uuid4()
    said = {"organisation_name": "Exemplu SRL", "organisation_cui": "4192812"}
    nobody = {"given_name": None, "family_name": None}
    identity.answer(f"/internal/v1/principals/{company}/form-data", said | nobody)
    headers = identity.headers(ANA, {"forms:prefill"}, mandate=str(uuid4()), act_for=str(company))
    answer = await client.get(f"{PATH}/criminal-record-certificate-company/prefill", headers=headers)
    assert answer.json()["data"] == {"organisation": {"cui": "4192812", "name": "Exemplu SRL"}}


async def test_who_acts_for_a_person_is_not_told_their_date_of_birth(
    client: httpx2.AsyncClient, identity: Any
) -> None:
    ion = uuid4()
    said = {"given_name": "Ion", "family_name": "Ionescu"}
    nobody = {"organisation_name": None, "organisation_cui": None}
    identity.answer(f"/internal/v1/principals/{ion}/form-data", said | nobody)
    headers = identity.headers(ANA, {"forms:prefill"}, mandate=str(uuid4()), act_for=str(ion))
    answer = await client.get(f"{PATH}/contest-registration/prefill", headers=headers)
    assert answer.json()["data"] == {"candidate": said | {"email": "ana.popescu@example.org"}}


async def test_without_the_hub_the_form_is_filled_in_by_hand(
    client: httpx2.AsyncClient, identity: Any
) -> None:
    somebody = uuid4()
    path = f"/internal/v1/people/{somebody}/form-data"
    identity.answer(path, {}, HTTPStatus.SERVICE_UNAVAILABLE)
    headers = identity.headers(somebody, {"forms:prefill"}) | {"accept-language": "en"}
    answer = await client.get(f"{PATH}/petition/prefill", headers=headers)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["detail"].startswith("The form can be used: fill it in by hand")
    assert (await client.get(f"{PATH}/petition")).status_code == 200


async def test_filling_in_wants_its_scope(client: httpx2.AsyncClient, identity: Any) -> None:
    path = f"{PATH}/petition/prefill"
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, headers=identity.headers(ANA, {"petitions:write"}))).status_code == 403
