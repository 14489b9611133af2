"""Guides for those who use the data: ``docs/*.md`` (CommonMark) as HTML, within the page of a reader's language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

import coopgraph
from coopgraph.messages.message import Message
from coopgraph.web.common.origin import absolute_url

GUIDES = {
    "partners": Message("For partner sites"),
    "querying": Message("Querying"),
    "exports": Message("Lists and exports"),
    "jsonld": Message("JSON-LD"),
    "feed": Message("Feed of changes"),
    "vocabulary": Message("Own terms, standard terms"),
    "figures": Message("Figures as pictures"),
    "stability": Message("What stays stable"),
    "curating": Message("Adding to the graph"),
}
"""The name of each guide's file, without its ending, and what the guide is called."""

_SERVER = "https://graph.example"
"""What the guides call the service, whose own address is given to readers."""


def guide(name: str, prefix: str) -> Markup:
    """Return the guide ``name`` as HTML without its title; links to other guides begin with ``prefix``."""
    return Markup(_rendered(name, prefix).replace(_SERVER, str(escape(absolute_url("")))))


@cache
def _rendered(name: str, prefix: str) -> str:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    text = (_folder() / f"{name}.md").read_text(encoding="utf-8")
    tokens = [token for token in parser.parse(text) if not token.hidden]
    tokens = tokens[3:] if tokens[0].tag == "h1" else tokens
    heading = name
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = tokens[number + 1].content
            token.attrSet("id", _anchor(heading))
        elif token.type == "table_open":
            token.attrSet("aria-label", heading)
        # The policy of the pages allows no style in an attribute.
        token.attrs.pop("style", None)
        if token.children:
            token.children = _linked(token.children, prefix)
    body = str(parser.renderer.render(tokens, parser.options, {}))
    body = body.replace("<pre>", '<pre tabindex="0">').replace("</table>", "</table></div>")
    region = r'<div class="wide" role="region" tabindex="0" \1><table>'
    return re.sub(r'<table (aria-label="[^"]*")>', region, body)


def _folder() -> Path:
    """Return where the guides lie: inside the package in a wheel, at the root of a checkout."""
    package = Path(coopgraph.__file__).parent
    shipped = package / "graph" / "guides"
    return shipped if shipped.is_dir() else package.parent.parent / "docs"


def _linked(children: Sequence[Token], prefix: str) -> list[Token]:
    """Lead links between guides to their pages; what lies beside the guides in a checkout alone is no link."""
    shown: list[Token] = []
    dropped = False
    for token in children:
        if token.type == "link_open":
            target, _, fragment = str(token.attrs["href"]).partition("#")
            dropped = not target.startswith("https://") and target.removesuffix(".md") not in GUIDES
            if target.startswith("https://"):
                token.attrs |= {"class": "out", "rel": "noreferrer external"}
            elif not dropped:
                token.attrs["href"] = f"{prefix}/about/guides/{target.removesuffix('.md')}" + (
                    f"#{fragment}" if fragment else ""
                )
        if not dropped or token.type not in ("link_open", "link_close"):
            shown.append(token)
    return shown


def _anchor(heading: str) -> str:
    return re.sub(r"\W+", "-", heading.lower()).strip("-")
