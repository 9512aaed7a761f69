"""Problems of officers with reports of aggressive driving."""

from hub_core.problem import Problem


class HeadDecides(Problem):
    """The vehicle has priority, and an officer who is no head would decide."""

    type, status = "head-decides", 403
    title = "A head decides in this case"
    detail = "The report is about a vehicle with priority: an officer examines it, and a head decides."
    remedy = "Write down what you found with the steps before, and leave the decision to a head."


class ReportJoined(Problem):
    """The report follows another one of the same event."""

    type, status = "driving-report-joined", 409
    title = "The report is joined to another"
    detail = "What becomes of this report follows from the report that it is joined to."
    remedy = "Take the step with the report that leads, or separate this one first."


class ReportLeads(Problem):
    """Other reports are joined to this one."""

    type, status = "driving-report-leads", 409
    title = "Other reports are joined to this one"
    detail = "A report that others are joined to cannot itself be joined."
    remedy = "Join the other report to this one, or separate those that are joined to it."


class ReportNotJoined(Problem):
    """The report is joined to none."""

    type, status = "driving-report-not-joined", 409
    title = "The report is not joined"
    detail = "Only a report that is joined to another can be separated."
    remedy = "Read the report again."


class NotTheSameEvent(Problem):
    """Two reports that cannot be of one event."""

    type, status = "not-the-same-event", 422
    title = "The reports are not of one event"
    detail = "Reports are joined that tell of the same vehicle at nearly the same time."
    remedy = "Compare the plates and the hours of both reports."


class ReportTimeBarred(Problem):
    """A fine can no longer be applied."""

    type, status = "driving-report-time-barred", 409
    title = "The time for a sanction is over"
    detail = "The last day on which a sanction could be applied was {day}."
    remedy = "The report is closed by itself; joined reports can be separated from it."


class NobodyToAsk(Problem):
    """No owner can be asked who drove."""

    type, status = "nobody-to-ask", 409
    title = "There is nobody to ask who drove"
    detail = "What is known of the vehicle ({vehicle}) names nobody who can be asked."
    remedy = "Decide on the report with the reason that fits, or forward it."


class CountyUnknown(Problem):
    """No police inspectorate of that county is known, or it is the own one."""

    type, status = "county-not-another", 422
    title = "The report cannot be handed over there"
    detail = "A report is handed over to the police inspectorate of another county."
    remedy = "Choose another county."


class RecordingMissing(Problem):
    """The report has no recording, or no longer."""

    type, status = "recording-missing", 404
    title = "There is no recording"
    detail = "The report has no recording any more: recordings are deleted by rule."
    remedy = "The chain of custody says when it was deleted."


class RecordingRangeWrong(Problem):
    """The range of bytes is outside of the recording."""

    type, status = "recording-range", 416
    title = "The range is not in the recording"
    detail = "The range that was asked for lies outside of the recording."
    remedy = "Ask without a range, or for one within the length that Content-Range gives."
