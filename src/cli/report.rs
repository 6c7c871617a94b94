//! `report`: the page of a finished run, made again from its tables.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueHint;
use newsfold::config::Settings;
use newsfold::error::{Error, Position};
use newsfold::observer::{Observer, Stage, Unit};
use newsfold::page;
use newsfold::pipeline::in_pool;
use newsfold::remake;
use newsfold::results::Counts;

use super::options::Telling;
use super::progress::Progress;
use super::{Exit, Failure, opening, whole_file};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder with the results of a run
    #[arg(value_name = "OUT", value_hint = ValueHint::DirPath)]
    out: PathBuf,
    /// The most data that report.html holds; texts are left out of it first [default: 25M, and 500K
    /// after dups]
    #[arg(long, value_name = "SIZE")]
    report_max: Option<String>,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    #[command(flatten)]
    pub(super) telling: Telling,
}

impl Args {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let settings = Settings { report_max: self.report_max.clone(), ..Settings::default() };
        let most = settings.resolve(Vec::new())?.report_max.map(|size| size.0 as usize);
        if !self.out.is_dir() {
            return Err(Failure::Newsfold(Error::Input {
                position: Position::whole(self.out.to_string_lossy()),
                reason: "no folder is here; name the one that `newsfold run` wrote its results to"
                    .to_owned(),
            }));
        }
        let progress = Progress::new(&self.telling);
        let place = self.out.join("report.html");
        let without_texts = in_pool(0, || {
            let results = remake::read(&self.out, &progress)?;
            let most = most.unwrap_or_else(|| page::usual_bytes(&results));
            whole_file::write(&place, |file| {
                progress.begin(Stage::Report, None, Unit::Steps);
                let written = page::write(&results, &Counts::of(&results), most, file, &progress);
                progress.check()?;
                written.map_err(|error| whole_file::failed(&place, &error))?;
                progress.end(Stage::Report);
                Ok(())
            })?;
            Ok(results.stand_in.map(|stand_in| stand_in.reason))
        })?;
        if let Some(reason) = without_texts {
            progress.warn(&format!("the page is without the texts of the articles: {reason}"));
        }
        if !self.telling.quiet {
            writeln!(io::stdout(), "The report: {}", place.display())?;
        }
        if self.open {
            opening::show(&place, &self.telling);
        }
        Ok(Exit::Done)
    }
}
