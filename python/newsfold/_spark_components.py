"""Connected components of a graph that no machine holds, by large-star and small-star (Kiveris, Lattanzi,
Mirrokni, Rastogi and Vassilvitskii 2014).

In a large-star step each node ties its greater neighbours to the least of itself and all neighbours; in a
small-star step it ties its lesser neighbours and itself to the least of them. Rounds of the two end in stars
around the least node of each component. A chain of n takes about log n rounds, where handing the least number
on from neighbour to neighbour takes n. Every round is written down, so that a lost task repeats no other.
"""

from __future__ import annotations

from typing import Any, Tuple

#: A chain of a million takes 17 rounds; so many are a defect.
MOST_ROUNDS = 60


def components(stages: Any, edges: Any, name: str = "components") -> Tuple[Any, int]:
    """For each node of ``edges`` (columns ``a`` and ``b``) the least of its component, as ``doc`` and
    ``component``; and how many rounds it took, the one among them that changed nothing. Each round is a stage
    of this name.
    """
    from pyspark.sql import functions as F

    edges = edges.where("a <> b").select(F.least("a", "b").alias("a"), F.greatest("a", "b").alias("b"))
    edges = stages.keep(f"{name}-0", edges.distinct())
    before = _fingerprint(edges)
    for number in range(1, MOST_ROUNDS + 1):
        edges = stages.keep(f"{name}-{number}", _small_star(_large_star(edges)))
        after = _fingerprint(edges)
        if after == before:
            least = edges.select(F.col("a").alias("doc")).distinct()
            stars = edges.selectExpr("b as doc", "a as component")
            return stars.unionByName(least.withColumn("component", F.col("doc"))), number
        before = after
    raise RuntimeError(f"a defect of newsfold: components did not settle in {MOST_ROUNDS} rounds")


def _large_star(edges: Any) -> Any:
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    both = edges.unionByName(edges.selectExpr("b as a", "a as b"))
    least = F.least("a", F.min("b").over(Window.partitionBy("a")))
    return both.withColumn("least", least).where("b > a").selectExpr("least as a", "b").distinct()


def _small_star(edges: Any) -> Any:
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    known = edges.withColumn("least", F.min("a").over(Window.partitionBy("b")))
    own = known.selectExpr("least as a", "b")
    lesser = known.where("a <> least").selectExpr("least as a", "a as b")
    return own.unionByName(lesser).distinct()


def _fingerprint(edges: Any) -> Tuple[int, int]:
    """How many edges there are, and a hash of all of them that no order changes."""
    told = edges.selectExpr("count(*) as edges", "bit_xor(xxhash64(a, b)) as hash").first()
    return told["edges"], told["hash"] or 0
