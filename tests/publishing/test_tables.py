from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from coopgraph.context import AppContext
from coopgraph.model import release_folder
from coopgraph.publishing.files import ReleaseContents, published_context
from coopgraph.publishing.tables import Tables, TableSection, table_section
from coopgraph.rdf import nquads
from coopgraph.rdf.jsonld import Context
from coopgraph.web.app import create_app

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(app_context: AppContext) -> FlaskClient:
    return create_app(app_context).test_client()


def cells(table: str) -> list[list[object]]:
    """The cells of a table, decimals by their values: a release keeps how they are written, the engine does not."""
    return [[value(cell) for cell in row] for row in csv.reader(io.StringIO(table))]


def value(cell: str) -> object:
    try:
        return Decimal(cell) if "." in cell or cell.isdigit() else cell
    except InvalidOperation:
        return cell


def test_the_tables_of_a_release_say_what_those_of_the_service_say(client: FlaskClient, published: Path) -> None:
    release = release_folder.current(published)
    assert release
    held = [path for path in release_folder.manifest(published, release).files if path.startswith("export/")]
    kinds = ("concept", "event", "figure", "law", "organization", "service", "source")
    assert sorted(held) == [f"export/{kind}.csv" for kind in kinds]
    for path in held:
        whole = release_folder.file(published, release, path).read_text(encoding="utf-8")
        assert cells(whole) == cells(client.get(f"/{path}?lang=en").text)
        assert len(cells(whole)) > 1


@cache
def read(section: bytes) -> TableSection:
    return table_section(tuple(nquads.stream(section)))


def changes(lines: list[bytes]) -> Iterator[tuple[set[bytes], set[bytes]]]:
    """Yield lines to remove and to add: of a concept's label, a service's telephone, a withdrawal and a return."""

    def first(*words: bytes) -> bytes:
        return next(line for line in lines if all(word in line for word in words))

    label = first(b"/id/concept/", b"prefLabel", b"@en", b"graph/schemes")
    yield {label}, {label.replace(b'"@en', b' anew"@en')}
    telephone = first(b"/id/channel/", b"/def/telephone>", b"graph/records")
    yield {telephone}, {telephone.replace(b'" <', b'1" <')}
    lantern = b"<https://w3id.org/coopgraph/id/org/lantern> "
    withdrawn = lantern + (
        b'<http://www.w3.org/2002/07/owl#deprecated> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> '
        b"<https://w3id.org/coopgraph/graph/records> .\n"
    )
    yield set(), {withdrawn}
    yield {withdrawn}, set()


def test_the_tables_of_one_release_after_the_other_are_those_of_each_made_whole(
    whole_contents: ReleaseContents,
) -> None:
    context = Context(published_context(whole_contents.documents))
    sections, one_after_the_other = whole_contents.sections, Tables(context)
    before = dict(one_after_the_other.of(map(read, sections)))
    for removed, added in changes([*sections.lines({*sections})]):
        sections = sections.changed(removed, added)
        tables = dict(one_after_the_other.of(map(read, sections)))
        assert tables == dict(Tables(context).of([read(b"".join(sections))]))
        assert tables != before
        before = tables
