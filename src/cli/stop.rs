//! The end that a signal asks for, and the one that comes when there is no more memory.
//!
//! A signal sets a flag that every stage looks at. Where a stage does not look within [`GRACE`], a
//! watcher removes what the run has begun to write and ends the process: a signal is obeyed within a
//! second, whatever is going on.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};

use super::log::Entry;
use super::memory;

/// How long the stages have to end by themselves.
const GRACE: Duration = Duration::from_millis(400);
/// How often the watcher looks.
const LOOK: Duration = Duration::from_millis(20);
/// What the watcher needs of a stack.
const STACK_BYTES: usize = 256 << 10;

/// The exit code that the signal which came asks for, or 0.
static ASKED: OnceLock<Arc<AtomicUsize>> = OnceLock::new();
/// What is to be removed before the process may end.
static BEGUN: Mutex<Vec<Box<dyn FnOnce() + Send>>> = Mutex::new(Vec::new());

/// Listens for signals from now on.
pub(crate) fn watch() {
    let asked = Arc::new(AtomicUsize::new(0));
    for (signal, code) in signals() {
        // A signal that cannot be caught ends the process as it always did.
        let _ = signal_hook::flag::register_usize(signal, Arc::clone(&asked), code);
    }
    if ASKED.set(asked).is_ok() {
        // Without a watcher the stages still look at the flag.
        let builder = std::thread::Builder::new().name("stop".into()).stack_size(STACK_BYTES);
        let _ = builder.spawn(look);
    }
}

fn signals() -> Vec<(i32, usize)> {
    let mut signals = vec![(SIGINT, 130), (SIGTERM, 143)];
    #[cfg(unix)]
    if !hangup_is_ignored() {
        signals.push((signal_hook::consts::SIGHUP, 129));
    }
    signals
}

/// Whether whoever started this process wants it to outlive the terminal, as `nohup` does.
#[cfg(unix)]
fn hangup_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 << (signal_hook::consts::SIGHUP - 1) != 0)
}

/// The exit code that a signal asked for, where one came.
pub(crate) fn asked() -> Option<u8> {
    let code = ASKED.get()?.load(Ordering::Relaxed);
    u8::try_from(code).ok().filter(|&code| code != 0)
}

/// Says what has to be removed where the process is ended before its time.
pub(crate) fn before_ending(remove: impl FnOnce() + Send + 'static) {
    if let Ok(mut begun) = BEGUN.lock() {
        begun.push(Box::new(remove));
    }
}

fn look() {
    memory::watch();
    loop {
        std::thread::sleep(LOOK);
        if let Some(bytes) = memory::failed() {
            memory::release();
            end(2, memory::out_of_it(bytes));
        }
        if let Some(code) = asked() {
            let until = Instant::now() + GRACE;
            while Instant::now() < until && memory::failed().is_none() {
                std::thread::sleep(LOOK);
            }
            end(code, super::interruption());
        }
    }
}

/// Removes what was begun and ends the process.
#[allow(clippy::exit, reason = "the stages were asked, and did not end")]
fn end(code: u8, told: Entry) -> ! {
    let begun = BEGUN.lock().map(|mut begun| std::mem::take(&mut *begun)).unwrap_or_default();
    begun.into_iter().for_each(|remove| remove());
    told.tell();
    std::process::exit(code.into())
}
