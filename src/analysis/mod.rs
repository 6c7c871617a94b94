//! What passages say of outlets: who published first, and who followed.
//!
//! Everything here is computed from the articles and their passages alone, and knows of no file and no page.

mod agencies;
mod copied_from;
mod directions;
mod edges;
mod network;

pub use agencies::{AgencyMonth, Credited, credited, credited_words, months};
pub use copied_from::copied_from;
pub use directions::{Direction, Directions, Follower};
pub use edges::{ArticleEdge, article_edges};
pub use network::{Edge, Network, OutletRow};
