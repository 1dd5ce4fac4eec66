//! Where a query meets a text: spellings that must find each other, and some that must not.

use content::{DocId, Kind};
use search::{Document, Hint, Index, Query, Request, Update};

/// Spellings of one thing: each, as a query, finds a text with any other.
const SAME: &[&[&str]] = &[
    // Accents and letters.
    &[
        "Schrödinger",
        "Schro\u{308}dinger",
        "schrodinger",
        "SCHRÖDINGER",
        r#"Schr\"odinger"#,
        r#"Schr{\"o}dinger"#,
    ],
    &["Rényi", "Re\u{301}nyi", "renyi", r"R\'enyi", r"R{\'e}nyi", r"R\'{e}nyi"],
    &["Erdős–Rényi", "Erdős-Rényi", "erdos renyi", r"Erd\H{o}s--R\'enyi", "Erdős\u{2014}Rényi"],
    &["Łukasiewicz", "lukasiewicz", r"{\L}ukasiewicz"],
    &["Straße", "strasse", "STRASSE", "STRAẞE"],
    &["Gödel’s", "Gödel", "Godel's", "Gödel‘s", "Gödel＇s"],
    &["Karhunen–Loève", "Karhunen-Loeve"],
    &["Aydın", "aydin", "AYDIN"],
    &["İstanbul", "istanbul", "Istanbul"],
    &["Ørsted", "orsted"],
    &["Ångström", "Angstrom", "Å\u{301}ngström", "\u{212b}ngström"],
    &["Đặng Văn", "dang van"],
    &["naïve", "naive"],
    &["co\u{ad}operation", "cooperation"],
    &["ﬂow ﬁeld", "flow field"],
    &["œuvre", "oeuvre"],
    &["don't", "don’t", "dont", "donʼt"],
    &["O'Brien", "O’Brien", "OBrien"],
    &["ＧＰＴ－４", "GPT-4", "gpt4"],
    &["deep\u{200b}fake", "deepfake", "deep\u{2060}fake", "deep\u{200d}fake"],
    &["\u{202b}word\u{202c}", "word", "wo\u{200e}rd"],
    // Hyphens and dashes.
    &["test-time", "test time", "test\u{2010}time", "test\u{2011}time", "test–time", "test_time"],
    &["test-time", "testtime", "test–time", "test−time"],
    &["pre-training", "pretraining", "Pre-Training"],
    &["pre-training", "pre training"],
    &["multi-agent", "multiagent"],
    &["state-of-the-art", "state of the art"],
    &["state-of-the-art", "stateoftheart"],
    &["low-rank adaptation", "low rank adaptation"],
    &["low-rank adaptation", "lowrank adaptation"],
    &["e-mail", "email"],
    &["fine-tuned", "finetuning", "fine-tunes"],
    // Names with numbers.
    &["GPT-4", "GPT4", "gpt 4"],
    &["GPT-4o", "GPT4o", "gpt-4o"],
    &["LLaMA-2-7B", "llama 2 7b", "Llama2 7B", "LLaMA 2-7B"],
    &["word2vec", "Word2Vec", "word 2 vec", "word-2-vec"],
    &["COVID-19", "covid19", "Covid 19"],
    &["3D", "3-D", "3d"],
    &["p53", "P-53"],
    &["H₂O", "H2O", "$H_2O$", r"$\mathrm{H}_2\mathrm{O}$", r"$\mathrm{H_2O}$"],
    &["ResNet-50", "resnet50"],
    &["k-NN", "kNN", "$k$-NN", "K-nn", r"$\mathbf{k}$-NN"],
    // Abbreviations.
    &["U.S.", "US", "U.S"],
    &["i.i.d.", "iid", "I.I.D.", "i.i.d"],
    &["Ph.D.", "ph d"],
    &["e.g.", "e.g."],
    // Numbers.
    &["10,000", "10000"],
    &["1,234,567", "1234567"],
    &["1e-3", "1e−3", "1e–3"],
    &["3.14", "３．１４"],
    &["50%", "50 %", r"50\%", "50"],
    &["v1.2.3", "v 1.2.3"],
    &["Part IV", "part iv"],
    // Programming languages.
    &["C++", "c++", "Ｃ＋＋"],
    &["C#", "c#", "Ｃ＃", r"C\#"],
    &["F#", "f#"],
    &[".NET", ".net"],
    &["Node.js", "node js"],
    // Greek and mathematics.
    &["α", r"\alpha", r"$\alpha$", "alpha", "𝛼", "𝜶", "𝝰", "Α", "$α$", r"$\boldsymbol{\alpha}$"],
    &[
        "ϵ-greedy",
        "ε-greedy",
        r"$\epsilon$-greedy",
        r"$\varepsilon$-greedy",
        "epsilon-greedy",
        r"\varepsilon-greedy",
    ],
    &["ϕ", "φ", r"$\phi$", r"$\varphi$", "phi", "Φ", r"$\Phi$"],
    &["ϑ", "θ", r"$\vartheta$", "theta", r"$\Theta$"],
    &["µ", "μ", r"$\mu$", "mu"],
    &["Σ", "σ", "ς", r"$\sigma$", "sigma"],
    &["α-divergence", r"$\alpha$-divergence", "alpha divergence", r"\alpha-divergence", "alpha-divergences"],
    &["β-VAE", r"$\beta$-VAE", "beta-VAE", "beta vae"],
    &[r"$\chi^2$", "χ²", "chi2", "chi 2", r"\chi^2"],
    &[r"$\ell_1$", "l1", "L_1", "L1", "ℓ1", "ℓ_1", r"$L_{1}$", "$L^1$", "ℓ₁", r"\ell_1"],
    &[r"$\mathbb{R}^d$", "R^d", "ℝ^d", r"\mathbb{R}^d", "Rd", "ℝᵈ"],
    &[
        "$W_0$",
        "W_0",
        "W0",
        "w 0",
        r"$\mathbf{W}_{0}$",
        r"$W^{(0)}$",
        "W₀",
        r"\mathbf{W}_0",
        r"\(W_0\)",
        r"$$W_0$$",
    ],
    &[r"$\mathcal{O}(n\log n)$", "O(n log n)", r"$O(n \log(n))$", r"\mathcal{O}(n\log n)"],
    &[r"$\operatorname{softmax}(x)$", "softmax(x)", r"$\text{softmax}(x)$", r"$\mathrm{softmax}(x)$"],
    &[r"$Q$-learning", "Q-learning", "q learning"],
    &[r"$Q$-learning", "Q-learning", "Qlearning"],
    &["i.i.d. data", "IID data"],
    &[r"$L_\infty$", "L∞", "$L_∞$", r"\(L^{\infty}\)", "L-infinity", "linfinity"],
    &["𝒟-module", r"$\mathcal{D}$-module", "D-module"],
    &["∞-category", r"$\infty$-category", "infinity category"],
    &[r"$\frac{1}{2}$", "1/2"],
    // Chinese.
    &["數學", "数学"],
    &["後驗分佈", "后验分布"],
    &["臺灣", "台湾", "台灣"],
    &["機器學習與神經網絡", "机器学习与神经网络"],
    &["衞星", "衛星", "卫星"],
    &["旋转位置编码", "旋轉位置編碼"],
    &["⾃然语⾔", "自然语言"],
    &["葛\u{e0100}城", "葛城"],
    &["ＡＩ繪圖", "AI绘图"],
    // Other scripts.
    &["ﾆｭｰﾗﾙﾈｯﾄ", "ニューラルネット"],
    &["ガイド", "ｶﾞｲﾄﾞ", "カ\u{3099}イト\u{3099}"],
    &["한국어", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}\u{110b}\u{1165}"],
    &["нейронные сети", "НЕЙРОННЫЕ СЕТИ"],
    &["ёлка", "елка"],
    &["λόγος", "ΛΌΓΟΣ", "λογος"],
    &["مُحَمَّد", "محمد"],
    &["שָׁלוֹם", "שלום"],
    &["हिन्दी", "हिन्दी"],
];

/// A text and a query that finds it.
const FINDS: &[(&str, &str)] = &[
    // Any part of a mixed text.
    ("LoRA-GA的$W_0$初始化", "LoRA"),
    ("LoRA-GA的$W_0$初始化", "lora-ga"),
    ("LoRA-GA的$W_0$初始化", "GA"),
    ("LoRA-GA的$W_0$初始化", "W_0"),
    ("LoRA-GA的$W_0$初始化", "w0"),
    ("LoRA-GA的$W_0$初始化", "初始化"),
    ("LoRA-GA的$W_0$初始化", "初始"),
    ("LoRA-GA的$W_0$初始化", "化"),
    ("LoRA-GA的$W_0$初始化", "的"),
    ("LoRA-GA的$W_0$初始化", "初始化 lora"),
    ("基於GPT4的3D重建", "gpt-4"),
    ("基於GPT4的3D重建", "3d"),
    ("基於GPT4的3D重建", "重建"),
    ("基於GPT4的3D重建", "基于"),
    ("我们用Adam优化器", "Adam"),
    ("我们用Adam优化器", "优化"),
    ("學", "学"),
    ("深度學習", "学"),
    ("深度学习。强化学习", "深度 强化"),
    // Inflection.
    ("A neural network", "networks"),
    ("It was trained on images", "training image"),
    ("Transformers’ attention", "transformer"),
    ("The model's weights", "model weight"),
    ("The eigenvalues of submatrices", "submatrix eigenvalue"),
    ("matrices and vertices", "matrix vertex"),
    ("a synthesis of analyses", "analysis"),
    ("to synthesize", "synthesis"),
    ("local minima of the criteria", "minimum criterion"),
    // Parts of compounds.
    ("vision-language-action models", "vision language"),
    ("vision-language-action models", "visionlanguageaction"),
    ("LLaMA-2-7B", "llama2"),
    ("LLaMA-2-7B", "llama"),
    ("LLaMA-2-7B", "7b"),
    ("GPT-4o", "gpt4"),
    ("GPT-3.5", "gpt-3.5"),
    ("Qwen2.5-72B-Instruct", "qwen2.5"),
    ("Qwen2.5-72B-Instruct", "72b instruct"),
    ("word2vec", "vec"),
    ("e.g. BERT", "bert"),
    ("i.e., GPT", "GPT"),
    ("U.S.-China trade", "US China"),
    ("U.S.-China trade", "u.s."),
    // Formulas.
    (r"We bound $\|x\|_2 \le \epsilon$.", "epsilon"),
    (r"a rate of $\mathcal{O}(1/\sqrt{n})$ holds", "sqrt n"),
    (r"Let $\theta^*$ be optimal", "θ"),
    (r"on $\mathbb{S}^{n-1}$", "S^{n-1}"),
    (r"\begin{align} \nabla_x f \end{align}", "nabla"),
    (r"the $\mathfrak{sl}_2$ case", "sl2"),
    (r"with $p_\theta(x)$", "p_theta"),
    (r"in $\mathrm{GL}_n(\mathbb{C})$", "GL_n(C)"),
    (r"costs \$5 and $x_1$", "x_1"),
    ("costs $5 for $6", "5"),
    // Marks and signs around a word.
    ("(attention)", "attention"),
    ("«внимание»", "внимание"),
    ("attention/recurrence", "recurrence"),
    ("and/or", "or"),
    ("a@b.org", "b.org"),
    ("https://example.org/some-page", "some page"),
    ("#hashtag", "hashtag"),
    ("a\u{a0}word", "word"),
    ("a\u{7}word", "a"),
    ("great 🎉 party", "great party"),
    ("p<0.05", "0.05"),
    ("x=3.5", "3.5"),
    ("CO2-emissions", "CO₂ emission"),
    ("10 000 points", "10"),
    // Scripts without spaces.
    ("การเรียนรู้ของเครื่อง", "เรียนรู้"),
    ("深層学習の手法", "学習"),
    ("기계학습을 이용한", "기계학습"),
    ("ភាសាខ្មែរ", "ខ្មែរ"),
    ("машинное обучение", "обучение"),
    ("التعلم العميق", "العميق"),
    ("למידה עמוקה", "עמוקה"),
];

/// A text and a query that does not find it.
const APART: &[(&str, &str)] = &[
    ("GPT-3", "GPT-4"),
    ("C++", "C#"),
    ("C++", "c"),
    ("version 1.2", "1.3"),
    ("3.14", "14"),
    ("$W_0$", "W_1"),
    ("$\\alpha$", "beta"),
    ("习学", "学习"),
    ("大学。生活", "学生"),
    ("network", "net"),
    ("vertical", "vertices"),
    ("universe", "unit"),
    ("10,000", "000"),
    ("ガイド", "カイト"),
    ("แมว", "แม่"),
    ("हिन्दी", "हन्द"),
    ("\\mathbf{x}", "mathbf"),
    ("$\\mathbf{x}$", "mathbf"),
    ("Schr\\\"odinger", "odinger"),
    ("", "anything"),
];

#[test]
fn queries_meet_texts() {
    let cases = cases();
    // With five texts that hold all words, a search is never widened to texts that hold some.
    let documents = (0..cases.len() * 5).map(|id| Update::Put(document(id as i64, cases[id / 5].0)));
    let folder = tempfile::tempdir().expect("a folder");
    let index = Index::open(folder.path()).expect("a new index");
    index.apply(documents.collect()).expect("applied");
    index.commit(1).expect("committed");
    let wrong: Vec<_> = cases
        .iter()
        .enumerate()
        .filter(|(case, (_, query, expected))| finds(&index, query, *case as i64 * 5) != *expected)
        .map(|(_, (text, query, expected))| {
            let not = if *expected { "does not find" } else { "finds" };
            format!("{query:?} {not} {text:?}")
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn cases() -> Vec<(&'static str, &'static str, bool)> {
    let pairs = |group: &&'static [&'static str]| {
        let group = *group;
        group.iter().flat_map(move |text| group.iter().map(move |query| (*text, *query, true)))
    };
    let finds = FINDS.iter().map(|(text, query)| (*text, *query, true));
    let apart = APART.iter().map(|(text, query)| (*text, *query, false));
    SAME.iter().flat_map(pairs).chain(finds).chain(apart).collect()
}

fn document(id: i64, text: &str) -> Document {
    Document { id: DocId { kind: Kind::Paper, id }, body: text.into(), ..Document::default() }
}

fn finds(index: &Index, query: &str, id: i64) -> bool {
    let results = index.search(&Request::of(&Query::parse(query), 10_000)).expect("searched");
    !results.hints.iter().any(|hint| matches!(hint, Hint::Widened(_)))
        && results.hits.iter().any(|hit| hit.id.id == id)
}
