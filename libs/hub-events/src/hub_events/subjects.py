"""Subjects, streams and headers: what things are called at the broker."""

from typing import Final

DEAD_LETTERS: Final = "DEAD_LETTERS"
GRAVES: Final = "dead.>"
MESSAGE_ID: Final = "Nats-Msg-Id"
EVENT_SUBJECT: Final = "Hub-Subject"
"""Of a dead letter and its replay: the subject under which the event was published."""
EVENT_ID: Final = "Hub-Event-Id"
"""Of a dead letter and its replay: the event's id, which is its Nats-Msg-Id when first published."""
SOURCE: Final = "Hub-Source"
"""Of a dead letter: the service that published the event."""
REASON: Final = "Hub-Reason"
"""Of a dead letter: why it was buried, without a word of its data."""


def events_of(service: str) -> str:
    """Everything a service publishes."""
    return f"hub.{service}.>"


def grave_of(service: str, durable: str) -> str:
    """Where a service's consumer puts what it cannot handle."""
    return f"dead.{service}.{durable}"


def replays_of(source: str) -> str:
    """What is told again, in the stream of `source`, each to one consumer."""
    return f"replay.{source}.>"


def replay_for(source: str, service: str, durable: str) -> str:
    """Where one consumer of one service hears again what was in its grave."""
    return f"replay.{source}.{service}.{durable}"


def is_pattern(subject: str) -> bool:
    """Whether a subject has a wildcard: `*` for one token, `>` for the rest."""
    return "*" in subject or subject.endswith(">")


def covers(asked: str, subject: str) -> bool:
    """Whether who asks for a subject or pattern hears a subject."""
    wanted, tokens = asked.split("."), subject.split(".")
    if wanted[-1] == ">" and len(tokens) >= len(wanted):
        wanted, tokens = wanted[:-1], tokens[: len(wanted) - 1]
    return len(wanted) == len(tokens) and all(map(_fits, wanted, tokens))


def _fits(wanted: str, token: str) -> bool:
    return wanted in ("*", token)
