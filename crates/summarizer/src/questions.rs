//! Question sets: the embedded ones, and the operator's own in a folder.

use std::{fs, io, path::Path, path::PathBuf};

use content::{Language, Question, QuestionSet};
use serde::Deserialize;

const EMBEDDED: [&str; 2] = [include_str!("../questions/en.toml"), include_str!("../questions/zh.toml")];

/// Questions in one set, at the most.
const MOST: usize = 20;
/// Characters of a name or an id, of a title, and of a prompt, at the most.
const NAME: usize = 40;
const TITLE: usize = 200;
const PROMPT: usize = 4000;

/// Every set that is known, each in one language and one version.
#[derive(Debug, Clone)]
pub struct QuestionSets {
    /// Embedded ones first.
    sets: Vec<(Language, QuestionSet)>,
}

/// A set that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WrongSet {
    /// The folder or a file in it cannot be read.
    #[error("{}", path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What is in a file is no set, or cannot be one beside the others.
    #[error("{}: {why}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// The built-in question set in a language. Its sections are in the order of its questions.
pub fn questions(language: Language) -> QuestionSet {
    let sets = QuestionSets::embedded();
    sets.newest("six", language).cloned().expect("a test looks for it in every language")
}

/// A set as it stands in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    language: Language,
    name: String,
    version: u32,
    questions: Vec<QuestionForm>,
}

/// A question as it stands in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionForm {
    id: String,
    title: String,
    prompt: String,
}

impl File {
    fn into_set(self) -> (Language, QuestionSet) {
        let Self { language, name, version, questions } = self;
        let question = |QuestionForm { id, title, prompt }| Question { id, title, prompt };
        (language, QuestionSet { name, version, questions: questions.into_iter().map(question).collect() })
    }
}

impl QuestionSets {
    /// The built-in sets.
    pub fn embedded() -> Self {
        let sets = EMBEDDED.iter().map(|text| {
            let file: File = toml::from_str(text).expect("the built-in sets are valid: a test reads them");
            file.into_set()
        });
        Self { sets: sets.collect() }
    }

    /// Adds the sets in the `.toml` files of a folder.
    pub fn read_folder(mut self, folder: &Path) -> Result<Self, WrongSet> {
        let unreadable = |source| WrongSet::Unreadable { path: folder.to_owned(), source };
        let entries = fs::read_dir(folder).map_err(unreadable)?;
        let mut files =
            entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>().map_err(unreadable)?;
        files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        files.sort();
        for path in files {
            let text = fs::read_to_string(&path)
                .map_err(|source| WrongSet::Unreadable { path: path.clone(), source })?;
            self.add(&text).map_err(|why| WrongSet::Wrong { path, why })?;
        }
        Ok(self)
    }

    /// The newest version of a set in a language.
    pub fn newest(&self, name: &str, language: Language) -> Option<&QuestionSet> {
        let named = self.sets.iter().filter(|(other, set)| *other == language && set.name == name);
        named.map(|(_, set)| set).max_by_key(|set| set.version)
    }

    /// The set of that [`tag`](QuestionSet::tag), for an answer that was made by it.
    pub fn tagged(&self, tag: &str, language: Language) -> Option<&QuestionSet> {
        self.sets.iter().find(|(other, set)| *other == language && set.tag() == tag).map(|(_, set)| set)
    }

    /// All sets, each with its language.
    pub fn each(&self) -> impl Iterator<Item = &(Language, QuestionSet)> {
        self.sets.iter()
    }

    /// All sets, as `name@version` and language.
    pub fn tags(&self) -> impl Iterator<Item = (String, Language)> {
        self.sets.iter().map(|(language, set)| (set.tag(), *language))
    }

    fn add(&mut self, text: &str) -> Result<(), String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let (language, set) = file.into_set();
        check(&set)?;
        let tag = set.tag();
        if let Some(there) = self.tagged(&tag, language) {
            // Answers are kept under the tag: one that says two things would show answers under the wrong questions.
            return if *there == set {
                Ok(())
            } else {
                Err(format!("{tag} in {language} is there already: raise its version"))
            };
        }
        let ids =
            |set: &QuestionSet| set.questions.iter().map(|question| question.id.clone()).collect::<Vec<_>>();
        let other = self.sets.iter().find(|(_, other)| other.tag() == tag);
        if let Some((other, _)) = other.filter(|(_, other)| ids(other) != ids(&set)) {
            return Err(format!(
                "{tag} asks other questions in {other}: the ids must be the same, in the same order"
            ));
        }
        self.sets.push((language, set));
        Ok(())
    }
}

/// What makes a set valid, as the reason why it is not.
fn check(set: &QuestionSet) -> Result<(), String> {
    let plain = |name: &str| {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !name.is_empty() && name.len() <= NAME && name.chars().all(allowed)
    };
    let said = |text: &str, most: usize| !text.trim().is_empty() && text.chars().count() <= most;
    if !plain(&set.name) {
        return Err(format!("the name {:?} must be of lower-case letters, digits and -", set.name));
    }
    if set.version == 0 || set.questions.is_empty() || set.questions.len() > MOST {
        return Err(format!("a set has a version from 1 on, and 1 to {MOST} questions"));
    }
    for (number, question) in set.questions.iter().enumerate() {
        let id = &question.id;
        if !plain(id) || set.questions[..number].iter().any(|other| other.id == *id) {
            return Err(format!(
                "the id {id:?} must be of lower-case letters, digits and -, and not be there twice"
            ));
        }
        if !said(&question.title, TITLE) || !said(&question.prompt, PROMPT) || question.title.contains('\n') {
            return Err(format!(
                "{id} needs a title in one line and a prompt, of {TITLE} and {PROMPT} characters at the most"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_sets_ask_the_same_in_both_languages() {
        let sets = QuestionSets::embedded();
        let [en, zh] =
            [Language::En, Language::Zh].map(|language| sets.newest("six", language).expect("built in"));
        let ids = |set: &QuestionSet| set.questions.iter().map(|q| q.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(en), ["problem", "related", "method", "experiments", "future", "summary"]);
        assert_eq!(ids(en), ids(zh));
        assert_eq!(en.tag(), zh.tag());
        assert!(check(en).is_ok() && check(zh).is_ok());
    }

    const SHORT: &str = "name = 'short'\nversion = 2\nlanguage = 'en'\n[[questions]]\nid = 'what'\ntitle = 'What?'\nprompt = 'Say what.'";

    fn with(files: &[&str]) -> Result<QuestionSets, WrongSet> {
        let folder = tempfile::tempdir().expect("a folder");
        for (number, text) in files.iter().enumerate() {
            fs::write(folder.path().join(format!("{number}.toml")), text).expect("a file");
        }
        fs::write(folder.path().join("notes.txt"), "not a set").expect("a file");
        QuestionSets::embedded().read_folder(folder.path())
    }

    #[test]
    fn k1_an_operators_sets_are_files_with_versions() {
        let older = SHORT.replace("version = 2", "version = 1").replace("What?", "Which?");
        let sets = with(&[SHORT, &older, SHORT]).expect("good sets");
        assert_eq!(sets.newest("short", Language::En).map(QuestionSet::tag).as_deref(), Some("short@2"));
        let old = sets.tagged("short@1", Language::En).expect("kept for its answers");
        assert_eq!(old.questions[0].title, "Which?");
        assert!(sets.newest("short", Language::Zh).is_none());
        assert!(sets.newest("six", Language::Zh).is_some());
    }

    #[test]
    fn wrong_sets_are_refused_with_a_reason() {
        let check = |files: &[&str], why: &str| {
            let error = with(files).expect_err(why).to_string();
            assert!(error.contains(why), "{error}");
        };
        check(&[SHORT, &SHORT.replace("What?", "Who?")], "1.toml: short@2 in en is there already");
        check(
            &[SHORT, &SHORT.replace("'en'", "'zh'").replace("'what'", "'who'")],
            "asks other questions in en",
        );
        check(&[&SHORT.replace("'what'", "'W hat'")], "the id \"W hat\"");
        check(&[&SHORT.replace("'short'", "'a/b'")], "the name \"a/b\"");
        check(&[&SHORT.replace("version = 2", "version = 0")], "a version from 1 on");
        check(&[&SHORT.replace("'What?'", "''")], "what needs a title");
        check(&[&format!("{SHORT}\n[[questions]]\nid = 'what'\ntitle = 'a'\nprompt = 'b'")], "twice");
        check(&[&format!("titel = 'x'\n{SHORT}")], "unknown field `titel`");
        check(&[&format!("{SHORT}\nhint = 'x'")], "unknown field `hint`");
        check(&["name = 'x'"], "missing field `language`");
        let missing = QuestionSets::embedded().read_folder(Path::new("/no/such/folder"));
        assert!(matches!(missing, Err(WrongSet::Unreadable { .. })));
    }
}
