"""The words of messages: official texts, formats by language, content rules (8.1, 8.2; edge case 87)."""

import json
import re
from datetime import UTC, date, datetime
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta
import pytest

from hub_core.language import Language
from svc_notify import rendering
from svc_notify.domain import formats, kinds
from svc_notify.rendering import Letter

CHANGED = (
    Path(__file__).parents[2]
    / "svc-identity/contract/events/identity.account.security-changed.v1.schema.json"
)
TEMPLATES = Path(rendering.__file__).parent / "templates"
ACCOUNT = "https://hub.example/account/overview"
REGISTERED: dict[str, object] = {
    "number": "123",
    "registered_on": date(2026, 11, 21),
    "answer_due_on": date(2026, 12, 1),
    "institution_id": "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70",
    "institution": "Direcția Generală de Pașapoarte",
    "legal_basis": kinds.OG_27_2002,
}
CONFIRM: dict[str, object] = {"code": "482913", "valid_until": datetime(2026, 11, 21, 19, 15, tzinfo=UTC)}


def newest(template: str) -> int:
    """The version that is sent now."""
    return kinds.ALL[template].version


def registered(language: Language, **special: Any) -> Letter:
    return rendering.render(
        "submission.registered", newest("submission.registered"), language, REGISTERED | special, ACCOUNT
    )


def confirm(language: Language) -> Letter:
    return rendering.render("account.confirm", newest("account.confirm"), language, CONFIRM, ACCOUNT)


def reset(language: Language) -> Letter:
    return rendering.render("password.reset", newest("password.reset"), language, CONFIRM, ACCOUNT)


def security(language: Language, change: str = "PASSKEY_ADDED") -> Letter:
    facts = {"change": change, "changed_on": date(2026, 11, 21)}
    return rendering.render("account.security", newest("account.security"), language, facts, ACCOUNT)


def step(language: Language, state: str = "SUBMITTED") -> Letter:
    facts = {"state": state, "told_on": date(2026, 11, 21), "institution": "Primăria"}
    return rendering.render("registration.step", newest("registration.step"), language, facts, ACCOUNT)


def validated(language: Language) -> Letter:
    return rendering.render(
        "account.validated", newest("account.validated"), language, {"told_on": date(2026, 11, 21)}, ACCOUNT
    )


def requested(language: Language, state: str = "MANUAL_REVIEW") -> Letter:
    facts = {
        "product": "CRIMINAL_RECORD",
        "number": "4821",
        "registered_on": date(2026, 11, 22),
        "due_on": date(2026, 11, 25),
        "state": state,
    }
    return rendering.render(
        "criminal-record.registered", newest("criminal-record.registered"), language, facts, ACCOUNT
    )


def came_to(language: Language, state: str = "ISSUED") -> Letter:
    facts = {
        "product": "CRIMINAL_RECORD",
        "number": "4821",
        "state": state,
        "told_on": date(2026, 11, 22),
    }
    return rendering.render("criminal-record.step", newest("criminal-record.step"), language, facts, ACCOUNT)


def ended(language: Language, change: str = "REVOKED") -> Letter:
    facts = {"product": "INTEGRITY", "change": change, "told_on": date(2026, 11, 22)}
    return rendering.render(
        "criminal-record.certificate", newest("criminal-record.certificate"), language, facts, ACCOUNT
    )


def verified(language: Language) -> Letter:
    return rendering.render(
        "criminal-record.verified",
        newest("criminal-record.verified"),
        language,
        {"told_on": date(2026, 11, 22)},
        ACCOUNT,
    )


def extract(language: Language, change: str = "ISSUED") -> Letter:
    facts = {"institution": "Inspectoratul Școlar", "change": change, "told_on": date(2026, 11, 22)}
    return rendering.render(
        "criminal-record.extract", newest("criminal-record.extract"), language, facts, ACCOUNT
    )


def due(language: Language) -> Letter:
    facts = {"due_on": date(2026, 11, 25), "told_on": date(2026, 11, 24)}
    return rendering.render("criminal-record.due", newest("criminal-record.due"), language, facts, ACCOUNT)


def revoked_extract(language: Language) -> Letter:
    return extract(language, "REVOKED")


def petition(language: Language, change: str = "EXTENDED") -> Letter:
    facts = {
        "change": change,
        "number": "123",
        "answer_due_on": date(2027, 1, 5),
        "institution": "Direcția Generală de Pașapoarte",
        "told_on": date(2026, 12, 4),
    }
    return rendering.render("petition.step", newest("petition.step"), language, facts, ACCOUNT)


def term(language: Language, state: str = "CLOSE") -> Letter:
    facts = {
        "state": state,
        "answer_due_on": date(2027, 1, 5),
        "institution": "Direcția Generală de Pașapoarte",
        "told_on": date(2026, 12, 4),
    }
    return rendering.render("petition.term", newest("petition.term"), language, facts, ACCOUNT)


BOOKED: dict[str, object] = {
    "booking": "K7QF2M9X",
    "code": "482913",
    "what": "Pașaport simplu electronic",
    "office": "Ghișeul de pașapoarte Cluj-Napoca",
    "address": "str. Traian nr. 27",
    "starts_on": date(2026, 12, 3),
    "starts_at": datetime(2026, 12, 3, 7, 30, tzinfo=UTC),
    "persons": "2",
    "valid_on": date(2026, 11, 22),
    "valid_until": datetime(2026, 11, 22, 10, 30, tzinfo=UTC),
    "channel": "OFFER",
    "state": "CANCELLED_BY_OFFICE",
    "previous_on": date(2026, 12, 1),
    "previous_hour": "10:00",
    "earlier_on": date(2026, 12, 3),
    "earlier_hour": "09:30",
    "kept": "YES",
    "number": "CJ-2026-4821",
    "told_on": date(2026, 12, 3),
}
OF_APPOINTMENTS = sorted(
    set(kinds.BOOKINGS) - {kinds.BOOKING_CODE.template, kinds.APPLICATION_READY.template}
)


def booked(template: str, language: Language, **special: object) -> Letter:
    return rendering.render(template, newest(template), language, BOOKED | special, ACCOUNT)


def booking_code(language: Language) -> Letter:
    return rendering.render("booking.email-code", newest("booking.email-code"), language, CONFIRM, ACCOUNT)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("template", OF_APPOINTMENTS)
def test_a_message_about_an_appointment_says_when_where_and_its_code_and_its_subject_says_little(
    template: str, language: Language
) -> None:
    letter = booked(template, language)
    for fact in (formats.day(date(2026, 12, 3), language), "09:30", "K7QF2M9X", "Ghișeul", "Traian"):
        assert fact in letter.text
    for fact in ("K7QF2M9X", "482913", "Ghișeul de", "Traian", "lectronic", "așapo", "útlev", "assport"):
        assert fact not in letter.subject


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("template", ["booking.confirm", "booking.offer"])
def test_what_is_held_is_confirmed_by_a_button_or_by_six_digits_until_an_hour(
    template: str, language: Language
) -> None:
    letter = booked(template, language)
    assert "    482913" in letter.text.splitlines()
    assert ACCOUNT in letter.text.splitlines()
    assert f'<a href="{ACCOUNT}"' in letter.html
    assert "12:30" in letter.subject


@pytest.mark.parametrize("language", Language)
def test_what_stands_asks_for_nothing_and_brings_no_code_that_confirms(language: Language) -> None:
    for template in ("booking.confirmed", "booking.moved", "booking.reminder", "booking.cancelled"):
        assert "482913" not in booked(template, language).text


@pytest.mark.parametrize("language", Language)
def test_an_offer_of_the_waiting_list_and_one_of_an_office_that_closes_are_told_apart(
    language: Language,
) -> None:
    offered, moved = (booked("booking.offer", language, channel=each) for each in ("OFFER", "OFFICE"))
    assert offered.text != moved.text


@pytest.mark.parametrize("language", Language)
def test_an_earlier_place_that_is_kept_and_one_for_whoever_is_first_are_told_apart(
    language: Language,
) -> None:
    kept, told = (booked("booking.earlier", language, kept=each) for each in ("YES", "NO"))
    assert "12:30" in kept.subject
    assert "12:30" not in f"{told.subject}{told.text}"


@pytest.mark.parametrize("language", Language)
def test_who_cancelled_an_appointment_is_told(language: Language) -> None:
    by_office = booked("booking.cancelled", language)
    by_citizen = booked("booking.cancelled", language, state="CANCELLED_BY_CITIZEN")
    assert by_office.text != by_citizen.text


GSM_7 = re.compile(r"[A-Za-z0-9 @$_!\"#%&'()*+,\-./:;<=>?\n]*")
"""Of the GSM 7-bit alphabet what stands in our texts."""
ONE_SMS = 160


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "template",
    ["booking.confirm", "booking.offer", "booking.reminder", "booking.earlier", "application.at-counter"],
)
def test_a_text_message_fits_into_one_and_has_no_letter_that_would_make_it_three(
    template: str, language: Language
) -> None:
    said = booked(template, language).sms
    assert ("K7QF2M9X" in said) is template.startswith("booking.")
    assert GSM_7.fullmatch(said)
    assert len(said) <= ONE_SMS


def test_that_a_passport_can_be_fetched_is_told_in_the_words_of_the_passports_directorate() -> None:
    """Without diacritics, one message of 157 letters (5.7)."""
    assert booked("application.at-counter", Language.RO).sms == (
        "Buna ziua! Pasaportul este la ghiseu, va puteti prezenta pentru ridicare! Daca nu sunteti "
        "destinatarul vizat, va rugam sa ignorati acest mesaj! DGPasapoarte."
    )


@pytest.mark.parametrize("language", Language)
def test_each_step_of_a_petition_has_words_of_its_own_and_a_day_where_one_counts(language: Language) -> None:
    changes = [*("CLARIFICATION_ASKED", "ANSWERED", "CLASSED", "EXTENDED", "FORWARDED", "JOINED"), "UNKNOWN"]
    letters = {change: petition(language, change) for change in changes}
    assert len({letter.subject for letter in letters.values()}) == len(changes)
    assert len({letter.text for letter in letters.values()}) == len(changes)
    day = formats.day(date(2027, 1, 5), language)
    assert {change for change in changes if day in letters[change].text} == {
        "CLARIFICATION_ASKED",
        "EXTENDED",
    }
    assert all(ACCOUNT in letter.text and "123" in letter.subject for letter in letters.values())


@pytest.mark.parametrize("language", Language)
def test_a_term_that_is_over_is_told_otherwise_than_one_that_comes_close(language: Language) -> None:
    close, over = term(language), term(language, "OVERDUE")
    assert close.subject != over.subject
    assert close.text != over.text
    assert formats.day(date(2027, 1, 5), language) in close.subject


@pytest.mark.parametrize("language", Language)
def test_that_documents_are_asked_for_is_said_and_not_which(language: Language) -> None:
    facts = {"number": "123", "institution": "Direcția", "told_on": date(2026, 12, 4)}
    plain, asking = (
        rendering.render(
            "petition.message", newest("petition.message"), language, facts | {"documents": asked}, ACCOUNT
        ).text
        for asked in ("NO", "YES")
    )
    assert len(asking) > len(plain)
    assert "123" in plain
    assert ACCOUNT in plain


@pytest.mark.parametrize("language", Language)
def test_a_handler_reads_whether_it_is_new_or_unread_and_nothing_of_the_message(language: Language) -> None:
    facts = {"number": "123", "institution": "Direcția", "told_on": date(2026, 12, 4)}
    said = [
        rendering.render(
            "petition.reply",
            newest("petition.reply"),
            language,
            facts | {"state": state, "documents": asked},
            ACCOUNT,
        )
        for state, asked in (("NEW", "NO"), ("NEW", "YES"), ("UNREAD", "NO"))
    ]
    assert len({letter.text for letter in said}) == 3
    assert said[0].subject == said[1].subject != said[2].subject
    assert all("123" in letter.subject for letter in said)


@pytest.mark.parametrize("language", Language)
def test_the_last_day_of_documents_and_an_unread_message_are_recalled(language: Language) -> None:
    facts = {"number": "123", "institution": "Direcția", "told_on": date(2026, 12, 1)}
    due = facts | {"due_on": date(2026, 12, 4)}
    documents = rendering.render("petition.documents", newest("petition.documents"), language, due, ACCOUNT)
    unread = rendering.render("petition.unread", newest("petition.unread"), language, facts, ACCOUNT)
    assert formats.day(date(2026, 12, 4), language) in documents.subject
    assert "123" in unread.subject
    assert all(ACCOUNT in letter.text for letter in (documents, unread))


@pytest.mark.parametrize("language", Language)
def test_each_state_of_a_certificate_s_request_has_words_of_its_own(language: Language) -> None:
    letters = [came_to(language, state) for state in sorted(kinds.TOLD_STEPS)]
    assert len({letter.subject for letter in letters}) == len(kinds.TOLD_STEPS)
    assert len({letter.text for letter in letters}) == len(kinds.TOLD_STEPS)


@pytest.mark.parametrize("language", Language)
def test_who_waits_is_told_by_whom_the_request_is_checked(language: Language) -> None:
    by_officer, by_itself = requested(language), requested(language, "AUTO_CHECK")
    assert by_officer.subject == by_itself.subject
    assert by_officer.text != by_itself.text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("write", [requested, came_to, ended, verified, extract, revoked_extract, due])
def test_no_word_of_a_certificate_s_message_hints_at_what_the_register_holds(
    write: Any, language: Language
) -> None:
    """Whether there are entries is no variable of any template; nor do the words speak of it (28, 87)."""
    telling = (
        r"antecedent|înscris|înscrieri|condamn|pedeaps|infracți|fapt[ăe] "
        r"|büntet(lett|és|ő)|elítél|bejegyz|bűncselek"
        r"|convict|entry|entries|offence|penalt|sentence|clean|no record"
    )
    letter = write(language)
    assert not re.search(telling, f"{letter.subject}\n{letter.text}", re.IGNORECASE)
    assert not re.search("cazier|erkölcsi|criminal", letter.subject, re.IGNORECASE)


@pytest.mark.parametrize("language", Language)
def test_a_corrected_and_a_revoked_certificate_are_told_apart(language: Language) -> None:
    assert ended(language, "REVOKED").subject != ended(language, "SUPERSEDED").subject


@pytest.mark.parametrize("language", Language)
def test_an_extract_that_was_given_and_one_that_was_revoked_are_told_apart(language: Language) -> None:
    given, revoked = extract(language), revoked_extract(language)
    assert given.subject != revoked.subject
    assert given.text != revoked.text


@pytest.mark.parametrize("language", Language)
def test_each_step_of_a_registration_has_words_of_its_own(language: Language) -> None:
    states = ("SUBMITTED", "NEEDS_COMPLETION", "APPROVED", "REJECTED", "EXPIRED")
    letters = [step(language, state) for state in states]
    assert len({letter.subject for letter in letters}) == len(states)
    assert len({letter.text for letter in letters}) == len(states)


@pytest.mark.parametrize("language", Language)
def test_each_change_of_security_has_words_of_its_own(language: Language) -> None:
    schema = json.loads(CHANGED.read_text("utf-8"))
    changes = schema["$defs"]["Change"]["enum"]
    said = {security(language, change).text.splitlines()[2] for change in (*changes, "SOMETHING_NEW")}
    assert len(said) == len(changes) + 1


@pytest.mark.parametrize(
    ("language", "subject", "official", "due"),
    [
        (
            Language.RO,
            "Cererea dumneavoastră a fost înregistrată cu nr. 123 din 21.11.2026",
            "din 21.11.2026. Termen de răspuns: 01.12.2026.",
            "Termen de răspuns: 01.12.2026 (art. 8 alin. (1) din OG nr. 27/2002)",
        ),
        (
            Language.HU,
            "Kérelmét 123/2026.11.21. számon iktattuk",
            "Kérelmét 123/2026.11.21. számon iktattuk. Válaszadási határidő: 2026.12.01.",
            "Válaszadási határidő: 2026.12.01. (a 27/2002. számú kormányrendelet 8. cikkének (1) bekezdése)",
        ),
        (
            Language.EN,
            "Your request was registered under no. 123 of 21 November 2026",
            "Your request was registered under no. 123 of 21 November 2026. Answer due by 1 December 2026.",
            "Answer due by: 1 December 2026 (Government Ordinance 27/2002, article 8 (1))",
        ),
    ],
)
def test_a_registration_is_told_in_the_official_words(
    language: Language, subject: str, official: str, due: str
) -> None:
    letter = registered(language)
    assert letter.subject == subject
    lines = letter.text.splitlines()
    assert any(line.endswith(official) for line in lines)
    assert due in lines
    assert any(line.endswith(": Direcția Generală de Pașapoarte") for line in lines)
    assert ACCOUNT in lines


@pytest.mark.parametrize("language", Language)
def test_a_code_stands_alone_on_its_line_with_its_hour_and_not_in_the_subject(language: Language) -> None:
    letter = confirm(language)
    assert "    482913" in letter.text.splitlines()
    assert "21:15" in letter.text
    assert "482913" not in letter.subject
    assert "<a " not in letter.html


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "write",
    [
        registered,
        confirm,
        reset,
        security,
        step,
        validated,
        requested,
        came_to,
        ended,
        verified,
        extract,
        booking_code,
        partial(booked, "application.at-counter"),
        *(partial(booked, template) for template in OF_APPOINTMENTS),
    ],
)
def test_both_parts_say_the_same(write: Any, language: Language) -> None:
    letter = write(language)
    shown = " ".join(_Shown.of(letter.html).split())
    for line in filter(None, (line.strip() for line in letter.text.splitlines())):
        words = line.removeprefix("- ").removesuffix(":")
        if line != ACCOUNT:
            assert words.replace(": ", " ") in shown.replace(": ", " ")


@pytest.mark.parametrize("language", Language)
def test_html_is_made_for_old_clients_dark_mode_and_screen_readers(language: Language) -> None:
    html = registered(language).html
    assert f'<html lang="{language}"' in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "prefers-color-scheme: dark" in html
    assert html.count("<h1") == 1
    layout, data = re.findall(r"<table role=\"presentation\"", html), re.findall(r"<table class", html)
    assert (len(layout), len(data)) == (4, 1)
    assert html.count('<th class="line quiet" scope="row"') == 4
    assert f'<a href="{ACCOUNT}"' in html
    assert not re.search(r"<(img|script|link|iframe|form|object|video)\b|url\(", html)


def test_markup_in_a_fact_is_shown_as_text() -> None:
    letter = registered(Language.RO, institution='<script>alert("x")</script> & Co')
    assert "<script>" not in letter.html
    assert "&lt;script&gt;" in letter.html
    assert '<script>alert("x")</script> & Co' in letter.text


def test_template_words_in_a_fact_are_not_carried_out() -> None:
    assert "{{ 7 * 7 }}" in registered(Language.RO, institution="{{ 7 * 7 }}").text


def test_an_institution_not_heard_of_yet_is_left_out() -> None:
    assert "Instituția:" not in registered(Language.RO, institution="").text


def test_a_term_without_a_law_names_none() -> None:
    assert "27/2002" not in registered(Language.RO, legal_basis="").text


def test_a_missing_fact_is_an_error_and_no_gap() -> None:
    with pytest.raises(jinja2.UndefinedError):
        rendering.render("submission.registered", newest("submission.registered"), Language.RO, {}, ACCOUNT)


@pytest.mark.parametrize("kind", kinds.ALL.values(), ids=kinds.ALL)
def test_each_kind_has_its_template_in_each_language(kind: kinds.Kind) -> None:
    folder = TEMPLATES / kind.template / str(kind.version)
    assert {file.name for file in folder.iterdir()} == {f"{language}.toml" for language in Language}


def test_no_template_takes_what_a_message_may_not_say() -> None:
    wording = [file for file in TEMPLATES.rglob("*.toml") if file.parts[-3] != "frame"]
    assert len(wording) >= len(kinds.ALL) * len(Language)
    known = (
        {"change", "changed_on", "state", "told_on"}
        | kinds.CATALOG_STALE.variables
        | kinds.CERTIFICATE_REQUESTED.variables
        | BOOKED.keys()
        | kinds.PETITION_MESSAGE.variables
        | kinds.PETITION_TERM.variables
        | {
            "number",
            "registered_on",
            "answer_due_on",
            "institution",
            "legal_basis",
            "year",
            "code",
            "valid_until",
        }
        | kinds.DRIVING_REPORT.variables
        | kinds.WEBHOOK_STOPPED.variables
    )
    environment = jinja2.Environment(autoescape=True)
    for file in wording:
        used = jinja2.meta.find_undeclared_variables(environment.parse(file.read_text("utf-8")))
        assert used <= known | {"day", "hour"}


@pytest.mark.parametrize(
    "file", [*TEMPLATES.rglob("*.toml")], ids=lambda file: f"{file.parts[-3]}-{file.stem}"
)
def test_words_are_written_with_comma_below_and_in_nfc(file: Path) -> None:
    assert not re.search("[ŞşŢţ\u0300-\u036f\u00ad]", file.read_text("utf-8"))


@pytest.mark.parametrize(
    ("language", "written"),
    [(Language.RO, "05.03.2027"), (Language.HU, "2027.03.05."), (Language.EN, "5 March 2027")],
)
def test_a_date_is_written_as_its_readers_write_it(language: Language, written: str) -> None:
    assert formats.day(date(2027, 3, 5), language) == written


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        (datetime(2026, 11, 21, 22, 5, tzinfo=UTC), "00:05"),
        (datetime(2026, 7, 1, 10, 0, tzinfo=UTC), "13:00"),
    ],
)
def test_an_hour_is_romania_s(instant: datetime, written: str) -> None:
    assert formats.hour(instant) == written


class _Shown(HTMLParser):
    """The text that a reader of the HTML part sees in its body."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.in_body = False

    @classmethod
    def of(cls, html: str) -> str:
        parser = cls()
        parser.feed(html)
        return " ".join(parser.words)

    def handle_starttag(self, tag: str, _: object) -> None:
        self.in_body |= tag == "body"

    def handle_data(self, data: str) -> None:
        if self.in_body and data.strip():
            self.words.append(data.strip())
