"""One-time codes of authenticator apps (RFC 6238): HMAC-SHA-1, six digits, steps of 30 seconds.

These are the parameters that every app takes; others are passed over by many without a word.
"""

import hmac
from datetime import datetime
from typing import Final

import pyotp
import segno

DIGITS: Final = 6
_STEP_SECONDS: Final = 30
_DRIFT: Final = 1
"""Steps that an app's clock may be off (RFC 6238, 5.2)."""


def make_secret() -> str:
    """A new secret in base32, 160 bits (RFC 4226, 4, R6)."""
    return pyotp.random_base32()


def address(secret: str, owner: str, issuer: str) -> str:
    """The `otpauth` address that an app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=owner, issuer_name=issuer)


def picture(text: str) -> str:
    """A QR code of the text, as SVG to stand in a page: no script, no style, dark on light."""
    return segno.make(text, error="m", micro=False).svg_inline(
        scale=5, border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )


def step_of(secret: str, code: str, last_step: int, now: datetime) -> int | None:
    """The time step that a code is of; none when it is wrong, or of a step that was used already."""
    present = int(now.timestamp()) // _STEP_SECONDS
    one_time = pyotp.TOTP(secret)
    found = None
    for step in range(present - _DRIFT, present + _DRIFT + 1):
        # every step is compared, so that the time taken says nothing
        if hmac.compare_digest(one_time.generate_otp(step).encode(), code.encode()) and step > last_step:
            found = step
    return found
