"""rensa: three ways that its documentation shows, on lists of word 5-grams made in Python.

`--mode full`   `RMinHash.from_token_sets`, `RMinHashLSH.insert_many` and `query_all`; a link is kept
                where the estimate from the signatures reaches the threshold.
`--mode dedup`  `RMinHashDeduplicator.add_pairs`, its streaming filter, which checks by estimate too.
                It says of each article only whether it has an earlier copy that was kept.
`--mode rho`    `digest_matrix_from_token_sets_rho` and `query_duplicate_flags_matrix_one_shot`, the
                pipeline of its headline figures: a sampled sketch and flags only, for every article
                that has a partner, earlier or later.
Limits: threads are rayon's, set by RAYON_NUM_THREADS; making the shingles stays on one.
"""

from collections.abc import Iterator

import rensa

import peer

SEED = 42
BATCH = 2000


def batches(texts: list[str]) -> Iterator[list[list[str]]]:
    """The shingles of a batch of texts at a time, so that they need not all be in memory."""
    for start in range(0, len(texts), BATCH):
        yield [peer.shingles(text) for text in texts[start : start + BATCH]]


def full(texts: list[str], num_perm: int, threshold: float, bands: int) -> list[peer.Link]:
    sketches = []
    for batch in batches(texts):
        sketches += rensa.RMinHash.from_token_sets(batch, num_perm, SEED)
    index = rensa.RMinHashLSH(threshold=threshold, num_perm=num_perm, num_bands=bands)
    index.insert_many(sketches)
    return [
        (earlier, article)
        for article, candidates in enumerate(index.query_all(sketches))
        for earlier in candidates
        if earlier < article and sketches[earlier].jaccard(sketches[article]) >= threshold
    ]


def dedup(texts: list[str], num_perm: int, threshold: float, bands: int) -> list[bool]:
    filter_ = rensa.RMinHashDeduplicator(
        threshold=threshold, num_perm=num_perm, use_lsh=True, num_bands=bands, seed=SEED
    )
    kept: list[bool] = []
    for batch in batches(texts):
        kept += filter_.add_pairs(
            [(str(len(kept) + offset), tokens) for offset, tokens in enumerate(batch)]
        )
    return [not keep for keep in kept]


def rho(texts: list[str], num_perm: int, threshold: float, bands: int) -> list[bool]:
    tokens = (peer.shingles(text) for text in texts)
    matrix = rensa.RMinHash.digest_matrix_from_token_sets_rho(tokens, num_perm, SEED)
    index = rensa.RMinHashLSH(threshold=threshold, num_perm=num_perm, num_bands=bands)
    return list(index.query_duplicate_flags_matrix_one_shot(matrix))


def main() -> None:
    startup = peer.spent()
    parser = peer.options(__doc__)
    parser.add_argument("--mode", choices=["full", "dedup", "rho"], required=True)
    job = parser.parse_args()

    texts = peer.read_texts(job.corpus)
    if job.mode == "full":
        links = full(texts, job.num_perm, job.threshold, job.bands)
        peer.write_links(job.out, links, len(texts))
    else:
        flag = dedup if job.mode == "dedup" else rho
        peer.write_flags(job.out, flag(texts, job.num_perm, job.threshold, job.bands))
    peer.write_peer(job.out, "rensa", startup, flags={"dedup": "earlier", "rho": "any"}.get(job.mode))


if __name__ == "__main__":
    main()
