"""The example corpus, in the forms in which people have their articles."""

import json
from pathlib import Path

import pytest

CORPUS = Path(__file__).parents[2] / "corpus" / "articles.jsonl"


@pytest.fixture(scope="session")
def records():
    return [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def corpus_path():
    return CORPUS


@pytest.fixture(scope="session")
def of_file(corpus_path):
    """What a run on the file finds."""
    import newsfold

    return newsfold.run(corpus_path)
