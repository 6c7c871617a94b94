//! Whole evaluations: tables and labels in a folder, scores out.

use std::fs;

use tempfile::TempDir;

use super::*;

const ARTICLES: &str = "id,outlet,family_id,story_id\na,x,f,s\nb,y,f,s\nc,x,,t\nd,y,,t\ne,z,,u\n";

/// A folder with a run of five articles: {a b}{c d}{e} by story, {a b} by family.
fn run(gold: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, content: &str| fs::write(folder.path().join(name), content).unwrap();
    write("articles.csv", ARTICLES);
    write("pairs.csv", "id_a,id_b,jaccard\na,b,0.9\nc,e,0.8\n");
    write(
        "occurrences.csv",
        "passage_id,id,start,end,identity\np,a,0,40,1\np,b,10,50,1\np,e,0,40,1\nq,c,0,9,1\nq,d,0,9,1\n",
    );
    write("gold", gold);
    folder
}

fn scores(gold: &str, what: Option<Labels>, list: Option<&str>) -> Result<Scores> {
    let folder = run(gold);
    let list = list.map(|list| {
        fs::write(folder.path().join("list"), list).unwrap();
        folder.path().join("list")
    });
    evaluate(folder.path(), &folder.path().join("gold"), what, list.as_deref())
}

#[test]
fn stories_and_families_of_one_run() {
    let gold = "cluster,id\n1,a\n1,b\n2,c\n3,d\n3,gone\n";
    let Scores::Clusters { labels, labelled, absent, scores: stories } =
        scores(gold, None, None).unwrap()
    else {
        panic!("no clusters")
    };
    assert_eq!((labels, labelled, absent), (Labels::Stories, 5, 1));
    // {a b}{c d} against {a b}{c}{d}: one half of four articles has a stranger beside it.
    assert_eq!(stories.b_cubed, PrecisionRecall::new(0.75, 1.0));
    assert_eq!((stories.articles, stories.labelled_clusters, stories.run_clusters), (4, 3, 2));
    let Scores::Clusters { scores: families, .. } =
        scores(gold, Some(Labels::Families), None).unwrap()
    else {
        panic!("no clusters")
    };
    // c and d are in no family, so each is alone.
    assert_eq!(families.b_cubed.f1, 1.0);
}

#[test]
fn reported_pairs_and_pairs_within_a_family() {
    let gold = "id_a,id_b,label\nb,a,0.95\nc,e,0\nc,d,0.6\na,gone,0.9\n";
    let Scores::Pairs { labelled, absent, scores } = scores(gold, None, None).unwrap() else {
        panic!("no pairs")
    };
    assert_eq!((labelled, absent, scores.scored, scores.positive), (4, 1, 3, 2));
    // ab and ce reported, ab right; cd missed.
    assert_eq!(scores.pairs, PrecisionRecall::new(0.5, 0.5));
    assert_eq!(scores.families, PrecisionRecall::new(1.0, 0.5));
    assert_eq!(scores.grades.len(), 3);
}

/// a→b 0..40 to 10..50, found to the character; c→d is detected in a pair that no label names.
const PASSAGES: &str = concat!(
    r#"{"src_id":"b","src_start":10,"src_len":40,"dst_id":"a","dst_start":0,"dst_len":40,"kind":"light"}"#,
    "\n",
    r#"{"src_id":"a","src_start":0,"src_len":40,"dst_id":"e","dst_start":50,"dst_len":40,"kind":"heavy"}"#,
    "\n",
    r#"{"src_id":"a","src_start":0,"src_len":40,"dst_id":"gone","dst_start":50,"dst_len":40}"#,
);

#[test]
fn passages_in_the_pairs_that_labels_name() {
    let Scores::Passages { labelled, absent, article_pairs, overall, kinds, coverage, .. } =
        scores(PASSAGES, None, None).unwrap()
    else {
        panic!("no passages")
    };
    assert_eq!((labelled, absent, article_pairs), (3, 1, 2));
    // a-b found whole; a-e detected beside its case: precision (1 + 0)/2, recall (1 + 0)/2.
    assert_eq!(overall.characters, PrecisionRecall::new(0.5, 0.5));
    assert_eq!(overall.plagdet, 0.5);
    let names: Vec<(&str, f64)> =
        kinds.iter().map(|k| (k.kind.as_str(), k.scores.plagdet)).collect();
    assert_eq!(names, [("heavy", 0.0), ("light", 1.0)]);
    // Labelled: a 0..40, b 10..50, e 50..90; detected: a 0..40, b 10..50, e 0..40.
    let coverage = coverage.unwrap();
    assert_eq!((coverage.precision, coverage.recall), (80.0 / 120.0, 80.0 / 120.0));
}

#[test]
fn passages_within_a_list_of_pairs() {
    let Scores::Passages { unlisted, article_pairs, overall, coverage, .. } =
        scores(PASSAGES, None, Some("src_id,dst_id\na,b\nc,d\n")).unwrap()
    else {
        panic!("no passages")
    };
    assert_eq!((unlisted, article_pairs), (1, 2));
    // a-b found whole; c-d is listed without a label, so its detection is wrong.
    assert_eq!(overall.characters, PrecisionRecall::new(0.5, 1.0));
    assert_eq!(coverage, None);
}

#[test]
fn what_cannot_be_scored_is_said() {
    let fault = |gold: &str, what, list| scores(gold, what, list).unwrap_err().to_string();
    assert!(fault("id,cluster\nx,1\n", None, None).contains("has none of the articles labelled"));
    assert!(fault(PASSAGES, Some(Labels::Stories), None).starts_with("labels: "));
    assert!(fault("id,cluster\na,1\n", None, Some("id_a,id_b\n")).starts_with("pairs: "));
    let folder = run("id,cluster\na,1\n");
    fs::write(folder.path().join("articles.csv"), "id,family_id,story_id\na,f,\n").unwrap();
    let gold = folder.path().join("gold");
    let error = evaluate(folder.path(), &gold, None, None).unwrap_err().to_string();
    assert!(error.ends_with("the run has no stories; its families can be scored"), "{error}");
    assert!(evaluate(folder.path(), &gold, Some(Labels::Families), None).is_ok());
}

#[test]
fn scores_read_well_and_serialise() {
    let shown = scores("id,cluster\na,1\nb,1\nc,2\nd,3\ngone,3\n", None, None).unwrap();
    assert_eq!(
        shown.to_string(),
        "stories: 4 of 5 labelled articles scored\n\
         1 not scored: absent from the run\n\
         3 clusters in the labels, 2 in the run\n\
         \u{20}                precision    recall        F1\n\
         B3                  0.7500    1.0000    0.8571\n\
         pairwise            0.5000    1.0000    0.6667\n\
         \u{20}                 homogen. complete.         V\n\
         V-measure           0.6667    1.0000    0.8000\n\
         adjusted Rand       0.5714\n"
    );
    let json = serde_json::to_value(&shown).unwrap();
    assert_eq!(json["kind"], "clusters");
    assert_eq!(json["labels"], "stories");
    assert_eq!(json["b_cubed"]["precision"], 0.75);
    let json = serde_json::to_value(scores(PASSAGES, None, None).unwrap()).unwrap();
    assert_eq!(json["overall"]["plagdet"], 0.5);
    assert_eq!(json["kinds"][1]["kind"], "light");
    assert_eq!(json["coverage"]["recall"], 80.0 / 120.0);
}
