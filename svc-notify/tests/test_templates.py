"""Templates of institutions: their content, the values that orders give, and their life in versions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hub_core import ids
from hub_core.decisions import FourEyes
from hub_core.language import Language
from hub_core.problem import FieldError
from svc_notify import rendering
from svc_notify.domain import content as rules
from svc_notify.domain import templates
from svc_notify.domain.channels import Channel
from svc_notify.domain.kinds import Purpose
from svc_notify.domain.sms_text import Limits
from svc_notify.domain.templates import (
    Content,
    Fact,
    Template,
    TemplateState,
    TemplateStep,
    Variable,
    VariableType,
    Wording,
)
from svc_notify.errors.templates import TemplateStepRefused
from svc_notify.rendering import Links

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LIMITS = Limits(160, 153, 70, 67)
INSTITUTION = ids.new_id()
EDITOR, HEAD = ids.new_id(), ids.new_id()
WORDS = Wording(
    subject="Plata nr. {{ number }}",
    title="Plata este înregistrată",
    text="Plata de {{ amount }} a fost înregistrată la {{ paid_on }}.{{# note }}\n\n{{ note }}{{/ note }}",
    facts=(Fact("Număr", "{{ number }}"), Fact("Mențiuni", "{{ note }}")),
    next=("Păstrați numărul.",),
    action="Vedeți plata",
    sms="Plata nr. {{ number }} de {{ amount }} a fost înregistrată.",
    push="Plata de {{ amount }}.",
)
CONTENT = Content(
    purpose=Purpose.TRANSACTIONAL,
    names={Language.RO: "Plată înregistrată"},
    channels=frozenset(Channel),
    variables=(
        Variable("number", VariableType.NUMBER, "4821"),
        Variable("amount", VariableType.AMOUNT, "1202.50"),
        Variable("paid_on", VariableType.DATE, "2026-11-21"),
        Variable("note", VariableType.TEXT, "Chitanța se ridică de la casierie.", required=False, longest=60),
        Variable("page", VariableType.LINK, "/account/payments"),
    ),
    wording={Language.RO: WORDS},
    link="{{ page }}",
)
GIVEN = {"number": "4821", "amount": "1202.50", "paid_on": "2026-11-21", "page": "/account/payments"}


def a_template(**special: Any) -> Template:
    """A first draft of the editor's."""
    made = templates.create(INSTITUTION, "institution.payment", CONTENT, EDITOR, NOW)
    return replace(made, **special)


def of(**words: Any) -> Content:
    """The content with other Romanian words."""
    return replace(CONTENT, wording={Language.RO: replace(WORDS, **words)})


def codes(found: list[FieldError]) -> set[tuple[str, str]]:
    """Pointer and code of each flaw."""
    return {(flaw.pointer, flaw.code) for flaw in found}


def found_in(words: str) -> set[str]:
    """The codes of what is wrong with a subject."""
    found = codes(templates.lint(of(subject=f"Plata nr. {{{{ number }}}} {words}"), LIMITS, 3))
    return {code for pointer, code in found if pointer == "/wording/ro/subject"}


def test_ordinary_words_have_no_flaw() -> None:
    assert templates.lint(CONTENT, LIMITS, 3) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("<b>tare</b>", "markup"),
        ("&lt;b&gt;", "markup"),
        ("<img src=x onerror=alert(1)>", "markup"),
        ("JavaScript:alert(1)", "markup"),
        ("https://evil.example/x", "link"),
        ("www.primarie", "link"),
        ("intrați pe primaria-cluj.ro", "link"),
        ("mailto:a", "link"),
        ("1850312149006", "personal-number"),
        ("1 850312 149006", "personal-number"),
        ("185.0312.149006", "personal-number"),
        ("18503\u200b12149006", "personal-number"),
        ("\uff11\uff18\uff15\uff10\uff13\uff11\uff12\uff11\uff14\uff19\uff10\uff10\uff16", "personal-number"),
        ("5 1850312149006", "personal-number"),
        ("a\u200bb", "hidden-character"),
        ("a\u202eb", "hidden-character"),
        ("ați fost amendat", "sensitive"),
        ("Amendă de plată", "sensitive"),
        ("cazier judiciar", "sensitive"),
        ("puncte de penalizare", "sensitive"),
        ("aviz medical", "sensitive"),
        ("büntetés", "sensitive"),
        ("orvosi vizsgálat", "sensitive"),
        ("your penalty points", "sensitive"),
        ("a medical check", "sensitive"),
        ("{{ number | upper }}", "placeholder"),
        ("{{# number }}", "section-open"),
        ("{{ other }}", "unknown"),
        ("{{ note }}", "unguarded"),
        ("{{ page }}", "link"),
    ],
)
def test_what_no_message_may_say_is_refused_where_it_stands(words: str, code: str) -> None:
    assert code in found_in(words)


@pytest.mark.parametrize(
    "words",
    [
        *("5 < 7 & 8 > 2", "art. 8 alin. (1) din O.G. nr. 27/2002", "ora 10.30", "tel. 0264 123 456"),
        *("nr. 123456789012345", "RO49 AAAA 1B31 0075 9384 0000", "21.11.2026 12345", "amenajarea parcului"),
        *("fine arts", "amendament", "1999999999999"),
    ],
)
def test_ordinary_things_are_not_taken_for_bad_ones(words: str) -> None:
    assert found_in(words) == set()


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (replace(CONTENT, wording={Language.EN: WORDS}), ("/wording", "language")),
        (replace(CONTENT, names={}), ("/names", "language")),
        (of(sms=""), ("/wording/ro/sms", "missing")),
        (of(push=""), ("/wording/ro/push", "missing")),
        (of(sms="Plata {{ number }} 🙂"), ("/wording/ro/sms", "alphabet")),
        (of(sms="Plata {{ number }} " + "a" * 450), ("/wording/ro/sms", "long")),
        (of(title="Plata {{ number }}" + "a" * 40), ("/wording/ro/title", "long")),
        (replace(CONTENT, link="https://evil.example"), ("/link", "form")),
        (replace(CONTENT, link="//evil.example"), ("/link", "form")),
        (replace(CONTENT, link="/a?next=//evil"), ("/link", "form")),
        (replace(CONTENT, link="{{ note }}"), ("/link", "form")),
        (replace(CONTENT, link="/account"), ("/variables/4/name", "unused")),
        (
            replace(CONTENT, wording={Language.RO: WORDS, Language.HU: replace(WORDS, subject="Befizetés")}),
            None,
        ),
        (
            replace(
                CONTENT,
                wording={Language.RO: WORDS, Language.HU: replace(WORDS, push="x", sms="y", text="z")},
            ),
            ("/wording/hu", "other-values"),
        ),
        (
            replace(CONTENT, variables=(*CONTENT.variables, CONTENT.variables[0])),
            ("/variables/5/name", "twice"),
        ),
        (
            replace(CONTENT, variables=(replace(CONTENT.variables[0], sample="abc"), *CONTENT.variables[1:])),
            ("/variables/0/sample", "form"),
        ),
    ],
)
def test_a_content_is_whole_or_says_by_pointer_what_it_lacks(
    content: Content, flaw: tuple[str, str] | None
) -> None:
    found = codes(templates.lint(content, LIMITS, 3))
    assert flaw in found if flaw else found == set()


def test_the_values_of_an_order_may_leave_out_what_is_optional() -> None:
    assert templates.check_variables(a_template(), GIVEN) == []


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("number", "", "missing"),
        ("number", "12a", "form"),
        ("number", "1850312149006", "personal-number"),
        ("amount", "12,50", "form"),
        ("amount", "1.234", "form"),
        ("paid_on", "21.11.2026", "form"),
        ("paid_on", "2026-02-30", "form"),
        ("paid_on", "20261121", "form"),
        ("note", "CNP 1850312149006", "personal-number"),
        ("note", "x" * 61, "form"),
        ("note", "a\nb", "form"),
        ("note", "<script>", "markup"),
        ("note", "vedeți bit.ly/x sau evil.com", "link"),
        ("page", "https://evil.example/", "form"),
        ("page", "//evil.example", "form"),
        ("page", "/a/../..//evil", None),
        ("page", "/account/1850312149006", "personal-number"),
        ("page", "/a%2f", "form"),
        ("other", "x", "unknown"),
    ],
)
def test_each_value_is_held_to_its_type_and_to_the_rules_of_content(
    name: str, value: str, code: str | None
) -> None:
    found = codes(templates.check_variables(a_template(), {**GIVEN, name: value}))
    assert ((f"/variables/{name}", code) in found) if code else found == set()


def test_no_flaw_repeats_what_was_sent() -> None:
    found = templates.check_variables(a_template(), {**GIVEN, "note": "1850312149006", "page": "<x>"})
    assert found
    for flaw in found:
        assert "1850312149006" not in str(flaw)
        assert "<x>" not in str(flaw)


@pytest.mark.parametrize(
    ("language", "amount", "day"),
    [
        (Language.RO, "1.202,50\u00a0lei", "21.11.2026"),
        (Language.HU, "1\u00a0202,50\u00a0lei", "2026.11.21."),
        (Language.EN, "1,202.50\u00a0lei", "21 November 2026"),
    ],
)
def test_values_are_shown_as_their_readers_write_them(language: Language, amount: str, day: str) -> None:
    shown = templates.shown(a_template(), language, GIVEN)
    assert (shown["amount"], shown["paid_on"], shown["number"]) == (amount, day, "4821")
    assert "note" not in shown


def test_who_wrote_or_submitted_a_version_does_not_approve_it() -> None:
    waiting = templates.submit([a_template()], EDITOR, NOW)
    with pytest.raises(FourEyes):
        templates.approve([waiting], EDITOR, NOW)
    other = replace(waiting, writers=frozenset({EDITOR, HEAD}))
    with pytest.raises(FourEyes):
        templates.approve([other], HEAD, NOW)


def test_an_approved_version_is_active_and_the_one_before_it_is_retired() -> None:
    waiting = templates.submit([a_template()], EDITOR, NOW)
    (first,) = templates.approve([waiting], HEAD, NOW)
    assert (first.state, first.decided_by, first.revision) == (TemplateState.ACTIVE, HEAD, 3)
    draft = templates.open_version([first], HEAD, NOW)
    assert (draft.version, draft.base, draft.content) == (2, 1, CONTENT)
    again = templates.submit([draft, first], HEAD, NOW)
    before, second = templates.approve([again, first], EDITOR, NOW + timedelta(days=1))
    assert (before.version, before.state, before.content) == (1, TemplateState.RETIRED, first.content)
    assert (second.version, second.state) == (2, TemplateState.ACTIVE)
    assert templates.active([second, before]) == second


def test_a_rejected_version_is_a_draft_again_with_the_reason_until_it_is_submitted_again() -> None:
    waiting = templates.submit([a_template()], EDITOR, NOW)
    back = templates.reject([waiting], "Lipsește termenul.", HEAD, NOW)
    assert (back.state, back.returned_for) == (TemplateState.DRAFT, "Lipsește termenul.")
    assert templates.submit([back], EDITOR, NOW).returned_for == ""


ACTIVE = a_template(state=TemplateState.ACTIVE)
STANDINGS = {
    "draft": ([a_template()], {"REVISE", "SUBMIT"}),
    "in-review": ([a_template(state=TemplateState.IN_REVIEW)], {"APPROVE", "REJECT"}),
    "active": ([ACTIVE], {"OPEN", "RETIRE"}),
    "active-with-draft": ([a_template(version=2), ACTIVE], {"REVISE", "SUBMIT", "RETIRE"}),
    "retired": ([a_template(state=TemplateState.RETIRED)], {"OPEN"}),
}


@pytest.mark.parametrize(("versions", "open_ones"), STANDINGS.values(), ids=STANDINGS)
def test_each_step_is_possible_only_where_it_is_open(versions: list[Template], open_ones: set[str]) -> None:
    takes: dict[TemplateStep, Any] = {
        TemplateStep.OPEN: lambda: templates.open_version(versions, HEAD, NOW),
        TemplateStep.REVISE: lambda: templates.revise(versions, CONTENT, HEAD, NOW),
        TemplateStep.SUBMIT: lambda: templates.submit(versions, HEAD, NOW),
        TemplateStep.APPROVE: lambda: templates.approve(versions, HEAD, NOW),
        TemplateStep.REJECT: lambda: templates.reject(versions, "x", HEAD, NOW),
        TemplateStep.RETIRE: lambda: templates.retire(versions, NOW),
    }
    assert set(templates.steps(versions)) == open_ones
    for step, take in takes.items():
        if step in open_ones:
            take()
        else:
            with pytest.raises(TemplateStepRefused):
                take()


def test_two_contents_are_compared_text_by_text() -> None:
    changed = replace(of(subject="Plata {{ number }}", next=()), purpose=Purpose.REMINDER)
    assert templates.compare(CONTENT, changed) == [
        ("/purpose", "TRANSACTIONAL", "REMINDER"),
        ("/wording/ro/subject", "Plata nr. {{ number }}", "Plata {{ number }}"),
        ("/wording/ro/next/0", "Păstrați numărul.", ""),
    ]
    assert templates.compare(CONTENT, CONTENT) == []


@pytest.mark.parametrize("number", ["1850312149006", "2991231401239", "9000101400000", "1850312149000"])
def test_a_number_with_a_mistyped_check_digit_is_somebody_s_too(number: str) -> None:
    assert rules.is_like_cnp(f"nr. {number}.")


def test_ids_are_no_personal_numbers() -> None:
    assert not any(rules.is_like_cnp(str(UUID(int=each))) for each in range(10**36, 10**36 + 50))


def test_what_somebody_gave_is_shown_as_it_is_and_read_as_nothing_else() -> None:
    """Also where a value was never checked, it is no markup, no wording and no second line of a subject."""
    bad = "<a href='https://evil.example'>x</a> {{ amount }}{{# amount }}"
    words = rendering.say_own(a_template(), Language.RO, {**GIVEN, "note": bad})
    letter = rendering.letter(words, Links("https://hub.example/account/payments"), sender=bad)
    assert bad in letter.text
    assert "evil.example'>" not in letter.html
    assert letter.html.count("<a ") == 1
    assert ("Mențiuni", bad) in words.facts


def test_a_fact_without_a_value_is_left_out_and_a_paragraph_that_asks_for_it_too() -> None:
    words = rendering.say_own(a_template(), Language.RO, GIVEN)
    assert words.facts == (("Număr", "4821"),)
    assert words.lead == "Plata de 1.202,50\u00a0lei a fost înregistrată la 21.11.2026."


def test_a_hungarian_day_at_the_end_of_a_sentence_has_one_point() -> None:
    wording = replace(WORDS, text="Befizetés napja: {{ paid_on }}. {{ note }}... {{ amount }} {{ number }}")
    hungarian = replace(CONTENT, wording={Language.RO: WORDS, Language.HU: wording})
    words = rendering.say_own(a_template(content=hungarian), Language.HU, {**GIVEN, "note": "ok"})
    assert words.lead.startswith("Befizetés napja: 2026.11.21. ok... ")


def test_the_page_of_the_button_is_the_one_that_an_order_gave() -> None:
    assert templates.page(a_template(), GIVEN) == "/account/payments"
    fixed = a_template(content=replace(CONTENT, link="/account/overview"))
    assert templates.page(fixed, GIVEN) == "/account/overview"
    assert templates.page(a_template(content=replace(CONTENT, link="")), GIVEN) == ""
