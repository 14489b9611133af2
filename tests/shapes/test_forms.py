"""The form shapes ask for what the vocabulary has and the rules demand, in five languages, and are no rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from coopgraph.curation.forms.form_shapes import Form, Forms, read_forms
from coopgraph.dataset.prefixes import tree_prefixes
from coopgraph.dataset.starter import starter_kinds
from coopgraph.dataset.tree import Tree, TreeContent
from coopgraph.model.language import LANGUAGES
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, DASH, FORM_SHAPES, RDF, RDFS, SCHEMA, SH
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.rdf.turtle import format_turtle

ROOT = Path(__file__).resolve().parents[2]
TREE = Tree(ROOT / "ontology", ROOT / "shapes", ROOT / "tests" / "fixture" / "data")
FILES = TREE.form_files()
PREFIXES = tree_prefixes(TREE, limit=2**24)

MADE = {RDF.subject, RDF.predicate, RDF.object, COOP.isQuotedFrom}
"""What a form states without asking: the parts of a claim, and the source of a passage."""

EDITORS = {
    *(DASH.term(name) for name in ("TextFieldEditor", "TextFieldWithLangEditor", "TextAreaWithLangEditor")),
    *(DASH.term(name) for name in ("EnumSelectEditor", "AutoCompleteEditor", "BooleanSelectEditor")),
    *(DASH.term(name) for name in ("DatePickerEditor", "URIEditor", "DetailsEditor")),
    FORM_SHAPES.PassageEditor,
    FORM_SHAPES.LanguageTagEditor,
}

DEMANDED = re.compile(r"BIND\((\S+) AS \?path\)\s+FILTER NOT EXISTS \{ \$this (\S+) ")


@pytest.fixture(scope="module")
def graph(vocabulary: TreeContent) -> Index:
    return Index(quad.triple for quads in vocabulary.quads.values() for quad in quads)


@pytest.fixture(scope="module")
def forms(graph: Index) -> Forms:
    return read_forms((place.read_bytes() for place in FILES), graph)


def _demands(graph: Index) -> Iterator[tuple[str, NamedNode, NamedNode]]:
    """Yield each rule that demands a property of a class: its IRI, the class, the property."""
    for shape, target in graph.pairs(SH.targetClass):
        assert isinstance(target, NamedNode)
        least = (*graph.objects(shape, SH.minCount), *graph.objects(shape, SH.qualifiedMinCount))
        if any(isinstance(item, Literal) and item.value != "0" for item in least):
            yield from (
                (str(shape), target, path) for path in graph.objects(shape, SH.path) if isinstance(path, NamedNode)
            )
        for constraint in graph.objects(shape, SH.sparql):
            for select in graph.objects(constraint, SH.select):
                assert isinstance(select, Literal)
                for name, properties in DEMANDED.findall(select.value):
                    prefix, _, local = name.partition(":")
                    if name in properties.split("|"):
                        yield str(shape), target, NamedNode(PREFIXES[prefix] + local)


def _is_for(form: Form, target: NamedNode, graph: Index) -> bool:
    return target in (form.of_class, *graph.ancestors(form.of_class, RDFS.subClassOf))


def test_every_kind_that_a_curator_begins_has_a_form_in_its_file(forms: Forms) -> None:
    assert {form.segment for form in forms} >= {
        *starter_kinds(),
        *("service", "figure", "quotation", "participation", "provision", "defect"),
    }
    for form in forms:
        assert (ROOT / "shapes" / "forms" / f"{form.key}.ttl").is_file()
        assert form.key == form.segment


@pytest.mark.parametrize("place", FILES, ids=lambda place: place.stem)
def test_a_file_is_in_the_house_form(place: Path) -> None:
    assert place.read_bytes() == format_turtle(place.read_bytes(), prefixes=PREFIXES)


def test_every_field_is_a_property_of_the_vocabulary_that_fits_the_class(forms: Forms, graph: Index) -> None:
    fields = [(form, item) for form in forms.all for item in form.fields]
    assert len(fields) > 100
    for form, item in fields:
        assert graph.objects(item.path, RDF.type), item.iri
        fitting = graph.objects(item.path, SCHEMA.domainIncludes)
        of_class = forms.nested(item).of_class if item.inverse else form.of_class  # type: ignore[union-attr]
        assert not fitting or of_class in fitting, item.iri


def test_every_field_says_what_it_takes_and_how_it_is_shown(forms: Forms) -> None:
    for form in forms.all:
        for item in form.fields:
            assert item.editor in EDITORS, item.iri
            kinds = [item.classes, item.datatypes, item.listed, item.nested]
            assert sum(map(bool, kinds)) == 1 or item.editor == DASH.URIEditor, item.iri
            assert (item.editor == DASH.DetailsEditor) == (forms.nested(item) is not None), item.iri


def test_every_form_and_field_and_group_speaks_five_languages(forms: Forms) -> None:
    for form in forms.all:
        assert set(form.names) == set(form.descriptions) == set(LANGUAGES), form.iri
        for item in form.fields:
            assert set(item.names) == set(item.descriptions) == set(LANGUAGES), item.iri
            assert item.group is None or set(item.group.labels) == set(LANGUAGES), item.iri
        assert len({item.order for item in form.fields}) == len({item.key for item in form.fields}) == len(form.fields)


def test_what_a_rule_demands_has_a_field(forms: Forms, graph: Index) -> None:
    demands = [*_demands(graph)]
    assert len(demands) > 40
    for shape, target, path in demands:
        for form in forms.all:
            if _is_for(form, target, graph) and path not in MADE:
                assert path in {item.path for item in form.fields}, f"{form.key}: {path}, which {shape} demands"


def test_what_a_violation_demands_is_marked_as_needed(forms: Forms, graph: Index) -> None:
    for form in forms.all:
        for item in form.fields:
            least = (
                graph.objects(shape, SH.minCount)
                for shape in graph.subjects(SH.path, item.path)
                if form.of_class in graph.objects(shape, SH.targetClass)
            )
            if any(least):
                assert item.at_least, item.iri


def test_claims_are_known_from_the_vocabulary(forms: Forms) -> None:
    claimed = {f"{form.key}.{item.key}" for form in forms.all for item in form.fields if item.is_claimed}
    assert {"org.prefLabel", "service.hasCost", "channel.openingHours", "law.criminalizes"} <= claimed
    assert not claimed & {
        "service.prefLabel",
        "service.hasServiceType",
        "channel.telephone",
        "source.title",
        "figure.hasUnit",
    }


def test_forms_are_no_part_of_the_graph(vocabulary: TreeContent) -> None:
    assert not [file.path for file in vocabulary.files if "forms" in file.path]
    assert TREE.file(FILES[0]) is None
