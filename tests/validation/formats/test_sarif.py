from __future__ import annotations

import json

from coopgraph.validation.formats import sarif
from coopgraph.validation.report import Report


def test_the_log_has_what_the_standard_requires(report: Report) -> None:
    log = json.loads(sarif.write(report, "ja"))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"]) == 4
    assert run["columnKind"] == "unicodeCodePoints"
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert result["level"] in {"error", "warning", "note"}
        for location in result["locations"]:
            region = location["physicalLocation"]["region"]
            assert region["startLine"] >= 1
            assert region["startColumn"] >= 1


def test_a_location_is_a_relative_uri_with_line_and_column(report: Report) -> None:
    (run,) = json.loads(sarif.write(report, "en"))["runs"]
    first, _, third = run["results"]
    physical = first["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "data/org/a%2C%20b%3Ac.ttl"}
    assert physical["region"] == {"startLine": 7, "startColumn": 14, "snippet": {"text": 'o:가 coop:이름 "값"@ko ;'}}
    assert third["locations"] == []
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]


def test_the_help_of_a_rule_shows_no_placeholder(report: Report) -> None:
    (run,) = json.loads(sarif.write(report, "en"))["runs"]
    assert [rule["help"]["text"] for rule in run["tool"]["driver"]["rules"]] == ["Write a name, 100% sure: …"] * 4
