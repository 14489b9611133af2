"""Webhooks tell of every release, once it was received, whatever happens on the way."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from coopgraph import webhooks
from coopgraph.database.database import desk_database
from coopgraph.errors import NotFound, WrongUsage
from coopgraph.publishing.files import ReleaseContents
from coopgraph.webhooks import BACK_OFF, Webhooks
from tests.publishing.conftest import contents, publish, tree, with_note

pytestmark = pytest.mark.slow

__all__ = ["contents", "publish", "tree", "with_note"]

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)


class Receiver:
    """A receiver on this machine: what came, and the statuses that it answers with, one after the other."""

    def __init__(self) -> None:
        self.messages: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.hangs = threading.Event()
        self.hangs.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.hangs.wait(20)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.messages.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?x=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.hangs.set()
    made.server.shutdown()


@pytest.fixture
def hooks(tmp_path: Path) -> Webhooks:
    return opened(tmp_path)


def opened(var: Path) -> Webhooks:
    return Webhooks(desk_database(var), var, address="https://graph.example", inside=["127.0.0.1"])


Publish = Callable[..., object]
WithNote = Callable[[str], ReleaseContents]


def test_each_release_is_told_once_oldest_first_and_signed(
    hooks: Webhooks, receiver: Receiver, publish: Publish, with_note: WithNote
) -> None:
    publish(with_note("one"), day=1)
    secret = hooks.add(receiver.url, NOW)
    assert hooks.deliver(NOW) == {}
    publish(with_note("two"), day=2)
    publish(with_note("three"), day=3)
    assert hooks.deliver(NOW) == {"delivered": 2}
    assert hooks.deliver(NOW) == {}
    told = [json.loads(body) for _, body in receiver.messages]
    assert [item["timestamp"][:10] for item in told] == ["2026-01-02", "2026-01-03"]
    assert told[0]["data"]["Update"] == 1
    assert told[1]["data"]["previous"] == told[0]["data"]["release"]
    assert told[0]["data"]["feed"] == f"https://graph.example/feed/{told[0]['data']['release']}"
    for headers, body in receiver.messages:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{expected}"


def test_what_was_not_received_is_sent_again_later_with_the_same_id_also_after_a_restart(
    hooks: Webhooks, receiver: Receiver, publish: Publish, with_note: WithNote, tmp_path: Path
) -> None:
    hooks.add(receiver.url, NOW)
    publish(with_note("one"), day=1)
    receiver.statuses = [500, 302]
    assert hooks.deliver(NOW) == {"failed": 1}
    assert hooks.deliver(NOW) == {}
    later = NOW + timedelta(seconds=BACK_OFF[0])
    assert opened(tmp_path).deliver(later) == {"failed": 1}
    assert opened(tmp_path).deliver(later + timedelta(seconds=BACK_OFF[1])) == {"delivered": 1}
    assert len({headers["webhook-id"] for headers, _ in receiver.messages}) == 1
    assert opened(tmp_path).all()[0].attempts == 0


def test_a_receiver_that_is_gone_is_forgotten(
    hooks: Webhooks, receiver: Receiver, publish: Publish, with_note: WithNote
) -> None:
    hooks.add(receiver.url, NOW)
    publish(with_note("one"), day=1)
    receiver.statuses = [410]
    assert hooks.deliver(NOW) == {"removed": 1}
    assert hooks.all() == ()


def test_one_that_hangs_or_is_down_keeps_no_other_from_being_told(
    hooks: Webhooks, receiver: Receiver, publish: Publish, with_note: WithNote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "PATIENCE", 0.3)
    slow = Receiver()
    slow.hangs.clear()
    hooks.add(slow.url, NOW)
    hooks.add("http://127.0.0.1:1/nobody", NOW)
    hooks.add(receiver.url, NOW)
    publish(with_note("one"), day=1)
    assert hooks.deliver(NOW) == {"failed": 2, "delivered": 1}
    slow.hangs.set()
    slow.server.shutdown()


WRITTEN_AS_PRIVATE = """
10.0.0.1 127.0.0.1:8443 [::1] [::ffff:192.168.0.1] localhost localhost. a.localhost 127.1 2130706433 0x7f.0.0.1
0177.0.0.1 127.0.0.1. 0 ①②⑦.⓪.⓪.① 127。0。0。1
"""


@pytest.mark.parametrize("host", WRITTEN_AS_PRIVATE.split())
def test_an_address_that_is_written_as_private_is_refused(tmp_path: Path, host: str) -> None:
    outside = Webhooks(desk_database(tmp_path), tmp_path)
    with pytest.raises(WrongUsage, match="private network"):
        outside.add(f"https://{host}/hook", NOW)
    assert outside.all() == ()


def test_a_private_address_is_never_asked(
    receiver: Receiver, publish: Publish, with_note: WithNote, tmp_path: Path
) -> None:
    opened(tmp_path).add(receiver.url, NOW)
    publish(with_note("one"), day=1)
    outside = Webhooks(desk_database(tmp_path), tmp_path)
    assert outside.deliver(NOW) == {"failed": 1}
    assert outside.all()[0].trouble == "private address"
    assert receiver.messages == []


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://x.example/", "https://", "nothing", "http://x.example/", "https://x" * 999),
        *("https://user:word@x.example/", "https://:word@x.example/", "https://@x.example/"),
        *("https://x.example:99999/", "https://x.example:0/", "https://x.example:a/", "https://[::1", "https://a..b/"),
        *("https://x.example/a b", "https://x.example/\r\nA: b", "https://x\0.example/", "https://\udcff/"),
    ],
)
def test_an_address_that_cannot_be_told_is_refused(hooks: Webhooks, url: str) -> None:
    with pytest.raises(WrongUsage):
        hooks.add(url, NOW)
    assert hooks.all() == ()


def test_twice_and_never_are_told_in_words(hooks: Webhooks) -> None:
    hooks.add("https://x.example/", NOW)
    with pytest.raises(WrongUsage, match="registered already"):
        hooks.add("https://x.example/", NOW)
    with pytest.raises(NotFound, match="no webhook 9"):
        hooks.remove(9)
