//! An allocation that the system refuses ends the run with a sentence, not with a trace.
//!
//! Every thread that needs memory waits. The watcher in `stop.rs` takes back what it kept in reserve,
//! removes what the run has begun to write, says how much was missing, and ends the process.

#![allow(unsafe_code, reason = "an allocator is unsafe by its interface")]

#[cfg(not(feature = "mimalloc"))]
use std::alloc::System as Beneath;
use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

#[cfg(feature = "mimalloc")]
use mimalloc::MiMalloc as Beneath;

use super::log::Entry;

/// How many bytes could not be had, once that has happened.
static FAILED: AtomicUsize = AtomicUsize::new(0);
/// Where nobody ends the process in this time, it ends as it would have without all this.
const PATIENCE: Duration = Duration::from_secs(2);
/// What the watcher needs to remove files and to say so, many times over.
const RESERVE_BYTES: usize = 1 << 20;

/// Memory that the watcher gives back before it works.
static RESERVE: Mutex<Vec<u8>> = Mutex::new(Vec::new());

thread_local! {
    /// Whether this thread is the watcher, whose allocations fail as they would anywhere.
    static IS_WATCHER: Cell<bool> = const { Cell::new(false) };
}

/// Hands every call to the allocator beneath, and waits where that has no memory. Beneath is the system's, or mimalloc with
/// the feature of that name.
struct Waiting;

#[global_allocator]
static ALLOCATOR: Waiting = Waiting;

impl Waiting {
    fn given(pointer: *mut u8, bytes: usize) -> *mut u8 {
        if pointer.is_null() && !IS_WATCHER.try_with(Cell::get).unwrap_or(true) {
            FAILED.fetch_max(bytes.max(1), Ordering::Relaxed);
            std::thread::sleep(PATIENCE);
        }
        pointer
    }
}

// SAFETY: every call is handed to the allocator beneath with what it was given, and what that
// returns is returned.
unsafe impl GlobalAlloc for Waiting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        Self::given(unsafe { Beneath.alloc(layout) }, layout.size())
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { Beneath.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        Self::given(unsafe { Beneath.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        Self::given(unsafe { Beneath.realloc(pointer, layout, bytes) }, bytes)
    }
}

/// Makes this thread the watcher, and puts by what it will need.
pub(crate) fn watch() {
    IS_WATCHER.set(true);
    if let Ok(mut reserve) = RESERVE.lock() {
        *reserve = vec![1; RESERVE_BYTES];
    }
}

/// Gives back what was put by.
pub(crate) fn release() {
    if let Ok(mut reserve) = RESERVE.lock() {
        drop(std::mem::take(&mut *reserve));
    }
}

/// How many bytes the system refused, where it did.
pub(crate) fn failed() -> Option<usize> {
    Some(FAILED.load(Ordering::Relaxed)).filter(|&bytes| bytes > 0)
}

/// What to say of it.
pub(super) fn out_of_it(bytes: usize) -> Entry {
    let words = format!(
        "out of memory: the system refused {bytes} bytes more; give the process more, or run with a \
         smaller --memory; nothing was written"
    );
    Entry::error("out_of_memory", words).with("bytes", bytes)
}
