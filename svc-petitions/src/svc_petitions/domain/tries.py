"""What is counted here; how often it may be tried stands in the rule tables."""

from enum import StrEnum
from typing import Final

from hub_core.tries import Limits


class Counted(StrEnum):
    """What is counted."""

    CODES_TO_EMAIL = "codes-to-email"
    CODES_FROM_ADDRESS = "codes-from-address"
    GUESTS_FROM_ADDRESS = "guests-from-address"
    UPLOADS_FROM_ADDRESS = "uploads-from-address"
    STATUS_OF_NUMBER = "status-of-number"
    STATUS_FROM_ADDRESS = "status-from-address"
    STATUS_OF_OPERATOR = "status-of-operator"


LIMITS: Final = Limits(
    "petition.tries-period",
    {
        Counted.CODES_TO_EMAIL: "petition.codes-email",
        Counted.CODES_FROM_ADDRESS: "petition.codes-address",
        Counted.GUESTS_FROM_ADDRESS: "petition.guests-address",
        Counted.UPLOADS_FROM_ADDRESS: "petition.uploads-address",
        Counted.STATUS_OF_NUMBER: "petition.status-number",
        Counted.STATUS_FROM_ADDRESS: "petition.status-address",
        Counted.STATUS_OF_OPERATOR: "petition.status-address",
    },
)
