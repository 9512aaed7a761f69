"""Problems of looking after one's own data."""

from collections.abc import Iterable

from hub_core.problem import Problem


class AlreadyDisputed(Problem):
    """The person has disputed this access before."""

    type, status = "already-disputed", 409
    title = "You have disputed this access already"
    detail = "There is a dispute of yours about this access."
    remedy = "Look at your disputes: the answer will stand there."


class NoOfficial(Problem):
    """The access was not made by an official, so no institution can answer for it."""

    type, status = "no-official", 409
    title = "No institution answers for this access"
    detail = "This access was made by somebody who acts for you, not by an official."
    remedy = "If you do not want it, end the mandate of the person who acts for you."


class StateForbids(Problem):
    """The transition is not open in the state of the request."""

    type, status = "state-forbids", 409
    title = "This is not possible any more"
    detail = "The state is {state}. What is possible now: {open}."
    remedy = "Read it again and choose one of the transitions that are open."

    def __init__(self, state: str, transitions: Iterable[str]) -> None:
        super().__init__(state=state, open=", ".join(sorted(transitions)) or "-")


class TermOver(Problem):
    """The extension comes after the first month (GDPR art. 12(3))."""

    type, status = "term-over", 409
    title = "The term can no longer be extended"
    detail = "An extension is told, with its reasons, within the first month. That ended on {due_on}."
    remedy = "Answer the request now."


class ProcessingRestricted(Problem):
    """The person has had the processing of their data restricted (GDPR art. 18)."""

    type, status = "processing-restricted", 409
    title = "The processing of this person's data is restricted"
    detail = "Until the restriction ends the data are stored only, save for what a law requires."
    remedy = "Ask the data protection officer of your institution."


class ExportNotReady(Problem):
    """The copy is still being made."""

    type, status = "export-not-ready", 409
    title = "Your copy is not ready yet"
    detail = "The copy of your data is still being made."
    remedy = "Come back in a few minutes."


class ExportExpired(Problem):
    """The copy was deleted after its term."""

    type, status = "export-expired", 410
    title = "This copy is no longer there"
    detail = "A copy of your data is kept for 7 days and then deleted."
    remedy = "Ask for a new copy."


class StillInOffice(Problem):
    """An official's account cannot be deleted while an appointment runs."""

    type, status = "still-in-office", 409
    title = "You act for an institution"
    detail = "Your account cannot be deleted while you are an official of an institution."
    remedy = "Have your appointment ended first."
