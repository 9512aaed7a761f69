"""What stands against a request for a certificate; texts are English message ids (see `locale/`)."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from hub_core.problem import FieldError, Problem

_COUNTER: Final = "Come to a police counter that issues certificates; it is free there as well."


class CertificateRequestNotFound(Problem):
    """No such request, or another person's: the two look the same on purpose."""

    type, status = "certificate-request-not-found", 404
    title = "The request was not found"
    detail = "You have no request with this identifier."
    remedy = "Check the identifier, and that you are signed in with the account that asked."


class MotiveUnknown(Problem):
    """The motive is not in the list of the day."""

    type, status = "motive-unknown", 422
    title = "The motive is not in the list"
    detail = "Today's list of motives does not have this one."
    remedy = "Choose one of the listed motives; the other motive takes your own words."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/motive", self.type, self.detail)])


class MotiveTextMisplaced(Problem):
    """Words where the motive of the list says it all, or none where it does not."""

    type, status = "motive-text-misplaced", 422
    title = "Words go with the other motive, and only with it"
    detail = "The other motive has to be said in words; a motive of the list takes none."
    remedy = "Say in motive_text what the certificate is for, or leave it out."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/motive_text", self.type, self.detail)])


class HolderUnknown(Problem):
    """No register vouches for the person whose record it is."""

    type, status = "holder-unknown", 403
    title = "Your identity is not known well enough"
    detail = "Certificates are issued online to people whose identity the population register has confirmed."
    remedy = "Have your account validated, online or at a counter, then ask again."


class HolderHasDied(Problem):
    """The person whose record it is has died."""

    type, status = "holder-has-died", 403
    title = "No certificate can be asked for"
    detail = "The population register has recorded the death of the person."
    remedy = "If that is an error, the registry office of the place of residence corrects it."


class HolderTooYoung(Problem):
    """Who is under age asks at a counter."""

    type, status = "holder-too-young", 403
    title = "Minors ask at a counter"
    detail = "Online this is open from the age of {age} years."
    remedy = _COUNTER


class NotRomanian(Problem):
    """Who is no Romanian citizen asks at a counter (Joint Order 150/21.085/2023)."""

    type, status = "not-romanian-citizen", 403
    title = "Online for Romanian citizens only"
    detail = "Certificates are issued online to Romanian citizens."
    remedy = _COUNTER


class MandateDoesNotCarry(Problem):
    """The mandate is not in force, or is for something else."""

    type, status = "mandate-does-not-carry", 403
    title = "The mandate does not cover this"
    detail = "It has ended, or it was given for another service or another purpose."
    remedy = "Ask the person you act for to give a mandate for this purpose."


class OrganisationNotRegistered(Problem):
    """Online only for legal persons in the trade register, by who represents them there."""

    type, status = "organisation-not-registered", 403
    title = "Not online for this organisation"
    detail = "Only an organisation in the trade register may ask online, through its legal representative."
    remedy = _COUNTER


class AskedAlready(Problem):
    """One request a day for a holder and a motive; `request_id` is named to whose request it is only."""

    type, status = "certificate-asked-already", 409
    title = "It was asked for today already"
    detail = "There is one request a day for each motive, whoever asks."
    remedy = "Use the certificate of today's request, or choose another motive."
    yours: Final = "Your request of today has the identifier {request_id}."

    def __init__(self, request_id: UUID | None, location: str = "") -> None:
        named = {"request_id": str(request_id)}
        errors = [FieldError("/motive", self.type, self.yours, named)] if request_id else []
        super().__init__(errors=errors, headers={"location": location} if request_id else {})


class RequestState(Problem):
    """The request is in a state from which there is no way there."""

    type, status = "certificate-request-state", 409
    title = "The request has gone on"
    detail = "It is {state}; from there it can become: {possible}."
    remedy = "Read the request again."

    def __init__(self, state: str, possible: Collection[str]) -> None:
        super().__init__(state=state, possible=", ".join(sorted(possible)) or "-")
