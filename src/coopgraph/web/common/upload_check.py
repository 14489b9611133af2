"""Process that checks an uploaded document: started for it, stopped after a time, a few at once."""

from __future__ import annotations

import json
import subprocess
import sys
from threading import BoundedSemaphore

from coopgraph.errors import Busy, OurFault, UnreadableInput
from coopgraph.messages.message import Message, verbatim
from coopgraph.settings import Settings

LONGEST_CHECK = 120.0
"""Seconds after which a check is stopped."""

LONGEST_TURN = 20.0
"""Seconds that an upload waits for its turn."""

_PROGRAM = "coopgraph.curation.uploads.check"


class UploadChecks:
    """Checks of uploads, as many at once as there are query workers."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turns = BoundedSemaphore(settings.workers)

    def report(self, document: bytes, media_type: str, name: str, form: str, language: str) -> bytes:
        """Return the report on ``document``, which it calls ``name``, in the format ``form`` of check reports.

        ``media_type`` says what the document is; of a table also what its rows hold and whose encoding it has, by the
        parameters ``kind``, ``language`` and ``charset``.

        Raises :class:`UnreadableInput` for a document that cannot be read at all, :class:`Busy` where there was no turn
        or the check took too long, :class:`OurFault` where it failed.
        """
        if not self._turns.acquire(timeout=LONGEST_TURN):
            raise Busy(Message("Other documents are being checked."), Message("Send it again in a minute."))
        try:
            return _checked(document, self._order(media_type, name, form, language))
        finally:
            self._turns.release()

    def _order(self, media_type: str, name: str, form: str, language: str) -> str:
        where = {"data": self._settings.data, "var": self._settings.var, "input_size": self._settings.input_size}
        return json.dumps({"media_type": media_type, "name": name, "form": form, "language": language, **where})


def _checked(document: bytes, order: str) -> bytes:
    # -P: a folder named coopgraph in the working directory must not take the package's place.
    command = [sys.executable, "-P", "-m", _PROGRAM, order]
    try:
        done = subprocess.run(command, input=document, capture_output=True, timeout=LONGEST_CHECK, check=False)
    except subprocess.TimeoutExpired as error:
        raise Busy(
            Message("The check took longer than {seconds:.0f} seconds and was stopped.", seconds=LONGEST_CHECK),
            Message("Send less, or check it at home with `coopgraph check`."),
        ) from error
    except OSError as error:
        raise OurFault(Message("The check cannot be started."), Message("Are there too many processes?")) from error
    if done.returncode == 3:
        raise UnreadableInput(verbatim(done.stderr.decode("utf-8", "replace")))
    if done.returncode:
        raise OurFault(Message("The check failed; nothing is known about the document."), Message("Send less of it."))
    return done.stdout
