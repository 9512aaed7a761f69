"""The service in processes that kill themselves with SIGKILL at one point of an issue."""

from collections.abc import Callable

from hub_documents import seal
from hub_events import outbox
from hub_service import idempotency
from hub_testing import mortal
from svc_criminal_record import main
from svc_criminal_record.documents.files import Files
from svc_criminal_record.events.certificates import CertificateIssued
from svc_criminal_record.registers.records import HttpRecords
from svc_criminal_record.settings import Settings
from svc_criminal_record.storage import certificates, status_lists
from svc_criminal_record.storage import requests as storage

POINTS: dict[str, Callable[[], None]] = {
    "asked the register": lambda: mortal.die_after(HttpRecords, "find"),
    "took the number": lambda: mortal.die_after(status_lists, "take"),
    "sealed": lambda: mortal.die_after(seal.Sealer, "finish"),
    "half stored": lambda: mortal.die_in_the_middle_of_a_file(Files, Settings().criminal_record_store),
    "stored": lambda: mortal.die_after(Files, "put"),
    "wrote the row": lambda: mortal.die_after(certificates, "add"),
    "recorded the events": lambda: mortal.die_after(outbox, "record_all"),
    "moved the request": lambda: mortal.die_after(storage, "move"),
    "told of the request": lambda: mortal.die_after(storage, "tell"),
    "kept the answer": lambda: mortal.die_after(idempotency, "store"),
    "committed": lambda: mortal.die_after_the_commit(certificates, "add"),
    "published": lambda: mortal.die_after_publishing(CertificateIssued.subject),
}


if __name__ == "__main__":
    mortal.run(main.create_app, POINTS, soon=("go-on",))
