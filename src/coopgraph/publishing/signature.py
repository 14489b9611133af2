"""Signature of a release's checksums by the operator's key, as ``ssh-keygen -Y`` makes and checks it (SSHSIG).

https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig. The key is any that OpenSSH signs with, also a
public one whose private half an agent or a security key holds. The same key and the same bytes give the same signature
where the kind of key does so, as Ed25519 does.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message

SIGNATURE_NAMESPACE = "coopgraph-release"
"""What a signature is for: one made for something else does not count."""

SIGNING_TIME = 60.0
"""Seconds to wait for whoever holds the key."""


def signed(document: bytes, key: Path) -> bytes:
    """Return the signature of ``document`` by the key in the file ``key``. Raises :class:`WrongUsage`.

    No passphrase is asked for: where the key has one, an agent must hold it.
    """
    hint = Message(
        "Set signing_key to a key without a passphrase that only this user can read, or to a public key that "
        "ssh-agent holds; `ssh-keygen -t ed25519` makes one."
    )
    if not key.is_file():
        raise WrongUsage(Message("The file of the signing key is not there."), hint)
    try:
        done = subprocess.run(
            ["ssh-keygen", "-q", "-Y", "sign", "-n", SIGNATURE_NAMESPACE, "-f", str(key)],
            input=document,
            capture_output=True,
            check=True,
            timeout=SIGNING_TIME,
            env={**os.environ, "SSH_ASKPASS_REQUIRE": "never"},
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise WrongUsage(
            Message("Signing a release needs ssh-keygen, which is not here."),
            Message("Install OpenSSH's client, or take signing_key out of the settings."),
        ) from error
    except subprocess.SubprocessError as error:
        raise WrongUsage(Message("ssh-keygen could not sign with the signing key."), hint) from error
    return done.stdout
