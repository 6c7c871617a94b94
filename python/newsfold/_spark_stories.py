"""Stories on Spark: what asks the whole pile is told first, then each component is told by itself.

Of the whole pile four things are asked: which terms two texts have (by a shuffle of terms), which texts lie in the
window before a text (slices in order of time), what is linked to what (components), and the directions of all
stories (one task). All rules are the engine's.
"""

from __future__ import annotations

from typing import Any, Dict, List

from . import _native
from . import _spark_rows as rows
from ._spark_components import components
from ._spark_stages import Stages

#: A slice has a core's share of the articles, but no fewer than this, since each reads again what lies in the
#: window before it. The whole stage took 50 s on two cores for 36,823 articles, so this is work of some 3 s.
FEWEST_IN_A_SLICE = 1_000
#: Nor more, since one task holds a slice with the window before it: of news, 20,000 texts are 130 MB.
MOST_IN_A_SLICE = 20_000
#: What a story adds to the row of an article.
_OF_ARTICLES = ("articles_story_id", "articles_story_similarity", "articles_storyline_id")


class Told:
    """Rows of tables, and what the largest tasks had to hold."""

    articles: Any
    stories: Any
    storylines: Any
    largest: Dict[str, int]


def tell(stages: Stages, known: Any, tables: Any, settings: str, shared: Any) -> Told:
    """Goes through the stages of stories. ``known`` are all articles with their texts and who stands for each,
    ``tables`` the rows of near-duplicates; those of articles come back with their stories. ``shared`` is a
    broadcast of statistics."""
    told = Told()
    texts = known.where("doc = stands").drop("stands")

    terms = texts.mapInArrow(rows.told_by("StoryTerms", shared), rows.TERMS)
    terms = terms.repartition("term").sortWithinPartitions("term", "doc")
    terms = terms.mapInArrow(rows.kernel("SharedTerms"), rows.SHARED)
    terms = terms.repartition("doc").sortWithinPartitions("doc", "term")
    stored = stages.keep("story-terms", terms.mapInArrow(rows.kernel("StoredTerms"), rows.STORED))

    slices = _slices(stages, known.select("doc", "stands", "second"), settings)
    sliced = texts.join(stored, "doc", "left").join(slices, "doc")
    sliced = sliced.repartition("slice").sortWithinPartitions("slice", "doc")
    alike = sliced.mapInArrow(rows.told_by("Neighbours", shared, settings), rows.ALIKE)
    alike = stages.keep("story-neighbours", alike)

    in_component, _ = components(stages, alike.where("links").select("a", "b"), "story-components")
    stories = _put_together(stages, known, stored, alike, in_component, settings, shared)
    told.largest = {
        "texts of a slice": _most(slices, "slice"),
        "texts of a component": _most(in_component, "component"),
        "stories for storylines": stories.where("table = 'stories'").count(),
    }
    _with_storylines(told, stages, tables, stories, known, shared)
    return told


def _most(frame: Any, column: str) -> int:
    """How many rows the largest of the groups has; 1 where there is none."""
    return frame.groupBy(column).count().selectExpr("max(count) as most").first()["most"] or 1


def _slices(stages: Stages, when: Any, settings: str) -> Any:
    """Which slices each text is read in: its own, and each later one that reaches back to it; and the first
    article of that slice. Articles are numbered in order of time, those without a date last."""
    counted = when.selectExpr("count(*) as articles", "count(second) as dated").first()
    cores = stages.spark.sparkContext.defaultParallelism
    size = max(FEWEST_IN_A_SLICE, min(MOST_IN_A_SLICE, -(-counted["articles"] // cores)))
    starts = [*range(0, counted["dated"], size)]
    dated = len(starts)
    starts += range(counted["dated"], counted["articles"], size)
    began = {row["doc"]: row["second"] for row in when.where(when.doc.isin(starts[:dated])).collect()}
    reach = _native.reach_back(settings)
    reached = [began[start] - reach for start in starts[:dated]]

    own = f"size(filter({_array(starts)}, start -> start <= doc)) - 1"
    last = f"size(filter({_array(reached)}, start -> start <= second)) - 1" if dated else "0"
    # What has no date is compared with all that come before it.
    later = f"sequence({dated}, {len(starts) - 1})" if dated < len(starts) else "array()"
    in_time = f"concat(sequence({own}, {last}), {later})" if dated < len(starts) else f"sequence({own}, {last})"
    of = f"case when second is null then sequence({own}, {len(starts) - 1}) else {in_time} end"
    placed = when.where("doc = stands").selectExpr("doc", f"explode({of}) as slice")
    return stages.keep("story-slices", placed.selectExpr("doc", "slice", f"{_array(starts)}[slice] as own"))


def _array(numbers: List[int]) -> str:
    return f"array({', '.join(f'{number}L' for number in numbers)})"


def _put_together(
    stages: Stages, known: Any, stored: Any, alike: Any, in_component: Any, settings: str, shared: Any
) -> Any:
    """The stories of each component, told by one task. A text that nothing is linked to is one by itself."""
    from pyspark.sql import functions as F

    of = known.select("doc", "stands").join(in_component.withColumnRenamed("doc", "stands"), "stands", "left")
    of = of.select("doc", F.coalesce("component", "stands").alias("component"))
    # Copies are told of, and not read again.
    own = F.col("doc") == F.col("stands")
    texts = {name: F.when(own, F.col(name)) for name in ("text", "furniture")}
    members = known.withColumns(texts)
    members = members.join(of, "doc").join(stored, "doc", "left")
    a = in_component.selectExpr("doc as a", "component")
    b = in_component.selectExpr("doc as b", "component")
    pairs = alike.select("a", "b", "similarity").join(a, "a").join(b, ["b", "component"])
    together = members.unionByName(pairs, allowMissingColumns=True)
    together = together.repartition("component").sortWithinPartitions("component", "doc", "a", "b")
    kernel = rows.told_by("StoryTeller", shared, settings)
    return stages.keep("stories", together.mapInArrow(kernel, rows.tables("articles", "stories", beside=True)))


def _with_storylines(told: Told, stages: Stages, tables: Any, stories: Any, known: Any, shared: Any) -> None:
    """Storylines, found by one task from all directions, and the rows of all tables with them."""
    of_stories = stories.where("table = 'stories'")
    directions = of_stories.select("first", "beside").repartition(1).sortWithinPartitions("first")
    lines = stages.keep("storylines", directions.mapInArrow(rows.told_by("Storylines", shared), rows.LINES))

    of_articles = stories.where("table = 'articles'")
    members = of_articles.selectExpr("first as doc", "second as story").join(lines, "story")
    names = of_stories.selectExpr("first as story", "stories_story_id as story_id", "stories_headline as headline")
    members = members.join(names, "story").join(known.drop("text", "furniture", "stands"), "doc")
    members = members.repartition("line").sortWithinPartitions("line", "story", "doc")
    storylines = members.mapInArrow(rows.kernel("StorylineTables"), rows.tables("storylines"))
    told.storylines = stages.keep("storyline-tables", storylines)

    ids = told.storylines.selectExpr("first as line", "storylines_storyline_id as storyline_id")
    ids = lines.join(ids, "line").select("story", "storyline_id")
    of = of_stories.drop("stories_storyline_id").join(ids.withColumnRenamed("story", "first"), "first", "left")
    told.stories = of.withColumnRenamed("storyline_id", "stories_storyline_id")
    of = of_articles.select("first", "second", *_OF_ARTICLES[:2]).withColumnRenamed("second", "story")
    of = of.join(ids, "story", "left").drop("story").withColumnRenamed("storyline_id", _OF_ARTICLES[2])
    told.articles = tables.where("table = 'articles'").drop(*_OF_ARTICLES).join(of, "first")

