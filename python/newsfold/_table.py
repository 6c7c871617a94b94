"""A table of results, in whatever form is wanted."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Sequence

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

#: Rows that a notebook shows.
SHOWN = 20
#: Characters of a cell that it shows.
SHOWN_CHARACTERS = 80


class Table:
    """A table. Its columns are those of the program's files.

    Anything that reads Arrow's C interface takes it without a copy: ``polars.DataFrame(table)``,
    ``pyarrow.table(table)``, DuckDB. It is also a sequence of dicts.

    >>> import newsfold
    >>> text = "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety were saved."
    >>> pairs = newsfold.dedup([(7, text), (9, text)]).pairs
    >>> pairs[0]["id_a"], pairs[0]["id_b"], pairs[0]["jaccard"]
    (7, 9, 1.0)
    >>> pairs.to_pandas()["evidence"].tolist()
    ['identical']
    """

    def __init__(self, table: Any, name: str) -> None:
        self._table = table
        #: Its name, which is that of its files.
        self.name = name

    @property
    def columns(self) -> List[str]:
        """The columns' names, in order."""
        return self._table.columns

    @property
    def about(self) -> Dict[str, str]:
        """What each column means."""
        return self._table.about

    def __len__(self) -> int:
        return len(self._table)

    def column(self, name: str) -> list:
        """The values of a column."""
        return self._table.column(name)

    def to_dict(self) -> Dict[str, list]:
        """The columns, as lists of Python's own values."""
        return {name: self._table.column(name) for name in self.columns}

    def rows(self) -> Iterator[Dict[str, Any]]:
        """The rows, as dicts."""
        names = self.columns
        for row in zip(*self.to_dict().values()):
            yield dict(zip(names, row))

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        return self.rows()

    def __getitem__(self, place: int) -> Dict[str, Any]:
        return {name: self._table.column(name)[place] for name in self.columns}

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._table.__arrow_c_stream__(requested_schema)

    def to_arrow(self) -> pyarrow.Table:
        """The table as one of pyarrow, without a copy."""
        import pyarrow

        return pyarrow.RecordBatchReader.from_stream(self).read_all()

    def to_polars(self) -> polars.DataFrame:
        """The table as a frame of polars, without a copy."""
        import polars

        return polars.DataFrame(self)

    def to_pandas(self) -> pandas.DataFrame:
        """The table as a frame of pandas. An integer that may be unknown stays one (``Int64``)."""
        import pandas

        frame = pandas.DataFrame(self.to_dict(), columns=self.columns)
        for name, kind in zip(self.columns, self._table.kinds):
            # A column of nothing but unknown values would be of no type.
            if kind == "integer":
                frame[name] = frame[name].astype("Int64" if frame[name].isna().any() else "int64")
            elif kind == "real":
                frame[name] = frame[name].astype("float64")
            elif kind == "boolean" and len(frame):
                frame[name] = frame[name].astype("boolean" if frame[name].isna().any() else "bool")
        return frame

    def __repr__(self) -> str:
        return f"<newsfold table {self.name}: {len(self)} rows of {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        columns = self.to_dict()
        rows = zip(*(values[:SHOWN] for values in columns.values()))
        more = f", the first {SHOWN}" if len(self) > SHOWN else ""
        caption = f"{self.name}: {len(self):,} rows{more}"
        return as_html(caption, list(columns), rows)


def as_html(caption: str, names: Sequence[str], rows: Any) -> str:
    """A small table for a notebook. Whatever a cell holds is text there."""

    def cell(value: Any) -> str:
        text = "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
        if len(text) > SHOWN_CHARACTERS:
            text = text[:SHOWN_CHARACTERS] + "…"
        return f"<td>{html.escape(text)}</td>"

    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    body = "".join(f"<tr>{''.join(cell(value) for value in row)}</tr>" for row in rows)
    return (
        f"<table><caption>{html.escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
