from __future__ import annotations

import json

from coopgraph.validation.formats import json as format_json
from coopgraph.validation.report import Report


def test_the_report_keeps_its_documented_shape(report: Report) -> None:
    content = json.loads(format_json.write(report, "zh-Hant"))
    first, second, third = content.pop("findings")
    assert content == {
        "conforms": False,
        "engine": "fast",
        "files": 3,
        "triples": 4567,
        "violations": 1,
        "warnings": 1,
        "infos": 1,
        "left_out": ["data/org/z.ttl"],
        "language": "zh-Hant",
    }
    assert first == {
        "severity": "violation",
        "rule": "https://w3id.org/coopgraph/shape/Broken",
        "name": "Broken zh-Hant",
        "message": "請寫名稱",
        "description": "Broken zh-Hant",
        "path": "data/org/a, b:c.ttl",
        "line": 7,
        "column": 14,
        "excerpt": 'o:가 coop:이름 "값"@ko ;',
        "focus": {"type": "uri", "value": "https://w3id.org/coopgraph/id/org/a"},
        "property": "http://www.w3.org/2004/02/skos/core#prefLabel",
        "value": {"type": "literal", "value": "값", "xml:lang": "ko"},
        "component": "http://www.w3.org/ns/shacl#MinCountConstraintComponent",
    }
    assert second["value"] == {"type": "literal", "value": "=1+1"}
    assert (third["path"], third["line"], third["value"]) == (None, None, None)


def test_every_documented_field_is_written(report: Report) -> None:
    content = json.loads(format_json.write(report, "en"))
    documented = set(json.loads("[" + ",".join(_words(format_json.__doc__ or "")) + "]"))
    assert set(content) | set(content["findings"][0]) <= documented


def _words(documentation: str) -> list[str]:
    return [f'"{part}"' for part in documentation.split('"')[1::2] if "\\" not in part]


def test_nothing_found_conforms(empty: Report) -> None:
    content = json.loads(format_json.write(empty, "en"))
    assert content["conforms"] is True
    assert content["findings"] == []
