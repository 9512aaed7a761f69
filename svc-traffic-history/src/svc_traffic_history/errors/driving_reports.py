"""Problems of reports of aggressive driving."""

from hub_core.problem import Problem


class DrivingReportStands(Problem):
    """The report is not where this step begins."""

    type, status = "driving-report-stands", 409
    title = "The report has come to another step"
    detail = "The report is {state}: this step does not follow from there."
    remedy = "Read the report again; its state says what can follow."


class DrivingReportNotFound(Problem):
    """There is no such report, or it is somebody else's."""

    type, status = "driving-report-not-found", 404
    title = "The report was not found"
    detail = "You have no report of aggressive driving with this identifier."
    remedy = "List your reports; the identifier is the one that was given when the report was sent."


class UploadTimeOver(Problem):
    """The recording is not whole in time."""

    type, status = "upload-time-over", 409
    title = "The time for the recording is over"
    detail = "The recording of this report had to be there by now: the report is closed."
    remedy = "Send the report again while the event is recent enough, with the recording at hand."
