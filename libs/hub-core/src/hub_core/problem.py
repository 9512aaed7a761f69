"""Problems: one class of error is one problem type (RFC 9457)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one member of the request.

    `pointer` is a JSON pointer into the body (RFC 6901), or `query/<name>`, `path/<name>`,
    `header/<name>`; `code` is stable for programs; `detail` is an English message id for people,
    whose `{name}` is filled from `facts`, which hold nothing that was sent.
    """

    pointer: str
    code: str
    detail: str
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)


class Problem(Exception):
    """An error that a caller can meet; subclasses say which one.

    `type` is the slug of the page under `/problems/`; `title`, `detail` and `remedy` are English
    message ids, translated when shown. `{name}` in `detail` is filled from the keyword arguments.

    >>> class SlotTaken(Problem):
    ...     type, status, title = "slot-taken", 409, "The slot is taken"
    """

    type: ClassVar[str] = "about:blank"
    status: ClassVar[int] = 500
    title: ClassVar[str]
    detail: ClassVar[str] = ""
    remedy: ClassVar[str] = ""

    def __init__(
        self,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(self.type)
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.facts = facts
