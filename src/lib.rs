//! Finds the copies, the stories and the shared passages in a pile of news articles.

pub mod article;
pub mod error;
pub mod family;
pub mod observer;
pub mod passage;
pub mod story;
pub mod text;
pub mod verify;
