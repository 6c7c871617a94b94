//! Text to the outlet's own frame around it: menus, footers, sign-up lines, consent texts.
//!
//! [`Templates`] is what is known of the houses' furniture: runs of [`GRAM`] words, short lines, and
//! whole bodies that are no article. [`count`] learns it from a corpus, a user may add to it, and
//! [`mark`] notes in each article which stretches of its text are furniture. Every later stage works
//! on the article's own words. What is furniture in one article depends on that article and on the templates
//! alone.
//!
//! Cost: counting reads each text with a headline, or of a house of three articles or more, once, and the texts
//! that share words with others of their house once more. It sorts the sampled word runs that recur, one in sixteen at the
//! most, and of the texts read again the runs that stand in three articles, 16 bytes each. Marking reads the texts
//! of the houses that have furniture once. Corpora without outlets and headlines cost nothing but two passes
//! over the outlets' names.

mod count;
mod features;
mod matcher;
mod shared;
mod templates;
mod witness;

pub use count::count;
pub use matcher::{Matcher, mark};
pub use templates::Templates;

/// Words of a run that is looked up at once: longer than most fixed phrases of reporting ("did not
/// immediately respond to a request for"). Chosen by reasoning, not yet by measuring.
pub const GRAM: usize = 8;
