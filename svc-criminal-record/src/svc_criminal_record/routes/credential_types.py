"""Types of wallet credentials: HTTP and nothing else."""

from typing import Annotated, Final

from fastapi import Path, Response

from hub_documents import wallet
from hub_service import policy
from hub_service.routing import Router

from ..dependencies import Origin
from ..domain.credential_types import LABELS, MANDATORY, NAMES, CredentialType
from ..schemas.credential_types import CredentialTypeView

router = Router(prefix="/criminal-record/v1", tags=["verification"])

_A_DAY: Final = "public, max-age=86400"


@router.get(
    "/credential-types/{credential_type}",
    summary="Read a type of wallet credential",
    **policy.public(),
)
async def read_credential_type(
    credential_type: Annotated[
        CredentialType,
        Path(description="The type, as the credential's `vct` ends.", examples=["criminal-record"]),
    ],
    origin: Origin,
    response: Response,
) -> CredentialTypeView:
    """What a wallet calls the credential and its claims, in Romanian, Hungarian and English."""
    response.headers["cache-control"] = _A_DAY
    address = f"{origin}{router.prefix}/credential-types/{credential_type}"
    described = wallet.type_metadata(address, NAMES[credential_type], LABELS, MANDATORY)
    return CredentialTypeView.model_validate(described)
