"""What a caller may hand over, told by what it can do; no library of tables is imported for it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, Optional, Tuple

#: What the engine is told: the kind, the data, and what records without an id are called.
Given = Tuple[str, Any, Optional[list]]


def given(data: Any) -> Given:
    """The data for the engine."""
    if isinstance(data, (str, os.PathLike)):
        return "files", [os.fspath(data)], None
    if isinstance(data, (list, tuple)) and data and all(isinstance(d, os.PathLike) for d in data):
        return "files", [os.fspath(path) for path in data], None
    library = type(data).__module__.partition(".")[0]
    if library == "pandas":
        return _of_pandas(data)
    if library == "polars" and hasattr(data, "collect"):
        data = data.collect()
    if library == "polars" and not hasattr(data, "columns"):
        return "records", data, None
    if library == "pyarrow" and not hasattr(data, "schema"):
        return "records", data.to_pylist(), None
    if hasattr(data, "__arrow_c_stream__"):
        return "table", data, None
    for method in ("to_arrow_table", "fetch_arrow_table"):
        if hasattr(data, method):
            return "table", getattr(data, method)(), None
    if isinstance(data, Mapping):
        return "records", _rows(dict(data)), None
    if isinstance(data, Iterable):
        return "records", data, None
    raise TypeError(
        "data is an iterable of dicts, of tuples (id, text) or of texts, a table, or a path, "
        f"not {type(data).__name__}"
    )


def _of_pandas(data: Any) -> Given:
    labels = _labels(data.index)
    if not hasattr(data, "columns"):
        return "records", data.tolist(), labels
    try:
        import pyarrow

        return "table", pyarrow.Table.from_pandas(data, preserve_index=False), labels
    except (ImportError, ValueError, TypeError, NotImplementedError):
        # No pyarrow, or a column of values of several types.
        columns = {str(name): data.iloc[:, place].tolist() for place, name in enumerate(data.columns)}
        return "records", _rows(columns), labels


def _labels(index: Any) -> Optional[list]:
    """The labels of an index where each tells one row; else rows go by their places."""
    if type(index).__name__ == "RangeIndex" and index.start == 0 and index.step == 1:
        return None
    if not index.is_unique or index.nlevels != 1:
        return None
    labels = index.tolist()
    if all(isinstance(label, str) for label in labels):
        return labels
    if all(isinstance(label, int) and not isinstance(label, bool) for label in labels):
        return labels
    return None


def _rows(columns: Mapping[str, Any]) -> Iterable:
    """The rows of columns."""
    names = [str(name) for name in columns]
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        raise ValueError(f"columns of different lengths: {sorted(lengths)}")
    return (dict(zip(names, row)) for row in zip(*columns.values()))
