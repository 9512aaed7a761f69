"""Licences that are taken away and given back, in requests."""

from typing import Annotated

from pydantic import Field

from hub_service import schemas

from ..domain.licence_steps import Step


class RecordLicenceStep(schemas.Resource):
    """What happened to a licence. Why is not said: it may be a matter of health."""

    step: Annotated[
        Step,
        Field(description="ANNULLED by a court, WITHDRAWN for as long as its holder may not drive, or back."),
    ]
    on: Annotated[schemas.LegalDate, Field(description="Its day.")]
