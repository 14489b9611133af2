"""HTTP server: serves an ASGI application until told to stop."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import resource
import signal
import socket
import sys

from prometheus_client import CollectorRegistry

from coopgraph.errors import WrongUsage
from coopgraph.http.asgi import ASGIApplication
from coopgraph.http.origin import Origin
from coopgraph.messages.message import Message
from coopgraph.server.asgi import AsgiRunner, Lifespan
from coopgraph.server.client_limiter import ClientLimiter
from coopgraph.server.http1.listener import CONNECTIONS, Listener
from coopgraph.server.metrics import CacheMetrics
from coopgraph.server.response_cache import Releases, ResponseCache
from coopgraph.settings import Settings

if sys.platform == "win32":
    from asyncio import run
else:
    from uvloop import run

NEW_OBJECTS = 10_000
"""Objects made and not given back after which garbage is looked for among the newest ones."""

TURN = 0.001
"""Seconds after which a thread that makes a page lets the event loop have its turn (:func:`sys.setswitchinterval`)."""

GRACE = 2.0
"""Seconds that running queries have when the service stops, and then those who still read."""


def check_address(host: str, port: int) -> None:
    """Raise WrongUsage where nobody can listen on this address, so that nothing is started in vain."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = {
                errno.EADDRINUSE: Message("another program uses it"),
                errno.EACCES: Message("it is reserved for the system"),
                errno.EADDRNOTAVAIL: Message("this machine has no such address"),
            }.get(error.errno or 0, Message("it is no address of this machine"))
            raise WrongUsage(
                Message(
                    "The service cannot listen on {host}, port {port}: {reason}.", host=host, port=port, reason=reason
                ),
                Message("Choose another with --port or --host."),
            ) from error
        except OverflowError as error:
            raise WrongUsage(
                Message("There is no port {port}.", port=port), Message("Choose one from 1 to 65535.")
            ) from error


def serve(
    application: ASGIApplication,
    settings: Settings,
    *,
    releases: Releases,
    registry: CollectorRegistry,
) -> None:
    """Serve ``application`` on the settings' address until SIGTERM or SIGINT; none of its requests run on afterwards.

    ``releases`` says which release an address shows; the numbers of the cache go into ``registry``. Neither queries nor
    addresses of readers are written anywhere.
    """
    _allow_connections()
    check_address(settings.host, settings.port)
    cache = ResponseCache(application, size=settings.cache_size, releases=releases)
    CacheMetrics(cache, registry)
    runner = AsgiRunner(
        cache,
        origin=Origin(settings),
        limiter=ClientLimiter(limit=settings.client_queries, proxies=settings.proxies),
        body_limit=settings.upload_size,
    )
    leave_old_objects_alone()
    sys.setswitchinterval(TURN)
    run(_run(runner, Lifespan(application), settings))


def _allow_connections() -> None:
    """Raise the number of open files that this process may have, as far as the system allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS if most == resource.RLIM_INFINITY else min(most, 2 * CONNECTIONS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def leave_old_objects_alone() -> None:
    """Search for garbage seldom, and never among what is there from the start: each search holds every answer up."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 50)


async def _run(runner: AsgiRunner, lifespan: Lifespan, settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    listener = Listener(runner)
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_stop.set)
    await lifespan.startup()
    await listener.start(settings.host, settings.port)
    logging.getLogger("coopgraph").info("Serving at http://%s:%d", settings.host, settings.port)
    await asked_to_stop.wait()
    all_ended = await listener.stop(GRACE)
    await lifespan.shutdown()
    if not all_ended:
        # What still runs is ended by that, and may say so.
        await listener.stop(GRACE)
    listener.abort()
