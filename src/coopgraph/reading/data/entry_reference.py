"""Reference to an entry of the graph, to be cited: a sentence, BibTeX, RIS and CSL JSON.

Each names the release, whose address always shows the same, and the day of that release.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from coopgraph.messages.message import Message
from coopgraph.reading.values import in_words

_PUBLISHER = "coopgraph"
_BIBTEX_SPECIAL = re.compile(r"[\\{}$&#%_^~]")
_BIBTEX_WRITTEN = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
_LINES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class EntryReference:
    """What is cited: name, IRI, release, its day (``2026-01-31``; empty: not known), the address of the page there.

    ``doi`` is that of the collection; empty where it has none.
    """

    title: str
    iri: str
    release: str
    day: str
    address: str
    doi: str = ""

    def sentence(self, language: str) -> str:
        """Return the reference as a sentence."""
        found_at = " · ".join((self.address, *([f"https://doi.org/{self.doi}"] if self.doi else [])))
        if not self.day:
            return f"{self.title}. {found_at}"
        return Message(
            "“{title}”, coopgraph, release {release} of {day}. {address}",
            title=self.title,
            release=self.release,
            day=in_words(self.day, language),
            address=found_at,
        ).in_language(language)

    def bibtex(self) -> str:
        """Return the reference for BibTeX (type ``misc``, whose fields every style knows)."""
        fields = {
            "title": "{" + _bibtex(self.title) + "}",
            "author": "{" + _PUBLISHER + "}",
            "howpublished": f"Release {_bibtex(self.release)}",
            "year": self.day[:4],
            "month": self.day[5:7],
            "doi": self.doi,
            "url": self.address,
            "note": self.iri,
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        return f"@misc{{{self._key()},\n{lines}}}\n"

    def ris(self) -> str:
        """Return the reference in RIS (type ``DATA``), as reference managers import it."""
        fields = (
            ("TY", "DATA"),
            ("TI", self.title),
            ("AU", _PUBLISHER),
            ("PB", _PUBLISHER),
            ("PY", self.day[:4]),
            ("DA", self.day.replace("-", "/")),
            ("ET", self.release),
            ("DO", self.doi),
            ("UR", self.address),
            ("ID", self.iri),
        )
        return "".join(f"{tag}  - {_LINES.sub(' ', value)}\r\n" for tag, value in fields if value) + "ER  - \r\n"

    def csl_json(self) -> str:
        """Return the reference in CSL JSON (https://docs.citationstyles.org/), as Zotero and Pandoc read it."""
        item: dict[str, object] = {
            "id": self.iri,
            "type": "dataset",
            "title": self.title,
            "author": [{"literal": _PUBLISHER}],
            "publisher": _PUBLISHER,
            "version": self.release,
            "URL": self.address,
        }
        if self.doi:
            item["DOI"] = self.doi
        if self.day:
            item["issued"] = {"date-parts": [[int(part) for part in self.day.split("-")]]}
        return json.dumps([item], ensure_ascii=False, indent=2) + "\n"

    def _key(self) -> str:
        return re.sub(r"[^A-Za-z0-9]+", "-", f"coopgraph {self.iri.rpartition('/id/')[2]} {self.day}").strip("-")


def _bibtex(text: str) -> str:
    return _BIBTEX_SPECIAL.sub(lambda found: _BIBTEX_WRITTEN.get(found[0], "\\" + found[0]), _LINES.sub(" ", text))
