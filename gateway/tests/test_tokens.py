import asyncio
from dataclasses import dataclass

import pytest

from gateway import tokens
from gateway.tokens import Grant, Tokens
from hub_core.problem import Problem
from hub_service.problems import InvalidToken, ServiceUnavailable

TOKEN = b"hub_at_" + b"a" * 43
OTHER = b"hub_at_" + b"b" * 43


@dataclass
class News:
    connected: bool = True
    epoch: int = 0


class Answers:
    """Answers with a grant, or with the failure a test has set; counts the questions."""

    def __init__(self) -> None:
        self.asked = 0
        self.session: str | None = "s1"
        self.lifetime = 300.0
        self.failure: Problem | None = None
        self.begun = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, token: bytes) -> Grant:
        self.asked += 1
        self.begun.set()
        await self.gate.wait()
        if self.failure:
            raise self.failure
        return Grant(b"Bearer " + token, "client person", "client", self.session, self.lifetime)


@pytest.fixture
def news() -> News:
    return News()


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def memory(answers: Answers, news: News) -> Tokens:
    return Tokens(answers, news, capacity=3)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"Bearer",
        b"Bearer ",
        b"Basic dXNlcjpwYXNz",
        b"Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.",
        b"Bearer hub_rt_" + b"a" * 43,
        b"Bearer hub_at_short",
        b"Bearer hub_at_" + b"a" * 44,
        b"Bearer hub_at_" + b"a" * 42 + b"=",
        b"Bearer  " + TOKEN,
        b"Bearer " + TOKEN + b" ",
        b"Bearer " + TOKEN + b"," + TOKEN,
        TOKEN,
        b"Token " + TOKEN,
    ],
)
def test_any_other_shape_is_refused_without_asking(header: bytes) -> None:
    with pytest.raises(InvalidToken) as refused:
        tokens.read(header)
    assert refused.value.headers["www-authenticate"] == 'Bearer realm="hub", error="invalid_token"'


def test_the_scheme_knows_no_case() -> None:
    assert tokens.read(b"bEaReR " + TOKEN) == TOKEN


async def test_a_token_is_asked_about_once_a_minute(memory: Tokens, answers: Answers) -> None:
    assert memory.find(TOKEN, 0) is None
    grant = await memory.ask(TOKEN, 0)
    assert memory.find(TOKEN, 59) is grant
    assert memory.find(TOKEN, 60) is None
    assert answers.asked == 1


async def test_a_token_is_not_kept_beyond_its_end(memory: Tokens, answers: Answers) -> None:
    answers.lifetime = 20
    await memory.ask(TOKEN, 0)
    assert memory.find(TOKEN, 14)
    assert memory.find(TOKEN, 15) is None


async def test_callers_with_one_token_share_a_question(memory: Tokens, answers: Answers) -> None:
    answers.gate.clear()
    asking = [asyncio.create_task(memory.ask(TOKEN, 0)) for _ in range(5)]
    await answers.begun.wait()
    asking[0].cancel()
    answers.gate.set()
    got = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(got[0], asyncio.CancelledError)
    assert len(set(got[1:])) == 1
    assert answers.asked == 1


async def test_a_bad_token_is_remembered_briefly(memory: Tokens, answers: Answers) -> None:
    answers.failure = InvalidToken()
    with pytest.raises(InvalidToken):
        await memory.ask(TOKEN, 0)
    with pytest.raises(InvalidToken):
        memory.find(TOKEN, 4.9)
    assert memory.find(TOKEN, 5) is None


async def test_no_answer_is_not_remembered(memory: Tokens, answers: Answers) -> None:
    answers.failure = ServiceUnavailable(headers={"retry-after": "2"})
    with pytest.raises(ServiceUnavailable) as met:
        await memory.ask(TOKEN, 0)
    assert met.value.headers == {"retry-after": "2"}
    assert memory.find(TOKEN, 0) is None
    answers.failure = None
    assert await memory.ask(TOKEN, 0)


async def test_a_revoked_session_takes_all_its_tokens(memory: Tokens, answers: Answers) -> None:
    await memory.ask(TOKEN, 0)
    await memory.ask(OTHER, 0)
    answers.session = "s2"
    third = b"hub_at_" + b"c" * 43
    await memory.ask(third, 0)
    memory.revoke("s1", 1)
    assert memory.find(TOKEN, 1) is None
    assert memory.find(OTHER, 1) is None
    assert memory.find(third, 1)


async def test_an_answer_that_a_revocation_overtook_is_asked_for_again(
    memory: Tokens, answers: Answers
) -> None:
    answers.gate.clear()
    asking = asyncio.create_task(memory.ask(TOKEN, 10))
    await answers.begun.wait()
    memory.revoke("s1", 11)
    answers.gate.set()
    await asking
    assert answers.asked == 2
    assert memory.find(TOKEN, 12) is None


async def test_an_old_revocation_does_not_stain_a_new_answer(memory: Tokens, answers: Answers) -> None:
    memory.revoke("s1", 1)
    await memory.ask(TOKEN, 10)
    assert memory.find(TOKEN, 11)
    assert answers.asked == 1


async def test_without_news_tokens_live_ten_seconds(memory: Tokens, news: News) -> None:
    await memory.ask(TOKEN, 0)
    news.connected = False
    assert memory.find(TOKEN, 9.9)
    assert memory.find(TOKEN, 10) is None


async def test_after_a_new_connection_everything_is_forgotten(memory: Tokens, news: News) -> None:
    await memory.ask(TOKEN, 0)
    news.epoch += 1
    assert memory.find(TOKEN, 0.1) is None
    assert len(memory) == 0


async def test_an_answer_from_before_the_new_connection_is_not_kept(
    memory: Tokens, answers: Answers, news: News
) -> None:
    answers.gate.clear()
    asking = asyncio.create_task(memory.ask(TOKEN, 0))
    await answers.begun.wait()
    news.epoch += 1
    memory.find(OTHER, 0)
    answers.gate.set()
    await asking
    assert memory.find(TOKEN, 0.1) is None


async def test_the_memory_is_bounded_and_drops_the_longest_unused(memory: Tokens) -> None:
    many = [b"hub_at_" + bytes([letter]) * 43 for letter in b"abcd"]
    for token in many[:3]:
        await memory.ask(token, 0)
    memory.find(many[0], 1)
    await memory.ask(many[3], 1)
    assert len(memory) == 3
    assert memory.find(many[0], 1)
    assert memory.find(many[1], 1) is None


async def test_refusals_are_bounded_too(memory: Tokens, answers: Answers) -> None:
    answers.failure = InvalidToken()
    for letter in b"abcdef":
        with pytest.raises(InvalidToken):
            await memory.ask(b"hub_at_" + bytes([letter]) * 43, 0)
    assert len(memory._refused) == 3


async def test_a_change_of_the_client_forgets_all_its_tokens(memory: Tokens, answers: Answers) -> None:
    await memory.ask(TOKEN, 0)
    answers.session = "s2"
    await memory.ask(OTHER, 0)
    memory.revoke(tokens.name_of_client("another"), 1)
    assert memory.find(TOKEN, 1)
    memory.revoke(tokens.name_of_client("client"), 1)
    assert memory.find(TOKEN, 1) is None
    assert memory.find(OTHER, 1) is None
    assert memory._by_name == {}


async def test_an_answer_older_than_the_change_of_its_client_is_asked_again(
    memory: Tokens, answers: Answers
) -> None:
    answers.gate.clear()
    asking = asyncio.create_task(memory.ask(TOKEN, 0))
    await answers.begun.wait()
    memory.revoke(tokens.name_of_client("client"), 1)
    answers.gate.set()
    await asking
    assert answers.asked == 2
    assert memory.find(TOKEN, 1.1) is None
