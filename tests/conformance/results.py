"""Results of the W3C's tests as ``src/coopgraph/model/conformance.json`` has them.

``python -m tests.conformance.results`` writes the file. A test that is known not to pass is a strict xfail here, and
every other one must pass for this project's own tests to pass: so what those say beforehand is what came out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from coopgraph.validation.shacl import ENGINES
from tests.conformance import protocol_suite, sparql11, test_shacl, test_sparql11

FILE = Path(__file__).parents[2] / "src" / "coopgraph" / "model" / "conformance.json"
SHACL = "urn:x-shacl-test:/"


def results() -> list[dict[str, Any]]:
    """Return what the file has to say."""
    query = {case.id.replace("/", "/manifest#"): test_sparql11.known_reason(case) for case in test_sparql11.ALL}
    stem = protocol_suite.STEM
    return [
        _suite("query", sparql11.SUITE, query),
        _suite("protocol", f"{stem}protocol/manifest#", dict.fromkeys(protocol_suite.PROTOCOL), protocol_suite.UPDATES),
        _suite(
            "graph-store",
            f"{stem}http-rdf-update/manifest#",
            dict.fromkeys(protocol_suite.GRAPH_STORE),
            protocol_suite.GRAPH_STORE_WRITES,
        ),
        _suite(
            "service-description",
            f"{stem}service-description/manifest#",
            dict.fromkeys(protocol_suite.SERVICE_DESCRIPTION),
        ),
        *(
            _suite(
                f"shacl-{engine}",
                SHACL,
                {case.name: test_shacl.CANNOT_PASS.get((engine, case.name)) for case in test_shacl.ALL},
            )
            for engine in sorted(ENGINES)
        ),
    ]


def _suite(key: str, stem: str, reasons: Mapping[str, str | None], writing: Iterable[str] = ()) -> dict[str, Any]:
    return {
        "key": key,
        "stem": stem,
        "passed": sorted(name for name, reason in reasons.items() if reason is None),
        "failed": {name: reason for name, reason in sorted(reasons.items()) if reason is not None},
        "inapplicable": dict.fromkeys(sorted(writing), "read-only"),
    }


def text() -> str:
    """Return the file's text."""
    return json.dumps(results(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
