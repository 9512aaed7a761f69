"""Every template of the hub, in every language and state, keeps the rules of content (8.1; 87)."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import jinja2
import jinja2.meta
import pytest

from hub_core import ids
from hub_core.language import Language
from svc_notify import rendering
from svc_notify.domain import kinds, messages
from svc_notify.domain.channels import Channel
from svc_notify.domain.kinds import Group, Kind, Lane
from svc_notify.domain.messages import Cause
from svc_notify.rendering import Links, Words

from . import wording

EVERY = [
    pytest.param(kind, language, id=f"{template}-{language}")
    for template, kind in sorted(kinds.ALL.items())
    for language in Language
]
ORIGIN = "https://hub.example"
LINKS = Links(
    f"{ORIGIN}/account/overview", f"{ORIGIN}/account/preferences", f"{ORIGIN}/notify/unsubscribe/abc"
)
GSM_7 = re.compile(r"[A-Za-z0-9 @$_!\"#%&'()*+,\-./:;<=>?\n]*")
"""Of the GSM 7-bit alphabet what stands in our texts."""
ONE_SMS = 160
LONG = {"subject": 120, "title": 70, "preview": 140, "push": 160, "action": 40, "next_title": 30, "lead": 320}
BIG = 102 * 1024
"""From about here on Gmail cuts a letter off."""

TELLING = re.compile(
    r"antecedent|înscrieri|condamna|pedeaps|infracți|amend[ăa]|puncte de penalizare|suspendat"
    r"|diagnos|boal[ăa]|medical|handicap|sarcin[ăa]|dosar penal"
    r"|büntet(lett|és|ő)|elítél|bűncselek|bírság|büntetőpont|betegség|orvosi|fogyaték"
    r"|convict|offence|penalt|sentence|\bfine[sd]?\b|points|suspended|illness|diagnos|health|disab",
    re.IGNORECASE,
)
"""Words of a result, a sanction or somebody's health, in the three languages."""


def said(kind: Kind, language: Language, **special: object) -> list[Words]:
    """The words of a kind in each of its states."""
    return [
        rendering.say(kind.template, kind.version, language, case | special)
        for case in wording.cases(kind.template)
    ]


def everything(words: Words) -> str:
    """All that a message says anywhere."""
    letter = rendering.letter(words, LINKS)
    facts = "\n".join(f"{label}: {value}" for label, value in words.facts)
    return f"{letter.subject}\n{letter.text}\n{words.title}\n{words.lead}\n{facts}\n{words.sms}\n{words.push}"


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_no_word_tells_a_result_a_sanction_or_anything_of_somebody_s_health(
    kind: Kind, language: Language
) -> None:
    for words in said(kind, language):
        assert not TELLING.search(everything(words))


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_what_a_lock_screen_or_a_text_message_shows_does_not_name_the_register(
    kind: Kind, language: Language
) -> None:
    for words in said(kind, language):
        shown = f"{words.subject} {words.preview} {words.title} {words.push} {words.sms}"
        if kind.group is Group.CERTIFICATES:
            assert not re.search("cazier|erkölcsi|erkolcsi|criminal|integr", shown, re.IGNORECASE)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_each_state_has_its_words_within_bounds_and_no_gap_in_them(kind: Kind, language: Language) -> None:
    for words in said(kind, language):
        for name, most in LONG.items():
            assert len(getattr(words, name)) <= most, name
        for name in ("subject", "title", "preview", "greeting", "lead"):
            assert getattr(words, name).strip() == getattr(words, name) != "", name
        assert "\n" not in f"{words.subject}{words.title}{words.preview}{words.sms}{words.push}"
        assert not re.search(r"  |\{[{%]|None|undefined| [.,;]|\.\.", everything(words).replace("    ", ""))
        assert len(rendering.letter(words, LINKS).html.encode()) <= BIG


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_text_message_fits_into_one_and_has_no_letter_that_would_make_it_more(
    kind: Kind, language: Language
) -> None:
    """None of ă â î ș ț is in GSM-7, nor á í ó ő ú ű; one of them and a message holds 70 letters (8.1)."""
    for words in said(kind, language):
        assert GSM_7.fullmatch(words.sms), words.sms
        assert len(words.sms) <= ONE_SMS, words.sms
        assert bool(words.sms) is (Channel.SMS in kind.channels)
        assert bool(words.push) is (Channel.PUSH in kind.channels)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_text_message_and_a_push_lead_nowhere_and_a_letter_only_to_the_hub(
    kind: Kind, language: Language
) -> None:
    for words in said(kind, language):
        assert not re.search(r"https?:|www\.|://", f"{words.sms} {words.push} {words.title} {words.lead}")
        letter = rendering.letter(words, LINKS)
        linked = re.findall(
            r"(?:https?|ftp|data|javascript|mailto|tel):[^\s\"<>]*", letter.html + letter.text
        )
        schemas = {"http://www.w3.org/1999/xhtml"}
        assert {link for link in linked if not link.startswith(f"{ORIGIN}/")} <= schemas
        assert not re.search(r"<(img|script|link|iframe|form|object|video)\b|url\(|@import", letter.html)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_no_fact_becomes_markup_or_a_line_of_its_own_in_a_subject(kind: Kind, language: Language) -> None:
    bad = "<a href='https://evil.example'>x</a>{{ 7 * 7 }}\r\nBcc: x@evil.example"
    for words in said(kind, language, **dict.fromkeys(wording.FREE, bad)):
        letter = rendering.letter(words, LINKS, sender=bad)
        assert "evil.example'>" not in letter.html
        assert "49" not in letter.html.replace("491", "").replace("#4b545c", "").replace("849", "")
        assert letter.html.count("<a ") <= 3


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_the_footer_says_who_sends_why_and_where_that_is_changed(kind: Kind, language: Language) -> None:
    for words in said(kind, language):
        by_hub = rendering.letter(words, LINKS)
        by_institution = rendering.letter(words, LINKS, sender="Primăria Cluj-Napoca")
        assert "Primăria Cluj-Napoca" in by_institution.text
        assert "Primăria Cluj-Napoca" in by_institution.html
        for part in (by_hub.text, by_hub.html):
            assert "Hub" in part
            assert LINKS.preferences in part
            assert LINKS.unsubscribe in part
        in_account = rendering.letter(words, Links(has_account=True))
        account = {
            Language.RO: "Din contul",
            Language.HU: "A fiókjában vál",
            Language.EN: "In your account you",
        }
        assert account[language] in in_account.text
        assert account[language] in in_account.html
        bare = rendering.letter(words, Links())
        assert account[language] not in bare.html
        assert ORIGIN not in f"{bare.text}{bare.html}"


@pytest.mark.parametrize("template", sorted(kinds.ALL))
def test_the_three_languages_take_the_same_facts(template: str) -> None:
    environment = jinja2.Environment(autoescape=True)
    folder = Path(rendering.__file__).parent / "templates" / template / str(kinds.ALL[template].version)
    taken = {}
    for language in Language:
        words = folder.joinpath(f"{language}.toml").read_text("utf-8")
        used = jinja2.meta.find_undeclared_variables(environment.parse(words))
        taken[language] = {re.sub("^title_(ro|hu|en)$", "title", name) for name in used}
    assert taken[Language.RO] == taken[Language.HU] == taken[Language.EN]


@pytest.mark.parametrize("template", sorted(kinds.ALL))
def test_the_three_languages_say_the_same_things(template: str) -> None:
    """The same fields, as many facts and as many paragraphs."""
    folder = Path(rendering.__file__).parent / "templates" / template / str(kinds.ALL[template].version)
    shapes = []
    for language in Language:
        words = tomllib.loads(folder.joinpath(f"{language}.toml").read_text("utf-8"))
        shapes.append({name: len(value) if isinstance(value, list) else 0 for name, value in words.items()})
        shapes[-1].pop("closing")  # whoever does not read the official text is told which one that is
    assert shapes[0] == shapes[1] == shapes[2]


def test_every_kind_is_known_by_its_template_and_belongs_to_a_named_group() -> None:
    declared = {value.template for value in vars(kinds).values() if isinstance(value, Kind)}
    assert declared == set(kinds.ALL)
    assert set(kinds.GROUP_NAMES) == set(Group)
    assert all(set(names) == set(Language) for names in kinds.GROUP_NAMES.values())


def test_what_only_recalls_waits_behind_what_is_new_and_may_be_done_without() -> None:
    recalls = {template for template, kind in kinds.ALL.items() if kind.may_unsubscribe}
    assert recalls == {"audience.reminder", "booking.reminder", "petition.documents", "petition.unread"}
    assert all(kinds.ALL[template].lane is Lane.REMINDER for template in recalls)


def test_every_letter_that_went_out_still_goes_out() -> None:
    """By whatever else a kind goes now, e-mail is among it; only a code for a telephone goes there."""
    by_letter = {template for template, kind in kinds.ALL.items() if Channel.EMAIL in kind.channels}
    assert set(kinds.ALL) - by_letter == {"phone.confirm"}


@pytest.mark.parametrize("template", sorted(kinds.ALL))
def test_every_state_that_the_words_ask_about_is_read_here(template: str) -> None:
    folder = Path(rendering.__file__).parent / "templates" / template / str(kinds.ALL[template].version)
    asked = set()
    for language in Language:
        for condition in re.findall(
            r"{% (?:el)?if (.*?) %}", folder.joinpath(f"{language}.toml").read_text()
        ):
            asked |= set(re.findall(r"'(\w+)'", condition))
    known = {state for states in wording.STATES.get(template, {}).values() for state in states}
    unread = {state for state in asked if not any(each.startswith(state) for each in known)}
    assert unread <= {kinds.OG_27_2002}


def test_a_value_that_looks_like_a_personal_number_is_refused_and_not_repeated() -> None:
    """Edge case 87: whatever a service should ever tell, no message of the hub carries a CNP."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    given = dict.fromkeys(kinds.PETITION_MESSAGE.variables, "2026-11-23") | {"number": "1850312149006"}
    with pytest.raises(ValueError, match="personal number") as refused:
        messages.write(
            kinds.PETITION_MESSAGE,
            ids.new_id(),
            Cause(ids.new_id(), now),
            now,
            person_id=ids.new_id(),
            variables=given,
        )
    assert "1850312149006" not in str(refused.value)
