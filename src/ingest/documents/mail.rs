//! Mail: a message (EML), a mailbox of them (mbox), and a page saved with all its parts (MHTML).
//!
//! Parsing is left to its crate. A message's subject is the title, its plain text part the text; of a saved
//! page the HTML part is read as a page of its address.

use mail_parser::{Message, MessageParser, MimeHeaders};

use super::{Entry, captured};
use crate::ingest::fields::FieldTable;
use crate::ingest::pages;

/// Headers by which a message is known, in lower case; the first ones say it alone.
const HEADERS: [&str; 12] = [
    "mime-version:",
    "received:",
    "return-path:",
    "delivered-to:",
    "message-id:",
    "snapshot-content-location:",
    "from:",
    "to:",
    "subject:",
    "date:",
    "content-type:",
    "reply-to:",
];
/// So many of them must stand among the first lines.
const LEAST_HEADERS: usize = 3;
/// How a page saved by a browser is known.
const ARCHIVE: &[&str] = &["snapshot-content-location:", "content-type: multipart/related"];

/// Whether a stream that begins so is a message.
pub(in crate::ingest) fn is_mail(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&head[..head.len().min(16 << 10)]).to_lowercase();
    let headers = || head.lines().take_while(|line| !line.is_empty());
    let known = |line: &str| HEADERS.iter().any(|header| line.starts_with(header));
    let is_header = |line: &str| {
        line.starts_with([' ', '\t'])
            || line.split_once(':').is_some_and(|(name, _)| {
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic())
            })
    };
    headers().all(is_header) && headers().filter(|line| known(line)).count() >= LEAST_HEADERS
}

/// Whether a message that begins so is a page saved with its parts.
fn is_web_archive(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&head[..head.len().min(16 << 10)]).to_lowercase();
    is_mail(head.as_bytes()) && ARCHIVE.iter().any(|mark| head.contains(mark))
}

/// Whether a stream that begins so is a mailbox.
pub(in crate::ingest) fn is_mbox(head: &[u8]) -> bool {
    head.starts_with(b"From ")
        && memchr::memchr(b'\n', head).is_some_and(|end| is_mail(&head[end + 1..]))
}

/// The record of a message.
///
/// # Errors
/// In words, where it is no message.
pub(super) fn read(bytes: &[u8], table: &FieldTable) -> Result<Vec<Entry>, String> {
    let message = MessageParser::default().parse(bytes).ok_or("a damaged message")?;
    Ok(vec![one(&message, table)])
}

/// The records of a mailbox.
///
/// # Errors
/// Never; a damaged message is an entry.
pub(super) fn read_box(bytes: &[u8], table: &FieldTable) -> Result<Vec<Entry>, String> {
    let starts = memchr::memmem::find_iter(bytes, b"\nFrom ").map(|at| at + 1);
    // A line that begins so in a text has no header behind it.
    let mut starts: Vec<usize> = starts.filter(|at| is_mbox(&bytes[*at..])).collect();
    starts.insert(0, 0);
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    let parser = MessageParser::default();
    let messages = starts.iter().zip(ends).map(|(start, end)| {
        let message = &bytes[*start..end];
        let headers = memchr::memchr(b'\n', message).map_or(message.len(), |at| at + 1);
        match parser.parse(&message[headers..]) {
            Some(message) => one(&message, table),
            None => Err("a damaged message".into()),
        }
    });
    Ok(messages.collect())
}

fn one(message: &Message<'_>, table: &FieldTable) -> Entry {
    let location = message.header_raw("Snapshot-Content-Location").map(str::trim);
    let page = message.html_bodies().next().filter(|_| {
        location.is_some()
            || message.text_body_count() == 0
            || is_web_archive(message.raw_message())
    });
    if let Some(part) = page
        && part.is_text_html()
    {
        let address =
            location.map(str::to_owned).or_else(|| part.content_location().map(str::to_owned));
        if let Some(html) = part.text_contents() {
            return pages::capture(html.as_bytes(), Some("utf-8"), address.as_deref(), table);
        }
    }
    let from = message.from().and_then(|from| from.first());
    let sender = from.map(|from| from.name().or(from.address()).unwrap_or_default().to_owned());
    let text = message.body_text(0).map(|text| text.into_owned());
    Ok(captured(
        table,
        [
            ("id", message.message_id().unwrap_or_default().to_owned()),
            ("title", message.subject().unwrap_or_default().to_owned()),
            ("text", text.unwrap_or_default()),
            ("outlet", sender.unwrap_or_default()),
            ("published", message.date().map(|date| date.to_rfc3339()).unwrap_or_default()),
        ],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "From: =?utf-8?q?Post_=C3=A9?= <news@post.example>\r\nTo: a@b.example\r\n\
        Subject: Ferry aground\r\nDate: Wed, 10 Jan 2024 08:30:15 +0100\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        The caf=E9 closed.\r\n";

    #[test]
    fn a_message_is_an_article_by_its_sender() {
        assert!(is_mail(MAIL.as_bytes()) && !is_mbox(MAIL.as_bytes()));
        let read = read(MAIL.as_bytes(), &FieldTable::new(&[])).unwrap();
        let said = format!("{:?}", read[0]);
        for part in ["Post é", "Ferry aground", "The café closed.", "2024-01-10T08:30:15+01:00"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(!is_mail(b"Ferry: aground\n\nTo: everyone: it ran aground.\n"));
    }

    #[test]
    fn a_mailbox_is_cut_where_messages_begin() {
        let mail = MAIL.replace("\r\n", "\n");
        let mailbox = format!("From a Mon\n{mail}\nFrom here on it sank.\n\nFrom b Tue\n{mail}");
        assert!(is_mbox(mailbox.as_bytes()));
        let read = read_box(mailbox.as_bytes(), &FieldTable::new(&[])).unwrap();
        assert_eq!(read.len(), 2);
        assert!(format!("{:?}", read[0]).contains("From here on it sank."));
    }
}
