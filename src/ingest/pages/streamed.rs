//! The text of a page that a program writes once the page is open.
//!
//! Next.js sends what it will show in calls of a function, each with a piece of a stream. The stream has
//! rows; one that holds a long text tells how many bytes it has. Cost: linear in these calls.

use super::linked_data::without_markup;
use super::tree::Page;

/// How a script begins that sends a piece of the stream.
pub(super) const CALL: &str = "self.__next_f.push(";

/// The longest text with paragraphs that is sent with a page, without its markup.
pub(super) fn text(page: &Page) -> Option<String> {
    let scripts = (0..page.len()).filter(|place| page.name(*place) == "script");
    let stream: String = scripts.filter_map(|place| piece(&page.text(place))).collect();
    let has_paragraphs = |text: &&str| ["<p", "<br"].iter().any(|mark| text.contains(mark));
    // Of texts of one length the first.
    let longest =
        texts(&stream).into_iter().rev().filter(has_paragraphs).max_by_key(|t| t.len())?;
    without_markup(longest)
}

/// What a call sends; none where it sends no text.
fn piece(script: &str) -> Option<String> {
    let sent = script.trim().strip_prefix(CALL)?.trim_end_matches([')', ';']);
    let (_, piece): (u8, String) = serde_json::from_str(sent).ok()?;
    Some(piece)
}

/// The rows of a stream that are texts: `24:T1b7b,` and as many bytes. The others end with their line.
fn texts(stream: &str) -> Vec<&str> {
    let (mut texts, mut rest) = (Vec::new(), stream);
    while let Some((_, row)) = rest.split_once(':') {
        let sized = row.strip_prefix('T').and_then(|row| row.split_once(','));
        let text = sized.and_then(|(length, behind)| {
            behind.split_at_checked(usize::from_str_radix(length, 16).ok()?)
        });
        rest = match text {
            Some((text, next)) => {
                texts.push(text);
                next
            }
            None => row.split_once('\n').map_or("", |(_, next)| next),
        };
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pieces: &[&str]) -> Option<String> {
        let call = |piece: &&str| {
            let call = format!("{CALL}{})", serde_json::json!([1, piece]));
            format!("<script>{}</script>", call.replace('<', "\\u003c"))
        };
        let scripts: String = pieces.iter().map(call).collect();
        text(&Page::parse(&format!("<body><script>{CALL}[0])</script>{scripts}")))
    }

    #[test]
    fn the_longest_text_with_paragraphs_is_the_article() {
        let told = "<p>Die Fähre.</p><p>Sie lief auf.</p>";
        let length = format!("{:x}", told.len());
        let long = "x".repeat(90);
        let stream = [
            "1:\"$Sreact.fragment\"\n3:I[1,[\"a:b\"],\"\"]\n",
            &format!("1a:T5a,{long}24:T{length},"),
            &told[..10],
            &told[10..],
            "25:T8,<p>No.</2:[]\n",
        ];
        assert_eq!(sent(&stream).as_deref(), Some("Die Fähre.\n\nSie lief auf."));
    }

    #[test]
    fn what_is_no_such_stream_is_no_text() {
        for stream in ["24:Tff,<p>Cut", "24:T3,é<p>", "24:Tzz,<p>", "<p>", ":::", "1:T0,"] {
            assert_eq!(sent(&[stream]), None, "{stream}");
        }
    }
}
