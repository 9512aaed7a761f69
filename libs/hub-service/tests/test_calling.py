"""The short way of a route calls its own function; what holds for every operation is shown in
test_contract_of_operations, whose service has both ways."""

import pytest

from hub_service import calling
from hub_service.routing import Router

router = Router()


@router.get("/threads")
def work_in_a_thread() -> dict[str, str]:
    """What would hold up every other request."""
    return {}


@router.get("/unsaid")
async def give_whatever():
    """What nobody has said the form of."""
    return {}


@pytest.mark.parametrize("name", ["work_in_a_thread", "give_whatever"])
def test_a_route_that_cannot_be_called_so_is_refused_when_the_application_starts(name: str) -> None:
    with pytest.raises(TypeError):
        calling.shortcuts(router, name)


async def test_an_answer_comes_by_the_short_way_and_what_is_not_in_order_by_the_ordinary(
    app, client, ana, monkeypatch
) -> None:
    taken = []
    for route in app.router.routes:
        if hasattr(route, "_answer"):
            monkeypatch.setattr(route, "_answer", _noting(route._answer, taken))
    kept = await client.post("/notes/v1/notes", json={"title": "Lapte"}, headers=ana)
    wrong = await client.post("/notes/v1/notes", json={"name": "Lapte"}, headers=ana)
    listed = await client.get("/notes/v1/notes?limit=1", headers=ana)
    assert [kept.status_code, wrong.status_code, listed.json()["items"]] == [201, 422, [kept.json()]]
    assert taken in ([], [True, False, True])


def _noting(answer, taken):
    async def noted(request):
        given = await answer(request)
        taken.append(given is not None)
        return given

    return noted
