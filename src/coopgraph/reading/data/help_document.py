"""Help page as data: the services for an area, each with its channels, its body and the passages it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coopgraph.model.iris import BASE
from coopgraph.rdf import formats
from coopgraph.rdf.csv_rows import csv_of_rows
from coopgraph.rdf.formats import Format
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.json_text import json_text
from coopgraph.rdf.jsonld import CONTEXT_IRI, Context, JsonLdFrame
from coopgraph.rdf.namespaces import COOP, RDF
from coopgraph.rdf.terms import BlankNode, NamedNode, Node, Triple
from coopgraph.reading.data.contexts import PublishedContexts
from coopgraph.reading.data.item_list import item_list, json_lines, rdf_text, triples_about
from coopgraph.reading.pages.help import HelpCard, HelpPage
from coopgraph.reading.pages.services import Channel
from coopgraph.reading.source import Source
from coopgraph.reading.vocabulary import Vocabulary

HELP_COLUMNS = (
    *("section", "organization", "organization_id", "services", "free", "channel", "telephone", "email", "url"),
    *("hours", "languages", "verification", "homepage"),
)
"""Columns of help as CSV: one row a channel. Several values stand in one cell, parted by ``; ``."""

_FRAME = "service"


def help_document(
    page: HelpPage, fmt: Format, words: Vocabulary, reading: Source, published: PublishedContexts
) -> bytes:
    """Return a help page as ``fmt``: its services in the order of the page, those for the area itself first.

    As JSON-LD and as newline-delimited JSON each service is a tree in the shape of the published frame ``service``; as
    CSV there is a row for each channel, in the page's language.
    """
    if fmt is formats.CSV:
        return csv_of_rows(HELP_COLUMNS, _rows(page))
    cards = [card for section in page.sections for card in section.cards]
    services = tuple(dict.fromkeys(service for card in cards for service in card.provided))
    need = f"&need={page.need}" if page.need else ""
    root = NamedNode(f"{BASE}help?area={page.area.key}{need}")
    listed = item_list(root, services, len(services))
    if fmt in (formats.JSON_LD, formats.ND_JSON):
        context = published.context(reading.release)
        trees = list(_trees(context, published.frame(reading.release, _FRAME), page.graph, services))
        if fmt is formats.ND_JSON:
            return json_lines(trees)
        return json_text({"@context": CONTEXT_IRI, "@graph": [context.node(root, listed), *trees]})
    return rdf_text(Graph([*listed, *_about(page.graph, services)]), fmt, words.prefixes)


def _trees(
    context: Context, frame: JsonLdFrame | None, graph: Graph, services: Iterable[NamedNode]
) -> Iterator[dict[str, object]]:
    for service in services:
        if frame is None:
            yield context.node(service, triples_about(graph, service))
        else:
            tree = context.tree(graph, service, frame)
            yield {key: value for key, value in tree.items() if key != "@context"}


def _about(graph: Graph, services: Iterable[NamedNode]) -> Iterator[Triple]:
    """Give what the graph says of services, their claims, and all that these link to, but for other services."""
    waiting: list[Node] = list(services)
    seen: set[Node] = set(waiting)
    while waiting:
        node = waiting.pop()
        linked: list[Node] = list(graph.subjects(RDF.subject, node))
        for predicate, values in graph.about(node).items():
            for value in values:
                yield Triple(node, predicate, value)
                if isinstance(value, NamedNode | BlankNode) and not graph.is_a(value, COOP.Service):
                    linked.append(value)
        new = [item for item in linked if item not in seen]
        seen.update(new)
        waiting += new


def _rows(page: HelpPage) -> Iterator[tuple[str, ...]]:
    for section in page.sections:
        for card in section.cards:
            for channel in card.channels or (None,):
                yield section.heading, *_card_cells(page.graph, card), *_channel_cells(channel), card.homepage


def _card_cells(graph: Graph, card: HelpCard) -> tuple[str, ...]:
    body = next((link.value for service in card.provided for link in graph.links(service, COOP.isProvidedBy)), "")
    return card.body.text, body, _joined(item.text for item in card.types), "true" if card.free else ""


def _channel_cells(channel: Channel | None) -> tuple[str, ...]:
    if channel is None:
        return ("",) * 7
    return (
        _joined(item.text for item in channel.types),
        _joined(number.address or number.text for number in channel.telephones),
        _joined(channel.emails),
        _joined(channel.urls),
        _joined(channel.hours),
        _joined(channel.languages),
        channel.backing.verification,
    )


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(texts)
