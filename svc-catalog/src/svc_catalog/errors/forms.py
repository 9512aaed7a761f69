"""Problems with forms."""

from hub_core.problem import Problem


class FormNotFound(Problem):
    """No published form has this code, or not in this version."""

    type, status = "form-not-found", 404
    title = "The form is not in the catalog"
    detail = "No published form has this code and version."
    remedy = "Read the service: it names its form; without a version the newest is given."


class FormDataInvalid(Problem):
    """The data do not fit the form: `errors` names each member with a JSON pointer."""

    type, status = "form-data-invalid", 422
    title = "Some answers in the form have to be corrected"
    detail = "Each answer that is missing or wrong is listed under errors."
    remedy = "Correct the listed answers and send the form again."


class PrefillUnavailable(Problem):
    """What the hub knows of the person cannot be asked for just now; the form works without it."""

    type, status = "prefill-unavailable", 503
    title = "Your data cannot be filled in for the moment"
    detail = "The form can be used: fill it in by hand, or try again in a moment."
    remedy = "Fill the form in by hand, or try again after the time that Retry-After gives."
