"""What people come and call about, from `data/topics.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def topics() -> Mapping[str, Mapping[str, str]]:
    """The names of the topics by language, by code, in the order of the file."""
    text = (files(__package__.rpartition(".")[0]) / "data/topics.toml").read_text()
    read: Mapping[str, Mapping[str, str]] = tomllib.loads(text)["topic"]
    return read
