//! Articles as read, as bytes: a segment, which never changes once it is written.
//!
//! Articles lie in blocks of a few, so that one is read without most others. In a block the numbers of all its articles
//! come first, then all their texts as one: articles that are read back share it. Both are compressed together
//! (zstd). A segment of the first format is one such block. Cost: one pass either way, and the bytes of a segment in memory.

use std::cell::RefCell;
use std::sync::Arc;

use rayon::prelude::*;
use zstd::zstd_safe::DCtx;

use super::blocks::{self, Table, TableWriter, Tables};
use super::lookup::MOST_ARTICLES;
use crate::article::{Article, Mending, Notes, Published, SharedStr};
use crate::error::{Cause, Place, Position};
use crate::sealed::{Kind, Reader, Writer};
use crate::spill::Text;

pub(super) const KIND: Kind = Kind { magic: *b"NFSEGMNT", format: 4, name: "segment" };
/// The format in which a segment is one block.
const ONE_BLOCK: u32 = 1;
/// Bytes of text of a segment at the most, unless one article has more: what is in memory while one is written.
const MOST_BYTES: usize = 512 << 20;
/// Articles of a block. A query unpacks a block for each article that it looks at. With 8 the segments of 8,000 news
/// articles take 0.414 of the text, with 32 they took 0.396, and a quarter of a query was unpacking.
const BLOCK_ARTICLES: usize = 8;
/// Packed bytes of a block that is unpacked into memory that a thread keeps. Blocks of news have 20,000.
const SMALL: usize = 256 << 10;
/// That memory has this times the packed bytes: text is packed to two fifths.
const LIKELY_RATIO: usize = 8;
/// Higher levels took several times as long and saved a few hundredths on news.
const COMPRESSION: i32 = 3;

/// Parts articles into segments.
pub(super) fn parted(articles: &[Article]) -> Vec<&[Article]> {
    let mut parts = Vec::new();
    let mut rest = articles;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take(MOST_ARTICLES).take_while(|article| {
            bytes += article.text.len();
            bytes <= MOST_BYTES
        });
        let (part, after) = rest.split_at(fits.count().max(1));
        parts.push(part);
        rest = after;
    }
    parts
}

/// The bytes of a segment of these articles.
pub(super) fn to_bytes(articles: &[Article]) -> Vec<u8> {
    let blocks: Vec<Vec<u8>> = articles.par_chunks(BLOCK_ARTICLES).map(block).collect();
    let mut table = TableWriter::default();
    for (place, block) in blocks.iter().enumerate() {
        table.push((place * BLOCK_ARTICLES) as u64, block);
    }
    blocks::seal(KIND, &[table])
}

/// The bytes of a block.
fn block(articles: &[Article]) -> Vec<u8> {
    let mut numbers = Writer::default();
    let mut texts = String::new();
    numbers.count(articles.len());
    for article in articles {
        let Position { file, place } = &article.source;
        let file: &str = file;
        let Article { id, outlet, url, title, text, lang, .. } = article;
        let own: [&str; 7] = [id, outlet, url, title, text, lang, file];
        for text in own {
            numbers.count(text.len());
            texts.push_str(text);
        }
        match *place {
            Place::Whole => numbers.number(0),
            Place::Line(line) => [1, line].into_iter().for_each(|n| numbers.number(n)),
            Place::Record(record) => [2, record].into_iter().for_each(|n| numbers.number(n)),
        }
        match article.published {
            None => numbers.number(0),
            Some(Published { at, day_only }) => {
                numbers.number(if day_only { 2 } else { 1 });
                numbers.signed(at.as_second());
                numbers.signed(i64::from(at.subsec_nanosecond()));
            }
        }
        numbers.number(u64::from(article.notes.bits()));
        match &article.mending {
            None => numbers.number(0),
            Some(mending) => {
                numbers.number(1);
                numbers.count(mending.numbers().len());
                mending.numbers().flatten().for_each(|number| numbers.number(u64::from(number)));
            }
        }
    }
    if articles.iter().any(|article| !article.author.is_empty()) {
        for article in articles {
            numbers.count(article.author.len());
            texts.push_str(&article.author);
        }
    }
    let mut body = Writer::default();
    body.count(numbers.bytes.len());
    body.bytes.extend_from_slice(&numbers.bytes);
    body.bytes.extend_from_slice(texts.as_bytes());
    // Only a writer that fails makes this fail, and memory does not.
    zstd::encode_all(&body.bytes[..], COMPRESSION).unwrap_or_default()
}

/// The articles of a segment, or why it cannot be read.
pub(super) fn of_bytes(bytes: &[u8]) -> Result<Vec<Article>, Cause> {
    let packed = KIND.open(bytes)?;
    if KIND.header(bytes)?.0 == ONE_BLOCK {
        return of_block(packed);
    }
    let table = Tables::of_bytes(bytes.to_vec(), KIND)?.table(0)?;
    let blocks = (0..table.len()).into_par_iter().map(|place| of_block(&table.block(place)?));
    Ok(blocks.collect::<Result<Vec<_>, Cause>>()?.concat())
}

/// Whether a segment's articles can be read one at a time.
pub(super) fn has_blocks(beginning: &[u8]) -> bool {
    KIND.header(beginning).is_ok_and(|(format, _)| format != ONE_BLOCK)
}

/// The place of the block that has the article with this number: the directory tells, since older segments have larger
/// blocks.
pub(super) fn block_of(table: &Table, number: usize) -> usize {
    table.before(number as u64 + 1)
}

/// The article with this number, of the table of a segment.
pub(super) fn nth(table: &Table, number: usize) -> Result<Article, Cause> {
    some_of_block(table, &[number])?.pop().ok_or_else(missing)
}

/// The articles with these numbers, which are all of one block.
pub(super) fn some_of_block(table: &Table, numbers: &[usize]) -> Result<Vec<Article>, Cause> {
    let place = block_of(table, *numbers.first().ok_or_else(missing)?);
    let first = table.first(place).ok_or_else(missing)? as usize;
    let articles = of_block(&table.block(place)?)?;
    let nth = |&number: &usize| articles.get(number.checked_sub(first)?).cloned();
    numbers.iter().map(|number| nth(number).ok_or_else(missing)).collect()
}

fn missing() -> Cause {
    "an article of it is not where it should be".into()
}

fn of_block(packed: &[u8]) -> Result<Vec<Article>, Cause> {
    let is_small = packed.len() <= SMALL;
    let read = is_small.then(|| UNPACKED.with_borrow_mut(|to| to.unpack(packed).map(of_body)));
    match read.flatten() {
        Some(articles) => articles,
        None => of_body(&zstd::decode_all(packed).map_err(Cause::of)?),
    }
}

/// What a thread unpacks blocks with. A decoder and its window for each block took a sixth of the time of
/// unpacking, pages that had to be cleared not counted.
struct Unpacked {
    context: DCtx<'static>,
    body: Vec<u8>,
}

thread_local! {
    static UNPACKED: RefCell<Unpacked> =
        RefCell::new(Unpacked { context: DCtx::create(), body: Vec::new() });
}

impl Unpacked {
    /// The body of a block, unless that is longer than most are.
    fn unpack(&mut self, packed: &[u8]) -> Option<&[u8]> {
        self.body.clear();
        self.body.reserve(LIKELY_RATIO * packed.len());
        self.context.decompress(&mut self.body, packed).ok()?;
        Some(&self.body)
    }
}

fn of_body(body: &[u8]) -> Result<Vec<Article>, Cause> {
    let mut reader = Reader::new(body);
    let length = reader.count()?;
    let (numbers, texts) = reader.rest().split_at(length);
    let texts = simdutf8::compat::from_utf8(texts).map_err(Cause::of)?.to_owned();
    let mut texts = Texts { text: Arc::new(Text::from(texts)), at: 0, file: Arc::from("") };
    let mut numbers = Reader::new(numbers);
    let articles = (0..numbers.count()?).map(|_| article(&mut numbers, &mut texts));
    let mut articles = articles.collect::<Result<Vec<Article>, Cause>>()?;
    // A block ends here where it has no author, and so do those of the first three formats.
    if !numbers.rest().is_empty() {
        for article in &mut articles {
            article.author = texts.next(numbers.narrow()?)?;
        }
    }
    numbers.end()?;
    Ok(articles)
}

/// The texts of a block, and how far they were read.
struct Texts {
    text: Arc<Text>,
    at: usize,
    /// That of the article before: most come from one file.
    file: Arc<str>,
}

impl Texts {
    fn next(&mut self, length: usize) -> Result<SharedStr, Cause> {
        let end = self.at.checked_add(length).filter(|&end| self.text.get(self.at..end).is_some());
        let end = end.ok_or("a text is not where it should be")?;
        if u32::try_from(end).is_err() {
            return Err("its texts are too long".into());
        }
        let text = SharedStr::stretch(&self.text, self.at..end);
        self.at = end;
        Ok(text)
    }
}

fn article(numbers: &mut Reader<'_>, texts: &mut Texts) -> Result<Article, Cause> {
    let mut next = || texts.next(numbers.narrow()?);
    let [id, outlet, url, title, text, lang, file] =
        [next()?, next()?, next()?, next()?, next()?, next()?, next()?];
    if *texts.file != *file {
        texts.file = Arc::from(file.as_str());
    }
    let place = match numbers.number()? {
        0 => Place::Whole,
        1 => Place::Line(numbers.number()?),
        _ => Place::Record(numbers.number()?),
    };
    let published = match numbers.number()? {
        0 => None,
        precision => {
            let second = numbers.signed()?;
            let nanosecond = i32::try_from(numbers.signed()?).map_err(Cause::of)?;
            let at = jiff::Timestamp::new(second, nanosecond).map_err(Cause::of)?;
            Some(Published { at, day_only: precision == 2 })
        }
    };
    let notes = Notes::of_bits(numbers.narrow()?);
    let mending = match numbers.number()? {
        0 => None,
        _ => {
            let count = numbers.count()?;
            let mut places = Vec::with_capacity(count);
            for _ in 0..count {
                let mut next = || numbers.narrow::<u32>();
                places.push([next()?, next()?, next()?, next()?]);
            }
            Some(Arc::new(Mending::of_numbers(places)))
        }
    };
    Ok(Article {
        id,
        outlet,
        url,
        published,
        title,
        text,
        lang,
        author: SharedStr::default(),
        source: Position { file: Arc::clone(&texts.file), place },
        notes,
        mending,
        furniture: None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn some_article() -> impl Strategy<Value = Article> {
        let texts = ("\\PC{0,8}", "\\PC{0,8}", "\\PC{0,40}", "[a-z]{0,2}", "(A. Ruiz)?");
        let time = prop::option::of((-2_000_000_000_i64..4_000_000_000, any::<bool>()));
        let places = prop::option::of(prop::collection::vec(any::<[u32; 4]>(), 0..3));
        (texts, time, 0..3_u64, any::<u16>(), places).prop_map(
            |((id, outlet, text, lang, author), time, place, notes, mending)| Article {
                published: time.map(|(second, day_only)| Published {
                    at: jiff::Timestamp::new(second, 5 * i32::from(second > 0)).unwrap(),
                    day_only,
                }),
                source: match place {
                    0 => Position::whole("a.txt"),
                    1 => Position::line("b.jsonl", second_of(notes)),
                    _ => Position::record("a.txt", 7),
                },
                notes: Notes::of_bits(notes),
                mending: mending.map(|places| Arc::new(Mending::of_numbers(places))),
                ..Article::new(id, text).with_outlet(outlet).with_lang(lang).with_author(author)
            },
        )
    }

    fn second_of(notes: u16) -> u64 {
        u64::from(notes) << 20
    }

    proptest! {
        #[test]
        fn articles_read_back_as_they_were(articles in prop::collection::vec(some_article(), 0..80)) {
            let bytes = to_bytes(&articles);
            prop_assert!(has_blocks(&bytes));
            let table = Tables::of_bytes(bytes.clone(), KIND).unwrap().table(0).unwrap();
            for (place, article) in articles.iter().enumerate() {
                prop_assert_eq!(nth(&table, place), Ok(article.clone()));
            }
            prop_assert!(nth(&table, articles.len()).is_err());
            prop_assert_eq!(of_block(&block(&articles)), Ok(articles.clone()));
            prop_assert_eq!(of_bytes(&bytes), Ok(articles));
        }
    }

    #[test]
    fn the_directory_tells_how_many_articles_a_block_has() {
        let articles: Vec<Article> =
            (0..70).map(|n| Article::new(format!("a{n}"), format!("The ferry {n}"))).collect();
        // As segments of format 2 are.
        let mut table = TableWriter::default();
        for (place, some) in articles.chunks(32).enumerate() {
            table.push((place * 32) as u64, &block(some));
        }
        let tables = Tables::of_bytes(blocks::seal(KIND, &[table]), KIND).unwrap();
        let table = tables.table(0).unwrap();
        for (place, article) in articles.iter().enumerate() {
            assert_eq!(nth(&table, place), Ok(article.clone()));
        }
        assert!(nth(&table, articles.len()).is_err());
    }

    #[test]
    fn a_large_batch_is_parted() {
        let articles = vec![Article::new("a", "b"); MOST_ARTICLES + 3];
        let parts: Vec<usize> = parted(&articles).into_iter().map(<[Article]>::len).collect();
        assert_eq!(parts, [MOST_ARTICLES, 3]);
        assert!(parted(&[]).is_empty());
    }
}
