"""What is held of a person, in the words of the copy they are given."""

from collections.abc import Mapping
from typing import Any, Final

from hub_service.i18n import Texts
from hub_service.personal_data import PersonalData, section

from ..domain.driving_reports import DrivingReport
from ..operations.personal_data import Held
from ..operations.records import Record

TITLES: Final = {
    "licence": "Your driving licence",
    "licence-steps": "When your licence was taken away or given back",
    "lines": "Contravention reports",
    "contests": "Reports that you contest by a petition",
    "suspensions": "Suspensions of your right to drive",
    "history-documents": "Histories of sanctions that were issued to you",
    "record-links": "Links that you have given to them",
    "record-link-openings": "Who opened these links",
    "driving-reports": "Your reports of aggressive driving",
    "recordings": "Recordings that you uploaded with them",
}
LABELS: Final = {
    "licence": {
        "number": "Number of the licence",
        "categories": "Categories",
        "held_since": "Held since",
        "valid_to": "Licence valid until",
    },
    "licence-steps": {"step": "What happened", "on": "Day"},
    "lines": {
        "number": "Series and number",
        "found_at": "Found",
        "place": "Place",
        "offences": "Offences",
        "points": "Penalty points",
        "fine": "Fine in lei",
        "payment": "Payment",
        "contest": "Complaint in court",
    },
    "contests": {
        "report": "Report",
        "made_at": "Contested",
        "petition": "Petition",
        "words": "Your words",
        "asks": "What you ask for",
    },
    "suspensions": {
        "grounds": "Grounds",
        "days": "Days",
        "state": "State",
        "begins_on": "First day",
        "ends_on": "Last day",
    },
    "history-documents": {
        "number": "Series and number",
        "issued_at": "Issued at",
        "motive": "Asked for",
        "first": "Period from",
        "last": "Period to",
    },
    "record-links": {
        "note": "For whom",
        "made_at": "Made at",
        "ends_at": "Ends at",
        "most_openings": "Most openings",
        "openings": "Openings",
        "revoked_at": "Revoked at",
    },
    "record-link-openings": {
        "at": "Opened at",
        "organisation": "Organisation, in its own words",
        "purpose": "Purpose, in its own words",
    },
    "driving-reports": {
        "number": "Number of the report",
        "sent_at": "Sent",
        "happened_at": "Time of the event",
        "county": "County",
        "place": "Place",
        "plate": "Registration number",
        "manoeuvres": "Manoeuvres",
        "description": "Your description",
        "phone": "Your telephone",
        "address": "Your address",
        "state": "State",
        "reason": "Reason",
    },
    "recordings": {
        "report": "Number of the report",
        "begun_at": "Upload begun",
        "arrived_at": "Arrived",
        "bytes": "Bytes",
        "announced": "What your device said of the file",
        "sha256": "SHA-256",
        "duration": "Seconds",
        "state": "State",
        "deleted_at": "Deleted",
    },
}
TEXTS: Final = (*TITLES.values(), *(label for labels in LABELS.values() for label in labels.values()))


def personal_data(texts: Texts, held: Held) -> PersonalData:
    """The copy; officials who recorded or decided it are others, and left out."""
    items = _shared(held) | {"driving-reports": [_report(each) for each in held.driving_reports]}
    items["recordings"] = _recordings(held)
    items |= _items(held.record) if held.record else {}
    return PersonalData(
        sections=[section(texts, name, TITLES[name], LABELS[name], items.get(name, [])) for name in TITLES]
    )


def _report(report: DrivingReport) -> dict[str, Any]:
    event, reporter = report.event, report.reporter
    return {
        "number": report.label,
        "sent_at": report.sent_at.isoformat(),
        "happened_at": report.happened_at.isoformat(),
        "county": report.county,
        "place": event.place if event else None,
        "plate": event.plate if event else None,
        "manoeuvres": ", ".join(report.manoeuvres),
        "description": event.description if event else None,
        "phone": reporter.phone if reporter else None,
        "address": reporter.address if reporter else None,
        "state": report.state,
        "reason": report.reason,
    }


def _recordings(held: Held) -> list[dict[str, Any]]:
    labels = {report.id: report.label for report in held.driving_reports}
    return [
        {
            "report": labels[one.report_id],
            "begun_at": one.begun_at.isoformat(),
            "arrived_at": one.arrived_at.isoformat() if one.arrived_at else None,
            "bytes": one.length,
            "announced": one.metadata or None,
            "sha256": one.facts.sha256.hex() if one.facts else None,
            "duration": one.facts.duration.total_seconds() if one.facts else None,
            "state": one.state,
            "deleted_at": one.deleted_at.isoformat() if one.deleted_at else None,
        }
        for one in held.recordings
    ]


def _shared(held: Held) -> dict[str, list[dict[str, Any]]]:
    return {
        "history-documents": [
            {
                "number": one.label,
                "issued_at": one.issued_at.isoformat(),
                "motive": one.motive,
                "first": one.span.first.isoformat() if one.span.first else None,
                "last": one.span.last.isoformat() if one.span.last else None,
            }
            for one in held.documents
        ],
        "record-links": [
            {
                "note": one.note,
                "made_at": one.made_at.isoformat(),
                "ends_at": one.ends_at.isoformat(),
                "most_openings": one.most_openings,
                "openings": one.openings,
                "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
            }
            for one in held.links
        ],
        "record-link-openings": [
            {"at": one.at.isoformat(), "organisation": one.organisation, "purpose": one.purpose}
            for one in held.openings
        ],
    }


def _items(record: Record) -> Mapping[str, list[dict[str, Any]]]:
    licence = record.driver.licence
    numbers = {each.id: f"{each.series} {each.number}" for each in record.ledger.reports}
    return {
        "licence": [
            {
                "number": licence.number,
                "categories": ", ".join(licence.categories),
                "held_since": licence.held_since.isoformat(),
                "valid_to": licence.valid_to.isoformat(),
            }
        ]
        if licence
        else [],
        "licence-steps": [{"step": each.step, "on": each.on.isoformat()} for each in record.licence_steps],
        "lines": [
            {
                "number": f"{line.proces_verbal.series} {line.proces_verbal.number}",
                "found_at": line.proces_verbal.found_at.isoformat(),
                "place": line.proces_verbal.place,
                "offences": ", ".join(entry.offence or "" for entry in line.offences),
                "points": sum(entry.points for entry in line.offences),
                "fine": f"{line.fine:.2f}",
                "payment": line.payment,
                "contest": line.contest,
            }
            for line in record.lines
        ],
        "contests": [
            {
                "report": numbers.get(each.proces_verbal_id),
                "made_at": each.made_at.isoformat(),
                "petition": each.petition.number if each.petition else None,
                "words": each.words.words if each.words else None,
                "asks": each.words.asks if each.words else None,
            }
            for each in record.contests
        ],
        "suspensions": [
            {
                "grounds": ", ".join(each.period.grounds),
                "days": each.period.days,
                "state": each.state,
                "begins_on": each.begins_on.isoformat() if each.begins_on else None,
                "ends_on": each.ends_on.isoformat() if each.ends_on else None,
            }
            for each in record.suspensions
        ],
    }
