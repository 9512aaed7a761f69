"""The same as client.ts with the Python client: find an institution, file a petition, read it back, list.

make clients && pip install clients/out/python
HUB_TOKEN=… python docs/examples/client.py http://localhost:8080
"""

import os
import sys
from uuid import uuid4

from hub_client import AuthenticatedClient, Client
from hub_client.api.institutions import list_institutions
from hub_client.api.petitions import file_petition, get_petition, list_petitions
from hub_client.models import (
    FilePetition,
    Language,
    PetitionKind,
    PetitionSummaryViewPage,
    PetitionView,
    SearchFoundInstitutionPage,
)


def main(origin: str, token: str) -> None:
    """From the institution to the list, with every answer told apart from a problem."""
    with Client(base_url=origin) as anybody:
        found = list_institutions.sync(client=anybody, accepts_petitions=True)
    if not isinstance(found, SearchFoundInstitutionPage):
        sys.exit(f"no institutions: {found}")
    institution = found.items[0]

    with AuthenticatedClient(base_url=origin, token=token) as person:
        body = FilePetition(
            institution_id=institution.id,
            kind=PetitionKind.REQUEST,
            subject="Programul de lucru cu publicul",
            text="Vă rog să îmi comunicați programul de lucru cu publicul în luna decembrie.",
            language=Language.RO,
        )
        key = str(uuid4())
        filed = file_petition.sync(client=person, body=body, idempotency_key=key)
        again = file_petition.sync(client=person, body=body, idempotency_key=key)
        if not isinstance(filed, PetitionView) or not isinstance(again, PetitionView):
            sys.exit(f"not filed: {filed}")
        read = get_petition.sync(filed.id, client=person)
        listed = list_petitions.sync(client=person, limit=10)
    if not isinstance(read, PetitionView) or not isinstance(listed, PetitionSummaryViewPage):
        sys.exit(f"not read: {read} {listed}")
    sys.stdout.write(
        f"number {filed.registration_label}, answer due on {filed.answer_due_on.isoformat()}; "
        f"sent twice, filed once: {again.id == filed.id}; read back: {read.text == body.text}; "
        f"listed: {len(listed.items)}\n"
    )


if __name__ == "__main__":
    main(sys.argv[1], os.environ["HUB_TOKEN"])
