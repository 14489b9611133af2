"""The one module that knows every room: settings in, a working house out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from coopgraph.ask.answer import Door, Limits, Shelf
from coopgraph.ask.federation import Federation
from coopgraph.dataset.prefixes import tree_prefixes
from coopgraph.dataset.tree import locate
from coopgraph.errors import CoopgraphError
from coopgraph.model import release_folder
from coopgraph.read.published import Published
from coopgraph.read.vocabulary import Vocabularies
from coopgraph.settings import Settings
from coopgraph.store.http import credentials
from coopgraph.store.http.outside import Outside
from coopgraph.store.http.shelf import OWN, EndpointShelf
from coopgraph.store.open import Engine, fingerprint, open_files
from coopgraph.store.shelf import FileShelf, ReleaseShelf


@dataclass(frozen=True, slots=True)
class House:
    """What the edges (web, command line) are handed.

    ``releases``: releases stand behind the door, with pages and history; otherwise it is a dataset of its own.
    ``vocabularies`` keeps the words of the releases last looked at, ``published`` their JSON-LD contexts and frames.
    """

    settings: Settings
    shelf: ReleaseShelf | FileShelf | EndpointShelf
    door: Door
    releases: bool
    vocabularies: Vocabularies = field(default_factory=Vocabularies)
    published: Published = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "published", Published(self.var))

    @property
    def var(self) -> Path:
        """The folder of releases."""
        return Path(self.settings.var)

    def settled(self) -> str | None:
        """Return the release that is served, or None where the data may change under its name.

        Raises what asking the shelf raises.
        """
        release = self.shelf.current()
        return None if release == OWN else release

    def stands(self, release: str) -> bool:
        """Return whether ``release`` is there and was not withdrawn, as of now."""
        return self.releases and release_folder.stands(self.var, release)

    def close(self) -> None:
        """Give back every process and file."""
        self.shelf.close()


def of_releases(settings: Settings) -> House:
    """Return the house of the releases in ``settings.var``; nothing is opened yet."""
    shelf = ReleaseShelf(Path(settings.var), _engine(settings), grace=settings.query_timeout)
    return House(settings, shelf, _door(shelf, settings), releases=True)


def of_files(settings: Settings, paths: Sequence[Path]) -> House:
    """Return the house of any RDF files, loaded. Raises UnreadableInput."""
    store = open_files(paths, _engine(settings))
    shelf = FileShelf(f"dataset-{fingerprint(paths)}", store)
    return House(settings, shelf, _door(shelf, settings), releases=False)


def of_endpoint(settings: Settings, endpoint: str) -> House:
    """Return the house of what the SPARQL server at ``endpoint`` holds.

    It has pages where a release was pushed there that is in ``settings.var`` too. Raises WrongUsage for an address that
    is none, StoreDown where the server does not answer.
    """
    shelf = EndpointShelf(endpoint, _engine(settings), credentials.from_environment())
    known = shelf.pushed is not None and _is_here(settings, shelf.pushed.release)
    return House(settings, shelf, _door(shelf, settings), releases=known)


def _is_here(settings: Settings, release: str) -> bool:
    try:
        return release_folder.manifest(Path(settings.var), release).id == release
    except CoopgraphError:
        return False


def _engine(settings: Settings) -> Engine:
    waiting = settings.workers * settings.waiting_per_worker
    return Engine(
        workers=settings.workers, waiting=waiting, memory=settings.query_memory, budget=settings.memory_budget
    )


def _door(shelf: Shelf, settings: Settings) -> Door:
    limits = Limits(time=settings.query_timeout, length=settings.query_length, size=settings.result_size)
    allowed = settings.service_allowed.split()
    federation = Federation(allowed, Outside(allowed, settings.service_inside.split())) if allowed else None
    return Door(shelf, limits, federation=federation, presets=_presets(settings))


def _presets(settings: Settings) -> Mapping[str, str]:
    """Return the graph's own prefixes, whatever data are asked."""
    return tree_prefixes(locate(replace(settings, data="")), limit=settings.input_size)
