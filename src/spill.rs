//! What a run keeps, in memory as far as its budget goes and in a temporary file beyond.
//!
//! A stage hands over a text or an array and gets back something that reads as the `&str` or the
//! slice it was, wherever it lies: half of the budget may lie on the heap, the other half is for
//! whatever a stage works with. The file is mapped, so that reading it needs no code of its own, and
//! a watch takes its pages out of memory when the process has taken more than the budget. The system
//! still caches them while it has room, and a run that goes through them again only pays for finding
//! them there. The file has no name from the beginning on: a run that is killed leaves nothing.
//!
//! Cost: a copy into the file of what does not fit, and where it is read, a page fault for every 16
//! pages. Memory: a few words for what is kept.

#![allow(unsafe_code, reason = "what lies in the mapped file is reached by its address")]

use std::fmt;
use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use memmap2::{MmapOptions, MmapRaw};

use crate::error::{Error, Result};

/// How much of the file is mapped at a time: few maps, and a share of one is soon full. It takes no
/// room on the disk before something is written there.
const SEGMENT_BYTES: usize = 256 << 20;
/// Where anything begins: no type that is kept asks for more.
const ALIGNMENT: usize = 64;
/// How much an array grows before it is asked again whether there is room.
const STEP_BYTES: u64 = 4 << 20;
/// How often the watch looks at what the process has taken. A thread goes through a few MiB of the
/// file in that time.
const WATCH: Duration = Duration::from_millis(2);
/// Pages of the file are left in memory while they are fewer than this, whatever the rest takes: the
/// program itself is among them, and so is what is in use just now.
const LEAST_MAPPED: u64 = 24 << 20;

/// How much memory a run may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// About so many bytes.
    pub bytes: u64,
    /// Where the temporary file goes that holds what is more: the folder that this path is in, or
    /// this folder, or that of the system, the first of them that can be written in.
    pub beside: PathBuf,
}

/// What the system can give: what is available on this machine, no more than its group may take;
/// `None` where the system does not tell.
pub(crate) fn available() -> Option<u64> {
    let kibibytes = kibibytes(Path::new("/proc/meminfo"), &["MemAvailable:"])?;
    let limit = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let limit: Option<u64> = limit.and_then(|bytes| bytes.trim().parse().ok());
    Some((kibibytes * 1024).min(limit.unwrap_or(u64::MAX)))
}

/// The sum of these entries of a file of the system.
fn kibibytes(path: &Path, names: &[&str]) -> Option<u64> {
    let text = std::fs::read_to_string(path).ok()?;
    let entry = |name| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    names.iter().map(|name| entry(*name)).sum()
}

/// What lies together in the file, because it is read together.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lane {
    /// The texts of articles.
    Texts,
    /// What else is read of an article.
    Names,
    /// Arrays.
    Arrays,
}

/// A budget, and the file for what goes beyond. Clones share both; the default keeps everything on
/// the heap.
#[derive(Clone, Default)]
pub(crate) struct Spill {
    shared: Option<Arc<Shared>>,
}

struct Shared {
    memory: Memory,
    /// How much of what is kept lies on the heap.
    on_heap: AtomicU64,
    file: Mutex<Option<SpillFile>>,
}

struct SpillFile {
    file: Arc<File>,
    bytes: u64,
    segments: Vec<Weak<Segment>>,
    /// For each [`Lane`] the segment that is being filled, and how full it is.
    filling: [Option<(Arc<Segment>, usize)>; 3],
}

/// A mapped stretch of the file. Nobody else knows the file and it never shrinks, so that all of the
/// map can be read as long as it is there. Before anything is read it has been written; the file
/// system has then found room for it, and a page that was taken out of memory comes back from there.
struct Segment {
    map: MmapRaw,
    file: Arc<File>,
    offset: u64,
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
        Self { shared: memory.map(shared) }
    }

    /// Whether anything lies in the file.
    pub(crate) fn has_spilled(&self) -> bool {
        self.shared.as_ref().is_some_and(|shared| shared.lock().is_some())
    }

    /// Keeps a text.
    ///
    /// # Errors
    /// [`Error::Output`] where the file cannot be made or the disk is full.
    pub(crate) fn keep_text(&self, text: String, lane: Lane) -> Result<Text> {
        match self.no_room(text.len() as u64) {
            Some(shared) if !text.is_empty() => {
                let stretch = shared.reserve(text.len(), lane)?;
                shared.told(stretch.write(0, text.as_bytes()))?;
                Ok(Text(Backing::Spilled(stretch)))
            }
            _ => Ok(Text(Backing::Heap(text))),
        }
    }

    /// Keeps an array.
    ///
    /// # Errors
    /// As [`Self::keep_text`].
    pub(crate) fn keep<T>(&self, items: Vec<T>) -> Result<Stored<T>> {
        match self.no_room(bytes_of::<T>(items.len())) {
            Some(shared) if !items.is_empty() => {
                let mut spilled = shared.array(items.len())?;
                spilled.extend(items);
                Ok(Stored(Place::Spilled(spilled)))
            }
            _ => Ok(Stored(Place::Heap(items))),
        }
    }

    /// Takes so much of the budget where it is there; else the file.
    fn no_room(&self, bytes: u64) -> Option<&Arc<Shared>> {
        let shared = self.shared.as_ref()?;
        let most = shared.memory.bytes / 2;
        let take = |taken: u64| taken.checked_add(bytes).filter(|&taken| taken <= most);
        let taken = shared.on_heap.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        taken.is_err().then_some(shared)
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
        done.map_err(|error| Error::Output {
            path: self.memory.beside.clone(),
            reason: format!(
                "the temporary file for what goes beyond --memory cannot be written: {error}"
            ),
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

impl SpillFile {
    fn new(beside: &Path) -> io::Result<Self> {
        let parent = match beside.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let file = tempfile::tempfile_in(parent)
            .or_else(|_| tempfile::tempfile_in(beside))
            .or_else(|_| tempfile::tempfile())?;
        Ok(Self {
            file: Arc::new(file),
            bytes: 0,
            segments: Vec::new(),
            filling: [const { None }; 3],
        })
    }

    fn reserve(&mut self, bytes: usize, lane: Lane) -> io::Result<Stretch> {
        let full = |filling: &(Arc<Segment>, usize)| filling.0.map.len() - filling.1 < bytes;
        if self.filling[lane as usize].as_ref().is_none_or(full) {
            let segment = Arc::new(self.grow(bytes.max(SEGMENT_BYTES))?);
            self.segments.push(Arc::downgrade(&segment));
            self.filling[lane as usize] = Some((segment, 0));
        }
        let (segment, used) = self.filling[lane as usize].as_mut().expect("it was just made");
        let stretch = Stretch { segment: Arc::clone(segment), start: *used, len: bytes };
        *used = (*used + bytes).next_multiple_of(ALIGNMENT).min(segment.map.len());
        Ok(stretch)
    }

    fn grow(&mut self, bytes: usize) -> io::Result<Segment> {
        // Maps begin at a multiple of the page, and no page is larger than this.
        let bytes = bytes.next_multiple_of(1 << 16);
        let offset = self.bytes;
        self.file.set_len(offset + bytes as u64)?;
        self.bytes += bytes as u64;
        let map = MmapOptions::new().offset(offset).len(bytes).map_raw(&*self.file)?;
        Ok(Segment { map, file: Arc::clone(&self.file), offset })
    }
}

impl Segment {
    /// Takes its pages out of memory; what they hold stays in the file.
    fn release(&self) {
        #[cfg(target_os = "linux")]
        {
            use memmap2::UncheckedAdvice::DontNeed;
            // SAFETY: the map is shared: what was written to a page has reached the file's own page
            // before this one is taken away, and is there again for whoever looks next.
            let released = unsafe { self.map.unchecked_advise_range(DontNeed, 0, self.map.len()) };
            // Where the system refuses, the pages stay.
            drop(released);
        }
    }
}

/// A stretch of the file that belongs to one owner.
struct Stretch {
    segment: Arc<Segment>,
    start: usize,
    len: usize,
}

impl Stretch {
    fn address(&self) -> NonNull<u8> {
        assert!(self.start <= self.segment.map.len());
        // SAFETY: the start lies in the map.
        let address = unsafe { self.segment.map.as_mut_ptr().add(self.start) };
        NonNull::new(address).expect("no map begins at address 0")
    }

    #[cfg(unix)]
    fn write(&self, start: usize, bytes: &[u8]) -> io::Result<()> {
        use std::os::unix::fs::FileExt;
        assert!(start + bytes.len() <= self.len);
        let offset = self.segment.offset + (self.start + start) as u64;
        self.segment.file.write_all_at(bytes, offset)
    }

    /// Where files cannot be written at a place while others do the same, the map can.
    #[cfg(not(unix))]
    fn write(&self, start: usize, bytes: &[u8]) -> io::Result<()> {
        assert!(start + bytes.len() <= self.len);
        // SAFETY: the bytes lie in this stretch, which nobody reads before it is written.
        unsafe {
            let to = self.address().as_ptr().add(start);
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len());
        }
        Ok(())
    }
}

/// A text that is kept.
pub(crate) struct Text(Backing);

enum Backing {
    Heap(String),
    /// Written from a `str`, and not since.
    Spilled(Stretch),
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Backing::Heap(text))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Backing::Heap(text) => text,
            Backing::Spilled(stretch) => {
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
    Heap(Vec<T>),
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
            Place::Heap(items) => items,
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
            Place::Heap(items) => items,
            // SAFETY: as above, and `self` is the only way to them.
            Place::Spilled(array) => unsafe {
                NonNull::slice_from_raw_parts(array.first(), array.len).as_mut()
            },
        }
    }
}

impl<T> From<Vec<T>> for Stored<T> {
    fn from(items: Vec<T>) -> Self {
        Self(Place::Heap(items))
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
    /// What of the budget is taken for `open`.
    taken: u64,
}

impl<T> Growing<T> {
    /// Nothing yet.
    pub(crate) fn new(spill: &Spill) -> Self {
        Self { spill: spill.clone(), spilled: Vec::new(), open: Vec::new(), taken: 0 }
    }

    /// How many items there are.
    pub(crate) fn len(&self) -> usize {
        self.spilled.iter().map(|array| array.len).sum::<usize>() + self.open.len()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds items.
    ///
    /// # Errors
    /// As [`Spill::keep`].
    pub(crate) fn extend(&mut self, items: impl IntoIterator<Item = T>) -> Result<()> {
        self.open.extend(items);
        while bytes_of::<T>(self.open.len()) > self.taken + STEP_BYTES {
            match self.spill.no_room(STEP_BYTES) {
                None => self.taken += STEP_BYTES,
                Some(_) => self.spill_open()?,
            }
        }
        Ok(())
    }

    /// Adds what another has.
    ///
    /// # Errors
    /// As [`Spill::keep`].
    pub(crate) fn append(&mut self, mut other: Self) -> Result<()> {
        self.taken += other.taken;
        if self.open.is_empty() {
            self.spilled.append(&mut other.spilled);
            self.open = other.open;
        } else if other.spilled.is_empty() {
            self.extend(other.open)?;
        } else {
            self.taken -= other.taken;
            self.spill_open()?;
            self.spilled.append(&mut other.spilled);
            (self.open, self.taken) = (other.open, other.taken);
        }
        Ok(())
    }

    fn spill_open(&mut self) -> Result<()> {
        if let Some(shared) = &self.spill.shared {
            let mut array = shared.array(self.open.len())?;
            array.extend(self.open.drain(..));
            self.spilled.push(array);
            self.open = Vec::new();
            shared.on_heap.fetch_sub(std::mem::take(&mut self.taken), Ordering::Relaxed);
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
            return Ok(self.open.into());
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

/// Takes the file's pages out of memory whenever the process has more than its budget, until the last
/// handle is gone.
fn watch(shared: Weak<Shared>) -> io::Result<()> {
    let look = move || {
        let status = Path::new("/proc/self/status");
        loop {
            std::thread::sleep(WATCH);
            let Some(shared) = shared.upgrade() else { return };
            let all = kibibytes(status, &["VmRSS:"]).unwrap_or(0) * 1024;
            let mapped = kibibytes(status, &["RssFile:", "RssShmem:"]).unwrap_or(0) * 1024;
            // What is read before the watch looks again comes on top.
            if all > shared.memory.bytes / 8 * 7 && mapped > LEAST_MAPPED {
                let file = shared.lock();
                let segments = file.iter().flat_map(|file| &file.segments);
                let segments: Vec<_> = segments.filter_map(Weak::upgrade).collect();
                drop(file);
                segments.iter().for_each(|segment| segment.release());
            }
        }
    };
    std::thread::Builder::new().name("memory".into()).spawn(look).map(drop)
}
