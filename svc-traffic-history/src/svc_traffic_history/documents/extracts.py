"""The extract of one line of a record, as it goes with a petition about it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from hub_core.clock import BUCHAREST, local_date

from ..domain.drivers import Driver
from ..domain.entries import Entry
from ..domain.proces_verbale import Line

NAME: Final = "extras-fisa-conducator-auto.txt"


def of_line(driver: Driver, line: Line, articles: Mapping[UUID, str], now: datetime) -> bytes:
    """The extract in Romanian, as plain text; `articles` are what was applied, by entry."""
    report = line.proces_verbal
    found = report.found_at.astimezone(BUCHAREST)
    communicated = f"{line.communicated_on:%d.%m.%Y}" if line.communicated_on else "nu este înregistrată"
    said = [
        "EXTRAS DIN FIȘA CONDUCĂTORULUI AUTO",
        f"la data de {local_date(now):%d.%m.%Y}",
        "",
        f"Titular: {driver.family_name} {driver.given_name}",
        f"Proces-verbal de contravenție: seria {report.series} nr. {report.number}",
        f"Constatat la: {found:%d.%m.%Y, ora %H:%M}, județul {report.county}, {report.place}",
        f"Comunicarea: {communicated}",
        "",
        "Fapte:",
        *(_offence(entry, articles.get(entry.id, "")) for entry in line.offences),
        "",
        f"Amendă în total: {_lei(line.fine)}; plătit: {_lei(line.paid)}",
    ]
    if line.complaint is not None:
        said.append(f"Ultima zi pentru plângerea la judecătorie: {line.complaint.citizen_end:%d.%m.%Y}")
    return ("\n".join(said) + "\n").encode()


def _offence(entry: Entry, article: str) -> str:
    committed = f"{entry.committed_on:%d.%m.%Y}" if entry.committed_on else "-"
    fine = _lei(entry.fine) if entry.fine is not None else "-"
    return (
        f"- {article or entry.offence}, săvârșită la {committed}; amendă {fine}; "
        f"puncte de penalizare: {entry.points}, contestate prin petiție"
    )


def _lei(amount: Decimal) -> str:
    return f"{amount:.2f} lei".replace(".", ",")
