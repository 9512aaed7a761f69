"""Public figures: what is counted, what is too little to be told, and how it is shown."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

import hub_service
import svc_notify
from hub_core.language import Language
from hub_service import i18n
from hub_testing import texts
from svc_notify.domain import figures as domain
from svc_notify.domain.deliveries import State
from svc_notify.domain.figures import Figure
from svc_notify.domain.kinds import Lane
from svc_notify.domain.messages import Channel
from svc_notify.operations import figures
from svc_notify.pages.figures import CHANNELS, LANES, FiguresPage

FOLDER = Path(svc_notify.__path__[0])
NOON = datetime(2026, 11, 22, 10, tzinfo=UTC)
TODAY = date(2026, 11, 22)
DATA, PAGE = "/notify/v1/figures", "/notify/figures"


def an_end(
    after: float = 1.0,
    state: State = State.SENT,
    channel: Channel = Channel.EMAIL,
    lane: Lane = Lane.NOTICE,
    at: datetime = NOON,
) -> Any:
    """A delivery that has ended, as far as it is looked at."""
    queued_at = at - timedelta(seconds=after)
    return SimpleNamespace(state=state, channel=channel, lane=lane, queued_at=queued_at, ended_at=at)


def a_figure(messages: int = 100, lane: Lane = Lane.NOTICE, **changed: Any) -> Figure:
    all_of_them = Figure(TODAY, Channel.EMAIL, lane, handed_over=messages, soon=messages, failed=0)
    return replace(all_of_them, **changed)


def test_what_is_handed_over_after_ten_seconds_was_not_soon() -> None:
    ended = [an_end(10), an_end(10.001), an_end(1, State.FAILED), an_end(1, State.EXPIRED)]
    [figure] = domain.counted(ended)
    assert (figure.handed_over, figure.soon, figure.failed) == (2, 1, 2)
    assert figure.share == 0.25


def test_only_ends_are_counted_and_of_what_leaves_the_hub() -> None:
    others = (State.QUEUED, State.SENDING, State.DELIVERED, State.BOUNCED)
    assert not domain.counted(an_end(state=state) for state in others)
    assert not domain.counted([an_end(channel=Channel.IN_APP)])


def test_a_day_is_the_legal_one() -> None:
    [figure] = domain.counted([an_end(at=datetime(2026, 11, 22, 22, 30, tzinfo=UTC))])
    assert figure.day == date(2026, 11, 23)


def test_lanes_and_channels_are_counted_apart() -> None:
    ended = [an_end(), an_end(lane=Lane.CODE), an_end(channel=Channel.SMS), an_end()]
    assert [(one.channel, one.lane, one.messages) for one in domain.counted(ended)] == [
        (Channel.EMAIL, Lane.NOTICE, 2),
        (Channel.EMAIL, Lane.CODE, 1),
        (Channel.SMS, Lane.NOTICE, 1),
    ]


def test_of_too_few_messages_nothing_is_told_and_nothing_that_lets_it_be_worked_out() -> None:
    shown = domain.publish([a_figure(20), a_figure(19, Lane.CODE)], TODAY, 20)
    assert [one.lane for one in shown.told] == [Lane.NOTICE]
    assert [one.lane for one in shown.untold] == [Lane.CODE]
    [together] = domain.by_channel(shown.told).values()
    assert together.messages == 20


@pytest.fixture
def page() -> FiguresPage:
    """The page, with its texts."""
    return FiguresPage(i18n.Texts([i18n.folder_of(hub_service.__file__), FOLDER / "locale"]))


@pytest.mark.parametrize("language", list(Language))
def test_the_page_has_everything_in_a_table_and_asks_nobody_outside(
    page: FiguresPage, language: Language
) -> None:
    kept = [a_figure(1500, handed_over=1499, soon=1490, failed=1), a_figure(7, Lane.CODE)]
    body = bytes(page.show(language, domain.publish(kept, TODAY, 20)).body).decode()
    assert f'<html lang="{language}">' in body
    assert body.count('<th scope="col"') == 7
    share = "99.33" if language is Language.EN else "99,33"
    assert share in body.split("<tbody>")[1]
    assert "20" in body.split('colspan="4">')[1].split("<")[0]
    assert "1490" in re.sub(r"[.,\N{NO-BREAK SPACE}]", "", body)
    assert not re.findall(r"(?:src|href)=\"(?!/)[^#]", body)
    assert "style=" not in body


def test_what_is_short_of_all_is_not_called_all(page: FiguresPage) -> None:
    kept = [a_figure(1_000_000, soon=999_999)]
    body = bytes(page.show(Language.EN, domain.publish(kept, TODAY, 20)).body).decode()
    assert "99.99\N{NO-BREAK SPACE}%" in body
    assert "100.00" not in body


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_of_the_page_is_translated(language: str) -> None:
    known = texts.translations(FOLDER / "locale", language)
    shared = texts.translations(Path(hub_service.__path__[0]) / "locale", language, "pages")
    needed = {*texts.of_templates(FOLDER / "pages/templates"), *CHANNELS.values(), *LANES.values()}
    assert needed <= known.keys() | shared.keys()
    assert all(known.values())


async def test_each_end_is_counted_once_whoever_adds_it_up(hub: Any, looking: asyncpg.Connection) -> None:
    async with hub.database.sessions() as session, session.begin():
        await figures.note(session, [an_end(), an_end(20), an_end(1, State.FAILED)])
        await figures.note(session, [an_end(), an_end(channel=Channel.SMS)])
    for _ in range(2):
        async with hub.database.sessions() as session:
            assert not await figures.add_up(session)
    async with hub.database.sessions() as session, session.begin():
        await figures.note(session, [an_end()])
    async with hub.database.sessions() as session:
        await figures.add_up(session)
    rows = await looking.fetch(
        "SELECT channel, handed_over, soon, failed FROM notify.figures WHERE day = $1 ORDER BY channel", TODAY
    )
    assert [tuple(row) for row in rows] == [("EMAIL", 4, 3, 1), ("SMS", 1, 1, 0)]
    assert await looking.fetchval("SELECT count(*) FROM notify.figure_notes") == 0


async def test_everybody_reads_them_as_data_and_as_a_page(service: Any, looking: asyncpg.Connection) -> None:
    today = await looking.fetchval("SELECT (now() AT TIME ZONE 'Europe/Bucharest')::date")
    await looking.execute("INSERT INTO notify.figures VALUES ($1, 'EMAIL', 1, 40, 39, 0)", today)
    await looking.execute("INSERT INTO notify.figures VALUES ($1, 'EMAIL', 0, 5, 5, 0)", today)
    answer = await service.client.get(DATA)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=60"
    code, notice = answer.json()["items"]
    assert (code["lane"], code["messages"], code["share"], code["fewer_than"]) == ("CODE", None, None, 20)
    assert (notice["messages"], notice["within_ten_seconds"], notice["share"]) == (40, 39, "0.9750")
    again = await service.client.get(DATA, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    page = await service.client.get(PAGE, params={"lang": "en"})
    assert page.status_code == 200
    assert "97.50" in page.text
    style = re.findall(r'href="(/notify/figures/style\.css[^"]+)"', page.text)[0]
    assert (await service.client.get(style)).headers["content-type"].startswith("text/css")
