"""Who came to the counter with what, as it stands encrypted with a request."""

from typing import Final

from pydantic import TypeAdapter

from ..domain.counter import Visit
from ..keys import MasterKey
from . import holders

_VISITS: Final = TypeAdapter(tuple[Visit, ...])


def noted(papers: str | None, visit: Visit) -> str:
    """What stands with a request (`Request.papers`) after one more visit."""
    return _VISITS.dump_json((*read(papers), visit)).decode()


def read(papers: str | None) -> tuple[Visit, ...]:
    """The visits, the first one first."""
    return _VISITS.validate_json(papers) if papers else ()


def keys_of(key: MasterKey, visit: Visit) -> tuple[bytes, ...]:
    """By what a record of who came for another would be found, if a CNP was said."""
    visitor = visit.visitor
    return (holders.key_of(key, f"CNP:{visitor.cnp}"),) if visitor and visitor.cnp else ()
