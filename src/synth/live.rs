//! Live blogs: an article that its outlet publishes again and again, with updates on top, and without the
//! oldest ones once it grows long.
//!
//! Each version tells what it has of the one before it: a passage of kind `live`, and the pair with its
//! exact Jaccard. What is not in that passage stands in this version alone, until the next has it.

use super::Place;
use super::copies::{overlap, shingles};
use super::newsroom::{Made, Newsroom, append, chars, is_family};
use super::prose::{Prose, Subject};

/// A live blog that goes on.
pub(super) struct LiveBlog {
    story: u64,
    subject: Subject,
    outlet: usize,
    title: String,
    /// The family of the last version.
    family: u64,
    /// Its id and its updates, the newest first.
    last: String,
    updates: Vec<String>,
    /// How many versions are to come.
    left: usize,
}

impl Newsroom<'_> {
    /// The next version of a live blog, or the first of a new one.
    pub(super) fn live_version(&mut self) -> Made {
        /// How many versions there are: 5.2 on average …
        const VERSIONS: [usize; 10] = [2, 2, 3, 3, 4, 4, 5, 7, 9, 13];
        /// … so that about this share of them is a first one.
        const FIRST: f64 = 0.19;
        /// How many go on at a time.
        const OPEN: usize = 64;
        let open = self.live_blogs.len();
        let is_new = open == 0 || open < OPEN && self.dice.chance(FIRST);
        let mut blog = if is_new {
            let subject = self.lexicon.subject(&mut self.dice);
            let mut title = "Live: ".to_owned();
            Prose::new(&self.lexicon, &subject, &mut self.dice, &mut title).headline();
            LiveBlog {
                story: self.number,
                subject,
                outlet: self.outlets.draw(&[], &mut self.dice),
                title,
                family: self.number,
                last: String::new(),
                updates: Vec::new(),
                left: self.dice.pick(&VERSIONS),
            }
        } else {
            let drawn = self.dice.below(open);
            self.live_blogs.swap_remove(drawn)
        };
        let made = self.write_version(&mut blog);
        if blog.left > 0 {
            self.live_blogs.push(blog);
        }
        made
    }

    fn write_version(&mut self, blog: &mut LiveBlog) -> Made {
        /// How many updates a version adds, and how many a first one has.
        const ADDED: [usize; 6] = [1, 1, 1, 2, 2, 4];
        const FIRST: [usize; 3] = [2, 4, 6];
        /// How many of the oldest go.
        const DROPPED: [usize; 8] = [0, 0, 0, 0, 1, 1, 2, 3];
        /// An update has about this part of the words of an article, half of it or more.
        const UPDATE: usize = 5;
        let before = blog.updates.join("\n\n");
        let is_first = blog.updates.is_empty();
        let dropped = self.dice.pick(&DROPPED).min(blog.updates.len().saturating_sub(1));
        blog.updates.truncate(blog.updates.len() - dropped);
        let kept = blog.updates.join("\n\n");
        let added = if is_first { self.dice.pick(&FIRST) } else { self.dice.pick(&ADDED) };
        for _ in 0..added {
            let most = (self.config.words as usize / UPDATE).max(10);
            let length = self.dice.between(most / 2, most);
            let mut update = String::new();
            Prose::new(&self.lexicon, &blog.subject, &mut self.dice, &mut update).paragraph(length);
            blog.updates.insert(0, update);
        }
        let (title, outlet, story) = (blog.title.clone(), blog.outlet, blog.story);
        let new = blog.updates[..added].join("\n\n");
        let mut made = self.blank(outlet, story, title, new);
        if !is_first {
            let here = append(&mut made.text, &kept, &made.id);
            let there = Place { id: blog.last.clone(), start: 0, length: chars(&kept) };
            made.passages.push((there, here, "live"));
            let overlap = overlap(&shingles(&before), &shingles(&made.text));
            made.pairs.push((blog.last.clone(), overlap.jaccard()));
            if is_family(overlap) {
                made.family = blog.family;
            }
        }
        blog.family = made.family;
        blog.last = made.id.clone();
        blog.left -= 1;
        made
    }
}
