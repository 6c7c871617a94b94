//! Progress bars and log lines on standard error.

use std::io::{self, IsTerminal};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use newsfold::observer::{Observer, Stage, Unit};

use super::log::{self, Entry};
use super::options::{LogFormat, Telling};
use super::stop;

/// How often a bar is drawn where nothing moves it.
const TICK: Duration = Duration::from_millis(120);

/// Tells on standard error how far a run is: bars on a terminal, else lines where they are asked for.
pub(crate) struct Progress {
    bars: bool,
    quiet: bool,
    verbose: bool,
    running: Mutex<Option<Running>>,
}

struct Running {
    begun: Instant,
    total: Option<u64>,
    unit: Unit,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(crate) fn new(telling: &Telling) -> Self {
        let to_terminal = io::stderr().is_terminal() && telling.log_format == LogFormat::Text;
        Self {
            bars: to_terminal && !telling.quiet && !telling.no_progress,
            quiet: telling.quiet,
            verbose: telling.verbose,
            running: Mutex::default(),
        }
    }

    /// One that shows nothing, but stops at a signal.
    pub(crate) fn unseen() -> Self {
        Self::new(&Telling {
            log_format: LogFormat::Text,
            quiet: true,
            verbose: false,
            no_progress: true,
        })
    }

    /// Tells something that the user should see unless they asked for quiet.
    pub(crate) fn warn(&self, message: &str) {
        self.tell(Entry::warning("warning", message));
    }

    /// [`warn`](Self::warn), with facts.
    pub(super) fn tell(&self, entry: Entry) {
        if !self.quiet {
            entry.tell();
        }
    }

    /// Tells something to programs that read the log; people have other words for it.
    pub(super) fn log(&self, entry: impl FnOnce() -> Entry) {
        if log::format() == LogFormat::Json {
            self.tell(entry());
        }
    }

    /// A bar for what is no stage.
    pub(crate) fn count(&self, what: &'static str, total: u64) -> ProgressBar {
        if !self.bars {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(total).with_style(style(true, Unit::Steps)).with_prefix(what);
        bar.enable_steady_tick(TICK);
        bar
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<Running>> {
        self.running.lock().expect("no holder of the lock panics")
    }
}

impl Observer for Progress {
    fn begin(&self, stage: Stage, total: Option<u64>, unit: Unit) {
        let bar = self.bars.then(|| {
            let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
            bar.set_style(style(total.is_some(), unit));
            bar.set_prefix(stage.name());
            bar.enable_steady_tick(TICK);
            bar
        });
        *self.running() = Some(Running { begun: Instant::now(), total, unit, bar });
    }

    fn advance(&self, amount: u64) {
        if self.bars
            && let Some(Running { bar: Some(bar), .. }) = &*self.running()
        {
            bar.inc(amount);
        }
    }

    fn end(&self, stage: Stage) {
        if let Some(running) = self.running().take() {
            if let Some(bar) = running.bar {
                bar.finish_and_clear();
            }
            let seconds = running.begun.elapsed().as_secs_f64();
            self.log(|| {
                let told = Entry::info("stage_done", "stage done").with("stage", stage.name());
                let told = told.with("seconds", log::in_milliseconds(seconds));
                match running.total {
                    Some(total) => told.with(name(running.unit), total),
                    None => told,
                }
            });
            if self.verbose && log::format() == LogFormat::Text {
                Entry::info("stage_done", format!("{:<10} {seconds:8.3} s", stage.name())).tell();
            }
        }
    }

    fn note(&self, words: &str) {
        self.warn(words);
    }

    fn cancelled(&self) -> bool {
        stop::asked().is_some()
    }
}

fn name(unit: Unit) -> &'static str {
    match unit {
        Unit::Bytes => "bytes",
        Unit::Articles => "articles",
        Unit::Pairs => "pairs",
        Unit::Steps => "steps",
    }
}

fn style(known: bool, unit: Unit) -> ProgressStyle {
    let (done, rate) = match unit {
        Unit::Bytes => ("{bytes}/{total_bytes}", "{bytes_per_sec}"),
        Unit::Articles => ("{human_pos}/{human_len} articles", "{per_sec}"),
        Unit::Pairs => ("{human_pos}/{human_len} pairs", "{per_sec}"),
        Unit::Steps => ("{human_pos}/{human_len}", "{per_sec}"),
    };
    let template = if known {
        format!("{{prefix:>10}} {{wide_bar}} {done} {rate} {{eta}} left")
    } else {
        "{prefix:>10} {spinner} {elapsed}".to_owned()
    };
    ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
