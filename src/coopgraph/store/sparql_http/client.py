"""HTTP client of the one server that an operator named: no redirects, no proxies, a deadline, an end from any thread.

Name and password go out only where that server asks for them (Basic or Digest), and once it has asked, with each
request: some servers close the connection on a large body that comes without.
"""

from __future__ import annotations

import http.client
import socket
import threading
import urllib.request
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from SPARQLWrapper import INSERT, POST, POSTDIRECTLY, SELECT, SPARQLWrapper

from coopgraph.errors import QueryProblem, StoreDown, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.store.sparql_http.credentials import Credentials

CONNECT = 10.0
"""Longest time in seconds for the connection itself."""


class CuttableConnection:
    """One connection that may be cut at any time from any thread; ``problem`` says why it was."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self.problem: QueryProblem | None = None

    def connect(self, address: tuple[str, int], timeout: float, source: tuple[str, int] | None = None) -> socket.socket:
        """Open a connection to ``address`` (host and port)."""
        return socket.create_connection(address, timeout, source)

    def connected(self, connection: socket.socket) -> None:
        """Hold ``connection``, and cut it at once where the line was cut before."""
        with self._lock:
            self._socket = connection
            cut = self.problem is not None
        if cut:
            _shut(connection)

    def cut(self, problem: QueryProblem) -> None:
        """End the connection because of ``problem``; only the first call counts."""
        with self._lock:
            if self.problem is not None:
                return
            self.problem = problem
            connection = self._socket
        if connection is not None:
            _shut(connection)


class SparqlHttpClient:
    """Sends requests to the server of ``address``. Raises WrongUsage where that is no address of one."""

    def __init__(self, address: str, credentials: Credentials | None) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise WrongUsage(
                Message("“{address}” is no address of a server.", address=address),
                Message("It begins with http:// or https://."),
            )
        if parts.username or parts.password:
            raise WrongUsage(
                Message("An address must not hold a name or a password: others can see it."),
                Message(
                    "Give them in COOPGRAPH_USER and COOPGRAPH_PASSWORD, or in a file named by COOPGRAPH_PASSWORD_FILE."
                ),
            )
        self.origin = f"{parts.scheme}://{parts.netloc}/"
        """What is shown of the address, and the only place that name and password go to."""
        self._opener = urllib.request.OpenerDirector()
        handlers: list[urllib.request.BaseHandler] = [
            _Http(),
            _Https(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
        ]
        if credentials is not None:
            known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
            known.add_password(None, self.origin, credentials.user, credentials.password)
            handlers += [_Digest(known), _Basic(known)]
        for handler in handlers:
            self._opener.add_handler(handler)

    def open(self, request: urllib.request.Request, line: CuttableConnection | None = None) -> http.client.HTTPResponse:
        """Send ``request`` and return the response, its body unread.

        Raises HTTPError for a status that is no success (redirects too), what cut ``line`` where it was cut, and
        StoreDown where the server cannot be reached.
        """
        line = line or CuttableConnection()
        request.line = line  # type: ignore[attr-defined]
        try:
            response: http.client.HTTPResponse = self._opener.open(request, timeout=CONNECT)
        except HTTPError:
            raise
        except (URLError, OSError, http.client.HTTPException, ValueError) as error:
            raise line.problem or StoreDown(
                Message("The server at {address} cannot be asked.", address=self.origin),
                Message("Check its address, and that it runs."),
            ) from error
        return response

    def ask(
        self,
        address: str,
        query: str,
        media_type: str,
        line: CuttableConnection | None = None,
        *,
        default_graphs: Iterable[str] = (),
        named_graphs: Iterable[str] = (),
    ) -> http.client.HTTPResponse:
        """Send a query of any form to ``address``; raises what :meth:`open` raises."""
        return self._send(_Wrapper(self, address, query, SELECT, media_type, line, default_graphs, named_graphs))

    def update(self, address: str, update: str) -> http.client.HTTPResponse:
        """Send a SPARQL Update to ``address``; raises what :meth:`open` raises."""
        return self._send(_Wrapper(self, address, update, INSERT, "*/*", None, (), ()))

    def _send(self, wrapper: _Wrapper) -> http.client.HTTPResponse:
        response: http.client.HTTPResponse = wrapper.query().response
        return response

    def greet(self, address: str) -> None:
        """Let the server at ``address`` ask who we are before anything large is sent to it."""
        with suppress(HTTPError, StoreDown):
            # HEAD, as what an address gives may be all that the server holds.
            self.open(urllib.request.Request(address, headers={"Accept": "*/*"}, method="HEAD")).close()


class _Wrapper(SPARQLWrapper):
    """SPARQLWrapper that sends through our client: it would follow redirects, and it warns with the query's text."""

    def __init__(
        self,
        client: SparqlHttpClient,
        address: str,
        text: str,
        kind: str,
        media_type: str,
        line: CuttableConnection | None,
        default_graphs: Iterable[str],
        named_graphs: Iterable[str],
    ) -> None:
        super().__init__(address, agent="coopgraph")
        self.setMethod(POST)
        if kind == INSERT:
            # As a body of its own: some servers take no form as large as an update may be.
            self.setRequestMethod(POSTDIRECTLY)
        self.setOnlyConneg(True)
        self.queryString = text
        self.queryType = kind  # tells queries from updates; in what to answer is said by the header
        self.addCustomHttpHeader("Accept", media_type)
        for name in default_graphs:
            self.addParameter("default-graph-uri", name)
        for name in named_graphs:
            self.addParameter("named-graph-uri", name)
        self._client = client
        self._line = line

    def _query(self) -> tuple[http.client.HTTPResponse, str]:
        request: urllib.request.Request = self._createRequest()
        return self._client.open(request, self._line), self.returnFormat


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        # Not by the method of a TLS connection, which takes from its reader what that is reading with.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _kept(kind: type[http.client.HTTPConnection], line: CuttableConnection) -> Any:
    class Connection(kind):  # type: ignore[valid-type, misc]
        def connect(self) -> None:
            self._create_connection = line.connect
            super().connect()
            # What comes after has the line's own deadline.
            self.sock.settimeout(None)
            line.connected(self.sock)

        def request(self, method: str, url: str, body: Any = None, headers: Any = None, **more: Any) -> None:
            # On a connection that is to be closed, some servers do not say where their answer ends.
            kept = {name: value for name, value in (headers or {}).items() if name.lower() != "connection"}
            super().request(method, url, body, kept, **more)

    return Connection


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_kept(http.client.HTTPConnection, req.line), req)  # type: ignore[attr-defined]


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_kept(http.client.HTTPSConnection, req.line), req)  # type: ignore[attr-defined]


class _Digest(urllib.request.HTTPDigestAuthHandler):
    """Digest access authentication (RFC 7616) that answers the server's last challenge before it is repeated."""

    def __init__(self, known: urllib.request.HTTPPasswordMgr) -> None:
        super().__init__(known)
        self._challenge: dict[str, str] | None = None

    def http_request(self, req: urllib.request.Request) -> urllib.request.Request:
        if self._challenge is not None:
            answer = self.get_authorization(req, self._challenge)
            if answer:
                req.add_unredirected_header(self.auth_header, f"Digest {answer}")
        return req

    https_request = http_request

    def retry_http_digest_auth(self, req: urllib.request.Request, auth: str) -> Any:
        _, _, challenge = auth.partition(" ")
        self._challenge = urllib.request.parse_keqv_list(
            [item for item in urllib.request.parse_http_list(challenge) if item]
        )
        return super().retry_http_digest_auth(req, auth)


class _Basic(urllib.request.HTTPBasicAuthHandler):
    """Basic authentication (RFC 7617) that goes with each request once the server has asked for it."""

    def __init__(self, known: urllib.request.HTTPPasswordMgr) -> None:
        super().__init__(known)
        self._answer: str | None = None

    def http_request(self, req: urllib.request.Request) -> urllib.request.Request:
        if self._answer is not None:
            req.add_unredirected_header(self.auth_header, self._answer)
        return req

    https_request = http_request

    def retry_http_basic_auth(self, host: str, req: urllib.request.Request, realm: str) -> Any:
        response = super().retry_http_basic_auth(host, req, realm)
        if response is not None:
            self._answer = req.get_header(self.auth_header)
        return response
