"""The second opinion: pyshacl over rdflib, slow and independent.

Run as ``python -m coopgraph.check.engines.pyshacl SECONDS``.
"""

from __future__ import annotations

import logging

import pyshacl
import rdflib

from coopgraph.check.engines.child import serve


def validate(shapes: bytes, data: bytes, start: list[str] | None = None) -> bytes:
    """Return the W3C report on ``data``; see :data:`.child.Validate`.

    Core and SPARQL constraints only: no rules, no inference, no imports, no scripts. Raises RuntimeError where pyshacl
    cannot validate, which it reports as a value.
    """
    # Both are switches of the whole process: keep literals as written, and be silent about ill-typed ones.
    rdflib.NORMALIZE_LITERALS = False
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)
    _, report, text = pyshacl.validate(
        rdflib.Graph().parse(data=data, format="nt"),
        shacl_graph=rdflib.Graph().parse(data=shapes, format="nt"),
        advanced=False,
        inference="none",
        js=False,
        do_owl_imports=False,
        inplace=True,
        use_shapes=start,
    )
    if not isinstance(report, rdflib.Graph):
        raise RuntimeError(text)
    return report.serialize(format="nt", encoding="utf-8")


if __name__ == "__main__":
    serve(validate)
