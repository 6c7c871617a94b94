//! Mail to articles: a message's subject is the title, its plain text part the text; of a page saved with all its
//! parts the HTML part is read as a page of its address. Parsing is left to its crate.

use mail_parser::{Message, MessageParser, MimeHeaders};

use super::mail::{is_mbox, is_web_archive};
use super::{Entry, captured};
use crate::error::Cause;
use crate::ingest::fields::FieldTable;
use crate::ingest::pages;

/// The record of a message.
///
/// # Errors
/// In words, where it is no message.
pub(super) fn read(bytes: &[u8], table: &FieldTable) -> Result<Vec<Entry>, Cause> {
    let message = MessageParser::default().parse(bytes).ok_or("a damaged message")?;
    Ok(vec![one(&message, table)])
}

/// The records of a mailbox.
///
/// # Errors
/// Never; a damaged message is an entry.
pub(super) fn read_box(bytes: &[u8], table: &FieldTable) -> Result<Vec<Entry>, Cause> {
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
    use crate::ingest::documents::is_mail;

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
