"""Problems of officers who keep records."""

from hub_core.problem import Problem


class ReportKnown(Problem):
    """A report with this series and number is recorded already."""

    type, status = "proces-verbal-known", 409
    title = "This report is recorded already"
    detail = "A report has one series and one number, and is recorded once."
    remedy = "Compare series and number; read the driver's record."


class ReportNotFound(Problem):
    """There is no such report of this driver."""

    type, status = "proces-verbal-not-found", 404
    title = "The report was not found"
    detail = "No report has this identifier."
    remedy = "Read the driver's record again."


class EntryNotFound(Problem):
    """There is no such entry of this driver."""

    type, status = "ledger-entry-not-found", 404
    title = "The entry was not found"
    detail = "This driver has no entry with this identifier."
    remedy = "Read the driver's record again."


class EntryTakenBack(Problem):
    """The entry has a counter-entry already."""

    type, status = "ledger-entry-taken-back", 409
    title = "The entry is taken back already"
    detail = "An entry has one counter-entry at most."
    remedy = "Read the driver's record again."


class FineOutOfBounds(Problem):
    """So many fine points cannot be applied for the offence."""

    type, status = "fine-out-of-bounds", 422
    title = "The fine is not that of the class"
    detail = "For {offence} the law allows {least} to {most} fine points."
    remedy = "Read the list of offences of the day of the offence."


class FactDayWrong(Problem):
    """The day lies in the future, or before what it follows."""

    type, status = "fact-day", 422
    title = "The day is not possible"
    detail = "The day lies in the future, or before the finding or the step that it follows."
    remedy = "Compare the day with the report."


class FactKnown(Problem):
    """This happens once to a report, and is recorded already."""

    type, status = "fact-known", 409
    title = "This is recorded already"
    detail = "A report is communicated once, contested once and decided on once."
    remedy = "If it was recorded wrongly, take the entry back first."


class NoComplaint(Problem):
    """A court decides on a complaint, and there is none."""

    type, status = "no-complaint", 409
    title = "There is no complaint against this report"
    detail = "The decision of a court follows a complaint that was registered."
    remedy = "Record the complaint first, with the day of its registration at the court."
