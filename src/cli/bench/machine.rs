//! The machine that a measurement is of.

use std::fmt;
use std::fs;

use serde::{Deserialize, Serialize};

/// What a time depends on beside the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Machine {
    /// `linux`, `macos` and so on.
    system: String,
    /// `x86_64`, `aarch64` and so on.
    architecture: String,
    /// What the processor calls itself, where the system tells.
    processor: Option<String>,
    /// How many threads may work at a time.
    cores: usize,
    /// Memory in bytes, where the system tells.
    memory_bytes: Option<u64>,
}

impl Machine {
    /// The one that this runs on.
    pub(super) fn this() -> Self {
        Self {
            system: std::env::consts::OS.to_owned(),
            architecture: std::env::consts::ARCH.to_owned(),
            processor: told("/proc/cpuinfo", "model name"),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: told("/proc/meminfo", "MemTotal").and_then(|told| {
                let kibibytes: u64 = told.split_whitespace().next()?.parse().ok()?;
                Some(kibibytes * 1024)
            }),
        }
    }

    /// Whether times of the two may be held against each other.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self == other
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(processor) = &self.processor {
            write!(f, "{processor}, ")?;
        }
        write!(f, "{} cores, {} {}", self.cores, self.system, self.architecture)
    }
}

/// What stands behind a name in a file of names and values.
fn told(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start_matches([' ', '\t', ':']).trim().to_owned())
}

/// Lets the system count the peak of this process's memory anew. Where it cannot, the peak of a later
/// measurement is no less than that of an earlier one.
pub(super) fn forget_peak_memory() {
    /// What Linux resets the peak for.
    const RESET_PEAK: &str = "5";
    let _ = fs::write("/proc/self/clear_refs", RESET_PEAK);
}
