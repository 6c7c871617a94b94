//! A record's values to an article: which value each field takes, and what makes none.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::author;
use super::body;
use super::date::{self, Order};
use super::draft::{Draft, Strings};
use super::field::Field;
use super::fields::{Accepts, Candidate, ELEMENTS, FieldTable, NameId, Tally};
use super::json_scan::{is_blank, unescape};
use super::lang;
use super::mend::mend;
use super::outlet::{domain_of_host, is_web_address};
use super::pages;
use super::sought::no_text;
use super::text::stem;
use crate::article::{Notes, Published};
use crate::error::{Place, Position};

/// What a record holds under a name that may matter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// A text as JSON writes it, with escapes that are known to be sound.
    Escaped(&'a str),
    /// A whole number.
    Integer(i128),
    /// Another number.
    Float(f64),
    /// What no field can take, in words: a list, an object, true or false.
    Other(&'static str),
    /// Nothing, and it says so.
    Nothing,
}

/// Stands before the values of a list's elements.
pub(super) const LIST: Value<'static> = Value::Other("a list");
/// Stands before the values of an object's keys.
pub(super) const OBJECT: Value<'static> = Value::Other("an object");
/// What stands between the paragraphs of a text that comes as a list.
pub(super) const BETWEEN_PARAGRAPHS: &str = "\n\n";

/// The values of one record that may matter.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Captured<'a> {
    values: Vec<(NameId, Value<'a>)>,
    /// What is known of how they were read.
    pub(super) notes: Notes,
}

/// Texts by which tools say that there is nothing: dates of news-please, whole rows of trafilatura,
/// what pandas and R write for a missing value.
pub(super) const NOTHING: [&str; 8] = ["None", "null", "NULL", "nan", "NaN", "NaT", "NA", "<NA>"];

impl<'a> Captured<'a> {
    /// Keeps a value.
    pub(super) fn push(&mut self, name: NameId, value: Value<'a>) {
        let says_nothing = matches!(&value, Value::Text(text) if NOTHING.contains(&text.as_ref()));
        self.values.push((name, if says_nothing { Value::Nothing } else { value }));
    }

    /// The same values, none of them borrowed.
    pub(super) fn into_owned(self) -> Captured<'static> {
        let owned = |value: Value<'a>| match value {
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Escaped(raw) => Value::Text(Cow::Owned(unescaped(raw))),
            Value::Integer(number) => Value::Integer(number),
            Value::Float(number) => Value::Float(number),
            Value::Other(kind) => Value::Other(kind),
            Value::Nothing => Value::Nothing,
        };
        let values = self.values.into_iter().map(|(name, value)| (name, owned(value))).collect();
        Captured { values, notes: self.notes }
    }

    /// Keeps a value unless there is one under this name.
    pub(super) fn push_first(&mut self, name: NameId, value: Value<'a>) {
        if !self.has(name) {
            self.push(name, value);
        }
    }

    /// The kind of thing under a name, where it is none that a field can take.
    pub(super) fn other(&self, name: NameId) -> bool {
        self.values.iter().any(|(other, value)| *other == name && matches!(value, Value::Other(_)))
    }

    /// The names of its values, as the table writes them.
    pub(super) fn names(&self, table: &FieldTable) -> Vec<String> {
        self.values.iter().map(|(name, _)| table.written(*name).to_owned()).collect()
    }

    fn has(&self, name: NameId) -> bool {
        self.values.iter().any(|(other, value)| *other == name && *value != Value::Nothing)
    }

    /// The places of the values of the list that stands last under a name, if one does.
    fn elements(&self, name: NameId) -> Option<impl Iterator<Item = usize>> {
        let is_list = |(other, value): &(NameId, Value<'_>)| *other == name && *value == LIST;
        let list = self.values.iter().rposition(is_list)?;
        let is_value = move |place: &usize| {
            let (other, value) = &self.values[*place];
            *other == name && !matches!(value, Value::Other(_) | Value::Nothing)
        };
        Some((list + 1..self.values.len()).filter(is_value))
    }

    /// Where the first usable value of a field stands. Of a name given twice the last counts, as
    /// JSON readers have it; of a list, the first element.
    pub(super) fn find(&self, table: &FieldTable, field: Field) -> Option<usize> {
        table.candidates(field).iter().find_map(|candidate| {
            let last = self.values.iter().rposition(|(name, _)| *name == candidate.name)?;
            let place = match self.elements(candidate.name) {
                Some(mut elements) => elements.find(|&place| !self.is_blank(place)).unwrap_or(last),
                None => last,
            };
            let usable = match &self.values[place].1 {
                Value::Text(text) => {
                    !text.trim().is_empty()
                        && match candidate.accepts {
                            Accepts::Anything => true,
                            Accepts::WebAddress => is_web_address(text),
                            Accepts::NoWebAddress => !is_web_address(text),
                        }
                }
                Value::Escaped(raw) => {
                    let is_address = || is_web_address(&unescaped(raw));
                    !is_blank(raw)
                        && match candidate.accepts {
                            Accepts::Anything => true,
                            Accepts::WebAddress => is_address(),
                            Accepts::NoWebAddress => !is_address(),
                        }
                }
                Value::Integer(_) | Value::Float(_) => {
                    field != Field::Text && candidate.accepts != Accepts::WebAddress
                }
                Value::Other(_) | Value::Nothing => false,
            };
            let misleads = candidate.unless.iter().any(|name| self.has(*name));
            (usable && !misleads).then_some(place)
        })
    }

    /// Appends the text at a place; where that is in a list, all of its elements as paragraphs.
    fn text(&self, place: usize, to: &mut String) -> Range<usize> {
        let start = to.len();
        match self.elements(self.values[place].0) {
            None => append(&self.values[place].1, to),
            Some(elements) => {
                for element in elements.filter(|&element| element >= place) {
                    if element > place {
                        to.push_str(BETWEEN_PARAGRAPHS);
                    }
                    append(&self.values[element].1, to);
                }
            }
        }
        start..to.len()
    }

    /// The names of the authors, from the first name that has some: no addresses, and no numbers, which WordPress gives.
    fn authors(&self, table: &FieldTable) -> Option<(NameId, Vec<Cow<'_, str>>)> {
        let given = |place: usize| match &self.values[place].1 {
            Value::Text(text) => Some(Cow::Borrowed(text.trim())),
            Value::Escaped(raw) => Some(Cow::Owned(unescaped(raw).trim().to_owned())),
            _ => None,
        };
        table.candidates(Field::Author).iter().find_map(|&Candidate { name, .. }| {
            let has_name = |place: &usize| self.values[*place].0 == name;
            let places: Vec<usize> = match self.elements(name) {
                Some(elements) => elements.collect(),
                // Each object of a list has the name once.
                None if table.written(name).contains(ELEMENTS) => {
                    (0..self.values.len()).filter(has_name).collect()
                }
                None => (0..self.values.len()).rev().find(has_name).into_iter().collect(),
            };
            let is_name = |text: &Cow<'_, str>| !text.is_empty() && !is_web_address(text);
            let names: Vec<Cow<'_, str>> =
                places.into_iter().filter_map(given).filter(is_name).collect();
            (!names.is_empty()).then_some((name, names))
        })
    }

    fn is_blank(&self, place: usize) -> bool {
        match &self.values[place].1 {
            Value::Text(text) => text.trim().is_empty(),
            Value::Escaped(raw) => is_blank(raw),
            _ => false,
        }
    }

    /// The strings that make up the text, as they are written in the record: one, or the paragraphs of a
    /// list. `None` where there is no text, or where it is not written there.
    pub(super) fn text_as_written(&self, table: &FieldTable) -> Option<Vec<&'a str>> {
        let place = self.find(table, Field::Text)?;
        match self.elements(self.values[place].0) {
            None => Some(vec![self.as_written(place)?]),
            Some(elements) => {
                let elements = elements.filter(|&element| element >= place);
                elements.map(|element| self.as_written(element)).collect()
            }
        }
    }

    /// Every string with something in it, as it is written in the record.
    pub(super) fn strings(&self) -> Vec<&'a str> {
        let all = 0..self.values.len();
        let strings = all.filter(|&place| !self.is_blank(place));
        strings.filter_map(|place| self.as_written(place)).collect()
    }

    fn as_written(&self, place: usize) -> Option<&'a str> {
        match &self.values[place].1 {
            Value::Text(Cow::Borrowed(text)) => Some(text),
            Value::Escaped(raw) => Some(raw),
            _ => None,
        }
    }

    /// The same names with other values.
    #[cfg(test)]
    pub(super) fn map(self, value: impl Fn(Value<'a>) -> Value<'a>) -> Self {
        let values = self.values.into_iter().map(|(name, old)| (name, value(old))).collect();
        Self { values, notes: self.notes }
    }
}

/// Appends a text as it reads.
fn append(value: &Value<'_>, to: &mut String) {
    match value {
        Value::Text(text) => to.push_str(text),
        Value::Escaped(raw) => unescape(raw, to),
        _ => {}
    }
}

/// Appends what `write` writes.
fn write(to: &mut String, write: impl FnOnce(&mut String)) -> Range<usize> {
    let start = to.len();
    write(to);
    start..to.len()
}

/// Appends a string.
fn keep(to: &mut String, string: &str) -> Range<usize> {
    write(to, |to| to.push_str(string))
}

/// Where a page's date is from that stands in its address only.
const DATE_IN_URL: &str = "date in the url";

/// The day that an address names.
fn from_address(address: &str, notes: &mut Notes) -> Option<Published> {
    let published = date::parse(&pages::day_in(address)?)?;
    notes.insert(Notes::DATE_FROM_URL);
    notes.insert(Notes::NO_TIME);
    Some(published)
}

/// Of two moments that a date may be the one in this order.
pub(super) fn in_order(either: [Published; 2], order: Order) -> Published {
    either[order as usize]
}

/// Why a record is no article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoArticle<'t> {
    /// None of its names is one of a text.
    Nameless,
    /// It has a text, but there is nothing in it.
    Empty(&'t str),
    /// It has something other than a text under such a name.
    OfKind(&'t str, &'static str),
}

impl NoArticle<'_> {
    /// The reason in words; `names` are the record's own.
    pub(super) fn in_words(self, names: impl FnOnce() -> Vec<String>) -> String {
        match self {
            Self::Nameless => no_text(&names()),
            Self::Empty(name) => format!("its {name} is empty"),
            Self::OfKind(name, kind) => format!("its {name} is {kind}, not a text"),
        }
    }
}

/// What articles are made with, and counted in.
pub(super) struct Maker<'t> {
    /// The names.
    pub(super) table: &'t FieldTable,
    /// Which names were used.
    pub(super) tally: Tally,
    /// How many articles had a date that could not be read.
    pub(super) unreadable_dates: u64,
    /// Articles whose id the input does not give as a whole number.
    pub(super) ids_of_text: u64,
    /// What is to be known of every article of the file.
    pub(super) notes: Notes,
    /// How many dates told that the day comes first, and that the month does.
    orders: [u64; 2],
}

/// The first newspaper came out in 1605; an older date is a default or a mistake.
const FIRST_YEAR: i16 = 1605;
/// A date from this year on is one too, as in 2999 or 9999. Where the clock stood would say more of
/// dates before it, and something else tomorrow of the same input; so the tables do not ask it.
const YEAR_TOO_LATE: i16 = 2100;

fn year(published: Published) -> i16 {
    published.at.to_zoned(TimeZone::UTC).year()
}

impl<'t> Maker<'t> {
    /// One that has counted nothing yet.
    pub(super) fn new(table: &'t FieldTable) -> Self {
        let (tally, notes) = (table.tally(), Notes::default());
        Self { table, tally, unreadable_dates: 0, ids_of_text: 0, notes, orders: [0; 2] }
    }

    /// Adds what another has counted.
    pub(super) fn merge(&mut self, other: &Maker<'_>) {
        self.tally.merge(&other.tally);
        self.unreadable_dates += other.unreadable_dates;
        self.ids_of_text += other.ids_of_text;
        self.orders[0] += other.orders[0];
        self.orders[1] += other.orders[1];
    }

    /// The order of day and month in which the file writes its dates, where some tell it and none tells
    /// another.
    pub(super) fn order(&self) -> Option<Order> {
        match self.orders.map(|dates| dates > 0) {
            [true, false] => Some(Order::DayFirst),
            [false, true] => Some(Order::MonthFirst),
            _ => None,
        }
    }

    /// The article of a record, its texts among `strings`.
    pub(super) fn article(
        &mut self,
        captured: &Captured<'_>,
        source: Position,
        strings: &mut Strings,
    ) -> Result<Draft, NoArticle<'t>> {
        self.table.sought().look(|name| captured.values.iter().any(|(other, _)| *other == name));
        let mut notes = captured.notes;
        notes.insert(self.notes);
        let mut mending = None;
        let text = match captured.find(self.table, Field::Text) {
            Some(place) => {
                let name = captured.values[place].0;
                self.tally.count(Field::Text, name);
                let mut text = captured.text(place, &mut strings.texts);
                if let Some(clear) = body::unscrambled(&strings.texts[text.clone()]) {
                    strings.texts.truncate(text.start);
                    text = keep(&mut strings.texts, &clear);
                    notes.insert(Notes::ROT47);
                }
                if let Some(mended) = mend(&strings.texts[text.clone()]) {
                    strings.texts.truncate(text.start);
                    text = keep(&mut strings.texts, &mended.text);
                    notes.insert(mended.notes);
                    mending = Some(Arc::new(mended.places));
                }
                if body::is_none(&strings.texts[text.clone()]) {
                    notes.insert(Notes::NO_BODY);
                }
                text
            }
            None if self.is_listed(captured) => {
                notes.insert(Notes::NO_TEXT);
                0..0
            }
            None => return Err(self.without_text(captured)),
        };
        let names = &mut strings.names;
        let url = self.short(captured, Field::Url, names).unwrap_or_default();
        let given = self.short(captured, Field::Outlet, names).map(|given| {
            let name = &names[given.clone()];
            let known = self.table.outlets().known(name).or_else(|| domain_of_host(name));
            match known.map(str::to_owned) {
                Some(known) => {
                    names.truncate(given.start);
                    keep(names, &known)
                }
                None => given,
            }
        });
        let outlet = given.or_else(|| {
            let outlet = self.table.outlets().at(&names[url.clone()])?;
            self.tally.count(Field::Outlet, NameId::DOMAIN_OF_URL);
            Some(keep(names, &outlet))
        });
        let given = captured.find(self.table, Field::Id).map(|place| &captured.values[place].1);
        self.ids_of_text += u64::from(!matches!(given, Some(Value::Integer(_))));
        let id = self
            .short(captured, Field::Id, names)
            .or_else(|| (!url.is_empty()).then(|| url.clone()))
            .unwrap_or_else(|| keep(names, &derived_id(&source)));
        let dated = self.published(captured, &names[url.clone()], &mut notes);
        Ok(Draft {
            id,
            outlet: outlet.unwrap_or_default(),
            url,
            published: dated.0,
            either: dated.1,
            title: self.title(captured, names, &mut notes),
            lang: self.lang(captured, names).unwrap_or_default(),
            author: self.author(captured, names).unwrap_or_default(),
            text,
            source,
            notes,
            mending,
        })
    }

    /// A field in a few words, without space around it.
    fn short(
        &mut self,
        captured: &Captured<'_>,
        field: Field,
        names: &mut String,
    ) -> Option<Range<usize>> {
        let place = captured.find(self.table, field)?;
        let (name, value) = &captured.values[place];
        self.tally.count(field, *name);
        Some(match value {
            Value::Text(text) => keep(names, text.trim()),
            Value::Escaped(raw) => keep(names, unescaped(raw).trim()),
            Value::Integer(number) => write(names, |to| {
                // Writing to a string does not fail.
                let _ = write!(to, "{number}");
            }),
            Value::Float(number) => keep(names, &number.to_string()),
            Value::Other(_) | Value::Nothing => return None,
        })
    }

    /// The code of the language, where the input names one.
    fn lang(&mut self, captured: &Captured<'_>, names: &mut String) -> Option<Range<usize>> {
        let given = self.short(captured, Field::Lang, names)?;
        let code = lang::code(&names[given.clone()]);
        names.truncate(given.start);
        Some(keep(names, &code))
    }

    /// Who wrote it: of a list, all of them.
    fn author(&mut self, captured: &Captured<'_>, names: &mut String) -> Option<Range<usize>> {
        let (name, given) = captured.authors(self.table)?;
        let author = author::on_one_line(given)?;
        let author = mend(&author).map_or(author, |mended| mended.text.trim().to_owned());
        self.tally.count(Field::Author, name);
        Some(keep(names, &author))
    }

    /// The title, mended where it came damaged.
    fn title(
        &mut self,
        captured: &Captured<'_>,
        names: &mut String,
        notes: &mut Notes,
    ) -> Range<usize> {
        let title = self.short(captured, Field::Title, names).unwrap_or_default();
        let Some(mended) = mend(&names[title.clone()]) else { return title };
        names.truncate(title.start);
        notes.insert(mended.notes);
        keep(names, mended.text.trim())
    }

    /// When the article was published; or, by the order of day and month, when it may have been.
    fn published(
        &mut self,
        captured: &Captured<'_>,
        address: &str,
        notes: &mut Notes,
    ) -> (Option<Published>, Option<[Published; 2]>) {
        let Some(place) = captured.find(self.table, Field::Published) else {
            return (from_address(address, notes), None);
        };
        let (name, value) = &captured.values[place];
        self.tally.count(Field::Published, *name);
        let text = match value {
            Value::Text(text) => Some(Cow::Borrowed(text.as_ref())),
            Value::Escaped(raw) => Some(Cow::Owned(unescaped(raw))),
            _ => None,
        };
        let published = match (value, &text) {
            (_, Some(text)) => date::parse(text),
            (Value::Integer(number), _) => date::from_number(*number as f64),
            (Value::Float(number), _) => date::from_number(*number),
            _ => None,
        };
        if let Some(order) = text.as_deref().and_then(date::order) {
            self.orders[order as usize] += 1;
        }
        let either = match published {
            None => text.as_deref().and_then(date::either),
            Some(_) => None,
        };
        let published = match published {
            Some(published) if year(published) < FIRST_YEAR => {
                notes.insert(Notes::IMPOSSIBLE_DATE);
                None
            }
            None => {
                let is_written = text.as_deref().is_some_and(date::is_written);
                notes.insert(match is_written {
                    true => Notes::IMPOSSIBLE_DATE,
                    false => Notes::UNREADABLE_DATE,
                });
                None
            }
            published => published,
        };
        self.unreadable_dates += u64::from(published.is_none());
        if self.table.written(*name) == DATE_IN_URL {
            notes.insert(Notes::DATE_FROM_URL);
        }
        let published = match (published, either) {
            (None, None) => from_address(address, notes),
            (published, _) => published,
        };
        if published.is_some_and(|published| published.day_only) {
            notes.insert(Notes::NO_TIME);
        }
        if published.is_some_and(|published| year(published) >= YEAR_TOO_LATE) {
            notes.insert(Notes::FUTURE_DATE);
        }
        (published, either)
    }

    /// Whether a record without any name of a text is an entry of a list of articles, which has
    /// titles and addresses only: Media Cloud and GDELT give such lists.
    fn is_listed(&self, captured: &Captured<'_>) -> bool {
        self.without_text(captured) == NoArticle::Nameless
            && captured.find(self.table, Field::Title).is_some()
            && captured.find(self.table, Field::Url).is_some()
    }

    fn without_text(&self, captured: &Captured<'_>) -> NoArticle<'t> {
        let names = self.table.candidates(Field::Text).iter().map(|candidate| candidate.name);
        for name in names {
            let written = self.table.written(name);
            match captured.values.iter().rev().find(|(other, _)| *other == name) {
                None => {}
                Some((_, Value::Text(_) | Value::Escaped(_) | Value::Nothing)) => {
                    return NoArticle::Empty(written);
                }
                Some((_, Value::Other(kind))) => return NoArticle::OfKind(written, kind),
                Some((_, _)) => return NoArticle::OfKind(written, "a number"),
            }
        }
        NoArticle::Nameless
    }
}

/// The id of a record that has none: the file's name and the place in it; the name without what
/// tells the file's kind where the file is the record.
pub(super) fn derived_id(source: &Position) -> String {
    let name = source.file.rsplit('/').next().unwrap_or(&source.file);
    match source.place {
        Place::Whole => stem(name).to_owned(),
        place => Position { file: name.into(), place }.to_string(),
    }
}

/// What a string stands for that JSON writes as `raw`.
fn unescaped(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    unescape(raw, &mut text);
    text
}
