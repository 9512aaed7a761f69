"""svc-notify in processes that end where an order is accepted or goes out."""

from hub_testing import mortal
from svc_notify import main
from svc_notify.operations import accepting, following, order_batches, releasing
from svc_notify.storage import orders as storage

POINTS = {
    "stored, not committed": lambda: mortal.die_after(accepting.storage, "add"),
    "accepted, not answered": lambda: mortal.die_after_the_commit(storage, "add"),
    "half a batch": lambda: mortal.die_after(order_batches.orders_storage, "add", times=2),
    "a batch, not answered": lambda: mortal.die_after_the_commit(order_batches.storage, "add"),
    "written, not committed": lambda: mortal.die_after(following, "begin"),
    "released": lambda: mortal.die_after_the_commit(releasing, "go"),
}

if __name__ == "__main__":
    mortal.run(main.create_app, POINTS)
