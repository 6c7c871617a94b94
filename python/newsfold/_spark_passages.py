"""Passages on Spark: what asks the whole pile is told first, then each component is told by itself.

Of the whole pile four things are asked: which places of a seed are linked (by a shuffle of seeds), which agencies
datelines name (counted), who else has a line, a credit or a saying (by a shuffle of their keys), and what is joined
by any of these (components). All rules are the engine's.
"""

from __future__ import annotations

from typing import Any, Dict, List

from . import _native
from . import _spark_rows as rows
from ._spark_components import components
from ._spark_stages import Stages

#: The tables of passages.
TABLES = ("passages", "occurrences", "alignments", "edges")
#: What passages add to the row of an article.
_OF_ARTICLES = ("articles_copied", "articles_boilerplate", "articles_copied_from", "articles_credit")


class Told:
    """Rows of tables, and what the largest task had to hold."""

    #: Those of articles with what they copied.
    articles: Any
    #: Those of all other tables.
    tables: Any
    largest: Dict[str, int]


def tell(stages: Stages, known: Any, articles: Any, settings: str, shared: Any) -> Told:
    """Goes through the stages of passages. ``known`` are all articles with their texts, ``articles`` their rows so
    far, which come back with what they copied. ``shared`` is a broadcast of statistics."""
    known = known.drop("stands")
    copies = _copies(stages, known, settings, shared)
    agencies = _agencies(stages, known, settings)
    ties = known.mapInArrow(rows.kernel("PassageTies", settings, agencies), rows.TIES)
    ties = ties.repartition("key").sortWithinPartitions("key", "doc")
    ties = stages.keep("passage-ties", ties.mapInArrow(rows.kernel("TiedArticles"), rows.PAIRS))
    edges = copies.select("a", "b").unionByName(ties)
    in_component, _ = components(stages, edges, "passage-components")

    told = Told()
    most = in_component.groupBy("component").count().selectExpr("max(count) as most").first()["most"] or 1
    told.largest = {"articles of a component of passages": most}
    tables = _put_together(stages, known, copies, in_component, settings, agencies, shared)
    told.tables = tables.where("table <> 'articles'")
    of = tables.where("table = 'articles'").select("first", *_OF_ARTICLES)
    told.articles = articles.where("table = 'articles'").drop(*_OF_ARTICLES).join(of, "first")
    return told


def _copies(stages: Stages, known: Any, settings: str, shared: Any) -> Any:
    """What the pairs of articles that seeds link have in common. The text of the first of two comes once, then the
    others'."""
    from pyspark.sql import functions as F

    seeds = known.mapInArrow(rows.told_by("PassageSeeds", shared), rows.SEEDS)
    seeds = seeds.repartition("seed").sortWithinPartitions("seed", "doc", "position")
    links = seeds.mapInArrow(rows.kernel("SeedLinks"), rows.LINKS)
    links = links.repartition("a", "b").sortWithinPartitions("a", "b")
    linked = stages.keep("passage-links", links.mapInArrow(rows.kernel("PairLinks"), rows.LINKED))

    texts = known.select("doc", "text", "furniture")
    first = linked.select("a").distinct().join(texts.withColumnRenamed("doc", "a"), "a")
    first = first.withColumns({"b": F.lit(None).cast("long"), "links": F.lit(None).cast("binary")})
    # An article held against itself is there already.
    nothing = ("cast(null as string) as text", "cast(null as binary) as furniture")
    alone = linked.where("a = b").selectExpr("a", "b", "links", *nothing)
    others = linked.where("a <> b").join(texts.withColumnRenamed("doc", "b"), "b")
    both = first.unionByName(others).unionByName(alone)
    both = both.repartition("a").sortWithinPartitions(F.col("a"), F.col("b").asc_nulls_first())
    kernel = rows.told_by("PairCopies", shared, settings)
    return stages.keep("passage-copies", both.mapInArrow(kernel, rows.COPIED))


def _agencies(stages: Stages, known: Any, settings: str) -> List[str]:
    """The agencies that the datelines of several articles name."""
    named = known.select("text", "furniture").mapInArrow(rows.kernel("Datelines", settings), rows.AGENCIES)
    named = stages.keep("passage-agencies", named.groupBy("agency").count())
    return _native.learnt_agencies({row["agency"]: row["count"] for row in named.collect()})


def _put_together(
    stages: Stages, known: Any, copies: Any, in_component: Any, settings: str, agencies: List[str], shared: Any
) -> Any:
    """The passages of each component, told by one task. An article that nothing joins to others is one by itself."""
    from pyspark.sql import functions as F

    outlets = sorted(row["outlet"] for row in known.select("outlet").distinct().collect())
    of = known.select("doc").join(in_component, "doc", "left")
    of = of.select("doc", F.coalesce("component", "doc").alias("component"))
    pairs = copies.join(of.withColumnRenamed("doc", "a"), "a")
    together = known.join(of, "doc").unionByName(pairs, allowMissingColumns=True)
    together = together.repartition("component").sortWithinPartitions("component", "doc", "a", "b")
    kernel = rows.told_by("PassageTeller", shared, settings, agencies, outlets)
    return stages.keep("passages", together.mapInArrow(kernel, rows.tables("articles", *TABLES)))
