"""The service in processes that kill themselves with SIGKILL at one point of an act."""

from collections.abc import Callable

from hub_documents import seal
from hub_documents.store import Store
from hub_events import outbox
from hub_service import idempotency
from hub_testing import mortal
from svc_petitions import main
from svc_petitions.settings import Settings
from svc_petitions.storage import (
    answer_documents,
    answers,
    files,
    forwardings,
    petitions,
    registers,
)

POINTS: dict[str, Callable[[], None]] = {
    "moved many": lambda: mortal.die_after(files, "move_many"),
    "moved": lambda: mortal.die_after(files, "move"),
    "moved twice": lambda: mortal.die_after(files, "move", 2),
    "took the number": lambda: mortal.die_after(registers, "enter"),
    "took both numbers": lambda: mortal.die_after(registers, "enter", 2),
    "noted the draft": lambda: mortal.die_after(answers, "note"),
    "noted the way": lambda: mortal.die_after(forwardings, "add"),
    "wrote the petition": lambda: mortal.die_after(petitions, "add"),
    "recorded the event": lambda: mortal.die_after(outbox, "record"),
    "kept the answer": lambda: mortal.die_after(idempotency, "store"),
    "committed": lambda: mortal.die_after_the_commit(idempotency, "store"),
    "published": mortal.die_after_publishing,
    "sealed": lambda: mortal.die_after(seal.Sealer, "finish"),
    "half stored": lambda: mortal.die_in_the_middle_of_a_file(Store, Settings().petitions_store),
    "stored": lambda: mortal.die_after(Store, "put"),
    "wrote where it lies": lambda: mortal.die_after(answer_documents, "add"),
    "committed the document": lambda: mortal.die_after_the_commit(answer_documents, "add"),
}


if __name__ == "__main__":
    mortal.run(main.create_app, POINTS, soon=("press-answers",))
