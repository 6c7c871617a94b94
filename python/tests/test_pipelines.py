"""Steps for other tools' pipelines, with stand-ins for what those hand over."""

from dataclasses import dataclass, field

import newsfold
from newsfold.pipelines import NewsfoldDedup, deduplicate


class Dataset:
    """What a dataset of Hugging Face has and this step uses."""

    def __init__(self, rows):
        self.rows = rows
        self.column_names = list(rows[0])

    def __len__(self):
        return len(self.rows)

    def __iter__(self):
        return iter(self.rows)

    def select(self, places):
        return Dataset([self.rows[place] for place in places])


@dataclass
class Document:
    text: str
    id: str
    media: list = field(default_factory=list)
    metadata: dict = field(default_factory=dict)


def test_a_dataset_loses_what_dedup_removes(records):
    rows = [{**record, "content": record["text"], "text": None} for record in records]
    kept = deduplicate(Dataset(rows), column="content", threshold=0.8)
    expected = newsfold.dedup(records, threshold=0.8).mask
    assert isinstance(kept, Dataset)
    assert [row["id"] for row in kept] == [r["id"] for r, stays in zip(records, expected) if stays]
    assert len(kept) < len(records)
    assert [row["id"] for row in deduplicate(iter(rows), column="content", threshold=0.8)] == [
        row["id"] for row in kept
    ]


def test_a_step_lets_through_what_stays(records):
    documents = [
        Document(record["text"], record["id"], metadata={"published": record.get("published")})
        for record in records
    ]
    step = NewsfoldDedup(keep="longest")
    out = list(step(iter(documents), rank=0, world_size=1))
    assert all(isinstance(document, Document) for document in out)
    removed = set(step.results.remove.column("id"))
    assert [d.id for d in out] == [d.id for d in documents if d.id not in removed] and removed
    assert list(NewsfoldDedup()(None)) == []
