//! The house that an outlet belongs to: names that differ by edition or section alone are one.

/// Words that tell an outlet's editions apart, not its house.
const EDITIONS: [&str; 3] = ["digital", "online", "web"];

/// The house that an outlet's name begins with, where archives name its parts: `The Post - Opinion`,
/// `The Post (Web)`, `Post Online News`. Empty where there is no outlet.
pub fn house(outlet: &str) -> String {
    let end = [" - ", " – ", " ("].iter().filter_map(|part| outlet.find(part)).min();
    let is_edition = |word: &&str| EDITIONS.iter().any(|name| word.eq_ignore_ascii_case(name));
    let words = outlet[..end.unwrap_or(outlet.len())].split_whitespace();
    let house: Vec<&str> = words.filter(|word| !is_edition(word)).collect();
    if house.is_empty() { outlet.to_owned() } else { house.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_house_are_one() {
        assert_eq!(house("The Post - Opinion"), "The Post");
        assert_eq!(house("The Post (Online)"), "The Post");
        assert_eq!(house("Post Online News"), "Post News");
        assert_eq!(house("Online"), "Online");
        assert_eq!(house("The Post-Dispatch"), "The Post-Dispatch");
        assert_eq!(house(""), "");
    }
}
