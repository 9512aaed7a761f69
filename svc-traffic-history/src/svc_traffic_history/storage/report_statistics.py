"""Reports of aggressive driving, counted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.report_statistics import NOTHING, Counted

_COUNT: Final = text("""
WITH each AS (
    SELECT report.county, report.manoeuvres,
        to_char(report.submitted_at AT TIME ZONE 'Europe/Bucharest', 'YYYY-MM') AS month,
        steps.accepted, steps.sanctioned,
        extract(epoch FROM steps.decided_at - report.submitted_at) / 86400 AS days
    FROM driving_reports AS report
    CROSS JOIN LATERAL (
        SELECT bool_or(state = 'UNDER_REVIEW') AS accepted,
            bool_or(state = 'SANCTIONED') AND NOT bool_or(state = 'NO_SANCTION') AS sanctioned,
            min(at) FILTER (
                WHERE state IN ('NOT_ELIGIBLE', 'SANCTIONED', 'NO_SANCTION', 'FORWARDED_CRIMINAL')
            ) AS decided_at
        FROM driving_report_steps
        WHERE driving_report_id = report.id AND at < :until
    ) AS steps
    WHERE report.submitted_at >= :since AND report.submitted_at < :until
)
SELECT part.dimension, part.code, count(*) AS reports,
    count(*) FILTER (WHERE accepted) AS accepted,
    count(*) FILTER (WHERE sanctioned) AS sanctioned, count(days) AS decided,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS median_days
FROM each
CROSS JOIN LATERAL (
    VALUES ('ALL', ''), ('COUNTY', county), ('MONTH', month)
    UNION ALL SELECT 'MANOEUVRE', unnest(manoeuvres)
) AS part (dimension, code)
GROUP BY part.dimension, part.code
ORDER BY part.dimension, part.code
""")

Parts = Mapping[str, Counted]


async def count(
    session: AsyncSession, since: datetime, until: datetime
) -> tuple[Counted, Parts, Parts, Parts]:
    """Reports that came from an instant until another, by what had become of them then.

    All, then by county, by month and by manoeuvre; one with several manoeuvres counts with each.
    """
    parts: dict[str, dict[str, Counted]] = {}
    for row in (await session.execute(_COUNT, {"since": since, "until": until})).mappings():
        parts.setdefault(row["dimension"], {})[row["code"]] = _counted(row)
    whole = parts.get("ALL", {"": NOTHING})[""]
    return whole, parts.get("COUNTY", {}), parts.get("MONTH", {}), parts.get("MANOEUVRE", {})


def _counted(row: Any) -> Counted:
    days = row["median_days"]
    return Counted(
        reports=row["reports"],
        accepted=row["accepted"],
        sanctioned=row["sanctioned"],
        decided=row["decided"],
        median_days=None if days is None else round(float(days), 1),
    )
