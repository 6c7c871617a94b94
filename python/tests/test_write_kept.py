"""What ``--write-kept`` writes is read by the libraries that people go on with."""

import csv
import subprocess
import sys
from datetime import datetime, timezone

import pytest

#: What a cell may hold that trips a reader or a writer.
ODD = ["=1+1", 'He said "no", twice', "one\ntwo", "", "  ", "ünïcödé – 記事", "a\tb", "'", "NULL"]
FIELDS = ["id", "outlet", "url", "published", "title", "text"]


def kept(source, target, *options):
    """The ids that stay, after the file was written."""
    out = target.parent / "out"
    words = [sys.executable, "-m", "newsfold", "run", str(source), "-q", "-o", str(out)]
    words += ["--write-kept", str(target), *options]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    ids = set((out / "keep.txt").read_text(encoding="utf-8").splitlines())
    assert len(ids) > 50
    return ids


def rows_of(records):
    """The example corpus as a table of text, with odd cells beside."""
    return [
        {**{name: record.get(name, "") for name in FIELDS}, "odd, column": ODD[place % len(ODD)]}
        for place, record in enumerate(records)
    ]


def read_csv_with(library, path, delimiter=","):
    """The rows as text, by this library."""
    if library == "pandas":
        pandas = pytest.importorskip("pandas")
        return pandas.read_csv(path, sep=delimiter, dtype=str, keep_default_na=False).to_dict("records")
    if library == "polars":
        polars = pytest.importorskip("polars")
        return polars.read_csv(path, separator=delimiter, infer_schema=False).fill_null("").to_dicts()
    found = pytest.importorskip("duckdb").execute(
        "select * from read_csv(?, delim = ?, all_varchar = true, header = true, nullstr = 'no such text')",
        [str(path), delimiter],
    )
    names = [column[0] for column in found.description]
    return [dict(zip(names, row)) for row in found.fetchall()]


def write_csv(path, rows, delimiter=","):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize("name", ["kept.csv", "kept.csv.gz"])
@pytest.mark.parametrize("library", ["pandas", "polars", "duckdb"])
def test_csv_is_read_back_cell_by_cell(records, tmp_path, library, name):
    rows = rows_of(records)
    ids = kept(write_csv(tmp_path / "in.csv", rows), tmp_path / name)
    expected = [row for row in rows if row["id"] in ids]
    assert len(expected) < len(rows)
    assert read_csv_with(library, tmp_path / name) == expected


@pytest.mark.parametrize("library", ["pandas", "polars", "duckdb"])
def test_csv_is_read_back_with_sentences_cut_out(records, tmp_path, library):
    rows = rows_of(records)
    path = tmp_path / "kept.csv"
    ids = kept(write_csv(tmp_path / "in.csv", rows, ";"), path, "--scrub", "both")
    found = read_csv_with(library, path, ";")
    before = {row["id"]: row for row in rows}
    assert [row["id"] for row in found] == [row["id"] for row in rows if row["id"] in ids]
    shorter = [row for row in found if len(row["text"]) < len(before[row["id"]]["text"])]
    assert shorter
    assert all({**row, "text": ""} == {**before[row["id"]], "text": ""} for row in found)


def table_of(records):
    """The example corpus with columns of many types, and nothing in some cells."""
    arrow = pytest.importorskip("pyarrow")
    numbers = range(len(records))
    first = datetime(2024, 1, 1, tzinfo=timezone.utc)
    columns = {name: [record.get(name, "") for record in records] for name in FIELDS if name != "published"}
    columns["published"] = arrow.array([first] * len(records), arrow.timestamp("us", "UTC"))
    columns["words"] = arrow.array([None if n % 7 == 0 else n for n in numbers], arrow.int32())
    columns["score"] = arrow.array([n / 3 for n in numbers], arrow.float64())
    columns["paid"] = arrow.array([n % 2 == 0 for n in numbers], arrow.bool_())
    columns["tags"] = arrow.array([["a", None, ODD[n % len(ODD)]][: n % 4] for n in numbers], arrow.list_(arrow.string()))
    columns["place"] = arrow.array([{"lat": n / 2, "name": ODD[n % len(ODD)]} for n in numbers])
    columns["odd, column"] = [ODD[n % len(ODD)] for n in numbers]
    return arrow.table(columns)


@pytest.mark.parametrize("options", [(), ("--scrub", "both")], ids=["whole", "scrubbed"])
@pytest.mark.parametrize("library", ["pandas", "polars", "duckdb"])
def test_parquet_is_read_back_with_its_types(records, tmp_path, library, options):
    module = pytest.importorskip(library)
    parquet = pytest.importorskip("pyarrow.parquet")
    source, target = tmp_path / "in.parquet", tmp_path / "kept.parquet"
    parquet.write_table(table_of(records), source, row_group_size=25, compression="zstd")
    ids = kept(source, target, *options)
    assert len(ids) < len(records)
    if library == "pandas":
        before, after = (module.read_parquet(path) for path in (source, target))
        before = before[before["id"].isin(ids)].reset_index(drop=True)
        texts = (before.pop("text"), after.pop("text"))
        module.testing.assert_frame_equal(after, before)
        texts = [list(column) for column in texts]
    elif library == "polars":
        before, after = (module.read_parquet(path) for path in (source, target))
        before = before.filter(module.col("id").is_in(list(ids)))
        assert after.schema == before.schema
        assert after.drop("text").equals(before.drop("text"))
        texts = [frame["text"].to_list() for frame in (before, after)]
    else:
        columns = "id, outlet, url, title, published, words, score, paid, tags, place, \"odd, column\", text"
        def asked(path):
            found = module.execute(f"select {columns} from read_parquet(?)", [str(path)])
            return found.fetchall(), [str(column[1]) for column in found.description]

        (before, types), (after, types_after) = asked(source), asked(target)
        assert types_after == types
        before = [row for row in before if row[0] in ids]
        assert [row[:-1] for row in after] == [row[:-1] for row in before]
        texts = [[row[-1] for row in rows] for rows in (before, after)]
    if options:
        assert all(len(new) <= len(old) for old, new in zip(*texts)) and texts[0] != texts[1]
    else:
        assert texts[0] == texts[1]
