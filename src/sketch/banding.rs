//! Bands of MinHash signatures (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, ch. 3).
//!
//! Two articles of Jaccard s share a band of r rows with probability sʳ, and at least one of b
//! bands with 1 − (1 − sʳ)ᵇ.

use serde::Serialize;

use super::mix;

/// How a signature is cut: `bands` stretches of `rows` places each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Banding {
    /// Stretches.
    pub bands: usize,
    /// Places a stretch.
    pub rows: usize,
}

impl Banding {
    /// The banding with the most rows, and so the fewest candidates, that proposes a pair of
    /// Jaccard `threshold` with probability `recall` or more; one row where none does.
    ///
    /// ```
    /// use newsfold::sketch::Banding;
    /// let banding = Banding::derive(0.7, 0.995, 128);
    /// assert_eq!((banding.bands, banding.rows), (32, 4));
    /// assert!(banding.expected_recall(0.7) > 0.9998);
    /// ```
    pub fn derive(threshold: f64, recall: f64, permutations: usize) -> Self {
        (1..=permutations)
            .rev()
            .map(|rows| Self { bands: permutations / rows, rows })
            .find(|banding| banding.expected_recall(threshold) >= recall)
            .unwrap_or(Self { bands: permutations, rows: 1 })
    }

    /// The probability that a pair of this Jaccard shares a band.
    pub fn expected_recall(self, jaccard: f64) -> f64 {
        1.0 - libm::pow(1.0 - libm::pow(jaccard, self.rows as f64), self.bands as f64)
    }
}

/// The hash of each band of a signature: articles that agree in one are candidates.
pub fn band_hashes(signature: &[u32], banding: Banding) -> impl Iterator<Item = u64> {
    signature.chunks_exact(banding.rows).take(banding.bands).enumerate().map(|(band, rows)| {
        rows.iter().fold(mix(band as u64 + 1), |hash, &row| mix(hash ^ u64::from(row)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_recall_is_that_of_the_formula() {
        // 1 − (1 − 0.8⁵)²⁰ = 1 − 0.67232²⁰ = 0.999644 (Mining of Massive Datasets, figure 3.8).
        let banding = Banding { bands: 20, rows: 5 };
        assert!((banding.expected_recall(0.8) - 0.999_644).abs() < 1e-6);
    }

    #[test]
    fn a_recall_that_no_banding_reaches_gets_one_row() {
        assert_eq!(Banding::derive(0.01, 0.999, 16), Banding { bands: 16, rows: 1 });
    }
}
