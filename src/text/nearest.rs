//! The name that a misspelt one was meant for: the fewest slips decide (optimal string alignment). Cost: the letters of
//! what was typed times those of all names.

/// A slip for so many letters that a word has, and one in a shorter word.
const LETTERS_A_SLIP: usize = 4;

/// The name that is the fewest slips away from what was typed, and not so many that it is another word: one for every four
/// letters, and one for fewer. Of equals the first in order of letters.
///
/// ```
/// use newsfold::text::nearest;
///
/// assert_eq!(nearest("treshold", ["seed", "threshold"].into_iter()), Some("threshold"));
/// assert_eq!(nearest("frob", ["seed", "threshold"].into_iter()), None);
/// ```
pub fn nearest<'n>(typed: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let most = (typed.chars().count() / LETTERS_A_SLIP).max(1);
    let far = names.map(|name| (slips(typed, name), name));
    far.filter(|(slips, _)| *slips <= most).min().map(|(_, name)| name)
}

/// How many letters are missing, too many, others or in the order of their neighbours (optimal string alignment).
fn slips(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let other = usize::from(a[i - 1] != b[j - 1]);
            let mut least =
                (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + other);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted() {
        for (a, b, count) in [("rnu", "run", 1), ("run", "run", 0), ("", "ab", 2), ("abc", "ca", 3)]
        {
            assert_eq!((slips(a, b), slips(b, a)), (count, count), "{a} {b}");
        }
    }
}
