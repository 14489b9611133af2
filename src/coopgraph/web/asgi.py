"""ASGI application: plain queries are answered on the event loop, everything else by Flask in threads."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, nullcontext

from coopgraph.context import AppContext
from coopgraph.errors import TooManyRequests
from coopgraph.http.asgi import CLIENT, ClientExtension, Receive, Scope, Send, encoded, header_fields
from coopgraph.query.service import StartedQuery
from coopgraph.web.app import create_app
from coopgraph.web.common.request_context import STARTED
from coopgraph.web.common.spool_quota import SpoolQuota
from coopgraph.web.common.wsgi_adapter import WsgiAdapter, path_info
from coopgraph.web.endpoint.fast_path import FastAnswer, FastPath, PlainQuery, plain_query
from coopgraph.web.endpoint.metrics import Metrics

PAGES = 8
"""Requests that are worked on beside those that ask or wait for a query worker."""


class AsgiApplication:
    """The web application of an application context, for any ASGI server.

    It needs no extension of a server's. Where the server tells clients apart (``coopgraph.client``), each has as many
    queries at once as the settings say; where it takes trailers, the checksum follows a body as well. The protocol
    ``lifespan`` closes the application context.
    """

    def __init__(self, app_context: AppContext) -> None:
        settings = app_context.settings
        self._app_context = app_context
        self.metrics = Metrics(app_context)
        self._fast_path = FastPath(app_context.query_service, self.metrics)
        self._flask = WsgiAdapter(
            create_app(app_context, self.metrics).wsgi_app,
            threads=app_context.most_queries + PAGES,
            body_limit=settings.upload_size,
            quota=SpoolQuota(settings.sending_size),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or follow the server's life. Raises ValueError for another protocol."""
        match scope["type"]:
            case "http":
                await self._answer(scope, receive, send)
            case "lifespan":
                await self._live(receive, send)
            case other:
                raise ValueError(f"Only HTTP is spoken here, not {other}.")

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = plain_query(
            scope["method"],
            scope["scheme"],
            path_info(scope),
            scope["query_string"].decode("latin-1"),
            header_fields(scope),
        )
        came = None if query is None else await self._at_once(scope, query)
        if isinstance(came, FastAnswer):
            await send({"type": "http.response.start", "status": 200, "headers": encoded(came.headers)})
            await send({"type": "http.response.body", "body": came.body})
            return
        try:
            await self._flask.answer(scope, receive, send, {STARTED: came})
        finally:
            if came is not None:
                came.running.close()

    async def _at_once(self, scope: Scope, query: PlainQuery) -> FastAnswer | StartedQuery | None:
        """Return what the fast path makes of a query; None also where the client has no place left.

        Flask says so then.
        """
        loop = asyncio.get_running_loop()
        came: asyncio.Future[FastAnswer | StartedQuery | None] = loop.create_future()

        def then(answer: FastAnswer | StartedQuery | None) -> None:
            if not came.done():
                came.set_result(answer)
            elif isinstance(answer, StartedQuery):
                answer.running.close()

        try:
            with _slot(scope):
                self._fast_path.begin(query, then)
        except TooManyRequests:
            return None
        return await came

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.metrics.gather(asyncio.get_running_loop())
            else:
                # A query that still runs, or a client that reads slowly, does not keep the service from stopping.
                await asyncio.to_thread(self._app_context.close)
                self.metrics.gather(None)
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    def close(self) -> None:
        """Take no more requests, and give back every process and file."""
        self._app_context.close()
        self._flask.close()


def _slot(scope: Scope) -> AbstractContextManager[None]:
    client: ClientExtension | None = scope.get("extensions", {}).get(CLIENT)
    return client["slot"] if client else nullcontext()
