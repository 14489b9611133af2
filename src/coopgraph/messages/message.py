"""A message for people as gettext knows it: the English sentence that is its msgid, and values for its placeholders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from coopgraph.messages.catalogue import catalogue

_VERBATIM = "{text}"


class Message:
    """A message: ``id`` is the English sentence with ``{name}`` for each of ``values``, as :meth:`str.format` fills it.

    A value may be a message itself, or a function that gives a text in a language; either is then given in the same
    language. Without values, braces are what they look like. ``str()`` gives English.

    The sentence stands in the source as one text, not as a name for it, so that ``pybabel extract`` finds it.
    """

    __slots__ = ("id", "values")

    def __init__(self, msgid: str, /, **values: object) -> None:
        self.id = msgid
        self.values = values

    def in_language(self, language: str) -> str:
        """Return the sentence in the page language ``language``; in English where its catalogue lacks it."""
        return self._filled(catalogue(language).gettext(self.id), language)

    def _filled(self, sentence: str, language: str) -> str:
        if not self.values:
            return sentence
        values = {name: _in_language(value, language) for name, value in self.values.items()}
        return sentence.format(**values)

    def to_json(self) -> dict[str, Any]:
        """Return the message as JSON has it, for another process; its values are texts, numbers or messages."""
        values = {name: value.to_json() if isinstance(value, Message) else value for name, value in self.values.items()}
        return {"id": self.id, "values": values}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        """Return the message that :meth:`to_json` gave."""
        values = {
            name: cls.from_json(value) if isinstance(value, dict) else value for name, value in said["values"].items()
        }
        return cls(said["id"], **values)

    def __str__(self) -> str:
        return self.in_language("en")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id!r}, {self.values!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return (self.id, self.values) == (other.id, other.values)

    def __hash__(self) -> int:
        return hash(self.id)


def _in_language(value: object, language: str) -> object:
    if isinstance(value, Message):
        return value.in_language(language)
    return value(language) if callable(value) else value


class PluralMessage(Message):
    """A message whose English differs where its value ``number`` is 1: that sentence, and the one for other numbers."""

    __slots__ = ("plural",)

    def __init__(self, msgid: str, plural: str, /, *, number: float, **values: object) -> None:
        super().__init__(msgid, number=number, **values)
        self.plural = plural

    def in_language(self, language: str) -> str:
        """See :meth:`Message.in_language`."""
        # gettext takes whole numbers; 0.5 seconds are many.
        number = self.values["number"]
        count = 1 if number == 1 else 2
        return self._filled(catalogue(language).ngettext(self.id, self.plural, count), language)


def verbatim(text: str) -> Message:
    """Return a message that is ``text`` in every language: words of others, or in the reader's language already."""
    return Message(_VERBATIM, text=text)


def translated(message: str, lang: str, /, **values: object) -> str:
    """Return the message ``message`` in the language ``lang``, its placeholders filled with ``values``."""
    return Message(message, **values).in_language(lang)


def translator(lang: str) -> Callable[..., str]:
    """Return the gettext function of one language, for templates: ``t(msgid, **values)``."""
    return lambda message, /, **values: translated(message, lang, **values)
