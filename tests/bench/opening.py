"""The opening of a day: many people on few places, in the same minute, each looking and booking.

The hub must be up (`make up DETACH=1`). An office of its own is made, with a day whose
places can be booked from a moment on that everybody knows. Everybody has looked once before it, and sees
nothing yet. In the minute after it each person comes at a moment of chance, more of them at once: looks at
what is free, takes an interval of those shown by chance, and books it. Who finds it taken looks again; who
is told to wait waits as long as was said; who is shown a full day goes home.

Counted are the bookings, by person, and every answer; judged is the order by the rule that holds here:
first come, first served. Somebody was passed over when another who came so much later, as the waits of the
two can explain, has a place and they have none.

    .venv/bin/python tests/bench/opening.py --people 5000 --places 400 --plot docs/benchmarks/opening.svg

The people stay in the hub, as do their bookings: `make reset` empties it.
"""

import argparse
import asyncio
import os
import random
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
from counter import TYPE, an_office, open_day
from crowd import numbers, signed_in
from figures import percentile, say, spent_by

from hub_cli.place import Place, State

BOOKING: Final = "/passport-booking/v1"
SCOPES: Final = ("appointments:read", "appointments:write")
COUNTERS: Final = 10
LEAD: Final = 15.0
"""Seconds from the end of the preparation to the opening."""
RUSH: Final = 5.0
PROCESSES: Final = ("passport-booking", "identity", "gateway", "postgres")
BEFORE: Final = 32
"""How many look at the same time before the opening."""
FIELD: Final = (720, 360, 56)
"""Width, height and margin of the plot."""


@dataclass
class Visit:
    """What one person met: when they came, what each question took, and what became of it."""

    came: float
    waits: list[float] = field(default_factory=list)
    slot: int | None = None
    left: float = 0.0


@dataclass
class Opening:
    """The day, and what was seen of it."""

    origin: str
    office: str
    day: date
    begins: float = 0.0
    visits: list[Visit] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def looks(self) -> str:
        """Where one looks at what is free."""
        return f"{self.origin}{BOOKING}/availability"

    @property
    def asked(self) -> dict[str, str]:
        """For this day at this office."""
        day = f"{self.day}"
        return {"type": TYPE, "office_id": self.office, "first": day, "last": day}


def shares(places: int) -> list[int]:
    """The places of each interval."""
    whole, rest = divmod(places, COUNTERS)
    return [COUNTERS] * whole + ([rest] if rest else [])


def arrivals(people: int, minute: float, rush: float) -> list[float]:
    """Seconds after the opening at which each comes, in order; a share comes in the first seconds."""
    at_once = int(people * rush)
    return sorted(
        [random.uniform(0, RUSH) for _ in range(at_once)]
        + [random.uniform(0, minute) for _ in range(people - at_once)]
    )


async def look_before(http: aiohttp.ClientSession, opening: Opening, tokens: list[str]) -> None:
    """Everybody looks once, and nothing is free yet."""
    waiting = iter(tokens)

    async def some() -> None:
        for token in waiting:
            headers = {"authorization": f"Bearer {token}"}
            async with http.get(opening.looks, params=opening.asked, headers=headers) as answer:
                answer.raise_for_status()
                if free(await answer.json()):
                    raise RuntimeError("the day is open before its time")

    await asyncio.gather(*(some() for _ in range(BEFORE)))


async def visit(http: aiohttp.ClientSession, opening: Opening, seen: Visit, token: str, cnp: str) -> None:
    """One person, from coming to having a place or going home."""
    await asyncio.sleep(max(0.0, opening.begins + seen.came - time.perf_counter()))
    headers = {"authorization": f"Bearer {token}"}
    who = {"family_name": "Popescu", "given_name": "Ana", "cnp": cnp}
    while True:
        status, found, pause = await timed(
            opening, seen, http.get(opening.looks, params=opening.asked, headers=headers)
        )
        if pause:
            await asyncio.sleep(pause)
            continue
        if status != 200:
            break
        hours = free(found)
        if not hours:
            opening.answers["full"] += 1
            break
        wish = {"slot_id": random.choice(hours), "type": TYPE, "persons": [who]}
        key = {"idempotency-key": secrets.token_urlsafe(16)}
        pause = 1.0
        while pause:
            booking = http.post(f"{opening.origin}{BOOKING}/appointments", json=wish, headers=headers | key)
            status, found, pause = await timed(opening, seen, booking)
            await asyncio.sleep(pause)
        if status == 201:
            seen.slot = wish["slot_id"]
            break
        if found.get("type", "").rpartition("/")[2] != "slot-taken":
            break
    seen.left = time.perf_counter() - opening.begins


def free(found: dict[str, Any]) -> list[int]:
    """The intervals with a place."""
    return [
        hour["slot_id"] for office in found["items"] for day in office["days"] for hour in day["hours"] or ()
    ]


async def timed(opening: Opening, seen: Visit, asking: Any) -> tuple[int, dict[str, Any], float]:
    """The answer's status and body, and how long to wait before the same is asked again (0: not at all)."""
    began = time.perf_counter()
    async with asking as answer:
        body = await answer.json(content_type=None)
        status = answer.status
    seen.waits.append(time.perf_counter() - began)
    word = body.get("type", "").rpartition("/")[2] if status >= 400 else answer.method
    opening.answers[f"{status} {word}"] += 1
    waiting = status in (429, 503) or word == "idempotency-key-in-use"
    return status, body, float(answer.headers.get("retry-after", 1)) if waiting else 0.0


def passed_over(visits: list[Visit]) -> int:
    """How many went home without a place although somebody has one who came after they had left."""
    last = max((one.came for one in visits if one.slot is not None), default=0.0)
    return sum(one.slot is None and one.left < last for one in visits)


def plot(opening: Opening, path: Path, minute: float) -> None:
    """Who came, who had a place and what they waited for it, second by second, as SVG."""
    width, height, margin = FIELD
    came = [0] * (int(minute) + 1)
    booked = [0] * (int(minute) + 1)
    for one in opening.visits:
        came[min(int(one.came), int(minute))] += 1
        if one.slot is not None:
            booked[min(int(one.left), int(minute))] += 1
    highest = max(sum(booked), 1)
    peak = max(*came, 1)

    def across(second: float) -> float:
        return margin + second / minute * (width - 2 * margin)

    def up(share: float) -> float:
        return height - margin - share * (height - 2 * margin)

    total, line = 0, [f"{across(0):.1f},{up(0):.1f}"]
    for second, number in enumerate(booked):
        total += number
        line.append(f"{across(min(second + 1, minute)):.1f},{up(total / highest):.1f}")
    bars = "".join(
        f'<rect x="{across(second) + 1:.1f}" y="{up(number / peak):.1f}" '
        f'width="{(width - 2 * margin) / minute - 2:.1f}" height="{up(0) - up(number / peak):.1f}"/>'
        for second, number in enumerate(came[:-1])
    )
    ticks = "".join(
        f'<text x="{across(second):.0f}" y="{height - margin + 18}" text-anchor="middle">{second} s</text>'
        for second in range(0, int(minute) + 1, 10)
    )
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="12"><title>The opening of a day: {len(opening.visits)} people on {sum(booked)} places'
        f'</title><rect width="{width}" height="{height}" fill="#fff"/><g fill="#c9d3e3">{bars}</g>'
        f'<polyline points="{" ".join(line)}" fill="none" stroke="#1f3a68" stroke-width="2"/>'
        f'<g fill="#333">{ticks}<text x="{margin}" y="24">bars: people who came, up to {peak} a second; '
        f"line: places given, up to {sum(booked)}</text></g></svg>\n"
    )


def spent(var: Path) -> dict[str, float]:
    """Seconds of CPU so far of each process."""
    pids = {one.name: one.pid for one in State.read(var).processes}
    return {name: spent_by(pids[name], with_children=name == "postgres") for name in PROCESSES}


async def main() -> None:
    """Open a day."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=5_000, help="who want a place (5000)")
    parser.add_argument("--places", type=int, default=400, help="places of the day (400)")
    parser.add_argument("--minute", type=float, default=60.0, help="seconds in which they come (60)")
    parser.add_argument(
        "--rush",
        type=float,
        default=0.2,
        help="share that comes in the first 5 seconds (0.2)",
    )
    parser.add_argument("--plot", type=Path, help="write a plot to this file (SVG)")
    parser.add_argument("--var", type=Path, default=Path(os.environ.get("HUB_VAR", "var")))
    options = parser.parse_args()
    place = Place(options.var.absolute(), State.read(options.var).ports)
    office, day = await an_office(place, shares(options.places), closed=True)
    say(f"{options.people} people sign in")
    tokens = await signed_in(place, options.people, SCOPES)
    opening = Opening(place.origin, office, day)
    opening.visits = [Visit(came) for came in arrivals(options.people, options.minute, options.rush)]
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(60)) as http:
        await look_before(http, opening, tokens)
        await open_day(place, office, datetime.now(UTC) + timedelta(seconds=LEAD))
        opening.begins = time.perf_counter() + LEAD
        before = spent(options.var)
        await asyncio.gather(
            *(
                visit(http, opening, seen, token, cnp)
                for seen, token, cnp in zip(opening.visits, tokens, numbers(), strict=False)
            )
        )
    waits = sorted(wait for one in opening.visits for wait in one.waits)
    booked = [one for one in opening.visits if one.slot is not None]
    say(f"booked: {len(booked)} of {options.places}, the last after {max(one.left for one in booked):.1f} s")
    say(f"passed over: {passed_over(opening.visits)}")
    for word, number in opening.answers.most_common():
        say(f"  {number:6d}  {word}")
    say(
        f"questions: {len(waits)}, p50 {percentile(waits, 0.5) * 1000:.0f} ms, "
        f"p99 {percentile(waits, 0.99) * 1000:.0f} ms, longest {waits[-1] * 1000:.0f} ms"
    )
    after = spent(options.var)
    say("CPU, s: " + "   ".join(f"{name} {after[name] - before[name]:.1f}" for name in PROCESSES))
    if options.plot:
        plot(opening, options.plot, options.minute)


if __name__ == "__main__":
    asyncio.run(main())
