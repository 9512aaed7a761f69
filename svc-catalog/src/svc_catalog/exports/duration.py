"""Terms as durations (xsd:duration)."""

from typing import Final

from hub_core.rules import Rule, Unit

_WORKING: Final = 5
_WEEK: Final = 7
_FORMS: Final = {
    Unit.SECONDS: "PT{}S",
    Unit.MINUTES: "PT{}M",
    Unit.HOURS: "PT{}H",
    Unit.CALENDAR_DAYS: "P{}D",
    Unit.MONTHS: "P{}M",
    Unit.YEARS: "P{}Y",
}


def of(rule: Rule) -> str | None:
    """The duration of a term; `None` for what is no time.

    xsd:duration knows no working days: they are given as the calendar days in which as many working
    days lie when none is a holiday (15 → P21D).
    """
    if rule.unit is Unit.WORKING_DAYS:
        return f"P{-(-rule.whole * _WEEK // _WORKING)}D"
    form = _FORMS.get(rule.unit)
    return form.format(rule.whole) if form else None
