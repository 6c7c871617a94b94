"""Every example in a docstring runs, and so do those of docs/python.md and the README."""

import doctest
import importlib
import os
import re
from pathlib import Path

import pytest

import newsfold

ROOT = Path(__file__).parents[2]
MODULES = ["newsfold", "newsfold._table", "newsfold._results", "newsfold._pair", "newsfold._archive",
           "newsfold.sketch", "newsfold.pipelines"]
PAGES = ["docs/python.md", "README.md", "python/README.md"]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module(name):
    ran = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert ran.failed == 0
    assert ran.attempted > 0 or name == "newsfold._pair"


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page(page, monkeypatch, tmp_path):
    blocks = re.findall(r"```pycon\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    os.symlink(ROOT / "corpus", tmp_path / "corpus")
    monkeypatch.chdir(tmp_path)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page, page, 0)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(test)
    assert runner.failures == 0 and runner.tries > 0


def test_the_package_says_which_version_it_is():
    version = re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)
    assert newsfold.__version__ == version.group(1)


def test_the_stubs_name_what_there_is():
    from newsfold import _native

    stub = (Path(newsfold.__file__).parent / "_native.pyi").read_text()
    functions = set(re.findall(r"^def (\w+)", stub, re.MULTILINE))
    classes = set(re.findall(r"^class (\w+)", stub, re.MULTILINE))
    there = {name for name in dir(_native) if not name.startswith("_")}
    assert functions | classes == there
    for name in classes:
        body = stub.split(f"class {name}:")[1].split("\nclass ")[0]
        declared = set(re.findall(r"def (\w+)", body)) - {"__new__", "__len__", "__arrow_c_stream__"}
        assert declared == {name for name in vars(getattr(_native, name)) if not name.startswith("_")}
