from typing import ClassVar

from hub_core.problem import FieldError, Problem


class SlotTaken(Problem):
    type: ClassVar[str] = "seat-taken"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "The slot is taken"


def test_a_problem_carries_its_facts_and_says_only_its_type() -> None:
    error = FieldError("/slot_id", "taken", "Choose another slot")
    problem = SlotTaken(errors=[error], headers={"Retry-After": "5"}, email="ana@example.org")
    assert (problem.type, problem.status, problem.errors) == ("seat-taken", 409, (error,))
    assert problem.headers == {"Retry-After": "5"}
    assert problem.facts == {"email": "ana@example.org"}
    assert str(problem) == "seat-taken"
