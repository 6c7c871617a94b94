"""Sketches with datasketch's names, by the engine's kernels.

Change the import, and most code goes on as it is: ``from newsfold.sketch import MinHash, MinHashLSH``.
What is different is in ``docs/python.md``. Signatures of the two libraries mean nothing together.

>>> from newsfold.sketch import MinHash, MinHashLSH
>>> words = "the ferry hesper ran aground off havenmouth at dawn and all ninety were saved".split()
>>> a, b = MinHash(num_perm=256), MinHash(num_perm=256)
>>> a.update_batch(word.encode() for word in words)
>>> b.update_batch(word.encode() for word in words[:-1])
>>> abs(a.jaccard(b) - 13 / 14) < 0.1
True
>>> lsh = MinHashLSH(threshold=0.7, num_perm=256)
>>> lsh.insert("a", a)
>>> lsh.query(b)
['a']
"""

from __future__ import annotations

import struct
from typing import Any, Callable, Dict, Hashable, Iterable, Iterator, List, Optional, Tuple, Union

from . import _native

__all__ = ["LeanMinHash", "MinHash", "MinHashLSH", "SimHash"]

#: How the engine makes signatures: multiply, then exclusive or, on 32 bits.
SCHEME = "newsfold"
#: What stands for the scheme in a serialised LeanMinHash; datasketch has 1 and 2.
_SCHEME_CODE = 0x4E
#: Bits of a SimHash.
_SIMHASH_BITS = 64


class MinHash(_native.MinHash):
    """A MinHash signature, as ``datasketch.MinHash``.

    A value is bytes or text. Without ``hashfunc`` it is hashed by XXH3; a function of one's own returns
    an integer of 64 bits at the most.

    >>> m = MinHash(num_perm=64, seed=7)
    >>> m.update(b"ferry")
    >>> m.update_batch([b"aground", b"dawn"])
    >>> len(m), round(m.count()), m.is_empty()
    (64, 3, False)
    """

    def __new__(
        cls,
        num_perm: int = 128,
        seed: int = 1,
        gpu_mode: str = "disable",
        hashfunc: Optional[Callable[[Any], int]] = None,
        hashobj: Any = None,
        hashvalues: Optional[Iterable[int]] = None,
        permutations: Any = None,
        scheme: Optional[str] = None,
    ) -> MinHash:
        if gpu_mode == "always":
            raise ValueError("gpu_mode: the signatures of newsfold are made on the processor")
        if permutations is not None:
            raise ValueError("permutations: they follow from seed and num_perm; leave them out")
        if scheme not in (None, SCHEME):
            raise ValueError(f"scheme: the signatures of newsfold are of {SCHEME!r} only, not {scheme!r}")
        if hashobj is not None or (hashfunc is not None and not callable(hashfunc)):
            raise ValueError("hashfunc must be a callable, and hashobj is not taken")
        values = None if hashvalues is None else [int(value) for value in hashvalues]
        return super().__new__(cls, num_perm, seed, hashfunc, values)

    @property
    def num_perm(self) -> int:
        """How many permutations it has."""
        return len(self)

    @property
    def scheme(self) -> str:
        """How its values were made."""
        return SCHEME

    @property
    def hashvalues(self) -> Any:
        """The signature, as an array of numpy: a copy. Set it to change the signature."""
        import numpy

        return numpy.frombuffer(self.raw(), dtype=numpy.uint32).copy()

    @hashvalues.setter
    def hashvalues(self, values: Iterable[int]) -> None:
        self.set_values([int(value) for value in values])

    def digest(self) -> Any:
        """A copy of the signature, as an array of numpy."""
        return self.hashvalues

    def merge(self, other: MinHash) -> None:
        """Makes this the signature of the union of both."""
        self.merge_values(other)

    def copy(self) -> MinHash:
        """The same signature again."""
        made = self._blank()
        made.merge_values(self)
        return made

    __copy__ = copy

    def _blank(self) -> MinHash:
        return type(self)(num_perm=len(self), seed=self.seed, hashfunc=self.hashfunc)

    def __deepcopy__(self, _: dict) -> MinHash:
        return self.copy()

    @classmethod
    def union(cls, *minhashes: MinHash) -> MinHash:
        """The signature of the union of all."""
        if len(minhashes) < 2:
            raise ValueError("a union is of two MinHash or more")
        made = minhashes[0].copy()
        for other in minhashes[1:]:
            made.merge(other)
        return made

    @classmethod
    def generator(cls, b: Iterable[Iterable[Any]], **minhash_kwargs: Any) -> Iterator[MinHash]:
        """A signature for each set of values, one by one."""
        for values in b:
            made = cls(**minhash_kwargs)
            made.update_batch(values)
            yield made

    @classmethod
    def bulk(cls, b: Iterable[Iterable[Any]], **minhash_kwargs: Any) -> List[MinHash]:
        """A signature for each set of values.

        >>> [m.count() > 1 for m in MinHash.bulk([[b"a", b"b"], [b"c", b"d", b"e"]], num_perm=128)]
        [True, True]
        """
        return list(cls.generator(b, **minhash_kwargs))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MinHash) and self.equals(other)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> Tuple[Any, ...]:
        return _unpickled, (type(self), self.seed, self.hashfunc, self.raw())


def _values(raw: bytes) -> Tuple[int, ...]:
    return struct.unpack(f"={len(raw) // 4}I", raw)


def _unpickled(cls: type, seed: int, hashfunc: Any, raw: bytes) -> MinHash:
    if issubclass(cls, LeanMinHash):
        return cls(seed=seed, hashvalues=_values(raw))
    return cls(seed=seed, hashfunc=hashfunc, hashvalues=_values(raw))


class LeanMinHash(MinHash):
    """A signature that takes no more values, as ``datasketch.LeanMinHash``; it writes itself to a buffer.

    >>> lean = LeanMinHash(MinHash.bulk([[b"ferry", b"dawn"]], num_perm=16)[0])
    >>> buffer = bytearray(lean.bytesize())
    >>> lean.serialize(buffer)
    >>> LeanMinHash.deserialize(buffer) == lean
    True
    """

    def __new__(
        cls,
        minhash: Optional[MinHash] = None,
        seed: Optional[int] = None,
        hashvalues: Optional[Iterable[int]] = None,
        scheme: Optional[str] = None,
    ) -> LeanMinHash:
        if minhash is not None:
            seed, hashvalues = minhash.seed, _values(minhash.raw())
        if seed is None or hashvalues is None:
            raise ValueError("name a MinHash, or both seed and hashvalues")
        return super().__new__(cls, seed=seed, hashvalues=hashvalues, scheme=scheme)

    def update(self, b: Any) -> None:
        """Not to be had: it is frozen."""
        raise TypeError("a LeanMinHash takes no more values")

    update_batch = update

    def _blank(self) -> LeanMinHash:
        made = type(self)(seed=self.seed, hashvalues=_values(self.raw()))
        return made

    def bytesize(self, byteorder: str = "@") -> int:
        """How many bytes :meth:`serialize` writes."""
        return struct.calcsize(f"{byteorder}qiB{len(self)}I")

    def serialize(self, buf: Any, byteorder: str = "@") -> None:
        """Writes it to a buffer: seed, number of values with a minus, scheme, values."""
        size = self.bytesize(byteorder)
        if len(buf) < size:
            raise ValueError(f"the buffer has {len(buf)} bytes, and {size} are written")
        values = _values(self.raw())
        struct.pack_into(
            f"{byteorder}qiB{len(self)}I", buf, 0, self.seed, -len(self), _SCHEME_CODE, *values
        )

    @classmethod
    def deserialize(cls, buf: Any, byteorder: str = "@") -> LeanMinHash:
        """Reads what :meth:`serialize` wrote."""
        seed, negated, code = struct.unpack_from(f"{byteorder}qiB", buf, 0)
        if negated >= 0 or code != _SCHEME_CODE:
            raise ValueError("no LeanMinHash of newsfold; those of datasketch mean nothing here")
        told = struct.unpack_from(f"{byteorder}qiB{-negated}I", buf, 0)
        return cls(seed=seed, hashvalues=told[3:])


class MinHashLSH:
    """An index of signatures by their bands, as ``datasketch.MinHashLSH``, in memory.

    >>> sets = {"a": [b"1", b"2", b"3"], "b": [b"1", b"2", b"3"], "c": [b"7", b"8", b"9"]}
    >>> made = dict(zip(sets, MinHash.bulk(sets.values(), num_perm=128)))
    >>> lsh = MinHashLSH(threshold=0.5, num_perm=128)
    >>> with lsh.insertion_session() as session:
    ...     for key, minhash in made.items():
    ...         session.insert(key, minhash)
    >>> lsh.query(made["a"]), "c" in lsh, lsh.is_empty()
    (['a', 'b'], True, False)
    >>> lsh.remove("b")
    >>> lsh.query(made["a"])
    ['a']
    """

    def __init__(
        self,
        threshold: float = 0.9,
        num_perm: int = 128,
        weights: Tuple[float, float] = (0.5, 0.5),
        params: Optional[Tuple[int, int]] = None,
        storage_config: Optional[dict] = None,
        prepickle: Optional[bool] = None,
        hashfunc: Optional[Callable] = None,
    ) -> None:
        if storage_config and storage_config.get("type", "dict") != "dict":
            raise ValueError("storage_config: the index of newsfold is in memory only")
        if not 0.0 <= threshold <= 1.0:
            raise ValueError("threshold must be in [0.0, 1.0]")
        if num_perm < 2:
            raise ValueError("Too few permutation functions")
        if any(not 0.0 <= weight <= 1.0 for weight in weights):
            raise ValueError("Weight must be in [0.0, 1.0]")
        if sum(weights) != 1.0:
            raise ValueError("Weights must sum to 1.0")
        #: Permutations, bands, and rows a band.
        self.h = num_perm
        self.b, self.r = params or _native.optimal_params(threshold, num_perm, *weights)
        if self.b * self.r > num_perm:
            raise ValueError(f"params: {self.b} bands of {self.r} are more than num_perm {num_perm}")
        if self.b < 2:
            raise ValueError("The number of bands are too small (b < 2)")
        self._index = _native.Index(self.b, self.r)
        self._numbers: Dict[Hashable, int] = {}
        self._keys: Dict[int, Hashable] = {}
        self._seed: Optional[int] = None

    def insert(self, key: Hashable, minhash: MinHash, check_duplication: bool = True) -> None:
        """Adds a signature under a key."""
        self._check(minhash)
        if key in self._numbers:
            if check_duplication:
                raise ValueError("The given key already exists")
            self.remove(key)
        number = self._index.insert(minhash)
        self._numbers[key], self._keys[number] = number, key

    def query(self, minhash: MinHash) -> List[Hashable]:
        """The keys whose signatures share a band with this one, in the order of their insertion."""
        self._check(minhash)
        return [self._keys[number] for number in self._index.query(minhash)]

    def remove(self, key: Hashable) -> None:
        """Removes a key."""
        if key not in self._numbers:
            raise ValueError("The given key does not exist")
        number = self._numbers.pop(key)
        del self._keys[number]
        self._index.remove(number)

    def merge(self, other: MinHashLSH, check_overlap: bool = False) -> None:
        """Adds what another index of the same bands holds."""
        if (self.h, self.b, self.r) != (other.h, other.b, other.r):
            raise ValueError("Cannot merge MinHashLSH with different initialization parameters.")
        if check_overlap and self._numbers.keys() & other._numbers.keys():
            raise ValueError("The keys are overlapping, duplicate key exists.")
        if None not in (self._seed, other._seed) and self._seed != other._seed:
            raise ValueError("the two indexes hold MinHash of different seeds")
        self._seed = other._seed if self._seed is None else self._seed
        for key, number in other._numbers.items():
            if key in self._numbers:
                self.remove(key)
            mine = self._index.insert_from(other._index, number)
            self._numbers[key], self._keys[mine] = mine, key

    def insertion_session(self, buffer_size: int = 50000) -> _Session:
        """A context whose ``insert`` is that of the index: nothing needs to be buffered in memory."""
        return _Session(self)

    deletion_session = insertion_session

    def is_empty(self) -> bool:
        """Whether no key is in it."""
        return not self._numbers

    def get_counts(self) -> List[Dict[int, int]]:
        """For each band, how many keys each of its values has."""
        return self._index.counts()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def _check(self, minhash: MinHash) -> None:
        if len(minhash) != self.h:
            raise ValueError(f"Expecting minhash with length {self.h}, got {len(minhash)}")
        if self._seed is None:
            self._seed = minhash.seed
        elif self._seed != minhash.seed:
            raise ValueError("a MinHash of another seed than those of this index")

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_index": self._index.state()}

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        self._index = _native.Index(self.b, self.r)
        self._index.restore(state["_index"])


class _Session:
    def __init__(self, lsh: MinHashLSH) -> None:
        self.insert = lsh.insert
        self.remove = lsh.remove

    def __enter__(self) -> _Session:
        return self

    def __exit__(self, *_: Any) -> None:
        return None


class SimHash:
    """A SimHash fingerprint of 64 bits: of a text's shingles, or of any values.

    datasketch has none; the names are those of the package simhash.

    >>> a = SimHash("The ferry Hesper ran aground off Havenmouth at dawn, and all ninety were saved.")
    >>> b = SimHash("The ferry HESPER ran aground off Havenmouth at dawn; and all ninety were saved")
    >>> a.distance(b)
    0
    """

    def __init__(self, value: Union[str, int, Iterable[Any]], ngram: int = 5) -> None:
        #: The fingerprint.
        self.value: int = value if isinstance(value, int) else _native.simhash(value, ngram)
        if not 0 <= self.value < 1 << _SIMHASH_BITS:
            raise ValueError(f"a fingerprint has {_SIMHASH_BITS} bits")

    def distance(self, other: SimHash) -> int:
        """In how many bits the two differ."""
        return bin(self.value ^ other.value).count("1")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SimHash) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return f"SimHash({self.value:#018x})"
