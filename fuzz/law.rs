//! What every target holds its reader to: see the module.

#[path = "../tests/law/mod.rs"]
pub mod law;

/// Lets pass what the library catches: the hook of the fuzzer ends the program at any panic. For `init` of a target.
pub fn pass_what_is_caught() {
    let end = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !newsfold::ingest::is_guarded() {
            end(panic);
        }
    }));
}
