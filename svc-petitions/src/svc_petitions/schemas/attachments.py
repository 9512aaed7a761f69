"""Files in bodies."""

from typing import Annotated, Self

from pydantic import Field

from hub_service import schemas

from ..domain import attachments as domain

Sha256 = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{64}$",
        min_length=64,
        max_length=64,
        description="SHA-256 of the file, in hex.",
        examples=["c1a58f4d1b9ec6a6f1d3b9de0f2a6cbd7a7a42a40c04d1be1d2f6a3e1b7e6f90"],
    ),
]
AttachmentIds = Annotated[
    list[schemas.Id],
    Field(
        max_length=50,
        description="Files that you have uploaded, in the order in which they belong to it.",
        json_schema_extra={"uniqueItems": True},
        examples=[["0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b79"]],
    ),
]


class AttachmentView(schemas.Resource):
    """A file."""

    id: Annotated[schemas.Id, Field(description="The file's identifier.")]
    name: Annotated[
        str,
        Field(max_length=domain.NAME_MAX, description="What it is called.", examples=["cerere.pdf"]),
    ]
    media_type: Annotated[
        str,
        Field(max_length=100, description="What it is, by its content.", examples=["application/pdf"]),
    ]
    size: Annotated[schemas.Int32, Field(description="Bytes.", examples=[48213])]
    sha256: Sha256
    scanned_by: Annotated[
        str,
        Field(
            max_length=200,
            description="The virus scanner that found nothing in it; `none` where nobody has looked.",
            examples=["ClamAV 1.4.3/27800"],
        ),
    ]
    uploaded_at: Annotated[schemas.Instant, Field(description="When it was uploaded.")]

    @classmethod
    def of(cls, attachment: domain.Attachment) -> Self:
        """The view of a file."""
        return cls(
            id=attachment.id,
            name=attachment.name,
            media_type=attachment.media_type,
            size=attachment.size,
            sha256=attachment.sha256.hex(),
            scanned_by=attachment.scanned_by,
            uploaded_at=attachment.uploaded_at,
        )


class AttachmentsView(schemas.Resource):
    """The files of a petition."""

    items: Annotated[list[AttachmentView], Field(max_length=50, description="In their order.")]
