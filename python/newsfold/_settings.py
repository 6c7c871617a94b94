"""Settings as keywords; the engine says which there are."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Mapping as AbstractMapping
from typing import Any, Mapping, Optional, Sequence, Union

from . import _native
from ._errors import ConfigError

#: Where the data has fields, by name; or the fields that near-duplicates are compared by.
Fields = Union[Mapping[str, str], Sequence[str], str]

#: Every setting, as a keyword.
NAMES = tuple(_native.setting_names())


def as_json(settings: Mapping[str, Any], fields: Optional[Fields]) -> str:
    """The settings for the engine. A name that is none is refused with the nearest that is one."""
    for name in settings:
        if name not in NAMES:
            near = difflib.get_close_matches(name, [*NAMES, "fields", "progress"], 1)
            hint = f"; did you mean {near[0]}?" if near else f"; they are {', '.join(NAMES)}"
            raise ConfigError(f"{name}: there is no setting of this name{hint}", name)
    given = {name: value for name, value in settings.items() if value is not None}
    if isinstance(fields, AbstractMapping):
        mapped = [f"{field}={name}" for field, name in fields.items()]
        already = given.get("field", [])
        given["field"] = mapped + ([already] if isinstance(already, str) else list(already))
    elif fields:
        given["fields"] = fields if isinstance(fields, str) else list(fields)
    return json.dumps(given, default=os.fspath)
