"""Problems of the Open311 facade; texts are English message ids (see `locale/`)."""

from hub_core.problem import FieldError, Problem


class JurisdictionNotFound(Problem):
    """The facade serves one jurisdiction, and this is not it."""

    type, status = "open311-jurisdiction-not-found", 404
    title = "There is no such jurisdiction"
    detail = "The jurisdiction that jurisdiction_id names is not served here."
    remedy = "Leave jurisdiction_id out, or name the one of the description."


class ServiceCodeNotFound(Problem):
    """No such service can be requested."""

    type, status = "open311-service-not-found", 404
    title = "There is no such service"
    detail = "Nothing is reported here under this service_code."
    remedy = "Take a service_code from the list of services."


class RequestSpanTooLong(Problem):
    """The two dates are in the wrong order, or too far from each other."""

    type, status = "open311-span", 400
    title = "The dates are too far from each other"
    detail = "From start_date to end_date there are at most {days} days, and the first is the earlier one."
    remedy = "Ask for a shorter span, or for several one after the other."

    def __init__(self, *, days: int) -> None:
        super().__init__(errors=[FieldError("query/start_date", "span", self.title)], days=days)


class FormNeeded(Problem):
    """The body is no form, as GeoReport wants it."""

    type, status = "open311-form-needed", 415
    title = "The body has to be a form"
    detail = "GeoReport takes application/x-www-form-urlencoded; the contract beside it takes JSON."
    remedy = "Send the fields as a form in UTF-8."
