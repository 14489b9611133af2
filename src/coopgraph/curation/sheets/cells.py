"""Cell reader: codes, dates, addresses of a row. What is wrong is noted with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from urllib.parse import urlsplit

from coopgraph.curation.sheets.table import CellError, TableRow
from coopgraph.messages.message import Message
from coopgraph.model.iris import BASE
from coopgraph.model.nearest_names import nearest_names, with_nearest
from coopgraph.model.same_words import words_key
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import SKOS, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Term

_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_LIST = re.compile(r"[;；]")
_EAST_ASIAN_LIST = re.compile(r"[;；、]")


@dataclass(frozen=True, slots=True)
class CellReader:
    """The cells of one row, read one by one; what is wrong with them goes to ``faults``.

    ``spoiled`` are the places, row and letter, of cells that are filled in with what could not be taken.
    """

    row: TableRow
    letters: Mapping[str, str]
    required: frozenset[str]
    faults: list[CellError]
    spoiled: frozenset[tuple[int, str]] = frozenset()

    def text(self, column: str) -> str:
        """Return the text of a cell; an empty one, which is a fault where the column is required."""
        found = self.row.cells.get(column, "")
        place = (self.row.number, self.letters.get(column, ""))
        if not found and column in self.required and column in self.letters and place not in self.spoiled:
            self.fault(column, Message("Fill this in."))
        return found

    def many(self, column: str) -> list[str]:
        """Return the parts of a cell that holds several values, separated by semicolons of any width."""
        return parts(self.text(column), _LIST)

    def fault(self, column: str, reason: Message) -> None:
        """Note what is wrong with a cell."""
        self.faults.append(CellError(self.row.number, self.letters.get(column, ""), reason))

    def tagged(self, column: str) -> Iterator[tuple[str, str, str]]:
        """Yield column, language tag and text of the cells of ``column`` in every language."""
        for name, text in self.row.cells.items():
            base, _, tag = name.partition("@")
            if base == column and is_language_tag(tag):
                yield name, tag, text


class Codes:
    """The concepts of the schemes, by key and by label in any language."""

    def __init__(self, known: Index) -> None:
        self._known = known
        self._by_scheme: dict[str, dict[str, Term]] = {}

    def find(self, reader: CellReader, column: str, scheme: str) -> list[Term]:
        """Return the concepts that a cell names; an unknown one is a fault."""
        names = self._by_scheme.setdefault(scheme, self._names(scheme))
        found = []
        pieces = (
            [whole] if _spelled(whole) in names else parts(whole, _EAST_ASIAN_LIST) for whole in reader.many(column)
        )
        for text in chain.from_iterable(pieces):
            concept = names.get(_spelled(text))
            if concept is None:
                problem = Message("“{value}” is no code or name of the scheme “{scheme}”.", value=text, scheme=scheme)
                near = [names[name].value.rpartition("/")[2] for name in nearest_names(_spelled(text), names)]
                reader.fault(column, with_nearest(problem, list(dict.fromkeys(near))))
            else:
                found.append(concept)
        return found

    def _names(self, scheme: str) -> dict[str, Term]:
        names: dict[str, Term] = {}
        members = self._known.subjects(SKOS.inScheme, NamedNode(f"{BASE}id/scheme/{scheme}"))
        for member in members:
            for label in self._known.objects(member, SKOS.prefLabel):
                names[_spelled(label.value)] = member
        for member in members:
            names[_spelled(member.value.rpartition("/")[2])] = member
        return names


def _spelled(text: str) -> str:
    """Return a name without what people vary: upper case, and spaces between Korean words."""
    return words_key(text, any_case=True).replace(" ", "")


def parts(text: str, separators: re.Pattern[str]) -> list[str]:
    """Return the pieces of a text between separators that are not empty."""
    return [part for piece in separators.split(text) if (part := piece.strip())]


def is_language_tag(text: str) -> bool:
    """Return whether a text is a language tag (BCP 47), in small letters where it names the language."""
    try:
        return bool(_LANGUAGE_TAG.fullmatch(text) and Literal("", language=text))
    except ValueError:
        return False


def free_slug(reader: CellReader, column: str, taken: set[str]) -> str:
    """Return the slug in a cell and take it; a malformed or taken one is a fault."""
    slug = reader.text(column)
    if slug and not _SLUG.fullmatch(slug):
        reader.fault(
            column, Message("“{value}” cannot be a slug: small letters, digits and single hyphens.", value=slug)
        )
        return "wrong"
    if slug in taken:
        reader.fault(column, Message("The slug “{value}” is taken.", value=slug))
    taken.add(slug)
    return slug or "missing"


def partial_date(reader: CellReader, column: str) -> Literal | None:
    """Return a year, a month or a day as precisely as it is given; None for an empty cell or a wrong one."""
    text = words_key(reader.text(column))
    if not text:
        return None
    match = _DATE.fullmatch(text)
    if match is None:
        reader.fault(column, Message("“{value}” is no date; write 2024, 2024-05 or 2024-05-19.", value=text))
        return None
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        date(year, month, day)
    except ValueError:
        reader.fault(column, Message("The calendar has no {value}.", value=text))
        return None
    return Literal(text, datatype={4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}[len(text)])


def is_web_address(reader: CellReader, column: str, text: str) -> bool:
    """Return whether a text is the address of a page; another one is a fault."""
    scheme, authority = _split(text)
    good = scheme in ("http", "https") and "." in authority and not re.search(r'[\s<>"{}|\\^`]', text)
    if not good:
        reader.fault(column, Message("“{value}” is no web address; it begins with https://.", value=text))
    return good


def host(address: str) -> str:
    """Return the host of an address, without ``www.``; an empty text where it has none."""
    _, authority = _split(address)
    return authority.rpartition("@")[2].partition(":")[0].lower().removeprefix("www.")


def _split(address: str) -> tuple[str, str]:
    """Return the scheme and the authority of an address; empty texts where it is none."""
    try:
        found = urlsplit(address)
    except ValueError:
        return "", ""
    return found.scheme, found.netloc
