"""Filters of lists and of help: the kind, area or type that an address names, or an error that asks what was meant.

An address names each by the last part of its IRI; people type names, so those are known here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from coopgraph.errors import NotFound
from coopgraph.messages.message import Message
from coopgraph.model.iris import AREA, CONCEPT
from coopgraph.model.nearest_names import did_you_mean, nearest_names
from coopgraph.reading.list_order import ListOrder, key_of
from coopgraph.reading.vocabulary import EntityKind, Vocabulary


def kind_named(words: Vocabulary, segment: str) -> EntityKind:
    """Return the kind whose path segment this is. Raises :class:`NotFound` with the nearest."""
    kind = words.kind(segment)
    if kind is None:
        raise _unknown(
            Message("There is no kind of entry of this name."),
            Message("The start page names them all."),
            segment,
            {kind.segment: (kind.iri, (*_texts(words, kind.iri), *_plurals(words, kind))) for kind in words.kinds},
            words,
        )
    return kind


def area_named(words: Vocabulary, key: str) -> str:
    """Return the IRI of the area with this key. Raises :class:`NotFound` with the nearest."""
    iri = AREA + key
    if iri not in words.labels:
        areas = [term for term in words.labels if term.startswith(AREA)]
        raise _unknown(
            Message("There is no such area here."),
            Message("Choose one from the list."),
            key,
            {area.removeprefix(AREA): (area, _texts(words, area)) for area in areas},
            words,
        )
    return iri


def type_named(words: Vocabulary, types: Iterable[str], key: str) -> None:
    """Return where a type has this key: one of ``types`` (IRIs), or any concept. Raises :class:`NotFound` else.

    What is suggested is of ``types``.
    """
    known = {key_of(iri): iri for iri in types}
    if key not in known and not any(key_of(term) == key for term in words.labels if term.startswith(CONCEPT)):
        raise _unknown(
            Message("There is no such type here."),
            Message("Choose one from the list."),
            key,
            {name: (iri, _texts(words, iri)) for name, iri in known.items()},
            words,
        )


def concept_named(words: Vocabulary, scheme: str, key: str) -> str:
    """Return the IRI of the concept with this key in a scheme. Raises :class:`NotFound` with the nearest."""
    stem = f"{CONCEPT}{scheme}/"
    if stem + key not in words.labels:
        concepts = [term for term in words.labels if term.startswith(stem)]
        raise _unknown(
            Message("There is no such type here."),
            Message("Choose one from the list."),
            key,
            {concept.removeprefix(stem): (concept, _texts(words, concept)) for concept in concepts},
            words,
        )
    return stem + key


def check_filters(words: Vocabulary, order: ListOrder, area: str, kind_of_thing: str) -> None:
    """Return where a list may be narrowed to an area and a type by these keys. Raises :class:`NotFound` else."""
    if area:
        area_named(words, area)
    if kind_of_thing:
        type_named(words, order.whole.types, kind_of_thing)


def _texts(words: Vocabulary, term: str) -> tuple[str, ...]:
    return tuple(label.value for label in words.labels.get(term, ()))


def _plurals(words: Vocabulary, kind: EntityKind) -> tuple[str, ...]:
    return tuple(label.value for label in words.plurals.get(kind.iri, ()))


def _unknown(
    problem: Message,
    hint: Message,
    asked: str,
    known: Mapping[str, tuple[str, tuple[str, ...]]],
    words: Vocabulary,
) -> NotFound:
    """Return the error for a key that nothing has. ``known``: IRI and names by key."""
    by_text = {text.casefold(): key for key, (_, texts) in known.items() for text in (*texts, key)}
    typed = asked.casefold()
    alike = (typed,) if typed in by_text else nearest_names(typed, by_text)
    near = dict.fromkeys(by_text[text] for text in alike)
    named = [Message("{key} ({label})", key=key, label=_label(words, known[key][0])) for key in near]
    return NotFound(problem, did_you_mean(named) if named else hint)


def _label(words: Vocabulary, iri: str) -> Callable[[str], str]:
    return lambda language: words.label(iri, language).text
