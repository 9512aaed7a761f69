"""What is suggested to officials, in answers."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Self

from pydantic import Field

from hub_core.language import Language
from hub_service import schemas

from ..domain.choices import Considered
from ..domain.routing import Reason, Rule, Structure, Suggestion
from ..domain.states import PetitionState
from ..operations.routing import DUPLICATES, SUGGESTIONS, Duplicate

_WORDS_MOST = 50
_Word = Annotated[str, Field(max_length=300)]
_Share = Field(ge=0, le=1, json_schema_extra={"format": "double"})


Rules = Annotated[
    list[Rule],
    Field(
        max_length=len(Rule),
        description="Why this one of those that deal with the matter: PLACE_NAMED (the petition names a "
        "place of its county), COUNTY_OF_FILE (it names none, and the institution is of that county), "
        "WHOLE_COUNTRY, CALLED_BY_NAME, CENTRAL_APPARATUS (who deals with it takes no petitions, this "
        "one takes them for it), OUTSIDE (it is no institution of the hub), NOTHING_FITS.",
        examples=[["PLACE_NAMED"]],
    ),
]


def localised(said: Mapping[Language, str]) -> schemas.LocalisedText:
    """A text by language, as it is given out."""
    return schemas.LocalisedText.of({str(language): text for language, text in said.items()})


class StructureView(schemas.Resource):
    """An institution of the directory of attributions."""

    id: Annotated[schemas.Id, Field(description="The institution's identifier in the catalog.")]
    code: Annotated[str, Field(max_length=32, description="Its short code.", examples=["IPJ-CV"])]
    names: Annotated[schemas.LocalisedText, Field(description="Its name.")]

    @classmethod
    def of(cls, structure: Structure) -> Self:
        """The view of a structure."""
        return cls(id=structure.id, code=structure.code, names=localised(structure.names))


class ReasonView(schemas.Resource):
    """A topic that fits the petition."""

    topic: Annotated[str, Field(max_length=64, description="The topic's code.", examples=["WEAPONS"])]
    texts: Annotated[schemas.LocalisedText, Field(description="What the structure deals with.")]
    words: Annotated[
        list[_Word],
        Field(
            max_length=_WORDS_MOST,
            description="The words of the petition that say so, as they stand in it, the strongest first.",
            examples=[["permis de armă", "vânător"]],
        ),
    ]

    @classmethod
    def of(cls, reason: Reason) -> Self:
        """The view of a reason."""
        return cls(
            topic=reason.topic,
            texts=localised(reason.texts),
            words=list(reason.words[:_WORDS_MOST]),
        )


class ConsideredView(schemas.Resource):
    """A structure that was suggested as well."""

    structure: Annotated[StructureView, Field(description="The structure.")]
    addressee: Annotated[
        str | None,
        Field(max_length=300, description="Its name outside the hub.", examples=["Ministerul Justiției"]),
    ]
    topic: Annotated[
        str | None, Field(max_length=64, description="The topic that fits best.", examples=["COURTS"])
    ]
    rules: Rules
    share: Annotated[
        float,
        _Share,
        Field(description="Its part of the strength of all structures that fit.", examples=[0.2]),
    ]

    @classmethod
    def of(cls, considered: Considered) -> Self:
        """The view of a structure that was considered."""
        return cls(
            structure=StructureView(
                id=considered.structure_id, code=considered.code, names=localised(considered.names)
            ),
            addressee=considered.addressee,
            topic=considered.topic,
            rules=list(considered.rules),
            share=considered.share,
        )


class SuggestedStructureView(schemas.Resource):
    """A structure that may be competent, and why."""

    structure: Annotated[StructureView, Field(description="The structure.")]
    share: Annotated[
        float,
        _Share,
        Field(description="Its part of the strength of all structures that fit.", examples=[0.62]),
    ]
    rules: Rules
    reasons: Annotated[
        list[ReasonView], Field(max_length=200, description="The topics that fit, the strongest first.")
    ]
    place: Annotated[
        str | None,
        Field(max_length=200, description="The place in the petition, as written.", examples=["Pitești"]),
    ]
    instead_of: Annotated[
        StructureView | None,
        Field(description="The structure that deals with the matter and takes no petitions."),
    ]
    addressee: Annotated[
        str | None,
        Field(
            max_length=300,
            description="The name to which a petition is sent on, of an authority outside the hub; null for "
            "one of the hub, and where the petition does not say which place it means.",
            examples=["Primăria Cluj-Napoca, județul Cluj"],
        ),
    ]
    is_own: Annotated[
        bool, Field(description="Whether it is the institution that has the file.", examples=[False])
    ]
    others_considered: Annotated[
        list[ConsideredView],
        Field(max_length=SUGGESTIONS, description="What else was considered, the best first."),
    ]

    @classmethod
    def of(cls, suggestion: Suggestion, others: Sequence[Suggestion], own: object) -> Self:
        """The view of a suggestion beside the others; `own` is the institution that has the file."""
        instead = suggestion.instead_of
        return cls(
            structure=StructureView.of(suggestion.structure),
            share=round(suggestion.share, 3),
            rules=list(suggestion.rules),
            reasons=[ReasonView.of(reason) for reason in suggestion.reasons],
            place=suggestion.place,
            addressee=suggestion.addressee,
            instead_of=StructureView.of(instead) if instead else None,
            is_own=suggestion.structure.id == own,
            others_considered=[
                ConsideredView.of(Considered.of(one)) for one in others if one is not suggestion
            ],
        )


class SuggestedStructuresView(schemas.Resource):
    """The structures that may be competent; a person decides."""

    items: Annotated[
        list[SuggestedStructureView],
        Field(max_length=SUGGESTIONS, description="The one that fits best first."),
    ]


class DuplicateView(schemas.Resource):
    """A file that may say the same."""

    id: Annotated[schemas.Id, Field(description="The other file.")]
    label: Annotated[
        str, Field(max_length=32, description="Its number and date.", examples=["123/21.11.2026"])
    ]
    state: Annotated[PetitionState, Field(description="Where it stands.", examples=["ANSWERED"])]
    registered_on: Annotated[schemas.LegalDate, Field(description="The date of its registration.")]
    same_petitioner: Annotated[
        bool, Field(description="Whether one of the petitioners signed it too.", examples=[True])
    ]
    share: Annotated[
        float,
        _Share,
        Field(description="The words that both have, of all that either has.", examples=[0.84]),
    ]
    new_words: Annotated[
        list[_Word],
        Field(
            max_length=_WORDS_MOST,
            description="Words that only this file has: a new fact is a new petition (OG 27/2002 art. 10).",
            examples=[["martor", "înregistrare"]],
        ),
    ]

    @classmethod
    def of(cls, duplicate: Duplicate) -> Self:
        """The view of what may be a duplicate."""
        file = duplicate.file
        return cls(
            id=file.id,
            label=file.label,
            state=file.state,
            registered_on=file.registered_on,
            same_petitioner=duplicate.same_petitioner,
            share=round(duplicate.share, 3),
            new_words=list(duplicate.new_words),
        )


class DuplicatesView(schemas.Resource):
    """The files that may say the same; a person decides."""

    items: Annotated[
        list[DuplicateView],
        Field(max_length=DUPLICATES, description="The same petitioner's first, then what is most alike."),
    ]
