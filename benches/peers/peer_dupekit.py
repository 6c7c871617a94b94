"""marin-dupekit: `CleanText`, `MinHash` and `MinHashLSH` over Arrow batches, then bands in Python.

It has character shingles only (`--ngram`, 5 in Marin's own pipeline), so its Jaccard is another one
than everybody else's: two articles share most character 5-grams long before they share most word
5-grams. A link is a shared bucket, nothing is compared; buckets are joined by a dictionary a band,
where Marin's pipeline runs distributed connected components. Arrow reads the JSON.
Limits: rows a band follow from the permutations; one thread (it has none).
"""

import pyarrow
import pyarrow.json
from dupekit import Transformation, transform

import peer

SEED = 42
BATCH = 4000
BLOCK_BYTES = 16 << 20


def main() -> None:
    startup = peer.spent()
    parser = peer.options(__doc__)
    parser.add_argument("--ngram", type=int, default=5, help="characters a shingle")
    job = parser.parse_args()

    table = pyarrow.json.read_json(
        job.corpus,
        read_options=pyarrow.json.ReadOptions(use_threads=job.threads > 1, block_size=BLOCK_BYTES),
        parse_options=pyarrow.json.ParseOptions(
            explicit_schema=pyarrow.schema([("text", pyarrow.string())]),
            unexpected_field_behavior="ignore",
        ),
    )
    steps = [
        Transformation.CleanText("text", "clean"),
        Transformation.MinHash("clean", "signature", job.num_perm, job.ngram, SEED),
        Transformation.MinHashLSH("signature", "buckets", job.bands),
        Transformation.SelectColumns(["buckets"]),
    ]
    buckets = (
        keys
        for batch in table.to_batches(max_chunksize=BATCH)
        for keys in transform(batch, steps).column("buckets").to_pylist()
    )
    peer.write_links(job.out, peer.bucket_links(enumerate(buckets)), table.num_rows)
    peer.write_peer(job.out, "marin-dupekit", startup)


if __name__ == "__main__":
    main()
