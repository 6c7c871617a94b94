//! The short texts beside an article's own: captions with the credit of their picture, headlines of links in
//! capitals. What an agency sends with a picture stands in every outlet that shows it. Linear in the
//! passage.

use super::kind::BESIDE_TOKENS;
use crate::article::ByteSpan;

/// Who distributes news pictures, as their credits write it beside a stroke: `Ana Ruiz/Reuters`, `AFP/Ana Ruiz`.
const PICTURE_AGENCIES: [&str; 10] = [
    "AFP",
    "AP",
    "Associated Press",
    "Bloomberg",
    "EPA",
    "Getty",
    "Pool",
    "Reuters",
    "UPI",
    "ZUMA",
];

/// How a caption tells who is who, or whose picture it is; two of the first, or one of the second, make one.
const DIRECTIONS: [&str; 6] =
    [", left,", ", right,", ", center,", ", centre,", " from left,", " from right,"];
const PICTURES: [&str; 3] = [" photo provided by ", " photo released by ", " file photo"];

/// A caption's credit stands in its last bytes …
const CREDIT_BYTES: usize = 60;

/// … or follows in its line, within so many.
const CREDIT_AFTER_BYTES: usize = 40;

/// Pictures that a gallery has at least.
const GALLERY_PICTURES: usize = 3;

/// So far from a caption the numbers of its picture and of the one before stand, with the gallery's title between: `3 of
/// 24 Photos: A life at sea`.
const GALLERY_BYTES: usize = 160;

/// The second picture's number follows the first caption within so many bytes.
const GALLERY_NEXT_BYTES: usize = 1_000;

/// What a place beside an article's own text is. Of 200 passages of news 9 have such a place, all of them furniture
/// for a reader, who found 23.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// The caption of a picture, or a gallery of them.
    Caption,
    /// A line in capitals: a link, or a text that another outlet prints so.
    Capitals,
}

/// What a place of so many words is beside the article's own text; a whole gallery may have any number.
pub(super) fn label(text: &str, place: ByteSpan, words: u32) -> Option<Label> {
    let (start, end) = (place.start as usize, place.end as usize);
    let own = &text[start..end];
    if is_gallery(own) || words <= BESIDE_TOKENS && is_caption(text, start, end) {
        return Some(Label::Caption);
    }
    (words <= BESIDE_TOKENS && is_in_capitals(own)).then_some(Label::Capitals)
}

fn is_in_capitals(text: &str) -> bool {
    text.contains(char::is_uppercase) && !text.contains(char::is_lowercase)
}

fn is_caption(text: &str, start: usize, end: usize) -> bool {
    let from = text.ceil_char_boundary(start.max(end.saturating_sub(CREDIT_BYTES)));
    let until = text.floor_char_boundary((end + CREDIT_AFTER_BYTES).min(text.len()));
    let until = text[end..until].find('\n').map_or(until, |line| end + line);
    let tail = &text[from..until];
    let own = &text[start..end];
    if is_of_gallery(text, start, end) || credits_picture(tail) {
        return true;
    }
    let directions = DIRECTIONS.iter().map(|direction| own.matches(direction).count());
    directions.sum::<usize>() >= 2
        || PICTURES.iter().any(|picture| own.contains(picture))
        || tail.contains("Getty Images")
        || tail.match_indices('/').any(|(stroke, _)| {
            let (before, after) = (&tail[..stroke], tail[stroke + 1..].trim_start());
            PICTURE_AGENCIES
                .iter()
                .any(|agency| ends_with(before, agency) || begins_with(after, agency))
        })
}

/// The pictures that a text counts, `3 of 24`, as all and this one. The word between the numbers is any.
fn counted(text: &str) -> Vec<(u32, u32)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let number = |word: &str| word.parse::<u32>().ok();
    let counted = words.windows(3).filter_map(|three| {
        Some((number(three[2])?, number(three[0])?)).filter(|(all, this)| this <= all)
    });
    counted.collect()
}

/// Whether what stands between `start` and `end` is a piece of a gallery. The number of the picture before stands in
/// front of it or inside, the next one inside or behind it. The first picture has none before it, but a second
/// after it.
fn is_of_gallery(text: &str, start: usize, end: usize) -> bool {
    let from = text.ceil_char_boundary(start.saturating_sub(GALLERY_BYTES));
    let until = text.floor_char_boundary((end + GALLERY_BYTES).min(text.len()));
    let (before, inside) = (counted(&text[from..start]), counted(&text[start..end]));
    let after = counted(&text[end..until]).first().copied();
    let follows = |one: Option<&(u32, u32)>, next: Option<&(u32, u32)>| {
        one.zip(next).is_some_and(|(one, next)| *next == (one.0, one.1 + 1))
    };
    follows(before.last(), inside.first().or(after.as_ref()))
        || follows(inside.last(), after.as_ref())
        || after.is_some_and(|(all, this)| {
            let next = text.floor_char_boundary((end + GALLERY_NEXT_BYTES).min(text.len()));
            this == 1 && counted(&text[end..next]).contains(&(all, 2))
        })
}

/// Whether a text counts its pictures: `1 of 24`, `2 of 24`, `3 of 24`.
fn is_gallery(text: &str) -> bool {
    let mut counted = counted(text);
    counted.sort_unstable();
    counted.dedup();
    counted.chunk_by(|one, other| one.0 == other.0).any(|of_one| of_one.len() >= GALLERY_PICTURES)
}

/// Whether a text ends with who took its picture and for whom, in brackets: `(Ana Ruiz/The Ferry)`.
fn credits_picture(tail: &str) -> bool {
    let Some(open) = tail.rfind('(') else { return false };
    let inside = tail[open + 1..].trim_end_matches([')', '.', ' ', '\n']);
    let Some((person, house)) = inside.split_once('/') else { return false };
    let is_name = |name: &str| {
        name.split_whitespace().count() <= 4
            && name.split_whitespace().all(|word| word.starts_with(char::is_uppercase))
            && name.chars().any(char::is_lowercase)
    };
    !inside.contains(')')
        && person.split_whitespace().count() >= 2
        && is_name(person)
        && is_name(house)
}

/// Whether a text begins with a name, whatever its capitals, and not with a longer word.
fn begins_with(text: &str, name: &str) -> bool {
    text.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name))
        && !text[name.len()..].starts_with(char::is_alphanumeric)
}

/// Whether a text ends with a name, whatever its capitals, and not with a longer word.
fn ends_with(text: &str, name: &str) -> bool {
    let Some(at) = text.len().checked_sub(name.len()) else { return false };
    text.get(at..).is_some_and(|tail| tail.eq_ignore_ascii_case(name))
        && !text[..at].ends_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether what stands between two bytes of a text is a label, said to have ten words.
    fn is_label(text: &str, start: u32, end: u32) -> bool {
        label(text, ByteSpan { start, end }, 10).is_some()
    }

    fn is_whole_label(text: &str) -> bool {
        is_label(text, 0, text.len() as u32)
    }

    #[test]
    fn a_caption_ends_with_the_credit_of_its_picture() {
        assert!(is_whole_label("A ferry leaves the harbour, May 4, 2020. REUTERS/Ana Ruiz"));
        assert!(is_whole_label("A ferry leaves the harbour (Ana Ruiz/Reuters)"));
        assert!(is_whole_label("A ferry leaves the harbour. Ana Ruiz/Getty Images"));
        // The passage ends before the credit.
        assert!(is_label("A ferry leaves (Ana Ruiz/AP)", 0, 14));
        assert!(!is_label("A ferry leaves\n(Ana Ruiz/AP)", 0, 14));
        assert!(!is_whole_label("The and/or of a ferry, Reuters said"));
        assert!(!is_whole_label("The map/apron of a ferry"));
    }

    #[test]
    fn a_caption_tells_who_stands_where_or_whose_picture_it_is() {
        assert!(is_whole_label("Ana Ruiz, center, walks with Bo Lind, left, and her crew"));
        assert!(is_whole_label("This May 4 photo provided by the harbour shows a ferry"));
        assert!(!is_whole_label("Ana Ruiz, left, walked out"));
    }

    #[test]
    fn a_gallery_counts_its_pictures_and_any_picture_may_name_its_house() {
        assert!(is_whole_label(
            "A ferry. Hide 1 of 24 Two ferries. Hide 2 of 24 No ferry. Hide 3 of 24"
        ));
        let gallery = "Hide 1 of 24 Two ferries sail out. Hide 2 of 24 None. Hide 3 of 24";
        assert!(is_label(gallery, 13, 33) && is_label(gallery, 5, 33));
        let titled =
            "Photos: Seas First ferry. Hide 1 of 24 Photos: Seas Two sail out. Hide 2 of 24";
        assert!(is_label(titled, 13, 24) && is_label(titled, 52, 64));
        assert!(!is_label("First ferry. Hide 1 of 24", 0, 11), "one picture is no gallery");
        assert!(!is_whole_label("1 of 24 ferries sank, then 2 of 24, and they had 3 of 20 left"));
        assert!(is_whole_label(
            "A ferry leaves the harbour, June 26, 2019. (Ana B. Ruiz/White House)"
        ));
        assert!(!is_whole_label("A ferry leaves the harbour (on time/late)"));
        assert!(!is_whole_label("A ferry leaves the harbour (Ana Ruiz/Ferry) and sinks"));
    }

    #[test]
    fn a_line_in_capitals_is_a_link() {
        let link = "FERRY 'SECOND THOUGHTS' OVER 2 HARBOURS";
        let whole = ByteSpan { start: 0, end: link.len() as u32 };
        assert_eq!(label(link, whole, 6), Some(Label::Capitals));
        assert!(!is_whole_label("FERRY of two harbours") && !is_whole_label("渡轮 2020"));
    }
}
