//! The name that a credit gives for a source that no list has.
//!
//! What follows `Source:` or `originally published in` is a name, and often more: a day, a second sentence, a licence. It may
//! be no name at all: `Source: Senators lose patience` is a headline. The name is cut out by signs and
//! case; where none is left, the credit names nobody. Cost: a few passes over one line.

/// A source's name is cut after so many characters.
const NAME_CHARS: usize = 80;

/// Words of fewer letters are joints between those of a name (`of the`), and say nothing about it.
const LEAST_LETTERS: usize = 4;

/// So many words without capitals, and more of these than of others, make a headline or a sentence: `Istituto
/// nazionale di statistica` has two.
const HEADLINE_WORDS: usize = 3;

/// The most words of a name that begins without a capital, such as `heise online`, and the fewest letters of
/// the first one: `taz`.
const SMALL_NAME_WORDS: usize = 2;
const SMALL_NAME_LETTERS: usize = 3;

/// The name of a source in what a credit says after its opening words, or `None` where that is no
/// name. `is_month` tells the names of months, which begin days.
pub(super) fn source_name(said: &str, is_month: impl Fn(&str) -> bool) -> Option<String> {
    let said = without_scheme(said.trim());
    let said = said.strip_prefix("the ").unwrap_or(said);
    let name = &said[..end_of_name(said, &is_month)];
    let name = name.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ':' | '.' | '"' | '“' | '”' | '‘' | '–' | '—' | '-')
    });
    let words: Vec<&str> = name.split_whitespace().collect();
    let first = words.first()?;
    // Of scripts without capitals no word is small.
    let is_small =
        |word: &str| word.contains(char::is_lowercase) && !word.contains(char::is_uppercase);
    let begins_small = first.chars().all(char::is_lowercase)
        && (words.len() > SMALL_NAME_WORDS || first.chars().count() < SMALL_NAME_LETTERS);
    let letters = |word: &&&str| word.chars().filter(|c| c.is_alphabetic()).count();
    let told = words.iter().filter(|word| letters(word) >= LEAST_LETTERS);
    let (mut small, mut large) = (0, 0);
    told.for_each(|word| if is_small(word) { small += 1 } else { large += 1 });
    let is_headline = small >= HEADLINE_WORDS && small > large;
    if is_day(&words, &is_month) || begins_small || is_headline {
        return None;
    }
    Some(match name.char_indices().nth(NAME_CHARS) {
        Some((cut, _)) => format!("{}…", name[..cut].trim_end()),
        None => name.to_owned(),
    })
}

/// The host of an address, and what is no address as it is.
fn without_scheme(said: &str) -> &str {
    let Some((_, address)) = said.split_once("://") else { return said };
    let host = address.split(['/', ' ', '?']).next().unwrap_or(address);
    host.strip_prefix("www.").unwrap_or(host)
}

/// Where a name ends: before a bracket, a colon, a bar, a day or an hour, or where its sentence does.
fn end_of_name(said: &str, is_month: &impl Fn(&str) -> bool) -> usize {
    let mut end =
        ["|", ";", "(", "[", " – ", " — ", ": "].iter().filter_map(|sign| said.find(sign)).min();
    let mut earlier = |place: usize| end = Some(end.map_or(place, |end| end.min(place)));
    for (place, _) in said.match_indices(". ") {
        // An initial's full stop ends no sentence, nor does that of `St.` or `Dr.`.
        let word = said[..place].rsplit([' ', '.']).next().unwrap_or_default();
        if !(1..=2).contains(&word.chars().count())
            && said[place + 2..].starts_with(char::is_uppercase)
        {
            earlier(place);
        }
    }
    for joint in [" on ", " at ", " am ", " le ", " el ", " il ", " em ", ", "] {
        for (place, _) in said.match_indices(joint) {
            let rest: Vec<&str> = said[place + joint.len()..].split_whitespace().collect();
            let is_hour =
                rest.first().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
            if place > 0 && (is_hour || is_day(&rest, is_month)) {
                earlier(place);
            }
        }
    }
    end.unwrap_or(said.len())
}

/// Whether these words begin with a day, as `June 3` or `3 June`.
fn is_day(words: &[&str], is_month: impl Fn(&str) -> bool) -> bool {
    let month = |word: Option<&&str>| {
        word.is_some_and(|word| is_month(word.trim_matches(|c: char| !c.is_alphabetic())))
    };
    let number = |word: Option<&&str>| {
        word.is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()))
    };
    month(words.first()) && (words.len() == 1 || number(words.get(1)))
        || number(words.first()) && month(words.get(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(said: &str) -> Option<String> {
        source_name(said, |word| ["May", "June", "Feb", "juin"].contains(&word))
    }

    #[test]
    fn a_name_is_cut_out_of_what_stands_around_it() {
        for (said, told) in [
            ("Bureau of Statistics", "Bureau of Statistics"),
            ("The Ferry. Read the original article", "The Ferry"),
            ("The Ferry . It is free to share", "The Ferry"),
            ("the Ferry", "Ferry"),
            ("Ferry.com: How we went to sea", "Ferry.com"),
            ("Gallup | Ann Ex/Staff", "Gallup"),
            ("POLITICO Pro at 12:31 p.m. on May 23, 2013", "POLITICO Pro"),
            ("ExPost.net on June 14, 2015", "ExPost.net"),
            ("Passel (2009", "Passel"),
            ("Ministry document, 26 June 15", "Ministry document"),
            ("L.A. Times", "L.A. Times"),
            ("St. Paul Herald", "St. Paul Herald"),
            ("U.S. Department of State", "U.S. Department of State"),
            ("Istituto nazionale di statistica", "Istituto nazionale di statistica"),
            ("http://www.ex.edu/page?q=1", "ex.edu"),
            ("heise online", "heise online"),
            ("20 Minuten", "20 Minuten"),
            ("新华社", "新华社"),
        ] {
            assert_eq!(name(said).as_deref(), Some(told), "{said}");
        }
        let long = name(&"Post ".repeat(40)).unwrap();
        assert_eq!(long.chars().count(), NAME_CHARS);
    }

    #[test]
    fn headlines_sentences_and_days_are_no_names() {
        for said in [
            "GOP senators losing patience with House",
            "Officer believes Gray injured during arrest",
            "before the election. Minor updates have been made",
            "latest issue of The Week magazine. If you want to read more",
            "May 23",
            "Feb. 6, 8 a.m. ET",
            "26 juin 2015",
            "on",
            "",
            " – ",
        ] {
            assert_eq!(name(said), None, "{said}");
        }
    }
}
