//! Outlets, and what went from one to another.

use crate::analysis::{self, AgencyMonth, ArticleEdge, Network, OutletRow, article_edges};
use crate::passage::Passage;
use crate::results::Results;
use crate::tables::value::{Id, Text, known};

table! {
    /// An outlet, and how much of what it published is its own.
    "outlets", Outlet of row: &'a OutletRow {
        /// Its name. Unknown for the articles of which no outlet is known.
        outlet: Option<Text<'a>> = known(row.outlet.as_str());
        /// Its articles; 0 for an agency that is only named in credits.
        articles: u32 = row.articles;
        /// Those of which at least half is in passages that another outlet is known to have published
        /// first.
        copied_articles: u32 = row.copied_articles;
        /// Those without a syndicated passage, except where the outlet is known to have published it
        /// first.
        original_articles: u32 = row.original_articles;
        /// The median delay, in hours, after which it had what it took from others.
        median_lag_hours: Option<f64> = row.median_lag_hours;
    }
}

impl<'a> Outlet<'a> {
    pub(super) fn all(network: &'a Network) -> impl Iterator<Item = Self> {
        network.outlets.iter().map(Self::of)
    }
}

table! {
    /// One outlet that followed another, or an agency: it has passages whose likely source is the other.
    "network", Link of at: (&'a Network, &'a analysis::Edge) {
        /// The likely source of the passages: an outlet, or an agency that a credit names.
        from_outlet: Text<'a> = at.0.outlets[at.1.from as usize].outlet.as_str().into();
        /// The outlet that followed.
        to_outlet: Text<'a> = at.0.outlets[at.1.to as usize].outlet.as_str().into();
        /// The syndicated passages that went this way.
        passages: u32 = at.1.passages;
        /// The follower's articles that have them.
        articles: u32 = at.1.articles;
        /// The follower's median delay, in hours. Unknown where the source has no article here.
        median_lag_hours: Option<f64> = at.1.median_lag_hours;
    }
}

impl<'a> Link<'a> {
    pub(super) fn all(network: &'a Network) -> impl Iterator<Item = Self> {
        network.edges.iter().map(move |edge| Self::of((network, edge)))
    }
}

table! {
    /// Two articles of two outlets that share syndicated passages, in the form of the R package
    /// RNewsflow.
    "edges", Edge of at: (&'a Results, ArticleEdge) {
        /// The article that had them first.
        from: Id<'a> = Id(at.0.corpus.get(at.1.from).id.as_str().into());
        /// The other article.
        to: Id<'a> = Id(at.0.corpus.get(at.1.to).id.as_str().into());
        /// The share of the other article's text that is in them, 0 to 1.
        weight: f64 = at.1.weight;
        /// Hours from the first to the other. Unknown where one has no date.
        hourdiff: Option<f64> = at.1.hourdiff;
    }
}

impl<'a> Edge<'a> {
    pub(super) fn all(results: &'a Results, passages: &'a [Passage]) -> impl Iterator<Item = Self> {
        let origins = results.origins.as_deref().unwrap_or_default();
        let edges = article_edges(&results.corpus, passages, origins).into_iter();
        edges.map(move |edge| Self::of((results, edge)))
    }
}

table! {
    /// What an outlet printed of an agency's in a month.
    "agencies", Agency of at: AgencyMonth<'a> {
        /// The agency or source that credit lines or authors name.
        agency: Text<'a> = at.agency.into();
        /// The outlet. Unknown for the articles of which no outlet is known.
        outlet: Option<Text<'a>> = known(at.outlet);
        /// The month in UTC, as in `2024-05`. Unknown for articles without a date.
        month: Option<Text<'a>> = known(at.month);
        /// The outlet's articles of that month that name the agency or have a syndicated passage credited
        /// to it.
        articles: u32 = at.articles;
        /// Their words in such passages.
        words: u32 = at.words;
        /// The share of all words that the outlet printed in that month, 0 to 1.
        share: f64 = at.share;
    }
}

impl<'a> Agency<'a> {
    pub(super) fn all(results: &'a Results) -> impl Iterator<Item = Self> {
        results.agencies().into_iter().map(Self::of)
    }
}
