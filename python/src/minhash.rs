//! MinHash and SimHash of any values, by the engine's kernels.
//!
//! Cost: a value is hashed once and takes one multiplication a permutation, in vector instructions; values
//! that come together are signed together.

use std::sync::Arc;

use newsfold::sketch::{self, MinHasher, Shingler};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use xxhash_rust::xxh3::xxh3_64;

/// More places than this in a signature no longer change what is found, as in the engine.
const MAX_PERMUTATIONS: usize = 4096;
/// Values that are hashed before they are signed: they stay in the nearest cache.
const AT_A_TIME: usize = 1024;
/// Hashers that are kept: making one draws two random numbers a permutation.
const KEPT: usize = 16;

/// The hasher of these parameters, made once.
fn hasher(permutations: usize, seed: u64) -> Arc<MinHasher> {
    use std::sync::{Mutex, PoisonError};
    type Made = Vec<((usize, u64), Arc<MinHasher>)>;
    static MADE: Mutex<Made> = Mutex::new(Vec::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, hasher)) = made.iter().find(|(key, _)| *key == (permutations, seed)) {
        return Arc::clone(hasher);
    }
    if made.len() == KEPT {
        made.remove(0);
    }
    let hasher = Arc::new(MinHasher::new(permutations, seed));
    made.push(((permutations, seed), Arc::clone(&hasher)));
    hasher
}

/// A MinHash signature; what Python sees of it is in `newsfold/sketch.py`.
#[pyclass(subclass, module = "newsfold._native")]
pub(crate) struct MinHash {
    seed: u64,
    hasher: Arc<MinHasher>,
    /// One value a permutation: the least that any value took.
    pub(crate) values: Vec<u32>,
    hashfunc: Option<Py<PyAny>>,
}

/// The hash of a value, as the engine's kernels want it: all of its 64 bits are good.
fn hash(value: &Bound<'_, PyAny>, hashfunc: Option<&Bound<'_, PyAny>>) -> PyResult<u64> {
    if let Some(hashfunc) = hashfunc {
        let hash: u64 = hashfunc.call1((value,))?.extract()?;
        return Ok(xxh3_64(&hash.to_le_bytes()));
    }
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(xxh3_64(bytes.as_bytes()));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(xxh3_64(text.to_cow()?.as_bytes()));
    }
    let bytes: Vec<u8> = value.extract().map_err(|_| {
        let kind = value.get_type().name().map_or_else(|_| "?".into(), |name| name.to_string());
        PyTypeError::new_err(format!("a value is bytes or text, not {kind}"))
    })?;
    Ok(xxh3_64(&bytes))
}

impl MinHash {
    fn sign(&mut self, hashes: &[u64], signature: &mut Vec<u32>) {
        signature.clear();
        self.hasher.sign(hashes, signature);
        for (least, new) in self.values.iter_mut().zip(signature) {
            *least = (*least).min(*new);
        }
    }

    /// # Errors
    /// Where signatures are of other permutations.
    fn check(&self, other: &Self) -> PyResult<()> {
        if self.seed != other.seed {
            return Err(PyValueError::new_err("the two MinHash have different seeds"));
        }
        if self.values.len() != other.values.len() {
            return Err(PyValueError::new_err(
                "the two MinHash have different numbers of permutations",
            ));
        }
        Ok(())
    }
}

#[pymethods]
impl MinHash {
    #[new]
    #[pyo3(signature = (num_perm, seed, hashfunc = None, values = None))]
    fn new(
        num_perm: usize,
        seed: u64,
        hashfunc: Option<Py<PyAny>>,
        values: Option<Vec<u32>>,
    ) -> PyResult<Self> {
        let num_perm = values.as_ref().map_or(num_perm, Vec::len);
        if !(1..=MAX_PERMUTATIONS).contains(&num_perm) {
            let reason = format!("num_perm is between 1 and {MAX_PERMUTATIONS}, not {num_perm}");
            return Err(PyValueError::new_err(reason));
        }
        let hasher = hasher(num_perm, seed);
        Ok(Self {
            seed,
            hasher,
            values: values.unwrap_or_else(|| vec![u32::MAX; num_perm]),
            hashfunc,
        })
    }

    #[getter]
    fn seed(&self) -> u64 {
        self.seed
    }

    #[getter]
    fn hashfunc(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.hashfunc.as_ref().map(|hashfunc| hashfunc.clone_ref(py))
    }

    /// The signature as bytes: 32-bit numbers in the machine's order.
    fn raw<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes: Vec<u8> = self.values.iter().flat_map(|value| value.to_ne_bytes()).collect();
        PyBytes::new(py, &bytes)
    }

    /// Sets the signature.
    fn set_values(&mut self, values: Vec<u32>) -> PyResult<()> {
        if values.len() != self.values.len() {
            return Err(PyValueError::new_err("a signature of another length"));
        }
        self.values = values;
        Ok(())
    }

    fn update(&mut self, py: Python<'_>, b: &Bound<'_, PyAny>) -> PyResult<()> {
        let hash = hash(b, self.hashfunc.as_ref().map(|hashfunc| hashfunc.bind(py)))?;
        let mut signature = Vec::with_capacity(self.values.len());
        self.sign(&[hash], &mut signature);
        Ok(())
    }

    fn update_batch(&mut self, py: Python<'_>, b: &Bound<'_, PyAny>) -> PyResult<()> {
        let hashfunc = self.hashfunc.as_ref().map(|hashfunc| hashfunc.clone_ref(py));
        let hashfunc = hashfunc.as_ref().map(|hashfunc| hashfunc.bind(py));
        let (mut hashes, mut signature) = (Vec::with_capacity(AT_A_TIME), Vec::new());
        for value in b.try_iter()? {
            hashes.push(hash(&value?, hashfunc)?);
            if hashes.len() == AT_A_TIME {
                self.sign(&hashes, &mut signature);
                hashes.clear();
            }
        }
        if !hashes.is_empty() {
            self.sign(&hashes, &mut signature);
        }
        Ok(())
    }

    fn jaccard(&self, other: PyRef<'_, Self>) -> PyResult<f64> {
        self.check(&other)?;
        let alike = self.values.iter().zip(&other.values).filter(|(a, b)| a == b).count();
        Ok(alike as f64 / self.values.len() as f64)
    }

    /// The number of different values, estimated by the mean of the least (Cohen 1994).
    fn count(&self) -> f64 {
        let range = f64::from(u32::MAX);
        let sum: f64 = self.values.iter().map(|&value| f64::from(value) / range).sum();
        self.values.len() as f64 / sum - 1.0
    }

    fn merge_values(&mut self, other: PyRef<'_, Self>) -> PyResult<()> {
        self.check(&other)?;
        for (least, other) in self.values.iter_mut().zip(&other.values) {
            *least = (*least).min(*other);
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.values.iter().all(|&value| value == u32::MAX)
    }

    fn clear(&mut self) {
        self.values.fill(u32::MAX);
    }

    fn __len__(&self) -> usize {
        self.values.len()
    }

    fn equals(&self, other: PyRef<'_, Self>) -> bool {
        self.seed == other.seed && self.values == other.values
    }
}

/// The SimHash fingerprint of a text's shingles, or of any values.
#[pyfunction]
pub(crate) fn simhash(value: &Bound<'_, PyAny>, ngram: usize) -> PyResult<u64> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(sketch::simhash(Shingler::new(ngram.max(1)).shingles(&text.to_cow()?)));
    }
    let hashes: PyResult<Vec<u64>> = value.try_iter()?.map(|value| hash(&value?, None)).collect();
    Ok(sketch::simhash(&hashes?))
}
