"""HTTP server: serves an application context until told to stop."""

from __future__ import annotations

import asyncio
import errno
import gc
import ipaddress
import logging
import resource
import signal
import socket
import sys
from functools import partial

from coopgraph.context import AppContext
from coopgraph.errors import OurFault, WrongUsage
from coopgraph.http.origin import Origin
from coopgraph.server import logs, metrics
from coopgraph.server.client_limiter import ClientLimiter
from coopgraph.server.fast_path import FastPath
from coopgraph.server.http1.listener import CONNECTIONS, Listener
from coopgraph.server.response_cache import ResponseCache
from coopgraph.server.spool_quota import SpoolQuota
from coopgraph.server.wsgi_gateway import WsgiGateway
from coopgraph.store.oxigraph import confinement
from coopgraph.store.oxigraph.pool import QUICK
from coopgraph.web.app import create_app

if sys.platform == "win32":
    from asyncio import run
else:
    from uvloop import run

PAGES = 8
"""Requests that are worked on beside those that ask or wait for a query worker."""

NEW_OBJECTS = 10_000
"""Objects made and not given back after which garbage is looked for among the newest ones."""

TURN = 0.001
"""Seconds after which a thread that makes a page lets the event loop have its turn (:func:`sys.setswitchinterval`)."""

GATHERING = 0.05
"""Seconds for which requests are gathered before they are counted and written."""

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
                errno.EADDRINUSE: "another program uses it",
                errno.EACCES: "it is reserved for the system",
                errno.EADDRNOTAVAIL: "this machine has no such address",
            }.get(error.errno or 0, "it is no address of this machine")
            raise WrongUsage(
                f"The service cannot listen on {host}, port {port}: {reason}.", "Choose another with --port or --host."
            ) from error
        except OverflowError as error:
            raise WrongUsage(f"There is no port {port}.", "Choose one from 1 to 65535.") from error


def serve(app_context: AppContext) -> None:
    """Serve ``app_context`` on its settings' address until SIGTERM or SIGINT; nothing of it runs on afterwards.

    Neither queries nor addresses of readers are written anywhere.
    """
    settings = app_context.settings
    confinement.hide_memory()
    _allow_connections()
    check_address(settings.host, settings.port)
    lines = logs.install_logs(settings.log_format)
    _check_confinement(app_context)
    # Those in both lanes and in the queue before each of them.
    threads = settings.workers * (1 + 2 * settings.waiting_per_worker) + QUICK + PAGES
    app = create_app(app_context)
    cache = ResponseCache(
        app.wsgi_app, size=settings.cache_size, current=app_context.settled, stands=app_context.stands
    )
    counts = metrics.metrics_of(app)
    counts.cache = cache
    counts.log = lines.requests
    callers = ClientLimiter(limit=settings.client_queries, proxies=settings.proxies)
    prompt = FastPath(app_context.query_service, cache, counts)
    bridge = WsgiGateway(
        cache,
        prompt,
        origin=Origin(settings),
        callers=callers,
        quota=SpoolQuota(settings.sending_size),
        threads=threads,
        body_limit=settings.upload_size,
    )
    leave_old_objects_alone()
    sys.setswitchinterval(TURN)
    try:
        run(_run(app_context, bridge, counts))
    finally:
        app_context.close()
        bridge.close()


def _check_confinement(app_context: AppContext) -> None:
    """Raise OurFault where strangers could ask queries that nothing keeps from the network and from files."""
    settings = app_context.settings
    if settings.contained or _is_loopback(settings.host):
        return
    walls = app_context.store_registry.store(app_context.query_service.release).health()
    if not walls.confined:
        raise OurFault(
            f"Queries cannot be cut off from the network and from files here ({walls.remark}), so the service does not "
            f"listen on {settings.host}.",
            "Mend that (`coopgraph doctor`), or listen on 127.0.0.1; where a container cuts them off, set `contained`.",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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


async def _run(app_context: AppContext, bridge: WsgiGateway, counts: metrics.Metrics) -> None:
    settings = app_context.settings
    loop = asyncio.get_running_loop()
    counts.gather(lambda settle: loop.call_soon_threadsafe(partial(loop.call_later, GATHERING, settle)))
    listener = Listener(bridge)
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_stop.set)
    await listener.start(settings.host, settings.port)
    logging.getLogger("coopgraph").info("Serving at http://%s:%d", settings.host, settings.port)
    await asked_to_stop.wait()
    if not await listener.stop(GRACE):
        # A query that still runs, or a client that reads slowly, does not keep the service from stopping.
        await asyncio.to_thread(app_context.close)
        await listener.stop(GRACE)
    listener.abort()
    counts.gather(None)
