//! Of the titles of a page the one that its readers see, without the name of its site.
//!
//! The names are those that the page tells: of its site, its publisher, its host. A sign alone is no
//! proof: what stands behind it stays unless it is such a name, or the page's headline ends before it.
//! Cost: linear in the titles and headings.

use super::tree::Page;

/// Signs that sites put between a title and their name.
const BETWEEN: [&str; 16] = [
    " | ", " - ", " – ", " — ", " · ", " » ", " « ", " :: ", " • ", " // ", " ~ ", "｜", " / ",
    " > ", " -- ", "ㅣ",
];
/// Signs that stand in titles, too: what is behind them has to be a name to the letter.
const DOUBTFUL: [&str; 4] = [" : ", "|", "_", "："];
/// Signs that join words where words are put apart: only behind scripts that put nothing between them.
const JOINING: [&str; 3] = ["-", "–", "—"];
/// What names of sites stand in behind a title.
const BRACKETS: [(char, char); 4] = [('(', ')'), ('[', ']'), ('（', '）'), ('【', '】')];
/// A site calls its parts by so many words behind its name at most: `BBC News`, `CNN Politics Live`.
const WORDS_OF_PART: usize = 2;
/// A longer text is no title, and nothing is looked for in it: of one that is nothing but names each has its turn.
pub(super) const LONGEST_TITLE: usize = 2000;
/// A shorter title that a heading ends with may be there by chance.
const SHORTEST_ENDING: usize = 20;

/// A heading of the first or second rank.
pub(super) struct Heading {
    /// Its letters and digits in lower case.
    letters: String,
    /// Whether it stands in the trail that leads to the page, where sites put a title for search engines.
    is_in_trail: bool,
}

impl Heading {
    /// The heading at a place of a page.
    pub(super) fn at(page: &Page, place: usize) -> Self {
        let is_trail = |place: usize| {
            let names = ["class", "id"].into_iter().filter_map(|name| page.attribute(place, name));
            page.name(place) == "nav"
                || page.attribute(place, "role") == Some("navigation")
                || names.into_iter().any(|names| names.to_ascii_lowercase().contains("breadcrumb"))
        };
        let is_in_trail = page.path(place).any(is_trail);
        Self { letters: letters(&page.beginning(place, LONGEST_TITLE)), is_in_trail }
    }
}

/// What a page tells of its site.
pub(super) struct Site<'p> {
    /// What it and its publisher are called.
    pub(super) names: &'p [String],
    /// The address of the page.
    pub(super) address: &'p str,
    /// What the page says that it belongs to.
    pub(super) sections: &'p [String],
    /// Its headlines of the first rank.
    pub(super) headings: &'p [String],
}

impl Site<'_> {
    /// A page's title without the names of its site before or behind it, nor the sections that stand
    /// before these. A headline of the page that the title begins with, a name behind it, is the title.
    pub(super) fn taken_from(&self, title: &str) -> String {
        let mut title = title.trim();
        if title.len() > LONGEST_TITLE {
            return title.to_owned();
        }
        let mut has_lost_site = false;
        loop {
            let last = BETWEEN.iter().filter_map(|sign| title.rsplit_once(sign));
            let first = BETWEEN.iter().filter_map(|sign| title.split_once(sign));
            let behind = last.min_by_key(|(_, part)| part.len());
            let before = first.min_by_key(|(part, _)| part.len());
            let behind = behind.filter(|(rest, part)| {
                self.is_site(part)
                    || self.is_part_of_site(part, rest)
                    || has_lost_site && self.is_section(part)
            });
            let left = behind
                .map(|(rest, _)| rest)
                .or_else(|| before.filter(|(part, _)| self.is_site(part)).map(|(_, rest)| rest))
                .or_else(|| self.before_doubtful_sign(title))
                .map(str::trim)
                .filter(|left| !left.is_empty());
            match left {
                Some(left) => (title, has_lost_site) = (left, true),
                None => break,
            }
        }
        let heading = self.headings.iter().find(|heading| is_followed(title, heading));
        heading.map_or(title, String::as_str).to_owned()
    }

    /// Whether a part of a title is a name of the site, or begins with one that is most of it.
    fn is_site(&self, part: &str) -> bool {
        let is_named = |name: &String| {
            let (all, begun) = (letters(part), letters(name));
            // `BBC News` is of `BBC`.
            !begun.is_empty()
                && (plain(part) == plain(name)
                    || all.starts_with(&begun) && all.len() < 2 * begun.len())
        };
        let whole = plain(part);
        !whole.is_empty()
            && (self.names.iter().any(is_named) || self.hosts().any(|label| label == whole))
    }

    /// Whether a part of a title is a name of the site and a word or two, behind a longer text.
    fn is_part_of_site(&self, part: &str, rest: &str) -> bool {
        let words = || part.split_whitespace();
        if words().count() >= rest.split_whitespace().count() {
            return false;
        }
        let names: Vec<String> =
            self.names.iter().map(|name| plain(name)).chain(self.hosts()).collect();
        let mut begun = String::new();
        let lengths: Vec<bool> = words()
            .map(|word| {
                begun.push_str(&plain(word));
                names.contains(&plain(&begun))
            })
            .collect();
        lengths.iter().rev().take(WORDS_OF_PART + 1).any(|is_name| *is_name)
    }

    /// Whether a part of a title is a section that the page or its address names.
    fn is_section(&self, part: &str) -> bool {
        let part = plain(part);
        let path = self.address.split_once("://").map_or("", |(_, rest)| rest);
        let folders = path.split(['?', '#']).next().unwrap_or_default().split('/').skip(1);
        let named = self.sections.iter().map(String::as_str).chain(folders);
        !part.is_empty() && named.into_iter().any(|name| plain(name) == part)
    }

    /// What stands before a name of the site that is in brackets, or behind a sign of titles.
    fn before_doubtful_sign<'t>(&self, title: &'t str) -> Option<&'t str> {
        let is_name = |part: &str| {
            let part = plain(part);
            !part.is_empty() && self.names.iter().any(|name| plain(name) == part)
        };
        let in_brackets = BRACKETS.iter().find_map(|(open, close)| {
            let (rest, part) = title.strip_suffix(*close)?.rsplit_once(*open)?;
            is_name(part).then_some(rest)
        });
        let behind = |signs: &'static [&'static str]| {
            signs
                .iter()
                .filter_map(|sign| title.rsplit_once(sign))
                .filter(|(_, part)| is_name(part))
        };
        in_brackets
            .or_else(|| behind(&DOUBTFUL).map(|(rest, _)| rest).next())
            .or_else(|| behind(&JOINING).map(|(rest, _)| rest).find(|rest| ends_unspaced(rest)))
    }

    /// The host of the address, and its labels that may be names: `post.example` and `post`.
    fn hosts(&self) -> impl Iterator<Item = String> {
        /// Shorter labels are those of countries and kinds of outlet.
        const SHORTEST: usize = 4;
        let rest = self.address.split_once("://").map_or("", |(_, rest)| rest);
        let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let host = host.strip_prefix("www.").unwrap_or(host);
        let labels = host.split('.').rev().skip(1).map(plain);
        std::iter::once(plain(host)).chain(labels.filter(|label| label.len() >= SHORTEST))
    }
}

/// Whether a title is a headline and something behind a sign.
fn is_followed(title: &str, heading: &str) -> bool {
    let rest = title.strip_prefix(heading).unwrap_or_default();
    let starts = |signs: &[&str]| signs.iter().any(|sign| rest.starts_with(sign));
    !heading.is_empty()
        && (starts(&BETWEEN) || ends_unspaced(heading) && (starts(&DOUBTFUL) || starts(&JOINING)))
}

/// Whether a text ends in a script that puts no space between words.
fn ends_unspaced(text: &str) -> bool {
    let is_wide = |c: char| {
        matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{3000}'..='\u{30ff}'
            | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{ff00}'..='\u{ffef}')
    };
    text.trim_end().ends_with(is_wide)
}

/// Of the titles that a page has, those that say what it is headed by, the best one first.
///
/// A title that was cut short gives way to one that it begins. The headline that programs are told
/// gives way to the `name` beside it, or to the title for those who pass the page on, where readers see
/// these and nowhere see the headline.
pub(super) fn in_order(
    titles: Vec<(&'static str, String)>,
    name: Option<String>,
    headings: &[Heading],
) -> Vec<(&'static str, String)> {
    let shown = |text: &str| {
        let text = plain(text);
        titles.iter().skip(1).any(|(_, other)| plain(other) == text)
    };
    let whole = |text: &str| {
        let cut = text.strip_suffix('…').or_else(|| text.strip_suffix("..."))?;
        let cut = plain(cut);
        let longer = |other: &&str| plain(other).starts_with(&cut) && !is_cut(other);
        (!cut.is_empty()).then(|| titles.iter().map(|(_, other)| other.as_str()).find(longer))?
    };
    let mut best = titles.clone();
    if let Some((kind, headline)) = best.first_mut() {
        let passed_on = titles.iter().find(|(kind, _)| *kind == "og:title");
        let passed_on = passed_on.filter(|_| *kind == "JSON-LD headline");
        if let Some(name) = name.filter(|name| !shown(headline) && shown(name)) {
            *headline = name;
        } else if let Some((_, title)) =
            passed_on.filter(|(_, title)| heads(title, headline, headings))
        {
            title.clone_into(headline);
        }
    }
    for (_, text) in &mut best {
        if let Some(whole) = whole(text) {
            *text = whole.to_owned();
        }
    }
    best
}

/// Whether a page is headed by a title, a word of introduction perhaps before it, and not by the headline that it
/// tells programs. What stands in the trail to the page heads nothing.
fn heads(title: &str, headline: &str, headings: &[Heading]) -> bool {
    let (title, headline) = (letters(title), letters(headline));
    let is_trail = headings.iter().any(|heading| heading.is_in_trail && heading.letters == title);
    let mut shown = headings.iter().filter(|heading| !heading.is_in_trail).map(|h| &h.letters);
    let ends = |heading: &String| title.len() >= SHORTEST_ENDING && heading.ends_with(&title);
    !is_trail
        && !shown.clone().any(|heading| heading.contains(&headline))
        && shown.any(|heading| *heading == title || ends(heading))
}

fn is_cut(text: &str) -> bool {
    text.ends_with('…') || text.ends_with("...")
}

/// The day that stands behind the last sign of a title: `Ferry aground | 28.04.2023`.
pub(super) fn day_behind(title: &str) -> Option<&str> {
    let parts = BETWEEN.iter().filter_map(|sign| title.rsplit_once(sign));
    let (_, part) = parts.min_by_key(|(_, part)| part.len())?;
    let part = part.trim();
    /// `28 September 2023` has no more.
    const MOST_CHARACTERS: usize = 24;
    let has_year = part.as_bytes().windows(4).any(|four| four.iter().all(u8::is_ascii_digit));
    let is_short = part.chars().count() <= MOST_CHARACTERS;
    (has_year && is_short && part.len() > 4).then_some(part)
}

/// A name as it is compared: letters and digits in lower case, without the article before it.
fn plain(name: &str) -> String {
    let name = name.trim();
    let bare = name.get(..4).filter(|start| start.eq_ignore_ascii_case("the "));
    letters(bare.map_or(name, |_| &name[4..]))
}

/// The letters and digits of a name, in lower case.
fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without_site(title: &str, names: &[&str], address: &str, headings: &[&str]) -> String {
        let owned = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let (names, headings) = (owned(names), owned(headings));
        Site { names: &names, address, sections: &[], headings: &headings }.taken_from(title)
    }

    #[test]
    fn the_name_of_the_site_is_no_part_of_the_title() {
        for (title, left) in [
            ("Ferry aground | The Post", "Ferry aground"),
            ("Ferry aground | Post", "Ferry aground"),
            ("Ferry aground - News - The Post", "Ferry aground - News"),
            ("Ferry aground – THE POST Online", "Ferry aground"),
            ("The Post | Ferry aground", "Ferry aground"),
            ("Ferry aground | post.example", "Ferry aground"),
            ("Ferry aground | harbour", "Ferry aground"),
            ("Ferry aground -- The Post", "Ferry aground"),
            ("Ferry aground : The Post", "Ferry aground"),
            ("Ferry aground|The Post", "Ferry aground"),
            ("Ferry aground_The Post", "Ferry aground"),
            ("Ferry aground：The Post", "Ferry aground"),
            ("Ferry aground (The Post)", "Ferry aground"),
            ("Ferry aground [The Post]", "Ferry aground"),
            ("Three ferries run aground | Post Harbour News", "Three ferries run aground"),
            ("Ferry - aground", "Ferry - aground"),
            ("Ferry : aground", "Ferry : aground"),
            ("Sold | Post office of the harbour", "Sold | Post office of the harbour"),
            ("A letter by E-Post", "A letter by E-Post"),
            ("The Post", "The Post"),
            ("Port-au-Prince: a ferry", "Port-au-Prince: a ferry"),
        ] {
            let address = if title.ends_with("harbour") {
                "https://www.harbour.example/x"
            } else {
                "https://www.post.example/x"
            };
            assert_eq!(without_site(title, &["The Post"], address, &[]), left, "{title}");
        }
    }

    #[test]
    fn a_section_goes_with_the_site_where_the_page_names_it() {
        let sections = ["World News".to_owned()];
        let names = ["The Post".to_owned()];
        let address = "https://post.example/ships/harbour/ferry";
        let site = Site { names: &names, address, sections: &sections, headings: &[] };
        for (title, left) in [
            ("Ferry aground | Harbour | Ships | The Post", "Ferry aground"),
            ("Ferry aground | World news | The Post", "Ferry aground"),
            ("Ferry aground | Weather | The Post", "Ferry aground | Weather"),
            ("Ferry aground | Harbour", "Ferry aground | Harbour"),
        ] {
            assert_eq!(site.taken_from(title), left, "{title}");
        }
    }

    #[test]
    fn scripts_without_spaces_put_none_around_the_sign() {
        let of = |title: &str| without_site(title, &["港口网"], "", &["渡轮搁浅"]);
        for title in ["渡轮搁浅-港口网", "渡轮搁浅_港口网", "渡轮搁浅-别的网", "渡轮搁浅ㅣ别的网"]
        {
            assert_eq!(of(title), "渡轮搁浅", "{title}");
        }
        assert_eq!(of("两艘渡轮-港口网"), "两艘渡轮");
        assert_eq!(of("两艘渡轮-港口"), "两艘渡轮-港口");
    }

    #[test]
    fn the_headline_is_what_the_site_follows_in_the_title() {
        let of = |title: &str| without_site(title, &[], "", &["The Post", "Ferry aground"]);
        assert_eq!(of("Ferry aground | The Post"), "Ferry aground");
        assert_eq!(of("Ferry aground again | The Post"), "Ferry aground again | The Post");
        assert_eq!(of("Ferry aground -- Ships -- The Post"), "Ferry aground");
        assert_eq!(of("Ferry aground-again"), "Ferry aground-again");
        assert_eq!(of("Ferry aground"), "Ferry aground");
    }

    #[test]
    fn a_title_that_was_cut_or_that_nobody_sees_gives_way() {
        let best = |titles: &[&str], name: Option<&str>| {
            let titles = titles.iter().map(|text| ("og:title", (*text).to_owned())).collect();
            in_order(titles, name.map(str::to_owned), &[]).remove(0).1
        };
        assert_eq!(best(&["Ferry runs…", "Ferry runs aground"], None), "Ferry runs aground");
        assert_eq!(best(&["Ferry runs ...", "Ferry runs aground"], None), "Ferry runs aground");
        assert_eq!(best(&["So it ends…", "Ferry runs aground"], None), "So it ends…");
        assert_eq!(best(&["article of a site", "Ferries"], Some("Ferries")), "Ferries");
        assert_eq!(best(&["Ferry", "Ferry", "Ferries"], Some("Ferries")), "Ferry");
        assert_eq!(best(&["Ferry", "Ferries"], Some("Other")), "Ferry");
    }

    #[test]
    fn a_headline_that_nobody_sees_gives_way_to_the_title_that_heads_the_page() {
        let (told, shared) = ("Fähre Hesper: Unglück im Hafen", "Warum die Hesper auf Grund lief");
        let best = |page: &str| {
            let page = Page::parse(page);
            let is_heading = |place: &usize| matches!(page.name(*place), "h1" | "h2");
            let headings: Vec<Heading> =
                (0..page.len()).filter(is_heading).map(|place| Heading::at(&page, place)).collect();
            let titles = [("JSON-LD headline", told), ("og:title", shared)];
            let titles = titles.map(|(kind, text)| (kind, text.to_owned())).to_vec();
            in_order(titles, None, &headings).remove(0).1
        };
        for (page, title) in [
            ("<h1>Warum die „Hesper“ auf Grund lief</h1>", shared),
            ("<h1>Im Hafen <b>Warum die Hesper auf Grund lief</b></h1>", shared),
            (
                "<nav><h1>Fähre Hesper: Unglück im Hafen</h1></nav><h2>Warum die Hesper auf Grund lief</h2>",
                shared,
            ),
            (
                "<ul class='page-Breadcrumb'><li><h1>Fähre Hesper: Unglück im Hafen</h1></ul><h2>Warum die Hesper auf Grund lief</h2>",
                shared,
            ),
            (
                "<h1>Fähre Hesper: Unglück im Hafen</h1><h2>Warum die Hesper auf Grund lief</h2>",
                told,
            ),
            (
                "<h1>Die Fähre Hesper – Unglück im Hafen</h1><h2>Warum die Hesper auf Grund lief</h2>",
                told,
            ),
            (
                "<nav><h1>Warum die Hesper auf Grund lief</h1></nav><h2>Warum die Hesper auf Grund lief</h2>",
                told,
            ),
            ("<nav><h1>Warum die Hesper auf Grund lief</h1></nav>", told),
            ("<h1>Die Hesper</h1>", told),
            ("", told),
        ] {
            assert_eq!(best(page), title, "{page}");
        }
    }

    #[test]
    fn a_title_without_end_is_left_as_it_is() {
        let title = "Ferry | The Post".to_owned() + &" | The Post".repeat(LONGEST_TITLE);
        assert_eq!(without_site(&title, &["The Post"], "", &[]), title);
    }

    #[test]
    fn a_title_may_end_with_its_day() {
        assert_eq!(day_behind("Ferry | The Post | 28.04.2023"), Some("28.04.2023"));
        assert_eq!(day_behind("Ferry - 28 April 2023"), Some("28 April 2023"));
        assert_eq!(day_behind("Ferry of 28.04.2023"), None);
        assert_eq!(day_behind("Ferry - 2023"), None);
    }
}
