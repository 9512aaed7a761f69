"""Institutions in bodies."""

from typing import Annotated, Self

from pydantic import Field

from hub_service import schemas

from ..domain.institutions import Institution


class AddresseeView(schemas.Resource):
    """The institution a petition is addressed to."""

    id: Annotated[schemas.Id, Field(description="The institution's identifier in the catalog.")]
    code: Annotated[str, Field(max_length=32, description="Its short code.", examples=["DGP"])]
    names: Annotated[schemas.LocalisedText, Field(description="Its name.")]

    @classmethod
    def of(cls, institution: Institution) -> Self:
        """The view of our copy of an institution."""
        return cls(
            id=institution.id,
            code=institution.code,
            names=schemas.LocalisedText.of(dict(institution.names)),
        )
