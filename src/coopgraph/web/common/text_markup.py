"""Markup (HTML) of a text: its link, its language, its direction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from markupsafe import Markup, escape

from coopgraph.model.characters import runs_right_to_left
from coopgraph.model.language_names import language_name


class TaggedText(Protocol):
    """A text and the tag of its language, empty where that is the page's own."""

    @property
    def text(self) -> str:
        """The characters of the text."""
        ...

    @property
    def tag(self) -> str:
        """The language tag (BCP 47), or the empty text."""
        ...


class LinkedText(TaggedText, Protocol):
    """A text that may lead to a page of this service (``path``) or to another site (``url``)."""

    @property
    def path(self) -> str:
        """The path of the page, or the empty text."""
        ...

    @property
    def url(self) -> str:
        """The address elsewhere, or the empty text."""
        ...


def attributes(item: TaggedText) -> Markup:
    """Return the attributes of an element that holds ``item``: its language, and its direction where that may turn."""
    tag = f' lang="{escape(item.tag)}"' if item.tag else ""
    return Markup(tag + ' dir="auto"' if runs_right_to_left(item.text) else tag)


def text_markup(prefix: str) -> Callable[[LinkedText], Markup]:
    """Return the function that gives the HTML of a text, whose links begin with ``prefix``; for templates."""

    def shown(item: LinkedText) -> Markup:
        text, more = escape(item.text), attributes(item)
        if item.path:
            return Markup(f'<a href="{prefix}{escape(item.path)}"{more}>{text}</a>')
        if item.url:
            return Markup(f'<a class="out" href="{escape(item.url)}" rel="noreferrer external"{more}>{text}</a>')
        return Markup(f"<span{more}>{text}</span>") if more else text

    return shown


def remark_markup(language: str) -> Callable[[TaggedText], Markup]:
    """Return the function that gives the HTML of a curator's note; one that is not in ``language`` says in which."""

    def remark(item: TaggedText) -> Markup:
        more, text = attributes(item), escape(item.text)
        said = Markup(f"<span{more}>{text}</span>") if more else text
        return said + f" ({language_name(item.tag, language)})" if item.tag else said

    return remark
