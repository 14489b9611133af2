"""SHACL engine of every day: pyshifty, in Rust. :mod:`.resident` runs it."""

from __future__ import annotations

from collections.abc import Callable
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from typing import Any

from pyoxigraph import RdfFormat, parse, serialize

from coopgraph.validation.engines.target_rewriting import narrowed


def _native_module(package: str, name: str) -> Any:
    """Return a package's native module without importing the package.

    The public face of pyshifty hands reports over as rdflib graphs, only the native one gives them as text; and it
    loads a client for the web, which takes longer than most validations.
    """
    outside = find_spec(package)
    inside = PathFinder.find_spec(name, outside.submodule_search_locations) if outside else None
    if inside is None or inside.loader is None:
        raise ImportError(f"there is no module {name} in {package}")
    module = module_from_spec(inside)
    inside.loader.exec_module(module)
    return module


_shifty = _native_module("shifty", "_shifty")


def validate(shapes: bytes, data: bytes, start: list[str] | None = None) -> bytes:
    """Return the W3C report on ``data``; see :data:`.child.Validate`.

    No rules run, nothing is inferred, the shapes are no part of the data, and a constraint the engine does not know is
    an error, not a pass. Raises ValueError for shapes that the engine cannot prepare or would ignore a part of.
    """
    return prepared_validation(shapes, data)(data, start)


def prepared_validation(shapes: bytes, classes: bytes) -> Callable[[bytes, list[str] | None], bytes]:
    """Return what validates data against ``shapes`` as :func:`validate` does, again and again.

    ``classes`` are data with every ``rdfs:subClassOf`` of the data to come.
    """
    prepared = _shifty.PreparedValidator(narrowed(shapes, classes), None, "ntriples")

    def validated(data: bytes, start: list[str] | None) -> bytes:
        result = prepared.validate_w3c(
            data=data,
            data_format="ntriples",
            graph_mode="data",
            entry_shape_names=start,
            run_infer=False,
            on_unsupported="error",
        )
        if said := [*prepared.diagnostics, *result.diagnostics]:
            raise ValueError("; ".join(said))
        report = parse(result.report_turtle.encode(), format=RdfFormat.TURTLE)
        return serialize(report, format=RdfFormat.N_TRIPLES) or b""

    return validated
