"""Settings, each with its default, its unit and a sentence.

Sources, strongest first: command-line flags, ``COOPGRAPH_*`` variables, ``coopgraph.toml`` in the working directory,
the defaults here. Read once into a frozen :class:`Settings`; a key nobody knows is an error.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message

ENVIRONMENT_PREFIX = "COOPGRAPH_"
FILE_NAME = "coopgraph.toml"

USER, PASSWORD, PASSWORD_FILE = (ENVIRONMENT_PREFIX + name for name in ("USER", "PASSWORD", "PASSWORD_FILE"))
"""Variables for another server's name and password; secrets are no settings, so that nothing lists them."""

_NO_SETTINGS = frozenset({USER, PASSWORD, PASSWORD_FILE, ENVIRONMENT_PREFIX + "CONFORMANCE"})


_MAY_BE_ZERO = frozenset({"port", "proxies"})

_ORIGIN = re.compile(
    r"https?://(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::(?P<port>[1-9][0-9]{0,4}))?(?=/?\Z)", re.IGNORECASE
)
"""A scheme, a host and maybe a port, as DNS and browsers write them."""

_DOI = re.compile(r"10\.[0-9]{4,9}/[A-Za-z0-9._;()/:-]+")
"""What registration agencies give out today."""


def _setting(default: Any, sentence: str, unit: str = "") -> Any:
    return field(default=default, metadata={"sentence": sentence, "unit": unit})


@dataclass(frozen=True, slots=True)
class Settings:
    """One value for everything an operator may change."""

    data: str = _setting("", "Folder of the entity files; empty means the graph that comes with the program.")
    var: str = _setting("var", "Folder for what runs: releases and the sign of the current one.")
    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(8000, "Port to listen on.")
    address: str = _setting(
        "",
        "Public address of the service, such as https://graph.example, of which the addresses in answers are made; "
        "empty means whatever each request names.",
    )
    workers: int = _setting(2, "Query workers, that is how many queries run at once.", "processes")
    query_timeout: float = _setting(30.0, "Longest time for one query.", "seconds")
    query_memory: int = _setting(1024**3, "Most memory for one query worker, beyond the loaded release.", "bytes")
    memory_budget: int = _setting(
        4 * 1024**3, "Memory for the data in all query workers; data that need more are read from disk.", "bytes"
    )
    query_length: int = _setting(1024**2, "Longest query text or request body at /sparql.", "bytes")
    result_size: int = _setting(256 * 1024**2, "Largest result body; rows are unlimited.", "bytes")
    held_back: int = _setting(
        1024**2, "How much of a result is kept in memory until it is whole; more goes to a temporary file.", "bytes"
    )
    sending_size: int = _setting(
        256 * 1024**2,
        "Most space for results in temporary files that are being sent; one client may take half of it.",
        "bytes",
    )
    cache_size: int = _setting(
        128 * 1024**2, "Memory for answers that are kept ready until the next release; 1 keeps none.", "bytes"
    )
    waiting_per_worker: int = _setting(4, "How many queries may wait for each worker before 503.", "queries")
    client_queries: int = _setting(
        6, "How many queries one client may have running or waiting at once before 429.", "queries"
    )
    proxies: int = _setting(
        0,
        "How many proxies of your own stand before the service: so many entries of X-Forwarded-For, "
        "X-Forwarded-Proto and Forwarded are believed.",
        "proxies",
    )
    contained: bool = _setting(
        False,
        "Whether a container keeps queries from the network and from files, so that the service may be public where "
        "its own confinement does not hold.",
    )
    service_allowed: str = _setting(
        "", "Addresses of the SPARQL servers that a query may ask with SERVICE, with spaces between; empty means none."
    )
    service_inside: str = _setting(
        "", "Hosts among these that lie in your own network and may have private addresses, with spaces between."
    )
    webhook_inside: str = _setting(
        "", "Hosts of webhooks that lie in your own network: private addresses and plain HTTP, with spaces between."
    )
    upload_size: int = _setting(16 * 1024**2, "Largest body of a request.", "bytes")
    input_size: int = _setting(64 * 1024**2, "Largest file that a check reads.", "bytes")
    log_format: str = _setting(
        "auto", "How messages are written: text, json, or auto, which is json where nobody reads along."
    )
    citations: int = _setting(
        20_000,
        "How many citations of results are kept at /cite; then the oldest that nobody reads again gives way.",
        "citations",
    )
    client_citations: int = _setting(100, "How many new citations one client may make a day before 429.", "citations")
    citation_length: int = _setting(16 * 1024, "Longest query text that can be cited.", "bytes")
    desk: bool = _setting(
        False,
        "Whether the curators' desk is offered where others than this machine reach the service; on a loopback address "
        "without a proxy it is.",
    )
    review_alone: bool = _setting(
        False, "Whether one person may accept what the same person submitted; otherwise it takes two."
    )
    openid_issuer: str = _setting(
        "", "Address of the OpenID Connect provider by which curators may sign in; empty: by name and password alone."
    )
    openid_client: str = _setting("", "Name under which that provider knows the desk (client id).")
    openid_secret_file: str = _setting("", "File with the secret that it gave the desk.")
    signing_key: str = _setting(
        "", "File of the OpenSSH key that signs each release's checksums; empty means that none is signed."
    )
    doi: str = _setting(
        "", "DOI under which you deposit the releases, such as 10.5281/zenodo.1234567; citations then give it."
    )
    exit_address: str = _setting(
        "https://www.bing.com/", "Where “Quick exit” leads: an ordinary page that opens everywhere."
    )


def signing_key(settings: Settings) -> Path | None:
    """Return the file of the key that signs releases, or None where none is set."""
    return Path(settings.signing_key) if settings.signing_key else None


@dataclass(frozen=True, slots=True)
class SettingOrigin:
    """Where a setting's value came from: ``flag``, a variable's name, a file's name or ``default``."""

    name: str
    value: Any
    source: str


def load_settings(
    flags: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> tuple[Settings, tuple[SettingOrigin, ...]]:
    """Return the settings in force and the origin of each.

    ``flags`` holds only what was given on the command line. Raises :class:`WrongUsage` for an unknown key or a value
    that does not fit the setting's type.
    """
    environment = os.environ if environment is None else environment
    path = (folder or Path.cwd()) / FILE_NAME
    layers: list[tuple[str, Mapping[str, Any]]] = [
        ("flag", {name: value for name, value in (flags or {}).items() if value is not None}),
        (
            "environment",
            {
                key.removeprefix(ENVIRONMENT_PREFIX).lower(): value
                for key, value in environment.items()
                if key.startswith(ENVIRONMENT_PREFIX) and key not in _NO_SETTINGS
            },
        ),
        (FILE_NAME, _read_file(path)),
    ]
    known = {item.name: item for item in fields(Settings)}
    for source, layer in layers:
        for name in layer:
            if name not in known:
                raise WrongUsage(
                    Message("There is no setting named “{name}” ({source}).", name=name, source=source),
                    Message("`coopgraph settings` lists them all."),
                )
    origins = []
    for name, item in known.items():
        source, value = next(
            ((source, layer[name]) for source, layer in layers if name in layer), ("default", item.default)
        )
        origins.append(SettingOrigin(name, _fit(name, value, type(item.default)), source))
    return Settings(**{origin.name: origin.value for origin in origins}), tuple(origins)


def _read_file(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongUsage(
            Message("{file} cannot be read: {error}.", file=FILE_NAME, error=error),
            Message("Mend the file or remove it."),
        ) from error


def _fit(name: str, value: Any, kind: type) -> Any:
    if kind is bool:
        return _yes_or_no(name, value)
    try:
        fitted = kind(value)
    except (TypeError, ValueError) as error:
        raise WrongUsage(
            Message("The setting “{name}” cannot be “{value}”.", name=name, value=value),
            Message("Give a whole number.") if kind is int else Message("Give a number."),
        ) from error
    if kind in (int, float) and (fitted < 0 or (fitted == 0 and name not in _MAY_BE_ZERO)):
        raise WrongUsage(
            Message("The setting “{name}” cannot be {value}.", name=name, value=value),
            Message("Give a number above zero."),
        )
    return _FITTING.get(name, _unchanged)(fitted)


def _unchanged(value: Any) -> Any:
    return value


def _address(written: str) -> str:
    """Return a public address without a slash at its end; the empty text where there is none."""
    origin = _ORIGIN.match(written)
    if written and (origin is None or int(origin["port"] or 1) > 65535):
        raise WrongUsage(
            Message("The setting “address” cannot be “{written}”.", written=written),
            Message(
                "Give http:// or https://, a host and, where needed, a port, without a path: "
                "https://graph.example. A name in other letters is written as DNS has it (xn--…)."
            ),
        )
    return origin[0].lower() if origin else ""


def _doi(written: str) -> str:
    """Return a DOI alone, also of one that is written as an address; the empty text where there is none."""
    doi = re.sub(r"(?:https?://(?:dx\.)?doi\.org/|doi:)", "", written, count=1, flags=re.IGNORECASE)
    if doi and not _DOI.fullmatch(doi):
        raise WrongUsage(
            Message("The setting “doi” cannot be “{written}”.", written=written),
            Message("Give a DOI as it is registered: 10.5281/zenodo.1234567."),
        )
    return doi


_FITTING: Mapping[str, Callable[[Any], Any]] = {"address": _address, "doi": _doi}
"""What a setting's value must be beyond its type."""


def _yes_or_no(name: str, value: Any) -> bool:
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    try:
        return known[str(value).lower()]
    except KeyError as error:
        raise WrongUsage(
            Message("The setting “{name}” cannot be “{value}”.", name=name, value=value), Message("Give true or false.")
        ) from error
