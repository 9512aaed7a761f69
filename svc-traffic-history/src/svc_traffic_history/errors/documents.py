"""What stands against making and reading documents; texts are English message ids (see `locale/`)."""

from hub_core.problem import Problem


class TrafficSealAway(Problem):
    """The certificate of the seal was revoked: nothing is sealed until there is another."""

    type, status = "traffic-seal-away", 503
    title = "Nothing can be sealed for the moment"
    detail = "The electronic seal of the traffic police is being replaced. Nothing was issued."
    remedy = "Try again after the time that Retry-After gives."

    def __init__(self) -> None:
        super().__init__(headers={"retry-after": "3600"})


class TrafficStoreAway(Problem):
    """The store of documents and recordings does not answer."""

    type, status = "traffic-store-away", 503
    title = "Documents cannot be stored or read for the moment"
    detail = "The store of the documents does not answer. Nothing was changed."
    remedy = "Try again after the time that Retry-After gives."

    def __init__(self) -> None:
        super().__init__(headers={"retry-after": "30"})
