//! What a run keeps, in memory as far as its budget goes and in a temporary file beyond.
//!
//! A stage hands over a text or an array and gets back something that reads as the `&str` or the
//! slice it was, wherever it lies: half of the budget may lie on the heap, texts in a quarter at most; the other half is
//! for whatever a stage works with. The file is mapped, so that reading it needs no code of its own, and
//! a watch takes its pages out of memory when the process has taken more than the budget. The system
//! still caches them while it has room, and a run that goes through them again only pays for finding
//! them there. The file has no name from the beginning on: a run that is killed leaves nothing.
//!
//! Cost: a copy into the file of what does not fit, and where it is read, a page fault for every 16
//! pages. Memory: a few words for what is kept.

#![allow(unsafe_code, reason = "what lies in the mapped file is reached by its address")]

mod available;
mod file;

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

pub(crate) use self::available::available;
pub(crate) use self::file::Lane;
use self::file::{ALIGNMENT, Lanes, SpillFile, Stretch, watch};
use crate::error::{Cause, Error, OutputStep, Result};

/// How much an array grows before it is asked again whether there is room.
const STEP_BYTES: u64 = 4 << 20;
/// What may lie on the heap takes up to this part of the budget …
const HEAP_SHARE: u64 = 2;
/// … and texts no more than this: a stage reads through them once or twice and comes back to what it made of them
/// without end, so that these had better be there.
const TEXTS_SHARE: u64 = 4;
/// How much memory a run may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// About so many bytes.
    pub bytes: u64,
    /// Where the temporary file goes that holds what is more: the folder that this path is in, or
    /// this folder, or that of the system, the first of them that can be written in.
    pub beside: PathBuf,
}

/// A budget, and the file for what goes beyond. Clones share both; the default keeps everything in
/// memory.
#[derive(Clone, Default)]
pub(crate) struct Spill {
    shared: Option<Arc<Shared>>,
    /// What of the memory is being filled with texts.
    texts: Arc<Mutex<Lanes>>,
}

struct Shared {
    memory: Memory,
    /// How much of what is kept lies on the heap.
    on_heap: AtomicU64,
    file: Mutex<Option<SpillFile>>,
}

impl fmt::Debug for Spill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spill").field("memory", &self.shared.as_ref().map(|s| &s.memory)).finish()
    }
}

impl Spill {
    /// With this budget; without one for `None`.
    pub(crate) fn new(memory: Option<Memory>) -> Self {
        let shared = |memory| {
            Arc::new(Shared { memory, on_heap: AtomicU64::new(0), file: Mutex::default() })
        };
        Self { shared: memory.map(shared), texts: Arc::default() }
    }

    /// Whether anything lies in the file.
    pub(crate) fn has_spilled(&self) -> bool {
        self.shared.as_ref().is_some_and(|shared| shared.lock().is_some())
    }

    /// Keeps a text.
    ///
    /// # Errors
    /// [`Error::Output`] where the file cannot be made or the disk is full.
    pub(crate) fn keep_text(&self, text: &str, lane: Lane) -> Result<Text> {
        let charge = match self.charge(text.len() as u64, TEXTS_SHARE) {
            Ok(charge) => charge,
            Err(shared) => {
                let stretch = shared.reserve(text.len(), lane)?;
                shared.told(stretch.write(0, text.as_bytes()))?;
                return Ok(Text(Backing::Mapped { stretch, _charge: Charge::default() }));
            }
        };
        let mut texts = self.texts.lock().expect("no holder of the lock panics");
        let reserved = texts.reserve_in_memory(text.len(), lane);
        drop(texts);
        let written =
            reserved.and_then(|stretch| stretch.write(0, text.as_bytes()).map(|()| stretch));
        Ok(Text(match written {
            Ok(stretch) => Backing::Mapped { stretch, _charge: charge },
            // A system that gives no map may yet have room.
            Err(_) => Backing::Heap { text: text.to_owned(), _charge: charge },
        }))
    }

    /// Keeps an array.
    ///
    /// # Errors
    /// As [`Self::keep_text`].
    pub(crate) fn keep<T>(&self, items: Vec<T>) -> Result<Stored<T>> {
        match self.charge(bytes_of::<T>(items.len()), HEAP_SHARE) {
            Ok(charge) => Ok(Stored(Place::Heap { items, _charge: charge })),
            Err(shared) => {
                let mut spilled = shared.array(items.len())?;
                spilled.extend(items);
                Ok(Stored(Place::Spilled(spilled)))
            }
        }
    }

    /// Takes so much of the heap's share of the budget; where it is not there, what spills.
    fn charge(&self, bytes: u64, share: u64) -> Result<Charge, &Arc<Shared>> {
        let Some(shared) = &self.shared else { return Ok(Charge { shared: None, bytes }) };
        let most = shared.memory.bytes / share;
        let take = |taken: u64| taken.checked_add(bytes).filter(|&taken| taken <= most);
        match shared.on_heap.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            Ok(_) => Ok(Charge { shared: Some(Arc::clone(shared)), bytes }),
            Err(_) => Err(shared),
        }
    }
}

/// What of the budget something on the heap takes, until it is dropped.
#[derive(Default)]
struct Charge {
    shared: Option<Arc<Shared>>,
    bytes: u64,
}

impl Charge {
    /// Both in one.
    fn absorb(&mut self, mut other: Self) {
        self.bytes += std::mem::take(&mut other.bytes);
        self.shared = self.shared.take().or(other.shared.take());
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        if let Some(shared) = &self.shared {
            shared.on_heap.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}

fn bytes_of<T>(items: usize) -> u64 {
    (items * size_of::<T>()) as u64
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Option<SpillFile>> {
        self.file.lock().expect("no holder of the lock panics")
    }

    fn told<T>(&self, done: io::Result<T>) -> Result<T> {
        done.map_err(|error| {
            let reason = Cause::of(error).with_words(|words| {
                format!(
                    "the temporary file for what goes beyond --memory cannot be written: {words}"
                )
            });
            Error::output(&self.memory.beside, OutputStep::Write, reason)
        })
    }

    /// Room for an array of so many items, all of it written once: where the disk is full it shows
    /// here, and not when an address is written to.
    fn array<T>(self: &Arc<Self>, capacity: usize) -> Result<Spilled<T>> {
        assert!(align_of::<T>() <= ALIGNMENT);
        let stretch = self.reserve(capacity * size_of::<T>(), Lane::Arrays)?;
        let zeros = vec![0; stretch.len.min(1 << 20)];
        for start in (0..stretch.len).step_by(zeros.len().max(1)) {
            self.told(stretch.write(start, &zeros[..zeros.len().min(stretch.len - start)]))?;
        }
        Ok(Spilled { stretch, capacity, len: 0, owns: PhantomData })
    }

    fn reserve(self: &Arc<Self>, bytes: usize, lane: Lane) -> Result<Stretch> {
        let mut file = self.lock();
        if file.is_none() {
            *file = Some(self.told(SpillFile::new(&self.memory.beside))?);
            self.told(watch(Arc::downgrade(self)))?;
        }
        let file = file.as_mut().expect("it was just made");
        self.told(file.reserve(bytes, lane))
    }
}

/// A text that is kept.
pub(crate) struct Text(Backing);

enum Backing {
    Heap {
        text: String,
        _charge: Charge,
    },
    Mapped {
        /// Written from a `str`, and not since.
        stretch: Stretch,
        _charge: Charge,
    },
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Backing::Heap { text, _charge: Charge::default() })
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Backing::Heap { text, .. } => text,
            Backing::Mapped { stretch, .. } => {
                // SAFETY: these bytes of the map were written from a `str` before there was a
                // `Text`, nothing writes there again, and the map lives as long as the stretch.
                unsafe {
                    let bytes = std::slice::from_raw_parts(stretch.address().as_ptr(), stretch.len);
                    std::str::from_utf8_unchecked(bytes)
                }
            }
        }
    }
}

/// An array that is kept.
pub(crate) struct Stored<T>(Place<T>);

enum Place<T> {
    Heap { items: Vec<T>, _charge: Charge },
    Spilled(Spilled<T>),
}

/// An array in the file. As with a `Vec`, the first `len` items are there.
struct Spilled<T> {
    stretch: Stretch,
    capacity: usize,
    len: usize,
    owns: PhantomData<T>,
}

impl<T> Spilled<T> {
    fn first(&self) -> NonNull<T> {
        self.stretch.address().cast()
    }

    fn extend(&mut self, items: impl IntoIterator<Item = T>) {
        for item in items {
            assert!(self.len < self.capacity);
            // SAFETY: the place lies in the stretch, which is this array's alone and as aligned as
            // its items ask for.
            unsafe { self.first().add(self.len).write(item) };
            self.len += 1;
        }
    }

    /// Moves all items of another array behind these.
    fn append(&mut self, mut other: Self) {
        assert!(other.len <= self.capacity - self.len);
        // SAFETY: the stretches are two, each that of its array; the items are there in the first,
        // and forgotten there before they could be dropped.
        unsafe { self.first().add(self.len).copy_from_nonoverlapping(other.first(), other.len) };
        self.len += std::mem::take(&mut other.len);
    }
}

impl<T> Drop for Spilled<T> {
    fn drop(&mut self) {
        let items = NonNull::slice_from_raw_parts(self.first(), std::mem::take(&mut self.len));
        // SAFETY: the items are there and nobody else's, and none is reached after this.
        unsafe { items.drop_in_place() };
    }
}

impl<T> Deref for Stored<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Place::Heap { items, .. } => items,
            // SAFETY: so many items are there, and change only through `&mut self`.
            Place::Spilled(array) => unsafe {
                NonNull::slice_from_raw_parts(array.first(), array.len).as_ref()
            },
        }
    }
}

impl<T> DerefMut for Stored<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.0 {
            Place::Heap { items, .. } => items,
            // SAFETY: as above, and `self` is the only way to them.
            Place::Spilled(array) => unsafe {
                NonNull::slice_from_raw_parts(array.first(), array.len).as_mut()
            },
        }
    }
}

impl<T> From<Vec<T>> for Stored<T> {
    fn from(items: Vec<T>) -> Self {
        Self(Place::Heap { items, _charge: Charge::default() })
    }
}

impl<T> Default for Stored<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

/// A copy lies on the heap.
impl<T: Clone> Clone for Stored<T> {
    fn clone(&self) -> Self {
        self.to_vec().into()
    }
}

impl<T: fmt::Debug> fmt::Debug for Stored<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// An array that is growing: on the heap while there is room, then piece by piece in the file.
pub(crate) struct Growing<T> {
    spill: Spill,
    spilled: Vec<Spilled<T>>,
    /// What comes behind those.
    open: Vec<T>,
    /// What of the budget is taken for those.
    charge: Charge,
}

impl<T> Growing<T> {
    /// Nothing yet.
    pub(crate) fn new(spill: &Spill) -> Self {
        Self {
            spill: spill.clone(),
            spilled: Vec::new(),
            open: Vec::new(),
            charge: Charge::default(),
        }
    }

    /// How many items there are.
    pub(crate) fn len(&self) -> usize {
        self.spilled.iter().map(|array| array.len).sum::<usize>() + self.open.len()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at a place.
    pub(crate) fn get_mut(&mut self, mut place: usize) -> Option<&mut T> {
        for array in &mut self.spilled {
            if place < array.len {
                // SAFETY: so many items are there, and `self` is the only way to them.
                return Some(unsafe { array.first().add(place).as_mut() });
            }
            place -= array.len;
        }
        self.open.get_mut(place)
    }

    /// Adds items.
    ///
    /// # Errors
    /// As [`Spill::keep`].
    pub(crate) fn extend(&mut self, items: impl IntoIterator<Item = T>) -> Result<()> {
        self.open.extend(items);
        while bytes_of::<T>(self.open.len()) > self.charge.bytes + STEP_BYTES {
            match self.spill.charge(STEP_BYTES, HEAP_SHARE) {
                Ok(more) => self.charge.absorb(more),
                Err(_) => self.spill_open()?,
            }
        }
        Ok(())
    }

    /// Adds what another has.
    ///
    /// # Errors
    /// As [`Spill::keep`].
    pub(crate) fn append(&mut self, mut other: Self) -> Result<()> {
        if other.spilled.is_empty() && !self.open.is_empty() {
            self.charge.absorb(other.charge);
            return self.extend(other.open);
        }
        self.spill_open()?;
        self.spilled.append(&mut other.spilled);
        (self.open, self.charge) = (other.open, other.charge);
        Ok(())
    }

    fn spill_open(&mut self) -> Result<()> {
        if let Some(shared) = self.spill.shared.as_ref().filter(|_| !self.open.is_empty()) {
            let mut array = shared.array(self.open.len())?;
            array.extend(self.open.drain(..));
            self.spilled.push(array);
            self.open = Vec::new();
            self.charge = Charge::default();
        }
        Ok(())
    }

    /// The array.
    ///
    /// # Errors
    /// As [`Spill::keep`].
    pub(crate) fn finish(mut self) -> Result<Stored<T>> {
        let len = self.len();
        if self.spilled.is_empty() {
            return Ok(Stored(Place::Heap { items: self.open, _charge: self.charge }));
        }
        let shared = self.spill.shared.as_ref().expect("something was spilled");
        let mut whole = shared.array(len)?;
        for array in self.spilled.drain(..) {
            whole.append(array);
        }
        whole.extend(self.open);
        Ok(Stored(Place::Spilled(whole)))
    }
}

#[cfg(test)]
mod tests {
    //! Miri maps no file: there, everything stays on the heap, and what holds for the file is shown
    //! by the same tests elsewhere.

    use proptest::prelude::*;

    use super::*;

    fn spill(bytes: u64) -> Spill {
        let memory = Memory { bytes, beside: std::env::temp_dir().join("out") };
        Spill::new((!cfg!(miri)).then_some(memory))
    }

    #[test]
    fn what_has_no_room_spills_and_reads_the_same() {
        let spill = spill(10 * TEXTS_SHARE);
        let short = spill.keep_text("ten bytes.", Lane::Texts).unwrap();
        assert!(!spill.has_spilled());
        let long = spill.keep_text("zürich ferry", Lane::Texts).unwrap();
        let empty = spill.keep_text("", Lane::Texts).unwrap();
        let numbers = spill.keep((0..100_000_u64).collect()).unwrap();
        assert_eq!(spill.has_spilled(), !cfg!(miri));
        assert_eq!((&*short, &*long, &*empty), ("ten bytes.", "zürich ferry", ""));
        assert!(numbers.iter().copied().eq(0..100_000));
        drop(spill);
        assert_eq!(&*long, "zürich ferry");
    }

    #[test]
    fn room_that_is_given_back_is_taken_again() {
        let spill = spill(32);
        let first = spill.keep(vec![1_u64, 2]).unwrap();
        drop(first);
        let second = spill.keep(vec![3_u64, 4]).unwrap();
        assert!(!spill.has_spilled());
        assert_eq!(*second, [3, 4]);
    }

    #[test]
    fn pages_taken_out_of_memory_come_back() {
        let spill = spill(0);
        let mut numbers = spill.keep((0..100_000_u64).collect()).unwrap();
        let text = spill.keep_text(&"ferry ".repeat(10_000), Lane::Texts).unwrap();
        for round in 1..4 {
            if let Some(shared) = &spill.shared {
                for segment in &shared.lock().as_ref().unwrap().segments {
                    segment.upgrade().unwrap().release();
                }
            }
            assert!(numbers.iter().copied().eq((0..100_000).map(|n| n * round)));
            numbers.iter_mut().zip(0..).for_each(|(number, n)| *number = n * (round + 1));
            assert_eq!(*text, *"ferry ".repeat(10_000));
        }
    }

    /// What took nothing of no budget asked for room again, without end.
    #[test]
    fn without_a_budget_arrays_grow_on_the_heap() {
        let mut growing = Growing::new(&Spill::default());
        for _ in 0..3 {
            growing.extend(vec![7_u64; STEP_BYTES as usize / 8]).unwrap();
        }
        assert_eq!(growing.finish().unwrap().len(), 3 * STEP_BYTES as usize / 8);
    }

    #[test]
    fn items_are_dropped_once() {
        let spill = spill(0);
        let item = Arc::new(());
        let mut growing = Growing::new(&spill);
        growing.extend(vec![Arc::clone(&item); 3]).unwrap();
        growing.spill_open().unwrap();
        growing.extend(vec![Arc::clone(&item); 2]).unwrap();
        assert_eq!((growing.len(), Arc::strong_count(&item)), (5, 6));
        let kept = growing.finish().unwrap();
        assert_eq!((kept.len(), Arc::strong_count(&item)), (5, 6));
        let copy = kept.clone();
        drop(kept);
        assert_eq!((copy.len(), Arc::strong_count(&item)), (5, 6));
        drop(copy);
        assert_eq!(Arc::strong_count(&item), 1);
    }

    #[test]
    fn where_no_file_can_be_made_the_option_is_named() {
        let spill = spill(0);
        let Some(shared) = &spill.shared else { return };
        let error = shared.told(Err::<(), _>(io::ErrorKind::StorageFull.into())).unwrap_err();
        assert!(error.to_string().contains("--memory"), "{error}");
    }

    proptest! {
        /// Whatever spills on the way: arrays that grow, one behind the other, hold what they were
        /// given, in order.
        #[test]
        fn arrays_grow_and_join(
            parts in prop::collection::vec((0_usize..40, any::<bool>(), any::<bool>()), 0..12)
        ) {
            let spill = spill(0);
            let (mut whole, mut part) = (Growing::new(&spill), Growing::new(&spill));
            let mut expected: Vec<String> = Vec::new();
            for (items, spills, joins) in parts {
                let some: Vec<String> = (0..items).map(|n| format!("{n} of {items}")).collect();
                expected.extend(some.iter().cloned());
                part.extend(some).unwrap();
                if spills {
                    part.spill_open().unwrap();
                }
                if joins {
                    whole.append(std::mem::replace(&mut part, Growing::new(&spill))).unwrap();
                }
            }
            whole.append(part).unwrap();
            prop_assert_eq!(whole.is_empty(), expected.is_empty());
            prop_assert_eq!(&*whole.finish().unwrap(), expected.as_slice());
        }
    }
}
