//! The stage as a whole: a passage of each kind, the laws of spans, threads, and growth.

use proptest::prelude::*;

use super::testing::{corpus, corpus_of};
use super::*;
use crate::article::Article;
use crate::error::{Error, Position};
use crate::observer::Silent;
use crate::text::tokenise;

/// `words` made-up words of different frequency, the same for the same `seed`.
pub(super) fn prose(seed: u64, words: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu",
        "va",
    ];
    let mut state = seed;
    let mut text = String::new();
    for i in 0..words {
        state = seeds::mix(state.wrapping_add(0x9e37_79b9_7f4a_7c15));
        // Squared, so that low numbers, the frequent words, are drawn more often.
        let draw = (state >> 32) as f64 / 2_f64.powi(32);
        let mut word = (draw * draw * 4096.0) as usize;
        for _ in 0..3 {
            text += SYLLABLES[word % 16];
            word /= 16;
        }
        text += if i % 12 == 11 { ". " } else { " " };
    }
    text
}

fn found(corpus: &Corpus) -> Vec<Passage> {
    passages(corpus, &crate::testing::statistics(corpus), &PassageConfig::default(), &Silent)
        .unwrap()
}

/// (kind, texts of the occurrences) of each passage.
fn seen<'a>(corpus: &'a Corpus, passages: &[Passage]) -> Vec<(Kind, Vec<&'a str>)> {
    passages
        .iter()
        .map(|passage| {
            let texts = passage.occurrences.iter();
            let texts = texts.map(|at| at.bytes.of(&corpus.get(at.doc).text)).collect();
            (passage.kind, texts)
        })
        .collect()
}

#[test]
fn alignments_tell_what_two_articles_have_in_common_and_which_passage_it_is_of() {
    let page = prose(1, 60);
    let sentence = prose(2, 24);
    let (sentence, page) = (sentence.trim(), page.trim());
    let corpus = corpus_of(&[
        ("a", "x", &format!("{} {sentence} {page}", prose(3, 50))),
        ("b", "y", &format!("{page} {}", prose(4, 50))),
        ("c", "z", &format!("{} {sentence} {}", prose(5, 50), prose(6, 50))),
    ]);
    let found =
        reuse(&corpus, &crate::testing::statistics(&corpus), &PassageConfig::default(), &Silent)
            .unwrap();
    let text = |stretch: &Stretch| stretch.bytes.of(&corpus.get(stretch.doc).text);
    let told: Vec<_> = found
        .alignments
        .iter()
        .map(|aligned| (aligned.a.doc.0, aligned.b.doc.0, text(&aligned.a), text(&aligned.b)))
        .collect();
    let (page, sentence) = (page.trim_end_matches('.'), sentence.trim_end_matches('.'));
    assert_eq!(told, [(0, 2, sentence, sentence), (0, 1, page, page)]);
    for aligned in &found.alignments {
        assert_eq!((aligned.matched, aligned.reworded), (aligned.a.tokens, false));
        let of = &found.passages[aligned.passage as usize];
        assert!(
            of.occurrences.iter().any(|at| at.doc == aligned.a.doc && at.bytes == aligned.a.bytes)
        );
    }
}

#[test]
fn a_text_that_two_outlets_print_is_syndicated_to_the_character() {
    let shared =
        "Der Zug hielt, so der Bürgermeister, „vier Stunden“ lang im Tunnel bei Hügelsheim fest";
    let (a, b) = (prose(1, 200), prose(2, 200));
    let corpus = corpus_of(&[
        ("a", "x", &format!("{a}\n\n{shared}, {b}")),
        ("b", "y", &format!("Völlig anders: {}. {shared}", prose(3, 150))),
    ]);
    let passages = found(&corpus);
    assert_eq!(seen(&corpus, &passages), [(Kind::Syndicated, vec![shared, shared])]);
    let [passage] = &passages[..] else { unreachable!() };
    assert_eq!((passage.tokens, passage.articles, passage.outlets), (14, 2, 2));
    assert_eq!(passage.id.len(), 16);
    let second = passage.occurrences[1];
    assert_eq!(second.identity, 1.0);
    // „Völlig“ has one character of two bytes.
    assert_eq!(second.bytes.start, second.chars.start + 1);
}

#[test]
fn a_chain_of_overlapping_stretches_is_not_one_passage() {
    let whole = prose(1, 60);
    let words: Vec<&str> = whole.split(' ').filter(|word| !word.is_empty()).collect();
    // Each has all but two words of the one before; the first and the last have none in common.
    let texts: Vec<String> = (0..16_usize)
        .map(|i| {
            format!(
                "{} {} {}",
                prose(10 + i as u64, 40),
                words[2 * i..2 * i + 24].join(" "),
                prose(50 + i as u64, 40)
            )
        })
        .collect();
    let ids: Vec<String> = (0..texts.len()).map(|i| format!("a{i:02}")).collect();
    let articles: Vec<(&str, &str, &str)> = ids
        .iter()
        .zip(&texts)
        .map(|(id, text)| (id.as_str(), id.as_str(), text.as_str()))
        .collect();
    let corpus = corpus_of(&articles);
    let passages = found(&corpus);
    assert!(passages.len() > 1);
    for passage in &passages {
        assert!(passage.occurrences.iter().all(|at| at.identity >= 0.2), "{passage:?}");
    }
    let mut docs: Vec<_> = passages.iter().flat_map(Passage::docs).collect();
    docs.sort_unstable();
    docs.dedup();
    assert_eq!(docs.len(), texts.len(), "everybody still shares a passage");
}

#[test]
fn an_edited_copy_tells_how_much_of_it_is_left() {
    let corpus = corpus_of(&[
        (
            "a",
            "x",
            "The harbour master closed the northern basin on Friday after divers found a mine near the old lighthouse pier.",
        ),
        (
            "b",
            "y",
            "The harbour master shut the northern basin on Friday after divers found a mine near the lighthouse pier, we hear.",
        ),
    ]);
    let passages = found(&corpus);
    assert_eq!(passages.len(), 1);
    // 17 of 19 words: shut for closed, and old is gone.
    let identities: Vec<f64> = passages[0].occurrences.iter().map(|at| at.identity).collect();
    assert_eq!(identities, [1.0, 17.0 / 19.0]);
}

#[test]
fn the_first_occurrence_is_the_one_published_first() {
    let shared = prose(7, 40);
    let mut articles = corpus_of(&[("a", "x", &shared), ("b", "y", &shared), ("c", "z", &shared)])
        .articles()
        .to_vec();
    let day =
        |at: &str| Some(crate::article::Published { at: at.parse().unwrap(), day_only: true });
    articles[1].published = day("2024-02-02T00:00:00Z");
    articles[2].published = day("2024-02-01T00:00:00Z");
    let passages = found(&crate::testing::by_id(articles));
    assert_eq!(passages[0].first, 2);
    assert_eq!(passages[0].first().doc, DocId(2));
}

#[test]
fn the_end_of_a_repeat_may_lie_inside_a_glued_word() {
    let line = "Council Weighs New Bridge: Letting Lorries Cross the River by Night";
    let text = format!("{line}\n\n{}\n\n{line}\n\n{}\n\n{line}{line}", prose(1, 80), prose(2, 80));
    let corpus = corpus(&[("a", &text)]);
    let passages = found(&corpus);
    assert_eq!(seen(&corpus, &passages), [(Kind::Repeated, vec![line; 4])]);
    assert_eq!(passages[0].occurrences[3].bytes.end as usize, text.len());
}

#[test]
fn short_lines_that_an_article_repeats_are_found_and_chance_echoes_are_not() {
    let text = format!(
        "The fear of a direct clash\n\nThe fear of a direct clash between them {}\nBack\nBack\n",
        prose(5, 100)
    );
    let corpus = corpus(&[("a", &text)]);
    let passages = found(&corpus);
    let seen = seen(&corpus, &passages);
    assert!(seen.contains(&(Kind::Repeated, vec!["Back", "Back"])), "{seen:?}");
    let echo = "of a direct clash between them. So of a direct clash between others";
    let corpus = super::testing::corpus(&[("a", echo)]);
    assert_eq!(found(&corpus), []);
}

#[test]
fn a_block_of_short_lines_is_one_passage_across_the_line_break() {
    let block = "Too busy to read?\nHear a summary";
    let text = format!("{block}\n\n{}\n\n{block}\nMore stories", prose(1, 120));
    let corpus = corpus(&[("a", &text)]);
    assert_eq!(seen(&corpus, &found(&corpus)), [(Kind::Repeated, vec![block, block])]);
}

#[test]
fn a_footer_of_one_outlet_is_boilerplate() {
    let footer =
        "Subscribe to our letters and never miss what moves the valley, its people and its rivers";
    let texts: Vec<String> =
        (0..4).map(|i| format!("{}\n\n{footer}", prose(20 + i, 150))).collect();
    let ids = ["a", "b", "c", "d"];
    let articles: Vec<_> =
        ids.iter().zip(&texts).map(|(&id, text)| (id, "x", text.as_str())).collect();
    let corpus = corpus_of(&articles);
    let passages = found(&corpus);
    assert_eq!(seen(&corpus, &passages), [(Kind::Boilerplate, vec![footer; 4])]);
    let shares = shares(&corpus, &passages);
    assert!(
        shares.iter().all(|of| of.copied == 0.0 && (of.boilerplate - 16.0 / 166.0).abs() < 1e-9)
    );
}

#[test]
fn background_that_one_outlet_tells_again_is_recycled() {
    let background = prose(9, 60);
    let texts: Vec<String> = (0..2)
        .map(|i| format!("{}\n\n{background}\n\n{}", prose(30 + i, 150), prose(40 + i, 150)))
        .collect();
    let corpus = corpus_of(&[("a", "x", &texts[0]), ("b", "x", &texts[1])]);
    let kinds: Vec<Kind> = found(&corpus).iter().map(|passage| passage.kind).collect();
    assert_eq!(kinds, [Kind::Recycled]);
}

#[test]
fn the_same_quoted_words_in_other_stories_are_a_quotation() {
    let words = "we shall mend the dam before the snow melts or we shall not sleep in this valley";
    let texts = [
        format!("{} the mayor said: “{words}”, and left. {}", prose(1, 100), prose(2, 100)),
        format!("{} \"{words}\" were her words. {}", prose(3, 100), prose(4, 100)),
    ];
    let corpus = corpus_of(&[("a", "x", &texts[0]), ("b", "y", &texts[1])]);
    let passages = found(&corpus);
    assert_eq!(seen(&corpus, &passages), [(Kind::Quotation, vec![words, words])]);
    assert_eq!(shares(&corpus, &passages)[0], Shares::default());
}

#[test]
fn a_credit_needs_no_second_occurrence_and_is_not_copied() {
    let shared = prose(1, 60);
    let credit = "Resourced from Giornale di Sera";
    let text = format!("{shared}\n\n{credit}\n");
    let corpus = corpus_of(&[("a", "x", &text), ("b", "y", &shared)]);
    let passages = found(&corpus);
    let seen = seen(&corpus, &passages);
    assert!(seen.contains(&(Kind::Credit, vec![credit])), "{seen:?}");
    assert_eq!(shares(&corpus, &passages)[0].copied, 60.0 / 65.0);
    assert_eq!(shares(&corpus, &passages)[1].copied, 1.0);
}

#[test]
fn unknown_outlets_are_different_outlets() {
    let shared = prose(3, 60);
    let corpus = corpus(&[("a", &shared), ("b", &shared)]);
    assert_eq!(found(&corpus)[0].kind, Kind::Syndicated);
}

#[test]
fn a_corpus_without_words_has_no_passages() {
    assert_eq!(found(&Corpus::default()), []);
    assert_eq!(found(&corpus(&[("a", ""), ("b", "…"), ("c", "one")])), []);
}

#[test]
fn an_interrupted_run_ends_with_an_error() {
    struct Stop;
    impl Observer for Stop {
        fn cancelled(&self) -> bool {
            true
        }
    }
    let result = passages(
        &corpus(&[("a", "b")]),
        &crate::testing::statistics(&Corpus::default()),
        &PassageConfig::default(),
        &Stop,
    );
    assert!(matches!(result, Err(Error::Interrupted)));
}

/// Articles cut from a few sources, edited here and there, of five outlets.
fn patchwork(articles: u64) -> Corpus {
    let sources: Vec<String> = (0..6).map(|i| prose(900 + i, 120)).collect();
    let article = |i: u64| {
        let pick = |salt: u64, n: usize| (seeds::mix(i * 31 + salt) % n as u64) as usize;
        let source: Vec<&str> = sources[pick(1, sources.len())].split(' ').collect();
        let from = pick(2, 60);
        let mut part: Vec<&str> = source[from..from + 20 + pick(3, 40)].to_vec();
        let edited = pick(4, part.len());
        part[edited] = "emended";
        Article {
            id: format!("{i:05}").into(),
            outlet: ["", "p", "q", "r", "s"][pick(5, 5)].into(),
            url: Default::default(),
            published: None,
            title: Default::default(),
            text: format!("{}\n{}\nRead on\nRead on", prose(i, 60), part.join(" ")).into(),
            lang: "en".into(),
            author: Default::default(),
            source: Position::record("made-up", i),
            notes: Default::default(),
            mending: None,
            furniture: None,
        }
    };
    crate::testing::by_id((0..articles).map(article).collect())
}

#[test]
fn the_passages_do_not_depend_on_the_number_of_threads() {
    let corpus = patchwork(400);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| found(&corpus))
    };
    let one = with(1);
    assert!(one.len() > 6);
    for threads in [2, 3, 7] {
        assert_eq!(with(threads), one, "{threads} threads");
    }
}

#[test]
fn ids_tell_passages_apart() {
    let mut ids: Vec<String> =
        found(&patchwork(400)).into_iter().map(|passage| passage.id).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

/// A word over and over makes each seed occur everywhere: the worst text there is.
#[test]
fn a_text_that_repeats_itself_without_end_is_done_with_in_time() {
    let texts = ["na ".repeat(30_000), "na ".repeat(30_000), "la li lu na ".repeat(8_000)];
    let corpus = corpus(&[("a", &texts[0]), ("b", &texts[1]), ("c", &texts[2])]);
    for passage in found(&corpus) {
        assert!(passage.occurrences.iter().all(|at| at.tokens > 0));
    }
}

#[test]
fn a_passage_in_very_many_articles_keeps_them_all() {
    let shared = prose(77, 60);
    let texts: Vec<(String, String)> = (0..2000_u64)
        .map(|i| {
            (format!("{i:05}"), format!("{} {shared}{}", prose(2 * i, 25), prose(2 * i + 1, 25)))
        })
        .collect();
    let articles: Vec<_> =
        texts.iter().map(|(id, text)| (id.as_str(), id.as_str(), text.as_str())).collect();
    let most = found(&corpus_of(&articles)).into_iter().map(|passage| passage.articles).max();
    assert_eq!(most, Some(2000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn spans_lie_on_token_boundaries_and_bytes_agree_with_characters(
        shared in "[a-dé东’“” .\n]{0,160}",
        other in prop::collection::vec("[a-dé东 .\n]{0,120}", 2..5),
    ) {
        let texts: Vec<(String, String)> = other
            .iter()
            .enumerate()
            .map(|(i, other)| (i.to_string(), format!("{other}{shared}{other}")))
            .collect();
        let articles: Vec<_> = texts.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
        let corpus = corpus(&articles);
        for passage in found(&corpus) {
            prop_assert!(passage.occurrences.is_sorted_by_key(|at| (at.doc, at.bytes)));
            prop_assert_eq!(passage.first().identity, 1.0);
            prop_assert_eq!(passage.first().tokens, passage.tokens);
            for at in &passage.occurrences {
                let text = &corpus.get(at.doc).text;
                let mut tokens = Vec::new();
                tokenise(text, &mut tokens);
                let first = tokens.iter().position(|token| token.start == at.bytes.start).unwrap();
                let last = tokens.iter().position(|token| token.end == at.bytes.end).unwrap();
                prop_assert_eq!(last + 1 - first, at.tokens as usize);
                prop_assert_eq!(text[..at.bytes.start as usize].chars().count(), at.chars.start as usize);
                prop_assert_eq!(text[..at.bytes.end as usize].chars().count(), at.chars.end as usize);
                prop_assert!((0.0..=1.0).contains(&at.identity));
            }
            for two in passage.occurrences.windows(2) {
                prop_assert!(two[0].doc != two[1].doc || two[0].bytes.end <= two[1].bytes.start);
            }
        }
        for shares in shares(&corpus, &found(&corpus)) {
            prop_assert!((0.0..=1.0).contains(&shares.copied));
            prop_assert!((0.0..=1.0).contains(&(shares.copied + shares.boilerplate)));
        }
    }
}

/// The passage stands in one article of four: a limit on how frequent a seed may be would lose it, and
/// each pair of its places for itself would take the square of their number.
#[test]
fn a_passage_in_a_quarter_of_the_articles_is_one_passage() {
    let shared = prose(999, 60);
    let shared = shared.trim_end_matches([' ', '.']);
    let articles: Vec<(String, String, String)> = (0..400)
        .map(|i| {
            let (before, after) = (prose(2 * i, 60), prose(2 * i + 1, 60));
            let middle = if i % 4 == 0 { shared } else { "" };
            let text = format!("{before}\n\n{middle}\n\n{after}");
            (format!("a{i:03}"), format!("outlet{}", i % 25), text)
        })
        .collect();
    let articles: Vec<(&str, &str, &str)> = articles
        .iter()
        .map(|(id, outlet, text)| (id.as_str(), outlet.as_str(), text.as_str()))
        .collect();
    let corpus = corpus_of(&articles);
    let passages = found(&corpus);
    let largest = passages.iter().max_by_key(|passage| passage.occurrences.len()).unwrap();
    let whole = |at: &&Occurrence| at.bytes.of(&corpus.get(at.doc).text).contains(shared);
    assert_eq!(largest.occurrences.iter().filter(whole).count(), 100);
    assert_eq!((largest.articles, largest.kind), (100, Kind::Syndicated));
}

#[test]
fn reworded_sentences_are_found_where_they_are_asked_for_with_any_number_of_threads() {
    let told = "Harbour masters counted seventeen rusted trawlers before the equinox gale. \
                Engineers repaired the shattered lighthouse lantern within forty minutes. \
                Fishermen from Ostrava praised the volunteers who hauled timber ashore. ";
    let retold = "Before that equinox gale seventeen trawlers, rusted, were counted by harbour masters. \
                  Within forty minutes the lighthouse lantern, shattered, was repaired by engineers. \
                  The volunteers who hauled ashore timber were praised by Ostrava fishermen. ";
    let text = |seed: u64, middle: &str| {
        format!("{}\n\n{middle}\n\n{}", prose(seed, 120), prose(seed + 1, 120))
    };
    let corpus = corpus_of(&[
        ("a", "x", &text(1, told)),
        ("b", "y", &text(3, retold)),
        ("c", "z", &prose(5, 240)),
    ]);
    assert_eq!(found(&corpus), []);
    let config = PassageConfig { reworded: true, ..PassageConfig::default() };
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| passages(&corpus, &crate::testing::statistics(&corpus), &config, &Silent))
            .unwrap()
    };
    let passages = with_threads(1);
    let trimmed = [told, retold].map(|text| text.trim_end_matches([' ', '.']));
    assert_eq!(seen(&corpus, &passages), [(Kind::Syndicated, trimmed.to_vec())]);
    assert_eq!(passages, with_threads(3));
}

/// Copied and boilerplate shares of every article.
fn shares_of(corpus: &Corpus) -> Vec<(f64, f64)> {
    let shares = shares(corpus, &found(corpus));
    shares.into_iter().map(|shares| (shares.copied, shares.boilerplate)).collect()
}

#[test]
fn words_of_an_articles_own_between_two_shared_stretches_are_not_copied() {
    let (before, after) = (prose(1, 60), prose(2, 60));
    let (one, other) = (prose(3, 40), prose(4, 40));
    let corpus = corpus_of(&[
        ("a", "x", &format!("{before}{one}{after}")),
        ("b", "y", &format!("{before}{other}{after}")),
    ]);
    for (copied, boilerplate) in shares_of(&corpus) {
        assert!((copied - 0.75).abs() < 0.02 && boilerplate == 0.0, "{copied} {boilerplate}");
    }
    // What was copied is still one act of copying.
    assert_eq!(
        reuse(&corpus, &crate::testing::statistics(&corpus), &PassageConfig::default(), &Silent)
            .unwrap()
            .alignments
            .len(),
        1
    );
}

#[test]
fn an_edit_of_a_few_words_is_copied_text() {
    let (before, after) = (prose(1, 60), prose(2, 60));
    let corpus = corpus_of(&[
        ("a", "x", &format!("{before}{}{after}", prose(3, 8))),
        ("b", "y", &format!("{before}{}{after}", prose(4, 8))),
    ]);
    assert_eq!(found(&corpus).len(), 1);
    assert!(shares_of(&corpus).iter().all(|&(copied, _)| copied == 1.0));
}

#[test]
fn what_two_articles_share_does_not_depend_on_who_else_has_a_part_of_it() {
    let line = prose(1, 21);
    let background = prose(2, 60);
    let others: Vec<String> = (0..7).map(|i| format!("{}\n\n{line}", prose(10 + i, 150))).collect();
    let two = [
        format!("{}\n\n{line}\n\n{background}", prose(20, 150)),
        format!("{}\n\n{line}\n\n{background}", prose(21, 150)),
    ];
    let told = |ids: [&str; 2]| {
        let mut articles: Vec<(String, &str)> =
            others.iter().enumerate().map(|(i, text)| (format!("m{i}"), text.as_str())).collect();
        articles.extend(ids.iter().zip(&two).map(|(id, text)| ((*id).to_owned(), text.as_str())));
        let outlet = |id: &str| if id == ids[1] { "blog" } else { "paper" };
        let articles: Vec<(&str, &str, &str)> =
            articles.iter().map(|(id, text)| (id.as_str(), outlet(id), *text)).collect();
        let corpus = corpus_of(&articles);
        let mut told: Vec<(Kind, u32, u32)> = found(&corpus)
            .iter()
            .map(|passage| (passage.kind, passage.tokens, passage.articles))
            .collect();
        told.sort_unstable();
        told
    };
    let all = told(["a0", "a1"]);
    for ids in [["a0", "z1"], ["z0", "z1"], ["z1", "a0"], ["m35", "z"], ["a", "m35"]] {
        assert_eq!(told(ids), all, "{ids:?}");
    }
}

#[test]
fn text_that_says_one_thing_over_and_over_is_one_repeated_passage() {
    let row = "Name 0 0 0 0 0 0 0 0 0 0\n".repeat(400);
    let phrase = "the quick desk reports again ".repeat(300);
    for (texts, times) in [(vec![&row, &row], 800), (vec![&phrase], 300)] {
        let ids = ["a", "b"];
        let articles: Vec<(&str, &str)> =
            ids.into_iter().zip(texts.iter().map(|text| text.as_str())).collect();
        let found = found(&corpus(&articles));
        let kinds: Vec<(Kind, usize)> =
            found.iter().map(|passage| (passage.kind, passage.occurrences.len())).collect();
        assert_eq!(kinds, [(Kind::Repeated, times)]);
    }
}

#[test]
fn a_copied_text_with_a_run_in_it_is_copied_throughout() {
    let text = format!("{}{}{}", prose(1, 80), "buy now ".repeat(200), prose(2, 80));
    let corpus = corpus_of(&[("a", "x", &text), ("b", "y", &text)]);
    assert!(shares_of(&corpus).iter().all(|&(copied, _)| copied == 1.0));
}

#[test]
fn an_interview_that_two_print_is_a_document() {
    let talk = format!("RUIZ: {}LIND: {}RUIZ: {}", prose(1, 24), prose(2, 24), prose(3, 24));
    let corpus = corpus_of(&[
        ("a", "x", &format!("{}\n\n{talk}\n\n{}", prose(4, 60), prose(5, 60))),
        ("b", "y", &format!("{}\n\n{talk}\n\n{}", prose(6, 60), prose(7, 60))),
    ]);
    assert_eq!(found(&corpus)[0].kind, Kind::Document);
    assert!(shares_of(&corpus).iter().all(|&(copied, _)| copied == 0.0));
}
