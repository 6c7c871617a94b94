"""``python -m newsfold.spark``: near-duplicates, stories and passages of files on any file system that Spark reads."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from typing import Any, Dict, List, Optional

from . import __version__, _native
from ._errors import ConfigError, NewsfoldError, OutputError
from .spark import PASSAGE_SETTINGS, SETTINGS, STORY_SETTINGS, _checked, _pyspark

#: Exit codes, as the program's.
_DONE, _ERROR, _REJECTS = 0, 2, 3
#: Settings that are there or not.
_SWITCHES = ("same_outlet", "across_outlets", "lossless")
#: How the records of a file are told from its name.
_ENDINGS = {
    "parquet": (".parquet",),
    "json": (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz", ".jsonl.bz2"),
}
#: Rows that a kernel takes at a time: so few that long texts fit in a worker.
_ROWS_AT_A_TIME = 2000
#: The tables that are written.
_TABLES = ("articles", "pairs", "families", "remove", "keep", "rejects")
#: Those of stories, where these are asked for.
_OF_STORIES = ("stories", "storylines")
#: Those of passages.
_OF_PASSAGES = ("passages", "occurrences", "alignments", "edges")
#: What is left in the output when all of it is there.
_FACTS = "run.json"
_STAGES = "_stages"


def main(words: Optional[List[str]] = None) -> int:
    """Does what a command line asks for, and returns the exit code."""
    asked = _parser().parse_args(words)
    try:
        _pyspark()
    except ImportError as error:
        return _failed(error)
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        return _run(asked)
    except (NewsfoldError, PySparkException, Py4JJavaError) as error:
        return _failed(error)


def _failed(error: Exception) -> int:
    print(f"newsfold.spark: {error}", file=sys.stderr)
    return _ERROR


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m newsfold.spark",
        description="Finds near-duplicates, and stories and passages, among the articles of files, on Spark.",
    )
    parser.add_argument("inputs", metavar="INPUT", nargs="+", help="files or folders of Parquet or JSON Lines")
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help="folder for the tables")
    parser.add_argument("--master", metavar="URL", help="where Spark is; as spark-submit has it where unnamed")
    parser.add_argument("--conf", metavar="NAME=VALUE", action="append", default=[], help="a setting of Spark")
    parser.add_argument("--input-format", choices=sorted(_ENDINGS), help="what the files are; told by their names")
    parser.add_argument("--background", metavar="FILE", help="statistics, from newsfold background")
    parser.add_argument("--stories", action="store_true", help="find stories and storylines, too")
    parser.add_argument("--passages", action="store_true", help="find passages, too")
    parser.add_argument("--plan", action="store_true", help="tell the stages with their rows and bytes")
    parser.add_argument("--keep-stages", action="store_true", help="leave what each stage wrote in OUT/_stages")
    for name in (*SETTINGS, *STORY_SETTINGS, *PASSAGE_SETTINGS):
        option = "--" + name.replace("_", "-")
        if name in _SWITCHES:
            parser.add_argument(option, dest=name, action="store_true", default=None)
        elif name == "field":
            parser.add_argument(option, dest=name, metavar="FIELD=NAME", action="append")
        else:
            parser.add_argument(option, dest=name, metavar="VALUE", type=_value)
    return parser


def _value(word: str) -> Any:
    """A number where it is one."""
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            pass
    return word


def _run(asked: argparse.Namespace) -> int:
    from ._spark_copies import find, statistics_of

    settings = {name: getattr(asked, name) for name in (*SETTINGS, *STORY_SETTINGS, *PASSAGE_SETTINGS)}
    settings = {name: value for name, value in settings.items() if value is not None}
    wanted = [part for part in ("stories", "passages") if getattr(asked, part)]
    keywords, told = _checked(settings, None, asked.background, wanted)
    parts = _native.check(keywords)
    kind = asked.input_format or _kind(asked.inputs)
    spark = _session(asked)
    try:
        statistics = statistics_of(None if asked.background else _local(asked.inputs), told, wanted)
        reader = spark.read.parquet if kind == "parquet" else spark.read.json
        frame = reader(*asked.inputs) if kind == "parquet" else reader(list(asked.inputs))
        out, stages = _claimed(spark, asked.output)
        stages.begin(_made_of(frame, keywords, statistics, wanted))
        found = find(stages, frame, keywords, parts, statistics, kind == "json", wanted)
        facts = _written(found, out, keywords)
        out.write_text(_FACTS, json.dumps(facts, indent=2) + "\n")
        if not asked.keep_stages:
            found.drop()
    finally:
        spark.stop()
    print(_in_words(facts))
    if asked.plan:
        print(_plan(facts))
    return _REJECTS if facts["rows"]["rejects"] else _DONE


def _kind(inputs: List[str]) -> str:
    for kind, endings in _ENDINGS.items():
        if all(name.endswith(endings) for name in inputs):
            return kind
    raise ConfigError("input_format: name it, since the names of the inputs do not tell it", "input_format")


def _local(inputs: List[str]) -> List[str]:
    """The inputs as files of the driver's machine, whose statistics the engine counts there."""
    plain = [name[len("file://"):] if name.startswith("file://") else name for name in inputs]
    for name in plain:
        if "://" in name:
            reason = f"give a file of newsfold background: the driver cannot count the statistics of {name}"
            raise ConfigError(f"background: {reason}", "background")
    return plain


def _session(asked: argparse.Namespace) -> Any:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("newsfold")
    if asked.master:
        builder = builder.master(asked.master)
    for setting in asked.conf:
        name, equals, value = setting.partition("=")
        if not equals:
            raise ConfigError(f"conf: {setting} is no NAME=VALUE", "conf")
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.conf.set("spark.sql.caseSensitive", "true")
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(_ROWS_AT_A_TIME))
    return spark


def _claimed(spark: Any, folder: str) -> Any:
    """The output and the stages in it. A folder of anything else is left alone."""
    from ._spark_stages import Stages

    out = Stages(spark, folder)
    held = out.names()
    if held and not {_FACTS, _STAGES} & set(held):
        raise OutputError(f"{folder}: it is there, and holds no results of newsfold on Spark")
    out.delete(_FACTS)
    return out, Stages(spark, f"{out.folder}/{_STAGES}")


def _made_of(frame: Any, settings: str, statistics: bytes, wanted: List[str]) -> Dict[str, Any]:
    """What decides the results: with another of these, stages that are there are of no use."""
    from ._spark_stages import inputs_of

    return {
        "version": __version__,
        "settings": json.loads(settings),
        "statistics": hashlib.sha256(statistics).hexdigest(),
        "inputs": inputs_of(frame),
        "wanted": wanted,
    }


def _written(found: Any, out: Any, settings: str) -> Dict[str, Any]:
    rows = {}
    names = [name for name in _TABLES + _OF_STORIES + _OF_PASSAGES if getattr(found, name) is not None]
    for name in names:
        rows[name] = out.write(getattr(found, name), name)
        if name == "articles":
            # The others are parts of it, which need not be put in order again.
            found.articles = out.spark.read.parquet(f"{out.folder}/{name}")
    return {
        "tool": "newsfold.spark",
        "version": __version__,
        "parameters": json.loads(settings),
        "rows": rows,
        "component_rounds": found.rounds,
        "largest": found.largest,
        "stages": found.stages,
    }


def _in_words(facts: Dict[str, Any]) -> str:
    rows = facts["rows"]
    told = f"{rows['articles']:,} articles, {rows['pairs']:,} pairs, {rows['families']:,} families, "
    told += f"{rows['remove']:,} copies"
    told += "".join(f", {rows[name]:,} {name}" for name in (*_OF_STORIES, "passages") if name in rows)
    return told + (f", {rows['rejects']:,} rejects" if rows["rejects"] else "")


def _plan(facts: Dict[str, Any]) -> str:
    lines = [f"{'stage':<20}{'rows':>14}{'bytes':>16}{'seconds':>10}"]
    for stage in facts["stages"]:
        was_there = "  was there" if stage["was_there"] else ""
        lines.append(f"{stage['stage']:<20}{stage['rows']:>14,}{stage['bytes']:>16,}{stage['seconds']:>10.1f}{was_there}")
    lines += [f"the most that one task held: {number:,} {of}" for of, number in facts["largest"].items()]
    return "\n".join(lines)
