"""``coopgraph serve``: the graph, or any RDF file, over HTTP."""

from __future__ import annotations

import ipaddress
import os
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from coopgraph.context import AppContext, of_endpoint, of_files, of_releases, with_page_process
from coopgraph.errors import OurFault, WrongUsage
from coopgraph.http.asgi import ASGIApplication
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.process_limits import hide_memory
from coopgraph.settings import Settings, signing_key


@click.command()
@click.option("--host", metavar="ADDRESS", help="Address to listen on (default: 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), metavar="PORT", help="Port to listen on (default: 8000).")
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="How many queries run at once (default: 2).")
@click.option("--desk/--no-desk", default=None, help="Offer the curators' desk (default: on this machine alone).")
@click.option("--no-build", is_flag=True, help="Do not build a release where there is none.")
@click.option(
    "--dataset",
    "datasets",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Serve this N-Quads, TriG, Turtle or N-Triples file instead, at /sparql and /graphs only; may be repeated.",
)
@click.option("--endpoint", metavar="URL", help="Serve what this SPARQL 1.1 server holds (see `coopgraph push`).")
@click.pass_obj
def serve(
    settings: Settings,
    host: str | None,
    port: int | None,
    workers: int | None,
    desk: bool | None,
    no_build: bool,
    datasets: tuple[Path, ...],
    endpoint: str | None,
) -> None:
    """Serve the current release; build one first where there is none.

    Example: coopgraph serve --port 8080

    Example: coopgraph serve --dataset facts.ttl

    Example: coopgraph serve --endpoint http://127.0.0.1:3030/coopgraph
    """
    if datasets and endpoint:
        raise WrongUsage(Message("Only one of --dataset and --endpoint can be served."), Message("Leave one out."))
    from coopgraph.server.serve import check_address

    given: dict[str, Any] = {"host": host, "port": port, "workers": workers}
    settings = replace(settings, **{name: value for name, value in given.items() if value is not None})
    has_desk = desk if desk is not None else offers_desk(settings)
    check_address(settings.host, settings.port)
    if endpoint:
        app_context = of_endpoint(settings, endpoint)
    elif datasets:
        app_context = of_files(settings, datasets)
    else:
        app_context = _releases(settings, build=not no_build)
    _serve(app_context, desk=has_desk and not datasets and not endpoint)


def _serve(app_context: AppContext, *, desk: bool) -> None:
    """Give the web application of ``app_context``, and maybe the desk, to the server; nothing runs on afterwards."""
    from coopgraph.server import logs
    from coopgraph.server.serve import serve as run
    from coopgraph.web.asgi import AsgiApplication
    from coopgraph.web.common.shown_release import ShownRelease

    settings = app_context.settings
    hide_memory()
    lines = logs.install_logs(settings.log_format)
    _check_confinement(app_context)
    app_context = with_page_process(app_context)
    application = AsgiApplication(app_context)
    application.metrics.log = lines.requests
    releases = ShownRelease(app_context.settled, app_context.stands)
    with closing(application), _with_desk(application, app_context) if desk else nullcontext(application) as served:
        run(served, settings, releases=releases, registry=application.metrics.registry)


def _with_desk(application: ASGIApplication, app_context: AppContext) -> AbstractContextManager[ASGIApplication]:
    from coopgraph.desk.application import WithDesk  # no process of readers alone loads it

    return closing(WithDesk(application, app_context))


def offers_desk(settings: Settings) -> bool:
    """Return whether the desk is offered where the command does not say: by the setting, or to this machine alone.

    Behind a proxy, or with a public address, a loopback address is not for this machine alone. The desk keeps its
    database in the folder for releases, which a process of readers need not be able to write.
    """
    alone = _is_loopback(settings.host) and not settings.proxies and not settings.address
    return settings.desk or (alone and os.access(settings.var, os.W_OK))


def _check_confinement(app_context: AppContext) -> None:
    """Raise OurFault where strangers could ask queries that nothing keeps from the network and from files."""
    settings = app_context.settings
    if settings.contained or _is_loopback(settings.host):
        return
    walls = app_context.store_registry.store(app_context.query_service.release_name()).health()
    if not walls.confined:
        raise OurFault(
            Message(
                "Queries cannot be cut off from the network and from files here ({reason}), so the "
                "service does not listen on {host}.",
                reason=walls.remark,
                host=settings.host,
            ),
            Message(
                "Mend that (`coopgraph doctor`), or listen on 127.0.0.1; where a container cuts them "
                "off, set `contained`."
            ),
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _releases(settings: Settings, *, build: bool) -> AppContext:
    if release_folder.current(Path(settings.var)) is None:
        if not build:
            raise OurFault(
                Message("There is no release to serve."), Message("Run `coopgraph build`, or leave --no-build out.")
            )
        _build(settings)
    app_context = of_releases(settings)
    app_context.query_service.release_name()  # opened now, so that trouble shows before the port opens
    return app_context


def _build(settings: Settings) -> None:
    from coopgraph.dataset.tree import locate
    from coopgraph.publishing.build import build

    build(
        locate(settings),
        Path(settings.var),
        message="First release",
        now=datetime.now(UTC),
        progress=lambda text: click.echo(text, err=True),
        signing_key=signing_key(settings),
    )
