"""Effect of a SPARQL Update, as a program: on a copy in memory of the statements that it is given, and nowhere else.

Run as ``python -m coopgraph.store.oxigraph.update_effect ORDER``, where ORDER is a JSON object with ``memory`` (bytes
beyond what is mapped at the start), ``seconds`` (of processor time), ``most`` (statements) and ``prefixes``. Standard
input has the length of the Update in bytes on a line, the Update, and the statements as N-Triples. Standard output gets
a JSON object: ``removed`` and ``added``, statements as N-Triples; ``removed`` and ``added`` as numbers where there are
more than ``most``; or ``error``, what the engine says. ``left`` is how many statements the copy has then.

The process is confined as a query worker is: it reaches no network and no file.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
from typing import Any

from pyoxigraph import RdfFormat, Store

from coopgraph.store.oxigraph import confinement

_STACK = 64 * 1024 * 1024
"""Stack of the thread that runs the Update, in bytes: deep nesting ends in an error."""


def main() -> int:
    """Give the effect of the Update on standard input and return the exit code."""
    order = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"]))
    length = int(sys.stdin.buffer.readline())
    update = sys.stdin.buffer.read(length).decode("utf-8")
    copy = Store()
    copy.bulk_load(input=sys.stdin.buffer.read(), format=RdfFormat.N_TRIPLES)
    told: list[dict[str, Any]] = []
    confinement.limit(order["memory"] + _STACK)
    if sys.platform == "linux" and (remark := confinement.confine()):
        sys.stderr.write(remark)
    threading.stack_size(_STACK)
    thread = threading.Thread(target=lambda: told.append(_effect(copy, update, order)))
    thread.start()
    thread.join()
    if not told:
        return 4
    sys.stdout.write(json.dumps(told[0]))
    return 0


def _effect(copy: Store, update: str, order: dict[str, Any]) -> dict[str, Any]:
    before = set(copy)
    try:
        copy.update(update, prefixes=order["prefixes"])
    except (SyntaxError, ValueError, OSError, RuntimeError) as error:
        return {"error": str(error)}
    after = set(copy)
    removed, added = before - after, after - before
    if len(removed) + len(added) > order["most"]:
        return {"removed": len(removed), "added": len(added), "left": len(after)}
    written = {name: [f"{quad.triple} ." for quad in quads] for name, quads in (("removed", removed), ("added", added))}
    return {**written, "left": len(after)}


if __name__ == "__main__":
    sys.exit(main())
