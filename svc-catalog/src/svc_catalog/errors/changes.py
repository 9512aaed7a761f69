"""Problems with following the changes."""

from hub_core.problem import Problem


class CursorTooOld(Problem):
    """Deletions after the cursor are forgotten, or the log is another one."""

    type, status = "cursor-too-old", 410
    title = "The cursor is too old"
    detail = "What was deleted since this cursor is no longer known."
    remedy = "Begin again without a cursor, and drop from your copy what is not in the catalog any more."
