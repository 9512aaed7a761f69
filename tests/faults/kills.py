"""People ask while processes are killed, and afterwards the account of every promise.

Petitions or certificates are asked for, petitions filed in every way and handled to their answer, the
records of drivers kept, or messages ordered by an institution, eight at a time, each request repeated with
its Idempotency-Key until it is answered with success. Meanwhile every process that has a part in it is killed
with SIGKILL, again and again, in random order; of the relay its hold on the database. At the end everything
that was promised is counted: nothing is lost, and nothing is there twice.

    make up DETACH=1
    .venv/bin/python -m tests.faults.kills petitions --count 2000 --rounds 3
    .venv/bin/python -m tests.faults.kills files --count 300 --rounds 3
    .venv/bin/python -m tests.faults.kills certificates --count 500 --rounds 3
    .venv/bin/python -m tests.faults.kills ledger --count 500 --rounds 3
    .venv/bin/python -m tests.faults.kills messages --count 1000 --rounds 3

The hub starts again whatever dies; that it does is part of what is shown.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from . import trial
from .certificates import Certificates
from .files import Files
from .ledger import Ledger
from .messages import Messages
from .petitions import Petitions

TRIALS = {
    "petitions": Petitions,
    "files": Files,
    "certificates": Certificates,
    "ledger": Ledger,
    "messages": Messages,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=TRIALS)
    parser.add_argument("--var", type=Path, default=Path("var"))
    parser.add_argument(
        "--count",
        type=int,
        default=500,
        help="requests (500), or more; certificates: so many",
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each process is killed (3)")
    chosen = parser.parse_args()
    broken = asyncio.run(trial.run(chosen.var.absolute(), TRIALS[chosen.what](chosen.count), chosen.rounds))
    sys.exit(bool(broken))
