"""Builds the list of passwords that are refused because everybody tries them first.

    python svc-identity/tools/common_passwords.py <folder>

`<folder>` holds the unpacked wheels of Django and zxcvbn, whose lists of common passwords are read; with
them goes `ro_hu.txt`, our own. The licences are in NOTICE. To get the wheels:

    uv pip install --no-deps --target <folder> django==5.2.19 zxcvbn==4.5.0

The file that is written holds no password: the first five bytes of the SHA-256 of each, sorted.
"""

import ast
import gzip
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from svc_identity.common_passwords import ENTRY_BYTES, FILE
from svc_identity.domain.password import folded

_HERE: Final = Path(__file__).parent
_DJANGO: Final = "django/contrib/auth/common-passwords.txt.gz"
_ZXCVBN: Final = "zxcvbn/frequency_lists.py"
_SHORTEST: Final = 3


def main(folder: Path) -> None:
    """Write the file anew and say how many entries it has."""
    words = {folded(word) for source in (_django(folder), _zxcvbn(folder), _own()) for word in source}
    digests = {
        hashlib.sha256(word.encode()).digest()[:ENTRY_BYTES] for word in words if len(word) >= _SHORTEST
    }
    FILE.write_bytes(b"".join(sorted(digests)))
    sys.stdout.write(f"{len(digests)} passwords in {FILE.name}\n")


def _django(folder: Path) -> Iterator[str]:
    with gzip.open(folder / _DJANGO, "rt", encoding="utf-8") as lines:
        yield from (line.strip() for line in lines)


def _zxcvbn(folder: Path) -> Iterator[str]:
    """The list `passwords` of the module, read without running it: a text that is split at its commas."""
    module = ast.parse((folder / _ZXCVBN).read_text("utf-8"))
    for table in (node for node in ast.walk(module) if isinstance(node, ast.Dict)):
        for key, value in zip(table.keys, table.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "passwords":
                texts = [str(part.value) for part in ast.walk(value) if isinstance(part, ast.Constant)]
                yield from max(texts, key=len).split(",")


def _own() -> Iterator[str]:
    for line in (_HERE / "ro_hu.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


if __name__ == "__main__":
    main(Path(sys.argv[1]))
