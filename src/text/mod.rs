//! Text to tokens: the same words from the same text, whatever script, quotes or case it came in.
//!
//! [`tokenise`] promises that every token keeps its span in the original, that a text's tokens do
//! not depend on the bytes around a word, and that two spellings which a reader takes for one word
//! (case, composed or decomposed accents, curly or straight apostrophes, invisible characters)
//! give one hash. Cost: one pass, no allocation for ASCII words.

mod classify;
mod display;
mod language;
mod rules;
mod tokenise;
mod version;

pub use display::one_line;
pub(crate) use display::{first_words, grouped, many};
pub use language::{detect_language, tell_languages};
pub use rules::normalise;
pub use tokenise::{Token, Tokeniser, token_hash, tokenise};
pub use version::{version, version_mark};
