//! What a change of an archive did to its groups: new, grown, merged, split, and which id leads where.
//!
//! Groups are compared by their articles. The id of a group is derived from its first article, so it
//! holds while the group only gains later ones. An id that no group has any more leads to the group that has most of
//! its articles. Cost: linear in the articles.

use std::collections::BTreeMap;

use ahash::{AHashMap, AHashSet};
use serde::{Deserialize, Serialize};

use super::outcome::{GroupKind, Identity, Outcome};
use crate::error::Cause;

/// What became of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// No article of it was in a group of this kind before.
    New,
    /// It has more articles than it had.
    Grown,
    /// It was several groups, `from`.
    Merged,
    /// It is the same group with another first article, and so has another id than `from`.
    Renamed,
    /// It has fewer articles than it had.
    Shrunk,
    /// It went to several groups, `into`.
    Split,
    /// None of its articles is in a group of this kind any more.
    Gone,
}

impl Change {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 7] = [
        Self::New,
        Self::Grown,
        Self::Merged,
        Self::Renamed,
        Self::Shrunk,
        Self::Split,
        Self::Gone,
    ];

    /// Its name, as a message has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Grown => "grown",
            Self::Merged => "merged",
            Self::Renamed => "renamed",
            Self::Shrunk => "shrunk",
            Self::Split => "split",
            Self::Gone => "gone",
        }
    }
}

/// A group that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Of which kind it is.
    pub kind: GroupKind,
    /// What became of it.
    pub change: Change,
    /// Its id: that of before where it was split or is gone.
    pub id: String,
    /// The headline; of a family, the id of the article that is kept.
    pub name: String,
    /// How many articles it has now; of one that was split or is gone, had.
    pub articles: usize,
    /// How many of them it did not have before.
    pub gained: usize,
    /// The ids of the groups that it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// The ids of the groups that it became.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub into: Vec<String>,
}

/// An id that no group has any more, and the group that has its articles now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirect {
    /// Of which kind both are.
    pub kind: GroupKind,
    /// The id of before.
    pub redirect: String,
    /// The id of now.
    pub to: String,
}

/// What one change of an archive did: its result, and a file of its own beside the segments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// The state of the archive that it led to, counted from 1.
    pub generation: u64,
    /// The ids of the articles that were added, in order of publication.
    pub added: Vec<String>,
    /// The ids of the articles that were removed, in order of publication.
    pub removed: Vec<String>,
    /// How many articles were there already, with the same id and content.
    pub skipped: usize,
    /// How many records were rejected.
    pub rejected: usize,
    /// The groups that changed: families, stories and storylines in turn.
    pub groups: Vec<Changed>,
    /// Ids that lead elsewhere from now on.
    pub redirects: Vec<Redirect>,
}

impl Changes {
    /// What differs between two states.
    pub(super) fn between(before: &Outcome, now: &Outcome) -> Self {
        let known: AHashMap<&Identity, usize> =
            before.articles.iter().map(|article| &article.identity).zip(0..).collect();
        let from: Vec<Option<usize>> =
            now.articles.iter().map(|article| known.get(&article.identity).copied()).collect();
        let mut stays = vec![false; before.articles.len()];
        from.iter().flatten().for_each(|&place| stays[place] = true);
        let gone = before.articles.iter().zip(stays).filter(|(_, stays)| !stays);
        let added = now.articles.iter().zip(&from).filter(|(_, from)| from.is_none());
        let mut changes = Self {
            added: added.map(|(article, _)| article.id.clone()).collect(),
            removed: gone.map(|(article, _)| article.id.clone()).collect(),
            ..Self::default()
        };
        for kind in GroupKind::ALL {
            Comparison { kind, before, now, from: &from }.tell(&mut changes);
        }
        changes
    }

    /// The change as JSON Lines: what it did as a whole, then a line a group, then a line a redirect.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = Line::Head {
            generation: self.generation,
            added: self.added.clone(),
            removed: self.removed.clone(),
            skipped: self.skipped,
            rejected: self.rejected,
        };
        let groups = self.groups.iter().cloned().map(Line::Group);
        let redirects = self.redirects.iter().cloned().map(Line::Redirect);
        let mut bytes = Vec::new();
        for line in [head].into_iter().chain(groups).chain(redirects) {
            // Texts and numbers alone, to memory: there is nothing that could fail.
            bytes.extend(serde_json::to_vec(&line).unwrap_or_default());
            bytes.push(b'\n');
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote, or says why it cannot.
    pub(super) fn of_bytes(bytes: &[u8]) -> Result<Self, Cause> {
        let mut changes = Self::default();
        for line in bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice(line).map_err(Cause::of)? {
                Line::Group(group) => changes.groups.push(group),
                Line::Redirect(redirect) => changes.redirects.push(redirect),
                Line::Head { generation, added, removed, skipped, rejected } => {
                    changes = Self { generation, added, removed, skipped, rejected, ..changes };
                }
            }
        }
        Ok(changes)
    }

    /// How many groups of a kind changed so.
    pub fn count(&self, kind: GroupKind, change: Change) -> usize {
        self.groups.iter().filter(|group| (group.kind, group.change) == (kind, change)).count()
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.groups.is_empty()
    }
}

/// A line of a file of changes.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Group(Changed),
    Redirect(Redirect),
    Head {
        generation: u64,
        added: Vec<String>,
        removed: Vec<String>,
        skipped: usize,
        rejected: usize,
    },
}

/// The groups of one kind, before and now.
struct Comparison<'o> {
    kind: GroupKind,
    before: &'o Outcome,
    now: &'o Outcome,
    /// Where each article of now stood before.
    from: &'o [Option<usize>],
}

/// What is counted of a group.
#[derive(Clone, Default)]
struct Tally {
    articles: usize,
    /// Groups of the other state that its articles are in, with how many are.
    others: BTreeMap<u32, usize>,
}

impl Comparison<'_> {
    fn tell(&self, changes: &mut Changes) {
        let (old, new) = (self.before.groups(self.kind), self.now.groups(self.kind));
        let mut was = vec![Tally::default(); old.len()];
        let mut is = vec![Tally::default(); new.len()];
        for article in &self.before.articles {
            if let Some(place) = self.before.place(article, self.kind) {
                was[place as usize].articles += 1;
            }
        }
        for (article, &from) in self.now.articles.iter().zip(self.from) {
            let to = self.now.place(article, self.kind);
            if let Some(to) = to {
                is[to as usize].articles += 1;
            }
            let from = from.map(|place| &self.before.articles[place]);
            let from = from.and_then(|article| self.before.place(article, self.kind));
            if let (Some(from), Some(to)) = (from, to) {
                *is[to as usize].others.entry(from).or_default() += 1;
                *was[from as usize].others.entry(to).or_default() += 1;
            }
        }
        for (group, tally) in new.iter().zip(&is) {
            let kept: usize = tally.others.values().sum();
            let from: Vec<&str> =
                tally.others.keys().map(|&place| old[place as usize].id.as_str()).collect();
            let lost = tally.others.keys().any(|&place| was[place as usize].articles > kept);
            let change = match from[..] {
                [] => Change::New,
                [_, _, ..] => Change::Merged,
                [only] if only != group.id => Change::Renamed,
                _ if tally.articles > kept => Change::Grown,
                _ if lost => Change::Shrunk,
                _ => continue,
            };
            let from = match change {
                Change::Merged | Change::Renamed => from.into_iter().map(str::to_owned).collect(),
                _ => Vec::new(),
            };
            changes.groups.push(Changed {
                kind: self.kind,
                change,
                id: group.id.clone(),
                name: group.name.clone(),
                articles: tally.articles,
                gained: tally.articles - kept,
                from,
                into: Vec::new(),
            });
        }
        let living: AHashSet<&str> = new.iter().map(|group| group.id.as_str()).collect();
        for (group, tally) in old.iter().zip(&was) {
            let into: Vec<String> =
                tally.others.keys().map(|&place| new[place as usize].id.clone()).collect();
            // The first of those with the most articles.
            let most = tally.others.iter().rev().max_by_key(|(_, articles)| **articles);
            if let Some((&to, _)) = most.filter(|_| !living.contains(group.id.as_str())) {
                changes.redirects.push(Redirect {
                    kind: self.kind,
                    redirect: group.id.clone(),
                    to: new[to as usize].id.clone(),
                });
            }
            let change = match into.len() {
                0 => Change::Gone,
                1 => continue,
                _ => Change::Split,
            };
            changes.groups.push(Changed {
                kind: self.kind,
                change,
                id: group.id.clone(),
                name: group.name.clone(),
                articles: tally.articles,
                gained: 0,
                from: Vec::new(),
                into,
            });
        }
    }
}

/// Where ids lead that no group has any more, by kind and id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Redirects(BTreeMap<(GroupKind, String), String>);

impl Redirects {
    /// Goes on with what one change says.
    pub(super) fn follow(&mut self, changes: &Changes) {
        for Redirect { kind, redirect, to } in &changes.redirects {
            self.0.insert((*kind, redirect.clone()), to.clone());
        }
    }

    /// All that lead to a group there is; a group that has its id again needs none.
    pub(super) fn all(&self, outcome: &Outcome) -> Vec<Redirect> {
        let alive: AHashSet<(GroupKind, &str)> = GroupKind::ALL
            .into_iter()
            .flat_map(|kind| {
                outcome.groups(kind).iter().map(move |group| (kind, group.id.as_str()))
            })
            .collect();
        let mut all = Vec::new();
        for ((kind, id), to) in &self.0 {
            let mut to = to;
            // Later ones lead on; a circle would be one of ids that live again.
            for _ in 0..self.0.len() {
                match self.0.get(&(*kind, to.clone())) {
                    Some(next) if !alive.contains(&(*kind, to)) => to = next,
                    _ => break,
                }
            }
            if !alive.contains(&(*kind, id)) && alive.contains(&(*kind, to)) {
                all.push(Redirect { kind: *kind, redirect: id.clone(), to: to.clone() });
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::super::outcome::{Group, Placed};
    use super::*;

    /// A state whose articles, by number, are in these stories.
    fn state(stories: &[(&str, &[u64])]) -> Outcome {
        let mut outcome = Outcome::default();
        for (place, (id, articles)) in stories.iter().enumerate() {
            let group = Group { id: (*id).to_owned(), name: String::new(), storyline: None };
            outcome.stories.push(group);
            outcome.articles.extend(articles.iter().map(|&n| Placed {
                identity: Identity(n.to_string(), n),
                id: n.to_string(),
                family: None,
                story: Some(place as u32),
                outlet: String::new(),
                published: None,
            }));
        }
        outcome
    }

    fn told(changes: &Changes) -> Vec<(Change, &str, usize)> {
        changes.groups.iter().map(|group| (group.change, group.id.as_str(), group.gained)).collect()
    }

    #[test]
    fn groups_are_new_grown_merged_and_split() {
        let before = state(&[("a", &[1, 2]), ("b", &[3]), ("c", &[4, 5, 6]), ("d", &[9])]);
        let now = state(&[("a", &[1, 2, 3, 7]), ("c", &[4, 5]), ("e", &[6]), ("f", &[8])]);
        let changes = Changes::between(&before, &now);
        assert_eq!(
            (changes.added.join(" "), changes.removed.join(" ")),
            ("7 8".into(), "9".into())
        );
        let expected = [
            (Change::Merged, "a", 1),
            (Change::Shrunk, "c", 0),
            (Change::Renamed, "e", 0),
            (Change::New, "f", 1),
            (Change::Split, "c", 0),
            (Change::Gone, "d", 0),
        ];
        assert_eq!(told(&changes), expected);
        assert_eq!(changes.groups[0].from, ["a", "b"]);
        assert_eq!(changes.groups[4].into, ["c", "e"]);
        let redirect = Redirect { kind: GroupKind::Story, redirect: "b".into(), to: "a".into() };
        assert_eq!(changes.redirects, [redirect]);
        assert!(Changes::between(&now, &now).is_empty());
        assert_eq!(Changes::of_bytes(&changes.to_bytes()), Ok(changes));
    }

    #[test]
    fn an_id_leads_to_whoever_has_its_articles_now() {
        let states = [
            state(&[("a", &[1]), ("b", &[2])]),
            state(&[("b", &[1, 2])]),
            state(&[("c", &[0, 1, 2])]),
        ];
        let mut redirects = Redirects::default();
        states.windows(2).for_each(|pair| redirects.follow(&Changes::between(&pair[0], &pair[1])));
        let all = redirects.all(&states[2]);
        let all: Vec<_> = all.iter().map(|one| (one.redirect.as_str(), one.to.as_str())).collect();
        assert_eq!(all, [("a", "c"), ("b", "c")]);
        assert_eq!(redirects.all(&states[0]), []);
    }
}
