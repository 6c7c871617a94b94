//! Stories to storylines.

use std::sync::Arc;

use arrow_array::builder::Int64Builder;
use newsfold::DocId;
use newsfold::pipeline::in_pool;
use newsfold::statistics::Statistics;
use newsfold::story::{Direction, Stories, Story, Storyline, storylines_of};
use pyo3::prelude::*;

use super::columns::{Columns, Rows, taken};
use super::groups::{ArticleRows, Gathered, THREADS};
use super::statistics_of;
use super::stories::direction_in;
use super::tables::{Stands, Tables};
use crate::errors::exception;

/// The table of storylines.
const TABLES: [&str; 1] = ["storylines"];

/// Which stories are one storyline, from the rows of all stories in order of their first articles. Each story's
/// number is that of its first article, and so is each storyline's of its first story.
#[pyclass(module = "newsfold._native")]
pub(crate) struct Storylines {
    statistics: Statistics,
    stories: Vec<i64>,
    directions: Vec<Direction>,
}

#[pymethods]
impl Storylines {
    #[new]
    fn new(py: Python<'_>, statistics: &[u8]) -> PyResult<Self> {
        let statistics = statistics_of(py, statistics)?;
        Ok(Self { statistics, stories: Vec::new(), directions: Vec::new() })
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            for batch in &batches {
                let columns = Columns(batch);
                let (stories, beside) = (columns.numbers("first")?, columns.bytes("beside")?);
                for row in 0..batch.num_rows() {
                    self.stories.push(stories.at(row));
                    self.directions.push(direction_in(beside.get(row).unwrap_or_default()));
                }
            }
            Rows::none()
        })
    }

    /// The stories of all storylines.
    fn finish(&mut self, py: Python<'_>) -> PyResult<Rows> {
        py.detach(|| {
            let directions = std::mem::take(&mut self.directions);
            let found = in_pool(THREADS, || storylines_of(directions, &self.statistics));
            let found = found.map_err(|error| Python::attach(|py| exception(py, &error)))?;
            let (mut story, mut line) = (Int64Builder::new(), Int64Builder::new());
            for places in found {
                for &place in &places {
                    story.append_value(self.stories[place as usize]);
                    line.append_value(self.stories[places[0] as usize]);
                }
            }
            Rows::of(vec![("story", Arc::new(story.finish())), ("line", Arc::new(line.finish()))])
        })
    }
}

/// The table of storylines, from rows in order of storyline, story and article: the articles of their stories,
/// without their texts.
#[pyclass(module = "newsfold._native")]
pub(crate) struct StorylineTables {
    line: Option<i64>,
    gathered: Gathered,
    /// The story that each article is of, and all of them in order.
    of: Vec<u32>,
    numbers: Vec<i64>,
    stories: Vec<Story>,
    tables: Tables,
}

#[pymethods]
impl StorylineTables {
    #[new]
    fn new() -> Self {
        Self {
            line: None,
            gathered: Gathered::default(),
            of: Vec::new(),
            numbers: Vec::new(),
            stories: Vec::new(),
            tables: Tables::new(&TABLES),
        }
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            for batch in &batches {
                let columns = Columns(batch);
                let (lines, stories) = (columns.numbers("line")?, columns.numbers("story")?);
                let (ids, headlines) = (columns.bytes("story_id")?, columns.bytes("headline")?);
                let rows = ArticleRows::new(&columns)?;
                for row in 0..batch.num_rows() {
                    if self.line != lines.get(row) {
                        self.flush();
                        self.line = lines.get(row);
                    }
                    if self.numbers.last() != stories.get(row).as_ref() {
                        self.numbers.push(stories.at(row));
                        self.stories.push(named(ids.text(row)?, headlines.text(row)?));
                    }
                    self.of.push(self.stories.len() as u32 - 1);
                    self.gathered.push(row, &rows, rows.articles.bare(row)?)?;
                }
            }
            self.tables.finish()
        })
    }

    /// The last storyline.
    fn finish(&mut self, py: Python<'_>) -> PyResult<Rows> {
        py.detach(|| {
            self.flush();
            self.tables.finish()
        })
    }
}

impl StorylineTables {
    fn flush(&mut self) {
        let Some(line) = self.line.take() else { return };
        let mut known = std::mem::take(&mut self.gathered).in_order();
        let gathered = std::mem::take(&mut self.of);
        let of: Vec<u32> = known.order.iter().map(|&place| gathered[place]).collect();
        let mut stories = std::mem::take(&mut self.stories);
        self.numbers.clear();
        for (doc, &story) in (0..).map(DocId).zip(&of) {
            stories[story as usize].members.push(doc);
        }
        let places = (0..stories.len() as u32).collect();
        let storylines = vec![Storyline::of(&stories, places)];
        known.results.families = None;
        known.results.stories = Some(Stories { stories, storylines, of });
        let stands: [Stands; 1] = [(line, None)];
        self.tables.push(&known.results, TABLES[0], stands, &[]);
    }
}

/// A story of which so much is known.
fn named(id: &str, headline: &str) -> Story {
    Story {
        id: id.to_owned(),
        members: Vec::new(),
        lead: DocId(0),
        headline: headline.to_owned(),
        texts: 0,
        cohesion: 1.0,
        weakest: None,
        similarities: Vec::new(),
        first: None,
        terms: Vec::new(),
        storyline: None,
    }
}
