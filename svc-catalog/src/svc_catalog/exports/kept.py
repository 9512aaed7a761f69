"""Documents that were dear to make, kept in memory until they are too many."""

from collections.abc import Hashable


class Kept:
    """The documents used last, of at most so many bytes together; the newest is kept at any length."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._documents: dict[Hashable, bytes] = {}

    def get(self, key: Hashable) -> bytes | None:
        """The document of a key, if it is kept."""
        found = self._documents.pop(key, None)
        if found is not None:
            self._documents[key] = found
        return found

    def put(self, key: Hashable, document: bytes) -> None:
        """Keep a document, and let go of those that were not used for the longest time."""
        self._documents.pop(key, None)
        self._documents[key] = document
        while len(self._documents) > 1 and sum(map(len, self._documents.values())) > self._most:
            del self._documents[next(iter(self._documents))]
