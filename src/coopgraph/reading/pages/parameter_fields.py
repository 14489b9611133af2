"""Form fields for the parameters of an example query: a list of concepts to choose from, or a text."""

from __future__ import annotations

from dataclasses import dataclass

from coopgraph.messages.message import Message
from coopgraph.model.collation import sort_key
from coopgraph.reading.example_parameters import Parameter, parameters
from coopgraph.reading.vocabulary import Vocabulary

_LABELS = {
    "area": Message("Area"),
    "indicator": Message("Indicator"),
    "period": Message("Year"),
    "year": Message("Year"),
    "organization": Message("Organization"),
    "source": Message("Source"),
    "subject": Message("Subject"),
    "property": Message("Property"),
    "language": Message("Language"),
    "breakdown": Message("Part"),
    "unit": Message("Unit"),
    "nature": Message("Nature of the figure"),
    "day": Message("Day of the week"),
    "hour": Message("Time of day"),
    "from": Message("From"),
    "to": Message("Until"),
    "since": Message("Since"),
    "before": Message("Before"),
    "called": Message("Name"),
}
"""What the variables of the example queries are called to a reader."""


@dataclass(frozen=True, slots=True)
class FieldOption:
    """A value of a field and its words; ``tag`` is their language where it is not the reader's."""

    value: str
    text: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class ParameterField:
    """A field: its name in the form, its label, its present value, and its options where they are known."""

    name: str
    label: str
    value: str
    options: tuple[FieldOption, ...]


def parameter_fields(query: str, words: Vocabulary, language: str) -> tuple[ParameterField, ...]:
    """Return the fields of the parameters of ``query`` in the reader's language."""
    return tuple(
        ParameterField(item.name, _label(item.name, language), item.value, _options(item, words, language))
        for item in parameters(query)
    )


def _label(name: str, language: str) -> str:
    known = _LABELS.get(name)
    return known.in_language(language) if known else f"?{name}"


def _options(parameter: Parameter, words: Vocabulary, language: str) -> tuple[FieldOption, ...]:
    found = concept_options(parameter.prefix, words, language) if parameter.prefix is not None else ()
    return found if any(option.value == parameter.value for option in found) else ()


def concept_options(prefix: str, words: Vocabulary, language: str) -> tuple[FieldOption, ...]:
    """Return the terms of a prefix that have a label, as a reader of ``language`` sorts them."""
    namespace = words.prefixes.get(prefix)
    if namespace is None:
        return ()
    found = []
    for iri in words.labels:
        if iri.startswith(namespace) and words.short_name(iri).startswith(f"{prefix}:"):
            label = words.label(iri, language)
            found.append(FieldOption(iri.removeprefix(namespace), label.text, "" if label.exact else label.tag))
    return tuple(sorted(found, key=lambda option: sort_key(option.text, language)))
