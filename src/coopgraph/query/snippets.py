"""Code snippets: a query as a command line of curl, as Python, as R, and as a Jupyter notebook."""

from __future__ import annotations

import json
import re
import shlex
from typing import NamedTuple

NOTEBOOK_MEDIA_TYPE = "application/x-ipynb+json"


class Snippet(NamedTuple):
    """A query as code: the name of the language, and the text."""

    language: str
    text: str


def snippets(query: str, endpoint: str, *, triples: bool) -> tuple[Snippet, ...]:
    """Return ``query`` as code that asks the SPARQL endpoint at ``endpoint``; ``triples`` where it gives a graph."""
    return (
        Snippet("curl", _curl(query, endpoint, triples=triples)),
        Snippet("Python", _python(query, endpoint, triples=triples)),
        Snippet("R", _r(query, endpoint, triples=triples)),
    )


def notebook(query: str, endpoint: str, release: str, *, triples: bool) -> bytes:
    """Return a Jupyter notebook (nbformat 4.5) that asks ``query`` of ``release``, whose rows it then holds as a table.

    The release is named, so that the notebook gives tomorrow what it gives today.
    """
    root = endpoint.removesuffix("/sparql")
    title = (
        f"# A query of coopgraph\n\nAsked at {root} of the release `{release}`; without `release=` the current one is."
    )
    ask = f"client = Client({root!r}, release={release!r})\nquery = {_python_text(query)}"
    give = "graph = client.graph(query)\ngraph" if triples else "table = client.query(query).to_dataframe()\ntable"
    cells = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": title},
        _code("install", "%pip install --quiet 'coopgraph[pandas]'"),
        _code("ask", f"from coopgraph.client import Client\n\n{ask}"),
        _code("answer", give),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    document = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _code(name: str, source: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def _curl(query: str, endpoint: str, *, triples: bool) -> str:
    accept = "text/turtle" if triples else "text/csv"
    return (
        f"curl --fail {shlex.quote(endpoint)} -H 'Accept: {accept}' --data-urlencode {shlex.quote('query=' + query)}\n"
    )


def _python(query: str, endpoint: str, *, triples: bool) -> str:
    root = endpoint.removesuffix("/sparql")
    ask = "graph = client.graph(query)" if triples else "table = client.query(query).to_dataframe()"
    install = "pip install 'coopgraph[pandas]'"
    return (
        f"from coopgraph.client import Client  # {install}\n\n"
        f"client = Client({root!r})\nquery = {_python_text(query)}\n{ask}\n"
    )


def _r(query: str, endpoint: str, *, triples: bool) -> str:
    read = (
        "writeLines(content(answer, as = 'text', encoding = 'UTF-8'))"
        if triples
        # “NA”, Namibia's code, is no missing value.
        else "table <- read.csv(text = content(answer, as = 'text', encoding = 'UTF-8'),\n"
        "                  colClasses = 'character', na.strings = character())"
    )
    accept = "text/turtle" if triples else "text/csv"
    return (
        f"library(httr)\n\nquery <- {_r_text(query)}\n"
        f"answer <- POST('{endpoint}', accept('{accept}'), body = list(query = query), encode = 'form')\n"
        f"stop_for_status(answer)\n{read}\n"
    )


def _python_text(text: str) -> str:
    """Return a literal of Python for ``text``, in lines where it has lines."""
    if "\r" in text or "\0" in text:
        return repr(text)
    escaped = re.sub(r'"(?="|\Z)', r"\"", text.replace("\\", "\\\\"))
    return f'"""{escaped}"""'


def _r_text(text: str) -> str:
    """Return a raw string of R (4.0 and later) for ``text``, with as many dashes as its own end needs."""
    dashes = "-" * (max((len(found) for found in re.findall(r'\)(-*)"', text)), default=-1) + 1)
    return f'r"{dashes}({text}){dashes}"'
