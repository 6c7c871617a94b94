//! Articles on their way to where they are kept: their strings, and where in these each field stands.

use std::ops::Range;
use std::sync::Arc;

use crate::article::{Article, Mending, Notes, Published, SharedStr};
use crate::error::{Position, Result};
use crate::spill::{Lane, Spill, Text};

/// The strings of some articles, one behind the other, on their way to where they are kept: the
/// texts, and apart from them what is also read without a text. Its room is used again for the next.
#[derive(Debug, Default)]
pub(super) struct Strings {
    pub(super) texts: String,
    pub(super) names: String,
}

impl Strings {
    /// How much there is, to go [back](Self::go_back) to.
    pub(super) fn mark(&self) -> [usize; 2] {
        [self.texts.len(), self.names.len()]
    }

    /// Drops what was added since.
    pub(super) fn go_back(&mut self, [texts, names]: [usize; 2]) {
        self.texts.truncate(texts);
        self.names.truncate(names);
    }

    /// Whether places among them can still be told in four bytes.
    pub(super) fn can_be_shared(&self) -> bool {
        self.mark().iter().all(|&bytes| u32::try_from(bytes).is_ok())
    }

    /// The drafts as articles; empty again after it.
    ///
    /// # Errors
    /// As [`Spill::keep_text`].
    pub(super) fn share(&mut self, drafts: Vec<Draft>, spill: &Spill) -> Result<Vec<Article>> {
        let texts = Arc::new(spill.keep_text(&self.texts, Lane::Texts)?);
        let names = Arc::new(spill.keep_text(&self.names, Lane::Names)?);
        self.texts.clear();
        self.names.clear();
        Ok(drafts.into_iter().map(|draft| draft.article(&texts, &names)).collect())
    }
}

/// An article whose texts are stretches of [`Strings`].
#[derive(Debug)]
pub(super) struct Draft {
    /// See [`Article`] for all of them.
    pub(super) id: Range<usize>,
    pub(super) outlet: Range<usize>,
    pub(super) url: Range<usize>,
    pub(super) published: Option<Published>,
    /// What the date may be, by the order of day and month, where only the file can tell that.
    pub(super) either: Option<[Published; 2]>,
    pub(super) title: Range<usize>,
    pub(super) text: Range<usize>,
    pub(super) lang: Range<usize>,
    pub(super) author: Range<usize>,
    pub(super) source: Position,
    pub(super) notes: Notes,
    pub(super) mending: Option<Arc<Mending>>,
}

impl Draft {
    fn article(self, texts: &Arc<Text>, names: &Arc<Text>) -> Article {
        let of = |bytes| SharedStr::stretch(names, bytes);
        Article {
            id: of(self.id),
            outlet: of(self.outlet),
            url: of(self.url),
            published: self.published,
            title: of(self.title),
            text: SharedStr::stretch(texts, self.text),
            lang: of(self.lang),
            author: of(self.author),
            source: self.source,
            notes: self.notes,
            mending: self.mending,
            furniture: None,
        }
    }
}
