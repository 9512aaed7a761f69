"""Personal numbers in what machines keep: logs, events, spans."""

import re
from collections.abc import Iterator
from typing import Final

from hub_core import cnp
from hub_core.cnp import Cnp

_TRACE_OR_SPAN: Final = re.compile(r"\b(?=[0-9]*[a-f])(?:[0-9a-f]{32}|[0-9a-f]{16})\b")


def personal_numbers(text: str) -> Iterator[Cnp]:
    """Every CNP in a text, but for those that chance writes into the id of a trace or a span.

    About one random id of a trace (W3C Trace Context: 32 hexadecimal digits) in 75,000 holds thirteen
    decimal digits in a row that are a valid CNP, and a suite makes thousands of them.
    """
    return cnp.find(_TRACE_OR_SPAN.sub("", text))
