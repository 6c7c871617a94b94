"""Who runs, and how: one entrant a line of the result.

Each tool enters with the (bands, rows) that its own users get for a threshold of 0.7 and 128
permutations, and with newsfold's 32×4 where that is another, so that recall can be compared at the same
odds. All run on one thread; newsfold once more on two, and once without looking for parts, which no peer
does.
"""

from dataclasses import dataclass
from pathlib import Path

THRESHOLD = 0.7
NUM_PERM = 128
REFERENCE = "newsfold"


@dataclass(frozen=True)
class Tools:
    """Where the programs are."""

    newsfold: Path
    python: Path
    gaoya: Path


@dataclass(frozen=True)
class Entrant:
    """One line of the result."""

    name: str
    program: str
    """A script beside this file, or `newsfold`, or `gaoya` for the crate."""
    options: tuple[str, ...] = ()
    bands: int = 0
    rows: int = 0
    verifies: str = "no"
    """What is done with a candidate before it is stated: nothing, an estimate, or an exact count."""
    threads: int = 1

    def command(self, tools: Tools, corpus: Path, out: Path) -> list[str]:
        """The command line, for a corpus and an output folder."""
        if self.program == "newsfold":
            settings = ["--threshold", str(THRESHOLD), "--ngram", "5"]
            # The other methods have no permutations, and refuse the option.
            settings += [] if "--method" in self.options else ["--num-perm", str(NUM_PERM)]
            run = [str(tools.newsfold), "dups", "--quiet", "--format", "csv", str(corpus)]
            run += ["--output", str(out)]
            return [*run, "--threads", str(self.threads), *settings, *self.options]
        program = [str(tools.gaoya)]
        if self.program != "gaoya":
            program = [str(tools.python), str(Path(__file__).parent / self.program)]
        settings = ["--threshold", str(THRESHOLD), "--num-perm", str(NUM_PERM)]
        shape = ["--bands", str(self.bands), "--rows", str(self.rows), "--threads", str(self.threads)]
        return [*program, str(corpus), "--out", str(out), *settings, *shape, *self.options]


ENTRANTS = (
    Entrant(REFERENCE, "newsfold", verifies="exactly"),
    Entrant("newsfold, 2 threads", "newsfold", verifies="exactly", threads=2),
    Entrant("newsfold, no parts", "newsfold", ("--containment", "0"), verifies="exactly"),
    Entrant("newsfold exact", "newsfold", ("--method", "exact"), verifies="exactly"),
    Entrant("newsfold simhash", "newsfold", ("--method", "simhash"), verifies="exactly"),
    # 14×9: what MinHashLSH(threshold=0.7, num_perm=128) chooses.
    Entrant("datasketch", "peer_datasketch.py", bands=14, rows=9),
    Entrant("datasketch, 32×4", "peer_datasketch.py", bands=32, rows=4),
    Entrant(
        "datasketch, 32×4, estimate",
        "peer_datasketch.py",
        ("--verify",),
        bands=32,
        rows=4,
        verifies="by estimate",
    ),
    # 16 bands: what RMinHashDeduplicator chooses from 0.7 up; its benchmark of rho states 8 at 0.8.
    Entrant("rensa", "peer_rensa.py", ("--mode", "full"), bands=16, rows=8, verifies="by estimate"),
    Entrant(
        "rensa, 32×4", "peer_rensa.py", ("--mode", "full"), bands=32, rows=4, verifies="by estimate"
    ),
    Entrant(
        "rensa dedup", "peer_rensa.py", ("--mode", "dedup"), bands=16, rows=8, verifies="by estimate"
    ),
    Entrant("rensa rho", "peer_rensa.py", ("--mode", "rho"), bands=16, rows=8),
    # 32×4: what calculate_minhash_params(0.7, 128) gives; 16×8 is the usual cheaper choice.
    Entrant("gaoya crate", "gaoya", bands=32, rows=4, verifies="by estimate"),
    Entrant("gaoya crate, 16×8", "gaoya", bands=16, rows=8, verifies="by estimate"),
    Entrant("gaoya wheel", "peer_gaoya.py", bands=32, rows=4, verifies="by estimate"),
    # 8 rows, as in Daft's own example (8×8 of 64).
    Entrant("Daft", "peer_daft.py", bands=16, rows=8),
    Entrant("Daft, 32×4", "peer_daft.py", bands=32, rows=4),
    # Marin's own pipeline has 26×11 of 286; with 128 permutations 16×8 is its nearest.
    Entrant("marin-dupekit", "peer_dupekit.py", bands=16, rows=8),
    Entrant("marin-dupekit, 32×4", "peer_dupekit.py", bands=32, rows=4),
)
