"""Activity: that an entity was created, updated or deleted by a release, and the file of a release that lists them.

The words are those of ActivityStreams 2.0 (https://www.w3.org/TR/activitystreams-vocabulary/#activity-types).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

ACTIVITIES = "activities.json"
"""Name of a release's file with its activities."""

ActivityType = Literal["Create", "Update", "Delete"]

ACTIVITY_TYPES: tuple[ActivityType, ...] = get_args(ActivityType)

REPORTED = frozenset({"area", "comparability", "event", "figure", "law", "org", "period", "service", "source"})
"""Path segments of the kinds, beside concepts, that activities tell of.

A record, as a claim is, counts towards what it is about.
"""


class Activity(NamedTuple):
    """What a release did to the entity ``object``, an IRI.

    ``verify_by`` is the day (ISO 8601) until which what it is now counts as fresh; empty where that is not said.
    """

    type: ActivityType
    object: str
    verify_by: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it as JSON, without what is not said."""
        return {name: value for name, value in self._asdict().items() if value}


def activities_json(activities: Iterable[Activity]) -> bytes:
    """Return activities as the file :data:`ACTIVITIES`: one line each, in the order of their IRIs."""
    lines = (json.dumps(item.as_json()) for item in sorted(activities, key=lambda item: item.object))
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def read_activities(data: bytes) -> tuple[Activity, ...]:
    """Return the activities of a file that :func:`activities_json` wrote."""
    return tuple(Activity(**item) for item in json.loads(data))
