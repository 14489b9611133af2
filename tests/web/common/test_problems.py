"""Problem documents and pages of errors: in the language of the reader, and marked as such."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from coopgraph.messages.message import Message
from coopgraph.model.language import LANGUAGES
from coopgraph.web.common.problems import PROBLEM, STATUSES

JSON = "application/problem+json, */*;q=0.1"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_title_and_detail_come_in_the_language_that_is_accepted(client: FlaskClient, tag: str) -> None:
    response = client.get("/sparql?query=SELECT", headers={"Accept": JSON, "Accept-Language": tag})
    problem = response.json
    assert problem
    assert problem["type"] == PROBLEM + "query-syntax"
    assert problem["title"] == Message("The query is malformed").in_language(tag)
    assert problem["detail"].endswith(Message("Compare what stands up to there with an example.").in_language(tag))
    assert response.headers["Content-Language"] == tag
    assert {"accept", "accept-language"} <= {name.lower() for name in response.vary}


def test_english_is_spoken_where_no_language_is_asked_for(client: FlaskClient) -> None:
    response = client.get("/doc/org/never", headers={"Accept": JSON})
    assert response.json
    assert response.json["title"] == "There is nothing here"
    assert response.headers["Content-Language"] == "en"


def test_the_language_in_the_address_counts_before_the_one_that_is_accepted(client: FlaskClient) -> None:
    response = client.get("/ko/list/nothing", headers={"Accept": "text/html", "Accept-Language": "ja"})
    page = response.get_data(as_text=True)
    assert '<html lang="ko"' in page
    assert Message("There is no kind of entry of this name.").in_language("ko") in page
    assert 'lang="en"' not in page.partition("<main")[2].partition("</main>")[0]
    assert response.headers["Content-Language"] == "ko"
    assert "accept-language" not in {name.lower() for name in response.vary}


@pytest.mark.parametrize("path", ["/nothing", "/sparql/check"])
def test_what_http_itself_refuses_is_told_in_the_reader_s_language(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept": JSON, "Accept-Language": "zh-TW"})
    assert response.json
    assert response.json["type"] == "about:blank"
    assert not response.json["title"].isascii()
    assert not response.json["detail"].isascii()
    assert response.headers["Content-Language"] == "zh-Hant"


def test_a_malformed_question_on_the_page_is_explained_in_its_language(client: FlaskClient) -> None:
    page = client.get("/ko/query?query=SELECT+*+{+?s+foo:a+?o+}").get_data(as_text=True)
    assert Message("The prefix “{prefix}” is used but not declared.", prefix="foo:").in_language("ko") in page


def test_what_a_problem_type_means_is_told_in_five_languages(client: FlaskClient) -> None:
    for tag in LANGUAGES:
        told = client.get("/problem/query-timeout", headers={"Accept": JSON, "Accept-Language": tag}).json
        assert told
        assert told["detail"] == Message("A query stopped at its deadline.").in_language(tag)


def test_every_problem_type_is_about_what_its_error_is() -> None:
    assert [" ".join((kind.__doc__ or "").split()) for kind, *_ in STATUSES] == [str(item.about) for item in STATUSES]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_of_a_long_request_only_the_beginning_is_quoted(client: FlaskClient, tag: str) -> None:
    address = f"/sparql?query=ASK+{{}}&timeout={'x' * 5000}"
    problem = client.get(address, headers={"Accept": JSON, "Accept-Language": tag}).json
    assert problem
    assert "x" * 80 + "…" in problem["detail"]
    assert "x" * 81 not in problem["detail"]
