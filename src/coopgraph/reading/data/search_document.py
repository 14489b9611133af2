"""Documents about search results: JSON as the interface has it, and JSON-LD of schema.org."""

from __future__ import annotations

from coopgraph.model.iris import AREA
from coopgraph.reading.pages.display_text import page_path
from coopgraph.reading.search import SearchResult, SearchResults
from coopgraph.reading.vocabulary import Vocabulary


def search_json(found: SearchResults, words: Vocabulary, language: str, root: str = "") -> dict[str, object]:
    """Return results as JSON: their pages in ``language`` are addressed from ``root``, kinds and areas named in it."""
    return {
        "total": found.total,
        "totalIsExact": found.exact,
        "facets": {
            "kind": [
                {"kind": facet.key, "label": kinds_label(words, facet.key, language), "count": facet.count}
                for facet in found.kinds
            ],
            "area": [
                {"area": facet.key, "label": words.label(AREA + facet.key, language).text, "count": facet.count}
                for facet in found.areas
            ],
        },
        "page": found.page,
        "pages": found.pages,
        "results": [
            _result(result, f"{root}/{language}", kind_label(words, result.kind, language)) for result in found.results
        ],
    }


def _result(result: SearchResult, root: str, kind: str) -> dict[str, object]:
    return {
        "id": result.iri,
        "label": result.label.text,
        "labelLanguage": result.label.tag,
        "kind": result.kind,
        "kindLabel": kind,
        "areas": list(result.areas),
        "address": root + page_path(result.iri),
        "matched": {
            "text": result.matched.text,
            "language": result.matched.language,
            "how": result.matched.how,
        },
    }


def search_json_ld(found: SearchResults) -> dict[str, object]:
    """Return results as a JSON-LD document: a list (https://schema.org/ItemList) of things with their names."""
    first = found.first
    return {
        "@context": {"@vocab": "https://schema.org/"},
        "@type": "ItemList",
        "numberOfItems": found.total,
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "item": {"@id": result.iri, "name": _text(result.label.text, result.label.tag)},
                "description": _text(result.matched.text, result.matched.language),
            }
            for position, result in enumerate(found.results, first)
        ],
    }


def _text(text: str, tag: str) -> dict[str, str]:
    return {"@value": text, "@language": tag} if tag else {"@value": text}


def kind_label(words: Vocabulary, segment: str, language: str) -> str:
    """Return what one thing of the kind with this path segment is called."""
    kind = words.kind(segment)
    return words.label(kind.iri, language).text if kind else segment


def kinds_label(words: Vocabulary, segment: str, language: str) -> str:
    """Return what several things of the kind with this path segment are called."""
    kind = words.kind(segment)
    return words.plural(kind, language).text if kind else segment
