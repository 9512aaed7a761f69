"""Problems of deciding about people."""

from typing import Final

from hub_core.problem import Problem

_AGAIN_AFTER: Final = "10"


class OwnCase(Problem):
    """The official would decide on themselves, their spouse or a relative."""

    type, status = "own-case", 403
    title = "You may not decide in this case"
    detail = "Nobody decides about themselves, their spouse or their relatives."
    remedy = "Leave the case to a colleague."


class RegisterUnavailable(Problem):
    """A register of the state does not answer; nothing was decided and nothing stored."""

    type, status = "register-unavailable", 503
    title = "The register does not answer for the moment"
    detail = "The data could not be checked against the register. Nothing was stored."
    remedy = "Try again after the time that Retry-After gives."

    def __init__(self) -> None:
        super().__init__(headers={"retry-after": _AGAIN_AFTER})
