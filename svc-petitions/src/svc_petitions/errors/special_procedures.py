"""The problem of who sends as a petition what is none (texts: see `locale/`)."""

from hub_core.problem import FieldError, Problem


class SpecialProcedureApplies(Problem):
    """It has a procedure of its own; its guidance comes with it, and nothing is registered."""

    type, status = "special-procedure-applies", 422
    title = "This has a procedure of its own"
    detail = "What you wrote is not handled as a petition. Nothing was registered, and no term has begun."
    remedy = "Follow the guidance under errors. If it is a petition all the same, send it with is_petition."

    def __init__(self, code: str, guidance: str, days: int | None) -> None:
        super().__init__(errors=[FieldError("/text", code, guidance, {} if days is None else {"days": days})])
