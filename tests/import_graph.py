"""Import graph of the package's folders as a Mermaid flow chart: ``python -m tests.import_graph``."""

from __future__ import annotations

from tests.test_architecture import MODULE_NAMES, folder_of, folders_of


def edges() -> list[tuple[str, str]]:
    """Return which folder imports from which other, without what every folder may import."""
    found = {
        (folder_of(module), other)
        for module, place in MODULE_NAMES.items()
        if module != "__init__"
        for other in folders_of(place)
        if other != folder_of(module) and other not in ("errors", "messages", "model", "settings")
    }
    return sorted(found)


def drawn() -> str:
    """Return the graph as the text of a Mermaid flow chart."""
    lines = [f'  {a.replace("/", "_")}["{a}"] --> {b.replace("/", "_")}["{b}"]' for a, b in edges()]
    return "\n".join(["flowchart TD", *lines]) + "\n"


if __name__ == "__main__":
    print(drawn(), end="")
