//! SimHash fingerprints (Charikar 2002): 64 bits whose Hamming distance grows with the angle
//! between two articles' shingle counts.

/// The fingerprint of a text: bit i is set where more shingles, counted as often as they occur,
/// have bit i set than not. 0 for no shingles.
pub fn simhash(shingles: &[u64]) -> u64 {
    let mut votes = [0_i32; 64];
    for shingle in shingles {
        for (bit, vote) in votes.iter_mut().enumerate() {
            *vote += ((shingle >> bit & 1) as i32) * 2 - 1;
        }
    }
    votes.iter().enumerate().fold(0, |print, (bit, &vote)| print | u64::from(vote > 0) << bit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bit_goes_with_the_majority() {
        assert_eq!(simhash(&[0b0111, 0b0011, 0b1101]), 0b0111);
        assert_eq!(simhash(&[]), 0);
    }

    #[test]
    fn a_repeated_shingle_weighs_as_often_as_it_occurs() {
        assert_eq!(simhash(&[0b01, 0b10, 0b10]), 0b10);
    }
}
