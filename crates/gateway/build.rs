//! Turns `web/messages/*.json` into one method a message, so that a missing key fails the build.
//!
//! A message is a text, or `{"one": …, "other": …}` chosen by its `{n}`. Each `{name}` in it becomes
//! an argument. Both languages must have the same keys and the same names. Keys that begin with
//! `js_` also go to the page's scripts, as JSON.

use std::{collections::BTreeSet, env, fmt::Write as _, fs, path::Path};

use serde_json::{Map, Value};

fn main() {
    let web = Path::new("../../web");
    println!("cargo:rerun-if-changed=../../web/messages");
    println!("cargo:rerun-if-changed=../../web/templates");
    // rust-embed needs the folder; without a build of the web assets it is empty.
    fs::create_dir_all(web.join("dist")).expect("web/dist can be created");
    let english = read(&web.join("messages/en.json"));
    let chinese = read(&web.join("messages/zh.json"));
    same_keys(&english, &chinese);
    let code = format!("impl Messages {{\n{}{}}}\n", methods(&english, &chinese), script(&english, &chinese));
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("messages.rs"), code).expect("OUT_DIR is writable");
}

fn read(path: &Path) -> Map<String, Value> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn same_keys(english: &Map<String, Value>, chinese: &Map<String, Value>) {
    let keys = |map: &Map<String, Value>| map.keys().cloned().collect::<BTreeSet<_>>();
    let (english, chinese) = (keys(english), keys(chinese));
    let lonely: Vec<_> = english.symmetric_difference(&chinese).collect();
    assert!(lonely.is_empty(), "messages that only one language has: {lonely:?}");
}

fn methods(english: &Map<String, Value>, chinese: &Map<String, Value>) -> String {
    english.iter().fold(String::new(), |mut code, (key, en)| {
        let zh = &chinese[key];
        let (mut names, mut same) = (arguments(en), arguments(zh));
        // What has forms is about a number, whether it is said or stands beside it.
        if en.is_object() || zh.is_object() {
            names.insert("n".to_owned());
            same.insert("n".to_owned());
        }
        assert_eq!(names, same, "{key}: the languages name different arguments");
        let (en, zh) = (expression(en, &names), expression(zh, &names));
        let (parameters, result) = match names.is_empty() {
            true => (String::new(), "&'static str"),
            false => (names.iter().map(|name| parameter(name)).collect(), "String"),
        };
        write!(
            code,
            "    #[allow(dead_code)]\n    pub(crate) fn {key}(&self{parameters}) -> {result} {{\n        \
             match self.0 {{\n            Language::En => {en},\n            Language::Zh => {zh},\n        }}\n    }}\n"
        )
        .expect("writing to a string");
        code
    })
}

fn parameter(name: &str) -> String {
    if name == "n" { ", n: &u64".into() } else { format!(", {name}: impl std::fmt::Display") }
}

fn expression(value: &Value, names: &BTreeSet<String>) -> String {
    let text = |text: &str| match (names.is_empty(), text.contains('{')) {
        (true, _) => format!("{text:?}"),
        (false, true) => format!("format!({text:?})"),
        (false, false) => format!("{text:?}.to_owned()"),
    };
    match value {
        Value::String(whole) => text(whole),
        Value::Object(forms) => {
            let form = |name: &str| text(forms[name].as_str().expect("a form is a text"));
            format!("if *n == 1 {{ {} }} else {{ {} }}", form("one"), form("other"))
        }
        _ => panic!("a message is a text or has the forms one and other: {value}"),
    }
}

fn arguments(value: &Value) -> BTreeSet<String> {
    let text = match value {
        Value::String(text) => text.as_str(),
        forms => forms["other"].as_str().expect("a message with forms has the form other"),
    };
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect()
}

fn script(english: &Map<String, Value>, chinese: &Map<String, Value>) -> String {
    let json = |map: &Map<String, Value>| {
        let own =
            map.iter().filter_map(|(key, value)| Some((key.strip_prefix("js_")?.to_owned(), value.clone())));
        let text = serde_json::to_string(&own.collect::<Map<_, _>>()).expect("messages are JSON");
        // `<` could end the script element that holds the text.
        format!("{:?}", text.replace('<', "\\u003c"))
    };
    format!(
        "    /// The messages that the page's scripts need, as one JSON object.\n    pub(crate) fn script(&self) -> &'static str \
         {{\n        match self.0 {{\n            Language::En => {},\n            Language::Zh => {},\n        }}\n    }}\n",
        json(english),
        json(chinese)
    )
}
