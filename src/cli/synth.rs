//! `synth`: a labelled, made-up corpus of any size.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::ValueHint;
use newsfold::error::{Error, OutputStep};
use newsfold::output::Claim;
use newsfold::synth::{Counts, GoldFiles, SynthConfig, synth};

use super::progress::Progress;
use super::terminal::no_summary;
use super::{Exit, Failure, stop, terminal};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many articles to make up
    #[arg(long, value_name = "N")]
    articles: u64,
    /// Another seed, other news
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// File for the articles, as JSON Lines, with the labels beside it; - for standard output,
    /// without labels
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: PathBuf,
    /// How many outlets print them
    #[arg(long, value_name = "N", default_value_t = SynthConfig::default().outlets)]
    outlets: u32,
    /// How many articles a day has
    #[arg(long, value_name = "N", default_value_t = SynthConfig::default().articles_per_day)]
    articles_per_day: u32,
    /// Median length in words
    #[arg(long, value_name = "N", default_value_t = SynthConfig::default().words)]
    words: u32,
    /// Share of the articles that are copies, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = SynthConfig::default().copies)]
    copies: f64,
    /// Share of the copies that are the same to the letter
    #[arg(long, value_name = "SHARE", default_value_t = SynthConfig::default().verbatim)]
    verbatim: f64,
    /// Share of the copies that stop early
    #[arg(long, value_name = "SHARE", default_value_t = SynthConfig::default().cut)]
    cut: f64,
    /// Share of the copies that have other text around them; what is left is edited
    #[arg(long, value_name = "SHARE", default_value_t = SynthConfig::default().framed)]
    framed: f64,
    /// Share of the articles that are versions of live blogs: what each has of the one before is a passage of
    /// kind live
    #[arg(long, value_name = "SHARE", default_value_t = SynthConfig::default().live)]
    live: f64,
    /// Words of a footer that every article has
    #[arg(long, value_name = "N", default_value_t = 0)]
    footer_words: u32,
    /// Say what was made as JSON
    #[arg(long)]
    json: bool,
    /// Do not say what was made
    #[arg(short, long)]
    quiet: bool,
}

impl Args {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let config = SynthConfig {
            articles: self.articles,
            seed: self.seed,
            outlets: self.outlets,
            articles_per_day: self.articles_per_day,
            words: self.words,
            copies: self.copies,
            verbatim: self.verbatim,
            cut: self.cut,
            framed: self.framed,
            live: self.live,
            footer_words: self.footer_words,
            ..SynthConfig::default()
        };
        let progress = Progress::unseen();
        if self.output.as_os_str() == "-" {
            no_summary(self.json)?;
            let mut out = BufWriter::new(Stdout { failed: None });
            let made = synth(&config, &mut out, None, &progress);
            let flushed = out.flush();
            // The reader may have had enough, which is no error of ours; see the caller.
            if let Some(kind) = out.get_ref().failed {
                return Err(Failure::Stdout(kind.into()));
            }
            made?;
            flushed?;
            return Ok(Exit::Done);
        }
        let counts = self.to_file(&config, &progress)?;
        if self.json {
            terminal::print_json(&counts)?;
        } else if !self.quiet {
            terminal::print(&format!(
                "{} articles, {} stories, {} copies ({} of them near-duplicates), {} labelled \
                 passages: {}, and the labels beside it\n",
                counts.articles,
                counts.stories,
                counts.copies,
                counts.near_duplicates,
                counts.passages,
                self.output.display()
            ))?;
        }
        Ok(Exit::Done)
    }

    fn to_file(&self, config: &SynthConfig, progress: &Progress) -> Result<Counts, Error> {
        // All five files are made aside, and moved in when they are whole.
        let labels = GoldFiles::paths(&self.output);
        let claim = Claim::of_files(&self.output, &labels)?;
        let begun = claim.begun();
        stop::before_ending(move || begun.give_up());
        let staged = claim.aside(&self.output);
        let failed = |doing| {
            let path = &self.output;
            move |error: io::Error| Error::output(path, doing, error)
        };
        let file = File::create(&staged).map_err(failed(OutputStep::Create))?;
        let mut articles = BufWriter::new(file);
        let mut gold = GoldFiles::create_beside(&staged)?;
        let counts = synth(config, &mut articles, Some(&mut gold.writers()), progress)?;
        articles.flush().map_err(failed(OutputStep::Write))?;
        gold.finish()?;
        claim.commit()?;
        Ok(counts)
    }
}

/// Standard output, which remembers why it could not be written to.
struct Stdout {
    failed: Option<io::ErrorKind>,
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::stdout().write(bytes).inspect_err(|error| self.failed = Some(error.kind()))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush().inspect_err(|error| self.failed = Some(error.kind()))
    }
}
