"""RDF parser: bytes in, quads out; what is wrong with them comes in plain words, with line and column.

Nothing is fetched: no remote context, no imported document. Turtle is that of RDF 1.1, since not every tool that gets
our files reads more.
"""

from __future__ import annotations

import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import QuadParser, RdfFormat, parse, serialize

from coopgraph.errors import SyntaxProblem, UnreadableInput
from coopgraph.messages.message import Message, verbatim
from coopgraph.model.characters import described, visible
from coopgraph.model.nearest_names import nearest_names, with_nearest
from coopgraph.rdf.formats import N_QUADS, N_TRIPLES, TURTLE, Format
from coopgraph.rdf.terms import Literal, Quad, Triple
from coopgraph.rdf.turtle_text import statements

_READ_AGAIN = 4 * 1024**2
"""Up to how many bytes a broken document is read again, statement by statement, so that no error hides another."""


@dataclass(frozen=True, slots=True)
class DocumentError:
    """One thing wrong with a document.

    ``rule`` is the name of the file rule that it breaks (``SyntaxError``, ``NotUtf8``, ``NotTurtle``,
    ``ControlCharacter``), ``value`` what that rule's message shows. Line and column count characters from 1.
    """

    rule: str
    value: Message
    line: int
    column: int
    hint: Message | None = None


def read_rdf(data: bytes, fmt: Format, *, base: str | None = None, most: int | None = None) -> tuple[Quad, ...]:
    """Return the quads of a document in the order written; blank nodes get names that no other call gives.

    Without ``base`` a relative IRI is an error. Raises :class:`SyntaxProblem` with the first fault, and
    :class:`UnreadableInput` where the bytes are no text in that format at all, or state more than ``most`` quads.
    """
    quads, faults = examine(data, fmt, base=base, most=most)
    if faults:
        raise _problem(faults[0], fmt)
    return quads


def problems(data: bytes, fmt: Format, *, base: str | None = None) -> tuple[SyntaxProblem, ...]:
    """Return every syntax error of a document, at most one a line, in order; empty where it is well-formed."""
    return tuple(_problem(fault, fmt) for fault in examine(data, fmt, base=base)[1])


def examine(
    data: bytes, fmt: Format, *, base: str | None = None, most: int | None = None
) -> tuple[tuple[Quad, ...], tuple[DocumentError, ...]]:
    """Return what could be read of a document, and all its faults (at most one a line, in order).

    Raises :class:`UnreadableInput` as soon as it turns out to state more than ``most`` quads.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    unfit = _not_text(data)
    if unfit:
        return (), (unfit,)
    if fmt.rdf is None:
        raise ValueError(f"{fmt.name} carries no graph")
    parser = parse(data, format=fmt.rdf, base_iri=base, rename_blank_nodes=True)
    quads, errors = _collected(parser, most=most)
    if errors and not quads:
        kind = _other_kind(data)
        if kind:
            return (), (DocumentError("NotTurtle", kind, 1, 1),)
    newer = () if _is_rdf_1_1(data, fmt) else tuple(_beyond_rdf_1_1(quads, data))
    if newer:
        return (), newer
    if errors and fmt == TURTLE and len(data) <= _READ_AGAIN:
        errors = _statement_by_statement(data, parser) or errors
    return tuple(_well_formed(quads) if errors else quads), tuple(_faults(errors, data))


def load_file(path: Path, *, limit: int) -> bytes:
    """Return the content of a file of at most ``limit`` bytes; a larger one is refused before it is read.

    Raises :class:`UnreadableInput` in words where the file is too large, missing, a folder, or not ours to read.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableInput(Message("{path} is a folder, not a file.", path=path), Message("Name a file in it."))
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableInput(
                Message("{path} is not a regular file.", path=path), Message("Copy its content into a file.")
            )
        if status.st_size > limit:
            raise UnreadableInput(
                Message(
                    "{path} has {size:,} bytes; at most {limit:,} are read.",
                    path=path,
                    size=status.st_size,
                    limit=limit,
                ),
                Message("Split it, or raise the setting “input_size”."),
            )
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except FileNotFoundError as error:
        raise UnreadableInput(Message("There is no file {path}.", path=path), Message("Check the name.")) from error
    except PermissionError as error:
        raise UnreadableInput(
            Message("{path} may not be read.", path=path), Message("Ask for the right to read it.")
        ) from error
    except (OSError, ValueError) as error:
        reason = (
            verbatim(error.strerror)
            if isinstance(error, OSError) and error.strerror
            else Message("its name is not valid")
        )
        raise UnreadableInput(
            Message("{path} cannot be read: {reason}.", path=path, reason=reason),
            Message("Check the file and its disk."),
        ) from error
    if len(data) > limit:
        raise UnreadableInput(
            Message("{path} grew past {limit:,} bytes while it was read.", path=path, limit=limit),
            Message("Try again."),
        )
    return data


def _problem(fault: DocumentError, fmt: Format) -> SyntaxProblem:
    name = "Turtle" if fmt.name == "ttl" else fmt.media_type
    match fault.rule:
        case "NotUtf8":
            message = Message("This is not UTF-8 text (byte {byte}).", byte=fault.value)
            hint: Message | None = Message("Save the file as UTF-8.")
        case "ControlCharacter":
            message = Message("The text holds the control character {character}.", character=fault.value)
            hint = Message("Remove it.")
        case "NotTurtle":
            message = Message("This looks like {kind}, not {format}.", kind=fault.value, format=name)
            hint = Message("Convert it to {format}.", format=name)
        case _:
            message, hint = fault.value, fault.hint
    return SyntaxProblem(message, hint, line=fault.line, column=fault.column)


def _not_text(data: bytes) -> DocumentError | None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _place(data, error.start)
        return DocumentError("NotUtf8", verbatim(f"0x{data[error.start]:02X}"), line, column)
    nul = data.find(b"\0")
    return DocumentError("ControlCharacter", verbatim("U+0000"), *_place(data, nul)) if nul >= 0 else None


def _place(data: bytes, offset: int) -> tuple[int, int]:
    before = data[:offset]
    return before.count(b"\n") + 1, len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1


def _other_kind(data: bytes) -> Message | None:
    start = data[:4096].decode("utf-8", "ignore").lstrip()
    lines = [line for line in start.splitlines() if line.strip()][:3]
    if start.lower().startswith(("<!doctype html", "<html")):
        return Message("a web page (HTML)")
    if start.startswith("<?xml") or start.lower().startswith("<rdf:rdf"):
        return verbatim("XML")
    if re.match(r'\{\s*"|\[\s*[{"\]]', start):
        return verbatim("JSON")
    for mark in (",", ";", "\t"):
        if lines and all(line.count(mark) == lines[0].count(mark) > 0 for line in lines) and "@prefix" not in start:
            return Message("a table (CSV)")
    return None


class _Error(NamedTuple):
    """What the parser says of an error, with its place in the whole document; ``end`` is on the same line."""

    line: int
    column: int
    end: int | None
    message: str


_MOST_FAULTS = 1_000
"""How many faults of a document are told: every line may have one."""

_MOST_LETTERS = 2**26
"""Of a document that may state only so much, the most letters with all names written out: a short prefix may stand for
any length."""


_MOST_OF_ONE = 2_000
"""Of such a document, the most statements about one subject: a constraint may compare each with each."""


def _too_many_of_one() -> UnreadableInput:
    return UnreadableInput(
        Message("This states more than {most:,} things of one subject, which is more than is read.", most=_MOST_OF_ONE),
        Message("Send it in parts, or check it at home with `coopgraph check`."),
    )


def too_many_statements(most: int) -> UnreadableInput:
    """Return what is said of an input that states more than is read."""
    return UnreadableInput(
        Message("This states more than is read at once: {most:,} things, written out in full.", most=most),
        Message("Send it in parts, or check it at home with `coopgraph check`."),
    )


def _collected(parser: QuadParser, *, below: int = 0, most: int | None = None) -> tuple[list[Quad], list[_Error]]:
    """Return what the parser reads and what it stumbles over, in a text that stands ``below`` so many lines."""
    quads: list[Quad] = []
    errors: list[_Error] = []
    letters, of_one = 0, Counter[object]()
    while True:
        try:
            for quad in parser:
                quads.append(quad)
                if most is not None:
                    letters += len(str(quad))
                    of_one[quad.subject] += 1
                    if len(quads) > most or letters > _MOST_LETTERS:
                        raise too_many_statements(most)
                    if of_one[quad.subject] > _MOST_OF_ONE:
                        raise _too_many_of_one()
            return quads, errors
        except MemoryError:
            # pyoxigraph's word for a single token of more than 16 MiB; it says no place and cannot go on.
            return quads, [*errors, _Error(1, 1, None, "too long")]
        except SyntaxError as error:
            end = error.end_offset if error.end_lineno == error.lineno else None
            errors.append(_Error((error.lineno or 1) + below, error.offset or 1, end, error.msg))


def _well_formed(quads: list[Quad]) -> Iterator[Quad]:
    """Yield the quads that can be written and read: going on after an error, the parser may give one that is none."""
    written = serialize(quads, format=RdfFormat.N_QUADS)
    unfit = {error.line for error in _collected(parse(written, format=RdfFormat.N_QUADS))[1]}
    yield from (quad for number, quad in enumerate(quads, 1) if number not in unfit)


def _statement_by_statement(data: bytes, whole: QuadParser) -> list[_Error]:
    """Return the errors of each statement read by itself: in a whole document one error can hide the next."""
    prefixes = "".join(f"@prefix {prefix}: <{namespace}> ." for prefix, namespace in whole.prefixes.items())
    errors: list[_Error] = []
    for item in statements(data.decode("utf-8")):
        # The prefixes stand on a line of their own, so that only the line number has to be mended.
        text = f"{prefixes}\n{' ' * (item.column - 1)}{item.text}".encode()
        parser = parse(text, format=TURTLE.rdf, base_iri=whole.base_iri)
        errors += _collected(parser, below=item.line - 2)[1]
    return errors


def _faults(errors: Iterable[_Error], data: bytes) -> Iterator[DocumentError]:
    """Yield one fault a line: the parser goes on after an error, and the rest of that line rarely says more.

    A prefix without a declaration is told once, where it is first used.
    """
    lines = data.decode("utf-8").split("\n")
    by_line: dict[int, _Error] = {}
    declared = _DECLARED.findall(data.decode("utf-8"))
    undeclared: set[str] = set()
    for error in errors:
        prefix = _UNDECLARED.search(error.message)
        if prefix and prefix[1] in undeclared:
            continue
        if prefix:
            undeclared.add(prefix[1])
        known = by_line.setdefault(error.line, error)
        if known.column == error.column and "A dot is expected" in error.message:
            by_line[error.line] = error
    for number, error in sorted(by_line.items())[:_MOST_FAULTS]:
        text = lines[number - 1] if number <= len(lines) else ""
        sentence, hint = _in_words(error, text)
        prefix = _UNDECLARED.search(error.message)
        if prefix:
            hint = with_nearest(hint, [f"{near}:" for near in nearest_names(prefix[1].rstrip(":"), declared)])
        yield DocumentError("SyntaxError", sentence, number, error.column, hint)


_UNDECLARED = re.compile(r"The prefix (\S*) has not been declared")
_DECLARED = re.compile(r"^\s*@?prefix\s+([^\s:<>\"]{1,40}):", re.IGNORECASE | re.MULTILINE)

_WORDS: tuple[tuple[str, Message, Message], ...] = (
    (
        r"The prefix (\S*): has not been declared",
        Message("The prefix “{part}:” is used but not declared."),
        Message("Add its @prefix line at the top of the file."),
    ),
    (
        r"A dot is expected at the end of statements",
        Message("The statement before “{token}” has no end."),
        Message("End it with “.”, or go on with “;” (same subject) or “,” (same subject and property)."),
    ),
    (
        r"too long",
        Message("A single name or value takes more than 16 MiB."),
        Message("Shorten it, or close what begins it."),
    ),
    (
        r"Unexpected end",
        Message("The document ends in the middle of a statement."),
        Message("Finish it, and close every quotation mark."),
    ),
    (
        r"Line jumps are not allowed",
        Message("A text in quotation marks runs over the end of the line."),
        Message('Close it on the same line, or put it between """ and """.'),
    ),
    (
        r"No scheme found",
        Message("The address “{token}” is not complete."),
        Message("Write it in full, from “https:” on."),
    ),
    (
        r"Invalid IRI code point '(.+)'",
        Message("An address cannot hold the character “{part}”."),
        Message("Percent-encode it."),
    ),
    (
        r"Invalid IRI percent encoding '(.+)'",
        Message("“{part}” is not a percent-encoded character."),
        Message("Write “%” and two digits."),
    ),
    (
        r"(?:Invalid character|Invalid host|Invalid port)",
        Message("The address “{token}” is not valid."),
        Message("Correct the address."),
    ),
    (
        r"is not a valid subject",
        Message("“{token}” cannot begin a statement."),
        Message("Begin it with an address or a prefixed name."),
    ),
    (
        r"is not a valid predicate",
        Message("“{token}” cannot stand where a property belongs."),
        Message("Write a property, then a value."),
    ),
    (
        r"\ba is not a valid RDF object",
        Message("The statement before this one has no end."),
        Message("End it with “.”: after “;” the same subject goes on."),
    ),
    (
        r"is not a valid RDF object",
        Message("“{token}” cannot stand where a value belongs."),
        Message("Write a value before it."),
    ),
    (
        r"property lists should end with",
        Message("A “[” is not closed before “{token}”."),
        Message("Close it with “]”."),
    ),
    (
        r"must not be rdf:langString",
        Message("A text of the datatype rdf:langString has no language tag."),
        Message('Write the tag in place of the datatype, such as "…"@en; a text in no language needs neither.'),
    ),
    (
        r"must not be rdf:dirLangString",
        Message("The datatype rdf:dirLangString belongs to RDF 1.2, which is not used here."),
        Message('Write a language tag in place of the datatype, such as "…"@en.'),
    ),
    (
        r"Expecting a datatype IRI",
        Message("“^^” is not followed by a datatype."),
        Message("Write one, such as xsd:date."),
    ),
    (
        r"escape|encoding .* valid unicode",
        Message("“{token}” holds a backslash sequence that does not exist."),
        Message("Double the backslash if it is meant as such."),
    ),
    (
        r"(?:language code|subtag)",
        Message("“{token}” is not a language tag."),
        Message("Write one such as @en or @zh-Hans."),
    ),
    (
        r"PREFIX",
        Message("This is not a correct @prefix line."),
        Message("Write it as: @prefix ex: <https://example.org/> ."),
    ),
    (
        r"at the beginning of a prefix name",
        Message("“{token}” is not a name."),
        Message('Quotation marks must be straight: "…".'),
    ),
    (r"should not be empty|cannot be empty", Message("“{token}” is cut short."), Message("Finish the number or name.")),
)


def _in_words(error: _Error, line: str) -> tuple[Message, Message]:
    unseen = _unseen(error, line)
    if unseen:
        return unseen
    token = _token(error, line)
    # The parser reads an open text on to the end of the document.
    open_text = "Unexpected end" in error.message and token.startswith(('"', "'"))
    message = "Line jumps are not allowed" if open_text else error.message
    for pattern, sentence, hint in _WORDS:
        found = re.search(pattern, message)
        if found:
            return Message(sentence.id, token=token, part=found[1] if found.re.groups else ""), hint
    return Message("“{token}” cannot be read here.", token=token), Message("Compare the line with one that works.")


def _unseen(error: _Error, line: str) -> tuple[Message, Message] | None:
    """Return what to say where the fault is a character that looks like nothing, or like a space."""
    within = re.search(r"Invalid IRI code point '(.+)'", error.message, re.DOTALL)
    character = within[1] if within else line[error.column - 1 : error.column]
    if len(character) != 1 or character.isascii() or not (character.isspace() or visible(character) != character):
        return None
    if within:
        sentence = Message("An address cannot hold {character}.", character=described(character))
        return sentence, Message("Take the address from its source again.")
    sentence = Message("Outside of texts and addresses {character} means nothing.", character=described(character))
    return sentence, Message("Write a plain space instead.") if character.isspace() else Message("Delete it.")


def _token(error: _Error, line: str) -> str:
    start = error.column - 1
    end = error.end - 1 if error.end else len(line)
    # The parser may stop inside a word; people look for the whole.
    while start < end < len(line) and line[end - 1].isalnum() and line[end].isalnum():
        end += 1
    token = line[start : max(end, start + 1)].strip() or line[start:].strip() or line.strip()
    return token if len(token) <= 60 else token[:59] + "…"


def _is_rdf_1_1(data: bytes, fmt: Format) -> bool:
    """Whether it can be told without looking at any triple: in the formats of lines these marks make what is newer."""
    return fmt in (N_TRIPLES, N_QUADS) and not any(mark in data for mark in (b"<<", b"--ltr", b"--rtl"))


def _beyond_rdf_1_1(quads: Iterable[Quad], data: bytes) -> Iterator[DocumentError]:
    if any(isinstance(q.object, Triple) or (isinstance(q.object, Literal) and q.object.direction) for q in quads):
        found = re.search(rb"<<|\{\||--(?:ltr|rtl)", data)
        line, column = _place(data, found.start() if found else 0)
        yield DocumentError(
            "SyntaxError",
            Message("Statements about statements and text directions belong to RDF 1.2, which is not used here."),
            line,
            column,
            Message("Describe a claim as a node of its own."),
        )
