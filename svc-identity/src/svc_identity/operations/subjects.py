"""By which `sub` a client knows a person."""

from base64 import urlsafe_b64encode
from uuid import UUID

from ..domain.client import Client, SubjectType
from ..domain.grant import Grant
from ..master_key import MasterKey, Purpose


def of(master_key: MasterKey, client: Client, person_id: UUID) -> str:
    """The person's `sub` for a client (OpenID Connect Core, 8): their id, or a pairwise one.

    A pairwise subject is the same for all clients of one sector, and nobody without the master key
    can connect it with that of another sector (8.1).
    """
    if client.subject_type is SubjectType.PUBLIC:
        return str(person_id)
    digest = master_key.digest(Purpose.PAIRWISE, f"{client.sector_identifier}\0{person_id}")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def of_grant(master_key: MasterKey, client: Client, grant: Grant) -> str:
    """The `sub` of a client's own grant: the person's, or the client's id when it stands for itself."""
    return of(master_key, client, grant.account_id) if grant.account_id else client.id
