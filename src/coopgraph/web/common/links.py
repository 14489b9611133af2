"""Typed links (RFC 8288) of an answer: as values of the header ``Link``, and as a link set (RFC 9264)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urljoin

LINK_SET = "application/linkset"
LINK_SET_JSON = "application/linkset+json"


class TypedLink(NamedTuple):
    """A link: its relation, where it leads to (an address, or a path here), and the media type and profile of that."""

    relation: str
    target: str
    media_type: str = ""
    profile: str = ""


def link_header(links: Iterable[TypedLink]) -> tuple[str, ...]:
    """Return the links as values of ``Link``, one each."""
    return tuple(_value(link) for link in links)


def link_set_json(sets: Mapping[str, Iterable[TypedLink]], base: str) -> dict[str, object]:
    """Return the links of each anchor as a link set in JSON; what is a path is one at ``base``."""
    return {"linkset": [_context(urljoin(base, anchor), links, base) for anchor, links in sets.items()]}


def link_set_text(sets: Mapping[str, Iterable[TypedLink]], base: str) -> str:
    """Return the same in the form of the header field, each with its anchor."""
    return (
        ",\n".join(
            f'{_value(link._replace(target=urljoin(base, link.target)))}; anchor="{urljoin(base, anchor)}"'
            for anchor, links in sets.items()
            for link in links
        )
        + "\n"
    )


def _context(anchor: str, links: Iterable[TypedLink], base: str) -> dict[str, object]:
    context: dict[str, object] = {"anchor": anchor}
    by_relation: dict[str, list[dict[str, str]]] = {}
    for link in links:
        target = {"href": urljoin(base, link.target)}
        target |= {"type": link.media_type} if link.media_type else {}
        target |= {"profile": link.profile} if link.profile else {}
        by_relation.setdefault(link.relation, []).append(target)
    return context | by_relation


def _value(link: TypedLink) -> str:
    media_type = f'; type="{link.media_type}"' if link.media_type else ""
    profile = f'; profile="{link.profile}"' if link.profile else ""
    return f'<{link.target}>; rel="{link.relation}"{media_type}{profile}'
