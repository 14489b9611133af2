"""What a stranger may send to hurt the service, each case under a name of its own."""

# ruff: noqa: E501 - a case is a line, so that it is found and read as one

from __future__ import annotations

import gzip
import json
from typing import NamedTuple
from urllib.parse import quote

ASK = "ASK {}"
QUERY, FORM = "application/sparql-query", "application/x-www-form-urlencoded"


class Malformed(NamedTuple):
    """A query that is none, and what must be said about it."""

    query: str
    line: int
    column: int
    words: str


MALFORMED = {
    "nothing": Malformed("", 1, 1, "The query is empty"),
    "white space alone": Malformed(" \n\t", 1, 1, "The query is empty"),
    "a comment alone": Malformed("# SELECT * { ?s ?p ?o }", 1, 1, "The query is empty"),
    "NUL alone": Malformed("\x00", 1, 1, "The character U+0000 (a control character) can only stand within a"),
    "one letter": Malformed("x", 1, 1, "“x” is no word of SPARQL 1.1"),
    "a sentence": Malformed("Which organizations help in Seoul?", 1, 1, "“Which” is no word of SPARQL 1.1"),
    "another language": Malformed("MATCH (n) RETURN n", 1, 1, "“MATCH” is no word of SPARQL 1.1"),
    "SQL": Malformed("SELECT * FROM organizations", 1, 15, "“organizations” is no word of SPARQL 1.1"),
    "a misspelt SELECT": Malformed("SELEKT * {}", 1, 1, "“SELEKT” is no word of SPARQL 1.1"),
    "a misspelt WHERE": Malformed("SELECT * WERE { ?s ?p ?o }", 1, 10, "“WERE” is no word of SPARQL 1.1"),
    "a misspelt OPTIONAL": Malformed("SELECT * { OPTIONL { ?s ?p ?o } }", 1, 12, "“OPTIONL” is no word of SPARQL 1.1"),
    "an unknown function": Malformed(
        "SELECT * { ?s ?p ?o FILTER(LOWER(?o)) }", 1, 28, "“LOWER” is no word of SPARQL 1.1"
    ),
    "no variables": Malformed("SELECT { ?s ?p ?o }", 1, 8, "Reading stopped at “{”"),
    "no pattern": Malformed("SELECT *", 1, 8, "Reading stopped at “*”"),
    "a variable without a name": Malformed("SELECT ? { ?s ?p ?o }", 1, 8, "Reading stopped at “?”"),
    "an undeclared prefix": Malformed("SELECT * {\n ?s ex:p ?o }", 2, 5, "The prefix “ex:” is used but not declared"),
    "the empty prefix undeclared": Malformed("SELECT * { ?s :p ?o }", 1, 15, "The prefix “:” is used but not declared"),
    "an undeclared prefix after many lines": Malformed(
        "\n" * 3000 + "ASK { ?s ex:p 1 }", 3001, 10, "The prefix “ex:” is used but not declared"
    ),
    "an undeclared prefix after wide characters": Malformed(
        "SELECT * { ?s ?p '홍길동 😀' . ?s nope:x ?o }", 1, 31, "The prefix “nope:” is used but not declared"
    ),
    "a prefix without an address": Malformed("PREFIX ex: SELECT * {}", 1, 12, "Reading stopped at “SELECT”"),
    "a prefix without a colon": Malformed(
        "PREFIX ex <http://example.org/> ASK {}", 1, 8, "“ex” is no word of SPARQL 1.1"
    ),
    "an address with a space": Malformed(
        "ASK { <http://example.org/a b> ?p ?o }",
        1,
        7,
        "An address opened with < is not closed, or holds what no address m",
    ),
    "an address that is no address": Malformed("ASK { <http://[> ?p ?o }", 1, 7, "The address <http://[> is not valid"),
    "an address never closed": Malformed(
        "ASK { <http://example.org/ ?p ?o }", 1, 7, "An address opened with < is not closed, or holds what no address m"
    ),
    "a quote never closed": Malformed(
        'SELECT * { ?s ?p "open }', 1, 18, 'A text opened with " is not closed on its line'
    ),
    "a single quote never closed": Malformed(
        "SELECT * { ?s ?p 'open }", 1, 18, "A text opened with ' is not closed on its line"
    ),
    "a long quote never closed": Malformed('SELECT * { ?s ?p """open }', 1, 18, 'A text opened with """ is not closed'),
    "a quote over two lines": Malformed(
        'SELECT * { ?s ?p "a\nb" }', 1, 18, 'A text opened with " is not closed on its line'
    ),
    "an unknown escape": Malformed('SELECT * { ?s ?p "a\\qb" }', 1, 20, "“\\q” stands for no character"),
    "an escape cut short": Malformed('SELECT * { ?s ?p "\\u12" }', 1, 19, "“\\u” stands for no character"),
    "half a pair escaped": Malformed('SELECT * { ?s ?p "\\uD800" }', 1, 19, "“\\uD800” stands for no character"),
    "half a pair escaped in an address": Malformed(
        "ASK { <http://example.org/\\uDFFF> ?p ?o }", 1, 27, "“\\uDFFF” stands for no character"
    ),
    "an escape past Unicode": Malformed(
        'SELECT * { ?s ?p "\\UFFFFFFFF" }', 1, 19, "“\\UFFFFFFFF” stands for no character"
    ),
    "a brace never closed": Malformed("SELECT * {\n ?s ?p ?o", 1, 10, "The “{” opened here is never closed"),
    "a brace too many": Malformed("SELECT * { ?s ?p ?o }}", 1, 22, "“}” closes what was never opened"),
    "a bracket never closed": Malformed(
        "SELECT * { ?s ?p ?o FILTER(?o = 1 ", 1, 27, "The “(” opened here is never closed"
    ),
    "crossed brackets": Malformed(
        "SELECT * { FILTER(?s }", 1, 22, "“}” stands where “)” must close the “(” of line 1, column 18"
    ),
    "a square bracket never closed": Malformed(
        "ASK { ?s ?p [ ?q 1 }", 1, 20, "“}” stands where “]” must close the “[” of line 1, column 13"
    ),
    "a triple cut short": Malformed("SELECT * { ?s ?p ?o . ?s ?p }", 1, 29, "Reading stopped at “}”"),
    "a subject alone": Malformed("SELECT * { ?s }", 1, 15, "Reading stopped at “}”"),
    "four terms": Malformed("ASK { ?s ?p ?o ?q }", 1, 16, "Reading stopped at “?q”"),
    "a text as predicate": Malformed('ASK { ?s "p" ?o }', 1, 10, 'Reading stopped at “"p"”'),
    "a blank node as predicate": Malformed("ASK { ?s _:p ?o }", 1, 10, "Reading stopped at “_:p”"),
    "no braces": Malformed("SELECT ?s WHERE ?s ?p ?o", 1, 17, "Reading stopped at “?s”"),
    "two dots": Malformed("ASK { ?s ?p ?o .. ?s ?p ?o }", 1, 17, "Reading stopped at “.”"),
    "a comma too many": Malformed("ASK { ?s ?p 1,, 2 }", 1, 15, "Reading stopped at “,”"),
    "FILTER without a condition": Malformed("ASK { ?s ?p ?o FILTER }", 1, 23, "Reading stopped at “}”"),
    "a condition cut short": Malformed("ASK { ?s ?p ?o FILTER(?o > ) }", 1, 28, "Reading stopped at “)”"),
    "assignment for comparison": Malformed(
        "ASK { ?s ?p ?o FILTER(?o := 1) }", 1, 26, "The prefix “:” is used but not declared"
    ),
    "double equals": Malformed("ASK { ?s ?p ?o FILTER(?o == 1) }", 1, 27, "Reading stopped at “=”"),
    "BIND without AS": Malformed("ASK { BIND(1) }", 1, 7, "BIND gives its value no name"),
    "AS without a variable": Malformed("SELECT (1 AS x) {}", 1, 14, "“x” is no word of SPARQL 1.1"),
    "a name given twice": Malformed("SELECT (?s AS ?o) { ?s ?p ?o }", 1, 15, "?o is in use already"),
    "a variable that is not grouped": Malformed(
        "SELECT ?s { ?s ?p ?o } GROUP BY ?p", 1, 8, "SELECT names ?s, a variable that GROUP BY does not group"
    ),
    "an aggregate in a filter": Malformed(
        "ASK { ?s ?p ?o FILTER(COUNT(?s) > 1) }", 1, 23, "The aggregate COUNT cannot stand in FILTER"
    ),
    "a negative limit": Malformed("SELECT * { ?s ?p ?o } LIMIT -1", 1, 29, "Reading stopped at “-”"),
    "a limit in words": Malformed("SELECT * { ?s ?p ?o } LIMIT ten", 1, 29, "“ten” is no word of SPARQL 1.1"),
    "a limit past counting": Malformed(
        "SELECT * { ?s ?p ?o } LIMIT 99999999999999999999999", 1, 29, "The number 99999999999999999999999 is too large"
    ),
    "ORDER without BY": Malformed("SELECT * { ?s ?p ?o } ORDER ?s", 1, 29, "Reading stopped at “?s”"),
    "VALUES of unequal length": Malformed(
        "SELECT * { VALUES (?a ?b) { (1 2) (1) } }", 1, 35, "Variables of VALUES: 2; values in this row: 1"
    ),
    "VALUES with a variable": Malformed("SELECT * { VALUES ?a { ?b } }", 1, 24, "Reading stopped at “?b”"),
    "a path cut short": Malformed("PREFIX : <http://example.org/> ASK { ?s :a/ ?o }", 1, 45, "Reading stopped at “?o”"),
    "a path of a variable": Malformed("ASK { ?s ?p* ?o }", 1, 12, "Reading stopped at “*”"),
    "CONSTRUCT without a template": Malformed(
        "CONSTRUCT WHERE { ?s ?p ?o FILTER(?o > 1) }", 1, 28, "Reading stopped at “FILTER”"
    ),
    "two queries": Malformed("ASK {} ASK {}", 1, 8, "Reading stopped at “ASK”"),
    "a query and half another": Malformed("ASK {} SELECT", 1, 8, "Reading stopped at “SELECT”"),
    "a control character": Malformed(
        "ASK { ?s \x01 ?o }", 1, 10, "The character U+0001 (a control character) can only stand within a"
    ),
    "NUL in a query": Malformed(
        "ASK { ?s ?p\x00 ?o }", 1, 12, "The character U+0000 (a control character) can only stand within a"
    ),
    "a non-breaking space": Malformed(
        "SELECT\xa0* { ?s ?p ?o }", 1, 7, "The character U+00A0 (no-break space) can only stand within a text"
    ),
    "typographic quotes": Malformed(
        "ASK { ?s ?p “text” }", 1, 13, "The character U+201C (left double quotation mark) can only stand w"
    ),
    "a full-width bracket": Malformed(
        "SELECT * ｛ ?s ?p ?o ｝", 1, 10, "The character U+FF5B (fullwidth left curly bracket) can only stand"
    ),
    "two byte order marks": Malformed(
        "\ufeff\ufeffASK {}", 1, 1, "The character U+FEFF (zero width no-break space) can only stand wi"
    ),
    "a text direction mark": Malformed(
        "ASK\u202e { ?s ?p ?o }", 1, 4, "The character U+202E (right-to-left override) can only stand withi"
    ),
    "a language tag that is none": Malformed('ASK { ?s ?p "a"@123 }', 1, 16, "Reading stopped at “@”"),
    "a datatype without an address": Malformed('ASK { ?s ?p "a"^^ }', 1, 19, "Reading stopped at “}”"),
    "a number with two dots": Malformed("ASK { ?s ?p 1.2.3 }", 1, 19, "Reading stopped at “}”"),
    "carriage returns alone": Malformed(
        "SELECT * {\r ?s ex:p ?o }", 1, 16, "The prefix “ex:” is used but not declared"
    ),
    "a word of a megabyte": Malformed("a" * 900000, 1, 1, "aaaaaaaaaaaaaaaa…” is no word of SPARQL 1.1"),
    "a prefix of a megabyte": Malformed(
        "ASK { " + "a" * 900000 + ":b ?p ?o }", 1, 7, "aaaaaaaaaaaaaaaa…” is used but not declared"
    ),
    "a hundred thousand open quotes": Malformed(
        'SELECT * { ?s ?p "' + '\\"' * 100000, 1, 18, 'A text opened with " is not closed on its line'
    ),
    "a hundred thousand dashes": Malformed("SELECT * { " + "a-" * 100000, 1, 200012, "Reading stopped at the end"),
    "a hundred thousand undeclared names": Malformed(
        "ASK { " + "a:b " * 100000, 1, 7, "The prefix “a:” is used but not declared"
    ),
    "an exponent without digits": Malformed("ASK { ?s ?p 1e }", 1, 14, "“e” is no word of SPARQL 1.1"),
    "a dollar": Malformed("SELECT $ {}", 1, 8, "Reading stopped at “$”"),
    "HTML": Malformed("<html><body>ASK {}</body></html>", 1, 1, "Reading stopped at “<html>”"),
    "JSON": Malformed('{"query": "ASK {}"}', 1, 1, "Reading stopped at “{”"),
    "GraphQL": Malformed("query { organizations { name } }", 1, 1, "“query” is no word of SPARQL 1.1"),
    "a percent-encoded query": Malformed("ASK%20%7B%7D", 1, 4, "Reading stopped at “%”"),
    "GROUP_CONCAT with a wrong separator": Malformed(
        'SELECT (GROUP_CONCAT(?s ; SEP=",") AS ?n) { ?s ?p ?o }', 1, 27, "“SEP” is no word of SPARQL 1.1"
    ),
    "SELECT in the middle": Malformed("ASK { ?s SELECT ?o }", 1, 10, "Reading stopped at “SELECT”"),
    "an update within a query": Malformed(
        "SELECT * { INSERT DATA { <http://a/> <http://a/> 1 } }", 1, 12, "“INSERT” is no word of SPARQL 1.1"
    ),
    "DESCRIBE of a text": Malformed('DESCRIBE "a"', 1, 10, 'Reading stopped at “"a"”'),
    "blank node label in two groups": Malformed(
        "ASK { { _:a ?p ?o } { _:a ?p ?o } }", 1, 23, "Reading stopped at “_:a”"
    ),
    "MINUS alone": Malformed("ASK { MINUS }", 1, 13, "Reading stopped at “}”"),
    "GRAPH without a name": Malformed("ASK { GRAPH { ?s ?p ?o } }", 1, 13, "Reading stopped at “{”"),
    "EXISTS without braces": Malformed("ASK { FILTER EXISTS ?s }", 1, 21, "Reading stopped at “?s”"),
    "IN without a list": Malformed("ASK { FILTER(1 IN 1) }", 1, 19, "Reading stopped at “1”"),
}


def _nested(opening: str, depth: int, closing: str, middle: str = "") -> str:
    return opening * depth + middle + closing * depth


NESTED = {
    "4.5 kB of braces": _nested("{", 2_250, "}").join(("ASK ", "")),
    "half a megabyte of braces": "ASK " + _nested("{", 250_000, "}"),
    "braces that are never closed": "ASK " + "{" * 500_000,
    "10,000 parentheses": f"ASK {{ FILTER({_nested('(', 10_000, ')', '1')}) }}",
    "11 kB of IF": f"SELECT ({_nested('IF(true,1,', 1_000, ')', '1')} AS ?x) {{}}",
    "23 kB of EXISTS": f"ASK {{ {_nested('FILTER EXISTS { ', 1_400, ' }', '?s ?p ?o')} }}",
    "NOT EXISTS": f"ASK {{ {_nested('FILTER NOT EXISTS { ', 1_400, ' }', '?s ?p ?o')} }}",
    "a nested list": f"ASK {{ ?s ?p {_nested('(', 5_000, ')')} }}",
    "nested blank nodes": f"ASK {{ ?s ?p {_nested('[ ?p ', 5_000, ' ]', '1')} }}",
    "OPTIONAL in OPTIONAL": f"SELECT * {{ {_nested('OPTIONAL { ?s ?p ?o ', 5_000, '}')} }}",
    "MINUS in MINUS": f"SELECT * {{ ?s ?p ?o {_nested('MINUS { ?s ?p ?o ', 5_000, '}')} }}",
    "UNION in UNION": f"SELECT * {{ {_nested('{ ?s ?p ?o } UNION { ', 5_000, ' }', '?s ?p ?o')} }}",
    "GRAPH in GRAPH": f"SELECT * {{ {_nested('GRAPH ?g { ', 5_000, ' }', '?s ?p ?o')} }}",
    "SELECT in SELECT": f"SELECT * {{ {_nested('{ SELECT * { ', 3_000, ' } }', '?s ?p ?o')} }}",
    "functions in functions": f"SELECT ({_nested('STR(', 5_000, ')', '1')} AS ?x) {{}}",
    "COALESCE in COALESCE": f"SELECT ({_nested('COALESCE(1/0, ', 5_000, ')', '1')} AS ?x) {{}}",
    "groups in a path": f"ASK {{ ?s {_nested('(', 5_000, ')*', '<urn:p>')} ?o }}",
    "a negated set in a path": f"ASK {{ ?s {_nested('!(', 5_000, ')', '<urn:p>')} ?o }}",
}
"""Nested deeper than is taken apart: refused at once, with the place."""


def _chain(function: str, steps: int) -> str:
    doubled = " ".join(f"BIND({function.replace('?x', f'?x{i}')} AS ?x{i + 1})" for i in range(steps))
    return f'{{ BIND("aaaaaaaaaa" AS ?x0) {doubled} }}'


_ENGLISH = ",".join(['"en"'] * 20_000)
_VALUES = " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(60)))} }}" for i in range(8))
_COLUMNS = " ".join(f"?v{i}" for i in range(2_000))
_ROW = f"({'1 ' * 2_000})"
_TWO = "?a ?b ?c . ?d ?e ?f"
_THREE = f"{_TWO} . ?g ?h ?i"
_WKT = '"POLYGON(({}))"^^<http://www.opengis.net/ont/geosparql#wktLiteral>'
_GEO = "PREFIX geof: <http://www.opengis.net/def/function/geosparql/> "


def _polygon(points: int, shift: int) -> str:
    edge = ", ".join(f"{i / points:.6f} {shift + (i % 2) / 10:.6f}" for i in range(points))
    return _WKT.format(f"{edge}, 1 9, 0 9, {edge.partition(',')[0]}")


KILLERS = {
    "braces as deep as is allowed": f"ASK {_nested('{', 255, '}')}",
    "EXISTS as deep as is allowed": f"ASK {{ {_nested('FILTER EXISTS { ', 250, ' }', '?s ?p ?o')} }}",
    "functions as deep as is allowed": f"SELECT ({_nested('STR(', 250, ')', '1')} AS ?x) {{}}",
    "489 bytes of nested list": f"ASK {{ ?s ?p {_nested('(', 236, ')')} }}",
    "blank nodes as deep as is allowed": f"ASK {{ ?s ?p {_nested('[ ?p ', 250, ' ]', '1')} }}",
    "OPTIONAL as deep as is allowed": f"SELECT * {{ {_nested('OPTIONAL { ?s ?p ?o ', 250, '}')} }}",
    "14 kB of addition": f"SELECT (1{'+1' * 7_000} AS ?x) {{}}",
    "half a megabyte of addition": f"SELECT (1{'+1' * 250_000} AS ?x) {{}}",
    "a chain of divisions": f"SELECT (1{'/3.0' * 50_000} AS ?x) {{}}",
    "75 kB of &&": f"ASK {{ FILTER(true{' && true' * 9_500}) }}",
    "half a megabyte of ||": f"ASK {{ FILTER(false{' || false' * 50_000}) }}",
    "20,000 negations": f"SELECT ({'!' * 20_000}true AS ?x) {{}}",
    "124 kB of UNION": f"SELECT * {{ {{}}{' UNION {}' * 13_700} }}",
    "5,000 UNIONs": f"SELECT * {{ {{?s ?p ?o}}{' UNION {?s ?p ?o}' * 5_000} }}",
    "3,000 OPTIONALs": f"SELECT * {{ {'OPTIONAL { ?s ?p ?o } ' * 3_000} }}",
    "3,000 MINUSes": f"SELECT * {{ ?s ?p ?o {'MINUS { ?s ?p ?o } ' * 3_000} }}",
    "3,000 EXISTS": f"ASK {{ ?s ?p ?o {'FILTER EXISTS { ?s ?p ?o } ' * 3_000} }}",
    "10,000 triples": f"ASK {{ {'<urn:a> <urn:b> <urn:c> . ' * 10_000} }}",
    "a path of 626 steps": f"ASK {{ ?s {'/'.join(['<urn:p>'] * 626)} ?o }}",
    "a path of 5,000 ways": f"ASK {{ ?s {'|'.join(f'<urn:{i}>' for i in range(5_000))} ?o }}",
    "a path that negates 5,000": f"ASK {{ ?s !({'|'.join(f'<urn:{i}>' for i in range(5_000))}) ?o }}",
    "a path of stars of stars": "PREFIX : <urn:> SELECT * { ?s ((((((((:p|!:p)*)*)*)*)*)*)*)* ?o }",
    "a path of pluses of pluses": "PREFIX : <urn:> SELECT * { ?s ((((((((:p|!:p)+)+)+)+)+)+)+)+ ?o }",
    "a path to everywhere": "PREFIX : <urn:> SELECT * { ?s (:p|!:p|^:p|^!:p)* ?o . ?o (:p|!:p)* ?z }",
    "a star of 191 patterns": f"SELECT * {{ {' '.join(f'?s ?p{i} ?o{i} .' for i in range(191))} }}",
    "a star of 191 known patterns": f"SELECT * {{ {' '.join(f'?s a ?o{i} .' for i in range(191))} }}",
    "a chain of 300 patterns": f"ASK {{ {' '.join(f'?v{i} ?p ?v{i + 1} .' for i in range(300))} }}",
    "a product that is counted": f"SELECT (COUNT(*) AS ?n) {{ {_THREE} }}",
    "a product that is counted apart": f"SELECT (COUNT(DISTINCT CONCAT(STR(?a), STR(?f))) AS ?n) {{ {_TWO} }}",
    "a product in order": f"SELECT * {{ {_TWO} }} ORDER BY ?a ?e ?c",
    "a product in chance order": f"SELECT * {{ {_TWO} }} ORDER BY RAND()",
    "a product without doubles": f"SELECT DISTINCT * {{ {_TWO} }}",
    "a product reduced": f"SELECT REDUCED ?a {{ {_THREE} FILTER(?a = ?i) }}",
    "a product in groups": f"SELECT ?a ?d ?i (COUNT(*) AS ?n) {{ {_THREE} }} GROUP BY ?a ?d ?i",
    "a product with HAVING": f"SELECT ?a {{ {_THREE} }} GROUP BY ?a HAVING(COUNT(*) < 0)",
    "a product sampled": f"SELECT (SAMPLE(?a) AS ?x) (MAX(?i) AS ?y) {{ {_THREE} }}",
    "a product that nothing fits": f'ASK {{ {_THREE} FILTER(CONCAT(STR(?a), STR(?d), STR(?g)) = "x") }}',
    "a product of OPTIONALs": "SELECT * { OPTIONAL { ?a ?b ?c } OPTIONAL { ?d ?e ?f } OPTIONAL { ?g ?h ?i } }",
    "a product less itself": f"SELECT * {{ {_TWO} MINUS {{ {_TWO} }} }}",
    "a product of subqueries": "SELECT * { { SELECT ?a { ?a ?b ?c } } { SELECT ?d { ?d ?e ?f } } } ORDER BY ?d",
    "a product constructed": f"CONSTRUCT {{ ?a ?b ?f }} WHERE {{ {_TWO} }}",
    "a product described": f"DESCRIBE * {{ {_TWO} }}",
    "a product of blank nodes": f"SELECT (BNODE() AS ?x) {{ {_TWO} }}",
    "a product skipped": f"SELECT * {{ {_THREE} }} OFFSET 9223372036854775807",
    "a product from many graphs": f"SELECT * {{ GRAPH ?x {{ {_TWO} }} GRAPH ?y {{ ?g ?h ?i }} }} ORDER BY ?i",
    "VALUES times eight": f"SELECT (COUNT(*) AS ?n) {{ {_VALUES} }}",
    "150,000 VALUES": f"SELECT * {{ VALUES ?x {{ {' '.join(map(str, range(150_000)))} }} }}",
    "150,000 VALUES joined": f"SELECT * {{ VALUES ?x {{ {' '.join(map(str, range(120_000)))} }} ?s ?p ?x }}",
    "VALUES of 2,000 columns": f"SELECT * {{ VALUES ({_COLUMNS}) {{ {_ROW * 100} }} }}",
    "IN of 100,000": f"ASK {{ FILTER(1 IN ({','.join(['2'] * 100_000)})) }}",
    "LANG IN of 20,000": f"ASK {{ ?s ?p ?o FILTER(LANG(?o) IN ({_ENGLISH})) }}",
    "a doubling CONCAT": f"SELECT ?x30 {_chain('CONCAT(?x, ?x)', 30)}",
    "a doubling CONCAT that is measured": f"SELECT (STRLEN(?x30) AS ?n) {_chain('CONCAT(?x, ?x)', 30)}",
    "a doubling REPLACE": "SELECT ?x9 " + _chain("REPLACE(?x, 'a', 'aaaaaaaaaa')", 9),
    "a doubling ENCODE_FOR_URI": "SELECT ?x30 " + _chain("ENCODE_FOR_URI(CONCAT('%', ?x, ?x))", 30),
    "a GROUP_CONCAT of a product": f"SELECT (GROUP_CONCAT(?a) AS ?x) {{ {_TWO} }}",
    "a GROUP_CONCAT of GROUP_CONCATs": "SELECT (GROUP_CONCAT(?x) AS ?y) { "
    "{ SELECT (GROUP_CONCAT(STR(?a)) AS ?x) { ?a ?b ?c } } ?d ?e ?f . ?g ?h ?i }",
    "a GROUP_CONCAT with a long separator": f'SELECT (GROUP_CONCAT(?a; SEPARATOR="{"x" * 100_000}") AS ?x) {{ ?a ?b ?c }}',
    "hashes of a product": f"SELECT (MAX(SHA512(CONCAT(STR(?a), STR(?f)))) AS ?x) {{ {_TWO} }}",
    "a regular expression that backtracks": f'ASK {{ FILTER(REGEX("{"a" * 5_000}b", "^(a+)+$")) }}',
    "a regular expression of repetitions": f'ASK {{ FILTER(REGEX("{"a" * 5_000}", "((a{{0,100}}){{0,100}}){{0,100}}b")) }}',
    "a regular expression of 20,000 groups": f'ASK {{ FILTER(REGEX("a", "{_nested("(", 20_000, ")", "a")}")) }}',
    "a regular expression of alternatives": f'ASK {{ FILTER(REGEX("{"a|b" * 99}", "({"a|aa|" * 20_000}b)*c")) }}',
    "a regular expression of Unicode classes": f'ASK {{ FILTER(REGEX("{"é" * 5_000}", "(\\\\p{{L}}{{1,50}}){{1,50}}x", "i")) }}',
    "regular expressions from the data": 'SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), CONCAT("(", STR(?d), ")+"))) }',
    "a regular expression that is none": 'ASK { FILTER(REGEX("a", "(")) }',
    "a regular expression over a product": f'ASK {{ {_TWO} FILTER(REGEX(CONCAT(STR(?a), STR(?d)), "(.*)(.*)(.*)x$")) }}',
    "REPLACE with a group that is not there": 'SELECT (REPLACE("a", "(a)", "$99999999999") AS ?x) {}',
    "a number of 100,000 digits": f"SELECT ({'9' * 100_000} AS ?x) {{}}",
    "a typed number of 100,000 digits": f'SELECT ("{"9" * 100_000}"^^<http://www.w3.org/2001/XMLSchema#integer> + 1 AS ?x) {{}}',
    "numbers past counting": "SELECT (1e308 * 1e308 AS ?a) (9223372036854775807 + 1 AS ?b) (-9223372036854775808 / -1 AS ?c) {}",
    "a year past counting": 'SELECT (YEAR("999999999999-01-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>) AS ?x) {}',
    "a part of a text past counting": 'SELECT (SUBSTR("abc", -9223372036854775807, 9223372036854775807) AS ?x) {}',
    "a variable of half a megabyte": f"SELECT ?{'a' * 500_000} {{}}",
    "50,000 variables": f"SELECT {' '.join(f'?v{i}' for i in range(50_000))} {{}}",
    "3,000 BINDs": f"SELECT * {{ {' '.join(f'BIND({i} AS ?v{i})' for i in range(3_000))} }}",
    "20,000 prefixes": f"{'PREFIX a: <urn:a> ' * 20_000} ASK {{}}",
    "a base of 20,000 steps back": f"BASE <http://a/{'a/../' * 20_000}> ASK {{ <b> ?p ?o }}",
    "20,000 graphs": f"SELECT * {' '.join(f'FROM <urn:{i}>' for i in range(20_000))} {{ ?s ?p ?o }}",
    "the same graph 20,000 times": f"SELECT * {'FROM <urn:a> ' * 20_000} {{ ?s ?p ?o }}",
    "a megabyte of comment": f"ASK {{}} # {'x' * 900_000}",
    "a megabyte of empty lines": f"{chr(10) * 900_000}ASK {{}}",
    "a triple term in a triple term": f"SELECT * {{ {_nested('<<( ?s ?p ', 200, ')>> ', '?o ')} ?p ?o }}",
    "polygons of 30,000 points": f"{_GEO}ASK {{ FILTER(geof:sfIntersects({_polygon(15_000, 0)}, {_polygon(15_000, 1)})) }}",
    "a polygon without points": f"{_GEO}ASK {{ FILTER(geof:sfIntersects({_WKT.format('')}, {_WKT.format('NaN NaN')})) }}",
}
"""May take all that one query is given, in time or memory; nobody else is to notice."""

XML = {
    "U+0001 in a result": 'SELECT ("a\\u0001b" AS ?x) {}',
    "U+0000 in a result": 'SELECT ("a\\u0000b" AS ?x) {}',
    "U+FFFE in a result": 'SELECT ("a\\uFFFEb" AS ?x) {}',
    "a raw control character in a result": 'SELECT ("a\x0bb" AS ?x) {}',
    "a control character past a megabyte": 'SELECT ?x { { ?s ?p ?x } UNION { BIND("\\u0002" AS ?x) } }',
}
"""Results that no XML document can hold."""

REFUSED = {
    "an update": ("INSERT DATA { <urn:a> <urn:b> 1 }", 400, "query-refused"),
    "an update after a prologue": ("PREFIX a: <urn:> DELETE WHERE { ?s ?p ?o }", 400, "query-refused"),
    "LOAD": ("LOAD <{target}>", 400, "query-refused"),
    "CLEAR ALL": ("CLEAR ALL", 400, "query-refused"),
    "another server": ("SELECT * { SERVICE <{target}> { ?s ?p ?o } }", 403, "federation-refused"),
    "another server in silence": ("SELECT * { SERVICE SILENT <{target}> { ?s ?p ?o } }", 403, "federation-refused"),
    "another server in a subquery": (
        "SELECT * { { SELECT * { SERVICE <{target}> { ?s ?p ?o } } } }", 403, "federation-refused",
    ),
    "another server without spaces": ("SELECT * {SERVICE<{target}>{?s ?p ?o}}", 403, "federation-refused"),
    "another server under a prefix": (
        "PREFIX x: <{target}> SELECT * { SERVICE x: { ?s ?p ?o } }", 403, "federation-refused",
    ),
    "any other server": ("SELECT * { VALUES ?x { <{target}> } SERVICE ?x { ?s ?p ?o } }", 403, "federation-refused"),
    "10,000 other servers": ("ASK { " + "SERVICE <{target}> {} " * 10_000 + "}", 403, "federation-refused"),
    "a file as a graph": ("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", 200, ""),
    "another server as a graph": ("SELECT * FROM <{target}> { ?s ?p ?o }", 200, ""),
    "another server as a named graph": ("SELECT * FROM NAMED <{target}> { GRAPH ?g { ?s ?p ?o } }", 200, ""),
}  # fmt: skip
"""Query with a place for an address that must not be called, status, and kind of the problem."""

BYTES = {
    "a lone continuation": b"ASK { ?s ?p '\x80' }",
    "a sequence cut short": b"ASK { ?s ?p '\xe2\x82' }",
    "an overlong sequence": b"ASK { ?s ?p '\xc0\xaf' }",
    "half a pair": b"ASK { ?s ?p '\xed\xa0\x80' }",
    "a pair as two": b"ASK { ?s ?p '\xed\xa0\xbd\xed\xb8\x80' }",
    "past Unicode": b"ASK { ?s ?p '\xf4\x90\x80\x80' }",
    "bytes that are never used": b"ASK { ?s ?p '\xfe\xff' }",
    "Latin-1": "ASK { ?s ?p 'é' }".encode("latin-1"),
    "UTF-16": "ASK {} # é€".encode("utf-16"),
    "UTF-32": "ASK {} # é€".encode("utf-32"),
    "EUC-KR": "ASK { ?s ?p '상담' }".encode("euc-kr"),
    "gzip without saying so": gzip.compress(ASK.encode()),
    "random bytes": bytes((i * 73 + 41) % 256 for i in range(4096)),
}
"""No UTF-8: each is sent as a body, in a form and in an address."""


class Request(NamedTuple):
    """What goes over the wire, and the statuses that may come back; 0 is a connection closed without a word."""

    sent: bytes
    statuses: tuple[int, ...]


def _head(line: str, *headers: str, host: str = "Host: graph.example") -> bytes:
    return "\r\n".join((line, *([host] if host else []), *headers, "", "")).encode("utf-8", "surrogateescape")


def _get(path: str, *headers: str, method: str = "GET") -> bytes:
    return _head(f"{method} {path} HTTP/1.1", *headers)


def _post(path: str, media_type: str, body: bytes, *headers: str, length: bool = True) -> bytes:
    sized = (f"Content-Length: {len(body)}",) if length else ()
    return _head(f"POST {path} HTTP/1.1", f"Content-Type: {media_type}", *sized, *headers) + body


def _query(*headers: str, body: bytes = ASK.encode()) -> bytes:
    return _post("/sparql", QUERY, body, *headers, length=False)


_ASKED = "/sparql?query=ASK%7B%7D"
_CHUNKED = "Transfer-Encoding: chunked"
_WHOLE = b"6\r\nASK {}\r\n0\r\n\r\n"

FRAMING = {
    "two equal lengths": Request(_query("Content-Length: 6", "Content-Length: 6"), (200, 400)),
    "two lengths": Request(_query("Content-Length: 6", "Content-Length: 3"), (400,)),
    "a list of lengths": Request(_query("Content-Length: 6, 6"), (200, 400)),
    "a length below zero": Request(_query("Content-Length: -6"), (400,)),
    "a length with a plus": Request(_query("Content-Length: +6"), (400,)),
    "a length in hexadecimal": Request(_query("Content-Length: 0x6"), (400,)),
    "a length that is a word": Request(_query("Content-Length: six"), (400,)),
    "a length with a comma": Request(_query("Content-Length: 6,0"), (400,)),
    "an empty length": Request(_query("Content-Length: "), (400,)),
    "a length past counting": Request(_query(f"Content-Length: {'9' * 30}"), (400,)),
    "a length of a terabyte": Request(_query("Content-Length: 1099511627776"), (413,)),
    "a length and chunks": Request(_query("Content-Length: 3", _CHUNKED, body=_WHOLE), (200, 400)),
    "chunks and a length": Request(_query(_CHUNKED, "Content-Length: 3", body=_WHOLE), (200, 400)),
    "chunked twice": Request(_query(_CHUNKED, _CHUNKED, body=_WHOLE), (400, 501)),
    "chunked in chunks": Request(_query("Transfer-Encoding: chunked, chunked", body=_WHOLE), (400, 501)),
    "chunked and identity": Request(_query("Transfer-Encoding: identity, chunked", body=_WHOLE), (400, 501)),
    "chunked, nearly": Request(_query("Transfer-Encoding: xchunked", body=_WHOLE), (400, 501)),
    "chunked, with a tab": Request(_query("Transfer-Encoding:\tchunked", body=_WHOLE), (200, 400, 501)),
    "chunked with a parameter": Request(_query("Transfer-Encoding: chunked;a=b", body=_WHOLE), (400, 501)),
    "a gzip transfer": Request(_query("Transfer-Encoding: gzip"), (400, 501)),
    "chunks without a size": Request(_query(_CHUNKED, body=b"zz\r\nASK {}\r\n0\r\n\r\n"), (400,)),
    "a chunk below zero": Request(_query(_CHUNKED, body=b"-6\r\nASK {}\r\n0\r\n\r\n"), (400,)),
    "a chunk past counting": Request(_query(_CHUNKED, body=b"f" * 17 + b"\r\nASK {}\r\n0\r\n\r\n"), (400,)),
    "a chunk longer than it says": Request(_query(_CHUNKED, body=b"3\r\nASK {}\r\n0\r\n\r\n"), (400,)),
    "a chunk with a long extension": Request(_query(_CHUNKED, body=b"6;" + b"a" * 50_000 + b"\r\nASK {}\r\n0\r\n\r\n"), (200, 400)),
    "a good chunk before a broken one": Request(_query(_CHUNKED, body=b"6\r\nASK {}\r\nzz\r\n"), (400,)),
    "10,000 chunks of a byte": Request(_query(_CHUNKED, body=b"1\r\n#\r\n" * 10_000 + b"0\r\n\r\n"), (400,)),
    "17 MB in chunks": Request(_query(_CHUNKED, body=(b"10000\r\n" + b"#" * 65536 + b"\r\n") * 260 + b"0\r\n\r\n"), (413,)),
    "long trailers": Request(_query(_CHUNKED, body=_WHOLE[:-2] + b"X-A: a\r\n" * 5_000 + b"\r\n"), (200, 400, 431)),
    "a body with GET": Request(_get(_ASKED, "Content-Length: 6") + ASK.encode(), (200, 400)),
    "a second request in a body": Request(
        _post("/sparql", QUERY, _get("/metrics")), (400,),
    ),
    "no length": Request(_query(), (400, 411)),
    "an expectation": Request(_query("Content-Length: 6", "Expect: 100-continue"), (200,)),
    "an odd expectation": Request(_query("Content-Length: 6", "Expect: 200-maybe"), (200, 417)),
    "gzip that is none": Request(_post("/sparql", QUERY, b"\x1f\x8b\x08broken", "Content-Encoding: gzip"), (415,)),
    "gzip that grows a thousandfold": Request(
        _post("/sparql", QUERY, gzip.compress(b"#" * 10_000_000), "Content-Encoding: gzip"), (415,),
    ),
    "a form in zstd": Request(_post("/sparql", FORM, b"\x28\xb5\x2f\xfdx", "Content-Encoding: zstd"), (415,)),
    "an unknown coding": Request(_post("/cite", FORM, b"query=ASK", "Content-Encoding: snappy"), (415,)),
    "TLS": Request(bytes.fromhex("16030100c8010000c40303") + bytes(200), (0, 400)),
    "SSH": Request(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", (0, 400)),
    "HTTP/0.9": Request(b"GET /\r\n\r\n", (0, 400)),
    "HTTP/3.0": Request(_head("GET / HTTP/3.0"), (0, 400, 505)),
    "HTTP/2 as if it were known": Request(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(50), (0, 400)),
    "HTTP/2 as an upgrade": Request(_get(_ASKED, "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AA"), (200,)),
    "a web socket": Request(
        _get(_ASKED, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eA=="),
        (200, 400),
    ),
    "random bytes as a request": Request(BYTES["random bytes"] + b"\r\n\r\n", (0, 400)),
    "NULs": Request(bytes(5_000) + b"\r\n\r\n", (0, 400)),
    "line feeds alone": Request(_get(_ASKED).replace(b"\r\n", b"\n"), (200, 400)),
    "carriage returns alone": Request(_get(_ASKED).replace(b"\r\n", b"\r") + b"\r\n\r\n", (0, 400)),
}  # fmt: skip

HEADERS = {
    "no Host": Request(_head("GET / HTTP/1.1", host=""), (400,)),
    "no Host in HTTP/1.0": Request(_head(f"GET {_ASKED} HTTP/1.0", host=""), (200,)),
    "two Hosts": Request(_get(_ASKED, "Host: other.example"), (400,)),
    "a Host with a space": Request(_head("GET /sparql HTTP/1.1", host="Host: a b"), (400,)),
    "a Host that breaks out of an address": Request(_head("GET /sparql HTTP/1.1", host="Host: a> . <b"), (400,)),
    "a Host with a path": Request(_head("GET /sparql HTTP/1.1", host="Host: a/b"), (400,)),
    "a Host with a user": Request(_head("GET /sparql HTTP/1.1", host="Host: user@a"), (400,)),
    "a Host with a wrong port": Request(_head("GET /sparql HTTP/1.1", host="Host: a:99999999"), (400,)),
    "an empty Host": Request(_head("GET /sparql HTTP/1.1", host="Host: "), (400,)),
    "a Host of 10 kB": Request(_head("GET /sparql HTTP/1.1", host=f"Host: {'a' * 10_000}"), (200, 400)),
    "a header of a megabyte": Request(_get(_ASKED, f"X-A: {'a' * 1_000_000}"), (431,)),
    "a header of 100 kB": Request(_get(_ASKED, f"X-A: {'a' * 100_000}"), (431,)),
    "5,000 headers": Request(_get(_ASKED, *(f"X-{i}: a" for i in range(5_000))), (431,)),
    "a header name of 100 kB": Request(_get(_ASKED, f"{'X' * 100_000}: a"), (400, 431)),
    "a header without a colon": Request(_get(_ASKED, "nonsense"), (400,)),
    "a header without a name": Request(_get(_ASKED, ": a"), (400,)),
    "a space before a colon": Request(_get(_ASKED, "X-A : a"), (400,)),
    "a folded header": Request(_get(_ASKED, "X-A: a\r\n b"), (200, 400)),
    "NUL in a header": Request(_get(_ASKED, "X-A: a\0b"), (400,)),
    "a carriage return in a header": Request(_get(_ASKED, "X-A: a\rb"), (400,)),
    "no UTF-8 in a header": Request(_get(_ASKED, "X-A: \udcff\udcfe"), (200, 400)),
    "no UTF-8 in Accept": Request(_get(_ASKED, "Accept: \udcff\udcfe"), (200, 400, 406)),
    "an unknown format": Request(_get(_ASKED, "Accept: image/png"), (406,)),
    "a format that cannot carry it": Request(_get(_ASKED, "Accept: text/turtle"), (406,)),
    "an Accept that is no media type": Request(_get(_ASKED, "Accept: nonsense"), (406,)),
    "an Accept of commas": Request(_get(_ASKED, f"Accept: {',' * 10_000}"), (200, 400, 406)),
    "an Accept of 2,000 types": Request(_get(_ASKED, "Accept: " + ",".join(f"a/b{i}" for i in range(2_000))), (200, 406)),
    "an Accept of parameters": Request(_get(_ASKED, f"Accept: a/b{';a=b' * 3_000}"), (200, 406)),
    "an Accept of open quotes": Request(_get(_ASKED, "Accept: a/b;" + 'a="\\' * 2_500), (200, 400, 406)),
    "qualities that are none": Request(_get(_ASKED, "Accept: */*;q=nan, text/csv;q=-1, text/html;q=1e999"), (200, 406)),
    "every quality zero": Request(_get(_ASKED, "Accept: */*;q=0"), (406,)),
    "languages that are none": Request(_get("/", f"Accept-Language: {'-' * 100}, x;q=y, {'zh-' * 2_000}"), (200,)),
    "3,000 languages": Request(_get("/", "Accept-Language: " + ",".join(f"a{i}" for i in range(2_000))), (200,)),
    "codings that are none": Request(_get(_ASKED, "Accept-Encoding: gzip;q=nan, \x80, br;;;, *;q=0"), (200, 406)),
    "3,000 codings": Request(_get(_ASKED, "Accept-Encoding: " + ",".join(f"c{i}" for i in range(2_000))), (200,)),
    "an If-None-Match of 2,000 tags": Request(_get(_ASKED, "If-None-Match: " + ",".join(f'"{i}"' for i in range(1_800))), (200,)),
    "an If-None-Match that is never closed": Request(_get(_ASKED, f'If-None-Match: W/"{"a" * 10_000}'), (200,)),
    "a time that is none": Request(_get("/timegate/doc/organization/x", "Accept-Datetime: yesterday"), (400, 404)),
    "a time past counting": Request(_get(_ASKED, "If-Modified-Since: Mon, 99 Foo 99999 99:99:99 GMT"), (200,)),
    "2,000 ranges": Request(_get("/robots.txt", "Range: bytes=" + ",".join("0-0" for _ in range(2_000))), (200, 206, 400, 416)),
    "a range backwards": Request(_get("/robots.txt", "Range: bytes=9-1"), (200, 400, 416)),
    "a token that is none": Request(_get(_ASKED, "X-Query-Token: ../../x"), (400,)),
    "cookies that are none": Request(_get("/", f"Cookie: {'a=;' * 3_000}"), (200,)),
    "1,000 proxies": Request(_get(_ASKED, "X-Forwarded-For: " + ",".join(["1.2.3.4"] * 1_000)), (200,)),
    "proxies that are none": Request(_get(_ASKED, "X-Forwarded-For: <script>, ::::::::, 999.999.999.999"), (200,)),
    "a login that is none": Request(_get(_ASKED, f"Authorization: Basic {'=' * 1_000}"), (200,)),
    "an unknown method": Request(_get("/sparql", method="BREW"), (405, 501)),
    "a method of 5,000 letters": Request(_get("/sparql", method="A" * 5_000), (400, 405, 501)),
    "a method in small letters": Request(_get(_ASKED, method="get"), (200, 400, 405, 501)),
    "a method with NUL": Request(_get("/sparql", method="GE\0T"), (400,)),
    "a tunnel": Request(_get("example.org:443", method="CONNECT"), (400, 404, 405)),
    "TRACE": Request(_get("/", method="TRACE"), (405,)),
    "PUT at /sparql": Request(_head("PUT /sparql HTTP/1.1", "Content-Length: 6") + ASK.encode(), (405,)),
    "PUT at /graphs": Request(_head("PUT /graphs?default HTTP/1.1", "Content-Length: 6") + ASK.encode(), (405,)),
    "DELETE of every query": Request(_get("/sparql/*", method="DELETE"), (400, 404)),
    "text as a query": Request(_post("/sparql", "text/plain", ASK.encode()), (415,)),
    "a query in UTF-16": Request(_post("/sparql", QUERY + "; charset=utf-16", ASK.encode("utf-16")), (415,)),
    "a query in a charset that is none": Request(_post("/sparql", QUERY + "; charset=\\x00", ASK.encode()), (200, 415)),
    "a form with parts": Request(_post("/sparql", "multipart/form-data; boundary=a", b"--a\r\n\r\n"), (415,)),
    "a form without its boundary": Request(_post("/cite", "multipart/form-data", b"--a"), (415,)),
    "a media type of 10 kB": Request(_post("/sparql", "a/" + "b" * 10_000, ASK.encode()), (415,)),
    "a media type that is none": Request(_post("/sparql", ";;;=", ASK.encode()), (415,)),
}  # fmt: skip

ADDRESSES = {
    "an address of a megabyte": Request(_get("/" + "a" * 1_000_000), (414, 431)),
    "an address of 70 kB": Request(_get("/" + "a" * 70_000), (414, 431)),
    "a query of 60 kB in an address": Request(_get("/sparql?query=" + "a" * 60_000), (400,)),
    "NUL in an address": Request(_get("/a\0b"), (400,)),
    "NUL encoded": Request(_get("/doc/organization/%00"), (404,)),
    "no UTF-8 in an address": Request(_get("/doc/\udcff"), (400,)),
    "no UTF-8 encoded": Request(_get("/doc/%FF/%C0%AF"), (404,)),
    "half a pair encoded": Request(_get("/doc/organization/%ED%A0%80"), (404,)),
    "Korean in an address": Request(_get("/doc/organization/" + quote("상담")), (404,)),
    "Korean without encoding": Request(_get("/doc/organization/상담"), (400, 404)),
    "percent signs": Request(_get("/doc/%/%%/%zz"), (404,)),
    "a line break encoded": Request(_get("/doc/organization/a%0d%0aX-A:%20b"), (404,)),
    "a path to /etc/passwd": Request(_get("/../../../../etc/passwd"), (404,)),
    "a path to /etc/passwd encoded": Request(_get("/releases/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc/passwd"), (404,)),
    "a path to /etc/passwd among the files of pages": Request(_get("/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd"), (404,)),
    "a path to /etc/passwd in a release": Request(_get("/releases/{release}/%2e%2e/%2e%2e/%2e%2e/etc/passwd"), (404,)),
    "a path with backslashes": Request(_get("/static/..\\..\\settings.py"), (400, 404)),
    "a path that is a file": Request(_get("/releases/{release}//etc/passwd"), (301, 308, 404)),
    "a path of 10,000 steps": Request(_get("/a" * 10_000), (404,)),
    "10,000 slashes": Request(_get("/" * 10_000), (200, 301, 308, 404)),
    "another site's address": Request(_get("//evil.example/%2e%2e"), (301, 308, 404)),
    "a whole address": Request(_get("http://evil.example" + _ASKED), (200, 400, 421)),
    "a whole address of a file": Request(_get("file:///etc/passwd"), (400, 404)),
    "an asterisk": Request(_get("*", method="OPTIONS"), (200, 400, 404)),
    "a release that is none": Request(_get("/at/2026-99-99-zzzzzzzz" + _ASKED), (404,)),
    "a release that was never built": Request(_get("/at/1999-01-01-00000000" + _ASKED), (404,)),
    "a release within a release": Request(_get("/at/{release}/at/{release}" + _ASKED), (404,)),
    "a release with a path to elsewhere": Request(_get("/at/..%2f..%2f" + _ASKED), (404,)),
    "a malformed query of a release": Request(_get("/at/{release}/sparql?query=ASK"), (400,)),
    "a graph that is no IRI": Request(_get("/graphs?graph=" + quote("<> . DROP ALL")), (400,)),
    "a graph that is not there": Request(_get("/graphs?graph=urn:nothing"), (404,)),
    "a graph of 50 kB": Request(_get("/graphs?graph=urn:" + "a" * 50_000), (404,)),
    "a graph that breaks out of its IRI": Request(_get("/graphs?graph=" + quote("urn:a> {} } #")), (400,)),
    "two graphs": Request(_get("/graphs?graph=urn:a&graph=urn:b"), (400,)),
    "a graph and the default": Request(_get("/graphs?graph=urn:a&default"), (400,)),
    "a graph that has control characters": Request(_get("/graphs?graph=urn:%01%02"), (400,)),
    "a graph named by a strange address": Request(_get("/graphs/%22%3E%3Cscript%3E"), (400, 404)),
    "a graph named by no UTF-8": Request(_get("/graphs/%FF%FE"), (400, 404)),
    "a dataset that is no IRI": Request(_get(_ASKED + "&default-graph-uri=a%20b"), (400,)),
    "a dataset of 5,000 graphs": Request(_get(_ASKED + "".join(f"&named-graph-uri=urn:{i}" for i in range(2_500))), (200,)),
    "20,000 parameters": Request(_get(_ASKED + "&a" * 20_000), (400,)),
    "30,000 ampersands": Request(_get(_ASKED + "&" * 30_000), (200, 400)),
    "two queries in an address": Request(_get(_ASKED + "&query=ASK%7B%7D"), (400,)),
    "an update in an address": Request(_get("/sparql?update=CLEAR%20ALL"), (400,)),
    "a query broken by its encoding": Request(_get("/sparql?query=%zz%"), (400,)),
    "a query without encoding": Request(_get("/sparql?query=ASK{}"), (200, 400)),
    "a query in Latin-1": Request(_get("/sparql?query=ASK%20%7B%7D%23%E9"), (400,)),
    "a timeout that is a word": Request(_get(_ASKED + "&timeout=soon"), (400,)),
    "a timeout below zero": Request(_get(_ASKED + "&timeout=-1"), (400,)),
    "a timeout without end": Request(_get(_ASKED + "&timeout=inf"), (400,)),
    "a timeout that is no number": Request(_get(_ASKED + "&timeout=nan"), (400,)),
    "a timeout past counting": Request(_get(_ASKED + "&timeout=" + "9" * 400), (200, 400)),
    "a format that is none": Request(_get(_ASKED + "&format=exe"), (200,)),
    "a format of 50 kB": Request(_get(_ASKED + "&format=" + "x" * 50_000), (200,)),
    "a search of 50 kB": Request(_get("/search?q=" + "a" * 50_000), (413,)),
    "a language that is none": Request(_get("/xx/"), (404,)),
    "a citation that is none": Request(_get("/cite/%00%FF"), (404,)),
    "a citation of 10 kB": Request(_get("/cite/" + "a" * 10_000), (404,)),
    "a problem that is none": Request(_get("/problem/%3Cscript%3E"), (404,)),
    "a record of unknown kind": Request(_get("/doc/nothing/nobody"), (404,)),
    "a record in an unknown format": Request(_get("/doc/organization/nobody.exe"), (404, 406)),
    "a name of 10 kB": Request(_get("/id/organization/" + "a" * 10_000), (404,)),
    "a profile that is none": Request(_get("/doc/organization/nobody?profile=%00"), (400, 404)),
    "the host's own files": Request(_get("/proc/self/environ"), (404,)),
    "a login of another program": Request(_get("/wp-login.php"), (404,)),
}  # fmt: skip

_JSON = "application/json"

BODIES = {
    "10 MB of a query": Request(_post("/sparql", QUERY, b"ASK {} #" + b"x" * 10_000_000), (413,)),
    "17 MB of a query": Request(_post("/sparql", QUERY, b"ASK {} #" + b"x" * 17_000_000), (413,)),
    "10 MB of a form": Request(_post("/sparql", FORM, b"query=" + b"x" * 10_000_000), (413,)),
    "10 MB to check": Request(_post("/sparql/check", QUERY, b"x" * 10_000_000), (413,)),
    "10 MB to cite": Request(_post("/cite", FORM, b"query=" + b"x" * 10_000_000), (413,)),
    "10 MB to an address that takes none": Request(_post("/graphs", QUERY, b"x" * 10_000_000), (405, 413)),
    "a megabyte of ampersands": Request(_post("/sparql", FORM, b"&" * 1_000_000), (400,)),
    "a form without a query": Request(_post("/sparql", FORM, b"quary=ASK"), (400,)),
    "a form with two queries": Request(_post("/sparql", FORM, b"query=ASK&query=ASK"), (400,)),
    "a form with an update": Request(_post("/sparql", FORM, b"update=CLEAR+ALL"), (400,)),
    "an update": Request(_post("/sparql", "application/sparql-update", b"CLEAR ALL"), (400,)),
    "a query in the body and another in the address": Request(_post(_ASKED, QUERY, ASK.encode()), (400,)),
    "a form that is not encoded": Request(_post("/sparql", FORM, "query=상담".encode()), (400,)),
    "an empty body": Request(_post("/sparql", QUERY, b""), (400,)),
    "an empty form": Request(_post("/sparql", FORM, b""), (400,)),
    "nothing to check": Request(_post("/sparql/check", FORM, b""), (400,)),
    "200,000 SERVICEs to check": Request(_post("/sparql/check", QUERY, b"SERVICE " * 110_000), (200, 403)),
    "braces to check": Request(_post("/sparql/check", QUERY, b"ASK " + b"{" * 500_000), (200, 400)),
    "JSON that is none to cite": Request(_post("/cite", _JSON, b"{"), (400,)),
    "JSON nested 100,000 deep to cite": Request(_post("/cite", _JSON, b"[" * 60_000), (400,)),
    "a list to cite": Request(_post("/cite", _JSON, b"[1, 2]"), (400,)),
    "a number as a query to cite": Request(_post("/cite", _JSON, b'{"query": 1}'), (400,)),
    "half a pair to cite": Request(_post("/cite", _JSON, json.dumps({"query": "ASK { ?s ?p '\ud800' }"}).encode()), (400,)),
    "NaN to cite": Request(_post("/cite", _JSON, b'{"query": NaN}'), (400,)),
    "a number of 10,000 digits to cite": Request(_post("/cite", _JSON, b'{"query": ' + b"9" * 10_000 + b"}"), (400,)),
    "a query twice to cite": Request(_post("/cite", _JSON, b'{"query": "ASK", "query": "ASK {"}'), (400,)),
    "an unknown field to cite": Request(_post("/cite", _JSON, b'{"query": "ASK {}", "x": "y"}'), (400,)),
    "a malformed query to cite": Request(_post("/cite", FORM, b"query=SELEKT"), (400,)),
    "a long query to cite": Request(_post("/cite", FORM, b"query=ASK+%7B%7D%23" + b"x" * 40_000), (413,)),
    "a release that is none to cite": Request(_post("/cite", FORM, b"query=ASK%7B%7D&release=..%2F.."), (404,)),
    "a format that is none to cite": Request(_post("/cite", FORM, b"query=ASK%7B%7D&format=exe"), (406,)),
    "no UTF-8 to cite": Request(_post("/cite", FORM, b"query=%FF%FE"), (400,)),
    "no UTF-8 as JSON to cite": Request(_post("/cite", _JSON, b'{"query": "\xff"}'), (400,)),
    "XML to cite": Request(_post("/cite", "application/xml", b"<query/>"), (415,)),
    "a product to cite": Request(_post("/cite", FORM, b"query=" + quote(KILLERS["a product in order"]).encode()), (503,)),
    "an update to cite": Request(_post("/cite", FORM, b"query=CLEAR+ALL"), (400,)),
}  # fmt: skip
