//! Difficult works in every format, and what must hold for all of them.

use biblatex::{Bibliography, ChunksExt as _};
use chrono::{DateTime, NaiveDate, Utc};
use cite::{Format, Work};
use content::{Counts, Language, Links, Paper, PaperId, Post, PostId, Record, RecordKey, Venue};
use proptest::prelude::*;

#[test]
fn difficult_works() {
    let works = works();
    for format in Format::ALL {
        insta::assert_snapshot!(format.suffix(), format.write(&works));
    }
    let lines = |write: fn(&Work) -> String| works.iter().map(write).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!("coins", lines(cite::coins));
    insta::assert_snapshot!("text", lines(cite::text));
}

#[test]
fn a_list_of_nothing_is_a_file() {
    assert_eq!(Format::Csl.write(&[]), "[]");
    assert_eq!(Format::Ris.write(&[]), "");
    assert_eq!(Format::Csv.write(&[]).lines().count(), 1);
    parsed_xml(&Format::Mods.write(&[]));
}

#[test]
fn spreadsheets_run_nothing() {
    let mut work = plain("=HYPERLINK(\"http://evil\")", &["@SUM(1)", "B"]);
    work.summary = "-1+1".into();
    let table = Format::Csv.write(&[work]);
    for cell in ["\"'=HYPERLINK(\"\"http://evil\"\")\"", "'@SUM(1); B", "'-1+1"] {
        assert!(table.contains(cell), "{cell} in {table}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever a title and a name are, each format is what its readers expect.
    #[test]
    fn anything_can_be_cited(title in TEXT, author in TEXT, other in "\\PC{0,12}", venue in proptest::option::of(TEXT)) {
        let mut work = plain(&title, &[&author, &other]);
        work.container = venue.clone();
        work.summary = title.clone();
        work.keywords = vec![author.clone()];
        work.kind = if venue.is_some() { cite::Kind::Conference } else { cite::Kind::Preprint };
        let works = [work.clone(), work];
        bibtex_is_sound(&Format::Bibtex.write(&works));
        ris_is_sound(&Format::Ris.write(&works));
        csv_is_sound(&Format::Csv.write(&works));
        parsed_xml(&Format::Mods.write(&works));
        let json: serde_json::Value = serde_json::from_str(&Format::Csl.write(&works)).expect("JSON");
        prop_assert_ne!(&json[0]["id"], &json[1]["id"]);
        prop_assert!(!Format::Markdown.write(&works).contains('\0'));
        prop_assert!(cite::coins(&works[0]).is_ascii());
    }

    /// What is prose in a title comes back from BibTeX as it was.
    #[test]
    fn prose_comes_back(title in "[A-Za-z%&_#{}~^\\\\é旋 ,.()=\"'-]{1,30}") {
        prop_assume!(tex::formulas(&title).is_empty() && !title.contains("--"));
        let file = Format::Bibtex.write(&[plain(&title, &["Ada Example"])]);
        let read = Bibliography::parse(&file).expect("BibTeX");
        let entry = read.iter().next().expect("an entry");
        let expected = title.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(entry.title().map(|title| title.format_verbatim()).unwrap_or_default(), expected, "{}", file);
    }
}

/// Texts with what could end a field, a line, an element or a formula.
const TEXT: &str = "([a-zA-Z]{1,5}|[{}\\\\$%&_#~^\"',;:=+@<>|`*\\[\\]()!-]| |\n|\r|\t|\0|\u{fffe}|\\\\\\(|\\\\\\)|\\$x_\\{1\\}\\$|\\\\begin\\{align\\}x\\\\end\\{align\\}|é|旋| and |, ){0,14}";

fn bibtex_is_sound(file: &str) {
    let read = Bibliography::parse(file).unwrap_or_else(|error| panic!("{error} in {file}"));
    assert_eq!(read.len(), 2, "{file}");
    // BibTeX itself counts braces behind a backslash, too.
    let depth = file.chars().fold(0_i32, |depth, c| {
        let depth = depth + i32::from(c == '{') - i32::from(c == '}');
        assert!(depth >= 0, "{file}");
        depth
    });
    assert_eq!(depth, 0, "{file}");
    let entry = read.iter().next().expect("an entry");
    if entry.get("author").is_some() {
        assert!(entry.author().expect("authors").len() <= 2, "{file}");
    }
    let ours = cite::bibtex::read(file);
    assert_eq!((ours.entries.len(), ours.rejected.len()), (2, 0), "{file}");
}

fn ris_is_sound(file: &str) {
    let lines: Vec<_> = file.split("\r\n").collect();
    assert!(!lines.concat().contains(['\r', '\n']), "{file:?}");
    for line in lines.iter().filter(|line| !line.is_empty()) {
        let (tag, rest) = line.split_at(2);
        assert!(tag.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()), "{line}");
        assert!(rest.starts_with("  - "), "{line}");
    }
    assert_eq!(lines.iter().filter(|line| line.starts_with("TY  - ")).count(), 2);
    assert_eq!(lines.iter().filter(|line| **line == "ER  - ").count(), 2);
}

/// Three lines of sixteen cells, read as RFC 4180 says.
fn csv_is_sound(file: &str) {
    let (mut cells, mut rows, mut quoted) = (1, Vec::new(), false);
    let mut rest = file.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells += 1,
            '\r' if !quoted && rest.next_if_eq(&'\n').is_some() => {
                rows.push(cells);
                cells = 1;
            }
            _ => (),
        }
    }
    assert_eq!(rows, [16, 16, 16], "{file}");
}

fn parsed_xml(file: &str) {
    let document = roxmltree::Document::parse(file).unwrap_or_else(|error| panic!("{error} in {file}"));
    let root = document.root_element();
    assert_eq!(
        (root.tag_name().name(), root.tag_name().namespace()),
        ("modsCollection", Some("http://www.loc.gov/mods/v3"))
    );
}

fn plain(title: &str, authors: &[&str]) -> Work {
    Work::of_paper(&paper(record("acl", "2024.acl-long.1", title, authors)), "https://ink.example/p".into())
}

fn works() -> Vec<Work> {
    let mut works: Vec<_> = records()
        .into_iter()
        .map(|record| {
            let page = format!("https://ink.example/{}", record.key.id);
            Work::of_paper(&paper(record), page)
        })
        .collect();
    works.push(Work::of_post(
        &post(),
        "https://ink.example/posts/rotary-position".into(),
        "Inkstone & Friends",
    ));
    works
}

fn records() -> Vec<Record> {
    let venue =
        |key: &str, year, name: &str| Some(Venue { key: key.into(), year, name: name.into(), group: None });
    let arxiv = |id: &str, title: &str, authors: &[&str]| record("arxiv", id, title, authors);
    let mut lora = arxiv(
        "2106.09685",
        "LoRA: Low-Rank Adaptation & $\\Delta W=BA$ at 5% cost",
        &["Edward J. Hu", "Shen, Yelong", "B. L. van der Waerden"],
    );
    lora.links = Links {
        doi: Some("10.48550/arXiv.2106.09685".into()),
        license: Some("https://creativecommons.org/licenses/by/4.0/".into()),
        ..Links::default()
    };
    lora.keywords = vec!["adapters".into(), "R&D".into()];
    lora.journal = Some("Phys. Rev. D 76, 013009 (2007)".into());
    let mut same = arxiv("2106.00001", "Low-rank <b>again</b>", &["Xiang Hu", "OpenAI"]);
    same.withdrawn = true;
    let mut conference =
        record("acl", "2024.acl-long.1", "Costs of \\$5 and {sets}", &["Martin King, Jr.", "Su Jianlin"]);
    conference.venue = venue("ACL", 2024, "Proceedings of the 62nd Annual Meeting & more");
    conference.links.page = Some("https://aclanthology.org/2024.acl-long.1".into());
    conference.links.pdf = Some("https://aclanthology.org/2024.acl-long.1.pdf".into());
    let mut journal = record("tmlr", "x:1", "变分自编码器与 \"BERT\"", &["苏剑林", "ATLAS Collaboration"]);
    journal.venue = venue("TMLR", 2023, "Transactions on Machine Learning Research");
    vec![lora, same, conference, journal, record("notes", "a/b", "=1+1", &[])]
}

fn record(source: &str, id: &str, title: &str, authors: &[&str]) -> Record {
    let key = RecordKey { source: source.into(), id: id.into(), version: "v1".into() };
    let date = NaiveDate::from_ymd_opt(2021, 6, 17).expect("a day");
    Record {
        authors: authors.iter().map(|name| (*name).to_owned()).collect(),
        summary: format!("We study $x_1$\n\n& more of “{title}”."),
        categories: vec!["cs.LG".into(), "cs.AI".into()],
        ..Record::new(key, title.into(), date)
    }
}

fn paper(shown: Record) -> Paper {
    let made_for = (shown.key.source.clone(), shown.key.id.clone());
    Paper { id: PaperId(7), made_for, shown, others: Vec::new(), counts: Counts::default() }
}

fn post() -> Post {
    let published: DateTime<Utc> = "2025-10-06T08:00:00Z".parse().expect("a time");
    Post {
        id: PostId(1),
        slug: "rotary-position".parse().expect("a slug"),
        title: "旋转位置编码与$e^{i\\theta}$".into(),
        body: String::new(),
        format: content::Format::Markdown,
        language: Language::Zh,
        author: "砚石".into(),
        owner: None,
        categories: vec!["数学".into()],
        tags: vec!["RoPE".into()],
        translation: None,
        published,
        updated: published,
        readers: 0,
        details: content::Details::default(),
    }
}
