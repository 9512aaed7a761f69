import httpx2

from hub_core.language import Language
from svc_passport_booking.reference.types import types


async def test_anybody_sees_what_can_be_booked(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/passport-booking/v1/types")
    assert answer.status_code == 200
    assert [one["code"] for one in answer.json()["items"]] == [*types()]


def test_every_type_has_a_name_in_every_language() -> None:
    assert all({*each.names} == {*Language} for each in types().values())


def test_both_kinds_of_electronic_passport_exclude_one_another() -> None:
    assert types()["PE"].family == types()["CRDS_E"].family != types()["PT"].family
