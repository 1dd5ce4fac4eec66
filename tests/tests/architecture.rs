//! The shape of the house, read from what cargo sees: which crate may know which, and who owns what.
//!
//! A new edge is the gravest kind of change: argue for it in `ARCHITECTURE.md`, then add it here.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// Every edge between crates of this workspace, neither more nor fewer. Tests may use no others.
const EDGES: &[&str] = &[
    "cite -> content",
    "cite -> tex",
    "fulltext -> content",
    "fulltext -> tex",
    "gateway -> cite",
    "gateway -> content",
    "gateway -> fulltext",
    "gateway -> mail",
    "gateway -> media",
    "gateway -> render",
    "gateway -> runs",
    "gateway -> search",
    "gateway -> sources",
    "gateway -> storage",
    "gateway -> summarizer",
    "gateway -> tex",
    "render -> tex",
    "runs -> content",
    "search -> content",
    "search -> tex",
    "search -> words",
    "sources -> cite",
    "sources -> content",
    "sources -> tex",
    "storage -> content",
    "storage -> migrations",
    "storage -> words",
    "summarizer -> content",
    "summarizer -> words",
];

/// Each heavy dependency has one owner, and stays out of its public signatures.
const OWNERS: &[(&str, &str)] = &[
    ("actix-files", "gateway"),
    ("actix-multipart", "gateway"),
    ("actix-web", "gateway"),
    ("askama", "gateway"),
    ("async-openai", "summarizer"),
    ("atom_syndication", "gateway"),
    ("biblatex", "cite"),
    ("chrono-tz", "sources"),
    ("clap", "gateway"),
    ("comrak", "render"),
    ("figment", "gateway"),
    ("hayro-interpret", "fulltext"),
    ("image", "media"),
    ("katex-rs", "tex"),
    ("lettre", "mail"),
    ("math-core", "tex"),
    ("prometheus-client", "gateway"),
    ("rss", "gateway"),
    ("scraper", "fulltext"),
    ("sea-orm", "storage"),
    ("sea-orm-migration", "migrations"),
    ("syntect", "render"),
    ("tantivy", "search"),
];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["common", "core", "helper", "helpers", "misc", "shared", "util", "utils"];

#[test]
fn edges_are_the_allowed_ones() {
    let house = House::look();
    let expected: BTreeSet<_> = EDGES.iter().map(|edge| (*edge).to_owned()).collect();
    assert_eq!(house.edges(), expected);
}

#[test]
fn heavy_dependencies_have_one_owner() {
    let house = House::look();
    for (heavy, owner) in OWNERS {
        let users: Vec<_> = house.users_of(heavy);
        assert_eq!(users, [*owner], "who uses {heavy}");
    }
}

#[test]
fn folders_are_named_like_their_packages() {
    for (name, package) in House::look().packages {
        assert_eq!(package.folder.file_name().and_then(|name| name.to_str()), Some(name.as_str()));
    }
}

#[test]
fn no_file_has_an_empty_name() {
    let house = House::look();
    assert!(house.packages.len() > 8, "cargo named {} packages", house.packages.len());
    for package in house.packages.values() {
        for file in rust_files(&package.folder) {
            let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            assert!(!EMPTY_NAMES.contains(&stem), "{}", file.display());
        }
    }
}

struct House {
    packages: BTreeMap<String, Package>,
}

struct Package {
    folder: PathBuf,
    dependencies: Vec<String>,
}

impl House {
    fn look() -> Self {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
        let packages = metadata["packages"].as_array().expect("a list of packages");
        Self {
            packages: packages.iter().map(|package| (text(&package["name"]), Package::of(package))).collect(),
        }
    }

    fn edges(&self) -> BTreeSet<String> {
        let mut edges = BTreeSet::new();
        for (name, package) in &self.packages {
            let local = package.dependencies.iter().filter(|other| self.packages.contains_key(*other));
            edges.extend(local.map(|other| format!("{name} -> {other}")));
        }
        edges
    }

    /// Black-box tests read with the parsers of others what the house has written, and own nothing.
    fn users_of(&self, dependency: &str) -> Vec<&str> {
        let uses = |package: &Package| package.dependencies.iter().any(|name| name == dependency);
        let users = self.packages.iter().filter(|(name, package)| *name != "tests" && uses(package));
        users.map(|(name, _)| name.as_str()).collect()
    }
}

impl Package {
    fn of(package: &Value) -> Self {
        let manifest = PathBuf::from(text(&package["manifest_path"]));
        let dependencies = package["dependencies"].as_array().expect("a list of dependencies");
        Self {
            folder: manifest.parent().expect("a manifest is in a folder").to_owned(),
            dependencies: dependencies.iter().map(|dependency| text(&dependency["name"])).collect(),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| match path.is_dir() {
            true if path.ends_with("node_modules") => Vec::new(),
            true => rust_files(&path),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}
