from __future__ import annotations

import errno
import io
import os
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import parse

from coopgraph.rdf.formats import N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format
from coopgraph.rdf.terms import Literal, NamedNode, Quad, Triple
from coopgraph.rdf.write import write_rdf, written

SUBJECT, PREDICATE, GRAPH = (NamedNode(f"https://example.org/{name}") for name in "spg")
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.sampled_from(['"@zh-hans', '\\"@ja-latn "', "\n@en-us", '"""@zh-hant\\', "x" * 20_000]),
)
LITERALS = st.builds(Literal, TEXTS) | st.builds(Literal, TEXTS, language=st.sampled_from(["zh-Hans", "en-US", "ko"]))


@given(st.lists(LITERALS, max_size=6), st.sampled_from([N_QUADS, N_TRIPLES, TRIG, TURTLE]))
def test_what_is_written_is_read_back_whatever_looks_like_a_tag(literals: list[Literal], fmt: Format) -> None:
    quads = [Quad(SUBJECT, PREDICATE, literal, GRAPH) for literal in literals]
    statements = quads if "quads" in fmt.carries else [quad.triple for quad in quads]
    stream = io.BytesIO()
    write_rdf(statements, fmt, stream, {"e": "https://example.org/"})
    found = parse(stream.getvalue(), format=fmt.rdf)
    assert {quad.object for quad in found} == set(literals)


def test_tags_come_out_in_the_case_that_people_write() -> None:
    stream = io.BytesIO()
    write_rdf([Triple(SUBJECT, PREDICATE, Literal("灯笼", language="zh-hans"))], N_TRIPLES, stream, {})
    assert stream.getvalue().endswith('"灯笼"@zh-Hans .\n'.encode())


def test_a_full_disk_keeps_its_number_through_the_serializer() -> None:
    class Full(io.RawIOBase):
        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    triples = [Triple(SUBJECT, PREDICATE, Literal(str(number))) for number in range(10_000)]
    with pytest.raises(OSError, match="No space left") as caught:
        write_rdf(triples, TURTLE, Full(), {})
    assert caught.value.errno == errno.ENOSPC


@pytest.mark.parametrize("text", ["a\rb", "a\r\nb", "\r", "\rx\r\n"])
@pytest.mark.parametrize("kind", [{}, {"language": "zh-Hant"}, {"datatype": NamedNode("https://example.org/d")}])
def test_any_reader_of_xml_reads_the_carriage_returns_of_a_text(text: str, kind: dict[str, str]) -> None:
    body = written([Triple(SUBJECT, PREDICATE, Literal(text, **kind))], RDF_XML, {"e": "https://example.org/"})  # type: ignore[arg-type]
    (found,) = ElementTree.fromstring(body).iter("{https://example.org/}p")
    assert found.text == text
