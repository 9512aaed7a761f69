"""Being told to fail, so that a test can see how senders take it."""


class Refusal:
    """Whether to refuse the next message, and with which SMTP code (400 to 499); 0 takes it."""

    def __init__(self, code: int = 0) -> None:
        self._code = code
        self._times: int | None = None

    def begin(self, code: int, times: int | None) -> None:
        """Refuse with this code, that many times; for ever if `None`."""
        self._code, self._times = code, times

    def end(self) -> None:
        """Take messages again."""
        self._code = 0

    def next(self) -> int:
        """The code for the message at hand; 0 when it is to be taken."""
        code = self._code
        if code and self._times is not None:
            self._times -= 1
            if self._times == 0:
                self.end()
        return code
