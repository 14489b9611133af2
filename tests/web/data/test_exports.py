from __future__ import annotations

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("organization.csv", "text/csv; charset=utf-8"),
        ("law.ndjson", "application/x-ndjson"),
        ("figure.parquet", "application/vnd.apache.parquet"),
        ("event.jsonld", "application/ld+json"),
        ("source.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("service.hsds.json", "application/json"),
        ("service.cpsv.ttl", "text/turtle; charset=utf-8"),
    ],
)
def test_an_export_is_a_file_with_a_name_that_is_not_sent_twice(
    client: FlaskClient, name: str, content_type: str
) -> None:
    response = client.get(f"/export/{name}")
    assert (response.status_code, response.content_type) == (200, content_type)
    assert response.headers["Content-Disposition"] == f'attachment; filename="coopgraph-{name}"'
    assert response.headers["X-Coopgraph-Release"]
    again = client.get(f"/export/{name}", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.csv", "organization.exe", "law.hsds.json", "organization", "a.b.c%0d%0a"])
def test_what_is_not_exported_is_404_in_words(client: FlaskClient, name: str) -> None:
    response = client.get(f"/export/{name}")
    assert response.status_code == 404
    assert response.content_type == "application/problem+json"


def test_the_language_of_names_can_be_chosen(client: FlaskClient) -> None:
    english = client.get("/export/organization.csv?lang=en").text
    assert client.get("/export/organization.csv?lang=ko").text != english
    assert client.get("/export/organization.csv", headers={"Accept-Language": "ko"}).text != english


@pytest.mark.parametrize(
    "path", ["/export/organization.csv", "/export/figure.parquet", "/list/org.csv", "/doc/org/lantern.nt", "/def.ttl"]
)
def test_what_programs_read_in_parts_is_given_in_parts(client: FlaskClient, path: str) -> None:
    whole = client.get(path)
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = client.get(path, headers={"Range": "bytes=-20", "If-Range": whole.headers["ETag"]})
    size = len(whole.data)
    assert (part.status_code, part.data) == (206, whole.data[-20:])
    assert part.headers["Content-Range"] == f"bytes {size - 20}-{size - 1}/{size}"
    for name in ("ETag", "Last-Modified", "Cache-Control", "X-Coopgraph-Release"):
        assert part.headers[name] == whole.headers[name]
    beyond = client.get(path, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
    assert client.get(path, headers={"Range": "bytes=0-1", "If-Range": '"another"'}).data == whole.data


def test_a_page_for_people_has_no_parts(client: FlaskClient) -> None:
    page = client.get("/en/list/org", headers={"Range": "bytes=0-9"})
    assert (page.status_code, "Accept-Ranges" in page.headers) == (200, False)
