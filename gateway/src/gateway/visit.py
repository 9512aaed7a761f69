"""One request on its way through the gateway, and what was decided about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hub_core.language import Language, negotiate

from .headers import Fields, Pair
from .limits import Policy, Verdict
from .table import Terms
from .tokens import Grant
from .tracing import Trace

CLIENT_LEFT: Final = 499
"""The status, in log and trace, of a request whose client went away: nobody is left to answer."""


@dataclass(frozen=True, slots=True)
class Head:
    """A request before its body. `path` and `query` are as they came, header names in lower case."""

    method: str
    path: bytes
    query: bytes
    headers: Sequence[Pair]
    version: str
    client: str


@dataclass(slots=True)
class Visit:
    """The request, and the decisions as they fall. `bound` says that it shows its token with DPoP.

    `began` is monotonic, in seconds. `terms` stays `None` for the gateway's own pages. `counted` says by
    which policy, and how that ended. The transport fills in `status` and `sent`, the bytes of the
    answer's body.
    """

    head: Head
    fields: Fields
    trace: Trace
    request_id: bytes
    began: float
    path: str = ""
    terms: Terms | None = None
    preflight: bool = False
    bound: bool = False
    authorization: bytes | None = None
    grant: Grant | None = None
    counted: tuple[Policy, Verdict] | None = None
    template: str = "-"
    status: int = 0
    sent: int = 0

    @property
    def language(self) -> Language:
        """The caller's language."""
        return negotiate(self.fields.known.get(b"accept-language", b"").decode("latin-1"))
