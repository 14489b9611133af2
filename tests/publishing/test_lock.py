from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from coopgraph.errors import Busy, OurFault, WrongUsage
from coopgraph.publishing.lock import publishing, writing

HOLDER = """
import subprocess, sys
from pathlib import Path
from coopgraph.publishing.lock import publishing
with publishing(Path(sys.argv[1])):
    child = subprocess.Popen(["sleep", "60"], close_fds=False, stdout=subprocess.DEVNULL)
    print(child.pid, flush=True)
    sys.stdin.read()
"""


def test_a_second_publisher_is_told_and_a_killed_one_leaves_no_lock(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout
    child = int(holder.stdout.readline())
    try:
        with pytest.raises(Busy, match="Another build"), publishing(tmp_path):
            pass
        holder.kill()
        holder.wait()
        with publishing(tmp_path):  # although the holder's child lives on
            os.kill(child, 0)
    finally:
        os.kill(child, signal.SIGKILL)
        holder.communicate()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_a_sentence_that_says_what_to_do(number: int) -> None:
    with pytest.raises(OurFault, match="no room left") as caught, writing():
        raise OSError(number, os.strerror(number), "/somewhere")
    assert "prune" in str(caught.value.hint)


def test_a_folder_that_is_a_file_is_a_sentence_without_its_path(tmp_path: Path) -> None:
    place = tmp_path / "var"
    place.write_text("")
    with pytest.raises(WrongUsage, match="is a file") as caught, publishing(place):
        pass
    assert str(tmp_path) not in str(caught.value) + str(caught.value.hint)
