//! Why two articles are, or are not, in one story: in words, then in numbers.

use std::fmt;

use serde::Serialize;

use super::{TERMS_NAMED, quoted};
use crate::article::Corpus;
use crate::story::{Apart, Certainty, MergeStep, Path, SharedTerm, Side, Story, StoryEvidence};
use crate::text::one_line;

/// How many merges are told; of more, the last ones.
const MERGES_TOLD: usize = 8;

/// What a story is, for who asks about two of its articles.
#[derive(Clone, Debug, Serialize)]
pub struct StoryNamed {
    /// Its id in a run on the same input.
    pub id: String,
    /// Its headline.
    pub headline: String,
    /// The most central article.
    pub lead_id: String,
    /// How many articles it has.
    pub articles: usize,
    /// Independent texts: copies do not count.
    pub texts: u32,
    /// Who published it, by name, those that are not named left out.
    pub outlets: Vec<String>,
    /// The first article, where any has a date.
    pub first_id: Option<String>,
    /// How sure that is.
    pub first_certainty: Option<Certainty>,
    /// Mean cosine of its texts.
    pub cohesion: f64,
    /// The text least alike to the others.
    pub weakest_id: Option<String>,
    /// Its mean cosine to them.
    pub weakest_similarity: Option<f64>,
    /// The terms that hold it together.
    pub terms: Vec<String>,
}

impl StoryNamed {
    pub(super) fn of(corpus: &Corpus, story: &Story) -> Self {
        let id = |doc| corpus.get(doc).id.to_string();
        let outlets = story.members.iter().map(|&doc| corpus.get(doc).outlet.to_string());
        let mut outlets: Vec<String> = outlets.filter(|outlet| !outlet.is_empty()).collect();
        outlets.sort_unstable();
        outlets.dedup();
        Self {
            id: story.id.clone(),
            headline: story.headline.clone(),
            lead_id: id(story.lead),
            articles: story.members.len(),
            texts: story.texts,
            outlets,
            first_id: story.first.map(|first| id(first.doc)),
            first_certainty: story.first.map(|first| first.certainty),
            cohesion: story.cohesion,
            weakest_id: story.weakest.map(|(doc, _)| id(doc)),
            weakest_similarity: story.weakest.map(|(_, similarity)| similarity),
            terms: story.terms.clone(),
        }
    }
}

impl fmt::Display for StoryNamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let many = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
        write!(
            f,
            "  {}: {}, {}, {}",
            quoted(&self.headline),
            many(self.articles, "article"),
            many(self.outlets.len(), "outlet"),
            many(self.texts as usize, "independent text")
        )?;
        if let (Some(first), Some(certainty)) = (&self.first_id, self.first_certainty) {
            let doubt = match certainty {
                Certainty::Certain => "",
                Certainty::Tied => ", at the same time as another outlet",
                Certainty::SameDay => ", as far as is known: another outlet has the same day",
                Certainty::Undated => ", as far as is known: another outlet gives no date",
            };
            write!(f, "\n    first: {}{doubt}", one_line(first))?;
        }
        if let (Some(weakest), Some(similarity)) = (&self.weakest_id, self.weakest_similarity) {
            write!(f, "\n    least like the others: {} ({similarity:.3})", one_line(weakest))?;
        }
        writeln!(f)
    }
}

impl fmt::Display for StoryEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.path, &self.apart) {
            (Some(path), _) => together(self, path, f)?,
            (_, Some(apart)) => separate(self, apart, f)?,
            // What a text is like itself says nothing.
            (None, None) => return writeln!(f, "  Copies of one text go together."),
        }
        numbers(self, f)
    }
}

fn together(evidence: &StoryEvidence, path: &Path, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let alone =
        |step: &MergeStep| step.of == Side::Both && (step.texts, step.joined_texts) == (1, 1);
    let direct = evidence.similarity >= evidence.threshold || path.merges.iter().any(alone);
    writeln!(
        f,
        "  {}",
        match direct {
            true => "They are alike enough by themselves.",
            false => "They are not alike enough by themselves; others put them together.",
        }
    )?;
    let skipped = path.merges.len().saturating_sub(MERGES_TOLD);
    if skipped > 0 {
        writeln!(f, "  After {skipped} merges of their groups with others:")?;
    }
    path.merges.iter().skip(skipped).try_for_each(|step| merge(step, f))?;
    if let [first, .., _] = path.links.as_slice() {
        write!(f, "  Directly alike: {}", one_line(&first.from))?;
        for link in &path.links {
            write!(f, " – {:.3} – {}", link.similarity, one_line(&link.to))?;
        }
        writeln!(f)?;
    }
    for line in &path.tied_by {
        writeln!(f, "  A correction ties articles of this story: {}", one_line(line))?;
    }
    Ok(())
}

fn merge(step: &MergeStep, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let texts = |n: usize| if n == 1 { "1 text".to_owned() } else { format!("{n} texts") };
    let (own, other) = match step.of {
        Side::A => ("A", one_line(&step.joined)),
        Side::B => ("B", one_line(&step.joined)),
        Side::Both => ("A", "B".to_owned()),
    };
    writeln!(
        f,
        "  The group of {own} ({}) and that of {other} ({}) became one: {:.3} alike on average{}.",
        texts(step.texts),
        texts(step.joined_texts),
        step.mean_similarity,
        match step.agreement {
            1.0.. => String::new(),
            agreement => format!(", × {agreement:.3} for what groups of that size say as a whole"),
        }
    )
}

fn separate(evidence: &StoryEvidence, apart: &Apart, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let direct = evidence.similarity >= evidence.threshold;
    if let Some(line) = &apart.kept_apart_by {
        writeln!(f, "  A correction keeps their stories apart: {}", one_line(line))?;
    } else if direct {
        writeln!(
            f,
            "  They are alike enough by themselves, but the stories they belong to are not."
        )?;
    } else if !evidence.within_window {
        writeln!(f, "  They lie further apart in time than the window.")?;
    } else if evidence.shared.is_empty() {
        writeln!(f, "  They have no words in common that say anything.")?;
    } else if evidence.installments {
        writeln!(f, "  They are two installments of one series: alike in words, not in event.")?;
    } else if evidence.similarity == 0.0 {
        writeln!(f, "  They have too little in common to be held against each other.")?;
    } else {
        writeln!(f, "  They are not alike enough, nor are the stories they belong to.")?;
    }
    if apart.texts_a * apart.texts_b > 1 {
        writeln!(
            f,
            "  Their stories have {} and {} texts, which are on average {:.3} alike.",
            apart.texts_a, apart.texts_b, apart.mean_similarity
        )?;
    }
    if apart.agreement < 1.0 {
        writeln!(
            f,
            "  As a whole they say less, as few texts do and as groups with words of their own do: × {:.3}.",
            apart.agreement
        )?;
    }
    Ok(())
}

fn numbers(evidence: &StoryEvidence, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let side = if evidence.similarity >= evidence.threshold { "which reaches" } else { "under" };
    writeln!(
        f,
        "  Their similarity is {:.3}, {side} the {} at which groups of articles become one story.",
        evidence.similarity, evidence.threshold
    )?;
    let apart = match (evidence.days_apart, evidence.within_window) {
        (None, _) => "one has no date".to_owned(),
        (Some(days), true) => format!("{days:.1} days apart"),
        (Some(days), false) => format!("{days:.1} days apart, past the window"),
    };
    let weights = &evidence.weights;
    writeln!(
        f,
        "  Evidence in doublings: words {:+.2} (cosine {:.3}), time {:+.2} ({apart}), names {:+.2}, \
         numbers {:+.2}; together {:+.2}.",
        weights.words, evidence.cosine, weights.time, weights.names, weights.numbers, weights.sum
    )?;
    if let [first, rest @ ..] = weights.deciding().as_slice() {
        let all = rest.iter().fold((*first).to_owned(), |all, next| format!("{all} or {next}"));
        writeln!(f, "  Without what {all} says against it, it would be enough.")?;
    }
    if evidence.shared.is_empty() {
        return writeln!(f, "  They share no term that weighs anything.");
    }
    let adds = |term: &SharedTerm| term.weight_a * term.weight_b;
    let heaviest: Vec<String> = evidence
        .shared
        .iter()
        .take(TERMS_NAMED)
        .map(|term| format!("{} {:.3}", term.text, adds(term)))
        .collect();
    writeln!(f, "  Shared terms, and what each adds to the cosine: {}", heaviest.join(", "))
}
