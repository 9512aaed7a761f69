"""What an entry must have before it is published.

The five points of OMAI 136/2020 art. 8(3), the list of Regulation (EU) 2018/1724 (single digital
gateway) art. 10, the mandatory properties of CPSV-AP 3.2. What needs other tables to be looked at is
in `references`, what concerns the languages is in `parity`.
"""

from collections.abc import Iterator
from typing import Final

from hub_core.problem import FieldError

from . import parity
from .services import ChannelKind, MinimumAssurance, Service, ServiceStatus, Sophistication, SubmissionMode

_ELECTRONIC: Final = frozenset({ChannelKind.WEB, ChannelKind.MOBILE, ChannelKind.EMAIL})
_FULLY_ONLINE: Final = frozenset({ChannelKind.WEB, ChannelKind.MOBILE})

FORMATS: Final = "Say which types of electronic documents are taken (OMAI 136/2020 art. 8(3))."
SIGNATURES: Final = "Say which electronic signatures are taken (OMAI 136/2020 art. 8(3))."
RECEPTION: Final = "Say how electronic documents are received (OMAI 136/2020 art. 8(3))."
CHANNELS: Final = "Name at least one way to use the service."
AUDIENCES: Final = "Say whom the service is for."
STEPS: Final = "Describe the steps of the procedure (Regulation (EU) 2018/1724 art. 10(1)(a))."
EXCEPTIONS: Final = "Say what cannot be done online (Regulation (EU) 2018/1724 art. 10(1)(a))."
IDENTIFICATION: Final = "Say by what one may be identified (Regulation (EU) 2018/1724 art. 10(1)(c))."
REDRESS: Final = "Say what one can do against a decision (Regulation (EU) 2018/1724 art. 10(1)(e))."
COSTS: Final = "Name the rule of the fee, also when it is 0 (Regulation (EU) 2018/1724 art. 10(1)(f))."
TERM: Final = "Name the rule of a term, or the average time (Regulation (EU) 2018/1724 art. 10(1)(g))."
SILENCE: Final = "Say what silence means (Regulation (EU) 2018/1724 art. 10(1)(h))."
LANGUAGES: Final = "Name the languages the service is given in (Regulation (EU) 2018/1724 art. 10(1)(i))."
SUSPENSION: Final = "A suspension stands in a suspended service, and only there."
TEXTS: Final = (
    *(FORMATS, SIGNATURES, RECEPTION, CHANNELS, AUDIENCES, STEPS, EXCEPTIONS, IDENTIFICATION),
    *(REDRESS, COSTS, TERM, SILENCE, LANGUAGES, SUSPENSION),
)


def findings(service: Service) -> list[FieldError]:
    """What an entry lacks, and where its languages differ; empty when it could be published.

    Each finding has a JSON pointer into the entry, a stable code and an English message id.
    """
    return [*_missing(service), *parity.findings(service)]


def _missing(service: Service) -> Iterator[FieldError]:
    if not service.audiences:
        yield FieldError("/audiences", "audience-missing", AUDIENCES)
    if not service.channels:
        yield FieldError("/channels", "channel-missing", CHANNELS)
    if not service.languages:
        yield FieldError("/languages", "language-missing", LANGUAGES)
    if (service.suspension is not None) is not (service.status is ServiceStatus.SUSPENDED):
        yield FieldError("/suspension", "suspension-misplaced", SUSPENSION)
    yield from _missing_online(service)
    if service.sophistication is not Sophistication.INFORMATION:
        yield from _missing_in_procedure(service)


def _missing_online(service: Service) -> Iterator[FieldError]:
    """What belongs to a service that takes electronic documents, and to one that is not fully online."""
    kinds = {channel.kind for channel in service.channels}
    if not kinds.isdisjoint(_ELECTRONIC):
        if service.inputs and not service.accepted_formats:
            yield FieldError("/accepted_formats", "format-missing", FORMATS)
        if not service.accepted_signatures:
            yield FieldError("/accepted_signatures", "signature-missing", SIGNATURES)
        if service.reception is None:
            yield FieldError("/reception", "reception-missing", RECEPTION)
        if service.min_assurance is not MinimumAssurance.NONE and not service.identification:
            yield FieldError("/identification", "identification-missing", IDENTIFICATION)
    is_online = service.submission is SubmissionMode.ONLINE and not kinds.isdisjoint(_FULLY_ONLINE)
    if not is_online and service.exceptions is None:
        yield FieldError("/exceptions", "exception-missing", EXCEPTIONS)


def _missing_in_procedure(service: Service) -> Iterator[FieldError]:
    """What belongs to a procedure; a service that only informs has none of it."""
    if not service.steps:
        yield FieldError("/steps", "step-missing", STEPS)
    if not service.costs:
        yield FieldError("/costs", "cost-missing", COSTS)
    if service.legal_deadline is None and service.average_time is None and not service.further_terms:
        yield FieldError("/legal_deadline", "term-missing", TERM)
    if service.silence is None:
        yield FieldError("/silence", "silence-missing", SILENCE)
    if not service.redress:
        yield FieldError("/redress", "redress-missing", REDRESS)
