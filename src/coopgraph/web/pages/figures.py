"""``/figures``: figures chosen by a plain form (GET), as pictures with their tables, and as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from coopgraph.context import AppContext
from coopgraph.errors import NotFound, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.reading.data.figures_csv import figures_csv
from coopgraph.reading.pages.charts import ChartForm
from coopgraph.reading.pages.figures_page import FigureChoice, figures_page
from coopgraph.web.common.area_code import area_key
from coopgraph.web.common.language import language
from coopgraph.web.common.problems import status_of
from coopgraph.web.common.responses import give
from coopgraph.web.pages.layout import IN_LANGUAGE, Pages

_CSV = "text/csv; charset=utf-8; header=present"
_FORMS: Sequence[ChartForm] = ("bars", "lines")
_LONGEST_KEY = 80


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of ``/figures`` and ``/figures.csv``, with and without a language in front."""
    room = Blueprint("figures", __name__)
    pages = Pages(app_context)

    def figures(**_: str) -> Response:
        """Show the form and the figures chosen, or what is wrong with the choice."""
        reading, problem = pages.reading(), None
        words = pages.words(reading)
        try:
            shown = figures_page(reading, words, _choice(request.args), language())
        except (NotFound, WrongUsage) as error:
            problem = error
            shown = figures_page(reading, words, FigureChoice(), language())
        response = pages.give(
            "figures.html",
            reading,
            page=shown,
            problem=problem,
            kept=_address(shown.choice),
            address=lambda key: "?" + urlencode({"indicator": key}),
        )
        if problem:
            response.status_code = status_of(problem)
            del response.headers["ETag"]
        return response

    def table(**_: str) -> Response:
        """Give the figures chosen as a table for a spreadsheet."""
        reading, choice = pages.reading(), _choice(request.args)
        if not choice.indicator:
            raise WrongUsage(
                Message("No indicator is named."), Message("Name one: /figures.csv?indicator=victims-supported")
            )
        shown = figures_page(reading, pages.words(reading), choice, language())
        vary = () if "language" in (request.view_args or {}) else ("Accept-Language",)
        response = give(
            figures_csv(shown.charts, language()), _CSV, release=reading.release, language=language(), vary=vary
        )
        response.headers["Content-Disposition"] = f'attachment; filename="{choice.indicator}.csv"'
        return response

    for address, view in (("/figures", figures), ("/figures.csv", table)):
        room.add_url_rule(address, view_func=view, methods=["GET"])
        room.add_url_rule(IN_LANGUAGE + address, view_func=view, methods=["GET"])
    return room


def _choice(values: MultiDict[str, str]) -> FigureChoice:
    """Return what the address says. Raises WrongUsage for a year or a form that is none."""
    about = [key[:_LONGEST_KEY] for key in values.getlist("about")]
    part = values.get("part")
    return FigureChoice(
        indicator=values.get("indicator", "")[:_LONGEST_KEY],
        about=None if not about else () if "" in about else tuple(about),
        areas=tuple(area_key(code[:_LONGEST_KEY]) for code in values.getlist("area") if code),
        part=part if part is None else part[:_LONGEST_KEY],
        first=_year(values.get("from", "")),
        last=_year(values.get("to", "")),
        form=_form(values.get("as", "")),
    )


def _year(written: str) -> int | None:
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) == 4):
        raise WrongUsage(
            Message("“{written}” is no year.", written=written[:_LONGEST_KEY]), Message("Write four digits: 2020")
        )
    return int(written)


def _form(written: str) -> ChartForm | None:
    if not written:
        return None
    for form in _FORMS:
        if written == form:
            return form
    raise WrongUsage(
        Message("There is no kind of picture “{written}”.", written=written[:_LONGEST_KEY]),
        Message("Choose one of: {forms}.", forms=", ".join(_FORMS)),
    )


def _address(choice: FigureChoice) -> str:
    """Return the query part of the address of what is shown, whatever was left open when it was asked for."""
    pairs = [("indicator", choice.indicator)]
    pairs += [("about", key) for key in choice.about or ("",)]
    pairs += [("area", key) for key in choice.areas]
    pairs += [("part", choice.part or "")]
    pairs += [(name, str(year)) for name, year in (("from", choice.first), ("to", choice.last)) if year]
    pairs += [("as", choice.form)] if choice.form else []
    return "?" + urlencode(pairs, safe="/")
