"""What people come and call about, in requests and answers."""

from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field

from hub_service import schemas

from ..reference.topics import topics

UNKNOWN: Final = "Not one of the topics: list them for their codes."
_PATTERN: Final = r"^[A-Z][A-Z0-9_]*$"


def _known(code: str) -> str:
    if code not in topics():
        raise ValueError(UNKNOWN)
    return code


TopicCode = Annotated[
    str,
    Field(
        max_length=32,
        pattern=_PATTERN,
        description="What it is about: a code of the list of topics.",
        examples=["PASSPORTS"],
    ),
]
Topic = Annotated[TopicCode, AfterValidator(_known)]
"""A topic in a request; one that the list does not have is 422."""


class TopicView(schemas.Resource):
    """What people come and call about."""

    code: Annotated[
        str, Field(max_length=32, pattern=_PATTERN, description="Its code.", examples=["PASSPORTS"])
    ]
    names: Annotated[
        dict[str, Annotated[str, Field(max_length=100)]],
        Field(
            max_length=3,
            description="Its name in Romanian, Hungarian and English.",
            examples=[{"ro": "Pașapoarte", "hu": "Útlevelek", "en": "Passports"}],
        ),
    ]


class TopicsView(schemas.Resource):
    """The topics of audiences and of counselling."""

    items: Annotated[list[TopicView], Field(max_length=200, description="In the order of their codes.")]

    @classmethod
    def every(cls) -> Self:
        """All of them."""
        return cls(items=[TopicView(code=code, names=dict(names)) for code, names in topics().items()])
