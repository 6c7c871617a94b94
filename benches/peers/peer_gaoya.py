"""gaoya, the wheel: `MinHashStringIndex.par_bulk_insert_docs`, then `par_bulk_query` of every text.

Its own word analyser makes the 5-grams in Rust. It cuts at ASCII punctuation and white space, so an
underscore parts words and a curly quote does not. The index checks candidates by the estimate from
the signatures. Limits: a query takes a text, not a signature, so every text is analysed and signed
twice; the crate called natively (the folder gaoya) does not have to. Threads are rayon's.
"""

from gaoya.minhash import MinHashStringIndex

import peer

BATCH = 4000


def main() -> None:
    startup = peer.spent()
    job = peer.options(__doc__).parse_args()

    texts = peer.read_texts(job.corpus)
    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=job.threshold,
        num_bands=job.bands,
        band_size=job.rows,
        num_hashes=job.bands * job.rows,
        analyzer="word",
        lowercase=True,
        ngram_range=(peer.WORDS_A_SHINGLE, peer.WORDS_A_SHINGLE),
    )
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    links: list[peer.Link] = []
    for start in range(0, len(texts), BATCH):
        for offset, found in enumerate(index.par_bulk_query(texts[start : start + BATCH])):
            article = start + offset
            links += [(earlier, article) for earlier in found if earlier < article]

    peer.write_links(job.out, links, len(texts))
    peer.write_peer(job.out, "gaoya", startup)


if __name__ == "__main__":
    main()
