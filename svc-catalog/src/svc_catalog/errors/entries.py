"""Problems of working on entries."""

from collections.abc import Iterable, Sequence

from hub_core.problem import FieldError, Problem


class EntryStepRefused(Problem):
    """The entry stands where this step is not possible."""

    type, status = "entry-state", 409
    title = "The entry does not stand where this is possible"
    detail = "The entry is {state}. Open steps: {steps}."
    remedy = "Read the entry again, then take one of the open steps."

    def __init__(self, state: str, steps: Iterable[str]) -> None:
        super().__init__(state=state, steps=", ".join(steps) or "-")


class EntryExists(Problem):
    """An entry has this code already."""

    type, status = "entry-exists", 409
    title = "The code is taken"
    detail = "The catalog has an entry with this code already."
    remedy = "Open a new version of that entry, or choose another code."


class EntryIncomplete(Problem):
    """The version cannot be published: `errors` names each finding with a pointer into its content."""

    type, status = "entry-incomplete", 422
    title = "The entry cannot be published as it is"
    detail = "Each finding is listed under errors."
    remedy = "Return the version to its provider with the findings, or have them corrected."

    def __init__(self, findings: Sequence[FieldError]) -> None:
        super().__init__(errors=findings)
