"""The sketches beside datasketch, in one run: same names, same recall, and what is different."""

import copy
import pickle
import random

import datasketch
import numpy
import pytest

from newsfold.sketch import LeanMinHash, MinHash, MinHashLSH, SimHash


def made_up_pairs(pairs=400, size=120, seed=3):
    """Pairs of sets of known Jaccard, from 0.3 to 1, and as many sets of their own."""
    draw = random.Random(seed)
    made = []
    for place in range(pairs):
        shared = int(size * (0.46 + 0.54 * place / pairs))
        common = {f"{place}-{n}".encode() for n in range(shared)}
        mine = {f"a{place}-{draw.random()}".encode() for _ in range(size - shared)}
        other = {f"b{place}-{draw.random()}".encode() for _ in range(size - shared)}
        made.append((common | mine, common | other))
    return made


def jaccard(a, b):
    return len(a & b) / len(a | b)


@pytest.fixture(scope="module")
def pairs():
    return made_up_pairs()


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.8])
def test_an_index_finds_what_that_of_datasketch_finds(pairs, threshold):
    def recall(library):
        lsh = library.MinHashLSH(threshold=threshold, num_perm=128)
        sketches = [
            [library.MinHash.bulk([values], num_perm=128)[0] for values in pair] for pair in pairs
        ]
        for place, (a, _) in enumerate(sketches):
            lsh.insert(place, a)
        wanted = [place for place, pair in enumerate(pairs) if jaccard(*pair) >= threshold]
        found = sum(place in lsh.query(sketches[place][1]) for place in wanted)
        false = sum(len(set(lsh.query(b)) - {place}) for place, (_, b) in enumerate(sketches))
        return found / len(wanted), false, (lsh.b, lsh.r), len(wanted)

    import newsfold.sketch

    ours, our_false, our_bands, wanted = recall(newsfold.sketch)
    theirs, their_false, their_bands, _ = recall(datasketch)
    assert our_bands == their_bands
    # Both are draws of one probability: four standard deviations of their difference.
    noise = 4 * (2 * 0.25 / wanted) ** 0.5 * 0.7
    assert abs(ours - theirs) <= noise, (ours, theirs)
    assert max(our_false, their_false) <= 2


@pytest.mark.parametrize("library", ["newsfold", "datasketch"])
def test_the_estimate_of_a_jaccard_is_as_good(pairs, library):
    make = MinHash if library == "newsfold" else datasketch.MinHash
    off = []
    for a, b in pairs[::4]:
        x, y = make.bulk([a, b], num_perm=256)
        off.append(x.jaccard(y) - jaccard(a, b))
    assert numpy.sqrt(numpy.mean(numpy.square(off))) < 0.5 / 256**0.5 * 1.2
    assert abs(numpy.mean(off)) < 4 * 0.5 / 256**0.5 / len(off) ** 0.5


@pytest.mark.parametrize("make", [MinHash, datasketch.MinHash])
def test_the_names_mean_the_same(make):
    a, b = make(num_perm=64, seed=3), make(num_perm=64, seed=3)
    assert a.is_empty() and len(a) == 64 == a.num_perm and a.seed == 3
    a.update(b"x")
    a.update(b"y")
    b.update_batch([b"y", b"x", b"x"])
    assert a == b and not a.is_empty() and a.jaccard(b) == 1.0
    assert a.hashvalues.dtype == numpy.uint32 and (a.digest() == b.hashvalues).all()
    c = a.copy()
    c.update(b"z")
    assert c != a and copy.copy(c) == c == copy.deepcopy(c)
    merged = make(num_perm=64, seed=3)
    merged.update(b"z")
    merged.merge(a)
    assert merged == c == make.union(a, c)
    assert round(c.count()) in (2, 3, 4)
    a.clear()
    assert a.is_empty()
    other = make(num_perm=64, seed=4)
    with pytest.raises(ValueError):
        a.jaccard(other)
    with pytest.raises(ValueError):
        a.merge(make(num_perm=32, seed=3))
    again = pickle.loads(pickle.dumps(c))
    assert again == c
    again.update(b"w")
    c.update(b"w")
    assert again == c
    assert [len(m) for m in make.generator([[b"1"], [b"2"]], num_perm=16)] == [16, 16]
    assert sorted(make(num_perm=16, hashfunc=lambda value: value).hashvalues.tolist())


@pytest.mark.parametrize("make", [LeanMinHash, datasketch.LeanMinHash])
def test_a_lean_one_is_frozen_and_writes_itself(make):
    whole = MinHash if make is LeanMinHash else datasketch.MinHash
    minhash = whole.bulk([[b"a", b"b"]], num_perm=32)[0]
    lean = make(minhash)
    with pytest.raises(TypeError):
        lean.update(b"c")
    for order in "@=<>!":
        buffer = bytearray(lean.bytesize(order))
        lean.serialize(buffer, order)
        assert make.deserialize(buffer, order) == lean
    with pytest.raises(ValueError):
        lean.serialize(bytearray(3))
    assert pickle.loads(pickle.dumps(lean)) == lean == lean.copy()
    assert lean.jaccard(minhash) == 1.0


def test_a_lean_one_of_datasketch_is_refused():
    theirs = datasketch.LeanMinHash(datasketch.MinHash.bulk([[b"a"]], num_perm=8)[0])
    buffer = bytearray(theirs.bytesize())
    theirs.serialize(buffer)
    with pytest.raises(ValueError, match="datasketch"):
        LeanMinHash.deserialize(buffer)


@pytest.mark.parametrize("library", ["newsfold", "datasketch"])
def test_an_index_has_the_same_names(library):
    make, index = (MinHash, MinHashLSH) if library == "newsfold" else (datasketch.MinHash, datasketch.MinHashLSH)
    a, b, c = make.bulk([[b"1", b"2"], [b"1", b"2"], [b"8", b"9"]], num_perm=32)
    lsh = index(threshold=0.5, num_perm=32)
    assert lsh.is_empty() and "a" not in lsh
    lsh.insert("a", a)
    with pytest.raises(ValueError):
        lsh.insert("a", b)
    with lsh.insertion_session() as session:
        session.insert(("b", 1), b)
        session.insert("c", c)
    assert sorted(map(str, lsh.query(a))) == ["('b', 1)", "a"] and lsh.query(c) == ["c"]
    assert len(lsh.get_counts()) == lsh.b and sum(lsh.get_counts()[0].values()) == 3
    again = pickle.loads(pickle.dumps(lsh))
    again.remove("a")
    assert "a" not in again and again.query(a) == [("b", 1)] and "a" in lsh
    with pytest.raises(ValueError):
        again.remove("a")
    again.insert("a", c)
    assert sorted(again.query(c)) == ["a", "c"]
    other = index(threshold=0.5, num_perm=32)
    other.insert("d", a)
    other.merge(again)
    assert "c" in other and sorted(map(str, other.query(a))) == ["('b', 1)", "d"]
    with pytest.raises(ValueError):
        index(threshold=0.5, num_perm=32, params=(4, 4)).merge(other)
    with pytest.raises(ValueError):
        lsh.insert("short", make(num_perm=16))
    for wrong in ({"threshold": 1.5}, {"num_perm": 1}, {"weights": (0.5, 0.6)}, {"params": (9, 9)}):
        with pytest.raises(ValueError):
            index(**{"num_perm": 32, **wrong})
    assert (index(params=(16, 8)).b, index(params=(16, 8)).r) == (16, 8)


@pytest.mark.parametrize("weights", [(0.5, 0.5), (0.2, 0.8)])
@pytest.mark.parametrize("num_perm", [16, 64])
def test_bands_are_chosen_alike(num_perm, weights):
    for threshold in (0.3, 0.55, 0.8):
        ours, theirs = (
            made(threshold=threshold, num_perm=num_perm, weights=weights)
            for made in (MinHashLSH, datasketch.MinHashLSH)
        )
        assert (ours.b, ours.r) == (theirs.b, theirs.r), threshold


def test_what_cannot_mean_the_same_is_refused():
    for wrong in ({"permutations": ([1], [2])}, {"scheme": "legacy"}, {"gpu_mode": "always"},
                  {"hashfunc": 5}, {"num_perm": 0}):
        with pytest.raises(ValueError):
            MinHash(**wrong)
    with pytest.raises(ValueError):
        MinHashLSH(storage_config={"type": "redis"})
    with pytest.raises(TypeError):
        MinHash().update(5)


def test_values_are_the_same_in_every_run_and_at_once_or_one_by_one():
    m = MinHash(num_perm=4, seed=5)
    m.update("ferry")
    assert m.hashvalues.tolist() == MinHash.bulk([[b"ferry"]], num_perm=4, seed=5)[0].hashvalues.tolist()
    values = [str(n) for n in range(3000)]
    at_once, one_by_one = MinHash(), MinHash()
    at_once.update_batch(values)
    for value in values:
        one_by_one.update(value)
    assert at_once == one_by_one
    assert abs(at_once.count() / 3000 - 1) < 4 / 128**0.5
    # Fewer permutations are the first of more, as in the engine.
    assert MinHash.bulk([values], num_perm=8)[0].hashvalues.tolist() == at_once.hashvalues.tolist()[:8]


def test_simhash_is_near_for_near_texts():
    text = "The ferry Hesper ran aground off Havenmouth at dawn. " * 4
    a, b, c = SimHash(text), SimHash(text + "All were saved."), SimHash("A barn burned near Orrin Falls.")
    assert a.distance(b) < a.distance(c) and a == SimHash(a.value) and a != c
    assert SimHash([b"x", b"y"]) == SimHash(["y", "x"]) and len({a, SimHash(text)}) == 1
