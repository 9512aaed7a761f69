"""Web push without a network: what goes to a push service, and that only the browser can read it."""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey
from playwright.async_api import async_playwright

from hub_cli.mailbox.push import Browser
from hub_core.language import Language
from hub_testing.listener import Answer, Asked, Listener
from svc_notify import keys, rendering
from svc_notify.channels import push as channel
from svc_notify.channels.vapid import Vapid
from svc_notify.domain import kinds, push
from svc_notify.domain.kinds import Lane
from svc_notify.writing.push import notice

from . import wording

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FCM = "https://fcm.googleapis.com"
LONGEST_BODY = 4096
OVERHEAD = 16 + 4 + 1 + 65 + 1 + 16
"""Salt, record size, length of a key and the key, delimiter, tag."""
DECRYPT = """
async ([message, jwk, point, auth]) => {
    const bytes = text => Uint8Array.from(atob(text), char => char.charCodeAt(0));
    const label = text => new TextEncoder().encode(text);
    const derive = async (secret, salt, info, length) => {
        const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
        const how = {name: 'HKDF', hash: 'SHA-256', salt, info};
        return new Uint8Array(await crypto.subtle.deriveBits(how, key, length * 8));
    };
    const curve = {name: 'ECDH', namedCurve: 'P-256'};
    const whole = bytes(message), salt = whole.slice(0, 16), sender = whole.slice(21, 86);
    const own = await crypto.subtle.importKey('jwk', jwk, curve, false, ['deriveBits']);
    const theirs = await crypto.subtle.importKey('raw', sender, curve, false, []);
    const shared = await crypto.subtle.deriveBits({name: 'ECDH', public: theirs}, own, 256);
    const info = new Uint8Array([...label('WebPush: info\\0'), ...bytes(point), ...sender]);
    const secret = await derive(shared, bytes(auth), info, 32);
    const raw = await derive(secret, salt, label('Content-Encoding: aes128gcm\\0'), 16);
    const iv = await derive(secret, salt, label('Content-Encoding: nonce\\0'), 12);
    const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt']);
    const text = await crypto.subtle.decrypt({name: 'AES-GCM', iv}, key, whole.slice(86));
    return new TextDecoder().decode(text);
}
"""
"""RFC 8291, 3.4, by the browser's own cryptography."""


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def plain64(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().replace("-", "+").replace("_", "/")


def a_browser() -> Browser:
    return Browser("ana", None, ec.generate_private_key(ec.SECP256R1()), bytes(range(16)))


def test_a_message_is_encrypted_as_in_rfc_8291_byte_by_byte() -> None:
    """RFC 8291, 5: with its salt and its key of the sender the library makes the RFC's own message."""
    sender = ec.derive_private_key(
        int.from_bytes(decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), ec.SECP256R1()
    )
    made = http_ece.encrypt(
        b"When I grow up, I want to be a watermelon",
        salt=decoded("DGv6ra1nlYgDCS1FRnbzlw"),
        private_key=sender,
        dh=decoded("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        auth_secret=decoded("BTBZMqHH6r4Tts7J_aSIgg"),
    )
    assert made == decoded(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
        "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@pytest.mark.parametrize("length", [1, 511, 512, 513, channel.LARGEST])
def test_only_the_browser_reads_a_message_and_its_length_says_little(length: int) -> None:
    browser = a_browser()
    message = channel.encrypt(b"x" * length, browser.public, browser.auth)
    assert browser.read(message).rstrip() == b"x" * length
    assert len(message) <= LONGEST_BODY
    assert (len(message) - OVERHEAD) % 512 == 0
    with pytest.raises(ValueError, match="not for this browser"):
        Browser("ion", None, browser.private, bytes(16)).read(message)


def test_a_text_that_no_push_service_would_take_is_not_encrypted() -> None:
    browser = a_browser()
    with pytest.raises(ValueError, match="too long"):
        channel.encrypt(b"x" * (channel.LARGEST + 1), browser.public, browser.auth)


async def test_chromium_reads_a_message_by_its_own_cryptography(chromium: str) -> None:
    browser = a_browser()
    words = rendering.say("account.security", 2, Language.HU, next(iter(wording.cases("account.security"))))
    message = channel.encrypt(notice(words, "https://hub.example/account", "t"), browser.public, browser.auth)
    jwk = ECKey.import_key(browser.private).as_dict(private=True)
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium)
        page = await opened.new_page()
        await page.route(
            "https://page.test/",
            lambda route: route.fulfill(body="<title>page</title>", content_type="text/html"),
        )
        await page.goto("https://page.test/")
        given = [plain64(message), jwk, plain64(browser.public), plain64(browser.auth)]
        said = await page.evaluate(DECRYPT, given)
        await opened.close()
    text, delimiter, rest = said.rpartition("\x02")
    assert (delimiter, rest) == ("\x02", "")
    shown = json.loads(text)
    assert shown["web_push"] == 8030
    assert shown["notification"]["title"] == words.title
    assert shown["notification"]["body"] == words.push
    assert shown["notification"]["lang"] == "hu"


@pytest.mark.parametrize("template", sorted(kinds.ALL))
@pytest.mark.parametrize("language", list(Language))
def test_every_kind_fits_into_a_push_with_room_to_spare(template: str, language: Language) -> None:
    for case in wording.cases(template):
        words = rendering.say(template, kinds.ALL[template].version, language, case)
        link = "https://hub.example/appointments/confirm#" + "x" * 64
        assert len(notice(words, link, push.topic(UUID(int=1)))) <= channel.LARGEST // 2


# ── what stands around the content ──


def vapid(key: bytes = bytes(32)) -> Vapid:
    return Vapid(keys.derived_from(key), "mailto:developers@example.org")


def test_the_hub_s_word_is_for_one_push_service_and_half_a_day() -> None:
    made = vapid()
    said = made.authorization(FCM, NOON)
    scheme, token, key = said.split(" ")
    assert (scheme, key) == ("vapid", f"k={made.public_key}")
    point = decoded(made.public_key)
    coordinates = {
        name: urlsafe_b64encode(value).rstrip(b"=").decode()
        for name, value in (("x", point[1:33]), ("y", point[33:]))
    }
    known = ECKey.import_key({"kty": "EC", "crv": "P-256", **coordinates})
    read = jwt.decode(token.removeprefix("t=").removesuffix(","), known, algorithms=["ES256"])
    assert read.claims == {
        "aud": FCM,
        "exp": int((NOON + timedelta(hours=12)).timestamp()),
        "sub": "mailto:developers@example.org",
    }


def test_the_word_is_made_once_for_each_service_and_again_after_six_hours() -> None:
    made = vapid()
    first = made.authorization(FCM, NOON)
    assert made.authorization(FCM, NOON + timedelta(hours=5, minutes=59)) == first
    assert made.authorization("https://web.push.apple.com", NOON) != first
    assert made.authorization(FCM, NOON + timedelta(hours=6)) != first


def test_the_key_is_the_master_key_s_and_stays() -> None:
    assert vapid().public_key == vapid().public_key
    assert vapid().public_key != vapid(b"\1" * 32).public_key


def test_words_for_many_services_are_forgotten_in_the_end() -> None:
    made = vapid()
    for number in range(300):
        made.authorization(f"https://push-{number}.example", NOON)
    assert len(made._said) == 256


@pytest.mark.parametrize(
    ("left", "seconds"),
    [
        (timedelta(minutes=10), 600),
        (timedelta(milliseconds=900), 0),
        (timedelta(seconds=-5), 0),
        (timedelta(days=90), 28 * 86_400),
    ],
)
def test_a_push_lives_as_long_as_its_message_and_28_days_at_most(left: timedelta, seconds: int) -> None:
    assert push.seconds_to_live(NOON + left, NOON) == seconds


def test_a_device_is_woken_for_a_code_and_not_for_a_newsletter() -> None:
    assert [push.urgency(lane) for lane in Lane] == ["high", "normal", "low", "very-low"]


def test_a_topic_is_short_and_of_one_message() -> None:
    """At most 32 characters of base64url (RFC 8030, 5.4)."""
    assert push.topic(UUID(int=1)) == "AAAAAAAAAAAAAAAAAAAAAQ"
    assert push.topic(UUID(int=1)) != push.topic(UUID(int=2))


def test_a_key_that_is_no_point_of_the_curve_is_seen() -> None:
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    held = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert channel.is_point(held)
    assert not channel.is_point(held[:-1] + bytes([held[-1] ^ 1]))
    assert not channel.is_point(b"")


WORKER = b"""
self.addEventListener('push', event => {
    const said = event.data.json().notification;
    const shown = {body: said.body, lang: said.lang, tag: said.tag, data: said.navigate};
    event.waitUntil(self.registration.showNotification(said.title, shown));
});
"""
"""What a page needs for browsers that know no declarative push."""
SHOWN = """
navigator.serviceWorker.ready.then(found => found.getNotifications()).then(
    all => all.map(one => [one.title, one.body, one.lang, one.tag, one.data]))
"""


async def test_a_service_worker_in_chromium_shows_title_line_and_link(chromium: str, tmp_path: Path) -> None:
    """Delivered by the browser's own tools: a subscription needs the push service of its maker."""

    def respond(asked: Asked) -> Answer:
        is_worker = asked.path == "/worker.js"
        return Answer(
            WORKER if is_worker else b"<title>t</title>", "text/javascript" if is_worker else "text/html"
        )

    words = rendering.say("account.security", 2, Language.RO, next(iter(wording.cases("account.security"))))
    link = "https://hub.example/account/overview"
    listener = Listener(respond)
    listener.start()
    origin = listener.url.replace("127.0.0.1", "localhost")
    registered: list[dict[str, str]] = []
    shown: list[list[str]] = []
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch_persistent_context(
            tmp_path, executable_path=chromium, permissions=["notifications"]
        )
        page = opened.pages[0]
        await page.goto(origin)
        await page.evaluate("navigator.serviceWorker.register('/worker.js').then(() => 1)")
        await page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        tools = await opened.new_cdp_session(page)
        tools.on(
            "ServiceWorker.workerRegistrationUpdated", lambda told: registered.extend(told["registrations"])
        )
        await tools.send("ServiceWorker.enable")
        async with asyncio.timeout(30):
            while not registered:
                await page.evaluate("1")
            given = {"origin": f"{origin}/", "registrationId": registered[0]["registrationId"]}
            data = notice(words, link, "t").decode()
            while not shown:  # a registration that is not stored yet gets nothing; of a repeat one is shown
                await tools.send("ServiceWorker.deliverPushMessage", {**given, "data": data})
                shown = await page.evaluate(SHOWN)
        await opened.close()
    listener.stop()
    assert shown == [[words.title, words.push, "ro", "t", link]]
