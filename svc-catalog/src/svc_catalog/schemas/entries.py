"""Bodies about entries in work, for officials."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field

from hub_core.problem import FieldError
from hub_core.text import Text
from hub_service.schemas import FieldProblem, Id, Instant, Int32, LegalDate, Resource

from ..domain.entries import Entry, Step, Version, VersionState, steps
from ..domain.services import ServiceStatus, Suspension
from ..domain.text import Texts
from ..operations.entries import Opened
from ..storage.entries import Listed, LoggedStep
from .content import EntryContent, WrittenText
from .services import SuspensionView
from .vocabulary import InstitutionCode, ServiceCode
from .vocabulary import Version as Number

Reason = Annotated[
    Text,
    Field(
        min_length=3,
        max_length=2_000,
        examples=["Taxa s-a schimbat de la 1 ianuarie 2027."],
        description="Why, in Romanian; it stays in the change log.",
    ),
]
PublishedText = Annotated[
    Text, Field(min_length=3, max_length=20_000, examples=["Lucrări la sistem / Works on the system"])
]
Given = Annotated[
    str, Field(max_length=10_000, examples=["Lipsește termenul."], description="Why; empty where not given.")
]
Revision = Annotated[Int32, Field(ge=1, examples=[4], description="Grows with each step; the ETag.")]
OfficialId = Annotated[Id | None, Field(description="The official's person id; null for a release.")]
OpenSteps = Annotated[
    list[Step],
    Field(max_length=13, description="The steps that are open now.", examples=[["REVISE", "SUBMIT"]]),
]
Status = Annotated[
    ServiceStatus, Field(description="What people see of it; DRAFT or IN_REVIEW before they see it.")
]


class CreateEntry(Resource):
    """A new entry of your institution."""

    code: Annotated[
        ServiceCode,
        Field(min_length=3, description="Its short code, for good.", examples=["id-card-booking"]),
    ]
    content: Annotated[EntryContent, Field(description="The content of the first draft.")]
    reason: Reason


class OpenEntryVersion(Resource):
    """A new draft from the published version."""

    reason: Reason


class ReviseEntry(Resource):
    """The draft, anew and whole."""

    content: Annotated[EntryContent, Field(description="The whole content of the draft.")]
    reason: Reason


class GiveReason(Resource):
    """Why the step is taken."""

    reason: Reason


class ReturnEntry(Resource):
    """Why the version goes back to its provider."""

    reasons: Annotated[
        Text,
        Field(
            min_length=3,
            max_length=10_000,
            examples=["Lipsește termenul."],
            description="What is to be corrected, for the provider.",
        ),
    ]


class PublishEntry(Resource):
    """What the version becomes."""

    status: Annotated[
        Literal[ServiceStatus.PILOT, ServiceStatus.ACTIVE],
        Field(description="PILOT for a trial, ACTIVE for good."),
    ]


class SuspensionText(Resource):
    """A text that people read at once, so in Romanian and English."""

    ro: Annotated[PublishedText, Field(description="The Romanian, official text.")]
    hu: Annotated[PublishedText | None, Field(description="The Hungarian text.")] = None
    en: Annotated[PublishedText, Field(description="The English text.")]

    def texts(self) -> Texts:
        """The text as a domain value."""
        return Texts(ro=self.ro, en=self.en, hu=self.hu)


class SuspendEntry(Resource):
    """Why the service is not given for the time."""

    reason: Annotated[SuspensionText, Field(description="Why.")]
    alternative: Annotated[SuspensionText, Field(description="What to use meanwhile.")]
    until: Annotated[LegalDate | None, Field(description="The last day, where it is known.")] = None

    def suspension(self, since: date) -> Suspension:
        """The suspension from a day on."""
        return Suspension(self.reason.texts(), self.alternative.texts(), since, self.until)


class EntrySummaryView(Resource):
    """An entry, in a list."""

    id: Annotated[Id, Field(description="The entry's id, the same in every installation.")]
    code: ServiceCode
    revision: Revision
    status: Status
    title: Annotated[WrittenText, Field(description="The title of the newest version in work or published.")]
    provider_id: Annotated[Id, Field(description="The institution that gives the service.")]
    published_version: Annotated[Number | None, Field(description="The version that people see.")]
    working_version: Annotated[Number | None, Field(description="The version that is worked on.")]
    working_state: Annotated[VersionState | None, Field(description="Where that version stands.")]
    steps: OpenSteps
    confirmed_at: Annotated[
        Instant | None, Field(description="When the provider last said that it is right.")
    ]
    confirmation_due_on: Annotated[
        LegalDate | None, Field(description="From when it counts as stale without a new confirmation.")
    ]
    stale: Annotated[bool, Field(description="Whether it was not confirmed in time.")]


class EntryListItem(EntrySummaryView):
    """The same, with its provider's code."""

    provider: Annotated[InstitutionCode, Field(description="The provider's code.")]

    @classmethod
    def of(cls, listed: Listed) -> Self:
        """The view of an entry in a list."""
        return cls.model_validate(_summary(listed.entry, listed.title) | {"provider": listed.provider_code})


class VersionSummaryView(Resource):
    """A version of an entry: who wrote it and why, and who decided on it."""

    number: Number
    state: Annotated[VersionState, Field(description="Where it stands.")]
    base: Annotated[Number | None, Field(description="The version it was made from.")]
    reason: Given
    made_by: OfficialId
    made_at: Annotated[Instant, Field(description="When it was made.")]
    changed_at: Annotated[Instant, Field(description="When it was last changed.")]
    submitted_by: OfficialId
    submitted_at: Annotated[Instant | None, Field(description="When it was handed in for review.")]
    reviewed_by: OfficialId
    reviewed_at: Annotated[Instant | None, Field(description="When it was returned or published.")]
    returned_for: Given
    published_by: OfficialId
    published_at: Annotated[Instant | None, Field(description="When it was published.")]


class VersionView(VersionSummaryView):
    """The same, with the whole content."""

    content: Annotated[EntryContent, Field(description="The content of the version.")]

    @classmethod
    def of(cls, version: Version) -> Self:
        """The view of a version."""
        return cls.model_validate(_version(version) | {"content": EntryContent.of(version.content)})


class EntryView(EntrySummaryView):
    """An entry with its versions."""

    suspension: Annotated[SuspensionView | None, Field(description="Why it is suspended, when it is.")]
    confirmed_by: OfficialId
    reminders: Annotated[Int32, Field(description="How often the provider was reminded since it is stale.")]
    versions: Annotated[list[VersionSummaryView], Field(max_length=10_000, description="The newest first.")]

    @classmethod
    def of(cls, opened: Opened) -> Self:
        """The view of an entry."""
        entry = opened.entry
        number = entry.working or entry.published or entry.last
        title = next(each.content.title for each in opened.versions if each.number == number)
        return cls.model_validate(
            _summary(entry, title)
            | {
                "suspension": SuspensionView.model_validate(entry.suspension, from_attributes=True)
                if entry.suspension
                else None,
                "confirmed_by": entry.confirmed_by,
                "reminders": entry.reminders,
                "versions": [VersionSummaryView.model_validate(_version(each)) for each in opened.versions],
            }
        )


class EntryStepView(Resource):
    """A line of the change log."""

    revision: Revision
    step: Annotated[Step, Field(description="What happened.")]
    version: Annotated[Number | None, Field(description="The version that it concerns.")]
    by: Annotated[Id | None, Field(description="The official's person id; null for a release or the clock.")]
    at: Annotated[Instant, Field(description="When.")]
    reason: Given

    @classmethod
    def of(cls, line: LoggedStep) -> Self:
        """The view of a line."""
        return cls(
            revision=line.revision,
            step=line.step,
            version=line.number,
            by=line.actor_id,
            at=line.at,
            reason=line.reason,
        )


class FindingsView(Resource):
    """What keeps a version from being published."""

    publishable: Annotated[bool, Field(description="Whether there are no findings.")]
    findings: Annotated[
        list[FieldProblem],
        Field(max_length=1_000, description="Each with a JSON pointer into the version's content."),
    ]

    @classmethod
    def of(cls, found: Iterable[FieldError], translate: Callable[[str], str]) -> Self:
        """The view of findings, in the reader's language."""
        shown = [
            FieldProblem(pointer=each.pointer, code=each.code, detail=translate(each.detail))
            for each in found
        ]
        return cls(publishable=not shown, findings=shown[:1_000])


def _summary(entry: Entry, title: Texts) -> dict[str, object]:
    return {
        "id": entry.id,
        "code": entry.code,
        "revision": entry.revision,
        "status": entry.status,
        "title": WrittenText(ro=title.ro, hu=title.hu, en=title.en),
        "provider_id": entry.provider_id,
        "published_version": entry.published,
        "working_version": entry.working,
        "working_state": entry.progress,
        "steps": list(steps(entry)),
        "confirmed_at": entry.confirmed_at,
        "confirmation_due_on": entry.due_on,
        "stale": entry.is_stale,
    }


def _version(version: Version) -> dict[str, object]:
    return {name: getattr(version, name) for name in VersionSummaryView.model_fields}
