"""Pages as their tests look at them."""

from __future__ import annotations

from flask.testing import FlaskClient
from lxml import html


def page(client: FlaskClient, path: str) -> html.HtmlElement:
    """Return the page at an address, which there has to be."""
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200, response.text
    return html.fromstring(response.text)


def words(root: html.HtmlElement) -> str:
    """Return the words of a page, with one space between two."""
    return " ".join(root.text_content().split())
