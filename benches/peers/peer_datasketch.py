"""datasketch: `MinHash.update_batch` on word 5-gram sets, `MinHashLSH.query` and `insert`, in order.

Without `--verify` a link is whatever the index returns: a shared band, nothing compared. With it a
link is kept where the estimate from the two signatures, `MinHash.jaccard`, reaches the threshold.
The hash is the library's default (SHA-1, 32 bits of it), the permutations its default scheme.
Limits: one process; the library has no threads.
"""

from datasketch import MinHash, MinHashLSH

import peer


def main() -> None:
    startup = peer.spent()
    parser = peer.options(__doc__)
    parser.add_argument("--verify", action="store_true")
    job = parser.parse_args()

    signatures: list[MinHash] = []
    for text in peer.read_texts(job.corpus):
        signature = MinHash(num_perm=job.num_perm)
        signature.update_batch([shingle.encode() for shingle in set(peer.shingles(text))])
        signatures.append(signature)

    index = MinHashLSH(num_perm=job.num_perm, params=(job.bands, job.rows))
    links: list[peer.Link] = []
    for article, signature in enumerate(signatures):
        for earlier in index.query(signature):
            if not job.verify or signature.jaccard(signatures[earlier]) >= job.threshold:
                links.append((earlier, article))
        index.insert(article, signature, check_duplication=False)

    peer.write_links(job.out, links, len(signatures))
    peer.write_peer(job.out, "datasketch", startup)


if __name__ == "__main__":
    main()
