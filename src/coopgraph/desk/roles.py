"""Roles: what somebody may do at the desk. Each may also do what those before it may."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal["curator", "reviewer", "publisher", "admin"]
"""``curator`` submits; ``reviewer`` decides on what others submit; ``publisher`` also takes back at once what was
published; ``admin`` also keeps the accounts."""

ROLES: tuple[Role, ...] = get_args(Role)


def includes(role: Role, wanted: Role) -> bool:
    """Return whether ``role`` may do what is for ``wanted``."""
    return ROLES.index(role) >= ROLES.index(wanted)


def lesser(one: Role, other: Role) -> Role:
    """Return that of two roles which may do less."""
    return min(one, other, key=ROLES.index)
