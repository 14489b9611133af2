from __future__ import annotations

import io
import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.parquet import ROW_GROUP, write_parquet
from tests.conftest import example_count

XSD = "http://www.w3.org/2001/XMLSchema#"


def table(*values: object, name: str = "x") -> pa.Table:
    """The Parquet table of one column whose rows are these terms, or None."""
    cells = " ".join("UNDEF" if value is None else str(value) for value in values)
    body = (
        ox.Store()
        .query(f"SELECT ?{name} {{ VALUES ?{name} {{ {cells} }} }}")
        .serialize(format=ox.QueryResultsFormat.JSON)
    )
    assert body is not None
    return written(body)


def written(body: bytes) -> pa.Table:
    target = io.BytesIO()
    write_parquet(io.BytesIO(body), target)
    return pq.read_table(io.BytesIO(target.getvalue()))


def typed(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))


@pytest.mark.parametrize(
    ("datatype", "texts", "arrow", "values"),
    [
        ("integer", ["1", "-9223372036854775808"], pa.int64(), [1, -(2**63)]),
        ("integer", ["1", "9223372036854775808"], pa.string(), ["1", "9223372036854775808"]),
        ("double", ["1.5e0", "-INF"], pa.float64(), [1.5, -math.inf]),
        ("decimal", ["93.4", "0.1"], pa.float64(), [93.4, 0.1]),
        (
            "decimal",
            ["3.333333333333333333", "0.1"],
            pa.decimal128(38, 18),
            [Decimal("3.333333333333333333"), Decimal("0.1")],
        ),
        ("boolean", ["true", "false"], pa.bool_(), [True, False]),
        ("date", ["2026-01-31", "0001-01-01"], pa.date32(), [date(2026, 1, 31), date(1, 1, 1)]),
        ("date", ["2026-01-31", "2026-01-31Z"], pa.string(), ["2026-01-31", "2026-01-31Z"]),
        ("date", ["2026-02-30"], pa.string(), ["2026-02-30"]),
        (
            "dateTime",
            ["2026-01-31T09:00:00+09:00", "2026-01-31T00:00:00.25Z"],
            pa.timestamp("us", "UTC"),
            [datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 1, 31, microsecond=250_000, tzinfo=UTC)],
        ),
        ("dateTime", ["2026-01-31T09:00:00"], pa.timestamp("us"), [datetime(2026, 1, 31, 9)]),
        (
            "dateTime",
            ["2026-01-31T09:00:00", "2026-01-31T09:00:00Z"],
            pa.string(),
            ["2026-01-31T09:00:00", "2026-01-31T09:00:00Z"],
        ),
        ("gYear", ["2020"], pa.string(), ["2020"]),
        ("integer", ["٣"], pa.string(), ["٣"]),
        ("boolean", ["yes"], pa.string(), ["yes"]),
    ],
)
def test_a_column_has_the_type_that_holds_all_its_values_unchanged(
    datatype: str, texts: list[str], arrow: pa.DataType, values: list[object]
) -> None:
    found = table(*(typed(text, datatype) for text in texts), None)
    assert found.column_names == ["x"]
    assert found.schema.field("x").type == arrow
    assert found["x"].to_pylist() == [*values, None]
    assert found.schema.field("x").metadata == {b"datatype": (XSD + datatype).encode()}


def test_numbers_of_several_datatypes_are_one_column_of_numbers_that_tells_them_apart() -> None:
    found = table(typed("5", "integer"), typed("2.5", "decimal"), None)
    assert found["x"].to_pylist() == [5.0, 2.5, None]
    assert found["x.type"].to_pylist() == [XSD + "integer", XSD + "decimal", None]


def test_a_number_that_a_float_would_change_keeps_its_digits() -> None:
    found = table(typed("9007199254740993", "integer"), typed("0.5", "decimal"))
    assert found["x"].to_pylist() == [Decimal("9007199254740993"), Decimal("0.5")]


def test_a_text_has_its_language_beside_it() -> None:
    found = table(ox.Literal("支持", language="zh-Hans"), ox.Literal("help", language="en-US"), ox.Literal("plain"))
    assert found.column_names == ["x", "x.lang"]
    assert found["x"].to_pylist() == ["支持", "help", "plain"]
    assert found["x.lang"].to_pylist() == ["zh-Hans", "en-US", None]


def test_addresses_and_texts_in_one_column_are_told_apart() -> None:
    found = table(ox.NamedNode("http://example.org/"), ox.Literal("http://example.org/"))
    assert found["x"].to_pylist() == ["http://example.org/"] * 2
    assert found["x.type"].to_pylist() == ["iri", XSD + "string"]


def test_a_column_without_values_and_a_result_without_rows_keep_their_columns() -> None:
    assert table(None, None).schema.field("x").type == pa.string()
    empty = table()
    assert (empty.column_names, empty.num_rows) == (["x"], 0)


def test_rows_beyond_one_group_stay_in_order_when_a_late_value_changes_the_type() -> None:
    count = 2 * ROW_GROUP + 1
    values = [f'{{"x":{{"type":"literal","value":"{i}","datatype":"{XSD}integer"}}}}' for i in range(count)]
    values.append(f'{{"x":{{"type":"literal","value":"late","datatype":"{XSD}integer"}}}}')
    body = '{"head":{"vars":["x"]},"results":{"bindings":[' + ",".join(values) + "]}}"
    found = written(body.encode())
    assert found["x"].to_pylist() == [*(str(i) for i in range(count)), "late"]


def test_a_cut_result_gives_no_file() -> None:
    with pytest.raises(SyntaxError):
        written(b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"uri","value":"http://e/"}}')


terms = (
    st.none()
    | st.builds(ox.NamedNode, st.sampled_from(["http://e/", "urn:x"]))
    | st.builds(ox.Literal, st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=5))
    | st.builds(ox.Literal, st.text("ab", max_size=3), language=st.sampled_from(["ko", "zh-hant", "en-us"]))
    | st.builds(typed, st.from_regex(r"-?[0-9]{1,25}", fullmatch=True), st.just("integer"))
    | st.builds(typed, st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str), st.just("decimal"))
)


@settings(max_examples=example_count(200), deadline=None)
@given(st.lists(terms, max_size=6))
def test_nothing_is_lost_or_changed(values: list[ox.NamedNode | ox.Literal | None]) -> None:
    bindings = ",".join("{}" if value is None else f'{{"x":{_json(value)}}}' for value in values)
    found = written(f'{{"head":{{"vars":["x"]}},"results":{{"bindings":[{bindings}]}}}}'.encode())
    rows = found.to_pylist()
    assert len(rows) == len(values)
    shared = (found.schema.field("x").metadata or {}).get(b"datatype", b"").decode()
    for row, value in zip(rows, values, strict=True):
        if value is None:
            assert set(row.values()) == {None}
            continue
        assert row.get("x.lang") == (
            conventional(value.language) if isinstance(value, ox.Literal) and value.language else None
        )
        kind = row.get("x.type") or shared
        if isinstance(value, ox.NamedNode):
            assert (row["x"], kind) == (value.value, "iri")
        elif kind in (XSD + "integer", XSD + "decimal"):
            assert Decimal(str(row["x"])) == Decimal(value.value)
            assert kind == value.datatype.value
        else:
            assert row["x"] == value.value


def _json(value: ox.NamedNode | ox.Literal) -> str:
    if isinstance(value, ox.NamedNode):
        return json.dumps({"type": "uri", "value": value.value})
    extra = {"xml:lang": value.language} if value.language else {"datatype": value.datatype.value}
    return json.dumps({"type": "literal", "value": value.value, **extra})
