"""Problems of deciding about people."""

from typing import Final

from hub_core.problem import Problem

_AGAIN_AFTER: Final = "10"


class RegisterUnavailable(Problem):
    """A register of the state does not answer; nothing was decided and nothing stored."""

    type, status = "register-unavailable", 503
    title = "The register does not answer for the moment"
    detail = "The data could not be checked against the register. Nothing was stored."
    remedy = "Try again after the time that Retry-After gives."

    def __init__(self) -> None:
        super().__init__(headers={"retry-after": _AGAIN_AFTER})
