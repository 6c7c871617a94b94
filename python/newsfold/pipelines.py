"""Steps for pipelines of other tools, none of which is imported."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, List, Optional

from . import _run, _settings
from ._results import Results

__all__ = ["NewsfoldDedup", "deduplicate"]


def deduplicate(dataset: Any, column: str = "text", **settings: Any) -> Any:
    """The dataset without its near-duplicates, in its order: one article of each family stays.

    A dataset with ``select`` (of Hugging Face) gives one of the same kind. Anything else that
    :func:`newsfold.dedup` takes gives a list of its records.

    >>> from newsfold.pipelines import deduplicate
    >>> text = "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety were saved."
    >>> rows = [{"content": text}, {"content": "Something else."}, {"content": text}]
    >>> len(deduplicate(rows, column="content"))
    2
    """
    records = dataset if hasattr(dataset, "__len__") else list(dataset)
    fields = {"text": column}
    mask = _run("dedup", records, fields, False, settings).mask
    kept = [place for place, stays in enumerate(mask) if stays]
    if hasattr(dataset, "select") and hasattr(dataset, "column_names"):
        return dataset.select(kept)
    return [record for record, stays in zip(records, mask) if stays]


class NewsfoldDedup:
    """A step of a pipeline of datatrove: documents in, those that stay out, in their order.

    A document has ``text`` and ``id``, and may have ``metadata`` with outlet, date and the like. All
    documents of a rank are held in memory, since whether one stays depends on the others; ranks do not
    see each other's.

    >>> from types import SimpleNamespace as Document
    >>> text = "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety were saved."
    >>> documents = [Document(id=name, text=text, metadata={}) for name in "ab"]
    >>> step = NewsfoldDedup(threshold=0.8)
    >>> [document.id for document in step(documents)]
    ['a']
    >>> step.results.remove.column("id")
    ['b']
    """

    name = "newsfold"
    type = "dedup"

    def __init__(self, fields: Optional[_settings.Fields] = None, **settings: Any) -> None:
        self._fields = fields
        self._settings = settings
        #: What the last run found.
        self.results: Optional[Results] = None

    def run(self, data: Iterable[Any], rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        """Yields the documents that stay."""
        documents: List[Any] = list(data or [])
        records = (
            {
                **(getattr(document, "metadata", None) or {}),
                "id": getattr(document, "id", None),
                "text": document.text,
            }
            for document in documents
        )
        self.results = _run("dedup", records, self._fields, False, self._settings)
        for document, stays in zip(documents, self.results.mask):
            if stays:
                yield document

    __call__ = run
