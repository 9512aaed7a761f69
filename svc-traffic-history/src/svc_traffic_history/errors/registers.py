"""When a register of the police does not answer, or knows nobody."""

from hub_core.problem import Problem


class DriverRegisterUnavailable(Problem):
    """The police register did not answer in time."""

    type, status = "driver-register-unavailable", 503
    title = "The register of drivers does not answer"
    detail = "The register of the traffic police cannot be asked for the moment."
    remedy = "Try again after the time that Retry-After gives."

    def __init__(self) -> None:
        super().__init__(headers={"retry-after": "30"})


class VehicleRegisterUnavailable(Problem):
    """The register of vehicles did not answer in time."""

    type, status = "vehicle-register-unavailable", 503
    title = "The register of vehicles does not answer"
    detail = "The register of vehicles cannot be asked for the moment."
    remedy = "Try again after the time that Retry-After gives."

    def __init__(self) -> None:
        super().__init__(headers={"retry-after": "30"})


class DriverIdentityNeeded(Problem):
    """The population register has not confirmed who the person is."""

    type, status = "driver-identity-needed", 403
    title = "Your identity is not confirmed"
    detail = "A driver's record is shown to whom the population register has confirmed."
    remedy = "Have your account validated, online or at a counter, then ask again."


class DriverNotFound(Problem):
    """The police register knows nobody with this number, or there is no such driver."""

    type, status = "driver-not-found", 404
    title = "The driver was not found"
    detail = "No driver has this identifier or this number."
    remedy = "Check the number on the driver's document, then ask again."
