"""Client of a coopgraph service for Python: queries give typed rows, and errors are the service's own.

::

    from coopgraph.client import Client

    client = Client("http://127.0.0.1:8000")
    for row in client.query("SELECT ?name WHERE { ?org a coop:Organization ; skos:prefLabel ?name }"):
        print(row.name, row.name.language)

    frame = client.query(text).to_dataframe()   # pip install 'coopgraph[pandas]'
    graph = client.graph("DESCRIBE <https://w3id.org/coopgraph/id/org/paps>")

The graph's own prefixes (``coop:``, ``skos:``, …) need no PREFIX: the service knows them, and its description at
``/sparql`` lists them.

A result comes whole, or :class:`IncompleteResult` is raised: its length, its SHA-256 and its rows are compared with
what the service said. What the service refuses is an exception of :mod:`coopgraph.errors`: ``QueryTimeout`` and
``ResultTooLarge`` say the ``limit``, ``QueueFull`` says when to ``retry_after``, ``QuerySyntax`` says ``line`` and
``column``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from decimal import Decimal
from http.client import HTTPException, HTTPResponse
from typing import IO, TYPE_CHECKING, Any, Self, TypeVar, cast
from urllib.error import HTTPError, URLError

import pyoxigraph
import rdflib
import rdflib.exceptions
from rdflib.query import ResultRow
from SPARQLWrapper import GET, POST, POSTDIRECTLY, SELECT, SPARQLWrapper

from coopgraph import __version__, errors
from coopgraph.messages.message import Message, verbatim
from coopgraph.rdf.language_tags import conventional

if TYPE_CHECKING:
    import pandas

_JSON = "application/sparql-results+json"
_N_TRIPLES = "application/n-triples"

_IN_ADDRESS = 2000
"""Longest query, in characters, that is sent in the address, where caches can know it again."""

_BLOCK = 64 * 1024

_LONGEST_PROBLEM = 1024**2
"""Most bytes of a refusal that are read."""

_BY_STATUS: dict[int, type[errors.CoopgraphError]] = {
    404: errors.NotFound,
    410: errors.Gone,
    413: errors.QueryTooLong,
    502: errors.StoreDown,
    503: errors.StoreDown,
    504: errors.StoreDown,
}
"""What a refusal means that comes without a problem's name, from a proxy for example."""


_T = TypeVar("_T")


class IncompleteResult(errors.QueryProblem):
    """The connection ended before the result did, or what came is not what the service sent."""

    type = "incomplete-result"


class Client:
    """A service at ``url``, the address of its start page or of its ``/sparql``.

    ``release`` asks that release and no other; without it the current one is asked, which changes. ``timeout`` is the
    time in seconds that a query may take here, where that is less than the service allows; also how long to wait for
    the service to say something.
    """

    def __init__(self, url: str, *, release: str | None = None, timeout: float | None = None) -> None:
        root = url.rstrip("/").removesuffix("/sparql")
        self.endpoint = f"{root}/at/{release}/sparql" if release else f"{root}/sparql"
        self._timeout = timeout

    def query(self, query: str) -> Rows:
        """Return the rows of a SELECT query as they come. Raises what the module says, here and while they come."""
        return Rows(self._send(query, _JSON))

    def ask(self, query: str) -> bool:
        """Return the answer to an ASK query."""
        checked = _Checked(self._send(query, _JSON))
        body = checked.read_all()
        answer = checked.reading(lambda: json.loads(body).get("boolean"))
        if answer is None:
            raise errors.WrongUsage(
                Message("This query gives rows."), Message("Use query() for SELECT; ask() is for ASK.")
            )
        return bool(answer)

    def graph(self, query: str) -> rdflib.Graph:
        """Return the triples of a CONSTRUCT or DESCRIBE query."""
        checked = _Checked(self._send(query, _N_TRIPLES))
        body = checked.read_all()
        return checked.reading(lambda: rdflib.Graph().parse(data=body.decode("utf-8"), format="nt"))

    def _send(self, query: str, accept: str) -> HTTPResponse:
        try:
            response: HTTPResponse = _Wrapper(self.endpoint, query, accept, self._timeout).query().response
        except HTTPError as error:
            raise _refusal(error) from None
        except (URLError, OSError, HTTPException) as error:
            raise _unreachable(self.endpoint) from error
        return response


class Rows:
    """The rows of a result: read once, as they come. Close it, or use it in a ``with``, to leave before the end.

    Each row is an rdflib ``ResultRow``: ``row.name``, ``row["name"]`` or ``row[0]`` is a ``URIRef``, ``Literal`` or
    ``BNode``, or None where the variable is unbound.
    """

    def __init__(self, response: HTTPResponse) -> None:
        self.release: str | None = response.headers["X-Coopgraph-Release"]
        """The release that was asked; None where the service has none."""
        self._source = _Checked(response)
        found = self._source.reading(lambda: pyoxigraph.parse_query_results(cast("IO[bytes]", self._source), _RESULTS))
        if isinstance(found, pyoxigraph.QueryBoolean):
            raise errors.WrongUsage(
                Message("This query gives yes or no."), Message("Use ask() for ASK; query() is for SELECT.")
            )
        self._found = found
        self.variables = tuple(variable.value for variable in found.variables)
        """The names of the columns, in order."""

    def __iter__(self) -> Iterator[ResultRow]:
        """Yield the rows. Ends by itself only where the result is whole; raises IncompleteResult otherwise."""
        names = [rdflib.Variable(name) for name in self.variables]
        count = 0
        while (solution := self._source.reading(lambda: next(self._found, None))) is not None:
            terms = zip(names, solution, strict=True)
            yield ResultRow({name: _term(value) for name, value in terms if value is not None}, names)
            count += 1
        self._source.finish(count)

    def to_dataframe(self) -> pandas.DataFrame:
        """Return all rows as a pandas DataFrame with a column for each variable, in pandas' nullable types.

        Numbers, booleans, dates and times are such; a decimal is a float unless that changes its value. Texts and IRIs
        are strings, so language tags are left behind: select ``LANG(?x)`` to keep them. Needs the extra ``pandas``.
        """
        try:
            import pandas
        except ImportError as error:
            raise errors.WrongUsage(
                Message("pandas is not installed."), verbatim("pip install 'coopgraph[pandas]'")
            ) from error
        rows = [[None if value is None else _plain(value) for value in row] for row in self]
        frame = pandas.DataFrame(rows, columns=list(self.variables), dtype=object)
        for number, name in enumerate(self.variables):
            # Told in so many words: pandas would read whole numbers as floats where one is missing.
            whole = [row[number] for row in rows if row[number] is not None]
            if whole and all(type(value) is int and abs(value) < 2**63 for value in whole):
                frame[name] = pandas.array([row[number] for row in rows], dtype="Int64")
        return frame.convert_dtypes()

    def close(self) -> None:
        """Read no more; a query that still runs is stopped."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_RESULTS = pyoxigraph.QueryResultsFormat.JSON


class _Wrapper(SPARQLWrapper):
    """SPARQLWrapper that passes a refusal on with its words, which its own exceptions do not keep."""

    def __init__(self, endpoint: str, query: str, accept: str, timeout: float | None) -> None:
        super().__init__(endpoint, agent=f"coopgraph/{__version__}")
        self.setMethod(GET if len(query) <= _IN_ADDRESS else POST)
        self.setRequestMethod(POSTDIRECTLY)
        self.setOnlyConneg(True)
        self.queryString = query
        self.queryType = SELECT  # only tells queries from updates; what to answer is said by the header
        self.addCustomHttpHeader("Accept", accept)
        if timeout is not None:
            self.addParameter("timeout", str(timeout))
        self._patience = timeout

    def _query(self) -> tuple[HTTPResponse, str]:
        request: urllib.request.Request = self._createRequest()
        # What the service takes to refuse in words comes on top.
        patience = None if self._patience is None else 2 * self._patience + 5
        return urllib.request.urlopen(request, timeout=patience), self.returnFormat


class _Checked:
    """A response's body that raises IncompleteResult at its end unless it is what the service said."""

    def __init__(self, response: HTTPResponse) -> None:
        self._response = response
        self._length = response.headers["Content-Length"]
        self._digest = re.search(r"sha-256=:([^:]*):", response.headers["Repr-Digest"] or "")
        self._rows = response.headers["X-Coopgraph-Rows"]
        self._sure = self._length is not None or self._digest is not None or response.chunked
        self._sha256 = hashlib.sha256()
        self._size = 0
        self._failure: IncompleteResult | None = None

    def read(self, size: int = _BLOCK) -> bytes:
        """Return the next bytes."""
        try:
            piece = self._response.read(size)
        except (OSError, HTTPException) as error:
            raise self._fail(Message("the connection broke")) from error
        self._sha256.update(piece)
        self._size += len(piece)
        if not piece and size:
            self._check()
        return piece

    def read_all(self) -> bytes:
        """Return everything. Raises IncompleteResult also where nothing tells whether it is all."""
        parts = list(iter(self.read, b""))
        if not self._sure:
            raise self._fail(Message("nothing says where it ends"))
        return b"".join(parts)

    def reading(self, parse: Callable[[], _T]) -> _T:
        """Return what ``parse`` makes of what it reads here; a text that it cannot read on is one that was cut."""
        try:
            return parse()
        except (SyntaxError, OSError, ValueError, RecursionError, AttributeError, rdflib.exceptions.Error) as error:
            raise self._failure or self._fail(Message("its text breaks off")) from error

    def finish(self, rows: int) -> None:
        """Read to the end; compare the number of rows."""
        while self.read():
            pass
        if self._rows is not None and self._rows != str(rows):
            raise self._fail(Message("{number} rows came of {whole}", number=rows, whole=self._rows))

    def close(self) -> None:
        """Leave."""
        self._response.close()

    def _check(self) -> None:
        if self._length is not None and str(self._size) != self._length:
            whole = int(self._length) if self._length.isdecimal() else 0
            raise self._fail(Message("{number:,} bytes came of {whole:,}", number=self._size, whole=whole))
        if self._digest and self._digest[1] != base64.b64encode(self._sha256.digest()).decode():
            raise self._fail(Message("its checksum is another"))

    def _fail(self, why: Message) -> IncompleteResult:
        self._failure = self._failure or IncompleteResult(
            Message("The result is not complete: {why}.", why=why), Message("Ask again.")
        )
        self.close()
        return self._failure


def _term(value: Any) -> rdflib.term.Identifier:
    if isinstance(value, pyoxigraph.NamedNode):
        return rdflib.URIRef(value.value)
    if isinstance(value, pyoxigraph.BlankNode):
        return rdflib.BNode(value.value)
    if value.language:
        return rdflib.Literal(value.value, lang=conventional(value.language))
    # rdflib would write a number anew; a result says what it was sent.
    return rdflib.Literal(value.value, datatype=rdflib.URIRef(value.datatype.value), normalize=False)


def _plain(value: rdflib.term.Identifier) -> Any:
    if not isinstance(value, rdflib.Literal):
        return str(value)
    plain = value.toPython()
    if isinstance(plain, Decimal) and Decimal(repr(float(plain))) == plain:
        return float(plain)
    return str(plain) if isinstance(plain, rdflib.Literal) else plain


def _refusal(error: HTTPError) -> errors.CoopgraphError:
    """Return the exception that the service's problem (RFC 9457) stands for."""
    try:
        problem = json.loads(error.read(_LONGEST_PROBLEM))
        name, detail = problem["type"].rpartition("/")[2], verbatim(str(problem["detail"]))
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError, OSError, HTTPException):
        name, problem = "", {}
        detail = Message("The service answered {status} ({reason}).", status=error.code, reason=error.reason)
    raised: errors.CoopgraphError = (_kinds().get(name) or _BY_STATUS.get(error.code, errors.QueryProblem))(detail)
    for member in ("line", "column", "limit", "retry_after"):
        if isinstance(problem.get(member), (int, float)) and hasattr(raised, member):
            setattr(raised, member, problem[member])
    return raised


def _kinds() -> dict[str, type[errors.CoopgraphError]]:
    """Return the exceptions by the types that a service gives to problems."""
    found: dict[str, type[errors.CoopgraphError]] = {}
    waiting: list[type[errors.CoopgraphError]] = [errors.CoopgraphError]
    while waiting:
        kind = waiting.pop(0)
        found.setdefault(kind.type, kind)
        waiting += kind.__subclasses__()
    return found


def _unreachable(endpoint: str) -> errors.StoreDown:
    return errors.StoreDown(
        Message("The service at {endpoint} cannot be asked.", endpoint=endpoint),
        Message("Check its address, and that it runs."),
    )
