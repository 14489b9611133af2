from __future__ import annotations

import io
import json
import logging

import pytest

from coopgraph.errors import WrongUsage
from coopgraph.http.request_record import REQUESTS, RequestRecord
from coopgraph.server import logs


def record(**fields: object) -> logging.LogRecord:
    made = logging.LogRecord("coopgraph.request", logging.INFO, "place.py", 1, "%s %s", ("GET", "/doc/<name>"), None)
    if fields:
        made.fields = fields
    return made


def test_a_line_of_json_holds_the_fields_of_its_record() -> None:
    line = json.loads(logs.JsonLines().format(record(status=200, seconds=0.5)))
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "logger": "coopgraph.request",
        "message": "GET /doc/<name>",
        "status": 200,
        "seconds": 0.5,
    }


def test_a_line_for_people_is_short() -> None:
    assert logs.TextLines().format(record(seconds=0.0123)) == "INFO GET /doc/<name> in 12.3 ms"
    assert logs.TextLines().format(record()) == "INFO GET /doc/<name>"


@pytest.mark.parametrize("formatter", [logs.JsonLines(), logs.TextLines()])
def test_of_an_exception_only_its_kind_is_written(formatter: logging.Formatter) -> None:
    made = record()
    made.exc_info = (ValueError, ValueError("secret words"), None)
    line = formatter.format(made)
    assert "secret" not in line
    assert ("ValueError" in line) == isinstance(formatter, logs.JsonLines)


def test_a_style_that_is_none_is_refused() -> None:
    with pytest.raises(WrongUsage, match="log_format"):
        logs.install_logs("xml", io.StringIO())


@pytest.mark.parametrize("plain", [False, True])
def test_the_line_of_a_request_is_what_logging_would_write(plain: bool) -> None:
    stream = io.StringIO()
    request = RequestRecord("GET", "/doc/<name>", 200, 0.0123456789, "r1", 1_764_000_000.25)
    logs.Lines(stream, plain=plain).requests([request, request])
    first, second = stream.getvalue().splitlines()
    assert first == second
    if plain:
        assert first == "INFO GET /doc/<name> 200 in 12.3 ms"
        return
    made = logging.LogRecord(REQUESTS, logging.INFO, "place.py", 1, "GET /doc/<name> 200", (), None)
    made.created = request.moment
    fields = {"method": "GET", "route": "/doc/<name>", "status": 200, "seconds": 0.012346, "release": "r1"}
    made.fields = fields
    assert json.loads(first) == json.loads(logs.JsonLines().format(made))
