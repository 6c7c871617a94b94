"""Settings as keywords; the engine says which there are."""

from __future__ import annotations

import difflib
import json
import os
from typing import Any, Mapping, Optional

from . import _native
from ._errors import ConfigError

#: Every setting, as a keyword.
NAMES = tuple(_native.setting_names())


def as_json(settings: Mapping[str, Any], fields: Optional[Mapping[str, str]]) -> str:
    """The settings for the engine. A name that is none is refused with the nearest that is one."""
    for name in settings:
        if name not in NAMES:
            near = difflib.get_close_matches(name, [*NAMES, "fields", "progress"], 1)
            hint = f"; did you mean {near[0]}?" if near else f"; they are {', '.join(NAMES)}"
            raise ConfigError(f"{name}: there is no setting of this name{hint}", name)
    given = {name: value for name, value in settings.items() if value is not None}
    if fields:
        mapped = [f"{field}={name}" for field, name in fields.items()]
        already = given.get("field", [])
        given["field"] = mapped + ([already] if isinstance(already, str) else list(already))
    return json.dumps(given, default=os.fspath)
