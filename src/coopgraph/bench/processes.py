"""What a program's processes take of this machine (Linux)."""

from __future__ import annotations

from pathlib import Path


def family(process: int) -> tuple[int, ...]:
    """Return the numbers of ``process`` and of all that descend from it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
    found = [process]
    for member in found:
        found += [child for child, parent in parents.items() if parent == member]
    return tuple(found)


def memory(process: int) -> int | None:
    """Return the bytes that ``process`` and its descendants take together; None where the system does not say.

    Counts the proportional set size: memory that several share counts once.
    """
    total = 0
    for member in family(process):
        try:
            rollup = Path(f"/proc/{member}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
    return total or None
