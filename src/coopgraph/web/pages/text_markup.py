"""Markup (HTML) of a text: its link, its language, its direction."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup, escape

from coopgraph.model.characters import runs_right_to_left
from coopgraph.reading.pages.display_text import DisplayText


def attributes(item: DisplayText) -> Markup:
    """Return the attributes of an element that holds ``item``: its language, and its direction where that may turn."""
    tag = f' lang="{escape(item.tag)}"' if item.tag else ""
    return Markup(tag + ' dir="auto"' if runs_right_to_left(item.text) else tag)


def text_markup(prefix: str) -> Callable[[DisplayText], Markup]:
    """Return the function that gives the HTML of a text, whose links begin with ``prefix``; for templates."""

    def shown(item: DisplayText) -> Markup:
        text, more = escape(item.text), attributes(item)
        if item.path:
            return Markup(f'<a href="{prefix}{escape(item.path)}"{more}>{text}</a>')
        if item.url:
            return Markup(f'<a class="out" href="{escape(item.url)}" rel="noreferrer external"{more}>{text}</a>')
        return Markup(f"<span{more}>{text}</span>") if more else text

    return shown
