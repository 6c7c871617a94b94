//! An archive on disk. Each call opens the state that it is in, as the program does; lookups keep theirs
//! open for the next.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use newsfold::archive::{self, Searcher, Sought, StoriesAsked, Unwanted};
use newsfold::article::Published;
use newsfold::pipeline::in_pool;
use newsfold::statistics::{Statistics, Wanted};
use newsfold::text::tell_languages;
use newsfold::{Error, Result};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use serde::Serialize;

use crate::data::Data;
use crate::errors::exception;
use crate::run::{Results, configuration, settings_of};
use crate::work::{Watch, at_work};

/// An answer as JSON, and the records that are no articles: where each stands, and why.
type Told = (String, Vec<(String, String)>);

/// An archive on disk.
#[pyclass(frozen, module = "newsfold._native")]
pub(crate) struct Archive {
    folder: PathBuf,
    threads: usize,
    searcher: Mutex<Option<Arc<Searcher>>>,
}

#[pymethods]
impl Archive {
    /// The archive in this folder.
    #[new]
    fn new(py: Python<'_>, folder: PathBuf, threads: usize) -> PyResult<Self> {
        let archive = Self { folder, threads, searcher: Mutex::default() };
        archive.work(py, None, |_, _| Ok(()))?;
        Ok(archive)
    }

    /// Makes an archive, with statistics of the data where any is given.
    #[staticmethod]
    #[pyo3(signature = (folder, given, settings, told))]
    fn init(
        py: Python<'_>,
        folder: PathBuf,
        given: Option<(String, Bound<'_, PyAny>, Option<Bound<'_, PyAny>>)>,
        settings: &str,
        told: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let asked = settings_of(py, "Archive.init", settings)?;
        match given {
            None => {
                let watch = Watch::default();
                let made = || archive::Archive::init(&folder, asked, None);
                at_work(py, &watch, told, |_| Ok(()), made)?;
            }
            Some((kind, data, index)) => {
                let data = Data::of(&kind, &data, index.as_ref())?;
                let config = configuration(py, asked.clone(), &data)?;
                data.read(py, told, |watch, reader| {
                    in_pool(config.threads, || {
                        let mut corpus = reader.articles(&config, watch)?.corpus;
                        tell_languages(&mut corpus);
                        let counted =
                            Statistics::count(&mut corpus, &config.statistics, Wanted::ALL, watch)?;
                        archive::Archive::init(&folder, asked, Some(counted))
                    })
                })?;
            }
        }
        Ok(())
    }

    /// The state that it is in, and how many articles it has.
    fn state(&self, py: Python<'_>) -> PyResult<(u64, usize)> {
        self.work(py, None, |archive, _| Ok((archive.generation(), archive.len())))
    }

    /// Adds articles; tells what that changed.
    #[pyo3(signature = (kind, given, index, settings, told))]
    fn add(
        &self,
        py: Python<'_>,
        kind: &str,
        given: &Bound<'_, PyAny>,
        index: Option<&Bound<'_, PyAny>>,
        settings: &str,
        told: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Told> {
        let asked = settings_of(py, "Archive.add", settings)?;
        let data = Data::of(kind, given, index)?;
        let config = configuration(py, asked.clone(), &data)?;
        let threads = asked.threads.unwrap_or(self.threads);
        let (changes, rejects) = data.read(py, told, |watch, reader| {
            in_pool(threads, || {
                let mut archive = self.open(threads)?;
                archive.check_asked(&asked)?;
                let read = reader.articles(&config, watch)?;
                let rejects = read.rejects.clone();
                Ok((archive.add(read, watch)?, rejects))
            })
        })?;
        Ok((json(&changes)?, places(&rejects)))
    }

    /// What of articles was seen before.
    #[pyo3(signature = (given, what, outlet, date, settings, told))]
    #[expect(clippy::too_many_arguments, reason = "the keywords of a method in Python")]
    fn query(
        &self,
        py: Python<'_>,
        given: (String, Bound<'_, PyAny>, Option<Bound<'_, PyAny>>),
        what: Vec<String>,
        outlet: Option<&str>,
        date: Option<&str>,
        settings: &str,
        told: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Told> {
        let sought = sought(py, &what)?;
        let date = date.map(|date| moment(py, "date", date)).transpose()?;
        let asked = settings_of(py, "Archive.query", settings)?;
        let (kind, given, index) = given;
        let data = Data::of(&kind, &given, index.as_ref())?;
        let config = configuration(py, asked.clone(), &data)?;
        let threads = asked.threads.unwrap_or(self.threads);
        let (seen, rejects) = data.read(py, told, |watch, reader| {
            in_pool(threads, || {
                let read = reader.articles(&config, watch)?;
                let articles = read.corpus.as_given().into_iter();
                let articles = articles.map(|article| article.or_published(outlet, date));
                let searcher = self.searcher()?;
                searcher.check_asked(&asked)?;
                let seen = match searcher.can_look_up(sought) {
                    true => searcher.query_all(&articles.collect::<Vec<_>>(), sought, watch)?,
                    false => self.open(threads)?.query(articles.collect(), sought, watch)?,
                };
                Ok((seen, read.rejects))
            })
        })?;
        Ok((json(&seen)?, places(&rejects)))
    }

    /// Removes articles; tells what that changed.
    #[pyo3(signature = (ids, outlets, before, told))]
    fn remove(
        &self,
        py: Python<'_>,
        ids: Vec<String>,
        outlets: Vec<String>,
        before: Option<&str>,
        told: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let before = before.map(|before| moment(py, "before", before)).transpose()?;
        let ids = ids.into_iter().map(Unwanted::Id);
        let outlets = outlets.into_iter().map(Unwanted::Outlet);
        let before = before.map(|before| Unwanted::Before(before.at));
        let unwanted: Vec<Unwanted> = ids.chain(outlets).chain(before).collect();
        json(&self.work(py, told, |archive, watch| archive.remove(&unwanted, watch))?)
    }

    /// Counts the statistics anew; tells what that changes.
    fn refresh(
        &self,
        py: Python<'_>,
        apply: bool,
        told: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        json(&self.work(py, told, |archive, watch| archive.refresh(apply, watch))?)
    }

    /// What it holds, in numbers.
    fn stats(&self, py: Python<'_>) -> PyResult<String> {
        json(&self.work(py, None, |archive, _| archive.stats())?)
    }

    /// What each change did that came after a state, from the first on.
    fn changes(&self, py: Python<'_>, after: u64) -> PyResult<String> {
        let changes = self.look_up(py, |searcher| {
            let (mut all, mut after) = (Vec::new(), after);
            loop {
                // One answer has so many groups at the most, and there may be more after it.
                let some = searcher.changes_after(after, usize::MAX)?;
                let Some(last) = some.last() else { return Ok(all) };
                after = last.generation;
                all.extend(some);
            }
        })?;
        json(&changes)
    }

    /// Stories, the last to grow first.
    #[pyo3(signature = (day, outlet, least, skip, limit))]
    fn stories(
        &self,
        py: Python<'_>,
        day: Option<String>,
        outlet: Option<String>,
        least: usize,
        skip: usize,
        limit: usize,
    ) -> PyResult<String> {
        let asked = StoriesAsked { day, outlet, least, skip, most: limit };
        json(&self.look_up(py, |searcher| searcher.stories(&asked))?)
    }

    /// A story and its articles; by a former id, the one that has them now.
    fn story(&self, py: Python<'_>, id: &str) -> PyResult<Option<String>> {
        let story = self.look_up(py, |searcher| match searcher.story(id)? {
            None => searcher.story_now(id)?.map_or(Ok(None), |now| searcher.story(&now)),
            found => Ok(found),
        })?;
        story.map(|story| json(&story)).transpose()
    }

    /// An outlet, and who had its texts before or after it.
    fn outlet(&self, py: Python<'_>, name: &str) -> PyResult<Option<String>> {
        let outlet = self.look_up(py, |searcher| searcher.outlet(name))?;
        outlet.map(|outlet| json(&outlet)).transpose()
    }

    /// Puts articles into few files, and removes files of earlier states.
    fn compact(&self, py: Python<'_>) -> PyResult<String> {
        json(&self.work(py, None, |archive, _| archive.compact())?)
    }

    /// What one run over all articles finds.
    fn results(
        &self,
        py: Python<'_>,
        merged: bool,
        told: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Results> {
        let (found, config) = self.work(py, told, |archive, watch| {
            let mut found = archive.results(watch)?;
            if merged {
                found.merged_into = archive.merged_into(&found)?;
            }
            Ok((found, archive.config().clone()))
        })?;
        Ok(Results::of_files(found, config, "newsfold.Archive.results"))
    }
}

/// Compares every file of an archive with what was written; whether all is, or is so again, and how.
#[pyfunction]
pub(crate) fn check_archive(
    py: Python<'_>,
    folder: PathBuf,
    repair: bool,
) -> PyResult<(bool, String)> {
    let watch = Watch::default();
    let check = || in_pool(0, || archive::Archive::check(&folder, repair, &watch));
    let checked = at_work(py, &watch, None, |_| Ok(()), check)?;
    Ok((checked.is_sound(), json(&checked)?))
}

impl Archive {
    fn open(&self, threads: usize) -> Result<archive::Archive> {
        Ok(archive::Archive::open(&self.folder)?.with_threads(threads))
    }

    /// Opens the archive on a thread of its own, and does something with it there.
    fn work<T: Send>(
        &self,
        py: Python<'_>,
        told: Option<&Bound<'_, PyAny>>,
        work: impl FnOnce(&mut archive::Archive, &Watch) -> Result<T> + Send,
    ) -> PyResult<T> {
        let watch = Watch::default();
        let work = || in_pool(self.threads, || work(&mut self.open(self.threads)?, &watch));
        at_work(py, &watch, told, |_| Ok(()), work)
    }

    /// Looks something up in the state that the archive is in now, on a thread of its own.
    fn look_up<T: Send>(
        &self,
        py: Python<'_>,
        look_up: impl FnOnce(&Searcher) -> Result<T> + Send,
    ) -> PyResult<T> {
        let watch = Watch::default();
        let work = || in_pool(self.threads, || look_up(&*self.searcher()?));
        at_work(py, &watch, None, |_| Ok(()), work)
    }

    /// Lookups in the state that the archive is in now.
    fn searcher(&self) -> Result<Arc<Searcher>> {
        let mut held = self.searcher.lock().unwrap_or_else(PoisonError::into_inner);
        let searcher = match held.take() {
            None => Arc::new(self.open(self.threads)?.searcher()?),
            Some(searcher) => searcher.refreshed()?.map_or(searcher, Arc::new),
        };
        *held = Some(Arc::clone(&searcher));
        Ok(searcher)
    }
}

fn sought(py: Python<'_>, what: &[String]) -> PyResult<Sought> {
    let mut sought = Sought { copies: false, stories: false, passages: false };
    for name in what {
        match name.as_str() {
            "copies" => sought.copies = true,
            "stories" => sought.stories = true,
            "passages" => sought.passages = true,
            _ => {
                let reason = format!("{name:?} is none of copies, stories, passages");
                return Err(exception(py, &Error::config("what", reason)));
            }
        }
    }
    Ok(sought)
}

fn moment(py: Python<'_>, option: &str, text: &str) -> PyResult<Published> {
    text.parse().map_err(|_| {
        let reason = format!("{text:?} is no date; write it as 2024-05-31 or 2024-05-31T09:00:00Z");
        exception(py, &Error::config(option, reason))
    })
}

fn json(answer: &impl Serialize) -> PyResult<String> {
    serde_json::to_string(answer).map_err(|error| PyRuntimeError::new_err(error.to_string()))
}

fn places(rejects: &[newsfold::error::Reject]) -> Vec<(String, String)> {
    rejects.iter().map(|reject| (reject.position.to_string(), reject.reason.to_string())).collect()
}
