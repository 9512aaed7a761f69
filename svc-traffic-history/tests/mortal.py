"""The service in processes that kill themselves with SIGKILL at one point of an act."""

from collections.abc import Callable

from hub_documents import seal
from hub_documents.store import Store
from hub_events import outbox
from hub_service import idempotency
from hub_testing import mortal
from svc_traffic_history import main
from svc_traffic_history.settings import Settings
from svc_traffic_history.storage import (
    custody,
    driving_reports,
    history_documents,
    ledger,
    suspensions,
    videos,
)

POINTS: dict[str, Callable[[], None]] = {
    "wrote the report": lambda: mortal.die_after(ledger, "add_report"),
    "wrote the entries": lambda: mortal.die_after(ledger, "add"),
    "proposed a suspension": lambda: mortal.die_after(suspensions, "add"),
    "proposed both suspensions": lambda: mortal.die_after(suspensions, "add", 2),
    "moved the suspension": lambda: mortal.die_after(suspensions, "move"),
    "recorded an event": lambda: mortal.die_after(outbox, "record"),
    "recorded two events": lambda: mortal.die_after(outbox, "record", 2),
    "recorded three events": lambda: mortal.die_after(outbox, "record", 3),
    "kept the answer": lambda: mortal.die_after(idempotency, "store"),
    "committed": lambda: mortal.die_after_the_commit(idempotency, "store"),
    "committed the move": lambda: mortal.die_after_the_commit(suspensions, "move"),
    "published": mortal.die_after_publishing,
    "half stored": lambda: mortal.die_in_the_middle_of_a_file(Store, Settings().traffic_history_store),
    "stored a part": lambda: mortal.die_after(Store, "put"),
    "stored two parts": lambda: mortal.die_after(Store, "put", 2),
    "wrote a part": lambda: mortal.die_after(videos, "advance"),
    "committed a part": lambda: mortal.die_after_the_commit(videos, "advance"),
    "has it in hand": lambda: mortal.die_after_the_commit(videos, "take_in_hand"),
    "ended it": lambda: mortal.die_after(videos, "end"),
    "noted a line": lambda: mortal.die_after(custody, "add"),
    "sealed": lambda: mortal.die_after(seal.Sealer, "finish"),
    "wrote where it lies": lambda: mortal.die_after(history_documents, "add"),
    "committed the document": lambda: mortal.die_after_the_commit(history_documents, "add"),
    "submitted": lambda: mortal.die_after(driving_reports, "move"),
    "committed the submission": lambda: mortal.die_after_the_commit(driving_reports, "move"),
}


if __name__ == "__main__":
    mortal.run(main.create_app, POINTS, soon=("end-suspensions",))
