"""Why the right to drive is suspended, and the rule that says for how long."""

from enum import StrEnum


class Ground(StrEnum):
    """Why the right to drive is suspended (OUG 195/2002 art. 100-103)."""

    POINTS = "POINTS"
    POINTS_AGAIN = "POINTS_AGAIN"
    CLASS_2 = "CLASS_2"
    CLASS_3 = "CLASS_3"
    SPEED_50 = "SPEED_50"
    SPEED_70 = "SPEED_70"
    CRIME = "CRIME"

    @property
    def rule_part(self) -> str:
        """The ground as codes of rules name it."""
        return self.value.lower().replace("_", "-")

    @property
    def days_rule(self) -> str:
        """The rule that says for how many days."""
        return f"traffic.suspension-{self.rule_part}"
