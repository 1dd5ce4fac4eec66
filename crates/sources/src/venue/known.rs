//! Names of venues that everybody shortens, and short names of which there are two.

/// Short names under which a venue was known before, or is known to some; in lower case.
const ALIASES: [(&str, &str); 12] = [
    ("nips", "NeurIPS"),
    ("neurips", "NeurIPS"),
    ("sigkdd", "KDD"),
    ("thewebconf", "WWW"),
    ("acmmm", "MM"),
    ("acm-mm", "MM"),
    ("starsem", "*SEM"),
    ("interspeech", "INTERSPEECH"),
    ("coling", "COLING"),
    ("conll", "CoNLL"),
    ("semeval", "SemEval"),
    ("corl", "CoRL"),
];

/// Names that say in full what everybody knows by a short name, the special before the general.
const CONFERENCES: [(&str, &str); 54] = [
    ("North American Chapter of the Association for Computational Linguistics", "NAACL"),
    ("European Chapter of the Association for Computational Linguistics", "EACL"),
    ("Asia-Pacific Chapter of the Association for Computational Linguistics", "AACL"),
    ("Annual Meeting of the Association for Computational Linguistics", "ACL"),
    ("Transactions of the Association for Computational Linguistics", "TACL"),
    ("Empirical Methods in Natural Language Processing", "EMNLP"),
    ("Joint Conference on Natural Language Processing", "IJCNLP"),
    ("Language Resources and Evaluation", "LREC"),
    ("Computational Natural Language Learning", "CoNLL"),
    ("Chinese National Conference on Computational Linguistics", "CCL"),
    ("International Conference on Computational Linguistics", "COLING"),
    ("Conference on Machine Translation", "WMT"),
    ("Machine Translation Summit", "MTSummit"),
    ("Spoken Language Translation", "IWSLT"),
    ("Natural Language Generation Conference", "INLG"),
    ("Conference on Natural Language Generation", "INLG"),
    ("Recent Advances in Natural Language Processing", "RANLP"),
    ("Traitement Automatique des Langues Naturelles", "TALN"),
    ("Conference on Language Modeling", "COLM"),
    ("Neural Information Processing Systems", "NeurIPS"),
    ("International Conference on Learning Representations", "ICLR"),
    ("Asian Conference on Machine Learning", "ACML"),
    ("International Conference on Machine Learning", "ICML"),
    ("Artificial Intelligence and Statistics", "AISTATS"),
    ("Uncertainty in Artificial Intelligence", "UAI"),
    ("International Joint Conference on Artificial Intelligence", "IJCAI"),
    ("AAAI Conference on Artificial Intelligence", "AAAI"),
    ("Conference on Learning Theory", "COLT"),
    ("Algorithmic Learning Theory", "ALT"),
    ("Conference on Robot Learning", "CoRL"),
    ("Journal of Machine Learning Research", "JMLR"),
    ("Transactions on Machine Learning Research", "TMLR"),
    ("Journal of Artificial Intelligence Research", "JAIR"),
    ("Winter Conference on Applications of Computer Vision", "WACV"),
    ("Asian Conference on Computer Vision", "ACCV"),
    ("European Conference on Computer Vision", "ECCV"),
    ("International Conference on Computer Vision", "ICCV"),
    ("Conference on Computer Vision and Pattern Recognition", "CVPR"),
    ("British Machine Vision Conference", "BMVC"),
    ("Medical Image Computing and Computer", "MICCAI"),
    ("Knowledge Discovery and Data Mining", "KDD"),
    ("Research and Development in Information Retrieval", "SIGIR"),
    ("Information and Knowledge Management", "CIKM"),
    ("Web Search and Data Mining", "WSDM"),
    ("World Wide Web Conference", "WWW"),
    ("The Web Conference", "WWW"),
    ("ACM International Conference on Multimedia", "MM"),
    ("International Conference on Robotics and Automation", "ICRA"),
    ("Intelligent Robots and Systems", "IROS"),
    ("Acoustics, Speech and Signal Processing", "ICASSP"),
    ("Acoustics, Speech, and Signal Processing", "ICASSP"),
    ("Symposium on Theory of Computing", "STOC"),
    ("Symposium on Foundations of Computer Science", "FOCS"),
    ("Symposium on Discrete Algorithms", "SODA"),
];

/// The same for workshops, which name conferences that they are not.
const WORKSHOPS: [(&str, &str); 31] = [
    ("Workshop on Semantic Evaluation", "SemEval"),
    ("Building Educational Applications", "BEA"),
    ("Representation Learning for NLP", "RepL4NLP"),
    ("Clinical Natural Language Processing", "ClinicalNLP"),
    ("Biomedical Natural Language Processing", "BioNLP"),
    ("Biomedical Language Processing", "BioNLP"),
    ("Analyzing and Interpreting Neural Networks for NLP", "BlackboxNLP"),
    ("Noisy User-generated Text", "WNUT"),
    ("Noisy and User-generated Text", "WNUT"),
    ("Lexical and Computational Semantics", "*SEM"),
    ("Parsing Technologies", "IWPT"),
    ("Computational Approaches to Subjectivity", "WASSA"),
    ("Argument Mining", "ArgMining"),
    ("Argumentation Mining", "ArgMining"),
    ("Fact Extraction and VERification", "FEVER"),
    ("Figurative Language Processing", "FigLang"),
    ("Gender Bias in Natural Language Processing", "GeBNLP"),
    ("Online Abuse and Harms", "WOAH"),
    ("Asian Translation", "WAT"),
    ("Discourse and Dialogue", "SIGDIAL"),
    ("Linguistic Annotation Workshop", "LAW"),
    ("Multiword Expressions", "MWE"),
    ("Computational Linguistics and Clinical Psychology", "CLPsych"),
    ("Cognitive Modeling and Computational Linguistics", "CMCL"),
    ("Financial Technology and Natural Language Processing", "FinNLP"),
    ("Scholarly Document Processing", "SDP"),
    ("Similar Languages, Varieties and Dialects", "VarDial"),
    ("Reference, Anaphora and Coreference", "CRAC"),
    ("Trustworthy Natural Language Processing", "TrustNLP"),
    ("Building and Using Comparable Corpora", "BUCC"),
    ("Narrative Understanding", "WNU"),
];

/// Terms of the trade by their initials.
const TERMS: [(&str, &str); 9] = [
    ("Natural Language Processing", "NLP"),
    ("Natural Language Generation", "NLG"),
    ("Large Language Models", "LLM"),
    ("Computational Linguistics", "CL"),
    ("Machine Translation", "MT"),
    ("Machine Learning", "ML"),
    ("Artificial Intelligence", "AI"),
    ("Computer Vision", "CV"),
    ("Human-Computer Interaction", "HCI"),
];

/// The one short name of a venue that has two.
pub(super) fn canonical(key: String) -> String {
    let lower = key.to_lowercase();
    ALIASES.iter().find(|(alias, _)| *alias == lower).map_or(key, |(_, name)| (*name).to_owned())
}

/// The short name of a venue that is named in full. A workshop at a conference is not the conference; a part of one is.
pub(super) fn short_name(name: &str) -> Option<&'static str> {
    let of = |table: &[(&str, &'static str)]| {
        table.iter().find(|(long, _)| name.contains(long)).map(|(_, short)| *short)
    };
    let workshop = name.contains("Workshop") && !name.contains("Student Research Workshop");
    match workshop {
        true => of(&WORKSHOPS),
        false => of(&CONFERENCES).or_else(|| of(&WORKSHOPS)),
    }
}

/// A name with the terms of the trade shortened.
pub(super) fn with_short_terms(name: &str) -> String {
    TERMS.iter().fold(name.to_owned(), |name, (long, short)| name.replace(long, short))
}
