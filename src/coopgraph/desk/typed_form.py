"""Typed form: what a form held that came without a session, or with the token of another one.

It is not lost: the answer carries it along through signing in, in hidden fields of the page alone, and then shows it
again. It is sent only when who has signed in presses the button, so nobody else's form is sent in their name (CSRF).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import request

from coopgraph.messages.message import Message
from coopgraph.model.language import LANGUAGES

_SENT_TO = "typed-to"
"""The hidden field that says where a typed form was sent to, or which page was asked for."""

_FIELD = "typed."
"""How the names of the hidden fields begin that hold what was typed."""

_LANGUAGE = rf"(?:/(?:{'|'.join(map(re.escape, LANGUAGES))}))?"
_PAGE = re.compile(rf"{_LANGUAGE}/desk(?:/[^\s\\]*|\?[^\s\\]*)?", re.ASCII)
_FORM = re.compile(
    rf"{_LANGUAGE}/desk/(?:forms/[a-z-]+|new|overdue|submissions/(?P<number>[0-9]+)/(?P<doing>[a-z]+))", re.ASCII
)
_BUTTONS = {
    "accept": Message("Accept and publish"),
    "ask": Message("Ask for changes"),
    "reject": Message("Reject"),
    "withdraw": Message("Withdraw"),
    "comment": Message("Comment"),
    "undo": Message("Undo this change"),
    "edit": Message("Check and submit"),
}


@dataclass(frozen=True, slots=True)
class TypedForm:
    """The address that a form was sent to, and what its fields held. A page that was only asked for has no fields."""

    address: str
    fields: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of_request(cls) -> TypedForm | None:
        """Return what the present request asks for or sends; None where it is not kept, as with passwords and files."""
        if request.method == "GET":
            address = request.full_path.rstrip("?")
            return cls(address) if _PAGE.fullmatch(address) else None
        if not _FORM.fullmatch(request.path):
            return None
        return cls(
            request.path, tuple((name, text) for name, text in request.form.items(multi=True) if name != "token")
        )

    @classmethod
    def carried(cls) -> TypedForm | None:
        """Return what the form for signing in carries along; None where that is nothing."""
        fields = tuple(
            (name.removeprefix(_FIELD), text)
            for name, text in request.form.items(multi=True)
            if name.startswith(_FIELD)
        )
        address = request.form.get(_SENT_TO, "")
        return cls(address, fields) if (_FORM if fields else _PAGE).fullmatch(address) else None

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """The hidden fields that carry it along."""
        return (_SENT_TO, self.address), *((_FIELD + name, text) for name, text in self.fields)

    @property
    def is_of_shapes(self) -> bool:
        """Whether it is one of the forms that show again what was typed in them."""
        return "/desk/forms/" in self.address

    @property
    def number(self) -> str:
        """The number of the submission that it is about; empty for none."""
        found = _FORM.fullmatch(self.address)
        return (found["number"] or "") if found else ""

    @property
    def button(self) -> Message:
        """What the button says that sends it."""
        found = _FORM.fullmatch(self.address)
        return _BUTTONS.get((found["doing"] or "") if found else "", Message("Check and submit"))
