//! `report`: the page of a finished run made again from its tables, and short answers made of them.

use std::path::PathBuf;

use clap::ValueHint;
use jiff::civil::Date;
use newsfold::config::Settings;
use newsfold::error::{Error, InputErrorKind, Position};
use newsfold::pipeline::in_pool;
use newsfold::remake;
use newsfold::results::Results;
use newsfold::views::{self, Form, View};
use serde_json::json;

use super::options::Telling;
use super::progress::Progress;
use super::{Exit, Failure, opening, terminal, whole_file};

/// The form of an answer that only `--since` has.
const FEED: &str = "atom";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder with the results of a run
    #[arg(value_name = "OUT", value_hint = ValueHint::DirPath)]
    out: PathBuf,
    #[command(flatten)]
    asked: Asked,
    /// How an answer is written: html into OUT, md and json to standard output; for --since also atom, a
    /// feed of new and growing stories [default: html]
    #[arg(long, value_name = "FORMAT", requires = "Asked")]
    format: Option<String>,
    /// The most data that report.html holds; texts are left out of it first [default: 25M, and 500K
    /// after dups]
    #[arg(long, value_name = "SIZE", conflicts_with = "Asked")]
    report_max: Option<String>,
    /// Print where the page was written as JSON
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    #[command(flatten)]
    pub(super) telling: Telling,
}

/// What is asked for in place of the whole report.
#[derive(Debug, clap::Args)]
#[group(id = "Asked", multiple = false)]
struct Asked {
    /// How much of this is the wire: agencies by outlet, month and story
    #[arg(long)]
    wire: bool,
    /// Who copied this outlet, whom it copied, and what it was the first to report
    #[arg(long, value_name = "OUTLET")]
    outlet: Option<String>,
    /// What is new since this day (YYYY-MM-DD, UTC): stories and copies
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
}

impl Asked {
    /// The answer, where there is a question.
    fn answer(&self, results: &Results) -> Result<Option<View>, Error> {
        if let Some(name) = &self.outlet {
            return views::of_outlet(results, name).map(Some);
        }
        if let Some(day) = self.day()? {
            return Ok(Some(views::since(results, day)));
        }
        if !self.wire {
            return Ok(None);
        }
        if results.passages.is_none() {
            return Err(Error::config(
                "--wire",
                "this run looked for no passages; `run` and `passages` do",
            ));
        }
        Ok(Some(views::wire(results)))
    }

    fn day(&self) -> Result<Option<Date>, Error> {
        let read = |day: &String| {
            day.parse().map_err(|_| {
                Error::config("--since", format!("{day:?} is no day; write it as in 2024-05-31"))
            })
        };
        self.since.as_ref().map(read).transpose()
    }
}

impl Args {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let settings = Settings { report_max: self.report_max.clone(), ..Settings::default() };
        let most = settings.resolve(Vec::new())?.report_max.map(|size| size.0 as usize);
        let is_feed = self.format.as_deref() == Some(FEED);
        if is_feed && self.asked.since.is_none() {
            return Err(Failure::Newsfold(Error::config(
                "--format",
                "a feed tells what is new: give --since DATE with it",
            )));
        }
        let format = self.format.as_deref().filter(|_| !is_feed);
        let form = format.map_or(Ok(Form::default()), |name| {
            name.parse().map_err(|_| {
                let forms = Form::ALL.map(Form::name).join(", ");
                let reason = format!("{name:?} is none of {forms}, and with --since {FEED}");
                Error::config("--format", reason)
            })
        })?;
        self.asked.day()?;
        if !self.out.is_dir() {
            return Err(Failure::Newsfold(Error::input(
                Position::whole(self.out.to_string_lossy()),
                InputErrorKind::Missing,
                "no folder is here; name the one that `newsfold run` wrote its results to",
            )));
        }
        let progress = Progress::new(&self.telling);
        let results = in_pool(0, || remake::read(&self.out, &progress))?;
        if let Some(day) = self.asked.day()?.filter(|_| is_feed) {
            let mut feed = Vec::new();
            views::atom(&results, day, &mut feed)?;
            terminal::print_for_programs(&feed)?;
            return Ok(Exit::Done);
        }
        match self.asked.answer(&results)? {
            Some(view) => self.write_view(&view, form),
            None => self.write_page(&results, most, &progress),
        }
    }

    fn write_page(
        &self,
        results: &Results,
        most: Option<usize>,
        progress: &Progress,
    ) -> Result<Exit, Failure> {
        let place = in_pool(0, || remake::write_page(results, &self.out, most, progress))?;
        if let Some(stand_in) = &results.stand_in {
            progress.warn(&format!(
                "the page is without the texts of the articles: {}",
                stand_in.reason
            ));
        }
        self.tell(place)
    }

    fn write_view(&self, view: &View, form: Form) -> Result<Exit, Failure> {
        if form != Form::Html {
            let mut answer = Vec::new();
            view.write(form, false, &mut answer)?;
            terminal::print_for_programs(&answer)?;
            return Ok(Exit::Done);
        }
        let place = self.out.join(view.file_name());
        let has_report = self.out.join("report.html").is_file();
        whole_file::write(&place, |file| {
            view.write(form, has_report, file).map_err(|error| whole_file::failed(&place, error))
        })?;
        self.tell(place)
    }

    fn tell(&self, place: PathBuf) -> Result<Exit, Failure> {
        if self.json {
            terminal::print_json(&json!({ "page": place }))?;
        } else if !self.telling.quiet {
            terminal::print(&format!("The report: {}\n", place.display()))?;
        }
        if self.open {
            opening::show(&place, &self.telling);
        }
        Ok(Exit::Done)
    }
}
