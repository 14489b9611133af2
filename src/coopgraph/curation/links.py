"""Link check: whether the addresses that the graph names still answer, written as a report and never into the data.

Each address is asked with HEAD, with GET where a server does not know that, a few redirects are followed, each through
the guarded client, and of one host nothing is asked twice within a second. The report has a line of JSON for each
address, written as soon as it is known: a check that was broken off goes on where it was.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from coopgraph import __version__
from coopgraph.http.guarded_client import GuardedReply, PrivateAddress, is_askable, send

LINK_PATIENCE = 20.0
"""Seconds that a server has to answer."""

PAUSE = 1.0
"""Seconds between two requests to one host."""

MOST_REDIRECTS = 5

_HEADERS = {"User-Agent": f"coopgraph-links/{__version__}", "Accept": "*/*"}


@dataclass(frozen=True, slots=True)
class CheckedLink:
    """What became of an address: the last status (0: no answer), where it led, what is wrong, and what names it."""

    url: str
    status: int
    final: str
    trouble: str
    checked: str
    named_by: tuple[str, ...]

    @property
    def is_broken(self) -> bool:
        """Whether somebody should look: no answer, or one that says it is not there."""
        return not 200 <= self.status < 400 and self.status not in (401, 403, 429)


def check_links(
    addresses: Mapping[str, Collection[str]],
    report: Path,
    *,
    now: Callable[[], datetime],
    again: timedelta,
    inside: Collection[str] = (),
    pause: float = PAUSE,
) -> Iterator[CheckedLink]:
    """Yield what became of each of ``addresses`` (with the IRIs that name it), and append it to ``report``.

    An address that the report knows from within ``again`` is not asked anew, but yielded as it stands there. ``inside``
    are hosts that may have private addresses.
    """
    known = {link.url: link for link in read_link_report(report)}
    asked: dict[str, float] = {}
    with report.open("a", encoding="utf-8") as stream:
        if report.stat().st_size and not report.read_bytes().endswith(b"\n"):
            stream.write("\n")
        for url in sorted(addresses):
            held = known.get(url)
            if held and datetime.fromisoformat(held.checked) > now() - again:
                yield held
                continue
            status, final, trouble = _followed(url, inside, asked, pause)
            link = CheckedLink(url, status, final, trouble, now().isoformat(), tuple(sorted(addresses[url])))
            stream.write(json.dumps(asdict(link), ensure_ascii=False) + "\n")
            stream.flush()
            yield link


def read_link_report(report: Path) -> Iterator[CheckedLink]:
    """Yield the lines of a report; of one that was broken off while it was written, the whole ones."""
    if report.exists():
        for line in report.read_text(encoding="utf-8").splitlines():
            try:
                told = json.loads(line)
                yield CheckedLink(**{**told, "named_by": tuple(told["named_by"])})
            except (ValueError, TypeError, KeyError):
                continue


def _followed(url: str, inside: Collection[str], asked: dict[str, float], pause: float) -> tuple[int, str, str]:
    final = url
    for _ in range(MOST_REDIRECTS + 1):
        if not is_askable(final):
            return 0, final, "no web address"
        try:
            reply = _asked(final, inside, asked, pause)
        except PrivateAddress:
            return 0, final, "private address"
        except (OSError, HTTPException, ValueError) as error:
            return 0, final, type(error).__name__
        if not (300 <= reply.status < 400 and reply.location):
            return reply.status, final, ""
        try:
            final = urljoin(final, reply.location)
        except ValueError:
            return 0, reply.location, "no web address"
    return 0, final, "too many redirects"


def _asked(url: str, inside: Collection[str], asked: dict[str, float], pause: float) -> GuardedReply:
    reply = _politely("HEAD", url, inside, asked, pause)
    return _politely("GET", url, inside, asked, pause) if reply.status in (405, 501) else reply


def _politely(method: str, url: str, inside: Collection[str], asked: dict[str, float], pause: float) -> GuardedReply:
    host = urlsplit(url).hostname or ""
    time.sleep(max(0.0, asked.get(host, 0.0) + pause - time.monotonic()))
    try:
        return send(method, url, patience=LINK_PATIENCE, headers=_HEADERS, inside=inside)
    finally:
        asked[host] = time.monotonic()
