"""Everything that is public may be kept: each answer says for how long, and has a tag to ask again by."""

import re
from typing import Any

import httpx2
import pytest

from svc_catalog.main import create_app

DOCUMENT: dict[str, Any] = create_app().openapi()
PUBLIC = {
    operation["operationId"]: path
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method == "get" and operation.get("x-public")
}


async def address(client: httpx2.AsyncClient, path: str) -> str:
    """The path with the codes of things that are there: those that its list shows first."""
    found = re.fullmatch(r"(.*?)/\{(\w+)\}(.*)", path)
    if found is None:
        return path
    before, name, after = found.groups()
    named = {"/catalog/v1/contexts": "cpsv-ap", "/catalog/v1/cpsv-ap": "petition"}.get(before)
    if named is None:
        [item, *_] = (await client.get(before)).json()["items"]
        named = item.get(name) or item["code"]
    return f"{before}/{named}{after}"


@pytest.mark.parametrize("operation", PUBLIC)
async def test_every_public_answer_can_be_kept_and_asked_for_again(
    client: httpx2.AsyncClient, operation: str
) -> None:
    path = await address(client, PUBLIC[operation])
    answer = await client.get(path)
    assert answer.status_code == 200, (path, answer.text)
    assert answer.headers["cache-control"].startswith("public, max-age=")
    tag = answer.headers["etag"]
    assert re.fullmatch(r'"[!-~]+"', tag)
    for held in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = await client.get(path, headers={"if-none-match": held})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        for name in ("cache-control", "vary", "content-language"):
            assert again.headers.get(name) == answer.headers.get(name)
    assert (await client.get(path, headers={"if-none-match": '"other"'})).status_code == 200
    assert (await client.get(path)).headers["etag"] == tag


@pytest.mark.parametrize("operation", PUBLIC)
async def test_an_answer_that_depends_on_a_header_says_so(client: httpx2.AsyncClient, operation: str) -> None:
    path = await address(client, PUBLIC[operation])
    for name, values in (
        ("accept-language", ("ro", "hu", "en")),
        ("accept", ("application/ld+json", "text/turtle", "application/json")),
    ):
        answers = [await client.get(path, headers={name: value}) for value in values]
        differ = len({(answer.content, answer.headers["content-type"]) for answer in answers}) > 1
        said = {
            part.strip().lower() for answer in answers for part in answer.headers.get("vary", "").split(",")
        }
        assert name in said or not differ
