"""Near-duplicates, stories and passages on Spark are those of one machine: on a master with two workers on this
machine, whatever is killed meanwhile. What is started here is ended here, by the number of its process.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pyspark = pytest.importorskip("pyspark")
if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
    pytest.skip("there is no Java", allow_module_level=True)

import newsfold  # noqa: E402
from newsfold.spark import connected_components, near_duplicates, passages, stories  # noqa: E402

pytestmark = pytest.mark.spark

#: Seconds after which something is given up. A run takes about half a minute on two free cores.
LIMIT = 420
#: Where an article stands in its input is not known on a cluster.
UNKNOWN = {"source", "row"}
#: What Spark's processes need to find each other on this machine.
HERE = {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
#: Small data on a Java that has just begun: what is compiled for speed is never used again.
QUICK = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
#: The tables of passages.
OF_PASSAGES = ("passages", "occurrences", "alignments", "edges")
SPARK_CLASS = Path(pyspark.__path__[0]) / "bin" / "spark-class"


def waited_for(what, is_there, seconds=LIMIT, process=None):
    """Waits until it is there."""
    end = time.monotonic() + seconds
    while not is_there():
        assert time.monotonic() < end, f"{what}: not after {seconds} s"
        assert process is None or process.poll() is None, f"{what}: the process ended"
        time.sleep(0.05)


def children(of):
    """The processes that this one started."""
    return [int(pid) for task in Path(f"/proc/{of}/task").glob("*/children") for pid in task.read_text().split()]


def is_executor(pid):
    try:
        return b"CoarseGrainedExecutorBackend" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


class Cluster:
    """A master and two workers with a core each."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"spark://127.0.0.1:{port}"
        self.processes = []
        master = ["master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
        self.start(master, "master.log", "New state: ALIVE")
        worker = ["worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0"]
        begun = []
        for number in (1, 2):
            own = [*worker, "--work-dir", str(folder / f"worker-{number}"), self.url]
            begun.append(self.begin(own, f"worker-{number}.log"))
        for process, log in begun:
            self.wait(process, log, "Successfully registered")

    def start(self, words, log, says):
        self.wait(*self.begin(words, log), says)

    def begin(self, words, log):
        log = self.folder / log
        words = [str(SPARK_CLASS), f"org.apache.spark.deploy.{words[0]}", *words[1:]]
        with log.open("wb") as out:
            begun = subprocess.Popen(words, stdout=out, stderr=out, env={**os.environ, **HERE})
        self.processes.append(begun)
        return begun, log

    def wait(self, process, log, says):
        waited_for(log.name, lambda: says in log.read_text(), 120, process)

    def executors(self):
        """Their processes. A worker has the end of its shell as a child too."""
        workers = (worker.pid for worker in self.processes[1:])
        return [pid for worker in workers for pid in children(worker) if is_executor(pid)]

    def end(self):
        executors = self.executors()
        for process in self.processes:
            process.kill()
            process.wait()
        for executor in executors:
            kill(executor)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    yield started
    started.end()


@pytest.fixture(scope="module")
def session():
    from pyspark.sql import SparkSession

    os.environ.update(HERE)
    builder = SparkSession.builder.master("local[2]").config("spark.sql.shuffle.partitions", "3")
    for name, value in QUICK.items():
        builder = builder.config(name, value)
    started = builder.getOrCreate()
    yield started
    started.stop()


def program(*words):
    """The program, in a process of its own: in this one it would answer the signals."""
    subprocess.run([sys.executable, "-m", "newsfold", *map(str, words), "-q"], check=True, timeout=LIMIT)


def statistics_of(path):
    file = path.with_suffix(".statistics")
    program("background", path, "-o", file)
    return file


@pytest.fixture(scope="module")
def example(tmp_path_factory, corpus_path):
    path = tmp_path_factory.mktemp("example") / "articles.jsonl"
    shutil.copy(corpus_path, path)
    statistics = statistics_of(path)
    return path, statistics, newsfold.dedup(path, background=statistics)


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """More articles than a slice of stories has, of which every tenth has no date."""
    path = tmp_path_factory.mktemp("made-up") / "articles.jsonl"
    program("synth", "--articles", 3000, "--seed", 7, "-o", path)
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for record in records[::10]:
        # An address may tell a day, too.
        del record["published"], record["url"]
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path, statistics_of(path)


def command(inputs, out, statistics, master, partitions, *more):
    words = [sys.executable, "-m", "newsfold.spark", "--master", master, str(inputs), "-o", str(out)]
    words += ["--background", str(statistics), "--plan", *more]
    for setting in (
        *(f"{name}={value}" for name, value in QUICK.items()),
        "spark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.driver.host=127.0.0.1",
        "spark.driver.memory=1g",
        "spark.executor.memory=600m",
        "spark.executor.cores=1",
        f"spark.sql.shuffle.partitions={partitions}",
        # As many partitions as asked for, however little there is in them.
        "spark.sql.adaptive.coalescePartitions.enabled=false",
    ):
        words += ["--conf", setting]
    return words


RUNNING = []


def started(words, log):
    with log.open("wb") as out:
        RUNNING.append(subprocess.Popen(words, stdout=out, stderr=out, env={**os.environ, **HERE}))
    return RUNNING[-1]


@pytest.fixture(autouse=True)
def nothing_goes_on():
    yield
    while RUNNING:
        end(RUNNING.pop())


def ended(process, log):
    """Waits for a run, and returns what it told."""
    code = process.wait(LIMIT)
    assert code == 0, log.read_text()[-4000:]
    return log.read_text()


def end(process):
    """Ends a driver, and the Java beneath it."""
    beneath = children(process.pid)
    process.kill()
    process.wait()
    for pid in beneath:
        kill(pid)


def told(rows):
    return [{name: value for name, value in row.items() if name not in UNKNOWN} for row in rows]


def assert_written(out, expected, more=()):
    """The tables in a folder are those of a run on one machine, in its order."""
    import pyarrow.parquet

    for name in ("articles", "pairs", "families", "remove", *more):
        table = pyarrow.parquet.read_table(out / name).to_pylist()
        rows = told(getattr(expected, name).rows())
        assert len(table) == len(rows), name
        assert sorted(table, key=str) == sorted(rows, key=str) if name == "remove" else table == rows, name
    kept = pyarrow.parquet.read_table(out / "keep").column("id").to_pylist()
    assert sorted(kept) == sorted(expected.keep.column("id"))


@pytest.mark.parametrize("executors, partitions", [(1, 1), (2, 7)])
def test_the_example_has_the_rows_of_one_machine(cluster, example, tmp_path, executors, partitions):
    path, statistics, expected = example
    words = command(path, tmp_path / "out", statistics, cluster.url, partitions)
    log = tmp_path / "log"
    ended(started([*words, "--conf", f"spark.cores.max={executors}"], log), log)
    assert_written(tmp_path / "out", expected)
    facts = json.loads((tmp_path / "out" / "run.json").read_text())
    assert facts["rows"]["articles"] == len(expected.articles)
    assert not (tmp_path / "out" / "_stages").exists()


@pytest.mark.parametrize("executors, partitions, more", [(1, 5, ()), (2, 3, OF_PASSAGES)])
def test_a_made_up_corpus_has_the_rows_of_one_machine(cluster, made_up, tmp_path, executors, partitions, more):
    """Stories and what is under them, in slices of which the last has no dates; and passages once."""
    import pyarrow.json
    import pyarrow.parquet

    path, statistics = made_up
    expected = (newsfold.run if more else newsfold.stories)(path, background=statistics)
    if more:
        assert {row["kind"] for row in expected.passages.rows()} >= {"syndicated", "boilerplate"}
    assert len(expected.storylines) > 5 and any(row["texts"] > 2 for row in expected.stories.rows())
    assert sum(row["published"] is None for row in expected.articles.rows()) == 300
    table = pyarrow.json.read_json(path)
    (tmp_path / "in").mkdir()
    for part in range(3):
        rows = table.slice(part * 1000, 1000)
        pyarrow.parquet.write_table(rows, tmp_path / "in" / f"{part}.parquet", row_group_size=300)
    inputs, out, log = tmp_path / "in", tmp_path / "out", tmp_path / "log"
    words = command(inputs, out, statistics, cluster.url, partitions, "--input-format", "parquet", "--stories")
    words += [*["--passages"] * bool(more), "--keep-stages", "--conf", f"spark.cores.max={executors}"]
    log_of_run = ended(started(words, log), log)
    assert_written(out, expected, ("stories", "storylines", *more))
    assert f"{len(expected.pairs):,} pairs" in log_of_run
    assert "the most that one task held" in log_of_run
    slices = pyarrow.parquet.read_table(out / "_stages" / "story-slices")
    assert len(set(slices.column("slice").to_pylist())) > 2


def test_stories_by_other_settings_and_counted_by_the_driver(session, corpus_path, tmp_path):
    """Copies that are parted by another policy stand for others, and a narrow window links fewer."""
    frame = session.read.json(str(corpus_path)).repartition(3)
    settings = {"keep": "last", "window": 48, "story_preset": "strict"}
    found = stories(frame, checkpoint=str(tmp_path), records=True, **settings)
    statistics = statistics_of(shutil.copy(corpus_path, tmp_path / "articles.jsonl"))
    expected = newsfold.stories(corpus_path, background=statistics, **settings)
    for name in ("stories", "storylines", "articles"):
        rows = [row.asDict() for row in getattr(found, name).collect()]
        assert rows == told(getattr(expected, name).rows()), name
    assert found.largest["texts of a component"] > 1


def test_passages_that_many_and_few_articles_share(session, tmp_path):
    """A wire text in thirty outlets, some of which edit it; what an outlet prints beneath all; a line said over and
    over; credits that only datelines or authors explain; and an article whose text came damaged."""
    words = [f"word{number}" for number in range(4000)]
    story = lambda start, length: " ".join(words[(start * 97 + 31 * place) % 4000] for place in range(length))
    wire, footer = story(1, 90), "Read the letters of our readers\n" + story(2, 20)
    records = []
    for number in range(30):
        text = wire.replace("word12", "other", number % 3) if number % 4 == 3 else wire
        text = f"{story(10 + number, 40)}\n{text}\n{story(50 + number, 30)}"
        records.append({"outlet": f"Outlet {number % 9}", "text": text})
    for number in range(6):
        records.append({"outlet": "The Ferry", "text": f"{story(90 + number, 80)}\n{footer}\nNext\nNext"})
        records.append({"outlet": "", "text": story(100 + number, 60) + "\n" + "Buy one, get two. " * 20 * (number % 2)})
    for number in range(2):
        records.append({"outlet": f"Wire {number}", "text": f"HAVENMOUTH (TNA) — {story(110 + number, 50)}\n(TNA)"})
        damaged = f"Itâ€™s the ferryâ€™s harbour. {wire}"
        records.append({"outlet": f"Damaged {number}", "text": damaged})
    for number, record in enumerate(records):
        record.update(id=f"n{number:03}", published=f"2024-05-{number % 28 + 1:02}")
        record["author"] = ["Jo Berg", "", "Ana Ruiz, Reuters"][number % 3]
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    statistics = statistics_of(path)
    expected = newsfold.run(path, background=statistics, sensitivity="high")
    assert max(row["articles"] for row in expected.passages.rows()) > 30
    assert any(row["kind"] == "repeated" for row in expected.passages.rows())
    assert any("encoded-twice" in (row["notes"] or "") for row in expected.articles.rows())
    own = session.newSession()
    own.conf.set("spark.sql.shuffle.partitions", "4")
    own.conf.set("spark.sql.adaptive.coalescePartitions.enabled", "false")
    frame = own.read.json(str(path)).repartition(4)
    found = passages(frame, statistics=statistics, checkpoint=str(tmp_path), records=True, sensitivity="high")
    for name in OF_PASSAGES:
        rows = [row.asDict() for row in getattr(found, name).collect()]
        assert rows == told(getattr(expected, name).rows()), name
    assert {"Reuters", "TNA", None} <= {row["credit"] for row in expected.articles.rows()}
    copied = ("id", "author", "credit", "copied", "boilerplate", "copied_from")
    rows = [{name: row[name] for name in copied} for row in found.articles.collect()]
    assert rows == [{name: row[name] for name in copied} for row in expected.articles.rows()]
    assert found.stories is None and found.largest["articles of a component of passages"] > 30


def test_an_executor_killed_in_the_middle_changes_nothing(cluster, made_up, tmp_path):
    path, statistics = made_up
    expected = newsfold.dedup(path, background=statistics)
    out, log = tmp_path / "out", tmp_path / "log"
    process = started(command(path, out, statistics, cluster.url, 4), log)
    waited_for("a stage", (out / "_stages" / "sketches" / "_SUCCESS").exists, process=process)
    waited_for("two executors", lambda: len(cluster.executors()) == 2, process=process)
    kill(cluster.executors()[0])
    said = ended(process, log)
    assert "Lost executor" in said
    assert_written(out, expected)


def test_a_driver_that_is_killed_goes_on_from_the_last_stage(example, tmp_path):
    path, statistics, expected = example
    out, log = tmp_path / "out", tmp_path / "log"
    words = command(path, out, statistics, "local[2]", 2)
    process = started(words, log)
    waited_for("a stage", (out / "_stages" / "docs" / "_SUCCESS").exists, process=process)
    end(process)
    said = ended(started(words, log), log)
    assert_written(out, expected)
    stages = [line for line in said.splitlines() if line.startswith(("articles ", "docs ", "families "))]
    assert [line.endswith("was there") for line in stages] == [True, True, False]


def test_a_bucket_of_two_thousand_and_copies_of_one_text(session, tmp_path):
    """Near-duplicates all of each other, of which not all pairs are listed; every id twice, or no id at all."""
    body = " ".join(f"word{place}" for place in range(120))
    records = []
    for number in range(2000):
        text = f"{body} tail{number // 2} end{number // 2}" if number % 5 else body
        day = f"2024-05-{number % 28 + 1:02}"
        records.append({"id": f"n{number:04}", "text": text, "published": day, "outlet": f"O{number % 7}"})
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    statistics = statistics_of(path)
    expected = newsfold.dedup(path, background=statistics, keep="last")
    assert len(expected.pairs) > 100_000
    frame = session.read.json(str(path)).repartition(5)
    found = near_duplicates(frame, statistics=statistics, checkpoint=str(tmp_path), records=True, keep="last")
    for name in ("families", "articles", "pairs"):
        rows = getattr(found, name).toArrow() if hasattr(frame, "toArrow") else getattr(found, name).toPandas()
        rows = rows.to_pylist() if hasattr(rows, "to_pylist") else rows.to_dict("records")
        assert rows == told(getattr(expected, name).rows()), name
    found.drop()
    assert not [name for name in os.listdir(tmp_path) if name.startswith("newsfold-")]


def test_ids_and_rejects_of_a_frame(session, tmp_path):
    """Numbers stay numbers, an id that two articles have is told apart, and what is no article is told."""
    text = "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety were saved."
    rows = [(7, text, "2024-05-01"), (8, text, "2024-05-02"), (9, None, None)]
    frame = session.createDataFrame(rows, "id long, body string, date string")
    found = near_duplicates(frame, checkpoint=str(tmp_path), fields={"text": "body"})
    assert [tuple(row) for row in found.pairs.select("id_a", "id_b", "evidence").collect()] == [(7, 8, "identical")]
    assert [row.id for row in found.remove.collect()] == [8]
    assert [row.id for row in found.keep.collect()] == [7]
    assert found.rejects.count() == 1
    same = session.createDataFrame([("x", text), ("x", text + " More.")], "id string, text string")
    found = near_duplicates(same, checkpoint=str(tmp_path))
    assert sorted(row.id for row in found.articles.collect()) == ["x#1", "x#2"]


def test_a_chain_of_ten_thousand_takes_few_rounds(session, tmp_path):
    import random

    nodes = list(range(10_000))
    random.Random(1).shuffle(nodes)
    edges = session.createDataFrame(list(zip(nodes, nodes[1:])), "a long, b long")
    found, rounds = connected_components(edges, checkpoint=str(tmp_path))
    assert found.count() == found.select("doc").distinct().count() == 10_000
    assert [row.component for row in found.select("component").distinct().collect()] == [0]
    print(f"a chain of 10,000: {rounds} rounds")
    assert rounds <= 16


def test_what_cannot_be_is_said(session, tmp_path):
    frame = session.createDataFrame([("a", "a text")], "id string, text string")
    with pytest.raises(newsfold.ConfigError, match="exact is not there on a cluster"):
        near_duplicates(frame, method="exact")
    with pytest.raises(newsfold.ConfigError, match="no such setting on Spark"):
        passages(frame, reworded=True)
    with pytest.raises(newsfold.ConfigError, match="stories have no use for it; passages do"):
        stories(frame, min_passage=5)
    with pytest.raises(newsfold.ConfigError, match="near-duplicates have no use for it; stories do"):
        near_duplicates(frame, window=48)
    with pytest.raises(newsfold.InputError, match="no record is an article"):
        near_duplicates(frame.where("false"), checkpoint=str(tmp_path))


def test_the_examples_of_the_page_run_as_they_are_written(session, corpus_path, tmp_path, monkeypatch):
    page = (Path(__file__).parents[2] / "docs/spark.md").read_text(encoding="utf-8")
    block = {language: re.search(rf"```{language}\n(.*?)```", page, re.DOTALL).group(1) for language in ("sh", "python")}
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    words = f"newsfold read {corpus_path} -o archive.parquet\n{block['sh']}"
    settings = {**QUICK, "spark.sql.shuffle.partitions": 2}
    (tmp_path / "spark-defaults.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    own = {**os.environ, **HERE, "PATH": programs, "SPARK_CONF_DIR": str(tmp_path)}
    ran = subprocess.run(["sh", "-e", "-c", words], cwd=tmp_path, env=own, capture_output=True, text=True, timeout=LIMIT)
    assert ran.returncode == 0, ran.stderr
    assert list((tmp_path / "news-copies/families").glob("*.parquet"))
    monkeypatch.chdir(tmp_path)
    exec(block["python"], {"frame": session.read.parquet(str(tmp_path / "archive.parquet"))})


def test_without_spark_it_says_what_to_install():
    code = "import sys; sys.modules['pyspark'] = None; import newsfold.spark as door; door.near_duplicates(None)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert run.returncode == 1
    assert run.stderr.strip().splitlines()[-1].endswith("pip install 'newsfold[spark]'")
