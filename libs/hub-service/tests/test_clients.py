"""Questions to other services, with a token of one's own."""

from hub_core import clock


async def test_a_question_carries_a_token_and_the_answer_is_read(client, app, fake_identity):
    fake_identity.forget()
    fake_identity.answer("/internal/v1/people/1/contact", {"language": "hu"})
    service = app.state.hub.service(fake_identity.url)
    assert await service.get("/internal/v1/people/1/contact") == {"language": "hu"}
    assert await service.get("/internal/v1/people/2/contact") is None
    asked = [question.path for question in fake_identity.asked]
    assert asked.count("/internal/v1/tokens") == 1
    assert fake_identity.asked[-1].authorization.startswith("Bearer ey")


async def test_a_token_is_renewed_a_minute_before_it_ends(client, app, fake_identity):
    fake_identity.forget()
    soon = (clock.now()).isoformat()
    fake_identity.answer("/internal/v1/tokens", {"internal_token": "first", "expires_at": soon})
    token = app.state.hub.own_token
    assert await token.get() == "first"
    fake_identity.answer("/internal/v1/tokens", {"internal_token": "second", "expires_at": soon})
    assert await token.get() == "second"
    fake_identity.forget()
