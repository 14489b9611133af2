"""Export of all things of a kind, as a table or as linked data; services in two formats of their field besides.

CSV, XLSX and Parquet hold the :mod:`export_table`; JSON-LD and newline-delimited JSON a node for each thing, Turtle the
same triples: the thing's own statements, as profile ``flat`` has them, a service's channels inside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from coopgraph.errors import NotFound
from coopgraph.messages.message import Message
from coopgraph.rdf import formats
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.json_text import json_text
from coopgraph.rdf.jsonld import CONTEXT_IRI
from coopgraph.rdf.node_table import ExportTable, export_table, exported_nodes, table_csv
from coopgraph.rdf.turtle import house_form_of_texts
from coopgraph.reading.data.contexts import PublishedContexts
from coopgraph.reading.data.cpsv import CPSV_PREFIXES, cpsv_services
from coopgraph.reading.data.export_table import table_parquet, table_xlsx
from coopgraph.reading.data.exported_things import exported_services, exported_things
from coopgraph.reading.data.hsds import hsds_page, hsds_service
from coopgraph.reading.data.item_list import json_lines
from coopgraph.reading.source import Source
from coopgraph.reading.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Exporter:
    """Exports of what ``reading`` shows. Names of concepts, and all texts of HSDS, are in ``language`` where there."""

    reading: Source
    words: Vocabulary
    published: PublishedContexts
    language: str

    def export(self, kind: str, ending: str) -> tuple[bytes, str]:
        """Return the things of ``kind`` (a frame's name) as the file whose name ends in ``ending``, and its media type.

        Raises :class:`NotFound` where there is no such kind, or no such format of it.
        """
        known = {**_FORMATS, **(_OF_SERVICES if kind == "service" else {})}
        if ending not in known:
            raise NotFound(
                Message("There is no export of “{kind}” that ends in “.{ending}”.", kind=kind, ending=ending),
                Message("Choose one of: {endings}.", endings=", ".join(f".{item}" for item in known)),
            )
        write, media_type = known[ending]
        return write(self, kind), media_type

    def nodes(self, kind: str) -> Iterator[Mapping[str, Any]]:
        """Yield the JSON-LD node of each thing, without a context."""
        context = self.published.context(self.reading.release)
        for things, graph in exported_things(self.reading, self.words, kind):
            yield from exported_nodes(context, graph, things, kind)

    def table(self, kind: str) -> ExportTable:
        """Return the table of the same nodes."""
        context = self.published.context(self.reading.release)
        return export_table(self.nodes(kind), context, self._label, self.language)

    def _label(self, iri: str, language: str) -> str:
        return self.words.label(iri, language).text

    def graph(self, kind: str) -> Graph:
        """Return the triples of the same nodes."""
        return Graph(triple for _, graph in exported_things(self.reading, self.words, kind) for triple in graph.triples)


def _json_ld(exporter: Exporter, kind: str) -> bytes:
    lines = (json.dumps(node, ensure_ascii=False, separators=(",", ":")) for node in exporter.nodes(kind))
    nodes = ",\n".join(lines)
    return f'{{"@context":"{CONTEXT_IRI}","@graph":[\n{nodes}\n]}}\n'.encode()


def _turtle(exporter: Exporter, kind: str) -> bytes:
    return house_form_of_texts(exporter.graph(kind).n_triples, exporter.words.prefixes)


def _hsds(exporter: Exporter, kind: str) -> bytes:
    slices = exported_services(exporter.reading, exporter.words)
    services = (
        hsds_service(graph, thing, exporter.words, exporter.language) for things, graph in slices for thing in things
    )
    return json_text(hsds_page(services))


def _cpsv(exporter: Exporter, kind: str) -> bytes:
    triples = (
        triple
        for things, graph in exported_services(exporter.reading, exporter.words)
        for triple in cpsv_services(graph, things)
    )
    return house_form_of_texts(Graph(triples).n_triples, {**exporter.words.prefixes, **CPSV_PREFIXES})


def _table(write: Callable[[ExportTable], bytes]) -> Callable[[Exporter, str], bytes]:
    return lambda exporter, kind: write(exporter.table(kind))


_FORMATS: Mapping[str, tuple[Callable[[Exporter, str], bytes], str]] = {
    "csv": (_table(table_csv), formats.CSV.content_type),
    "xlsx": (lambda exporter, kind: table_xlsx(exporter.table(kind), kind), formats.XLSX.content_type),
    "parquet": (_table(table_parquet), formats.PARQUET.content_type),
    "jsonld": (_json_ld, formats.JSON_LD.content_type),
    "ndjson": (lambda exporter, kind: json_lines(exporter.nodes(kind)), formats.ND_JSON.content_type),
    "ttl": (_turtle, formats.TURTLE.content_type),
}
_OF_SERVICES: Mapping[str, tuple[Callable[[Exporter, str], bytes], str]] = {
    "hsds.json": (_hsds, "application/json"),
    "cpsv.ttl": (_cpsv, formats.TURTLE.content_type),
}
ENDINGS = tuple(_FORMATS)
"""How the files of any kind may end."""

ENDINGS_OF_SERVICES = tuple(_OF_SERVICES)
"""How those of services may end besides."""
