//! Which of a record's names holds which field of an article: the names that tools give them.

use std::fmt;
use std::sync::Arc;

use ahash::AHashMap;
use serde::{Deserialize, Serialize};

use super::field::{Field, FieldMapping};
use super::limits::Limits;
use super::outlet::Outlets;
use super::sought::{Sought, no_text};
use super::{IngestOptions, names};
use crate::error::Cause;

/// Names that hold a field only where the value is a web address: elsewhere they are names or numbers.
const ONLY_WEB_ADDRESSES: [(Field, &str); 4] =
    [(Field::Url, "source"), (Field::Url, "uri"), (Field::Url, "id"), (Field::Url, "guid")];
/// Names that hold a field only where the value is no web address.
const NO_WEB_ADDRESSES: [(Field, &str); 1] = [(Field::Outlet, "source")];
/// Names that do not hold a field where another name stands beside them: the day on which the
/// crawler (FineWeb, by its `dump`) or the monitor (Event Registry, by its `dateTime`) came by is
/// not the day of publication. The `language` of newspaper4k is the one that it was told to expect,
/// English unless told otherwise; what the page says is its `meta_lang`.
const MISLEADING: [(Field, &str, &str); 3] = [
    (Field::Published, "date", "dump"),
    (Field::Published, "date", "dateTime"),
    (Field::Lang, "language", "meta_lang"),
];

/// How the outlet is called that no name gives: the registrable domain of the web address.
const DOMAIN_OF_URL: &str = "the url's domain";
/// How the outlet is called that stands above the list in which the record is.
const KEY_ABOVE: &str = "the key above the list";
/// Where fundus has a text in pieces: beside it stands `body.summary`.
pub(super) const BODY_SECTIONS: &str = "body.sections";
/// The part of a path that leads into the elements of a list.
pub(super) const ELEMENTS: &str = "[]";
/// What a database wraps a record in: Elasticsearch, CouchDB.
const WRAPPERS: [&str; 2] = ["_source", "doc"];
/// What a value stands in: MongoDB's extended JSON, and lists of strings or of objects.
const INSIDE: [&[&str]; 8] = [
    &["$date"],
    &["$date", "$numberLong"],
    &["$oid"],
    &["$numberLong"],
    &[ELEMENTS],
    &[ELEMENTS, "value"],
    &[ELEMENTS, "text"],
    &["#text"],
];

/// A name of the table, as a place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NameId(u16);

impl NameId {
    /// The registrable domain of the web address.
    pub(super) const DOMAIN_OF_URL: Self = Self(0);
    /// The key above the list in which the record stands.
    pub(super) const KEY_ABOVE: Self = Self(1);

    fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// Which values a name may give to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accepts {
    /// Any.
    Anything,
    /// Web addresses.
    WebAddress,
    /// Anything but web addresses.
    NoWebAddress,
}

/// A name that may hold a field.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// The name.
    pub(super) name: NameId,
    /// Which of its values count.
    pub(super) accepts: Accepts,
    /// The names beside which it does not count.
    pub(super) unless: Vec<NameId>,
}

/// A place in a nested record: what stands here, and the names below it.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// The name that ends here.
    pub(super) name: Option<NameId>,
    /// The names below: as they are written, and in lower case those which every spelling fits.
    below: AHashMap<String, Node>,
}

impl Node {
    /// What stands under a key. Names that we know match in any case, `--field` only as written.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.below.get(key).or_else(|| {
            let has_capitals = key.bytes().any(|byte| byte.is_ascii_uppercase());
            has_capitals.then(|| self.below.get(&key.to_ascii_lowercase()))?
        })
    }

    /// The root of these paths; at the end of each stands one and the same name.
    pub(super) fn of_paths(paths: &[&[&str]]) -> Self {
        let mut root = Self::default();
        for path in paths {
            root.insert(path, NameId(0));
        }
        root
    }

    /// Whether a name here or below is one of these.
    fn any(&self, is: &dyn Fn(NameId) -> bool) -> bool {
        self.name.is_some_and(is) || self.below.values().any(|node| node.any(is))
    }

    /// Lets a name end here, unless another one does.
    fn insert_first(&mut self, path: &[&str], name: NameId) {
        match path {
            [] => self.name = self.name.or(Some(name)),
            [key, rest @ ..] => {
                self.below.entry((*key).to_owned()).or_default().insert_first(rest, name);
            }
        }
    }

    fn insert(&mut self, path: &[&str], name: NameId) {
        match path {
            [] => self.name = Some(name),
            [key, rest @ ..] => {
                self.below.entry((*key).to_owned()).or_default().insert(rest, name);
            }
        }
    }
}

/// All names, and what each may hold.
#[derive(Clone, Debug)]
pub(super) struct FieldTable {
    names: Vec<String>,
    candidates: [Vec<Candidate>; Field::ALL.len()],
    root: Node,
    outlets: Outlets,
    limits: Limits,
    sought: Arc<Sought>,
}

impl FieldTable {
    /// Our own names and those of other tools, after those that were mapped by hand.
    pub(super) fn new(mappings: &[FieldMapping]) -> Self {
        let mut table = Self {
            names: vec![DOMAIN_OF_URL.into(), KEY_ABOVE.into()],
            candidates: Default::default(),
            root: Node::default(),
            outlets: Outlets::default(),
            limits: Limits::default(),
            sought: Arc::default(),
        };
        let mut sought = Sought::default();
        for mapping in mappings {
            let name = table.name(&mapping.path, &mapping.path);
            table.add(mapping.field, name, Accepts::Anything);
            let mut names = vec![name];
            // The list that a path leads into may be that of the records.
            let mut rest = mapping.path.as_str();
            while let Some((_, below)) = rest.split_once("[].") {
                let name = table.name(below, below);
                table.add(mapping.field, name, Accepts::Anything);
                names.push(name);
                rest = below;
            }
            sought.add(mapping, names);
        }
        table.sought = Arc::new(sought);
        for field in Field::ALL {
            for written in field.names() {
                let name = table.name(written, &written.to_ascii_lowercase());
                let accepts = if ONLY_WEB_ADDRESSES.contains(&(field, written)) {
                    Accepts::WebAddress
                } else if NO_WEB_ADDRESSES.contains(&(field, written)) {
                    Accepts::NoWebAddress
                } else {
                    Accepts::Anything
                };
                table.add(field, name, accepts);
            }
        }
        table.add(Field::Outlet, NameId::KEY_ABOVE, Accepts::Anything);
        for (field, misleading, beside) in MISLEADING {
            let misleading = table.name(misleading, misleading);
            let beside = table.name(beside, &beside.to_ascii_lowercase());
            let mapped = mappings.iter().filter(|mapping| mapping.field == field).count();
            let candidates = table.candidates[field as usize].iter_mut().skip(mapped);
            for candidate in candidates.filter(|candidate| candidate.name == misleading) {
                candidate.unless.push(beside);
            }
        }
        table
    }

    /// The table that input is read with: names, outlets, and what a record may cost.
    pub(super) fn of(options: &IngestOptions) -> Self {
        let IngestOptions { fields, outlets, limits, .. } = options;
        Self { outlets: outlets.clone(), limits: *limits, ..Self::new(fields) }
    }

    /// What a record may cost.
    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// Which names and hosts are one outlet.
    pub(super) fn outlets(&self) -> &Outlets {
        &self.outlets
    }

    /// Whether the names that were given by hand are in the input.
    pub(super) fn sought(&self) -> &Sought {
        &self.sought
    }

    /// The names that may hold a field, best first.
    pub(super) fn candidates(&self, field: Field) -> &[Candidate] {
        &self.candidates[field as usize]
    }

    /// Where a record's keys start.
    pub(super) fn root(&self) -> &Node {
        &self.root
    }

    /// How a name is written.
    pub(super) fn written(&self, name: NameId) -> &str {
        &self.names[name.index()]
    }

    /// The name under which a column is known. A dot in it is part of the column's name; spaces and
    /// dashes are read as underscores where the name is not known with them.
    pub(super) fn column(&self, header: &str) -> Option<NameId> {
        let header = header.trim();
        let named = |header: &str| self.root.get(header).and_then(|node| node.name);
        named(header).or_else(|| {
            let apart = |c: char| c == ' ' || c == '-';
            header.contains(apart).then(|| named(&header.to_lowercase().replace(apart, "_")))?
        })
    }

    /// Whether a key leads to a name that may hold `field`, itself or anywhere below it.
    pub(super) fn leads_to(&self, field: Field, key: &str) -> bool {
        let holds = |name: NameId| self.candidates(field).iter().any(|known| known.name == name);
        self.root.get(key).is_some_and(|node| node.any(&holds))
    }

    /// Whether a column or key of this name may hold `field`.
    pub(super) fn may_hold(&self, field: Field, header: &str) -> bool {
        let name = self.column(header);
        self.candidates(field).iter().any(|candidate| Some(candidate.name) == name)
    }

    /// Of a table's columns those that matter, by their place. For each field these are the best: up
    /// to the first that is taken whatever it holds, so that one file has a field from one column.
    ///
    /// # Errors
    /// In words, where there is no column for a text, nor those of a list of articles.
    pub(super) fn columns(&self, header: &[String]) -> Result<Vec<(usize, NameId)>, Cause> {
        let numbered = |(place, header): (usize, &String)| {
            let number = || self.root.get(&(place + 1).to_string()).and_then(|node| node.name);
            self.column(header).or_else(number)
        };
        let names: Vec<Option<NameId>> = header.iter().enumerate().map(numbered).collect();
        let present = |name: NameId| names.contains(&Some(name));
        self.sought.look(present);
        self.sought.names(header.iter().cloned());
        let mut wanted = Vec::new();
        for field in Field::ALL {
            for candidate in self.candidates(field) {
                wanted.extend(candidate.unless.iter().copied());
                let misleads = candidate.unless.iter().any(|name| present(*name));
                if present(candidate.name) && !misleads {
                    wanted.push(candidate.name);
                    if candidate.accepts == Accepts::Anything {
                        break;
                    }
                }
            }
        }
        let is_there = |candidate: &Candidate| present(candidate.name);
        let has = |field: Field| self.candidates(field).iter().any(is_there);
        // A list of articles has titles and addresses only.
        if !(has(Field::Text) || has(Field::Title) && has(Field::Url)) {
            return Err(no_text(header).into());
        }
        let kept = names
            .iter()
            .enumerate()
            .filter_map(|(column, name)| Some((column, (*name)?)))
            .filter(|(_, name)| wanted.contains(name))
            .collect();
        Ok(kept)
    }

    /// Of columns that matter, the one that holds `field`.
    pub(super) fn column_of(&self, field: Field, columns: &[(usize, NameId)]) -> Option<usize> {
        let of = |name: NameId| columns.iter().find(|(_, other)| *other == name);
        let found = self.candidates(field).iter().find_map(|candidate| of(candidate.name));
        found.map(|(column, _)| *column)
    }

    /// An empty tally of this table's names.
    pub(super) fn tally(&self) -> Tally {
        Tally { records: vec![0; self.names.len() * Field::ALL.len()] }
    }

    /// What a tally says, by field, then by preference.
    pub(super) fn sources(&self, tally: &Tally) -> Vec<FieldSource> {
        let fields = Field::ALL.into_iter().flat_map(|field| {
            let names = self.candidates(field).iter().map(|candidate| candidate.name);
            let domain = (field == Field::Outlet).then_some(NameId::DOMAIN_OF_URL);
            names.chain(domain).map(move |name| (field, name))
        });
        let mut sources: Vec<FieldSource> = Vec::new();
        for (field, name) in fields {
            let records = tally.records[tally.place(field, name)];
            let written = self.written(name);
            let said = |source: &FieldSource| source.field == field && source.name == written;
            if records > 0 && !sources.iter().any(said) {
                sources.push(FieldSource { field, name: written.into(), records });
            }
        }
        sources
    }

    /// The place of a name in the table, where `path` is how records have it: under its first part
    /// and so on, or all of it as one key.
    fn name(&mut self, written: &str, path: &str) -> NameId {
        if let Some(name) = self.root.below.get(path).and_then(|node| node.name) {
            return name;
        }
        let name = NameId(u16::try_from(self.names.len()).expect("far fewer names than 65,536"));
        self.names.push(written.into());
        self.root.insert(&[path], name);
        let mut parts: Vec<&str> = Vec::new();
        for part in path.split('.') {
            let key = part.trim_end_matches(ELEMENTS);
            parts.extend((!key.is_empty()).then_some(key));
            parts.extend((key.len()..part.len()).step_by(ELEMENTS.len()).map(|_| ELEMENTS));
        }
        for wrapper in [&[][..], &[WRAPPERS[0]], &[WRAPPERS[1]]] {
            let path = [wrapper, &parts].concat();
            self.root.insert(&path, name);
            for inside in INSIDE {
                self.root.insert_first(&[&path, inside].concat(), name);
            }
        }
        name
    }

    fn add(&mut self, field: Field, name: NameId, accepts: Accepts) {
        self.candidates[field as usize].push(Candidate { name, accepts, unless: Vec::new() });
    }
}

/// How many articles took which field from which name.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    records: Vec<u64>,
}

impl Tally {
    /// One more article took `field` from `name`.
    pub(super) fn count(&mut self, field: Field, name: NameId) {
        let place = self.place(field, name);
        self.records[place] += 1;
    }

    /// Adds another tally of the same table.
    pub(super) fn merge(&mut self, other: &Self) {
        for (records, more) in self.records.iter_mut().zip(&other.records) {
            *records += more;
        }
    }

    fn place(&self, field: Field, name: NameId) -> usize {
        let names = self.records.len() / Field::ALL.len();
        field as usize * names + name.index()
    }
}

/// Where a file's articles have a field from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldSource {
    /// The field.
    pub field: Field,
    /// The column or key; a dot leads into a nested object.
    pub name: String,
    /// How many articles took it from there.
    pub records: u64,
}

/// How sure it is that a name holds what it was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Few of the articles have it there.
    Doubtful,
    /// The name is used for other things, too, or some of the articles lack it.
    Likely,
    /// The name says it, and nearly all articles have it.
    Sure,
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Doubtful => "doubtful",
            Self::Likely => "likely",
            Self::Sure => "sure",
        })
    }
}

impl FieldSource {
    /// How sure it is, for a file of so many articles.
    pub fn confidence(&self, articles: u64) -> Confidence {
        let is_vague = names::VAGUE.iter().any(|name| name.eq_ignore_ascii_case(&self.name));
        match (10 * self.records >= 9 * articles, 2 * self.records >= articles) {
            (true, _) if !is_vague => Confidence::Sure,
            (_, true) => Confidence::Likely,
            _ => Confidence::Doubtful,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_says_it_and_is_everywhere_is_sure() {
        let confidence = |name: &str, records| {
            FieldSource { field: Field::Text, name: name.into(), records }.confidence(10)
        };
        assert_eq!(confidence("text", 10), Confidence::Sure);
        assert_eq!(confidence("text", 6), Confidence::Likely);
        assert_eq!(confidence("content", 10), Confidence::Likely);
        assert_eq!(confidence("text", 2), Confidence::Doubtful);
    }

    #[test]
    fn a_mapping_names_a_field_and_a_path() {
        let mapping: FieldMapping = "text=content.main".parse().unwrap();
        assert_eq!(mapping, FieldMapping { field: Field::Text, path: "content.main".into() });
        assert_eq!(mapping.to_string(), "text=content.main");
        for (wrong, why) in [
            ("text", "NAME=PATH"),
            ("body=content", "they are id, outlet, url, published, title, text, lang"),
            ("text=", "no column or key"),
        ] {
            let error = wrong.parse::<FieldMapping>().unwrap_err().to_string();
            assert!(error.starts_with("--field: ") && error.contains(why), "{error}");
        }
    }

    #[test]
    fn a_mapping_comes_before_every_known_name() {
        let table = FieldTable::new(&["text=Summary".parse().unwrap()]);
        let first = &table.candidates(Field::Text)[0];
        assert_eq!(table.written(first.name), "Summary");
        assert_eq!(table.column("Summary"), Some(first.name));
        assert_eq!(table.column("summary"), None);
        assert_eq!(table.column("TEXT"), table.column("text"));
    }

    #[test]
    fn a_path_leads_into_lists_and_what_stands_around_them() {
        let table = FieldTable::new(&["text=response.results[].fields.body".parse().unwrap()]);
        let text = |node: Option<&Node>| {
            let name = node.and_then(|node| node.name).expect("a name");
            table.candidates(Field::Text).iter().position(|known| known.name == name)
        };
        let get = |path: &[&str]| path.iter().try_fold(table.root(), |node, key| node.get(key));
        assert_eq!(text(get(&["response", "results", "[]", "fields", "body"])), Some(0));
        assert_eq!(text(get(&["fields", "body"])), Some(1));
        assert!(table.leads_to(Field::Text, "fields") && !table.leads_to(Field::Text, "x"));
        assert!(get(&["_source", "text"]).is_some_and(|node| node.name == table.column("text")));
    }

    #[test]
    fn a_column_is_known_by_its_name_with_spaces_and_by_its_number() {
        let table = FieldTable::new(&["text=3".parse().unwrap()]);
        assert_eq!(table.column("Publication Date"), table.column("publication_date"));
        let header = ["x", "Publication Date", "y"].map(str::to_owned);
        let kept: Vec<usize> =
            table.columns(&header).unwrap().iter().map(|(column, _)| *column).collect();
        assert_eq!(kept, [1, 2]);
    }

    #[test]
    fn a_dotted_name_is_found_nested_and_as_one_key() {
        let table = FieldTable::new(&[]);
        let nested = table.root().get("thread").unwrap().get("site_full").unwrap().name;
        assert!(nested.is_some());
        assert_eq!(table.column("thread.site_full"), nested);
    }
}
