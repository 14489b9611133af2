"""pyoxigraph alone, in a process of its own: no server, no isolation, no limits. What any server adds shows beside it.

Run as ``python bench/bare.py FILE``. Takes queries on standard input, one JSON string a line; answers each
with a line: seconds until the result was serialized, its bytes, and the number of its rows (-1 for a graph).
"""

from __future__ import annotations

import io
import json
import sys
import time
from pathlib import Path

from pyoxigraph import QueryResultsFormat, QuerySolutions, QueryTriples, RdfFormat, Store


def main(path: Path) -> None:
    """Load ``path``, say so with an empty line, then answer until the input ends."""
    store = Store()
    store.bulk_load(path=path, format=RdfFormat.N_TRIPLES)
    print(flush=True)
    for line in sys.stdin:
        print(json.dumps(_answer(store, json.loads(line))), flush=True)


def _answer(store: Store, query: str) -> list[float]:
    start = time.perf_counter()
    results = store.query(query)
    body = io.BytesIO()
    if isinstance(results, QueryTriples):
        results.serialize(body, RdfFormat.N_TRIPLES)
    else:
        results.serialize(body, QueryResultsFormat.JSON)
    seconds = time.perf_counter() - start
    rows = len(json.loads(body.getvalue())["results"]["bindings"]) if isinstance(results, QuerySolutions) else -1
    return [seconds, len(body.getvalue()), rows]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
