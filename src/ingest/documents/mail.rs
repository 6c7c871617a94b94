//! How mail is known: a message (EML), a mailbox of them (mbox), and a page saved with all its parts (MHTML).

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
#[cfg(feature = "formats")]
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
#[cfg(feature = "formats")]
pub(super) fn is_web_archive(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&head[..head.len().min(16 << 10)]).to_lowercase();
    is_mail(head.as_bytes()) && ARCHIVE.iter().any(|mark| head.contains(mark))
}

/// Whether a stream that begins so is a mailbox.
pub(in crate::ingest) fn is_mbox(head: &[u8]) -> bool {
    head.starts_with(b"From ")
        && memchr::memchr(b'\n', head).is_some_and(|end| is_mail(&head[end + 1..]))
}
