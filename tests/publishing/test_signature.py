from __future__ import annotations

import hashlib
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coopgraph.errors import WrongUsage
from coopgraph.model import release_folder
from coopgraph.publishing.files import ReleaseContents
from coopgraph.publishing.install import install_release
from coopgraph.publishing.lock import publishing
from coopgraph.publishing.signature import SIGNATURE_NAMESPACE, signed
from tests.publishing.conftest import contents, tree

__all__ = ["contents", "tree"]

needs_ssh_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="there is no ssh-keygen here")


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("key") / "release"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(place)]
    subprocess.run(command, check=True)
    return place


def is_good(document: bytes, signature: Path, key: Path) -> bool:
    """Whether ssh-keygen takes the signature, as docs/exports.md tells partners to ask it."""
    signers = signature.with_name("signers")
    signers.write_text("graph.example " + key.with_suffix(".pub").read_text(encoding="utf-8"), encoding="utf-8")
    command = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", "graph.example", "-n", SIGNATURE_NAMESPACE]
    done = subprocess.run([*command, "-s", str(signature)], input=document, capture_output=True, check=False)
    return done.returncode == 0


@needs_ssh_keygen
def test_a_release_is_signed_with_the_operators_key_and_a_changed_byte_is_seen(
    contents: ReleaseContents, key: Path, tmp_path: Path
) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with publishing(tmp_path):
        plain = install_release(contents, tmp_path, message="", now=now, built_from=None)
        assert plain
        assert release_folder.SIGNATURE not in plain.files
        made = install_release(contents, tmp_path, message="", now=now, built_from=None, signing_key=key)
    assert made
    assert made.id == plain.id
    sums, signature = (
        release_folder.file(tmp_path, made.id, name) for name in (release_folder.SUMS, release_folder.SIGNATURE)
    )
    assert is_good(sums.read_bytes(), signature, key)
    assert not is_good(sums.read_bytes() + b" ", signature, key)
    for line in sums.read_text(encoding="utf-8").splitlines():
        digest, path = line.split("  ")
        place = release_folder.file(tmp_path, made.id, path)
        assert hashlib.sha256(place.read_bytes()).hexdigest() == digest == made.files[path].sha256
    assert len(made.files) == len(sums.read_bytes().splitlines()) + 2


@needs_ssh_keygen
def test_the_same_bytes_get_the_same_signature(key: Path) -> None:
    assert signed(b"sums", key) == signed(b"sums", key) != signed(b"others", key)


def test_a_key_that_cannot_be_used_is_told_of_without_its_place(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage) as absent:
        signed(b"", tmp_path / "absent")
    assert str(tmp_path) not in str(absent.value)
    (tmp_path / "key").write_text("no key", encoding="utf-8")
    with pytest.raises(WrongUsage):
        signed(b"", tmp_path / "key")
