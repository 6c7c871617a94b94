//! x
use std::cell::RefCell;
thread_local! { static M: RefCell<Vec<(&'static str, f64)>> = const { RefCell::new(Vec::new()) }; }
pub(super) fn get(k: &'static str, d: f64) -> f64 {
    M.with_borrow_mut(|m| match m.iter().find(|x| x.0 == k) {
        Some(x) => x.1,
        None => { let v = std::env::var(k).ok().and_then(|v| v.parse().ok()).unwrap_or(d); m.push((k, v)); v }
    })
}
