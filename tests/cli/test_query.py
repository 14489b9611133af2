from __future__ import annotations

import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pyarrow import parquet
from wcwidth import wcswidth

from tests.cli.in_process import Ended, coopgraph
from tests.running_server import free_port, serve_dataset

TURTLE = """@prefix ex: <http://example.org/> .
ex:a ex:name "홍길동"@ko , "王小明"@zh-Hans ; ex:number 7 .
"""
NAMES = "SELECT ?name WHERE { ?s <http://example.org/name> ?name } ORDER BY ?name"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("query") / "data.ttl"
    path.write_text(TURTLE, encoding="utf-8")
    return path


def run(*arguments: str, given: str = "", cwd: Path = Path()) -> Ended:
    return coopgraph(*arguments, cwd=cwd, given=given.encode(), environment={"NO_COLOR": "1"})


def query(data: Path, text: str, *arguments: str) -> Ended:
    return run("query", "--data", str(data), text, *arguments)


def test_a_table_aligns_wide_characters(data: Path) -> None:
    lines = query(data, NAMES.replace("?name WHERE", "?name (1 AS ?one) WHERE")).stdout.splitlines()
    rows = [line for line in lines if "홍" in line or "王" in line]
    assert len({wcswidth(line[: line.rindex("1")]) for line in rows}) == 1
    assert "홍길동 @ko" in rows[1] or "홍길동 @ko" in rows[0]


def test_data_goes_to_standard_output_and_the_count_to_standard_error(data: Path) -> None:
    done = query(data, NAMES)
    assert "2 rows" not in done.stdout
    assert done.stderr == "2 rows\n"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("csv", "name\n王小明\n홍길동\n"), ("tsv", '?name\n"王小明"@zh-Hans\n"홍길동"@ko\n')],
)
def test_rows_come_in_the_format_asked_for(data: Path, name: str, expected: str) -> None:
    assert query(data, NAMES, "--format", name).stdout.replace("\r", "") == expected


def test_json_is_what_the_service_gives(data: Path) -> None:
    bindings = json.loads(query(data, NAMES, "--format", "json").stdout)["results"]["bindings"]
    assert [item["name"]["xml:lang"] for item in bindings] == ["zh-Hans", "ko"]


@pytest.mark.parametrize(("text", "answer"), [("ASK {}", "yes\n"), ("ASK { <x:y> ?p ?o }", "no\n")])
def test_ask_is_answered_with_a_word(data: Path, text: str, answer: str) -> None:
    assert query(data, text).stdout == answer


def test_a_graph_comes_as_turtle_unless_asked_otherwise(data: Path) -> None:
    text = "CONSTRUCT WHERE { ?s <http://example.org/number> ?n }"
    assert query(data, text).stdout.strip() == "<http://example.org/a> <http://example.org/number> 7 ."
    assert query(data, text, "--format", "nt").stdout.count("XMLSchema#integer") == 1


def test_a_query_is_read_from_a_file_or_from_standard_input(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "question.rq"
    path.write_text(NAMES, encoding="utf-8")
    expected = query(data, NAMES, "--format", "csv").stdout
    assert run("query", "--data", str(data), "-f", str(path), "--format", "csv").stdout == expected
    assert run("query", "--data", str(data), "-f", "-", "--format", "csv", given=NAMES).stdout == expected
    assert run("query", "--data", str(data), "-", "--format", "csv", given=NAMES).stdout == expected


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--data", "DATA", "SELECT * {"), 3, "line 1, column 10: The “{” opened here is never closed"),
        (("--data", "DATA"), 2, "One query is needed"),
        (("--data", "DATA", "--endpoint", "http://127.0.0.1:1/", "ASK {}"), 2, "Only one of"),
        (("--data", "DATA", "--format", "csv", "CONSTRUCT WHERE { ?s ?p ?o }"), 2, "None of the formats"),
        (("--data", "DATA", "SELECT * { SERVICE <http://x/> {} }"), 2, "asks another server"),
        (("--data", "none.ttl", "ASK {}"), 3, "There is no file none.ttl"),
        (("--data", "data.docx", "ASK {}"), 3, "no ending that tells its format"),
        (("-f", "none.rq"), 3, "none.rq cannot be read"),
        (("ASK {}",), 4, "No release has been built"),
        (("--release", "2020-01-01-00000000", "ASK {}"), 2, "There is no release"),
        (("--data", "DATA", "--format", "docx", "ASK {}"), 2, "--format takes one of table, csv"),
    ],
)
def test_each_mistake_is_a_sentence_and_an_exit_code(
    data: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    (tmp_path / "data.docx").touch()
    done = run("query", *(str(data) if item == "DATA" else item for item in arguments), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_the_graphs_own_prefixes_need_no_declaration(data: Path) -> None:
    assert query(data, "SELECT (STR(coop:x) AS ?x) {}", "--format", "csv").stdout.endswith("/def/x\r\n")
    assert "line 1, column 7" in query(data, "ASK { nobodys:x ?p ?o }").stderr


def test_data_may_come_by_standard_input() -> None:
    asked = ("query", "ASK { <http://e/a> <http://e/b> 1 }", "--data", "-")
    assert run(*asked, given="<http://e/a> <http://e/b> 1 .").stdout == "yes\n"
    both = run("query", "-f", "-", "--data", "-", given="ASK {}")
    assert (both.returncode, "both the query and the data" in both.stderr) == (2, True)


def test_a_byte_order_mark_is_no_part_of_a_query(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "question.rq"
    path.write_text("\ufeff" + NAMES, encoding="utf-8")
    expected = query(data, NAMES, "--format", "csv").stdout
    assert run("query", "--data", str(data), "-f", str(path), "--format", "csv").stdout == expected
    assert query(data, "\ufeff" + NAMES, "--format", "csv").stdout == expected
    path.write_text("\ufeffASK {" + " " * (1024**2 - 5) + "}", encoding="utf-8")
    assert "has 1,048,577 bytes" in run("query", "--data", str(data), "-f", str(path)).stderr


def test_a_query_without_end_is_read_no_further_than_its_limit(data: Path) -> None:
    done = run("query", "--data", str(data), "-f", "/dev/zero")
    assert done.returncode == 2
    assert "at most 1,048,576 are read" in done.stderr


def test_a_broken_file_is_told_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "broken.ttl"
    path.write_text("@prefix ex: <http://e/> .\nex:a ex:b", encoding="utf-8")
    done = query(path, "ASK {}")
    assert (done.returncode, "broken.ttl" in done.stderr) == (3, True)


def test_a_query_past_its_time_gives_no_rows_and_exit_code_4(tmp_path: Path) -> None:
    path = tmp_path / "many.nt"
    path.write_text("".join(f"<http://e/s{i}> <http://e/p> <http://e/o> .\n" for i in range(3000)), encoding="utf-8")
    (tmp_path / "coopgraph.toml").write_text("query_timeout = 0.5\n", encoding="utf-8")
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    done = run("query", "--data", str(path), "--format", "csv", endless, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (4, "")
    assert "0.5 seconds" in done.stderr


@pytest.mark.slow
def test_an_endpoint_is_asked_over_http(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_text(TURTLE, encoding="utf-8")
    served = serve_dataset(path)
    endpoint = served.url + "/sparql"
    try:
        assert run("query", "--endpoint", endpoint, "--format", "csv", NAMES).stdout.count("\n") == 3
        assert "홍길동" in run("query", "--endpoint", endpoint, NAMES).stdout
        assert run("query", "--endpoint", endpoint, "SELECT * {").returncode == 3
        preset = "SELECT (STR(skos:prefLabel) AS ?name) { ?s ?p ?o } LIMIT 1"
        assert run("query", "--endpoint", endpoint, "--format", "csv", preset).stdout.endswith("core#prefLabel\r\n")
    finally:
        served.stop()
    assert run("query", "--endpoint", f"http://127.0.0.1:{free_port()}/sparql", "ASK {}").returncode == 4


@pytest.mark.slow
def test_rows_come_as_parquet(data: Path) -> None:
    table = parquet.read_table(io.BytesIO(query(data, NAMES, "--format", "parquet").written))
    assert table.to_pylist() == [
        {"name": "王小明", "name.lang": "zh-Hans"},
        {"name": "홍길동", "name.lang": "ko"},
    ]
    assert query(data, "ASK {}", "--format", "parquet").stdout.strip() == '{"head":{},"boolean":true}'


def test_every_row_of_one_column_is_a_line_of_csv(data: Path) -> None:
    done = query(data, 'SELECT ?x { VALUES ?x { "a" UNDEF "" } }', "--format", "csv")
    assert done.stdout.split() == ["x", "a", '""', '""']


def test_excel_is_told_that_csv_is_utf8(data: Path) -> None:
    done, plain = (query(data, NAMES, "--format", name).stdout for name in ("excel-csv", "csv"))
    assert done == "\ufeff" + plain


@pytest.mark.parametrize("name", ["xml", "rdfxml"])
def test_xml_keeps_carriage_returns(data: Path, name: str) -> None:
    one = r'"a\rb"@en' if name == "rdfxml" else r'("a\rb" AS ?x)'
    text = f"CONSTRUCT {{ <urn:a> <urn:b#c> {one} }} {{}}" if name == "rdfxml" else f"SELECT {one} {{}}"
    done = query(data, text, "--format", name)
    assert "a\rb" in [element.text for element in ElementTree.fromstring(done.stdout).iter()]


def test_a_query_is_explained_without_statistics_too(data: Path) -> None:
    ended = query(data, "SELECT * { ?s <http://example.org/name> ?n OPTIONAL { ?s ?p ?m } }", "--explain")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "?s <http://example.org/name> ?n" in ended.stdout
    assert "OPTIONAL" in ended.stdout
    assert "rows" not in ended.stdout.replace("row so far", "")
    assert query(data, "SELECT * {", "--explain").returncode == 3
