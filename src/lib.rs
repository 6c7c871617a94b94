//! Finds the copies, the stories and the shared passages in a pile of news articles.

pub mod article;
pub mod candidates;
pub mod error;
pub mod family;
pub mod observer;
pub mod passage;
pub mod sketch;
pub mod story;
#[cfg(test)]
mod testing;
pub mod text;
pub mod verify;
