"""The problems a caller of figures can meet."""

from hub_core.problem import Problem


class PeriodNotCounted(Problem):
    """The period is not over, or the terms of its last petitions are not."""

    type, status = "petition-period-not-counted", 404
    title = "This period is not counted yet"
    detail = "A period is counted once the terms of its last petitions have passed."
    remedy = "Ask for an earlier half-year or year: /petitions/v1/statistics/periods names those counted."
