"""The main doors: what goes in, what comes out, and what is refused."""

import datetime
import json
import os
import signal
import subprocess
import sys
import threading
import time
import warnings

import duckdb
import pandas
import polars
import pyarrow
import pytest

import newsfold

TEXT = "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety on board were saved."
OTHER = "Nobody was hurt when a barn burned down near Orrin Falls on Sunday, the fire brigade said."


def told(found):
    """All tables but for where an article was read, which a file and memory call differently."""
    tables = {}
    for name in found.tables:
        columns = found.table(name).to_dict()
        for place in ("source", "row"):
            columns.pop(place, None)
        tables[name] = columns
    return tables


FORMS = {
    "dicts": lambda records: records,
    "generator": lambda records: (dict(record) for record in records),
    "columns": lambda records: {key: [r.get(key) for r in records] for key in records[0]},
    "pandas": lambda records: pandas.DataFrame(records),
    "pandas of objects": lambda records: pandas.DataFrame(records, dtype=object),
    "polars": lambda records: polars.DataFrame(records),
    "polars, lazy": lambda records: polars.DataFrame(records).lazy(),
    "pyarrow": lambda records: pyarrow.Table.from_pylist(records),
    "pyarrow, in a dictionary": lambda records: encoded(records),
    "pyarrow, in pieces": lambda records: pyarrow.Table.from_batches(
        pyarrow.Table.from_pylist(records).to_batches(max_chunksize=7)
    ),
}


def dated(records):
    table = pyarrow.Table.from_pylist(records)
    moments = [
        datetime.datetime.fromisoformat(r["published"].replace("Z", "+00:00")) for r in records
    ]
    column = pyarrow.array(moments, pyarrow.timestamp("us", "UTC"))
    return table.set_column(table.column_names.index("published"), "published", column)


def encoded(records):
    table = pyarrow.Table.from_pylist(records)
    place = table.column_names.index("outlet")
    return table.set_column(place, "outlet", table.column("outlet").dictionary_encode())


def test_moments_of_arrow_and_python_are_dates(records):
    timed = [record for record in records if len(record.get("published", "")) >= 20]
    expected = told(newsfold.run(timed))
    assert told(newsfold.run(dated(timed))) == expected
    assert told(newsfold.run(dated(timed).to_pylist())) == expected
    days = pyarrow.table({"text": [TEXT], "published": pyarrow.array([datetime.date(2024, 5, 1)])})
    article = newsfold.dedup(days).articles[0]
    assert article["published"] == "2024-05-01T00:00:00Z" and article["notes"] == "no-time"


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_data_gives_what_the_file_gives(form, records, of_file):
    assert told(newsfold.run(FORMS[form](records))) == told(of_file)


def test_the_program_writes_the_same_tables(records, tmp_path, corpus_path, of_file):
    ours = of_file.save(tmp_path / "ours")
    program = tmp_path / "program"
    subprocess.run(
        [sys.executable, "-m", "newsfold", "run", str(corpus_path), "-o", str(program), "-q"],
        check=True,
    )
    names = sorted(os.listdir(ours))
    assert names == sorted(os.listdir(program))
    for name in names:
        if name != "run.json":
            assert (ours / name).read_bytes() == (program / name).read_bytes(), name


def test_what_is_saved_from_memory_is_whole(records, tmp_path):
    out = newsfold.dedup(records, threads=1).save(tmp_path / "out", format="jsonl")
    run = json.loads((out / "run.json").read_text())
    assert run["counts"]["articles"] == len(records)
    assert sorted(path.name for path in out.glob("*.jsonl")) == [
        "articles.jsonl", "families.jsonl", "pairs.jsonl", "rejects.jsonl",
    ]


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_threads_change_nothing(records, threads):
    assert told(newsfold.run(records, threads=threads)) == told(newsfold.run(records))


def test_ids_stay_what_they_are():
    numbers = newsfold.dedup([{"id": 7, "text": TEXT}, {"id": 9, "text": TEXT}])
    assert numbers.pairs.column("id_a") == [7]
    assert numbers.pairs.to_arrow().schema.field("id_a").type == pyarrow.int64()
    texts = newsfold.dedup([("7", TEXT), ("9", TEXT)])
    assert texts.pairs.column("id_a") == ["7"]


def test_rows_without_an_id_go_by_the_index_of_the_frame():
    frame = pandas.DataFrame({"body": [TEXT, OTHER, TEXT]}, index=[30, 10, 20])
    found = newsfold.dedup(frame)
    removed = found.remove.to_pandas()
    # The two are alike in all but their names, so the lesser name is kept, as ever.
    assert removed["id"].tolist() == [30] and removed["kept_id"].tolist() == [20]
    assert frame.loc[removed["id"], "body"].tolist() == [TEXT]
    assert frame[found.mask].index.tolist() == [10, 20]
    named = pandas.DataFrame({"text": [TEXT, TEXT]}, index=["x", "y"])
    assert newsfold.dedup(named).remove.column("id") == ["y"]
    # Labels that do not tell the rows apart are none.
    twice = pandas.DataFrame({"text": [TEXT, TEXT]}, index=[5, 5])
    assert newsfold.dedup(twice).remove.column("id") == [1]


def test_a_frame_of_mixed_values_is_read():
    frame = pandas.DataFrame({"id": [1, "b"], "text": [TEXT, TEXT], "tags": [["x"], None]})
    assert newsfold.dedup(frame).pairs.column("id_a") == ["1"]


def test_series_and_texts_are_data():
    for data in ([TEXT, TEXT], pandas.Series([TEXT, TEXT]), polars.Series([TEXT, TEXT]),
                 pyarrow.array([TEXT, TEXT]), (text for text in [TEXT, TEXT])):
        assert newsfold.dedup(data).mask == [True, False]


def test_nested_records_and_lists_are_read_as_from_json(tmp_path):
    record = {"thread": {"site_full": "post.example"}, "url": "https://post.example/1",
              "maintext": [TEXT, OTHER], "date_publish": "2024-05-01 09:00:00", "title": float("nan")}
    found = newsfold.stories([record])
    row = found.articles[0]
    assert row["outlet"] == "post.example" and row["published"] == "2024-05-01T09:00:00Z"
    assert row["chars"] == len(TEXT) + len(OTHER) + 2 and row["title"] is None
    arrow = pyarrow.Table.from_pylist([{**record, "title": None}])
    assert told(newsfold.stories(arrow)) == told(found)


def test_duckdb_gives_and_takes(records, of_file):
    given = pyarrow.Table.from_pylist(records)
    assert told(newsfold.run(duckdb.sql("select * from given"))) == told(of_file)
    # DuckDB finds it by the name of the variable.
    stories = of_file.stories
    assert len(stories) > 0
    counted = pyarrow.table(duckdb.sql("select count(*) as n, max(articles) as most from stories"))
    assert counted.to_pylist() == [{"n": len(stories), "most": max(stories.column("articles"))}]


def test_no_records_give_empty_tables():
    found = newsfold.run([])
    assert found.counts["articles"] == 0
    assert all(len(found.table(name)) == 0 for name in found.tables)
    assert found.pairs.to_pandas().columns.tolist() == found.pairs.columns
    assert found.pairs.to_polars().height == 0


def test_fields_are_named_by_hand():
    found = newsfold.dedup([{"x": 3, "y": TEXT}, {"x": 4, "y": TEXT}], fields={"text": "y", "id": "x"})
    assert found.pairs.column("id_b") == [4]
    with pytest.raises(newsfold.ConfigError, match="body_text"):
        newsfold.dedup([{"y": TEXT}], fields={"body_text": "y"})


def test_near_duplicates_are_compared_by_the_fields_asked_for():
    rows = [{"title": TEXT, "text": "One story."}, {"title": TEXT, "text": "Another one."}]
    for fields, pairs in [(None, 0), ("text", 0), ("title", 1), (["title"], 1)]:
        assert len(newsfold.dedup(rows, fields=fields).pairs.column("id_b")) == pairs


def test_a_record_that_is_no_article_is_told_and_stays():
    with pytest.warns(newsfold.NewsfoldWarning, match="memory#2"):
        found = newsfold.dedup([{"text": TEXT}, {"text": ""}, {"text": TEXT}])
    assert found.rejects[0][0] == "memory#2" and found.mask == [True, True, False]
    with pytest.raises(newsfold.InputError) as strict:
        newsfold.dedup([{"text": TEXT}, {"text": ""}], strict=True)
    assert strict.value.record == 1
    with pytest.raises(newsfold.InputError, match="no article was read"):
        newsfold.dedup([{"headline": "x"}])
    with pytest.raises(newsfold.InputError):
        newsfold.dedup(pandas.DataFrame({"a": [1]}))


def test_settings_are_those_of_the_program():
    with pytest.raises(newsfold.ConfigError, match="did you mean threshold") as unknown:
        newsfold.dedup([TEXT], treshold=0.8)
    assert unknown.value.setting == "treshold"
    with pytest.raises(newsfold.ConfigError, match="^threshold: 2") as wide:
        newsfold.dedup([TEXT], threshold=2)
    assert wide.value.setting == "threshold" and isinstance(wide.value, ValueError)
    with pytest.raises(newsfold.ConfigError, match="^ngram"):
        newsfold.dedup([TEXT], ngram="five")
    with pytest.raises(newsfold.ConfigError, match="^write_kept"):
        newsfold.dedup([TEXT], write_kept="kept.jsonl")
    help_text = subprocess.run(
        [sys.executable, "-m", "newsfold", "config", "--print"], capture_output=True, text=True, check=True
    ).stdout
    for name in newsfold._settings.NAMES:
        assert name.replace("_", "-") in help_text, name


def test_a_setting_that_would_do_nothing_says_who_takes_it():
    two = [{"id": "a", "text": TEXT}, {"id": "b", "text": TEXT}]
    for call, setting, takes in [
        (lambda: newsfold.stories(two, min_passage=9), "min_passage", "run, passages, explain, compare, Archive.init"),
        (lambda: newsfold.dedup(two, story_threshold=0.1), "story_threshold", "run, stories, explain, Archive.init"),
        (lambda: newsfold.passages(two, fields="title"), "fields", "run, dedup, stories, explain, Archive.init"),
        (lambda: newsfold.passages(two, seed=1), "seed", "run, dedup, stories, explain, Archive.init"),
        (lambda: newsfold.compare(TEXT, TEXT, threshold=0.5), "threshold", "run, dedup, stories, explain, Archive.init"),
        (lambda: newsfold.explain(two, "a", "b", output="out"), "output", "run, dedup, stories, passages"),
    ]:
        with pytest.raises(newsfold.ConfigError, match=f"{setting}: .* has no use for it; it is for {takes}$") as told:
            call()
        assert told.value.setting == setting
    with pytest.raises(newsfold.ConfigError, match="^max_distance: .* with method minhash; it is for method simhash$"):
        newsfold.dedup(two, max_distance=5)
    with pytest.raises(newsfold.ConfigError, match="^num_perm: .* with method exact; it is for method minhash$"):
        newsfold.run(two, method="exact", num_perm=64)
    assert len(newsfold.dedup(two, method="simhash", max_distance=5, min_passage=None).pairs) == 1


def test_a_table_that_was_not_looked_for_says_who_does():
    found = newsfold.dedup([TEXT])
    with pytest.raises(newsfold.NotLookedFor, match="dedup does not look for stories"):
        found.stories
    assert not hasattr(found, "passages")
    with pytest.raises(newsfold.NotLookedFor, match="keep"):
        newsfold.passages([TEXT]).keep
    assert not hasattr(found, "nonsense")


def test_every_table_is_an_attribute_and_documented(of_file):
    for name in of_file.tables:
        table = getattr(of_file, name)
        assert isinstance(table, newsfold.Table) and table.name == name
        assert list(table.about) == table.columns and all(table.about.values())


def test_tables_are_the_same_in_every_library(of_file):
    for name in of_file.tables:
        table = of_file.table(name)
        columns = table.to_dict()
        assert table.to_arrow().to_pydict() == columns
        assert table.to_polars().to_dict(as_series=False) == columns
        frame = table.to_pandas().astype(object)
        assert frame.where(frame.notna(), None).to_dict("list") == columns
        assert list(table) == table.to_arrow().to_pylist()


def test_an_error_of_the_callers_own_comes_back():
    def broken():
        yield {"text": TEXT}
        raise RuntimeError("my own")

    with pytest.raises(RuntimeError, match="my own"):
        newsfold.run(broken())
    with pytest.raises(TypeError, match="a record is a dict"):
        newsfold.run([object()])
    with pytest.raises(TypeError, match="data is an iterable"):
        newsfold.run(5)
    with pytest.raises(newsfold.InputError):
        newsfold.run("no/such/file.jsonl")
    with pytest.raises(newsfold.OutputError):
        newsfold.dedup([TEXT]).save("/proc/nowhere")


def test_other_threads_go_on_and_the_generator_stays_on_its_own(records):
    seen, ticks = set(), []
    stop = threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    def each():
        for _ in range(20):
            for place, record in enumerate(records):
                seen.add(threading.get_ident())
                yield {**record, "id": f"{_}-{place}"}

    other = threading.Thread(target=tick)
    other.start()
    begun = time.perf_counter()
    newsfold.run(each())
    ended = time.perf_counter()
    stop.set()
    other.join()
    assert seen == {threading.get_ident()}
    during = [at for at in ticks if begun < at < ended]
    pauses = [after - before for before, after in zip(during, during[1:])]
    # A machine under load has pauses of its own; one for the length of the run would be the lock.
    assert len(during) > 10 and max(pauses) < (ended - begun) / 2, (max(pauses), ended - begun)


def test_ctrl_c_stops_a_run(tmp_path):
    path = tmp_path / "made-up.jsonl"
    subprocess.run(
        [sys.executable, "-m", "newsfold", "synth", "--articles", "20000", "-o", str(path)],
        check=True, capture_output=True,
    )
    code = (
        "import newsfold, sys\n"
        "told = lambda stage, done, total: (print(stage, flush=True))\n"
        "try:\n"
        f"    newsfold.run({str(path)!r}, progress=told)\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(77)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line.strip() != "ingest":
            break
    begun = time.perf_counter()
    process.send_signal(signal.SIGINT)
    process.stdout.read()
    assert process.wait(timeout=60) == 77
    assert time.perf_counter() - begun < 20


def test_progress_is_told(records, capsys):
    stages = []
    newsfold.run(records, progress=lambda stage, done, total: stages.append(stage))
    newsfold.dedup(records, progress=True)
    assert capsys.readouterr().out == ""
    with pytest.raises(ZeroDivisionError):
        newsfold.run(
            ({**record, "id": f"{n}-{record['id']}"} for n in range(60) for record in records),
            progress=lambda *_: 1 / 0,
        )


def test_explain_and_compare_are_those_of_the_program(records, corpus_path, tmp_path):
    a, b = newsfold.dedup(records).pairs.column("id_a")[0], newsfold.dedup(records).pairs.column("id_b")[0]

    def program(command, *more):
        words = [sys.executable, "-m", "newsfold", command, str(corpus_path), a, b, "--json", *more]
        return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)

    def without_place(answer):
        if isinstance(answer, dict):
            return {key: without_place(value) for key, value in answer.items() if key != "source"}
        return [without_place(item) for item in answer] if isinstance(answer, list) else answer

    why = newsfold.explain(records, a, b)
    assert without_place(why.to_dict()) == without_place(program("explain"))
    assert "Jaccard" in str(why) and why.html.lstrip().lower().startswith("<!doctype html>")
    side_by_side = newsfold.compare(a, b, records)
    assert without_place(side_by_side.to_dict()) == without_place(program("compare"))
    assert side_by_side._repr_html_().startswith("<iframe srcdoc=")
    # Statistics of ten articles of the hundred: other words are rare there.
    few, fixed = tmp_path / "few.jsonl", tmp_path / "few.stats"
    few.write_text("".join(json.dumps(record) + "\n" for record in records[:10]))
    words = [sys.executable, "-m", "newsfold", "background", str(few), "-o", str(fixed)]
    subprocess.run(words, check=True)
    by_fixed = newsfold.explain(records, a, b, background=str(fixed))
    assert without_place(by_fixed.to_dict()) == without_place(program("explain", "--background", str(fixed)))
    assert by_fixed.to_dict() != why.to_dict()
    with pytest.raises(newsfold.UnknownArticle, match="no article has the id"):
        newsfold.explain(records, "nobody", b)


def test_two_texts_are_compared():
    answer = newsfold.compare({"text": TEXT, "title": "A"}, TEXT.replace("dawn", "dusk"), min_passage=5)
    assert answer["a"]["title"] == "A" and answer["b"]["same_words"] == 15


def test_a_notebook_shows_text_as_text():
    found = newsfold.stories([{"id": "<script>alert(1)</script>", "text": TEXT}])
    shown = found.articles._repr_html_() + found._repr_html_()
    assert "<script>" not in shown and "&lt;script&gt;" in shown
    assert "articles" in found._repr_html_() and "1 articles" in repr(found)


def test_no_warning_where_there_is_nothing_to_say(records):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        newsfold.run(records)
