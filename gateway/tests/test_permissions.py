from typing import Any

import httpx2
import pytest


@pytest.mark.parametrize(
    "path", ["/petitions/v1/petitions", "/petitions/v1/public/1/files", "/petitions/", "/account/secret"]
)
async def test_what_the_table_does_not_name_needs_a_token(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="hub"'
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith("/problems/invalid-token")
