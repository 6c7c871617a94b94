//! Made-up news of any size, with labels: for tests and benchmarks, and to show what newsfold finds.
//!
//! [`synth`] writes articles about events that several outlets report in their own words, copies of
//! them (verbatim, edited, cut, framed), agency passages, footers, repeats and live blogs, in the order of
//! publication, together with what is the truth about them.
//!
//! The same configuration gives the same bytes on any machine and in any version, and fewer articles
//! are the beginning of more: article n depends on nothing after it. Memory: the last day's
//! articles, at most [`WINDOW`]; time: linear.

mod copies;
mod dice;
mod gold;
mod live;
mod names;
mod newsroom;
mod outlets;
mod prose;
mod words;

use std::io::{self, Write};

use serde::Serialize;

pub use gold::{GoldFiles, GoldWriters};

use crate::error::{Error, OutputStep, Result};
use crate::observer::Observer;
use newsroom::{Made, Newsroom};

/// How many articles back an event may lie that is still reported, or a text that is still copied,
/// however many articles a day has.
pub const WINDOW: u64 = 4096;

/// What to make up. Shares are between 0 and 1.
#[derive(Clone, Debug, PartialEq)]
pub struct SynthConfig {
    /// How many articles.
    pub articles: u64,
    /// Another seed, other news.
    pub seed: u64,
    /// How many outlets print them, 1 to 65,536.
    pub outlets: u32,
    /// How many articles a day has, from the first of January 2024 on.
    pub articles_per_day: u32,
    /// The median length in words, about; it goes from a quarter of it to four times.
    pub words: u32,
    /// The share of articles that are copies.
    pub copies: f64,
    /// The share of the copies whose text is that of the original to the letter.
    pub verbatim: f64,
    /// The share of the copies that stop early.
    pub cut: f64,
    /// The share of the copies that have other text around them. The remaining ones are edited.
    pub framed: f64,
    /// The least and the most words of a thousand that an edited copy has changed. Low rates are
    /// commoner.
    pub edits_per_mille: (u32, u32),
    /// The share of originals that are offered a passage from an agency, printed by others too. About
    /// a fifth decline: it is too long for the article, or the outlet had it before.
    pub wire: f64,
    /// The share of originals that say a sentence twice.
    pub repeats: f64,
    /// The share of articles that are versions of live blogs.
    pub live: f64,
    /// The length in words of a footer that every article has, whatever its outlet; 0 for none.
    pub footer_words: u32,
}

impl Default for SynthConfig {
    fn default() -> Self {
        Self {
            articles: 1000,
            seed: 0,
            outlets: 200,
            articles_per_day: 1000,
            words: 350,
            copies: 0.2,
            verbatim: 0.25,
            cut: 0.2,
            framed: 0.15,
            edits_per_mille: (10, 300),
            wire: 0.1,
            repeats: 0.05,
            live: 0.0,
            footer_words: 0,
        }
    }
}

impl SynthConfig {
    fn check(&self) -> Result<()> {
        let fault = |option: &str, reason: &str| Err(Error::config(option, reason));
        let shares = [
            ("copies", self.copies),
            ("verbatim", self.verbatim),
            ("cut", self.cut),
            ("framed", self.framed),
            ("wire", self.wire),
            ("repeats", self.repeats),
            ("live", self.live),
        ];
        for (option, share) in shares {
            if !(0.0..=1.0).contains(&share) {
                return fault(option, "a share is between 0 and 1");
            }
        }
        if self.verbatim + self.cut + self.framed > 1.0 {
            return fault("verbatim", "with cut and framed, more than all copies");
        }
        if !(1..=65_536).contains(&self.outlets) {
            return fault("outlets", "between 1 and 65536");
        }
        if self.articles_per_day == 0 {
            return fault("articles-per-day", "at least 1");
        }
        if !(20..=100_000).contains(&self.words) {
            return fault("words", "between 20 and 100000");
        }
        if self.footer_words > 100_000 {
            return fault("footer-words", "at most 100000");
        }
        let (least, most) = self.edits_per_mille;
        if least > most || most > 1000 {
            return fault("edits-per-mille", "least and most, up to 1000");
        }
        Ok(())
    }
}

/// What was made up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Articles.
    pub articles: u64,
    /// Bytes of articles.
    pub bytes: u64,
    /// Events.
    pub stories: u64,
    /// Articles that are copies.
    pub copies: u64,
    /// Copies that are in the family of their original.
    pub near_duplicates: u64,
    /// Labelled passages.
    pub passages: u64,
}

/// An article, as a line of the output has it.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    outlet: &'a str,
    url: String,
    published: String,
    title: &'a str,
    text: &'a str,
    lang: &'a str,
}

/// Where a stretch of text stands: the article's id, and start and length in characters.
#[derive(Clone)]
struct Place {
    id: String,
    start: u64,
    length: u64,
}

/// Writes `config.articles` articles as JSON Lines, and their labels where `gold` is given.
///
/// # Errors
/// [`Error::Config`] for a configuration that cannot be, [`Error::Output`] where writing fails
/// (naming the stream, `articles` or one of the labels'), [`Error::Interrupted`].
pub fn synth(
    config: &SynthConfig,
    articles: &mut dyn Write,
    mut gold: Option<&mut GoldWriters<'_>>,
    observer: &dyn Observer,
) -> Result<Counts> {
    /// Articles between two questions to the observer.
    const STRIDE: u64 = 256;
    config.check()?;
    let mut newsroom = Newsroom::new(config);
    let mut counts = Counts::default();
    if let Some(gold) = gold.as_deref_mut() {
        gold.begin()?;
    }
    let mut line = Vec::new();
    for number in 0..config.articles {
        if number % STRIDE == 0 {
            observer.check()?;
            observer.advance(STRIDE.min(config.articles - number));
        }
        let made = newsroom.next();
        line.clear();
        write_line(&mut line, &made, newsroom.outlet(made.outlet), published(config, number))
            .and_then(|()| articles.write_all(&line))
            .map_err(|error| Error::output("articles", OutputStep::Write, error))?;
        counts.articles += 1;
        counts.bytes += line.len() as u64;
        counts.stories += u64::from(made.story == number);
        counts.copies += u64::from(made.copy);
        counts.near_duplicates += u64::from(made.family != number);
        counts.passages += made.passages.len() as u64;
        if let Some(gold) = gold.as_deref_mut() {
            gold.write(&made)?;
        }
    }
    Ok(counts)
}

fn write_line(
    line: &mut Vec<u8>,
    made: &Made,
    outlet: &outlets::Outlet,
    published: String,
) -> io::Result<()> {
    let url = format!("https://{}/{}/{}", outlet.domain, &published[..10], made.id);
    let article = Line {
        id: &made.id,
        outlet: &outlet.name,
        url,
        published,
        title: &made.title,
        text: &made.text,
        lang: "en",
    };
    serde_json::to_writer(&mut *line, &article)?;
    line.push(b'\n');
    Ok(())
}

/// When article `number` was published: they come evenly through the day.
fn published(config: &SynthConfig, number: u64) -> String {
    /// 2024-01-01T00:00:00Z.
    const FIRST: i64 = 1_704_067_200;
    const DAY: u128 = 86_400;
    let seconds = u128::from(number) * DAY / u128::from(config.articles_per_day);
    // More articles a day would be needed than there are before the calendar ends: the last day.
    let at = i64::try_from(seconds).map_or(i64::MAX, |seconds| FIRST.saturating_add(seconds));
    let at = jiff::Timestamp::from_second(at).unwrap_or(jiff::Timestamp::MAX);
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests;
