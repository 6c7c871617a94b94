"""Daft: `read_json`, `normalize`, `minhash` on word 5-grams, then bands in Python.

Its documentation bands with `explode` and `groupby` and joins until components settle; a dictionary a
band costs less on one machine, so Daft is measured with that. A link is a shared band, nothing is
compared. Its words are the pieces between spaces after ASCII punctuation was removed: "end.Next" and
"don't" are one word each. Limits: its runner takes all the cores it may, so the process is bound to
as many as `--threads` before Daft is imported.
"""

import os

import peer


def bind(threads: int) -> None:
    """Leaves this process the first `threads` of its cores."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def main() -> None:
    job = peer.options(__doc__).parse_args()
    bind(job.threads)
    import daft
    import numpy
    from daft.functions import minhash, normalize

    startup = peer.spent()
    clean = normalize(
        daft.col("text"), remove_punct=True, lowercase=True, nfd_unicode=True, white_space=True
    )
    signature = minhash(
        clean,
        num_hashes=job.num_perm,
        ngram_size=peer.WORDS_A_SHINGLE,
        seed=42,
        hash_function="xxhash",
    )
    table = daft.read_json(str(job.corpus)).select(signature.alias("signature")).to_arrow()
    flat = table["signature"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    matrix = flat.astype(numpy.uint32).reshape(table.num_rows, job.num_perm)
    keys = (
        (row[band * job.rows : (band + 1) * job.rows].tobytes() for band in range(job.bands))
        for row in matrix
    )
    peer.write_links(job.out, peer.bucket_links(enumerate(keys)), table.num_rows)
    peer.write_peer(job.out, "daft", startup)


if __name__ == "__main__":
    main()
