"""Workbooks made by hand, part by part, as the many programs write them that make some."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_LINKS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"


def inline(text: str) -> str:
    """A cell with its own text, as exporters write it."""
    return f't="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is>'


def cell(value: str, kind: str = "n", style: int = 0) -> str:
    return f't="{kind}" s="{style}"><v>{value}</v>'


def rows(lines: Sequence[Sequence[str]], attributes: Mapping[int, str] | None = None) -> str:
    """The data of a sheet; each cell is what :func:`inline` or :func:`cell` gives, or empty."""
    written = []
    for number, line in enumerate(lines, 1):
        cells = "".join(f'<c r="{chr(64 + place)}{number}" {text}</c>' for place, text in enumerate(line, 1) if text)
        written.append(f'<row r="{number}" {(attributes or {}).get(number, "")}>{cells}</row>')
    return f"<sheetData>{''.join(written)}</sheetData>"


def styles(formats: Sequence[str] = (), numbers: Sequence[int] = (), fill: str = "") -> str:
    """A part of styles: style 0 is plain, then one for each code of ``formats``, then one for each of ``numbers``."""
    codes = "".join(
        f"<numFmt numFmtId={quoteattr(str(164 + n))} formatCode={quoteattr(c)}/>" for n, c in enumerate(formats)
    )
    used = [0, *range(164, 164 + len(formats)), *numbers]
    cells = "".join(f'<xf numFmtId="{number}"/>' for number in used)
    return f'<numFmts count="{len(formats)}">{codes}</numFmts><fills>{fill}</fills><cellXfs>{cells}</cellXfs>'


def package(
    sheets: Mapping[str, str],
    *,
    hidden: Sequence[str] = (),
    style: str | None = None,
    shared: str | None = None,
    strict: bool = False,
    absolute: bool = False,
    properties: str = "",
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """A workbook with the inner XML of its sheets by name."""
    main, links = (STRICT_MAIN, STRICT_LINKS) if strict else (MAIN, LINKS)
    folder = "/xl/" if absolute else ""
    states = {name: "hidden" if name in hidden else "visible" for name in sheets}
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}" state="{state}"/>'
        for n, (name, state) in enumerate(states.items(), 1)
    )
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE_LINKS}"><Relationship Id="a" Type="{links}/officeDocument" '
        f'Target="{"/" if absolute else ""}xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{links}">{properties}'
        f"<sheets>{listed}</sheets></workbook>",
    }
    targets = [
        f'Id="rId{n}" Type="{links}/worksheet" Target="{folder}worksheets/s{n}.xml"' for n in range(1, len(sheets) + 1)
    ]
    for n, inner in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/s{n}.xml"] = f'<worksheet xmlns="{main}">{inner}</worksheet>'
    if style is not None:
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{main}">{style}</styleSheet>'
        targets.append(f'Id="st" Type="{links}/styles" Target="{folder}styles.xml"')
    if shared is not None:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{shared}</sst>'
        targets.append(f'Id="ss" Type="{links}/sharedStrings" Target="{folder}sharedStrings.xml"')
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE_LINKS}">'
        + "".join(f"<Relationship {t}/>" for t in targets)
        + "</Relationships>"
    )
    return archive({name: text.encode() for name, text in parts.items()} | dict(more or {}))


def archive(parts: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
        for name, data in parts.items():
            written.writestr(name, data)
    return stream.getvalue()
