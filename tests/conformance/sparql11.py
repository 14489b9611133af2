"""The W3C SPARQL 1.1 tests as values: manifests, data sets, expected answers, and what makes two answers equal."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import rdflib
from rdflib.collection import Collection
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, XSD

MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
RS = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
SUITE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
ROW = rdflib.Namespace("urn:row:")

NUMERIC = {XSD.integer, XSD.decimal, XSD.double, XSD.float}


@dataclass(frozen=True)
class Case:
    """One test: its IRI, kind, query text, data files (name → file, None for the default graph) and expected file."""

    iri: str
    kind: str
    query: str
    base: str
    data: tuple[tuple[str | None, Path], ...]
    result: Path | None
    federated: bool

    @property
    def id(self) -> str:
        return self.iri.removeprefix(SUITE).replace("/manifest#", "/")

    def dataset(self) -> list[tuple[str, str]]:
        """The data set as parameters of the protocol, of graphs named as :func:`graphs` names them.

        None are needed where the query says itself what it asks; they would go before that.
        """
        if re.search(r"\bFROM\b", self.query):
            return []
        default = [("default-graph-uri", iri) for iri in (_iri(path) for name, path in self.data if not name)]
        named = [("named-graph-uri", name) for name, _ in self.data if name]
        return [*(default or [("default-graph-uri", NO_GRAPH)]), *named]


NO_GRAPH = "urn:test:empty"
"""Names a graph that is not held."""


def graphs(listed: Iterable[Case]) -> bytes:
    """Return every graph of the cases as N-Quads, blank nodes kept apart.

    A graph has its name in the case, or the IRI of its file in a space of our own where it is the default graph.
    """
    held = sorted({(name or _iri(path), path) for case in listed for name, path in case.data})
    quads = []
    for number, (name, path) in enumerate(held):
        form = ox.RdfFormat.RDF_XML if path.suffix == ".rdf" else ox.RdfFormat.TURTLE
        for quad in ox.parse(path.read_bytes(), format=form, base_iri=SUITE + path.parent.name + "/" + path.name):
            subject, object_ = _apart(quad.subject, number), _apart(quad.object, number)
            quads.append(ox.Quad(subject, quad.predicate, object_, ox.NamedNode(name)))
    return ox.serialize(quads, format=ox.RdfFormat.N_QUADS)


def _iri(path: Path) -> str:
    return f"urn:test:{path.parent.name}/{path.name}"


def _apart(term, number):
    return ox.BlankNode(f"f{number}x{term.value}") if isinstance(term, ox.BlankNode) else term


def cases(folder: Path) -> Iterator[Case]:
    """Yield every query, syntax and result-format test of the suite, in the manifests' order."""
    for manifest in sorted(folder.glob("*/manifest.ttl")):
        directory = manifest.parent
        graph = rdflib.Graph().parse(
            data=manifest.read_bytes(), format="turtle", publicID=SUITE + directory.name + "/manifest"
        )
        for listed in graph.objects(None, MF.entries):
            for test in Collection(graph, listed):
                case = _case(graph, test, directory)
                if case is not None:
                    yield case


def _case(graph: rdflib.Graph, test, directory: Path) -> Case | None:
    kind = str(graph.value(test, RDF.type)).removeprefix(str(MF))
    action = graph.value(test, MF.action)
    if kind in ("PositiveSyntaxTest11", "NegativeSyntaxTest11"):
        if _name(action).endswith(".ru"):
            return None
        return Case(str(test), kind, (directory / _name(action)).read_text(encoding="utf-8"), "", (), None, False)
    if kind not in ("QueryEvaluationTest", "CSVResultFormatTest"):
        return None
    data: list[tuple[str | None, Path]] = [(None, directory / _name(item)) for item in graph.objects(action, QT.data)]
    data += [(str(item), directory / _name(item)) for item in graph.objects(action, QT.graphData)]
    query = directory / _name(graph.value(action, QT.query))
    return Case(
        str(test),
        kind,
        query.read_text(encoding="utf-8"),
        SUITE + directory.name + "/" + query.name,
        tuple(data),
        directory / _name(graph.value(test, MF.result)),
        (action, QT.serviceData, None) in graph,
    )


def _name(term) -> str:
    return str(term).rpartition("/")[2]


def rows_of(text: bytes, form: ox.QueryResultsFormat) -> rdflib.Graph | bool:
    """Return a result as a graph of rows (or the boolean), so that blank nodes can be compared by isomorphism."""
    results = ox.parse_query_results(text, format=form)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    graph = rdflib.Graph()
    for solution in results:
        row = rdflib.BNode()
        graph.add((row, RDF.type, ROW.row))
        for variable, term in zip(results.variables, solution, strict=True):
            if term is not None:
                graph.add((row, ROW[variable.value], _term(term)))
    return graph


def _term(term):
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language.lower())
    return _literal(term.value, rdflib.URIRef(term.datatype.value))


def _literal(value: str, datatype):
    if datatype in NUMERIC:
        try:
            number = float(value) if datatype in (XSD.double, XSD.float) else Decimal(value)
        except (ValueError, ArithmeticError):
            return rdflib.Literal(value, datatype=ROW["ill-formed"])
        if not isinstance(number, float):
            number = round(number, 12).normalize()
        return rdflib.Literal(
            f"{number:g}" if isinstance(number, float) else f"{number:f}", datatype=ROW[str(datatype)[33:]]
        )
    return rdflib.Literal(value, datatype=None if datatype == XSD.string else datatype)


def graph_of(text: bytes, form: str) -> rdflib.Graph:
    """Return an RDF graph with numbers compared by value."""
    graph = rdflib.Graph()
    for triple in rdflib.Graph().parse(data=text, format=form, publicID=SUITE):
        graph.add(tuple(_plain(term) for term in triple))
    return graph


def _plain(term):
    if isinstance(term, rdflib.Literal) and term.datatype is not None:
        return _literal(str(term), term.datatype)
    if isinstance(term, rdflib.Literal) and term.language:
        return rdflib.Literal(str(term), lang=term.language.lower())
    return term


def csv_rows(text: bytes) -> list[list[tuple[str, str]]]:
    """Return the rows of a CSV result, sorted, each as sorted (column, value); labels of blank nodes are no value."""
    rows = csv.DictReader(io.StringIO(text.decode()))
    return sorted(
        sorted((name, "_:" if value.startswith("_:") else value) for name, value in row.items()) for row in rows
    )


def expected(case: Case) -> rdflib.Graph | bool | list[list[tuple[str, str]]]:
    """Return what the suite expects: a graph, a graph of rows, a boolean, or the rows of a CSV file."""
    assert case.result is not None
    text = case.result.read_bytes()
    match case.result.suffix:
        case ".srx":
            return rows_of(text, ox.QueryResultsFormat.XML)
        case ".srj":
            return rows_of(text, ox.QueryResultsFormat.JSON)
        case ".tsv":
            return rows_of(text, ox.QueryResultsFormat.TSV)
        case ".csv":
            return csv_rows(text)
        case ".rdf":
            return _result_set(rdflib.Graph().parse(data=text, format="xml", publicID=SUITE))
        case _:
            graph = rdflib.Graph().parse(data=text, format="turtle", publicID=SUITE)
            return _result_set(graph) if (None, RDF.type, RS.ResultSet) in graph else graph_of(text, "turtle")


def _result_set(graph: rdflib.Graph) -> rdflib.Graph | bool:
    boolean = graph.value(None, RS.boolean)
    if boolean is not None:
        return bool(boolean.toPython())
    rows = rdflib.Graph()
    for solution in graph.objects(None, RS.solution):
        row = rdflib.BNode()
        rows.add((row, RDF.type, ROW.row))
        for binding in graph.objects(solution, RS.binding):
            rows.add((row, ROW[str(graph.value(binding, RS.variable))], _plain(graph.value(binding, RS.value))))
    return rows


def same(first: rdflib.Graph, second: rdflib.Graph) -> bool:
    """Whether two graphs are isomorphic."""
    return len(first) == len(second) and isomorphic(first, second)
