"""The headers of the upload protocol (tus 1.0.0), read and written."""

import re
from base64 import b64decode
from binascii import Error
from email.utils import format_datetime
from typing import Final

from ..domain.videos import State, Video
from ..errors.videos import UploadHeaderWrong
from ..operations.uploads import Announced, Checksum

METADATA_MAX: Final = 2048
_NUMBER: Final = re.compile(r"[0-9]{1,15}")
_KEY: Final = re.compile(r"[!-+\--~]{1,100}")
_SHA256: Final = re.compile(r"[0-9a-fA-F]{64}")
_DIGESTS: Final = {"sha1": 20, "sha256": 32}


def announced(length: str | None, metadata: str | None) -> Announced:
    """What Upload-Length and Upload-Metadata say; `UploadHeaderWrong`.

    The member `sha256` of the latter are 64 hexadecimal digits.
    """
    size = number(length, "Upload-Length")
    if not size:
        raise UploadHeaderWrong(name="Upload-Length")
    said = _members(metadata or "")
    if "sha256" not in said:
        return Announced(size, metadata or "")
    digits = said["sha256"].decode("ascii", "replace")
    if not _SHA256.fullmatch(digits):
        raise UploadHeaderWrong(name="Upload-Metadata")
    return Announced(size, metadata or "", bytes.fromhex(digits))


def number(said: str | None, name: str) -> int:
    """The number that a header is; `UploadHeaderWrong`."""
    if said is None or not _NUMBER.fullmatch(said):
        raise UploadHeaderWrong(name=name)
    return int(said)


def checksum(said: str | None) -> Checksum | None:
    """What Upload-Checksum says: an algorithm and a digest in base64; `UploadHeaderWrong`."""
    if said is None:
        return None
    algorithm, _, encoded = said.partition(" ")
    digest = _decoded(encoded, "Upload-Checksum")
    if len(digest) != _DIGESTS.get(algorithm):
        raise UploadHeaderWrong(name="Upload-Checksum")
    return Checksum(algorithm, digest)


def standing(video: Video) -> dict[str, str]:
    """What an answer says of how far a recording has come."""
    said = {"upload-offset": str(video.received), "cache-control": "no-store"}
    if video.state is State.RECEIVING:
        said["upload-expires"] = format_datetime(video.upload_by, usegmt=True)
    return said


def whole(video: Video) -> dict[str, str]:
    """The same, with what was announced of it."""
    said = standing(video) | {"upload-length": str(video.length)}
    return said | {"upload-metadata": video.metadata} if video.metadata else said


def _members(metadata: str) -> dict[str, bytes]:
    """The values by their keys, each of which stands once."""
    if len(metadata) > METADATA_MAX or not metadata.isascii():
        raise UploadHeaderWrong(name="Upload-Metadata")
    members: dict[str, bytes] = {}
    for pair in metadata.split(",") if metadata else ():
        key, _, value = pair.strip().partition(" ")
        if not _KEY.fullmatch(key) or key in members:
            raise UploadHeaderWrong(name="Upload-Metadata")
        members[key] = _decoded(value.strip(), "Upload-Metadata")
    return members


def _decoded(encoded: str, name: str) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except (Error, ValueError):
        raise UploadHeaderWrong(name=name) from None
