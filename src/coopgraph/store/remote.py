"""Ask any SPARQL 1.1 endpoint over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO
from urllib.error import HTTPError, URLError

from SPARQLWrapper import POST, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException

from coopgraph.errors import QuerySyntax, StoreDown
from coopgraph.rdf import formats
from coopgraph.rdf.formats import Format
from coopgraph.store.oxigraph.frames import DATA_SIZE
from coopgraph.store.protocol import Answer, Choice, ResultForm

_FORMS: dict[str, ResultForm] = {"SELECT": "bindings", "ASK": "boolean", "CONSTRUCT": "graph", "DESCRIBE": "graph"}


def ask(endpoint: str, query: str, choice: Choice, *, timeout: float) -> Answer:
    """Return the answer of the server at ``endpoint``, passed on as it comes.

    Raises QuerySyntax where the server calls the query malformed, and StoreDown where it gives no answer.
    """
    wrapper = SPARQLWrapper(endpoint, agent="coopgraph")
    wrapper.setMethod(POST)
    wrapper.setOnlyConneg(True)
    wrapper.setTimeout(max(1, round(timeout)))
    wrapper.setQuery(query)
    form: ResultForm = _FORMS.get(wrapper.queryType or "", "bindings")
    wanted = choice.of(form)
    media_type = wanted.media_type if wanted else "*/*"
    wrapper.addCustomHttpHeader("Accept", media_type)
    try:
        response = wrapper.query().response
    except QueryBadFormed as error:
        raise QuerySyntax("The server calls the query malformed.", "Check it, or what this server supports.") from error
    except HTTPError as error:
        raise StoreDown(
            f"{endpoint} answered with the status {error.code}.", "Ask again later, or ask less."
        ) from error
    except (URLError, OSError, ValueError, SPARQLWrapperException) as error:
        raise StoreDown(f"{endpoint} cannot be asked.", "Check the address, and that the server runs.") from error
    sent = response.headers.get_content_type()
    given: Format | None = formats.BY_MEDIA_TYPE.get(sent)
    if given is None or (wanted is not None and given != wanted):
        raise StoreDown(f"{endpoint} answered in {sent}, not in {media_type}.", "Ask for another format.")
    return Answer(form, given, _pieces(response), response.close)


def _pieces(response: IO[bytes]) -> Iterator[bytes]:
    try:
        while piece := response.read(DATA_SIZE):
            yield piece
    except (OSError, ValueError) as error:
        raise StoreDown("The answer broke off.", "Ask again.") from error
