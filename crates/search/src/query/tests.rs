use super::*;

/// Clauses in order: `a+b=ab` a compound, `a|b` a run, `"a b"` a phrase, `a*` a prefix, `!` before what is required
/// although it is a plain word, `-` before what is excluded, `[a ; b]` alternatives, `(a b)` all of several.
fn check(text: &str, expected: &str, hints: &[Hint]) {
    let query = Query::parse(text);
    assert_eq!(all(&query.clauses), expected, "{text:?}");
    assert_eq!(query.hints(), hints, "{text:?}");
}

fn all(clauses: &[Clause]) -> String {
    clauses.iter().map(show).collect::<Vec<_>>().join(" ")
}

fn show(clause: &Clause) -> String {
    let mark = match (clause.demand, clause.node.demand()) {
        (Demand::Excluded, _) => "-",
        (Demand::Required, Demand::Wanted) => "!",
        _ => "",
    };
    format!("{mark}{}", node(&clause.node))
}

fn node(node: &Node) -> String {
    match node {
        Node::Chunk(scope, chunk) => {
            format!("{}{}", field(*scope), chunk.groups.iter().map(group).collect::<Vec<_>>().join(","))
        }
        Node::Phrase(scope, words) => format!("{}{:?}", field(*scope), texts(words, " ")),
        Node::Author(name) => {
            format!("au:{}", name.readings[0].iter().map(|keys| &*keys[0]).collect::<Vec<_>>().join("&"))
        }
        Node::Filter(filter) => format!("{filter:?}"),
        Node::All(clauses) => format!("({})", all(clauses)),
        Node::Any(alternatives) => {
            format!("[{}]", alternatives.iter().map(|clauses| all(clauses)).collect::<Vec<_>>().join(" ; "))
        }
    }
}

fn field(scope: Scope) -> &'static str {
    match scope {
        Scope::Anywhere => "",
        Scope::Title => "ti:",
        Scope::Abstract => "abs:",
    }
}

fn group(group: &Group) -> String {
    match group {
        Group::Compound { parts, joined: None } => texts(parts, "+"),
        Group::Compound { parts, joined: Some(joined) } => format!("{}={}", texts(parts, "+"), joined.text),
        Group::Run { pairs, .. } => texts(pairs, "|"),
        Group::Character(word) => format!("({})", word.text),
        Group::Prefix(prefix) => format!("{prefix}*"),
    }
}

fn texts(words: &[Word], joint: &str) -> String {
    words.iter().map(|word| &*word.text).collect::<Vec<_>>().join(joint)
}

#[test]
fn words_and_compounds() {
    check("", "", &[]);
    check(" . , ", "", &[]);
    check("neural networks", "neural network", &[]);
    check("low-rank GPT4", "low+rank=lowrank gpt+4=gpt4", &[]);
    check("C++ L_2", "c++ l+2=l2", &[]);
    check("旋转位置 的", "旋转|转位|位置 (的)", &[]);
    check("LoRA-GA的$W_0$初始化", "lora+ga=loraga,(的),w+0=w0,初始|始化", &[]);
    check(r"\alpha-divergence $\alpha$ α", "alpha,diverg alpha alpha", &[]);
    check("$a b (c$ d", "a,b,c d", &[]);
}

#[test]
fn phrases_and_exclusions() {
    check("\"neural networks\"", "\"neural network\"", &[]);
    check("“旋转位置” x", "\"旋转 转位 位置\" x", &[]);
    check("a -b -\"c d\"", "a -b -\"c d\"", &[]);
    check("a - b --c", "a b c", &[]);
    check("say\"a b\"c", "say \"a b\" c", &[]);
    check("\"\"", "", &[]);
    check("a -(b c)", "a -(b c)", &[]);
    check("a NOT b", "a -b", &[]);
    check("a NOT NOT b", "a b", &[]);
    check("a -ti:b", "a -ti:b", &[]);
}

#[test]
fn operators_and_parentheses() {
    check("a AND b", "!a !b", &[]);
    check("a OR b", "[a ; b]", &[]);
    check("a b OR c d", "[a b ; c d]", &[]);
    check("a (b OR c)", "a [b ; c]", &[]);
    check("(a OR b) AND NOT (c OR \"d e\")", "[a ; b] -[c ; \"d e\"]", &[]);
    check("((a b))", "a b", &[]);
    check("what (is) f(x) of O(n log n)?", "what is f,x of o,n log n", &[]);
    check("（a OR b）", "[a ; b]", &[]);
    check("and or not", "and or not", &[]);
    check("a)", "a", &[]);
    check("()", "", &[]);
    check("a () b", "a b", &[]);
}

#[test]
fn fields() {
    check("ti:networks", "ti:network", &[]);
    check("ti:\"neural networks\"", "ti:\"neural network\"", &[]);
    check("ti: networks", "ti:network", &[]);
    check("Ti:networks", "ti:network", &[]);
    check("title：旋转", "ti:旋转", &[]);
    check("ti:(a OR b) c", "[ti:a ; ti:b] c", &[]);
    check("abs:(a \"b c\")", "abs:a abs:\"b c\"", &[]);
    check("au:\"Su, Jianlin\"", "au:jianlin su", &[]);
    check("au:su", "au:su", &[]);
    check("cat:cs.LG", r#"Category("cs.lg")"#, &[]);
    check("cat:(cs.LG OR cs.CL)", r#"[Category("cs.lg") ; Category("cs.cl")]"#, &[]);
    check("venue:ICLR.2024 x", r#"Venue("iclr") Years(2024..=2024) x"#, &[]);
    check("-venue:iclr", r#"-Venue("iclr")"#, &[Hint::OnlyExcluded]);
    check("id:2401.01234v2", r#"Identifier(["2401.01234"])"#, &[]);
    check("in:answer x", "Kind(Answer) x", &[]);
    check("BERT: pre-training", "bert pre+train=pretrain", &[]);
    check("https://example.com/a", "http,exampl,com,a", &[]);
    check("Date: a story", "date a stori", &[]);
}

#[test]
fn prefixes() {
    check("adapt*", "adapt*", &[]);
    check("multi-ag*", "multi,ag*", &[]);
    check("ti:net*", "ti:net*", &[]);
    check("旋转*", "旋转", &[]);
    check("a*", "a", &[Hint::ShortPrefix]);
    check("*", "", &[]);
    check("*ing", "ing", &[Hint::StarInFront]);
    check("aa* bb* cc* dd* ee* ff*", "aa* bb* cc* dd* ee ff", &[Hint::TooManyPrefixes]);
    check("\"neural net*\"", "\"neural net\"", &[]);
}

#[test]
fn bad_queries_get_hints() {
    check("\"a b", "a b", &[Hint::UnclosedQuote]);
    check("(a OR b", "[a ; b]", &[Hint::UnclosedParenthesis]);
    check("a OR", "a", &[Hint::Dangling("OR")]);
    check("OR a", "a", &[Hint::Dangling("OR")]);
    check("a AND", "!a", &[Hint::Dangling("AND")]);
    check("AND a", "!a", &[Hint::Dangling("AND")]);
    check("a NOT", "a", &[Hint::Dangling("NOT")]);
    check("NOT OR a", "a", &[Hint::Dangling("NOT"), Hint::Dangling("OR")]);
    check("ti:", "ti", &[]);
    check("ti: ", "ti", &[]);
    check("ti: OR a", "a", &[Hint::NoValue("ti"), Hint::Dangling("OR")]);
    check("year:soon", "soon", &[Hint::BadValue { field: "year", value: "soon".into() }]);
    check("-a", "-a", &[Hint::OnlyExcluded]);
    let query = Query::parse(&"word ".repeat(200));
    assert_eq!(query.hints(), [Hint::TooLong, Hint::TooManyWords]);
    assert_eq!(query.clauses.len(), MOST_WORDS);
    assert_eq!(Query::parse(&"字".repeat(512)).hints(), [Hint::TooManyWords]);
}

#[test]
fn titles_are_compared() {
    let check = |text: &str, key: &str, words: usize| {
        let query = Query::parse(text);
        assert_eq!((&*query.title_key, query.words.len()), (key, words), "{text:?}");
        assert_eq!(query.has_minus, text.contains(" -"), "{text:?}");
    };
    check("Attention Is All You Need", "attentionisallyouneed", 5);
    check("\"Why Should I Trust You?\"", "whyshoulditrustyou", 5);
    check("GANs AND (VAEs)", "gansandvaes", 0);
    check("WHY NOT LEARN", "whynotlearn", 0);
    check("attention -images", "attentionimages", 0);
    check("ti:attention", "tiattention", 0);
}

#[test]
fn parts_say_how_a_query_was_read() {
    let parts = |text: &str| {
        let parts = Query::parse(text).parts();
        let shown = parts.iter().map(|part| {
            format!(
                "{:?}{} {} | {}",
                part.reading,
                if part.excluded { "-" } else { "" },
                part.value,
                part.without
            )
        });
        shown.collect::<Vec<_>>()
    };
    assert_eq!(
        parts("ti:\"spectral norm\" momentum year:2023..2026 -quantisation"),
        [
            "Title spectral norm | momentum year:2023..2026 -quantisation",
            "Words momentum | ti:\"spectral norm\" year:2023..2026 -quantisation",
            "Year 2023..2026 | ti:\"spectral norm\" momentum -quantisation",
            "Words- quantisation | ti:\"spectral norm\" momentum year:2023..2026",
        ]
    );
    assert_eq!(
        parts("venue:ICLR.2024 NOT (a OR b)"),
        ["Venue ICLR.2024 | NOT (a OR b)", "Group- (a OR b) | venue:ICLR.2024"]
    );
    assert_eq!(parts("a (b OR c)"), ["Words a | (b OR c)", "Group (b OR c) | a"]);
    assert_eq!(parts("a OR b"), ["Group a OR b | "]);
    assert_eq!(parts("a AND b"), ["Words a | b", "Words b | a"]);
}

proptest::proptest! {
    #[test]
    fn every_text_is_a_query(text in r#"(\PC|["“”\-$\\中α ()*:（]| OR | AND |NOT |ti:|year:|[a-z]|[0-9.]){0,80}"#) {
        let query = Query::parse(&text);
        proptest::prop_assert!(query.length <= MOST_WORDS);
        for part in query.parts() {
            proptest::prop_assert!(part.without.len() <= query.text().len());
            proptest::prop_assert!(query.text().contains(&part.value));
        }
    }
}
