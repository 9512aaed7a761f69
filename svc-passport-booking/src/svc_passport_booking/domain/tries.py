"""What is counted here; how often it may be tried stands in the rule tables."""

from enum import StrEnum
from typing import Final

from hub_core.tries import Limits


class Counted(StrEnum):
    """What is counted."""

    BOOKINGS_OF_PERSON = "bookings-of-person"
    BOOKINGS_OF_CNP = "bookings-of-cnp"
    BOOKINGS_FROM_ADDRESS = "bookings-from-address"
    CODES_TO_EMAIL = "codes-to-email"
    CODES_FROM_ADDRESS = "codes-from-address"
    DIGITS_OF_APPOINTMENT = "digits-of-appointment"
    LOOKUPS_OF_CODE = "lookups-of-code"
    LOOKUPS_FROM_ADDRESS = "lookups-from-address"
    STATES_OF_APPLICATION = "states-of-application"
    STATES_FROM_ADDRESS = "states-from-address"


LIMITS: Final = Limits(
    "booking.tries-period",
    {
        Counted.BOOKINGS_OF_PERSON: "booking.tries-person",
        Counted.BOOKINGS_OF_CNP: "booking.tries-person",
        Counted.BOOKINGS_FROM_ADDRESS: "booking.tries-address",
        Counted.CODES_TO_EMAIL: "booking.codes-email",
        Counted.CODES_FROM_ADDRESS: "booking.codes-address",
        Counted.DIGITS_OF_APPOINTMENT: "booking.digits-tries",
        Counted.LOOKUPS_OF_CODE: "booking.lookups-code",
        Counted.LOOKUPS_FROM_ADDRESS: "booking.lookups-address",
        Counted.STATES_OF_APPLICATION: "booking.states-application",
        Counted.STATES_FROM_ADDRESS: "booking.states-address",
    },
)
