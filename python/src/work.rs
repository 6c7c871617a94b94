//! The engine at work on a thread of its own, while the caller's thread hands it data and looks for signals.
//!
//! The caller's thread keeps Python's lock only while it reads what the caller gave; so other threads of
//! Python go on, and a generator runs on the thread that made it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, Once, PoisonError};
use std::time::Duration;

use newsfold::observer::{Observer, Stage, Unit};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::errors::exception;

/// How often the caller's thread looks for signals, and tells how far the work is.
const LOOK: Duration = Duration::from_millis(50);

/// Follows a run: knows whether it should stop, and how far it is.
#[derive(Default)]
pub(crate) struct Watch {
    cancelled: AtomicBool,
    stage: Mutex<Option<(Stage, Option<u64>)>>,
    done: AtomicU64,
}

impl Watch {
    /// Has the run stop as soon as it can.
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// The stage, how much of it is done, and how much it has to do where that is known.
    fn progress(&self) -> Option<(&'static str, u64, Option<u64>)> {
        let (stage, total) = (*self.stage.lock().unwrap_or_else(PoisonError::into_inner))?;
        Some((stage.name(), self.done.load(Ordering::Relaxed), total))
    }
}

impl Observer for Watch {
    fn begin(&self, stage: Stage, total: Option<u64>, _: Unit) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = Some((stage, total));
        self.done.store(0, Ordering::Relaxed);
    }

    fn advance(&self, amount: u64) {
        self.done.fetch_add(amount, Ordering::Relaxed);
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// A place for what a thread will have made.
struct Due<T> {
    made: Mutex<Option<T>>,
    is_made: Condvar,
}

impl<T> Due<T> {
    fn new() -> Self {
        Self { made: Mutex::new(None), is_made: Condvar::new() }
    }

    fn make(&self, value: T) {
        *self.made.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        self.is_made.notify_all();
    }

    /// What was made, where that is so within this time.
    fn wait(&self, time: Duration) -> Option<T> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.is_made.wait_timeout_while(made, time, |made| made.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.take()
    }
}

/// Does `work` on another thread, while this one does `feed` and then waits. `told` is called with a
/// stage, what is done of it and its total as the work goes on.
///
/// # Errors
/// What `feed` and `told` raise, a signal (`KeyboardInterrupt`), and what `work` says, in this order.
pub(crate) fn at_work<T: Send>(
    py: Python<'_>,
    watch: &Watch,
    told: Option<&Bound<'_, PyAny>>,
    feed: impl FnOnce(Python<'_>) -> PyResult<()>,
    work: impl FnOnce() -> newsfold::Result<T> + Send,
) -> PyResult<T> {
    let due = Due::new();
    let mut raised = None;
    let made = std::thread::scope(|scope| {
        scope.spawn(|| due.make(catch_unwind(AssertUnwindSafe(work))));
        if let Err(fault) = feed(py) {
            watch.cancel();
            raised = Some(fault);
        }
        loop {
            if let Some(made) = py.detach(|| due.wait(LOOK)) {
                return made;
            }
            let looked = py.check_signals().and_then(|()| match (told, watch.progress()) {
                (Some(told), Some(progress)) => told.call1(progress).map(|_| ()),
                _ => Ok(()),
            });
            if let Err(fault) = looked {
                watch.cancel();
                raised.get_or_insert(fault);
            }
        }
    });
    if let Some(fault) = raised {
        return Err(fault);
    }
    match made {
        Ok(Ok(made)) => Ok(made),
        Ok(Err(error)) => Err(exception(py, &error)),
        Err(_) => Err(PyRuntimeError::new_err(
            "a defect of newsfold: a thread of it ended; its message is on standard error",
        )),
    }
}

/// Has no message printed for a panic that a reader expects and catches, as the program does.
pub(crate) fn keep_guarded_panics_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tell = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !newsfold::ingest::is_guarded() {
                tell(panic);
            }
        }));
    });
}
