"""Form bodies and queries, read strictly."""

from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from ..domain.parameters import Parameters
from ..errors.oauth import OAuthError

_MOST_FIELDS: Final = 64
_FORM: Final = "application/x-www-form-urlencoded"


async def read_body(request: Request) -> Parameters:
    """The parameters of a form body; `OAuthError` (`invalid_request`) when it is none."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _FORM:
        raise OAuthError("invalid_request", f"the body must be {_FORM}")
    return _read(await request.body())


def read_query(request: Request) -> Parameters:
    """The parameters of the address; `OAuthError` (`invalid_request`) when it cannot be read."""
    return _read(request.url.query.encode())


def _read(encoded: bytes) -> Parameters:
    try:
        pairs = parse_qsl(
            encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError as error:
        raise OAuthError("invalid_request", "the parameters cannot be read") from error
    return Parameters(pairs)
