"""Report on the faulty cells of a table, of which no row is checked further until they are mended."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.utils import column_index_from_string

from coopgraph.curation.sheets.table import CellError, FaultyCells, Sheet
from coopgraph.model.iris import graph_iri
from coopgraph.rdf.terms import NamedNode
from coopgraph.validation.messages import fill_message, rule_named
from coopgraph.validation.report import Finding, Report, Rule, SourceLocation, sorted_findings
from coopgraph.validation.run import FILE_COMPONENT


def report_on_cells(problem: FaultyCells, name: str, rules: Mapping[str, Rule]) -> Report:
    """Return the report on a table that the report calls ``name``: a finding for each faulty cell, with its place.

    Lines are rows and columns are those of the table, both from 1.
    """
    rule = rule_named(rules, "FaultyCell")
    findings = (_finding(problem.sheet, fault, rule, name) for fault in problem.faults)
    return Report(sorted_findings(findings), 1, 0, "", rules, (name,))


def _finding(sheet: Sheet, fault: CellError, rule: Rule, name: str) -> Finding:
    def show(_: str, lang: str) -> str:
        return sheet.told(fault).in_language(lang)

    place = SourceLocation(name, fault.row, column_index_from_string(fault.column) if fault.column else 1, "")
    focus = NamedNode(graph_iri("records"))
    return Finding(rule.iri, rule.severity, fill_message(rule.messages, show), focus, None, None, place, FILE_COMPONENT)
