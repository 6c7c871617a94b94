//! An index of MinHash signatures by their bands; what Python sees of it is in `newsfold/sketch.py`.
//!
//! Cost: a band is eight bytes in a signature's entry and eight in its bucket; a query is a look-up a band.

use std::collections::HashMap;

use newsfold::sketch::{Banding, band_hashes};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::minhash::MinHash;

/// Pieces of the range from 0 to 1 by which probabilities are summed: more of them choose the same bands.
const PIECES: usize = 1000;

/// Bands and rows with the least weighed sum of false positives and false negatives, as datasketch chooses
/// them: of equals the fewest bands, then the fewest rows.
#[pyfunction]
pub(crate) fn optimal_params(
    threshold: f64,
    num_perm: usize,
    positive_weight: f64,
    negative_weight: f64,
) -> (usize, usize) {
    let mut best = (f64::INFINITY, (1, num_perm));
    for bands in 1..=num_perm {
        for rows in 1..=num_perm / bands {
            let banding = Banding { bands, rows };
            let found = |jaccard| banding.expected_recall(jaccard);
            let wrong = sum(0.0, threshold, found) * positive_weight
                + sum(threshold, 1.0, |jaccard| 1.0 - found(jaccard)) * negative_weight;
            if wrong < best.0 {
                best = (wrong, (bands, rows));
            }
        }
    }
    best.1
}

/// The area under `of` between two places, by the midpoints of pieces.
fn sum(from: f64, to: f64, of: impl Fn(f64) -> f64) -> f64 {
    let piece = (to - from) / PIECES as f64;
    (0..PIECES).map(|place| of(from + (place as f64 + 0.5) * piece) * piece).sum()
}

/// Which signatures share a band. Entries go by numbers, which are given once.
#[pyclass(module = "newsfold._native")]
pub(crate) struct Index {
    banding: Banding,
    buckets: Vec<HashMap<u64, Vec<u32>>>,
    /// The bands of each entry; none of one that was removed.
    entries: Vec<Option<Box<[u64]>>>,
    /// For a query: by which of them an entry was seen last.
    seen: Vec<u32>,
    queries: u32,
}

#[pymethods]
impl Index {
    #[new]
    fn new(bands: usize, rows: usize) -> Self {
        Self {
            banding: Banding { bands, rows },
            buckets: vec![HashMap::new(); bands],
            entries: Vec::new(),
            seen: Vec::new(),
            queries: 0,
        }
    }

    /// Adds a signature, and returns its number.
    fn insert(&mut self, minhash: PyRef<'_, MinHash>) -> PyResult<u32> {
        let bands: Box<[u64]> = band_hashes(&minhash.values, self.banding).collect();
        self.add(bands)
    }

    /// Adds the entry of another index of the same bands, and returns its number here.
    fn insert_from(&mut self, other: PyRef<'_, Self>, number: u32) -> PyResult<Option<u32>> {
        let bands = other.entries.get(number as usize).cloned().flatten();
        bands.map(|bands| self.add(bands)).transpose()
    }

    /// Removes an entry.
    fn remove(&mut self, number: u32) {
        let Some(bands) = self.entries.get_mut(number as usize).and_then(Option::take) else {
            return;
        };
        for (bucket, band) in self.buckets.iter_mut().zip(bands) {
            if let Some(entries) = bucket.get_mut(&band) {
                entries.retain(|&entry| entry != number);
                if entries.is_empty() {
                    bucket.remove(&band);
                }
            }
        }
    }

    /// The entries that share a band with this signature, in order of their numbers.
    fn query(&mut self, minhash: PyRef<'_, MinHash>) -> Vec<u32> {
        self.queries = self.queries.wrapping_add(1);
        if self.queries == 0 {
            self.seen.fill(0);
            self.queries = 1;
        }
        let mut found = Vec::new();
        for (bucket, band) in self.buckets.iter().zip(band_hashes(&minhash.values, self.banding)) {
            for &entry in bucket.get(&band).into_iter().flatten() {
                if std::mem::replace(&mut self.seen[entry as usize], self.queries) != self.queries {
                    found.push(entry);
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// For each band, how many entries every bucket has.
    fn counts(&self) -> Vec<HashMap<u64, usize>> {
        let sizes = |bucket: &HashMap<u64, Vec<u32>>| {
            bucket.iter().map(|(&band, entries)| (band, entries.len())).collect()
        };
        self.buckets.iter().map(sizes).collect()
    }

    /// The bands of every entry, for a pickle; nothing where one was removed.
    fn state(&self) -> Vec<Option<Vec<u64>>> {
        self.entries.iter().map(|entry| entry.as_ref().map(|bands| bands.to_vec())).collect()
    }

    /// Adds entries as [`Self::state`] tells them.
    fn restore(&mut self, state: Vec<Option<Vec<u64>>>) -> PyResult<()> {
        for bands in state {
            match bands {
                Some(bands) if bands.len() == self.banding.bands => {
                    self.add(bands.into())?;
                }
                Some(_) => {
                    return Err(PyValueError::new_err("an entry of another number of bands"));
                }
                None => {
                    self.entries.push(None);
                    self.seen.push(0);
                }
            }
        }
        Ok(())
    }
}

impl Index {
    fn add(&mut self, bands: Box<[u64]>) -> PyResult<u32> {
        let number = u32::try_from(self.entries.len())
            .map_err(|_| PyValueError::new_err("an index has 4,294,967,296 entries at the most"))?;
        for (bucket, &band) in self.buckets.iter_mut().zip(&bands) {
            bucket.entry(band).or_default().push(number);
        }
        self.entries.push(Some(bands));
        self.seen.push(0);
        Ok(number)
    }
}
