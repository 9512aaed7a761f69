"""Bodies about templates of institutions, for their officials."""

from typing import Annotated, Self

from pydantic import Field

from hub_core.language import Language
from hub_core.text import Line, Text
from hub_service.schemas import Id, Instant, Int32, Resource

from ..domain import templates as domain
from ..domain.channels import Channel
from ..domain.kinds import Purpose
from ..domain.placeholders import NAME
from ..domain.sms_text import Alphabet
from ..domain.templates import (
    KEY,
    Content,
    Fact,
    Template,
    TemplateState,
    TemplateStep,
    Variable,
    VariableType,
    Versions,
    Wording,
)
from ..operations.templates import Preview

TemplateKey = Annotated[
    str,
    Field(
        max_length=64,
        pattern=KEY,
        description="What the template is called, for good; `institution.` and a short name.",
        examples=["institution.payment-registered"],
    ),
]
Version = Annotated[
    int,
    Field(
        ge=1,
        le=2**15 - 1,
        description="The version's number.",
        examples=[2],
        json_schema_extra={"format": "int32"},
    ),
]
Revision = Annotated[Int32, Field(ge=1, examples=[4], description="Grows with each step; the ETag.")]
OfficialId = Annotated[Id | None, Field(description="The official's person id.")]
When = Annotated[Instant | None, Field(description="When, if it has happened.")]


class TemplateVariable(Resource):
    """A value that an order gives."""

    name: Annotated[
        str, Field(max_length=40, pattern=f"^{NAME}$", description="Its name.", examples=["number"])
    ]
    type: Annotated[VariableType, Field(description="What it is.")]
    sample: Annotated[
        Line,
        Field(min_length=1, max_length=300, description="For previews and tests.", examples=["4821"]),
    ]
    required: Annotated[bool, Field(description="Whether each order gives it.")] = True
    longest: Annotated[
        int,
        Field(
            ge=1,
            le=200,
            description="How many characters a text may have.",
            examples=[100],
            json_schema_extra={"format": "int32"},
        ),
    ] = 100


class TemplateFact(Resource):
    """A line of the table of a letter."""

    label: Annotated[Line, Field(min_length=1, max_length=60, description="What it is.", examples=["Număr"])]
    value: Annotated[
        Line,
        Field(
            min_length=1,
            max_length=300,
            description="Its value; the line is left out where this is empty.",
            examples=["{{ number }}"],
        ),
    ]


class TemplateWording(Resource):
    """The words in one language.

    `{{ name }}` stands for a value, `{{# name }}…{{/ name }}` is said where there is one,
    `{{^ name }}…{{/ name }}` where there is none. No markup, no addresses.
    """

    subject: Annotated[
        Line,
        Field(
            min_length=3, max_length=120, description="Of the letter.", examples=["Plata nr. {{ number }}"]
        ),
    ]
    preview: Annotated[
        Line,
        Field(
            max_length=140,
            description="What a mail client shows beside the subject; the title without one.",
            examples=["Plata este înregistrată."],
        ),
    ] = ""
    title: Annotated[
        Line,
        Field(
            min_length=3,
            max_length=70,
            description="Of the letter, of the entry in the inbox and of a push.",
            examples=["Plata este înregistrată"],
        ),
    ]
    text: Annotated[
        Text,
        Field(
            min_length=3,
            max_length=4_000,
            description="What is told; an empty line parts paragraphs.",
            examples=["Plata de {{ amount }} a fost înregistrată."],
        ),
    ]
    facts: Annotated[
        list[TemplateFact], Field(default_factory=list, max_length=10, description="A table under the text.")
    ]
    next: Annotated[
        list[Annotated[Line, Field(min_length=3, max_length=300)]],
        Field(
            default_factory=list,
            max_length=6,
            description="What happens next.",
            examples=[["Păstrați numărul."]],
        ),
    ]
    action: Annotated[
        Line, Field(max_length=40, description="On the button; none without.", examples=["Vedeți plata"])
    ] = ""
    sms: Annotated[
        Line,
        Field(
            max_length=480,
            description="The text message; it is sent without diacritics.",
            examples=["Plata nr. {{ number }} a fost înregistrată."],
        ),
    ] = ""
    push: Annotated[
        Line,
        Field(
            max_length=160,
            description="What a lock screen shows under the title.",
            examples=["Plata nr. {{ number }}."],
        ),
    ] = ""

    def wording(self) -> Wording:
        """The words as a domain value."""
        facts = tuple(Fact(fact.label, fact.value) for fact in self.facts)
        plain = self.model_dump(exclude={"facts", "next"})
        return Wording(**plain, facts=facts, next=tuple(self.next))


class TemplateWordings(Resource):
    """The words by language; who reads another language than there is gets Romanian."""

    ro: Annotated[TemplateWording | None, Field(description="Romanian, which every template has.")] = None
    hu: Annotated[TemplateWording | None, Field(description="Hungarian.")] = None
    en: Annotated[TemplateWording | None, Field(description="English.")] = None


class TemplateNames(Resource):
    """What the template is called by people."""

    ro: Annotated[
        Line | None,
        Field(max_length=80, description="In Romanian, which every template has.", examples=["Plată"]),
    ] = None
    hu: Annotated[Line | None, Field(max_length=80, description="In Hungarian.", examples=["Befizetés"])] = (
        None
    )
    en: Annotated[Line | None, Field(max_length=80, description="In English.", examples=["Payment"])] = None


class TemplateContent(Resource):
    """What a version says and takes."""

    purpose: Annotated[Purpose, Field(description="What its messages rest on.")]
    names: Annotated[TemplateNames, Field(description="Its name.")]
    channels: Annotated[
        list[Channel],
        Field(
            min_length=1,
            max_length=4,
            description="The ways it may go.",
            examples=[["IN_APP", "EMAIL"]],
            json_schema_extra={"uniqueItems": True},
        ),
    ]
    variables: Annotated[
        list[TemplateVariable],
        Field(default_factory=list, max_length=20, description="The values that an order gives."),
    ]
    wording: Annotated[TemplateWordings, Field(description="The words.")]
    link: Annotated[
        str,
        Field(
            max_length=300,
            pattern=r"^[\x20-\x7e]*$",
            description="What the button opens: a page of the hub, or `{{ name }}` of a value that is one; "
            "the account without one.",
            examples=["/account/overview"],
        ),
    ] = ""

    def content(self) -> Content:
        """The content as a domain value."""
        said = {language: getattr(self.wording, language) for language in Language}
        return Content(
            purpose=self.purpose,
            names={each: name for each in Language if (name := getattr(self.names, each))},
            channels=frozenset(self.channels),
            variables=tuple(Variable(**each.model_dump()) for each in self.variables),
            wording={language: words.wording() for language, words in said.items() if words},
            link=self.link,
        )

    @classmethod
    def of(cls, content: Content) -> Self:
        """The view of a content."""
        return cls.model_validate(
            {
                "purpose": content.purpose,
                "names": {language.value: name for language, name in content.names.items()},
                "channels": sorted(content.channels),
                "variables": content.variables,
                "wording": {language.value: words for language, words in content.wording.items()},
                "link": content.link,
            },
            from_attributes=True,
        )


class CreateTemplate(Resource):
    """A new template of your institution."""

    key: TemplateKey
    content: Annotated[TemplateContent, Field(description="The content of the first draft.")]


class ReviseTemplate(Resource):
    """The draft, anew and whole."""

    content: Annotated[TemplateContent, Field(description="The whole content of the draft.")]


class RejectTemplate(Resource):
    """Why the version goes back."""

    reason: Annotated[
        Text,
        Field(
            min_length=3,
            max_length=2_000,
            description="What is to be corrected, for who wrote it.",
            examples=["Lipsește termenul de plată."],
        ),
    ]


class SendTemplateTest(Resource):
    """By which channel you want the test."""

    channel: Annotated[Channel, Field(description="One of the version's channels.")] = Channel.EMAIL


class TemplateTestView(Resource):
    """A test on its way to you."""

    message_id: Annotated[Id, Field(description="The message, as your list of messages shows it.")]


class TemplateVersionSummary(Resource):
    """A version: who wrote it, and who decided on it."""

    version: Version
    state: Annotated[TemplateState, Field(description="Where it stands.")]
    base: Annotated[Version | None, Field(description="The version it was made from.")]
    made_by: OfficialId
    made_at: Annotated[Instant, Field(description="When it was made.")]
    changed_at: Annotated[Instant, Field(description="When it was last changed.")]
    submitted_by: OfficialId
    submitted_at: When
    decided_by: OfficialId
    decided_at: When
    returned_for: Annotated[
        str,
        Field(
            max_length=2_000, description="Why it was returned; else empty.", examples=["Lipsește termenul."]
        ),
    ]
    retired_at: When

    @classmethod
    def of(cls, template: Template) -> Self:
        """The view of a version."""
        return cls.model_validate({name: getattr(template, name) for name in _SUMMARY})


class TemplateVersionView(TemplateVersionSummary):
    """The same, with its content."""

    content: Annotated[TemplateContent, Field(description="What it says and takes.")]

    @classmethod
    def of(cls, template: Template) -> Self:
        """The view of a version with its content."""
        said = {name: getattr(template, name) for name in _SUMMARY}
        return cls.model_validate({**said, "content": TemplateContent.of(template.content)})


class TemplateListItem(Resource):
    """A template, in a list."""

    key: TemplateKey
    revision: Revision
    names: Annotated[TemplateNames, Field(description="Its name, by the active or else the newest version.")]
    purpose: Annotated[Purpose, Field(description="What its messages rest on.")]
    active_version: Annotated[Version | None, Field(description="The version that orders send by.")]
    working_version: Annotated[Version | None, Field(description="The version that is worked on.")]
    working_state: Annotated[TemplateState | None, Field(description="Where that version stands.")]
    steps: Annotated[
        list[TemplateStep],
        Field(max_length=6, description="The steps that are open now.", examples=[["REVISE", "SUBMIT"]]),
    ]

    @classmethod
    def of(cls, versions: Versions) -> Self:
        """The view of a template."""
        return cls.model_validate(_listed(versions))


class TemplateView(TemplateListItem):
    """A template with its versions."""

    versions: Annotated[
        list[TemplateVersionSummary], Field(max_length=2**15, description="The newest first.")
    ]

    @classmethod
    def of(cls, versions: Versions) -> Self:
        """The view of a template with its versions."""
        summaries = [TemplateVersionSummary.of(each) for each in versions]
        return cls.model_validate({**_listed(versions), "versions": summaries})


class TemplateDifference(Resource):
    """A text that differs."""

    pointer: Annotated[
        str,
        Field(
            max_length=200,
            pattern=r"^(/[ -~]*)+$",
            description="Where it stands in the content; a value by its name.",
            examples=["/wording/ro/subject"],
        ),
    ]
    was: Annotated[
        str, Field(max_length=4_000, description="What it was; empty if it is new.", examples=["Plata"])
    ]
    now: Annotated[
        str, Field(max_length=4_000, description="What it is; empty if it is gone.", examples=["Plata dvs."])
    ]


class TemplateDifferences(Resource):
    """What differs between two versions."""

    was: Version
    now: Version
    differences: Annotated[
        list[TemplateDifference], Field(max_length=500, description="In the order of the content.")
    ]

    @classmethod
    def of(cls, was: Template, now: Template) -> Self:
        """The view of two versions compared."""
        found = domain.compare(was.content, now.content)
        return cls(
            was=was.version,
            now=now.version,
            differences=[TemplateDifference(pointer=at, was=one, now=other) for at, one, other in found],
        )


class LetterPreview(Resource):
    """The letter, as it would be sent."""

    subject: Annotated[str, Field(max_length=1_000, description="Its subject.", examples=["Plata nr. 4821"])]
    text: Annotated[
        str, Field(max_length=100_000, description="Its plain text.", examples=["Bună ziua,\n\n…"])
    ]
    html: Annotated[
        str,
        Field(max_length=200_000, description="Its HTML.", examples=['<!DOCTYPE html>\n<html lang="ro">…']),
    ]


class SmsPreview(Resource):
    """The text message, and what it takes."""

    text: Annotated[
        str,
        Field(max_length=1_000, description="The words.", examples=["Plata nr. 4821 a fost inregistrata."]),
    ]
    alphabet: Annotated[Alphabet, Field(description="How its characters are encoded.")]
    units: Annotated[Int32, Field(description="Its length in that alphabet.", examples=[36])]
    parts: Annotated[Int32, Field(description="How many messages it goes as.", examples=[1])]


class PushPreview(Resource):
    """What a lock screen shows."""

    title: Annotated[
        str, Field(max_length=200, description="The title.", examples=["Plata este înregistrată"])
    ]
    text: Annotated[str, Field(max_length=400, description="The words.", examples=["Plata nr. 4821."])]


class InboxPreview(Resource):
    """What the inbox shows."""

    title: Annotated[
        str, Field(max_length=200, description="The title.", examples=["Plata este înregistrată"])
    ]
    text: Annotated[
        str, Field(max_length=20_000, description="What is told.", examples=["Plata a fost înregistrată."])
    ]
    facts: Annotated[list[TemplateFact], Field(max_length=10, description="The table under it.")]


class TemplatePreview(Resource):
    """A version with its samples, by channel; null where it does not go that way."""

    language: Annotated[Language, Field(description="The language that it is said in.")]
    email: Annotated[LetterPreview | None, Field(description="The letter.")]
    sms: Annotated[SmsPreview | None, Field(description="The text message.")]
    push: Annotated[PushPreview | None, Field(description="The push.")]
    in_app: Annotated[InboxPreview | None, Field(description="The entry in the inbox.")]

    @classmethod
    def of(cls, preview: Preview) -> Self:
        """The view of a preview."""
        words, letter, measure = preview.words, preview.letter, preview.sms
        facts = [TemplateFact(label=label, value=value) for label, value in words.facts]
        goes = preview.channels
        return cls(
            language=words.language,
            email=LetterPreview(subject=letter.subject, text=letter.text, html=letter.html)
            if letter
            else None,
            sms=SmsPreview(
                text=words.sms, alphabet=measure.alphabet, units=measure.units, parts=measure.parts
            )
            if measure
            else None,
            push=PushPreview(title=words.title, text=words.push) if Channel.PUSH in goes else None,
            in_app=InboxPreview(title=words.title, text=words.lead, facts=facts)
            if Channel.IN_APP in goes
            else None,
        )


_SUMMARY = (
    "version",
    "state",
    "base",
    "made_by",
    "made_at",
    "changed_at",
    "submitted_by",
    "submitted_at",
    "decided_by",
    "decided_at",
    "returned_for",
    "retired_at",
)


def _listed(versions: Versions) -> dict[str, object]:
    sent, draft = domain.active(versions), domain.working(versions)
    shown = (sent or versions[0]).content
    return {
        "key": versions[0].key,
        "revision": domain.revision_of(versions),
        "names": TemplateNames(**{language.value: name for language, name in shown.names.items()}),
        "purpose": shown.purpose,
        "active_version": sent and sent.version,
        "working_version": draft and draft.version,
        "working_state": draft and draft.state,
        "steps": list(domain.steps(versions)),
    }
