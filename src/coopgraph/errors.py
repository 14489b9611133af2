"""Error tree: everything that can go wrong and be told to a person.

::

    CoopgraphError
    ├── WrongUsage              a call that cannot mean anything                 exit 2
    ├── UnreadableInput         input that cannot be read                        exit 3
    │   ├── SyntaxProblem         … with line and column
    │   └── UnknownFormat         … in a format that is not taken
    ├── DoesNotConform          a check failed, so nothing was done              exit 1
    ├── OurFault                something on our side                            exit 4
    │   ├── Busy                  another process holds the lock
    │   └── NoRoom                what is kept here has reached its limit
    ├── NotSignedIn             who it is must be known, and is not
    ├── NotPermitted            not for this person's role
    ├── TooManySignIns          signing in failed too often from one client; retry after some seconds
    ├── Conflict                what it was made for is no longer so
    ├── NotAcceptable           none of the formats asked for can carry it
    ├── NotFound                nothing under this address
    │   └── Gone                  it was here and was withdrawn
    └── QueryProblem            a query that gets no (complete) answer
        ├── QuerySyntax           malformed, with line and column
        ├── QueryRefused          not allowed here
        │   └── FederationRefused   asks another server
        ├── FederationFailed      another server did not answer as it should
        ├── PastLimit             more than is given to one query; says how much that is
        │   ├── QueryTooLong        text, in bytes
        │   ├── QueryTimeout        time, in seconds
        │   └── ResultTooLarge      result, in bytes
        ├── QueryMemory           past its memory, or a fault in the engine
        ├── QueryCancelled        its client cancelled it
        ├── QueueFull             too many waiting; retry after some seconds
        │   └── TooManyRequests     … of one client
        └── StoreDown             the engine cannot be reached

"The data is invalid" is a result (``validation.report.Report``), never an exception.
``type`` names each kind of error to other programs.
HTTP statuses live in ``web.common.problems`` alone; exit codes in ``cli.main``.
"""

from __future__ import annotations

from typing import ClassVar

from coopgraph.messages.message import Message


class CoopgraphError(Exception):
    """An error: a message saying what happened, and a hint saying what to do about it. ``str()`` is it in English."""

    type: ClassVar[str] = "coopgraph-error"
    """The name of the problem type (RFC 9457), under which others know it: it stays, whatever the class is called."""

    def __init__(self, message: Message, hint: Message | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return str(self.message)

    def in_language(self, language: str) -> str:
        """Return message and hint in the page language ``language``, one after the other."""
        return " ".join(part.in_language(language) for part in (self.message, self.hint) if part is not None)


class WrongUsage(CoopgraphError):
    """The call cannot mean anything; nothing was done."""

    type = "wrong-usage"


class UnreadableInput(CoopgraphError):
    """A file or body that cannot be read at all."""

    type = "unreadable-input"


class SyntaxProblem(UnreadableInput):
    """Input that breaks its syntax at a known place (line and column count from 1)."""

    type = "syntax-problem"

    def __init__(
        self,
        message: Message,
        hint: Message | None = None,
        *,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(message, hint)
        self.line = line
        self.column = column


class UnknownFormat(UnreadableInput):
    """A file or body in a format that is not taken here."""

    type = "unknown-format"


class DoesNotConform(CoopgraphError):
    """A check failed, so what was asked for was not done."""

    type = "does-not-conform"


class OurFault(CoopgraphError):
    """Something failed on our side; the input was not at fault."""

    type = "our-fault"


class Busy(OurFault):
    """Another process is doing what only one may do at a time."""

    type = "busy"


class NoRoom(OurFault):
    """What is kept here for others has reached its limit, or the disk has; the request itself was fine."""

    type = "no-room"


class NotSignedIn(CoopgraphError):
    """It must be known who asks, and name, password, code, session or token do not say so."""

    type = "not-signed-in"


class NotPermitted(CoopgraphError):
    """This is for people of another role, or for somebody else."""

    type = "not-permitted"


class TooManySignIns(CoopgraphError):
    """Signing in has failed too often from one client; it has to wait."""

    type = "too-many-sign-ins"

    def __init__(self, message: Message, hint: Message | None = None, *, retry_after: int = 1) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after


class Conflict(CoopgraphError):
    """What this was made for has changed meanwhile; nothing was done."""

    type = "conflict"


class NotAcceptable(CoopgraphError):
    """None of the formats that the client takes can carry the answer."""

    type = "not-acceptable"


class NotFound(CoopgraphError):
    """Nothing is known under this name."""

    type = "not-found"

    def __init__(self, message: Message, hint: Message | None = None, *, nearest: tuple[str, ...] = ()) -> None:
        """Say what is not there; ``nearest`` are the IRIs of things that may have been meant."""
        super().__init__(message, hint)
        self.nearest = nearest


class Gone(NotFound):
    """It was published and has been withdrawn; the message gives the public reason."""

    type = "gone"


class QueryProblem(CoopgraphError):
    """A query that gets no answer, or no complete one."""

    type = "query-problem"


class QuerySyntax(QueryProblem):
    """A malformed query (line and column count from 1)."""

    type = "query-syntax"

    def __init__(
        self,
        message: Message,
        hint: Message | None = None,
        *,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(message, hint)
        self.line = line
        self.column = column


class QueryRefused(QueryProblem):
    """A query that this service does not run."""

    type = "query-refused"


class FederationRefused(QueryRefused):
    """A query that asks another server."""

    type = "federation-refused"


class FederationFailed(QueryProblem):
    """Another server, asked on the query's behalf, gave no answer or none that can be used."""

    type = "federation-failed"


class PastLimit(QueryProblem):
    """More than one query is given. ``limit`` is how much that is, in seconds or bytes, where it is known."""

    type = "past-limit"

    def __init__(self, message: Message, hint: Message | None = None, *, limit: float | None = None) -> None:
        super().__init__(message, hint)
        self.limit = limit


class QueryTooLong(PastLimit):
    """Query text beyond the limit."""

    type = "query-too-long"


class QueryTimeout(PastLimit):
    """A query stopped at its deadline."""

    type = "query-timeout"


class QueryMemory(QueryProblem):
    """A query that needed too much memory or hit a fault in the engine; its worker was replaced."""

    type = "query-memory"


class QueryCancelled(QueryProblem):
    """A query stopped at its client's wish."""

    type = "query-cancelled"


class ResultTooLarge(PastLimit):
    """A result beyond the size limit."""

    type = "result-too-large"


class QueueFull(QueryProblem):
    """Too many queries wait already."""

    type = "queue-full"

    def __init__(self, message: Message, hint: Message | None = None, *, retry_after: int = 1) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after


class TooManyRequests(QueueFull):
    """One client runs and waits for as many queries as it may."""

    type = "too-many-requests"


class StoreDown(QueryProblem):
    """The engine behind the service cannot be reached."""

    type = "store-down"
