"""Problems of reports of aggressive driving."""

from hub_core.problem import FieldError, Problem


class DrivingReportStands(Problem):
    """The report is not where this step begins."""

    type, status = "driving-report-stands", 409
    title = "The report has come to another step"
    detail = "The report is {state}: this step does not follow from there."
    remedy = "Read the report again; its state says what can follow."


class DrivingReportNotFound(Problem):
    """There is no such report, or it is not for who asks: another person's, or another county's."""

    type, status = "driving-report-not-found", 404
    title = "The driving report was not found"
    detail = "There is no report of aggressive driving with this identifier among those that you may see."
    remedy = "List the reports again; the identifier is the one that a report was given when it was sent."


class UploadTimeOver(Problem):
    """The recording is not whole in time."""

    type, status = "upload-time-over", 410
    title = "The time for the recording is over"
    detail = "The recording of this report had to be there by now: the report is closed."
    remedy = "Send the report again while the event is recent enough, with the recording at hand."


class ReporterIdentityNeeded(Problem):
    """The population register has not confirmed who the person is."""

    type, status = "reporter-identity-needed", 403
    title = "Your identity is not confirmed"
    detail = "Aggressive driving is reported by whom the population register has confirmed."
    remedy = "Have your account validated, online or at a counter, then send the report."


class EventTimeUnknown(Problem):
    """What is given as date and hour is no moment: the clock does not show it on that day."""

    type, status = "event-time-unknown", 422
    title = "There is no such moment"
    detail = "The date and the hour of the event do not exist, or the clocks went forward over them."
    remedy = "Check the date and the hour on the recording."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/event_time", "event_time_unknown", self.title)])


class EventHourTwice(Problem):
    """The hour exists twice on that day, and nothing tells which one is meant."""

    type, status = "event-hour-twice", 422
    title = "This hour exists twice on that day"
    detail = "The clocks went back that night: without an offset nobody can tell which of the two is meant."
    remedy = "Give the offset: +03:00 for the first of the two hours, +02:00 for the second."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/event_time", "event_hour_twice", self.title)])


class EventInFuture(Problem):
    """The event has not happened yet."""

    type, status = "event-in-future", 422
    title = "The event is in the future"
    detail = "What has not happened yet cannot be reported."
    remedy = "Check the date and the hour on the recording."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/event_time", "event_in_future", self.title)])


class EventTooLongAgo(Problem):
    """The term for reporting the event is over."""

    type, status = "event-too-long-ago", 422
    title = "The event was too long ago"
    detail = "An event is reported within {days} days; this term is over."
    remedy = "You can address a petition to the police instead."

    def __init__(self, *, days: int) -> None:
        super().__init__(
            errors=[FieldError("/event_time", "event_too_long_ago", self.title)],
            days=days,
        )


class ManoeuvreUnknown(Problem):
    """The law of the day does not name this manoeuvre."""

    type, status = "manoeuvre-unknown", 422
    title = "This is no aggressive driving"
    detail = "The law of the day of the event does not name one of the manoeuvres."
    remedy = "Choose from the list of manoeuvres; for anything else address a petition."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/manoeuvres", "manoeuvre_unknown", self.title)])


class NotByChance(Problem):
    """The reporter was no participant in traffic, or did not see it by chance."""

    type, status = "not-seen-by-chance", 422
    title = "Only what was seen by chance can be reported"
    detail = "Who reports was a participant in traffic and saw the event directly and by chance."
    remedy = "Whoever saw it so makes the report; otherwise address a petition."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/seen_by_chance", "not_seen_by_chance", self.title)])


class DeclarationNeeded(Problem):
    """The declaration on one's own responsibility is not made."""

    type, status = "declaration-needed", 422
    title = "The declaration is missing"
    detail = "A report is taken with the declaration that what it says and the recording are true."
    remedy = "Read the declaration and agree to it, if it is so."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/declaration/agreed", "declaration_needed", self.title)])


class DeclarationOutdated(Problem):
    """What was agreed to are not the present words."""

    type, status = "declaration-outdated", 422
    title = "The declaration has other words now"
    detail = "What you agreed to is an earlier version of the declaration."
    remedy = "Read the declaration again and agree to its present version."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/declaration/version", "declaration_outdated", self.title)])


class PlaceNeeded(Problem):
    """Nothing says where it was."""

    type, status = "event-place-needed", 422
    title = "The place is missing"
    detail = "A point on the map, or the road and other marks, say where the event was."
    remedy = "Give coordinates, or describe the place in words."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/place", "event_place_needed", self.title)])


class PlaceNotHere(Problem):
    """County, locality and coordinates do not go together, or are of no place in the country."""

    type, status = "event-place-unknown", 422
    title = "This place is not known"
    detail = "County, locality and coordinates have to be of one place in Romania."
    remedy = "Check the locality and its county, and that latitude and longitude are not exchanged."

    def __init__(self, *, pointer: str) -> None:
        super().__init__(errors=[FieldError(pointer, "event_place_unknown", self.title)])


class PlateUnknown(Problem):
    """What is given is no registration plate."""

    type, status = "plate-unknown", 422
    title = "This is no registration number"
    detail = "The number has none of the forms of plates of its country."
    remedy = "Write it as on the plate, such as CV 12 ABC; of a foreign plate say the country."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/plate/number", "plate_unknown", self.title)])


class DrivingReportLimit(Problem):
    """As many reports as one person may send in a day were sent today."""

    type, status = "driving-report-limit", 409
    title = "You have sent as many reports as one may in a day"
    detail = "One person sends at most {most} reports a day; those without a recording are not counted."
    remedy = "Send this one tomorrow, if its term is not over by then."

    def __init__(self, *, most: int) -> None:
        super().__init__(most=most)
