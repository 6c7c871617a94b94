//! What is a credit, and whom it names.

use super::*;
use crate::observer::Silent;
use crate::passage::testing::corpus;

/// The credits of each text of a corpus: as they stand there, and whom they name.
fn named(texts: &[&str]) -> Vec<(String, String)> {
    let ids: Vec<String> = (0..texts.len()).map(|place| place.to_string()).collect();
    let articles: Vec<(&str, &str)> =
        ids.iter().map(String::as_str).zip(texts.iter().copied()).collect();
    let corpus = corpus(&articles);
    let tokens = Tokens::read(&corpus, &Silent).unwrap();
    let mut found: Vec<(Place, String)> = credits(&corpus, &tokens, &Credits::built_in(), None)
        .into_iter()
        .flat_map(|(group, names)| {
            let names = names.join("; ");
            group.into_iter().map(move |place| (place, names.clone()))
        })
        .collect();
    found.sort_unstable();
    let told = |(place, name): (Place, String)| {
        let text = texts[place.doc.index()];
        let mut read = Vec::new();
        tokenise(text, &mut read);
        let (first, last) = (place.span.start as usize, place.span.end as usize - 1);
        (text[read[first].start as usize..read[last].end as usize].to_owned(), name)
    };
    found.into_iter().map(told).collect()
}

/// The credits of a text, as they stand in it.
fn found(text: &str) -> Vec<String> {
    named(&[text]).into_iter().map(|(credit, _)| credit).collect()
}

/// The one credit of a text and whom it names.
fn one(text: &str) -> (String, String) {
    let found = named(&[text]);
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

#[test]
fn an_agency_in_the_dateline_or_at_a_lines_end() {
    assert_eq!(found("LONDON (Reuters) - A ship sank."), ["LONDON (Reuters"]);
    assert_eq!(found("London (Reuters) A ship sank."), ["Reuters"]);
    assert_eq!(found("A ship sank. (Associated Press)\nMore."), ["Associated Press"]);
    assert_eq!(found("LONDON - Reuters said that a ship sank."), [""; 0]);
    assert_eq!(found("The ship was insured by Reuters"), [""; 0]);
    let late = "word ".repeat(60);
    assert_eq!(found(&format!("{late}the agency (Reuters) and others")), [""; 0]);
}

#[test]
fn a_line_that_names_its_source() {
    let pair = |credit: &str, name: &str| (credit.to_owned(), name.to_owned());
    assert_eq!(
        one("Story.\n\nResourced from Il Giornale\n\nMore"),
        pair("Resourced from Il Giornale", "Il Giornale")
    );
    assert_eq!(
        one("Source: Bureau of Statistics"),
        pair("Source: Bureau of Statistics", "Bureau of Statistics")
    );
    assert_eq!(found("Source of the Nile"), [""; 0]);
    assert_eq!(one("By The Associated Press\nText."), pair("By The Associated Press", "AP"));
    // Persons are no source.
    assert_eq!(
        one("(Reporting by Ann Ex and Bo Wye; Editing by Cy Zed)"),
        pair("Reporting by Ann Ex and Bo Wye; Editing by Cy Zed", "")
    );
    assert_eq!(found("resourced from"), [""; 0]);
}

#[test]
fn credits_are_known_in_several_languages() {
    for (text, name) in [
        ("Ein Schiff sank.\n\nMit Material der dpa", "dpa"),
        ("Ein Schiff sank. (dpa/Reuters)", "dpa; Reuters"),
        ("Un navire a coulé.\n\nAvec AFP", "AFP"),
        ("Un navire a coulé (avec AFP et Reuters)", "AFP; Reuters"),
        ("Un barco se hundió.\nCon información de EFE", "EFE"),
        ("Una nave è affondata. (ANSA).", "ANSA"),
        ("Um navio afundou.\nCom informações da Agência Brasil", "Agência Brasil"),
        ("Un barco se hundió. (Agencia Norte)", "Agencia Norte"),
        ("Una nave.\n\nFonte: Il Porto", "Il Porto"),
        ("Potopila se loď. (ČTK)", "ČTK"),
        ("Et skip sank.\n\nNTB", "NTB"),
        ("Судно затонуло. (ТАСС)", "TASS"),
        ("A ship sank. (Havenmouth News Agency)", "Havenmouth News Agency"),
        ("This story was originally published by the Ex Post", "Ex Post"),
    ] {
        assert_eq!(one(text).1, name, "{text}");
    }
    // In the midst of a sentence these are words like others.
    assert_eq!(found("Sie kam mit Material der Bahn und ging"), [""; 0]);
    assert_eq!(found("El presidente (EFE es una agencia) dijo que"), [""; 0]);
}

#[test]
fn whose_rights_are_reserved_is_a_credit() {
    assert_eq!(
        one("Text.\n\n© 2024 The Ex Times. All rights reserved."),
        ("2024 The Ex Times. All rights reserved".to_owned(), String::new())
    );
    let long = "© 2024 AFP. All rights reserved. This material may not be published or rewritten";
    assert_eq!(one(long).1, "AFP");
    assert_eq!(one("Copyright 2024 AFP. Tous droits réservés").1, "AFP");
    assert_eq!(found("The union wants all rights reserved"), [""; 0]);
}

#[test]
fn an_agency_of_two_datelines_is_known_throughout() {
    let texts = [
        "KESSORY (TNA) — The river rose.",
        "Menu | Home\n\nPELL SOUND (TNA) – A storm came.",
        "The bridge closed. (TNA)",
        "ORRIN FALLS (QXZ) — A barn burned.",
        "A barn burned. (QXZ)",
    ];
    let found = named(&texts);
    let found: Vec<(&str, &str)> =
        found.iter().map(|(credit, name)| (credit.as_str(), name.as_str())).collect();
    assert_eq!(
        found,
        [
            ("KESSORY (TNA", "TNA"),
            ("PELL SOUND (TNA", "TNA"),
            ("TNA", "TNA"),
            ("ORRIN FALLS (QXZ", "QXZ")
        ]
    );
}

#[test]
fn a_closing_sentence_without_what_stands_before_it() {
    assert_eq!(
        found("It sank in May. Ann B. Ex of The Post contributed to this report."),
        ["Ann B. Ex of The Post contributed to this report"]
    );
    assert_eq!(
        found("It sank. Ex.com's Ann Wye contributed to this report"),
        ["Ex.com's Ann Wye contributed to this report"]
    );
    for (sentence, names) in [
        ("Ana Ruiz of Ex News contributed to this report, along with The Associated Press.", "AP"),
        ("Ana Ruiz contributed to this story, as well as AFP and Reuters.", "AFP; Reuters"),
        ("Information from Reuters was used in this report.", "Reuters"),
        ("The Associated Press contributed reporting to this story.", "AP"),
        ("The Associated Press contributed this report.", "AP"),
    ] {
        let (credit, named) = one(&format!("It sank in May. {sentence}"));
        assert_eq!((credit.as_str(), named.as_str()), (sentence.trim_end_matches('.'), names));
    }
    for (line, names) in [
        ("This report contains material from The Associated Press.", "AP"),
        ("This story includes reporting from the Associated Press.", "AP"),
        ("This story is based on reporting by The Associated Press.", "AP"),
        ("This article contains material from the Ex Post.", "Ex Post"),
    ] {
        assert_eq!(one(&format!("It sank in May.\n\n{line}")).1, names, "{line}");
    }
    assert_eq!(found("The data was used in the report. It went on, along with Reuters"), [""; 0]);
    let long = format!("{} contributed to this report", "word ".repeat(50));
    assert_eq!(found(&long), [""; 0]);
}

#[test]
fn a_person_with_an_agency_is_a_credit() {
    for byline in [
        "By Ana Ruiz, Associated Press",
        "By ANA RUIZ, KEVIN LIND and Bo de Wye, Associated Press",
        "Ana Ruiz | AP",
        "By Ana Ruiz - The Associated Press",
        "By Ana Ruiz, Associated Press Writer",
        "Ana Ruiz, AP White House Correspondent",
        "Par Ana Ruiz, AFP",
    ] {
        let text = format!("A ship sank.\n\n{byline}\n\nMore of the story.");
        let (credit, name) = one(&text);
        assert_eq!(credit, byline);
        assert!(name == "AP" || name == "AFP", "{byline}: {name}");
    }
    for other in [
        "The group AP was mentioned here.",
        "GOP senators losing patience with House",
        "He was born by the sea, ap",
        "Officials told Ana Ruiz, AP",
        "By Ana Ruiz, Daily Ferry",
        "Ana Ruiz AP",
    ] {
        assert_eq!(found(&format!("A ship sank.\n\n{other}\n\nMore.")), [""; 0], "{other}");
    }
}

#[test]
fn who_took_a_picture_is_no_source_of_the_text() {
    for line in ["Ana Ruiz/AP", "Ana Ruiz / Reuters"] {
        assert_eq!(
            one(&format!("A ship sank.\n\n{line}\n\nMore.")),
            (line.to_owned(), String::new())
        );
    }
    assert_eq!(one("A ship sank.\n\nBy Ana Ruiz/AP\n\nMore.").1, "AP");
}

#[test]
fn what_follows_a_label_may_be_no_name() {
    let headline = "Source: Senators losing patience with the other house";
    assert_eq!(one(headline), (headline.to_owned(), String::new()));
    let day = "This story was originally published on May 23, 2013";
    assert_eq!(one(day), (day.to_owned(), String::new()));
    assert_eq!(one("Originally published on the Ex Post on June 3, 2013").1, "Ex Post");
    assert_eq!(one("Source: The Ex Post").1, "The Ex Post");
}

#[test]
fn the_source_of_a_chart_is_not_that_of_the_text() {
    let around = "word ".repeat(30);
    let credit = |line: &str| one(&format!("{around}\n\n{line}\n\n{around}"));
    assert_eq!(credit("Source: Bureau of Statistics").1, "");
    assert_eq!(credit("Source: Reuters").1, "Reuters");
    assert_eq!(one(&format!("{around}\n\nSource: Ex Post\n\nRead more with us")).1, "Ex Post");
    assert_eq!(one("A ship sank.\n\nCourtesy of Ana Ruiz").1, "", "who lends a picture");
    assert_eq!(one("A ship sank.\n\nCourtesy of AFP").1, "AFP");
}

#[test]
fn equal_credits_are_one_group() {
    let corpus = corpus(&[("a", "Oslo (AFP) Snow."), ("b", "Rome (afp) Rain."), ("c", "(AP)")]);
    let tokens = Tokens::read(&corpus, &Silent).unwrap();
    let found = credits(&corpus, &tokens, &Credits::built_in(), None);
    let mut sizes: Vec<(usize, &str)> =
        found.iter().map(|(group, names)| (group.len(), names[0].as_str())).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [(1, "AP"), (2, "AFP")]);
}
