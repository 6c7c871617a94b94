//! What people who read the stories know better: pairs of articles that belong to one story, pairs
//! that do not.
//!
//! A file has a pair of ids a line, parted by a comma, a tab or spaces (whichever the first pair
//! has), with or without a line that names the columns; lines that begin with `#` say nothing. Pairs
//! that belong together do so through one another and through the copies of a family, and also
//! through ids that this corpus does not have: the same files serve every slice of an archive. What
//! cannot be obeyed is an error before anything is clustered. Cost: a union-find over the ids named.

use std::collections::VecDeque;
use std::path::Path;

use ahash::AHashMap;

use crate::article::{Corpus, DocId};
use crate::error::{Cause, Error, InputErrorKind, Position, Result};
use crate::family::Families;
use crate::story::constraints::Constraints;
use crate::union_find::UnionFind;

/// Pairs of articles that clustering obeys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Corrections {
    must: Vec<Correction>,
    cannot: Vec<Correction>,
}

/// A pair of ids, and where it was read.
#[derive(Clone, Debug, PartialEq)]
struct Correction {
    a: String,
    b: String,
    position: Position,
}

impl Corrections {
    /// Reads the pairs that must be in one story and those that cannot.
    ///
    /// # Errors
    /// [`Error::Input`], at its line, for what is no pair of ids.
    pub fn read(must: Option<&Path>, cannot: Option<&Path>) -> Result<Self> {
        let read = |path: Option<&Path>| path.map_or(Ok(Vec::new()), read_pairs);
        Ok(Self { must: read(must)?, cannot: read(cannot)? })
    }

    /// A message for each line with an id that no article of the corpus has.
    pub fn unknown(&self, corpus: &Corpus) -> Vec<String> {
        let all = self.must.iter().chain(&self.cannot);
        let missing = all.filter_map(|pair| {
            let ids = [&pair.a, &pair.b].into_iter().filter(|id| corpus.find(id).is_none());
            let ids: Vec<String> = ids.map(|id| format!("{id:?}")).collect();
            let ids = ids.join(" and ");
            (!ids.is_empty()).then(|| format!("{}: no article has the id {ids}", pair.position))
        });
        missing.collect()
    }

    /// Whether they can be obeyed, as far as that can be told before families are known.
    ///
    /// # Errors
    /// As [`stories`](crate::story::stories) for corrections.
    pub fn check(&self, corpus: &Corpus) -> Result<()> {
        self.bind(corpus, &Families::new(Vec::new(), corpus.len())).map(|_| ())
    }

    /// The line that keeps two of these articles apart, one of each list, where there is one.
    pub(super) fn apart(&self, corpus: &Corpus, a: &[DocId], b: &[DocId]) -> Option<&Position> {
        let is_in = |docs: &[DocId], id: &str| corpus.find(id).is_some_and(|d| docs.contains(&d));
        let between = |pair: &&Correction| {
            is_in(a, &pair.a) && is_in(b, &pair.b) || is_in(a, &pair.b) && is_in(b, &pair.a)
        };
        self.cannot.iter().find(between).map(|pair| &pair.position)
    }

    /// The lines that tie articles of a story, given all of its articles.
    pub(super) fn within(&self, corpus: &Corpus, story: &[DocId]) -> Vec<&Position> {
        let names = |id: &str| corpus.find(id).is_some_and(|doc| story.contains(&doc));
        let ties = self.must.iter().filter(|pair| names(&pair.a) || names(&pair.b));
        ties.map(|pair| &pair.position).collect()
    }

    /// All pairs as places in the corpus, each article of a family by the one that stands for it.
    ///
    /// # Errors
    /// [`Error::Input`], at its line, for two articles that are to be kept apart and belong together
    /// by others of these pairs, or are copies.
    pub(super) fn bind(&self, corpus: &Corpus, families: &Families) -> Result<Constraints> {
        let bonds = Bonds::of(self, corpus, families);
        let mut sets = UnionFind::new(bonds.nodes());
        for bond in &bonds.bonds {
            sets.union(bond.a, bond.b);
        }
        let mut stands_for: AHashMap<u32, u32> = AHashMap::new();
        let mut constraints = Constraints::default();
        for (node, name) in (0..).zip(&bonds.names) {
            let Some(doc) = corpus.find(name) else { continue };
            let text = families.representative(doc).0;
            let first = *stands_for.entry(sets.find(node)).or_insert(text);
            if first != text {
                constraints.together.push((first.min(text), first.max(text)));
            }
        }
        for pair in &self.cannot {
            let [a, b] = [&pair.a, &pair.b].map(|id| bonds.place[id.as_str()]);
            let [root_a, root_b] = [sets.find(a), sets.find(b)];
            if root_a == root_b {
                return Err(bonds.contradiction(pair, a, b));
            }
            if let (Some(&a), Some(&b)) = (stands_for.get(&root_a), stands_for.get(&root_b)) {
                constraints.apart.push((a.min(b), a.max(b)));
            }
        }
        for pairs in [&mut constraints.together, &mut constraints.apart] {
            pairs.sort_unstable();
            pairs.dedup();
        }
        Ok(constraints)
    }
}

/// The ids named, and behind them the families of their articles, tied by what puts them together.
struct Bonds<'c> {
    names: Vec<&'c str>,
    place: AHashMap<&'c str, u32>,
    families: AHashMap<DocId, u32>,
    bonds: Vec<Bond<'c>>,
}

/// Two nodes that belong together: by a line, or as an article belongs to its family.
struct Bond<'c> {
    a: u32,
    b: u32,
    line: Option<&'c Position>,
}

impl<'c> Bonds<'c> {
    fn of(corrections: &'c Corrections, corpus: &Corpus, families: &Families) -> Self {
        let mut names: Vec<&str> = Vec::new();
        let mut place = AHashMap::new();
        for pair in corrections.must.iter().chain(&corrections.cannot) {
            for name in [pair.a.as_str(), pair.b.as_str()] {
                place.entry(name).or_insert_with(|| {
                    names.push(name);
                    names.len() as u32 - 1
                });
            }
        }
        let by_line = |pair: &'c Correction| Bond {
            a: place[pair.a.as_str()],
            b: place[pair.b.as_str()],
            line: Some(&pair.position),
        };
        let mut bonds: Vec<Bond> = corrections.must.iter().map(by_line).collect();
        let mut of_family: AHashMap<DocId, u32> = AHashMap::new();
        for (node, name) in (0..).zip(&names) {
            let Some(family) = corpus.find(name).and_then(|doc| families.of(doc)) else { continue };
            let next = (names.len() + of_family.len()) as u32;
            let family = *of_family.entry(family.kept).or_insert(next);
            bonds.push(Bond { a: node, b: family, line: None });
        }
        Self { names, place, families: of_family, bonds }
    }

    fn nodes(&self) -> usize {
        self.names.len() + self.families.len()
    }

    /// Says by what `a` and `b`, which are to be kept apart, belong together.
    fn contradiction(&self, pair: &Correction, a: u32, b: u32) -> Error {
        let reasons = self.path(a, b).into_iter().map(|[from, to, by]| {
            let (from, to) = (self.names[from as usize], self.names[to as usize]);
            match self.bonds[by as usize].line {
                Some(line) => format!("{line} puts {from:?} and {to:?} together"),
                None => format!("{from:?} and {to:?} are copies of one text"),
            }
        });
        let reasons: Vec<String> = reasons.collect();
        let but = match reasons.is_empty() {
            true => "they are one article".to_owned(),
            false => reasons.join(", and "),
        };
        Error::input(
            pair.position.clone(),
            InputErrorKind::Malformed,
            format!("{:?} and {:?} cannot be kept apart: {but}", pair.a, pair.b),
        )
    }

    /// The shortest way from one name to another, over names: from, to, and the bond taken. Two
    /// bonds by way of a family are one step.
    fn path(&self, a: u32, b: u32) -> Vec<[u32; 3]> {
        let mut by_node: Vec<Vec<(u32, u32)>> = vec![Vec::new(); self.nodes()];
        for (place, bond) in (0..).zip(&self.bonds) {
            by_node[bond.a as usize].push((bond.b, place));
            by_node[bond.b as usize].push((bond.a, place));
        }
        let mut came_from: Vec<Option<(u32, u32)>> = vec![None; self.nodes()];
        let mut queue = VecDeque::from([a]);
        while let Some(node) = queue.pop_front() {
            for &(next, bond) in &by_node[node as usize] {
                if next != a && came_from[next as usize].is_none() {
                    came_from[next as usize] = Some((node, bond));
                    queue.push_back(next);
                }
            }
        }
        let mut steps: Vec<[u32; 3]> = Vec::new();
        let mut to = b;
        while to != a
            && let Some((mut from, bond)) = came_from[to as usize]
        {
            if from as usize >= self.names.len()
                && let Some((before, _)) = came_from[from as usize]
            {
                from = before;
            }
            steps.push([from, to, bond]);
            to = from;
        }
        steps.reverse();
        steps
    }
}

/// How the ids of a line are parted.
#[derive(Clone, Copy)]
enum Parted {
    By(u8),
    BySpaces,
}

impl Parted {
    fn told_by(line: &str) -> Self {
        match line {
            tabs if tabs.contains('\t') => Self::By(b'\t'),
            commas if commas.contains(',') => Self::By(b','),
            _ => Self::BySpaces,
        }
    }

    fn fields(self, line: &str) -> Result<Vec<String>, Cause> {
        let Self::By(delimiter) = self else {
            return Ok(line.split_whitespace().map(str::to_owned).collect());
        };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .delimiter(delimiter)
            .trim(csv::Trim::All)
            .from_reader(line.as_bytes());
        let record = reader.records().next().transpose()?;
        Ok(record.iter().flatten().map(str::to_owned).collect())
    }
}

/// The names of the two columns, where a first line has them.
const COLUMNS: [[&str; 2]; 2] = [["id_a", "id_b"], ["src_id", "dst_id"]];

fn read_pairs(path: &Path) -> Result<Vec<Correction>> {
    let file = path.to_string_lossy();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::input(Position::whole(&*file), InputErrorKind::Malformed, error))?;
    let text = text.trim_start_matches('\u{feff}');
    let lines = (1..).zip(text.lines().map(str::trim));
    let mut layout: Option<(Parted, Option<[usize; 2]>)> = None;
    let mut pairs = Vec::new();
    for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let position = Position::line(&*file, number);
        let fault = |reason| Error::input(position.clone(), InputErrorKind::Malformed, reason);
        let parted = layout.map_or_else(|| Parted::told_by(line), |(parted, _)| parted);
        let fields = parted.fields(line).map_err(fault)?;
        let named = |columns: &[&str; 2]| {
            let place = |name| fields.iter().position(|field| field.eq_ignore_ascii_case(name));
            Some([place(columns[0])?, place(columns[1])?])
        };
        if layout.is_none() {
            let header = COLUMNS.iter().find_map(named);
            layout = Some((parted, header));
            if header.is_some() {
                continue;
            }
        }
        let ids = match (layout.and_then(|(_, header)| header), fields.as_slice()) {
            (Some([a, b]), fields) => fields.get(a).zip(fields.get(b)),
            (None, [a, b]) => Some((a, b)),
            (None, _) => None,
        };
        let Some((a, b)) = ids.filter(|(a, b)| !a.is_empty() && !b.is_empty()) else {
            return Err(fault(format!("two ids are expected, and this is {line:?}").into()));
        };
        pairs.push(Correction { a: a.clone(), b: b.clone(), position });
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::{Family, KeptReason, Member};
    use crate::testing::article;
    use crate::verify::Overlap;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    /// The pairs of such a file, with their lines, or the message without the file's name.
    fn pairs(text: &str) -> Result<Vec<(String, String, String)>, String> {
        let file = file(text);
        let name = file.path().to_string_lossy().into_owned();
        let read = read_pairs(file.path()).map_err(|e| e.to_string().replace(&name, "f"))?;
        let told =
            |pair: Correction| (pair.a, pair.b, pair.position.to_string().replace(&name, "f"));
        Ok(read.into_iter().map(told).collect())
    }

    fn pair(a: &str, b: &str, at: &str) -> (String, String, String) {
        (a.into(), b.into(), at.into())
    }

    /// Articles `a` to `f`; `e` and `f` are copies.
    fn corpus() -> (Corpus, Families) {
        let corpus = crate::testing::by_id(
            ["a", "b", "c", "d", "e", "f"].map(|id| article(id, "")).to_vec(),
        );
        let whole = Overlap { a: 5, b: 5, shared: 5 };
        let family = Family {
            id: "copies".into(),
            kept: DocId(4),
            members: [4, 5]
                .map(|doc| Member { doc: DocId(doc), kept: DocId(4), with_kept: whole })
                .to_vec(),
            min_jaccard: 1.0,
            reason: KeptReason::First,
            drift: 0.0,
        };
        let families = Families::new(vec![family], corpus.len());
        (corpus, families)
    }

    fn bound(must: &str, cannot: &str) -> Result<Constraints, String> {
        let (corpus, families) = corpus();
        let (must, cannot) = (file(must), file(cannot));
        let name = |file: &tempfile::NamedTempFile| file.path().to_string_lossy().into_owned();
        let corrections = Corrections::read(Some(must.path()), Some(cannot.path())).unwrap();
        corrections.bind(&corpus, &families).map_err(|error| {
            error.to_string().replace(&name(&must), "must").replace(&name(&cannot), "cannot")
        })
    }

    #[test]
    fn ids_are_parted_by_what_the_first_pair_has() {
        assert_eq!(
            pairs("a b\n\n  c\td\n").unwrap(),
            [pair("a", "b", "f:1"), pair("c", "d", "f:3")]
        );
        assert_eq!(pairs("# why\na, b\n\"c,1\",d e\n").unwrap()[1], pair("c,1", "d e", "f:3"));
        assert_eq!(pairs("a b\tc\n").unwrap(), [pair("a b", "c", "f:1")]);
        assert_eq!(pairs("\u{feff}ID_A,score,id_b\nx,1,y\n").unwrap(), [pair("x", "y", "f:2")]);
        assert_eq!(pairs("src_id\tdst_id\nx\ty\n").unwrap(), [pair("x", "y", "f:2")]);
        assert_eq!(pairs("").unwrap(), []);
    }

    #[test]
    fn what_is_no_pair_is_told_with_its_line() {
        assert_eq!(pairs("a b\nc\n").unwrap_err(), "f:2: two ids are expected, and this is \"c\"");
        assert!(pairs("a,b\nc,\n").unwrap_err().starts_with("f:2: two ids"));
        assert!(pairs("a b c\n").unwrap_err().starts_with("f:1: two ids"));
        assert!(pairs("id_a,id_b\nx\n").unwrap_err().starts_with("f:2: two ids"));
    }

    #[test]
    fn what_belongs_together_does_so_through_others_and_through_copies() {
        // z is in no article, and still ties a and c; f stands for e, its original.
        let bound = bound("a z\nz c\nf b\n", "").unwrap();
        assert_eq!(bound.together, [(0, 2), (1, 4)]);
        assert_eq!(bound.apart, []);
    }

    #[test]
    fn what_is_kept_apart_is_so_through_others_too() {
        // b goes with z, which d is kept apart from.
        let bound = bound("b z\n", "z d\nf a\n").unwrap();
        assert_eq!(bound.apart, [(0, 4), (1, 3)]);
    }

    #[test]
    fn a_contradiction_is_told_with_all_its_lines() {
        assert_eq!(
            bound("a b\nb e\nc d", "x y\na f").unwrap_err(),
            "cannot:2: \"a\" and \"f\" cannot be kept apart: must:1 puts \"a\" and \"b\" together, \
             and must:2 puts \"b\" and \"e\" together, and \"e\" and \"f\" are copies of one text"
        );
        assert_eq!(
            bound("", "e f").unwrap_err(),
            "cannot:1: \"e\" and \"f\" cannot be kept apart: \"e\" and \"f\" are copies of one text"
        );
        assert!(bound("", "a a").unwrap_err().ends_with("they are one article"));
    }

    #[test]
    fn ids_that_no_article_has_are_told() {
        let (corpus, _) = corpus();
        let file = file("a b\nx c\ny z\n");
        let corrections = Corrections::read(Some(file.path()), None).unwrap();
        let name = file.path().to_string_lossy().into_owned();
        let told: Vec<String> =
            corrections.unknown(&corpus).iter().map(|line| line.replace(&name, "f")).collect();
        let expected =
            ["f:2: no article has the id \"x\"", "f:3: no article has the id \"y\" and \"z\""];
        assert_eq!(told, expected);
    }
}
