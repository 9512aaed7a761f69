import doctest

from hub_core import cnp, problem, rules


def test_the_examples_in_docstrings_hold() -> None:
    for module in (cnp, problem, rules):
        assert doctest.testmod(module).failed == 0
