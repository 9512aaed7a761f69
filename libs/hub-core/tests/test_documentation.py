import doctest

from hub_core import cnp, problem


def test_the_examples_in_docstrings_hold() -> None:
    for module in (cnp, problem):
        assert doctest.testmod(module).failed == 0
