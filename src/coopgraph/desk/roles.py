"""Roles: what somebody may do at the desk. Each may also do what those before it may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from coopgraph.messages.message import Message

Role = Literal["curator", "reviewer", "publisher", "admin"]
"""``curator`` submits; ``reviewer`` decides on what others submit; ``publisher`` also takes back at once what was
published; ``admin`` also keeps the accounts."""

ROLES: tuple[Role, ...] = get_args(Role)

ROLE_NAMES: Mapping[Role, Message] = {
    "curator": Message("curator"),
    "reviewer": Message("reviewer"),
    "publisher": Message("publisher"),
    "admin": Message("administrator"),
}
"""The roles in words."""


def includes(role: Role, wanted: Role) -> bool:
    """Return whether ``role`` may do what is for ``wanted``."""
    return ROLES.index(role) >= ROLES.index(wanted)


def lesser(one: Role, other: Role) -> Role:
    """Return that of two roles which may do less."""
    return min(one, other, key=ROLES.index)
