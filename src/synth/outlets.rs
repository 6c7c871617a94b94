//! The outlets: their names, sites and footers.

use super::dice::{Dice, Zipf};
use super::prose::{Lexicon, Prose};
use super::words;

/// Who prints articles.
pub(super) struct Outlet {
    /// As a reader knows it.
    pub(super) name: String,
    /// Where it is; in the top-level domain that is nobody's.
    pub(super) domain: String,
    /// What stands under each of its articles; often nothing.
    pub(super) footer: String,
    /// The first article that had the footer, and where.
    pub(super) first_footer: Option<super::Place>,
}

/// All outlets, large and small.
pub(super) struct Outlets {
    pub(super) all: Vec<Outlet>,
    sizes: Zipf,
}

impl Outlets {
    pub(super) fn new(count: usize, lexicon: &Lexicon, dice: &mut Dice) -> Self {
        /// The share of outlets with a footer.
        const WITH_FOOTER: f64 = 0.6;
        let papers: Vec<&str> = words::PAPERS.split_whitespace().collect();
        let all = (0..count)
            .map(|number| {
                let town = lexicon.namer().town(dice);
                let paper = dice.pick(&papers);
                let mut footer = String::new();
                if dice.chance(WITH_FOOTER) {
                    let about = lexicon.subject(dice);
                    Prose::new(lexicon, &about, dice, &mut footer).sentence();
                }
                let letters = town.chars().filter(char::is_ascii).collect::<String>();
                Outlet {
                    // The number keeps two outlets apart that drew the same town and paper.
                    domain: format!("{letters}-{paper}-{number}.example").to_lowercase(),
                    name: format!("{town} {paper}"),
                    footer,
                    first_footer: None,
                }
            })
            .collect();
        Self { all, sizes: Zipf::new(count) }
    }

    /// An outlet that is not among `but`, as long as there is one; large ones more often.
    pub(super) fn draw(&self, but: &[usize], dice: &mut Dice) -> usize {
        let drawn = self.sizes.draw(dice);
        (0..self.all.len())
            .map(|step| (drawn + step) % self.all.len())
            .find(|outlet| !but.contains(outlet))
            .unwrap_or(drawn)
    }
}
