"""Webhooks: whom an operator registers is told of each new release by a signed request, until it was received.

Requests and signatures follow Standard Webhooks (https://www.standardwebhooks.com/), symmetric signatures. What is
still to be told stands in the database, so a restart loses nothing; a message may come twice, with the same
``webhook-id``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from coopgraph import __version__
from coopgraph.database.database import Database
from coopgraph.errors import NotFound, WrongUsage
from coopgraph.http.guarded_client import PrivateAddress, is_askable, is_written_private, send
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.activity import ACTIVITIES, ACTIVITY_TYPES, read_activities
from coopgraph.model.release import Manifest

PATIENCE = 15.0
"""Seconds that a receiver has to answer one request."""

BACK_OFF = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
"""Seconds until the next attempt, by the number of those that failed; the last of them again and again."""

LONGEST_URL = 2000


@dataclass(frozen=True, slots=True)
class Webhook:
    """A registered address: the release told last, how often in a row it failed since, when it is due again."""

    id: int
    url: str
    told: str | None
    attempts: int
    due: str
    trouble: str


class Webhooks:
    """The webhooks of the service whose releases are in ``var``.

    ``address`` is its public address, of which the addresses in messages are made; ``inside`` are hosts that may have
    private addresses.
    """

    def __init__(self, database: Database, var: Path, *, address: str = "", inside: Collection[str] = ()) -> None:
        self._database = database
        self._var = var
        self._address = address.rstrip("/")
        self._inside = frozenset(inside)

    def add(self, url: str, now: datetime) -> str:
        """Register an address, to be told of releases from now on; return the secret that signs, shown only here."""
        if len(url) > LONGEST_URL or not is_askable(url):
            raise WrongUsage(
                Message("“{url}” is no address that can be told.", url=url[:LONGEST_URL]),
                Message("Give one that begins with https:// and names a host."),
            )
        told = urlsplit(url)
        host = told.hostname or ""
        if told.scheme == "http" and host not in self._inside:
            raise WrongUsage(
                Message("What is sent by http could be read on its way."),
                Message("Use https://, or name the host in the setting “webhook_inside”."),
            )
        if host not in self._inside and is_written_private(host):
            raise WrongUsage(
                Message("{host} lies in a private network, where nothing is sent.", host=host),
                Message("Give a public address, or name the host in the setting “webhook_inside”."),
            )
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        with self._database.transaction() as connection:
            if connection.execute("SELECT 1 FROM webhook WHERE url = ?", (url,)).fetchone():
                raise WrongUsage(Message("{url} is registered already.", url=url), Message("Remove it first."))
            connection.execute(
                "INSERT INTO webhook (url, secret, added, told, due) VALUES (?, ?, ?, ?, ?)",
                (url, secret, _text(now), release_folder.current(self._var), _text(now)),
            )
        return secret

    def all(self) -> tuple[Webhook, ...]:
        """Return all webhooks that are registered, by number."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id, url, told, attempts, due, trouble FROM webhook ORDER BY id"
            ).fetchall()
        return tuple(Webhook(*row) for row in rows)

    def remove(self, number: int) -> None:
        """Forget the webhook of that number. Raises NotFound."""
        with self._database.transaction() as connection:
            if not connection.execute("DELETE FROM webhook WHERE id = ?", (number,)).rowcount:
                raise NotFound(
                    Message("There is no webhook {number}.", number=number),
                    Message("`coopgraph webhook list` has all."),
                )

    def deliver(self, now: datetime) -> Counter[str]:
        """Tell every webhook that is due of every release that it does not know, oldest first.

        Return how many messages were ``delivered``, how many webhooks ``failed`` (to be told later) and how many were
        ``removed`` because they answered 410.
        """
        done: Counter[str] = Counter()
        for webhook in self.all():
            if webhook.due <= _text(now):
                self._deliver_to(webhook, now, done)
        return done

    def _deliver_to(self, webhook: Webhook, now: datetime, done: Counter[str]) -> None:
        for manifest in self._unknown_to(webhook):
            status, trouble = self._send(webhook, manifest)
            if status == 410:
                self.remove(webhook.id)
                done["removed"] += 1
                return
            if not 200 <= status < 300:
                wait = BACK_OFF[min(webhook.attempts, len(BACK_OFF) - 1)]
                self._note(webhook.id, webhook.told, webhook.attempts + 1, now + timedelta(seconds=wait), trouble)
                done["failed"] += 1
                return
            self._note(webhook.id, manifest.id, 0, now, "")
            done["delivered"] += 1

    def _unknown_to(self, webhook: Webhook) -> list[Manifest]:
        """Return the releases after the one that a webhook knows, oldest first; of a lost thread, the newest alone."""
        found: list[Manifest] = []
        name = release_folder.current(self._var)
        while name is not None and name != webhook.told:
            try:
                manifest = release_folder.manifest(self._var, name)
            except NotFound:
                return found[-1:]
            found.insert(0, manifest)
            name = manifest.previous
        return found

    def _note(self, number: int, told: str | None, attempts: int, due: datetime, trouble: str) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE webhook SET told = ?, attempts = ?, due = ?, trouble = ? WHERE id = ?",
                (told, attempts, _text(due), trouble, number),
            )

    def _send(self, webhook: Webhook, manifest: Manifest) -> tuple[int, str]:
        """Send one message; return the receiver's status (0: there was none) and what is wrong in a few words."""
        with self._database.reading() as connection:
            (secret,) = connection.execute("SELECT secret FROM webhook WHERE id = ?", (webhook.id,)).fetchone()
        body = json.dumps(self._message(manifest), separators=(",", ":")).encode()
        identifier, moment = f"msg_{manifest.id}_{webhook.id}", int(time.time())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"coopgraph/{__version__}",
            "webhook-id": identifier,
            "webhook-timestamp": str(moment),
            "webhook-signature": signature(secret, identifier, moment, body),
        }
        try:
            reply = send("POST", webhook.url, patience=PATIENCE, body=body, headers=headers, inside=self._inside)
        except PrivateAddress:
            return 0, "private address"
        except (OSError, HTTPException, ValueError) as error:
            return 0, type(error).__name__
        return reply.status, f"status {reply.status}"

    def _message(self, manifest: Manifest) -> dict[str, Any]:
        counts: Counter[str] = Counter()
        if ACTIVITIES in manifest.files:
            place = release_folder.file(self._var, manifest.id, ACTIVITIES)
            counts.update(activity.type for activity in read_activities(place.read_bytes()))
        return {
            "type": "release.published",
            "timestamp": manifest.created,
            "data": {
                "release": manifest.id,
                "previous": manifest.previous,
                "feed": f"{self._address}/feed/{manifest.id}",
                **{name: counts[name] for name in ACTIVITY_TYPES},
            },
        }


def signature(secret: str, identifier: str, moment: int, body: bytes) -> str:
    """Return the header ``webhook-signature`` of a message: version 1, HMAC with SHA-256."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{identifier}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
