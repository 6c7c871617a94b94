"""Near-duplicates on Spark, stage by stage, and stories and passages where they are asked for: who meets whom is
Spark's, what comes of it is the engine's.
"""

from __future__ import annotations

from typing import Any, Collection, Dict, Optional

from . import _spark_passages, _spark_stories
from . import _spark_rows as rows
from ._errors import InputError
from ._spark_components import components
from ._spark_stages import Stages

#: What is known of an article beside its text.
_ABOUT = ["key", "digest", "tokens", "chars", "outlet", "url", "title", "lang", "author"]
_ABOUT += ["second", "nanosecond", "day_only", "notes", "mending"]
#: So many articles are told to every worker; their numbers and ids take some hundred megabytes there.
_TOLD_TO_ALL = 1_000_000
#: Where an article stands in its input is not known on a cluster.
_UNKNOWN = ("source", "row")
#: Columns that hold ids.
_IDS = ("id", "kept_id", "id_a", "id_b", "lead_id", "first_id", "weakest_id", "from", "to")
#: The tables of near-duplicates.
_OF_COPIES = ("articles", "pairs", "families")


class Found:
    """What was found, as frames; each is read from the folder of the stages when it is used."""

    #: The tables of the program, with its columns and rows.
    articles: Any
    pairs: Any
    families: Any
    #: Nothing where stories were not asked for.
    stories: Any = None
    storylines: Any = None
    #: Nothing where passages were not asked for.
    passages: Any = None
    occurrences: Any = None
    alignments: Any = None
    edges: Any = None
    #: Why records are no articles.
    rejects: Any
    #: Rounds that connected components took.
    rounds: int
    #: What one task had to hold at the most, where stories or passages were asked for.
    largest: Dict[str, int]

    def __init__(self, stages: Stages) -> None:
        self._stages = stages
        self.largest = {}

    @property
    def keep(self) -> Any:
        """The ids of the articles that stay."""
        return self.articles.where("kept").select("id")

    @property
    def remove(self) -> Any:
        """The articles that may be removed, since another is kept in their place."""
        return self.articles.where("not kept").selectExpr(
            "id", "kept_id", "kept_jaccard as jaccard", "kept_containment as containment", "lost"
        )

    @property
    def stages(self) -> list:
        """Each stage's name, rows and bytes."""
        return self._stages.done

    def drop(self) -> None:
        """Removes the folder of the stages, and with it what the frames are read from."""
        self._stages.remove()


def find(
    stages: Stages,
    frame: Any,
    settings: str,
    parts: bool,
    statistics: bytes,
    records: bool,
    wanted: Collection[str],
) -> Found:
    """Goes through all stages. ``settings`` are JSON, as the kernels take them; besides near-duplicates ``stories``
    and ``passages`` may be ``wanted``."""
    found = Found(stages)
    stories = "stories" in wanted
    shared = stages.spark.sparkContext.broadcast(statistics)
    read = stages.keep("articles", frame.mapInArrow(rows.reader(settings, shared, records, stories), rows.READ))
    found.rejects = read.where("reject is not null").selectExpr("reject as reason")
    read = read.where("reject is null")
    docs = _in_order(stages, read)
    number = docs.count()
    if not number:
        raise InputError("no record is an article")

    distinct = docs.where("doc = first").select("row", "doc")
    sketches = read.select("row", "shingles", "bands", "head", "rest").join(distinct, "row").drop("row")
    sketches = stages.keep("sketches", sketches)
    candidates = _of_bands(sketches, number)
    if parts:
        candidates = candidates.unionByName(_of_parts(stages, sketches, settings))
    candidates = stages.keep("candidates", candidates.distinct())

    of_pairs = candidates.select("a").unionByName(candidates.selectExpr("b as a")).distinct()
    of_pairs = docs.select("row", "doc").join(of_pairs.withColumnRenamed("a", "doc"), "doc")
    texts = _of(read.select("row", "text", "furniture"), of_pairs, 2 * stages.rows("candidates"))
    compared = stages.keep("compared", _verified(texts, candidates, settings))

    copies = docs.where("doc <> first").selectExpr("first as a", "doc as b")
    edges = compared.select("a", "b").unionByName(copies)
    in_component, found.rounds = components(stages, edges)
    tables = _put_together(stages, read, docs, in_component, compared, settings)
    numbers = _ids_are_numbers(read, docs)
    found.pairs = _table(tables, "pairs", numbers)
    found.families = _table(tables, "families", numbers)
    articles = tables
    if wanted:
        known = _with_texts(stages, read, docs, tables)
    if stories:
        told = _spark_stories.tell(stages, known, tables, settings, shared)
        found.stories = _table(told.stories, "stories", numbers)
        found.storylines = _table(told.storylines, "storylines", numbers)
        articles, found.largest = told.articles, told.largest
    if "passages" in wanted:
        shared_text = _spark_passages.tell(stages, known, articles, settings, shared)
        for name in _spark_passages.TABLES:
            setattr(found, name, _table(shared_text.tables, name, numbers))
        articles = shared_text.articles
        found.largest = {**found.largest, **shared_text.largest}
    found.articles = _table(articles, "articles", numbers)
    return found


def _of(texts: Any, wanted: Any, most: int) -> Any:
    """The texts of the articles that are wanted, of which there are so many at the most. While these are few,
    every worker is told which they are, and no text moves for it."""
    from pyspark.sql import functions as F

    wanted = F.broadcast(wanted) if most <= _TOLD_TO_ALL else wanted
    return texts.join(wanted, "row").drop("row")


def _in_order(stages: Stages, read: Any) -> Any:
    """Each row's number in the order of all articles, its id, and the first article of the same words."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    order = read.select("row", "order", "id", "key", "digest").sort("order", "row").drop("order")
    order = stages.keep("order", order.withColumn("place", F.monotonically_increasing_id()))
    # A place is the number of a part and one within it; what stands before a part is counted here.
    part = F.shiftright("place", 33)
    before, starts = 0, {}
    for row in order.groupBy(part.alias("part")).count().sort("part").collect():
        starts[row["part"]] = before - (row["part"] << 33)
        before += row["count"]
    if not starts:
        return order.withColumn("doc", F.col("place")).withColumn("first", F.col("place"))
    start = F.create_map([F.lit(x) for pair in starts.items() for x in pair])
    docs = order.withColumn("doc", F.col("place") + start[part]).drop("place")
    nth = F.row_number().over(Window.partitionBy("key").orderBy("doc")) - 1
    # Articles that the input gives one id are told apart by a number.
    same = Window.partitionBy("id")
    numbered = F.concat("id", F.lit("#"), F.row_number().over(same.orderBy("doc")).cast("string"))
    own_id = F.when(F.count("*").over(same) > 1, numbered).otherwise(F.col("id"))
    docs = docs.withColumn("nth", nth).withColumn("id", own_id).drop("key")
    first = F.min("doc").over(Window.partitionBy("digest"))
    wordless = docs.where("digest is null").withColumn("first", F.lit(None).cast("long"))
    docs = docs.where("digest is not null").withColumn("first", first).unionByName(wordless)
    return stages.keep("docs", docs.drop("digest"))


def _of_bands(sketches: Any, number: int) -> Any:
    """Articles that share a band. A bucket is read in order, and never collected."""
    bands = sketches.select("doc", "bands").mapInArrow(rows.band_rows(number), rows.BANDS)
    bands = bands.repartition("band").sortWithinPartitions("band", "doc")
    return bands.mapInArrow(rows.kernel("BandBuckets"), rows.PAIRS)


def _of_parts(stages: Stages, sketches: Any, settings: str) -> Any:
    """Parts and what may hold them."""
    from pyspark.sql import functions as F

    sketches = sketches.drop("bands")
    samples = sketches.mapInArrow(rows.sample_rows(), rows.SAMPLES)
    in_order = samples.repartition("key").sortWithinPartitions("key", "doc")
    lists = in_order.mapInArrow(rows.kernel("SampleLists", settings, False), rows.LISTS)
    lists = stages.keep("lists", lists)
    hits = lists.where("whole is not null").select("part", "whole")
    long = lists.where("whole is null").groupBy("part").agg(
        F.count("*").alias("on_long"), F.min(F.struct("articles", "order", "key")).alias("shortest")
    )
    long = stages.keep("long-lists", long.selectExpr("part", "on_long", "shortest.key as key"))
    part = sketches.withColumnRenamed("doc", "part")
    chosen = long.join(part.select("part", "head"), "part")
    chosen = stages.keep("chosen", chosen.mapInArrow(rows.short_of_lists(), rows.SHORT))
    if chosen.count():
        looked_for = chosen.selectExpr("key", "part as doc", "true as chosen")
        members = samples.join(F.broadcast(chosen.select("key").distinct()), "key", "left_semi")
        members = members.join(looked_for, ["key", "doc"], "left").selectExpr(
            "key", "doc", "shingles", "in_head and coalesce(chosen, false) as in_head"
        )
        members = members.repartition("key").sortWithinPartitions("key", "doc")
        more = members.mapInArrow(rows.kernel("SampleLists", settings, True), rows.LISTS)
        hits = hits.unionByName(more.select("part", "whole"))
    hits = hits.groupBy("part", "whole").agg(F.count("*").alias("found"))
    hits = hits.join(long.select("part", "on_long"), "part", "left").fillna(0, ["on_long"])
    whole = sketches.selectExpr(
        "doc as whole", "shingles as whole_shingles", "head as whole_head", "rest as whole_rest"
    )
    hits = hits.join(part, "part").join(whole, "whole")
    return hits.mapInArrow(rows.kernel("LikelyParts", settings), rows.PAIRS)


def _verified(texts: Any, candidates: Any, settings: str) -> Any:
    """The candidates compared exactly. The text of the first of two comes once, then the others'."""
    from pyspark.sql import functions as F

    first = candidates.select("a").distinct().join(texts.withColumnRenamed("doc", "a"), "a")
    first = first.withColumn("b", F.lit(None).cast("long"))
    both = first.unionByName(candidates.join(texts.withColumnRenamed("doc", "b"), "b"))
    both = both.repartition("a").sortWithinPartitions(F.col("a"), F.col("b").asc_nulls_first())
    return both.mapInArrow(rows.kernel("PairVerifier", settings), rows.COMPARED)


def _put_together(
    stages: Stages, read: Any, docs: Any, in_component: Any, compared: Any, settings: str
) -> Any:
    """Families and tables: of the articles of a component together, of all others one by one."""
    from pyspark.sql import functions as F

    known = docs.select("row", "doc", "nth", "id")
    about = read.select("row", *_ABOUT)
    grouped = known.join(in_component, "doc")
    members = read.select("row", "text", "furniture", *_ABOUT)
    members = _of(members, grouped, 2 * stages.rows("components-0"))
    pairs = compared.join(in_component.withColumnRenamed("doc", "a"), "a")
    together = members.unionByName(pairs, allowMissingColumns=True)
    together = together.repartition("component").sortWithinPartitions("component", "doc", "a", "b")
    families = together.mapInArrow(rows.kernel("Grouper", settings), rows.tables(*_OF_COPIES))
    families = stages.keep("families", families)
    others = about.join(known.join(in_component, "doc", "left_anti"), "row").drop("row")
    singles = others.mapInArrow(rows.kernel("Singles", settings), rows.tables(*_OF_COPIES))
    return families.unionByName(stages.keep("singles", singles))


def _with_texts(stages: Stages, read: Any, docs: Any, tables: Any) -> Any:
    """All articles with their texts, and which article stands for each."""
    stands = tables.where("table = 'articles'").selectExpr("first as doc", "second as stands")
    stands = stages.keep("stands", docs.select("row", "doc", "nth", "id").join(stands, "doc"))
    return _of(read.select("row", "text", "furniture", *_ABOUT), stands, stages.rows("stands"))


def _ids_are_numbers(read: Any, docs: Any) -> bool:
    """Whether every id is a number, so that tables have them as such."""
    is_number = "try_cast(id as bigint) is not null and cast(try_cast(id as bigint) as string) = id"
    of_text = read.selectExpr("max(ids_are_text) as told").first()["told"]
    return not of_text and docs.selectExpr(f"min({is_number}) as all_are").first()["all_are"]


def _table(rows_of_all: Any, name: str, ids_are_numbers: bool) -> Any:
    """A table, in the order of the program."""
    from pyspark.sql import functions as F

    columns = []
    for column in _columns_of(name):
        value = F.col(f"{name}_{column}")
        if ids_are_numbers and column in _IDS:
            value = value.cast("long")
        columns.append(value.alias(column))
    return rows_of_all.where(F.col("table") == name).sort("first", "second").select(*columns)


def _columns_of(name: str) -> Dict[str, str]:
    from . import _native

    columns = dict(dict(_native.table_columns())[name])
    return {column: kind for column, kind in columns.items() if column not in _UNKNOWN}


def statistics_of(given: Optional[Any], settings: str, wanted: Collection[str]) -> bytes:
    """The statistics that the settings name, or those of what is given: files, or a table of Arrow."""
    from . import _native

    kind = "files" if isinstance(given, list) else "table"
    kind, given = ("records", []) if given is None else (kind, given)
    return _native.statistics(kind, given, settings, "stories" in wanted, "passages" in wanted)
