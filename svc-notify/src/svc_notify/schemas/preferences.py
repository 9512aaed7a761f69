"""What a person is shown of how messages reach them, and what they may set."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from hub_core.language import Language
from hub_service.i18n import Texts
from hub_service.schemas import Id, Instant, Resource

from ..domain import kinds, quiet_hours
from ..domain.channels import EVERY, Channel
from ..domain.kinds import Group, Purpose
from ..domain.preferences import ASKED_FOR, WORDING, Choice, OptIn
from ..domain.preferences import Unsubscription as Ended
from ..domain.quiet_hours import QuietHours
from ..operations.preferences import Shown
from ..operations.unsubscribing import Shown as ShownLink

OPT_IN_TEXTS: Final = {
    Purpose.SERVICE_OPTIN: "I want to be told when something I asked for is ready, also by text message.",
    Purpose.SURVEY: "I want to be asked now and then what I think of the services.",
}
"""The words of version `WORDING` by which it is asked."""
TEXTS: Final = tuple(OPT_IN_TEXTS.values())

_Minute = Annotated[
    str,
    Field(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        max_length=5,
        description="An hour and minute of the day in Bucharest.",
        json_schema_extra={"examples": ["21:00"]},
    ),
]
_Channels = Annotated[
    list[Channel],
    Field(max_length=4, description="The channels by which you want it. A notice is always in the inbox."),
]
_Group = Annotated[Group, Field(description="What messages are about.")]
_Institution = Annotated[
    Id | None, Field(description="The institution whose messages it is about; null for all of the group.")
]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class QuietHoursValue(_Input):
    """Hours in which reminders do not ring; they may go past midnight."""

    begin: _Minute
    end: _Minute

    def value(self) -> QuietHours:
        """The hours that were written."""
        return QuietHours(quiet_hours.minute_of(self.begin), quiet_hours.minute_of(self.end))

    @classmethod
    def of(cls, hours: QuietHours) -> Self:
        """Hours as they are written."""
        return cls(begin=quiet_hours.written(hours.begin), end=quiet_hours.written(hours.end))


class GroupChoice(_Input):
    """By which channels you want what belongs to a group."""

    group: _Group
    channels: _Channels


class OptInChoice(_Input):
    """That you ask for messages of a purpose, by the words of a version."""

    purpose: Annotated[Literal[Purpose.SERVICE_OPTIN, Purpose.SURVEY], Field(description="What you ask for.")]
    wording: Annotated[
        int,
        Field(
            ge=1,
            le=WORDING,
            description="The version of the words that you were shown.",
            json_schema_extra={"format": "int32", "examples": [1]},
        ),
    ]


class UnsubscribedChoice(_Input):
    """That you want nothing more of a group that may be done without, of one institution or at all."""

    group: _Group
    institution_id: _Institution = None


class PreferencesInput(_Input):
    """All your preferences; what is left out is as if you had never chosen."""

    groups: Annotated[
        list[GroupChoice], Field(max_length=len(Group), description="The groups in which you choose.")
    ] = []
    opt_ins: Annotated[
        list[OptInChoice], Field(max_length=len(ASKED_FOR), description="What you expressly ask for.")
    ] = []
    unsubscribed: Annotated[
        list[UnsubscribedChoice], Field(max_length=500, description="What you want no more.")
    ] = []
    sms_diacritics: Annotated[
        bool,
        Field(
            description="Whether text messages have ă, â, î, ș, ț; they take more parts then.",
            json_schema_extra={"examples": [False]},
        ),
    ] = False
    quiet_hours: Annotated[
        QuietHoursValue | None, Field(description="Quiet hours of your own; null for everybody's.")
    ] = None

    def wanted(self) -> Choice:
        """What was chosen."""
        hours = self.quiet_hours
        return Choice(
            channels={each.group: frozenset(each.channels) for each in self.groups},
            opted_in=frozenset(each.purpose for each in self.opt_ins),
            unsubscribed=frozenset((each.group, each.institution_id) for each in self.unsubscribed),
            sms_diacritics=self.sms_diacritics,
            quiet_hours=hours.value() if hours else None,
        )


class GroupPreference(Resource):
    """By which channels you want what belongs to a group."""

    group: _Group
    name: Annotated[
        str,
        Field(
            max_length=100,
            description="What the group is called.",
            json_schema_extra={"examples": ["Petiții"]},
        ),
    ]
    channels: _Channels


class OptInState(Resource):
    """What goes only to who has expressly asked for it."""

    purpose: Annotated[Purpose, Field(description="What it is.")]
    text: Annotated[
        str,
        Field(
            max_length=300,
            description="The words by which it is asked for.",
            json_schema_extra={"examples": [OPT_IN_TEXTS[Purpose.SURVEY]]},
        ),
    ]
    wording: Annotated[
        int,
        Field(ge=1, le=1000, description="Their version.", json_schema_extra={"format": "int32"}),
    ]
    given_at: Annotated[Instant | None, Field(description="When you asked for it; null if you do not.")]


class Unsubscribed(Resource):
    """What you want no more."""

    group: _Group
    institution_id: _Institution
    institution_name: Annotated[
        str | None,
        Field(
            max_length=300,
            description="What the institution is called.",
            json_schema_extra={"examples": ["Primăria Municipiului Cluj-Napoca"]},
        ),
    ]
    since: Annotated[Instant, Field(description="Since when.")]


class UnusableAddress(Resource):
    """An address of yours that does not take our messages."""

    channel: Annotated[Channel, Field(description="The channel that it is an address of.")]
    reason: Annotated[
        str,
        Field(
            max_length=32,
            pattern=r"^[A-Za-z0-9_.-]+$",
            description="Why, as its server said.",
            json_schema_extra={"examples": ["no-such-mailbox"]},
        ),
    ]
    since: Annotated[Instant, Field(description="Since when nothing is sent there.")]


class Preferences(Resource):
    """What you want to be told, and how."""

    groups: Annotated[
        list[GroupPreference], Field(max_length=len(Group), description="Every group of messages.")
    ]
    opt_ins: Annotated[
        list[OptInState], Field(max_length=len(ASKED_FOR), description="What has to be asked for.")
    ]
    unsubscribed: Annotated[list[Unsubscribed], Field(max_length=1000, description="What you want no more.")]
    sms_diacritics: Annotated[
        bool,
        Field(
            description="Whether text messages have ă, â, î, ș, ț.", json_schema_extra={"examples": [False]}
        ),
    ]
    quiet_hours: Annotated[
        QuietHoursValue, Field(description="When reminders do not ring; the rest comes at any time.")
    ]
    own_quiet_hours: Annotated[
        bool,
        Field(description="Whether you have set them yourself.", json_schema_extra={"examples": [False]}),
    ]
    unusable: Annotated[
        list[UnusableAddress],
        Field(max_length=10, description="Your addresses that do not take our messages: to be shown to you."),
    ]

    @classmethod
    def of(cls, shown: Shown, texts: Texts, language: Language) -> Self:
        """Preferences in words of a language."""
        held = shown.preferences
        given = {each.purpose: each for each in held.opt_ins if each.withdrawn_at is None}
        return cls(
            groups=[
                GroupPreference(
                    group=group,
                    name=kinds.GROUP_NAMES[group][language],
                    channels=sorted(held.chosen(group) & EVERY),
                )
                for group in Group
            ],
            opt_ins=[_opt_in(purpose, given.get(purpose), texts, language) for purpose in ASKED_FOR],
            unsubscribed=[_unsubscribed(each, shown, language) for each in held.unsubscribed],
            sms_diacritics=held.sms_diacritics,
            quiet_hours=QuietHoursValue.of(held.quiet_hours or shown.quiet_hours),
            own_quiet_hours=held.quiet_hours is not None,
            unusable=[
                UnusableAddress(channel=each.channel, reason=each.reason, since=each.since)
                for each in shown.suppressed
            ],
        )


class Unsubscription(Resource):
    """What a link of a message is about, and whether it is unsubscribed from."""

    group: _Group
    group_name: Annotated[
        str,
        Field(
            max_length=100,
            description="What the group is called.",
            json_schema_extra={"examples": ["Petiții"]},
        ),
    ]
    institution_name: Annotated[
        str | None,
        Field(
            max_length=300,
            description="The institution whose messages it is about; null for all of the group.",
            json_schema_extra={"examples": ["Primăria Municipiului Cluj-Napoca"]},
        ),
    ]
    unsubscribed: Annotated[
        bool, Field(description="Whether it is sent no more.", json_schema_extra={"examples": [True]})
    ]

    @classmethod
    def of(cls, shown: ShownLink, language: Language) -> Self:
        """What a link is about, in words of a language."""
        return cls(
            group=shown.subject.group,
            group_name=kinds.GROUP_NAMES[shown.subject.group][language],
            institution_name=name_of(shown.names, language),
            unsubscribed=shown.is_unsubscribed,
        )


def name_of(names: Mapping[str, str], language: Language) -> str | None:
    """An institution's name in a language, else in Romanian; none if it is not known yet."""
    return names.get(language) or names.get(Language.RO)


def _opt_in(purpose: Purpose, given: OptIn | None, texts: Texts, language: Language) -> OptInState:
    return OptInState(
        purpose=purpose,
        text=texts.translate(language, OPT_IN_TEXTS[purpose]),
        wording=given.wording if given else WORDING,
        given_at=given and given.given_at,
    )


def _unsubscribed(each: Ended, shown: Shown, language: Language) -> Unsubscribed:
    return Unsubscribed(
        group=each.group,
        institution_id=each.institution_id,
        institution_name=name_of(shown.names.get(each.institution_id, {}), language),
        since=each.at,
    )
