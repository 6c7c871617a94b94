use super::*;
use crate::article::Article;
use crate::observer::Silent;
use crate::passage::Occurrence;
use crate::testing::by_id;

/// A passage of this kind that stands where each of these stretches stands in the article of its name.
fn passage(corpus: &Corpus, kind: Kind, stretches: &[(&str, &str)]) -> Passage {
    let occurrence = |&(id, words): &(&str, &str)| {
        let doc = corpus.find(id).unwrap();
        let text = &corpus.get(doc).text;
        let start = text.find(words).unwrap();
        let mut tokens = Vec::new();
        tokenise(words, &mut tokens);
        let chars = text[..start].chars().count() as u32;
        let end = start + tokens.last().unwrap().end as usize;
        Occurrence {
            doc,
            bytes: ByteSpan { start: start as u32, end: end as u32 },
            chars: CharSpan { start: chars, end: chars + words.chars().count() as u32 },
            tokens: tokens.len() as u32,
            identity: 1.0,
        }
    };
    let occurrences: Vec<Occurrence> = stretches.iter().map(occurrence).collect();
    Passage {
        id: "p".into(),
        kind,
        tokens: occurrences[0].tokens,
        articles: occurrences.len() as u32,
        outlets: 2,
        occurrences,
        first: 0,
        names: Vec::new(),
    }
}

fn corpus(texts: &[(&str, &str)]) -> Corpus {
    by_id(texts.iter().map(|(id, text)| Article::new(*id, *text)).collect())
}

/// What is left of every article that loses something, and all that is known of it.
fn left(
    corpus: &Corpus,
    passages: &[Passage],
    scrub: &str,
    max_loss: f64,
) -> (Vec<(String, String)>, Cuts) {
    let families = Families::new(Vec::new(), corpus.len());
    let scrub = scrub.parse().unwrap();
    let cuts = cuts(corpus, &families, passages, scrub, max_loss, &Silent).unwrap();
    let without = |cuts: &[Cut]| {
        let article = corpus.get(cuts[0].doc);
        let (mut left, mut done) = (String::new(), 0);
        for cut in cuts {
            left.push_str(&article.text[done..cut.bytes.start as usize]);
            done = cut.bytes.end as usize;
        }
        left.push_str(&article.text[done..]);
        (article.id.to_string(), left)
    };
    (cuts.by_article().map(without).collect(), cuts)
}

const WIRE: &str = "The ferry ran aground at dawn. All ninety on board were saved by boats.";

#[test]
fn syndicated_sentences_stay_where_they_stood_first() {
    let texts = [
        ("a", WIRE.to_owned()),
        ("b", format!("Our reporter was there.\n\n{WIRE} The mayor wept.")),
        ("c", format!("{WIRE}\n\nNobody knows why.")),
    ];
    let corpus = corpus(&texts.each_ref().map(|(id, text)| (*id, text.as_str())));
    let all = [("a", WIRE), ("b", WIRE), ("c", WIRE)];
    let (texts, cuts) =
        left(&corpus, &[passage(&corpus, Kind::Syndicated, &all)], "syndicated", 0.2);
    let of = |id: &str, text: &str| (id.to_owned(), text.to_owned());
    let expected =
        [of("b", "Our reporter was there.\n\nThe mayor wept."), of("c", "Nobody knows why.")];
    assert_eq!(texts, expected);
    assert_eq!((cuts.articles, cuts.emptied, cuts.tokens, cuts.syndicated), (2, 0, 28, 28));
    assert_eq!(cuts.all()[0].passage, Some(0));
    // Without the first one, it stays in the next.
    let (texts, _) = left(&corpus, &[passage(&corpus, Kind::Syndicated, &all[1..])], "both", 0.2);
    assert_eq!(texts, [of("c", "Nobody knows why.")]);
    let (texts, _) = left(&corpus, &[passage(&corpus, Kind::Quotation, &all)], "both", 0.2);
    assert_eq!(texts, []);
}

#[test]
fn a_sentence_of_its_own_inside_a_passage_stays() {
    let own = "The ferry ran aground at dawn. Its captain, asked by us, said nothing. All ninety on \
               board were saved by boats.";
    let begun = "Up north the ferry ran aground at dawn. All ninety on board were saved by boats.";
    let changed = "The ferry ran aground at dusk. All ninety on board were saved by boats.";
    let corpus = corpus(&[("a", WIRE), ("b", own), ("c", begun), ("d", changed)]);
    let all = [("a", WIRE), ("b", own), ("c", &begun[9..]), ("d", changed)];
    let passages = [passage(&corpus, Kind::Syndicated, &all)];
    let texts = |max_loss| left(&corpus, &passages, "syndicated", max_loss).0;
    let of = |id: &str, text: &str| (id.to_owned(), text.to_owned());
    let expected = [
        of("b", "Its captain, asked by us, said nothing."),
        // Words before it are the article's own.
        of("c", "Up north the ferry ran aground at dawn."),
    ];
    assert_eq!(texts(0.0)[..2], expected);
    assert_eq!(texts(0.0)[2], of("d", "The ferry ran aground at dusk."));
    // One pair of five is its own.
    assert_eq!(texts(0.2)[2], of("d", ""));
    assert_eq!(left(&corpus, &passages, "syndicated", 0.2).1.emptied, 1);
}

#[test]
fn what_was_cut_is_no_reason_to_cut() {
    // B has the passage from A; what C shares with B alone stays in B, and goes from C.
    let (one, two) = ("Ninety were saved by boats.", "The captain was questioned later.");
    let both = format!("{one} {two}");
    let corpus = corpus(&[("a", one), ("b", &both), ("c", &both)]);
    let passages = [
        passage(&corpus, Kind::Syndicated, &[("a", one), ("b", one)]),
        passage(&corpus, Kind::Syndicated, &[("b", &both), ("c", &both)]),
    ];
    let (texts, _) = left(&corpus, &passages, "syndicated", 0.2);
    let of = |id: &str, text: &str| (id.to_owned(), text.to_owned());
    // The second passage has lost its first sentence in B, so that of C is the only one of its kind.
    assert_eq!(texts, [of("b", two), of("c", one)]);
}

#[test]
fn boilerplate_goes_everywhere() {
    let menu = "Sign up here";
    let texts = [
        ("a", format!("One story.\n{menu}\n")),
        ("b", format!("Another story.\n{menu}\n")),
        ("c", menu.to_owned()),
    ];
    let mut articles: Vec<Article> =
        texts.iter().map(|(id, text)| Article::new(*id, text.as_str())).collect();
    articles[0].furniture = Some([ByteSpan { start: 0, end: 10 }].into());
    let corpus = by_id(articles);
    let all = [("a", menu), ("b", menu), ("c", menu)];
    let passages = [passage(&corpus, Kind::Boilerplate, &all)];
    let (texts, cuts) = left(&corpus, &passages, "boilerplate", 0.0);
    let of = |id: &str, text: &str| (id.to_owned(), text.to_owned());
    assert_eq!(texts, [of("a", ""), of("b", "Another story."), of("c", "")]);
    assert_eq!((cuts.tokens, cuts.syndicated, cuts.emptied), (11, 0, 2));
    assert_eq!(left(&corpus, &passages, "syndicated", 0.0).1, Cuts::default());
    // A sentence that one article alone has is no boilerplate.
    let (texts, _) =
        left(&corpus, &[passage(&corpus, Kind::Boilerplate, &all[..1])], "boilerplate", 0.0);
    assert_eq!(texts, [of("a", "Sign up here\n")]);
}

#[test]
fn articles_that_others_are_held_against_are_not_cut() {
    let old = Article::new("a", WIRE).as_reference();
    let corpus = by_id(vec![old, Article::new("b", WIRE).as_reference(), Article::new("c", WIRE)]);
    let all = [("a", WIRE), ("b", WIRE), ("c", WIRE)];
    let (texts, _) = left(&corpus, &[passage(&corpus, Kind::Syndicated, &all)], "both", 0.2);
    assert_eq!(texts, [("c".to_owned(), String::new())]);
}
