"""The files of this service: when their store is away, the caller is told to come again."""

from hub_documents.store import Store, Stored, StoreUnavailable

from ..errors.certificates import DocumentsUnavailable


class Files(Store):
    """A store whose `put` and `get` raise `DocumentsUnavailable` when it does not answer."""

    async def put(self, name: str, content: bytes) -> Stored:
        """As `Store.put`."""
        try:
            return await super().put(name, content)
        except StoreUnavailable as away:
            raise DocumentsUnavailable from away

    async def get(self, name: str) -> bytes:
        """As `Store.get`."""
        try:
            return await super().get(name)
        except StoreUnavailable as away:
            raise DocumentsUnavailable from away
