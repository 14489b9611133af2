"""The language in which a command speaks: the one asked for, else the system's."""

from __future__ import annotations

from collections.abc import Mapping

from coopgraph.errors import WrongUsage
from coopgraph.model.language import LANGUAGES, nearest


def language_of_messages(asked: str | None, environment: Mapping[str, str]) -> str:
    """Return the page language asked for, else that of the environment (POSIX, 8.2), else English.

    Raises :class:`WrongUsage` for one that there are no messages in.
    """
    if asked is not None:
        found = nearest(asked)
        if found is None:
            raise WrongUsage(
                f"There are no messages in the language “{asked}”.", f"Choose one of {', '.join(LANGUAGES)}."
            )
        return found
    local = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return nearest(local.partition(".")[0].partition("@")[0]) or LANGUAGES[0]
