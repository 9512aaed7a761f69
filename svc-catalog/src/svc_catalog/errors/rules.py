"""Problems with legal numbers."""

from hub_core.problem import Problem


class RuleNotFound(Problem):
    """No rule has this code."""

    type, status = "rule-not-found", 404
    title = "The rule is not in the catalog"
    detail = "No legal number has this code."
    remedy = "Look for the rule in the list of rules."


class RuleNotInForce(Problem):
    """The rule has no value on the day that was asked for."""

    type, status = "rule-not-in-force", 404
    title = "The rule has no value on that day"
    detail = "The rule {code} has no value on {day}."
    remedy = "Ask for a day on which the rule holds; without a day the whole table is shown."


class RuleChangeNotFound(Problem):
    """No change of a rule has this identifier."""

    type, status = "rule-change-not-found", 404
    title = "The change of a rule was not found"
    detail = "No change of a rule has this identifier."
    remedy = "Look for it in the list of changes."


class RuleChangeDecided(Problem):
    """The change was published or rejected before; both are final."""

    type, status = "rule-change-decided", 409
    title = "The change was decided before"
    detail = "The change is in the state {state}, from which no step is open."
    remedy = "Propose a new change if one is still needed."


class RuleChangeOutdated(Problem):
    """The table was changed after the change was proposed."""

    type, status = "rule-change-outdated", 409
    title = "The table has changed since this change was proposed"
    detail = "Another change of the same rule was published in the meantime."
    remedy = "Reject this change, read the table again and propose the change on its current version."


class RuleDaysWrong(Problem):
    """The change would leave a day without a value, or with two."""

    type, status = "rule-days-wrong", 422
    title = "The days of the rule do not fit"
    detail = "After this change a day would have no value, or two values."
    remedy = (
        "A new value begins on a day on which no other begins; a correction begins on the same day as the "
        "value that it replaces. Leave out the last day to keep that of the value before."
    )


class RuleKindWrong(Problem):
    """A list of codes without its codes, or codes where the rule has a number."""

    type, status = "rule-kind-wrong", 422
    title = "The value is not of the rule's kind"
    detail = "The values of this rule are in {unit}; codes stand in a list of codes, each once."
    remedy = "Give a number for a rule with a number, and 0 with the codes for a list of codes."
