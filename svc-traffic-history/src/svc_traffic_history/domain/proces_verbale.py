"""Contravention reports (procese-verbale): what each says, what is still to be paid, and until when."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.rules import Rules
from hub_terms.deadlines import Deadline

from . import fines
from .entries import Entry, Kind, Outcome, in_force

_NOTHING: Final = Decimal("0.00")


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ProcesVerbal:
    """A report with its `series` and `number`; `county` is where the offences were found, `place` in words.

    `recorded_by` is none for what the police register told.
    """

    id: UUID
    driver_id: UUID
    series: str
    number: str
    institution_id: UUID | None
    found_at: datetime
    county: str
    place: str
    recorded_by: UUID | None
    recorded_at: datetime


class Payment(StrEnum):
    """How far a fine is paid."""

    UNPAID = "UNPAID"
    PAID_IN_PART = "PAID_IN_PART"
    PAID_HALF = "PAID_HALF"
    """Half of the least fine, in time: nothing more is due."""
    PAID = "PAID"
    NOT_DUE = "NOT_DUE"
    """A court has cancelled the report."""


class Contest(StrEnum):
    """Whether a court has, or had, a complaint against the report."""

    NONE = "NONE"
    CONTESTED = "CONTESTED"
    REJECTED = "REJECTED"
    ADMITTED_IN_PART = "ADMITTED_IN_PART"
    ADMITTED = "ADMITTED"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Line:
    """A report on a day: its offences, the fine, what is due, and the two terms once it is communicated.

    `fine` is what was applied, `half` what settles it in time, `outstanding` what settles it on this day.
    """

    proces_verbal: ProcesVerbal
    offences: Sequence[Entry]
    fine: Decimal
    half: Decimal
    paid: Decimal
    outstanding: Decimal
    payment: Payment
    contest: Contest
    communicated_on: date | None
    half_payment: Deadline | None
    complaint: Deadline | None


def lines(
    reports: Collection[ProcesVerbal], entries: Collection[Entry], on: date, legal: Rules
) -> Sequence[Line]:
    """The reports as they stand on a day, what was found last first.

    One whose offences were all taken back is left out.
    """
    known: dict[UUID, list[Entry]] = {}
    for entry in in_force(entries):
        if entry.proces_verbal_id is not None and entry.on <= on:
            known.setdefault(entry.proces_verbal_id, []).append(entry)
    shown = (_line(report, known.get(report.id, ()), on, legal) for report in reports)
    return sorted(
        (line for line in shown if line.offences),
        key=lambda line: (line.proces_verbal.found_at, line.proces_verbal.id),
        reverse=True,
    )


def _line(report: ProcesVerbal, entries: Collection[Entry], on: date, legal: Rules) -> Line:
    of_kind: Mapping[Kind, list[Entry]] = {
        kind: [entry for entry in entries if entry.kind is kind] for kind in Kind
    }
    offences = of_kind[Kind.FOUND]
    communicated_on = next((entry.on for entry in of_kind[Kind.COMMUNICATED]), None)
    contest = _contest(of_kind)
    fine = sum((entry.fine or _NOTHING for entry in offences), _NOTHING)
    half = sum((entry.half or _NOTHING for entry in offences), _NOTHING)
    payment = _payment(of_kind[Kind.PAID], fine, half, communicated_on, contest, legal)
    paid = sum((entry.amount or _NOTHING for entry in of_kind[Kind.PAID]), _NOTHING)
    is_open = payment in (Payment.UNPAID, Payment.PAID_IN_PART)
    due = fines.due(legal, fine, half, communicated_on, on).amount if is_open else paid
    return Line(
        proces_verbal=report,
        offences=offences,
        fine=fine,
        half=half,
        paid=paid,
        outstanding=max(due - paid, _NOTHING),
        payment=payment,
        contest=contest,
        communicated_on=communicated_on,
        half_payment=fines.half_payment(legal, communicated_on) if communicated_on else None,
        complaint=fines.contest(legal, communicated_on) if communicated_on else None,
    )


def _payment(
    payments: Collection[Entry],
    fine: Decimal,
    half: Decimal,
    communicated_on: date | None,
    contest: Contest,
    legal: Rules,
) -> Payment:
    if contest is Contest.ADMITTED:
        return Payment.NOT_DUE
    in_all = in_time = _NOTHING
    for entry in payments:
        in_all += entry.amount or _NOTHING
        if fines.due(legal, fine, half, communicated_on, entry.on).is_half:
            in_time += entry.amount or _NOTHING
    if in_all >= fine:
        return Payment.PAID
    if in_time >= half:
        return Payment.PAID_HALF
    return Payment.PAID_IN_PART if in_all else Payment.UNPAID


def _contest(of_kind: Mapping[Kind, Sequence[Entry]]) -> Contest:
    if not of_kind[Kind.CONTESTED]:
        return Contest.NONE
    decided = of_kind[Kind.COURT_DECIDED]
    if not decided:
        return Contest.CONTESTED
    return Contest((decided[0].outcome or Outcome.REJECTED).value)
