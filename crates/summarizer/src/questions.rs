use content::{Language, QuestionSet};

const EN: &str = include_str!("../questions/en.toml");
const ZH: &str = include_str!("../questions/zh.toml");

/// The built-in question set in a language. Its sections are in the order of its questions.
pub fn questions(language: Language) -> QuestionSet {
    let text = match language {
        Language::En => EN,
        Language::Zh => ZH,
    };
    toml::from_str(text).expect("the built-in sets are valid: a test reads them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_sets_ask_the_same_in_both_languages() {
        let [en, zh] = [Language::En, Language::Zh].map(questions);
        let ids = |set: &QuestionSet| set.questions.iter().map(|q| q.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&en), ["problem", "related", "method", "experiments", "future", "summary"]);
        assert_eq!(ids(&en), ids(&zh));
        assert_eq!(en.tag(), zh.tag());
    }
}
