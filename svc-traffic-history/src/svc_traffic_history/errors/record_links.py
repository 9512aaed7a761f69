"""What stands against a link to a history document; texts are English message ids (see `locale/`)."""

from hub_core.problem import Problem


class RecordLinkClosed(Problem):
    """There is no such link, it has ended, was revoked, or was opened often enough: all look the same."""

    type, status = "record-link-closed", 404
    title = "This link opens nothing"
    detail = "There is no such link, or it is no longer open."
    remedy = "Compare the link letter by letter, or ask the holder of the document for a new one."


class RecordLinkNotFound(Problem):
    """No such link of this document."""

    type, status = "record-link-not-found", 404
    title = "The link was not found"
    detail = "Your document has no link with this identifier."
    remedy = "List the links of the document."


class RecordLinkEndWrong(Problem):
    """The end lies in the past, or too far away."""

    type, status = "record-link-end-wrong", 422
    title = "The link cannot end then"
    detail = "A link ends in the future, and at most {days} days from now."
    remedy = "Choose an earlier or a later end."


class RecordLinkOpeningsWrong(Problem):
    """More openings than the rule allows."""

    type, status = "record-link-openings-wrong", 422
    title = "The link cannot be opened so often"
    detail = "A link is opened at most {most} times."
    remedy = "Choose a smaller number."


class TooManyRecordLinks(Problem):
    """So many links to one document are open."""

    type, status = "too-many-record-links", 409
    title = "Too many links to this document are open"
    detail = "At most {most} links to one document are open at the same time."
    remedy = "Revoke one that is no longer needed."


class RecordLinkTriedTooOften(Problem):
    """Links were tried too often from this network."""

    type, status = "record-link-tried-too-often", 429
    title = "Links were tried too often"
    detail = "More links were tried from your network than the limit allows."
    remedy = "Wait for the time that Retry-After gives, then try again."
