//! Maps, of memory and of the temporary file, what is laid in them, and the watch over how much of
//! the file is in memory.

use std::fs::File;
use std::io;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::{Arc, Weak};
use std::time::Duration;

use memmap2::{MmapOptions, MmapRaw};

use super::Shared;

/// How much is mapped at a time: few maps, and a share of one is soon full. It takes no room on the
/// disk, or in memory, before something is written there.
const SEGMENT_BYTES: usize = 256 << 20;
/// Where anything begins: no type that is kept asks for more.
pub(super) const ALIGNMENT: usize = 64;
/// How often the watch looks at what the process has taken. A thread goes through a few MiB of the
/// file in that time.
const WATCH: Duration = Duration::from_millis(2);
/// Pages of the file are left in memory while they are fewer than this, whatever the rest takes: the
/// program itself is among them, and so is what is in use just now.
const LEAST_MAPPED: u64 = 24 << 20;

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

/// What is being filled: for each [`Lane`] a segment, and how full it is.
#[derive(Default)]
pub(super) struct Lanes([Option<(Arc<Segment>, usize)>; 3]);

impl Lanes {
    /// Room for so many bytes, in a segment that `map` makes where the last one is full.
    fn reserve(
        &mut self,
        bytes: usize,
        lane: Lane,
        map: impl FnOnce(usize) -> io::Result<Arc<Segment>>,
    ) -> io::Result<Stretch> {
        let filling = &mut self.0[lane as usize];
        let full = |filling: &(Arc<Segment>, usize)| filling.0.map.len() - filling.1 < bytes;
        if filling.as_ref().is_none_or(full) {
            *filling = Some((map(bytes.max(SEGMENT_BYTES))?, 0));
        }
        let (segment, used) = filling.as_mut().expect("it was just made");
        let stretch = Stretch { segment: Arc::clone(segment), start: *used, len: bytes };
        *used = (*used + bytes).next_multiple_of(ALIGNMENT).min(segment.map.len());
        Ok(stretch)
    }

    /// Room for so many bytes of memory.
    pub(super) fn reserve_in_memory(&mut self, bytes: usize, lane: Lane) -> io::Result<Stretch> {
        self.reserve(bytes, lane, |bytes| Segment::in_memory(bytes).map(Arc::new))
    }
}

/// The file, and what of it is being filled.
pub(super) struct SpillFile {
    file: Arc<File>,
    bytes: u64,
    pub(super) segments: Vec<Weak<Segment>>,
    filling: Lanes,
}

/// A map that nobody else knows: of memory, or of a stretch of the file. The file never shrinks, so
/// that all of the map can be read as long as it is there (a disk that fails ends the process, as with
/// any map). Before anything is read it has been written; the file system has then found room for it,
/// and a page that was taken out of memory comes back from there.
pub(super) struct Segment {
    map: MmapRaw,
    /// The file, and where in it the map begins.
    file: Option<(Arc<File>, u64)>,
}

impl SpillFile {
    /// In the first folder that can be written in, as [`super::Memory::beside`] has it.
    pub(super) fn new(beside: &Path) -> io::Result<Self> {
        let parent = match beside.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let file = tempfile::tempfile_in(parent)
            .or_else(|_| tempfile::tempfile_in(beside))
            .or_else(|_| tempfile::tempfile())?;
        Ok(Self { file: Arc::new(file), bytes: 0, segments: Vec::new(), filling: Lanes::default() })
    }

    /// Room for so many bytes.
    pub(super) fn reserve(&mut self, bytes: usize, lane: Lane) -> io::Result<Stretch> {
        let Self { file, bytes: written, segments, filling } = self;
        filling.reserve(bytes, lane, |bytes| {
            let segment = Arc::new(Segment::in_file(file, written, bytes)?);
            segments.push(Arc::downgrade(&segment));
            Ok(segment)
        })
    }
}

impl Segment {
    /// A map of memory, in large pages where the system has them: reading in 93 MB of texts took
    /// 24,000 page faults with small ones, a tenth of the run.
    fn in_memory(bytes: usize) -> io::Result<Self> {
        let map = MmapOptions::new().len(bytes).no_reserve_swap().map_anon()?;
        #[cfg(target_os = "linux")]
        {
            // Where the system refuses, the pages are small.
            let _ = map.advise(memmap2::Advice::HugePage);
        }
        Ok(Self { map: map.into(), file: None })
    }

    /// A map of so many bytes behind the first `end` of the file.
    fn in_file(file: &Arc<File>, end: &mut u64, bytes: usize) -> io::Result<Self> {
        // Maps begin at a multiple of the page, and no page is larger than this.
        let bytes = bytes.next_multiple_of(1 << 16);
        let offset = *end;
        file.set_len(offset + bytes as u64)?;
        *end += bytes as u64;
        let map = MmapOptions::new().offset(offset).len(bytes).map_raw(&**file)?;
        Ok(Self { map, file: Some((Arc::clone(file), offset)) })
    }
}

impl Segment {
    /// Takes its pages out of memory; what they hold stays in the file.
    pub(super) fn release(&self) {
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

/// A stretch of a map that belongs to one owner.
pub(super) struct Stretch {
    segment: Arc<Segment>,
    start: usize,
    pub(super) len: usize,
}

impl Stretch {
    /// Where it begins.
    pub(super) fn address(&self) -> NonNull<u8> {
        assert!(self.start <= self.segment.map.len());
        // SAFETY: the start lies in the map.
        let address = unsafe { self.segment.map.as_mut_ptr().add(self.start) };
        NonNull::new(address).expect("no map begins at address 0")
    }

    /// Writes these bytes into it, from the byte `start` on. Into the file they go as into any file,
    /// so that a full disk shows.
    pub(super) fn write(&self, start: usize, bytes: &[u8]) -> io::Result<()> {
        assert!(start + bytes.len() <= self.len);
        #[cfg(unix)]
        if let Some((file, offset)) = &self.segment.file {
            use std::os::unix::fs::FileExt;
            return file.write_all_at(bytes, offset + (self.start + start) as u64);
        }
        // SAFETY: the bytes lie in this stretch, which nobody reads before it is written.
        unsafe {
            let to = self.address().as_ptr().add(start);
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len());
        }
        Ok(())
    }
}

/// Takes the file's pages out of memory whenever the process has more than its budget, until the last
/// handle is gone.
pub(super) fn watch(shared: Weak<Shared>) -> io::Result<()> {
    let look = move || {
        let status = Path::new("/proc/self/status");
        loop {
            std::thread::sleep(WATCH);
            let Some(shared) = shared.upgrade() else { return };
            let all = kibibytes(status, &["VmRSS:"]).unwrap_or(0) * 1024;
            let mapped = kibibytes(status, &["RssFile:", "RssShmem:"]).unwrap_or(0) * 1024;
            // What is read before the watch looks again comes on top: up to 120 MB were seen of a
            // budget of 512, on two cores that others kept busy too.
            if all > shared.memory.bytes / 4 * 3 && mapped > LEAST_MAPPED {
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

/// The sum of these entries of a file of the system.
pub(super) fn kibibytes(path: &Path, names: &[&str]) -> Option<u64> {
    let text = std::fs::read_to_string(path).ok()?;
    let entry = |name| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    names.iter().map(|name| entry(*name)).sum()
}
