//! What passages say of outlets: who published first, and who followed.
//!
//! Everything here is computed from the articles and their passages alone, and knows of no file and no page.

mod edges;
mod network;

pub use edges::{ArticleEdge, article_edges};
pub use network::{Edge, Network, OutletRow};
