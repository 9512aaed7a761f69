"""CPU time and documents a second of what a certificate is made of, each alone.

    .venv/bin/python tests/bench/bench_documents.py --rounds 200

No server and no hub: one process. CPU time counts every thread of it. Each step works on documents that
differ in number, name and code, as real ones do; the steps take turns, so that what else the machine does
falls on all alike. The first documents of a process, which read fonts and templates, are not counted.
"""

import argparse
import os
import secrets
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

from hub_documents import qr
from svc_criminal_record.documents import printing
from svc_criminal_record.documents.models import Document, Entry, Gloss, PersonHolder
from svc_criminal_record.domain.products import Product

ORIGIN: Final = "https://hub.example.ro"
FACTS_BYTES: Final = 240  # of a signed token: five claims and a signature
WARM_UP: Final = 5
Step = Callable[[int], object]

ENTRY: Final = Entry(
    court="Judecătoria Târgu Mureș",
    judgment="Sentința penală nr. 412",
    judged_on=date(2014, 3, 12),
    final_on=date(2014, 6, 2),
    classification="Conducerea unui vehicul sub influența alcoolului, art. 336 alin. (1) din Codul penal",
    measure="8 luni închisoare, cu suspendarea executării sub supraveghere; termen de supraveghere 2 ani",
    execution="Termen împlinit la 02.06.2016",
)


def link(code: str) -> str:
    """What a QR code holds: the address, and as many random characters as signed facts have."""
    return f"{ORIGIN}/verify/{code}#{secrets.token_urlsafe(FACTS_BYTES)}"


def document(number: int, entries: int) -> Document:
    """A certificate of somebody made up; no two are alike."""
    code = "-".join(secrets.token_hex(2).upper() for _ in range(4))
    return Document(
        product=Product.CRIMINAL_RECORD,
        series="CJ",
        number=number,
        code=code,
        link=link(code),
        authority=Gloss(
            "Inspectoratul General al Poliției Române", "General Inspectorate of the Romanian Police"
        ),
        unit=Gloss(
            "Direcția Cazier Judiciar, Statistică și Evidențe Operative",
            "Directorate for Criminal Records, Statistics and Operational Records",
        ),
        seal_issuer="Autoritatea de certificare a măsurătorii",
        requested_on=date(2026, 10, 13),
        issued_at=datetime(2026, 10, 14, 6, 41, number % 60, tzinfo=UTC),
        valid_until=date(2027, 4, 14),
        purpose=Gloss("Angajare în învățământ", "Employment in education"),
        holder=PersonHolder(
            family_name=f"Țurcan-Szőke {chr(65 + number % 26)}",
            given_names="Ștefănel Bălaș",
            cnp=f"18504122699{number % 100:02d}",
            birth_date=date(1985, 4, 12),
            birth_place="Târgu Mureș, județul Mureș",
            father="Gheorghiță",
            mother="Ilona Ágnes",
            citizenship="română",
        ),
        entries=tuple(replace(ENTRY, execution=f"Nr. {number}.{each}") for each in range(entries)),
    )


def steps() -> Mapping[str, Step]:
    """What is measured, by its name: each is given a number that no other call had."""
    renderer = printing.renderer()
    return {
        "QR code": lambda number: qr.picture(link(f"{number:016d}")),
        "render, no entries": lambda number: printing.pdf(renderer, document(number, 0)),
        "render, 3 entries": lambda number: printing.pdf(renderer, document(number, 3)),
        "render, 40 entries": lambda number: printing.pdf(renderer, document(number, 40)),
    }


def measured(each: Mapping[str, Step], rounds: int) -> Mapping[str, list[float]]:
    """Milliseconds of CPU of every call; the steps take turns."""
    times: dict[str, list[float]] = {name: [] for name in each}
    for number in range(rounds + WARM_UP):
        for name, step in each.items():
            before = time.process_time()
            step(number)
            if number >= WARM_UP:
                times[name].append((time.process_time() - before) * 1000)
    return times


def at_once(step: Step, threads: int, rounds: int) -> float:
    """How many a second, with so many threads."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(step, range(threads * WARM_UP)))
        before = time.perf_counter()
        list(pool.map(step, range(10_000, 10_000 + rounds)))
        return rounds / (time.perf_counter() - before)


def main() -> None:
    """Measure, and write a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    each = steps()
    load = os.getloadavg()[0]
    sys.stdout.write("| step | CPU ms, least | median | p95 |\n|---|---|---|---|\n")
    for name, times in measured(each, rounds).items():
        least, median, p95 = min(times), statistics.median(times), statistics.quantiles(times, n=20)[-1]
        sys.stdout.write(f"| {name} | {least:.1f} | {median:.1f} | {p95:.1f} |\n")
    for threads in (1, 2):
        rate = at_once(each["render, no entries"], threads, rounds)
        sys.stdout.write(f"render, no entries: {rate:.0f} a second with {threads} thread(s)\n")
    sys.stdout.write(f"load of the machine before: {load:.1f} on {os.cpu_count()} cores\n")


if __name__ == "__main__":
    main()
