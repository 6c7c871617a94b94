//! Text to tokens: the same words from the same text, whatever script, quotes or case it came in.
//!
//! [`tokenise`] promises that every token keeps its span in the original, that a text's tokens do
//! not depend on the bytes around a word, and that two spellings which a reader takes for one word
//! (case, composed or decomposed accents, curly or straight apostrophes, invisible characters,
//! letters and digits of one script written in two ways) give one hash, and that tags left in a
//! text are no words of it. Cost: one pass, no allocation for ASCII words.

mod classify;
mod display;
mod language;
mod markup;
mod nearest;
mod rules;
mod spelling;
mod spreadsheet;
mod tokenise;
mod version;

pub use display::{escaped_json, one_line, steers};
pub(crate) use display::{first_words, grouped, many};
pub(crate) use language::language_of;
pub use language::{detect_language, tell_language, tell_languages};
pub use markup::has_markup;
pub use nearest::nearest;
pub(crate) use rules::is_written_without_spaces;
pub use rules::normalise;
pub use spreadsheet::guarded;
pub(crate) use spreadsheet::unguarded;
pub use tokenise::{Token, Tokeniser, token_hash, tokenise};
pub use version::{version, version_mark};

/// Which rules made the tokens. It rises with every change of them; hashes of two versions are not to
/// be compared.
pub const TOKEN_VERSION: u32 = 2;
