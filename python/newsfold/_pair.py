"""An answer about two articles."""

from __future__ import annotations

import html
import json
import os
from pathlib import Path
from typing import Any, Dict, Tuple, Union

#: How high a notebook shows a page, in pixels.
SHOWN_HEIGHT = 480


class Answer:
    """An answer about two articles: data, text, and the page that the program writes.

    ``answer["near_duplicates"]`` and the like are the values of the program's ``--json``; ``str(answer)``
    is what it prints; a notebook shows the page.
    """

    def __init__(self, told: Tuple[str, str, str]) -> None:
        self._json, self._text, self._page = told

    def to_dict(self) -> Dict[str, Any]:
        """The answer as data."""
        return json.loads(self._json)

    def __getitem__(self, name: str) -> Any:
        return self.to_dict()[name]

    def __str__(self) -> str:
        return self._text

    @property
    def html(self) -> str:
        """The answer as a page of one file."""
        return self._page

    def save(self, path: Union[str, os.PathLike]) -> Path:
        """Writes the page."""
        Path(path).write_text(self._page, encoding="utf-8")
        return Path(path)

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{html.escape(self._page)}" sandbox="allow-scripts" '
            f'style="width:100%;height:{SHOWN_HEIGHT}px;border:0"></iframe>'
        )
