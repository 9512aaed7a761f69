"""Problems of what officials and petitioners do with files."""

from hub_core.problem import FieldError, Problem


class ConflictOfInterest(Problem):
    """The official is the one complained of, or works under them."""

    type, status = "conflict-of-interest", 403
    title = "Somebody else has to work on this petition"
    detail = "A petition is not solved by the person it complains of, nor by who works under them."
    remedy = "Give the file to somebody who is known not to work under the person complained of."


class AuthorityComplainedOf(Problem):
    """The petition is against the head of the institution: nobody there may solve it."""

    type, status = "authority-complained-of", 409
    title = "The petition complains of the head of this institution"
    detail = "Everybody at the institution works under the person complained of."
    remedy = "Send the petition on to the authority above."


class NotTheHandler(Problem):
    """The file is another handler's."""

    type, status = "not-the-handler", 403
    title = "Another official works on this file"
    detail = "Only the official to whom the file was given takes this step."
    remedy = "Ask the head to give you the file."


class HandlerElsewhere(Problem):
    """The handler does not work in the compartment that gets the file."""

    type, status = "handler-elsewhere", 422
    title = "The handler does not work in this compartment"
    detail = "A file is given to an official who works in the compartment that gets it."
    remedy = "Choose somebody who works there, or enter them there first."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/handler_id", self.type, self.detail)])


class ExtendedAlready(Problem):
    """The term was extended before; it is extended once."""

    type, status = "extended-already", 409
    title = "The term was extended already"
    detail = "The term of an answer is extended once."
    remedy = "Answer within the term as it was extended."


class TermHasPassed(Problem):
    """The term is over: it is extended before its end, or not at all."""

    type, status = "term-has-passed", 409
    title = "The term is over"
    detail = "A term is extended before its last day has passed."
    remedy = "Answer as soon as possible; that it is late stays visible."


class ExtensionTooLong(Problem):
    """More days than the law allows."""

    type, status = "extension-too-long", 422
    title = "The extension is too long"
    detail = "The term of an answer is extended by at most {days} days."
    remedy = "Give fewer days."

    def __init__(self, days: int) -> None:
        super().__init__(days=days, errors=[FieldError("/days", self.type, self.title)])


class CrimeReportGoesOn(Problem):
    """What reports a crime is not withdrawn."""

    type, status = "crime-report-goes-on", 409
    title = "This petition cannot be withdrawn"
    detail = "What reports a crime is looked into, also when who reported it does not want it any more."
    remedy = "Write to the institution, if you want to add something."


class NotAnsweredBefore(Problem):
    """No earlier petition of the same petitioner with an answer."""

    type, status = "not-answered-before", 409
    title = "There is no earlier answer"
    detail = "A petition is filed away as repeated when an earlier one of the same petitioner was answered."
    remedy = "Name the earlier petition, join the two while that one is open, or give it to a handler."


class NotAnonymous(Problem):
    """Somebody stands behind the petition."""

    type, status = "petition-not-anonymous", 409
    title = "The petition is not anonymous"
    detail = "Somebody with an account, or with a name and an address, has signed it."
    remedy = "Give it to a handler."


class CrimeNotSentOn(Problem):
    """What reports a crime goes to who looks into crimes, also when it is filed away."""

    type, status = "crime-report-not-sent-on", 409
    title = "This reports a crime"
    detail = "What reports a crime is sent to the police or the prosecutor, also when it is filed away."
    remedy = "Say to whom it is sent."


class AnswerWanted(Problem):
    """Its sender wants an answer."""

    type, status = "answer-wanted", 409
    title = "An answer is wanted"
    detail = "Only a suggestion whose sender wants no answer is filed away for that."
    remedy = "Give it to a handler."


class SaysSomethingNew(Problem):
    """A petition that says something new is a new petition."""

    type, status = "says-something-new", 409
    title = "The petition says something new"
    detail = "With one new fact in it a petition is a new one, and is answered."
    remedy = "Give it to a handler."


class AlreadySentOn(Problem):
    """The addressee has sent this file on before."""

    type, status = "already-sent-on", 409
    title = "This institution has sent the petition on before"
    detail = "A petition does not go round in a circle between institutions."
    remedy = "Choose another addressee, or say why it goes there again."


class ForwardedToItself(Problem):
    """The addressee is the institution that has the file."""

    type, status = "forwarded-to-itself", 422
    title = "The file is already at this institution"
    detail = "A petition is sent on to another institution."
    remedy = "Choose another addressee."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/institution_id", self.type, self.detail)])


class NothingToJoin(Problem):
    """None of the petitions can be joined to this one."""

    type, status = "nothing-to-join", 409
    title = "There is nothing to join"
    detail = "Petitions are joined that are of the same petitioner, open, and lead no others."
    remedy = "Look at the list of the petitioner's open petitions."


class LeadsOthers(Problem):
    """A file that leads others cannot take this step."""

    type, status = "file-leads-others", 409
    title = "Other petitions are joined to this one"
    detail = "While others are joined to it, its step decides for them as well."
    remedy = "Take the others out first."


class DraftMissing(Problem):
    """No draft is in hand."""

    type, status = "draft-missing", 409
    title = "There is no draft"
    detail = "No answer has been drafted for this file, or the last draft was returned."
    remedy = "Read the file again."


class NoClarificationAsked(Problem):
    """No question waits for the petitioner."""

    type, status = "no-clarification-asked", 409
    title = "No clarification was asked for"
    detail = "No question of the institution waits for your answer, or you have answered it."
    remedy = "Read the petition again."


class NotAnsweredYet(Problem):
    """There is no answer yet."""

    type, status = "petition-not-answered", 404
    title = "There is no answer yet"
    detail = "The institution has not answered this petition."
    remedy = "The petition says by which day it is to be answered."
