"""An archive on disk tells what a run tells, and survives what its users do to it."""

import datetime
import json
import subprocess
import sys

import pytest

import newsfold


def told(results):
    """What a run found, by ids: families, stories, and where passages stand."""
    families = sorted(zip(results.articles.column("id"), results.articles.column("family_id")), key=str)
    stories = sorted(zip(results.articles.column("id"), results.articles.column("story_id")), key=str)
    places = results.occurrences.to_dict()
    return families, stories, sorted(zip(places["id"], places["start"], places["end"]), key=str)


@pytest.fixture
def archive(tmp_path):
    return newsfold.Archive.init(tmp_path / "news")


def test_batches_are_what_one_run_is(tmp_path, records):
    whole = newsfold.Archive.init(tmp_path / "whole", records)
    parts = newsfold.Archive.init(tmp_path / "parts", records, threads=1)
    whole.add(records)
    changes = [parts.add(records[start::3]) for start in range(3)]
    assert sum(len(change["added"]) for change in changes) == len(records) == len(parts) == len(whole)
    assert told(whole.results()) == told(parts.results())
    assert parts.generation == 4 and len(parts.changes()) == 3
    again = parts.add(records[:5])
    assert again["added"] == [] and again["skipped"] == 5
    assert "groups" in changes[0] and parts.stats()["articles"] == len(records)


def test_stories_and_outlets_are_looked_up(archive, records):
    first = archive.add(records[::2])
    seen = archive.generation
    archive.add(records[1::2])
    run = archive.results()
    rows = [dict(zip(run.stories.columns, row)) for row in zip(*run.stories.to_dict().values())]
    expected = {row["story_id"]: row["articles"] for row in rows if row["articles"] > 1}
    found = archive.stories(limit=10_000)
    assert {story["id"]: story["articles"] for story in found["stories"]} == expected
    assert found["of"] == len(expected)
    assert archive.stories(limit=2, skip=1)["stories"] == found["stories"][1:3]
    largest = max(found["stories"], key=lambda story: story["articles"])
    told = archive.story(largest["id"])
    assert told["story"] == largest and len(told["members"]) == largest["articles"]
    articles = dict(zip(run.articles.column("id"), run.articles.column("story_id")))
    assert {articles[member["id"]] for member in told["members"]} == {largest["id"]}
    day = told["members"][0]["published"][:10]
    of_day = archive.stories(day=datetime.date.fromisoformat(day), limit=10_000)["stories"]
    assert largest in of_day and len(of_day) < len(expected)
    name = told["members"][0]["outlet"]
    assert largest in archive.stories(outlet=name, limit=10_000)["stories"]
    outlet = archive.outlet(name)
    assert outlet["articles"] == run.articles.column("outlet").count(name)
    assert archive.story("no-such-story") is None and archive.outlet("Nobody's Paper") is None
    assert [change["generation"] for change in archive.changes(after=seen)] == [seen + 1]
    assert archive.changes() == archive.changes(after=0) and len(archive.changes()) == 2
    moved = [one for one in archive.changes()[-1]["redirects"] if one["kind"] == "story"]
    for one in moved:
        assert archive.story(one["redirect"])["story"]["id"] == one["to"]
    assert moved and first["generation"] == seen
    midnight = datetime.datetime.fromisoformat(day)
    assert archive.stories(day=midnight, limit=10_000)["stories"] == of_day
    for wrong in ("31 May 2024", "", "2024-W18-5", "2024-13-45", midnight.replace(hour=12)):
        with pytest.raises(newsfold.ConfigError, match="^day: .* is no day"):
            archive.stories(day=wrong)
    for wrong in ({"limit": -1}, {"skip": -1}, {"least": 1.5}):
        with pytest.raises(newsfold.ConfigError, match="is no whole number from 0 on"):
            archive.stories(**wrong)
    with pytest.raises(newsfold.ConfigError, match="^after: -1 is no whole number"):
        archive.changes(after=-1)


def test_it_is_the_archive_of_the_program(tmp_path, records, corpus_path):
    words = [sys.executable, "-m", "newsfold", "index"]
    folder = tmp_path / "news"
    subprocess.run([*words, "init", folder, "--threshold", "0.8", "-q"], check=True, timeout=60)
    subprocess.run([*words, "add", folder, corpus_path, "-q"], check=True, timeout=60)
    archive = newsfold.Archive(folder)
    asked = {"id": "mine", "outlet": "Mine", "text": records[0]["text"]}
    line = tmp_path / "asked.jsonl"
    line.write_text(json.dumps(asked), encoding="utf-8")
    run = subprocess.run([*words, "query", folder, line], check=True, timeout=60, capture_output=True)
    (seen,) = archive.query(asked)
    expected = json.loads(run.stdout)
    assert seen["copies"] == expected["copies"] and seen["passages"] == expected["passages"]
    assert seen["copies"][0]["id"] == records[0]["id"]
    with pytest.raises(newsfold.ConfigError, match="threshold"):
        archive.query(asked, threshold=0.9)
    with pytest.raises(newsfold.ConfigError, match="threshold"):
        archive.add([asked], threshold=0.9)
    for call in (
        lambda: archive.add([asked], check_recall=True),
        lambda: newsfold.Archive.init(tmp_path / "new", check_recall=True),
    ):
        with pytest.raises(newsfold.ConfigError, match="check_recall: .*; it is for run, dedup, stories$"):
            call()
    assert not (tmp_path / "new").exists()


def test_a_query_sees_what_others_added_meanwhile(archive, records):
    text = records[0]["text"]
    assert archive.query([text])[0]["copies"] == []
    newsfold.Archive(archive.folder).add(records[:3])
    assert archive.query([text])[0]["copies"][0]["id"] == records[0]["id"]
    assert len(archive) == 3


def test_the_story_of_an_article_takes_its_day_from_the_keyword(archive, records):
    dated = [record for record in records if record.get("published")]
    archive.add(dated[1:])
    first = {key: dated[0][key] for key in ("id", "title", "text")}
    day = datetime.date.fromisoformat(dated[0]["published"][:10])
    (seen,) = archive.query(first, what="stories", outlet=dated[0]["outlet"], date=day)
    assert seen["copies"] == [] and seen["story"] is not None
    with pytest.raises(newsfold.ConfigError, match="what"):
        archive.query(first, what="tales")
    with pytest.raises(newsfold.ConfigError, match="date"):
        archive.query(first, date="yesterday")


def test_articles_are_removed_by_id_outlet_and_day(archive, records):
    archive.add(records)
    gone = archive.remove(id=records[0]["id"])["removed"]
    assert gone == [records[0]["id"]]
    outlet = records[1]["outlet"]
    assert len(archive.remove(outlet=[outlet])["removed"]) > 0
    assert all(name != outlet for name in archive.results().articles.column("outlet"))
    archive.remove(before=datetime.datetime(2100, 1, 1))
    assert {record.get("published") for record in records if not record.get("published")}
    assert all(day is None for day in archive.results().articles.column("published"))
    with pytest.raises(TypeError):
        archive.remove()
    with pytest.raises(newsfold.UnknownArticle):
        archive.remove(id="no such id")
    assert archive.compact()["removed_files"] > 0
    assert archive.check()["sound"]


def test_a_damaged_archive_is_told(archive, records):
    archive.add(records[:10])
    (segment,) = archive.folder.glob("segment-*")
    content = segment.read_bytes()
    segment.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
    checked = newsfold.check_archive(archive.folder)
    assert not checked["sound"] and checked["faults"][0]["file"] == segment.name
    with pytest.raises(newsfold.InputError):
        archive.results()


def test_records_that_are_no_articles_are_a_warning(archive):
    with pytest.warns(newsfold.NewsfoldWarning, match="1 records are no articles") as caught:
        archive.add([{"id": "a", "text": "One and the same text."}, {"id": "b", "text": None}])
    assert caught[0].filename == __file__
    with pytest.raises(newsfold.InputError):
        newsfold.Archive(archive.folder / "nothing here")
    with pytest.raises(newsfold.OutputError):
        newsfold.Archive.init(archive.folder)
