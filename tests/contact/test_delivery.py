"""The webhook: verified by the documented receiver, tried again, taken once, honest when not."""

from __future__ import annotations

from pathlib import Path

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from kb.articles import KnowledgeBase
from kb.contact import Contact, Report, Seen, Webhook
from kb.settings import BadSetting, Settings
from tests.contact.receiver import SECRET, example, receiving
from tests.lab.servers import free_port
from tests.machine import Stopwatch
from tests.observe.certificates import issue, pem, server_context
from tests.observe.servers import serving, silent

KEY = "0b0e3f0a-6c1f-4a6e-9a53-6d1f3c1f8f0e"
MESSAGE: dict[str, object] = {"data": {}}


def webhook(url: str, **more: object) -> Webhook:
    found = Webhook.from_settings(
        Settings(contact_webhook=url, contact_secret=SECRET, **more)  # type: ignore[arg-type]
    )
    assert found is not None
    return found


def test_the_documented_receiver_and_the_public_library_take_it() -> None:
    with receiving() as received:
        assert webhook(received.url).deliver({"data": {"text": "grüße"}}, KEY).delivered
    (headers, body), status = received.attempts[0], received.statuses[0]
    assert status == 204
    assert headers["webhook-id"] == KEY
    assert Verifier(SECRET).verify(body, headers)["data"]["text"] == "grüße"
    receive = example()["receive"]
    assert receive(headers, body + b" ", SECRET) == 401
    assert receive({**headers, "webhook-timestamp": "1"}, body, SECRET) == 401
    with pytest.raises(WebhookVerificationError):
        Verifier(SECRET).verify(body + b" ", headers)


@pytest.mark.parametrize("failing", [(500,), (503, 429), (0,)])
def test_it_is_tried_again_and_taken_once(failing: tuple[int, ...]) -> None:
    with receiving(*failing) as received:
        delivery = webhook(received.url).deliver(MESSAGE, KEY)
    assert (delivery.delivered, delivery.attempts) == (True, len(failing) + 1)
    assert {headers["webhook-id"] for headers, _ in received.attempts} == {KEY}
    assert len(received.messages) == 1


@pytest.mark.parametrize("status", [400, 401, 410, 307])
def test_a_refusal_ends_it(status: int) -> None:
    with receiving(status) as received:
        delivery = webhook(received.url).deliver(MESSAGE, KEY)
    assert (delivery.delivered, delivery.attempts) == (False, 1)
    assert str(status) in delivery.problem
    assert len(received.attempts) == 1


def test_a_webhook_that_is_away_or_silent_does_not_hold_the_reader() -> None:
    away = webhook(f"http://127.0.0.1:{free_port()}/secret-path").deliver(MESSAGE, KEY)
    assert (away.delivered, away.attempts) == (False, 3)
    assert "secret-path" not in away.problem

    with serving(silent) as port:
        target = webhook(f"http://127.0.0.1:{port}/")
        slow = Webhook(target.target, target.key, deadline_s=0.6, attempt_s=0.4)
        watch = Stopwatch()
        delivery = slow.deliver(MESSAGE, KEY)
        assert watch.elapsed() < 2
    assert not delivery.delivered


def test_only_a_trusted_certificate_gets_it(tmp_path: Path) -> None:
    root = issue("Test Root", authority=True)
    leaf = issue("receiver", root)
    (tmp_path / "root.pem").write_bytes(pem(root))
    with receiving(tls=server_context(tmp_path, leaf)) as received:
        untrusted = webhook(received.url).deliver(MESSAGE, KEY)
        assert not untrusted.delivered
        assert received.attempts == []
        assert "certificate" in untrusted.problem
        trusted = webhook(received.url, probe_ca_file=str(tmp_path / "root.pem"))
        assert trusted.deliver(MESSAGE, KEY).delivered


def test_no_secret_and_no_unknown_cause_is_sent(base: KnowledgeBase) -> None:
    contact = Contact(
        "HTTP 401 Authorization: Bearer abcdefgh12345678",
        "token=geheim1234 please call me@example.com",
        "anna@example.com",
        answers=(
            Seen("HTTP 401", True, 2173, "no-credentials", confirmed=True),
            Seen("cake", False, 999_999, "made-up", confirmed=True),
        ),
        report=Report(
            "https://x.example/", {"http": {"headers": ["set-cookie: session=geheim99"]}}
        ),
        key=KEY,
    )
    data = contact.payload(base, "https://help.example.com")["data"]
    said = str(data)
    for secret in ("abcdefgh12345678", "geheim1234", "geheim99"):
        assert secret not in said
    assert data["reply_to"] == "anna@example.com"
    assert "me@example.com" in data["message"]
    assert data["answers"][0]["url"] == "https://help.example.com/2173"
    assert data["answers"][0]["confirmed"] is True
    assert (data["answers"][1]["solution"], data["answers"][1]["confirmed"]) == (None, False)
    assert "Answer to: anna@example.com" in data["text"]
    assert contact.solutions == (2173, 999_999)


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("ftp://x.example/", SECRET),
        ("https://user:pass@x.example/", SECRET),
        ("https://x.example/", ""),
        ("https://x.example/", "whsec_c2hvcnQ="),
        ("https://x.example/", "geheim"),
    ],
)
def test_a_webhook_that_cannot_be_used_is_refused_at_start(url: str, secret: str) -> None:
    with pytest.raises(BadSetting, match="CONTACT_") as raised:
        Webhook.from_settings(Settings(contact_webhook=url, contact_secret=secret))
    assert "geheim" not in str(raised.value)
    assert "pass" not in str(raised.value).replace("password", "")


def test_without_one_there_is_none() -> None:
    assert Webhook.from_settings(Settings()) is None
