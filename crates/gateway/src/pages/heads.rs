//! What the head of a page says of a paper or a post to programs: reference managers, search engines, messengers.
//!
//! The page of a paper has neither COinS nor a name for unAPI: reference managers would prefer them to its
//! `citation_…`, which alone lead to the PDF.

use cite::{Kind, Person, Work};
use content::{Language, Paper, Post, PostKind};
use render::Rendered;
use serde_json::{Value, json};

use super::{Link, around::InSeries, licences::Licence};
use crate::{
    app::App,
    exports::{self, File},
    papers,
    posts::{
        self,
        citations::{Reference, Works},
    },
    visit::language::Messages,
};

/// Characters of a description.
const DESCRIPTION: usize = 200;

/// What a page says of its subject.
pub(super) struct Head {
    pub(super) description: String,
    /// `citation_…` (Highwire Press), as scholarly search engines and reference managers read them.
    pub(super) citation: Vec<(&'static str, String)>,
    /// Open Graph.
    pub(super) graph: Vec<(&'static str, String)>,
    /// <https://schema.org> as JSON, fit to stand in a script element.
    pub(super) described: String,
    pub(super) files: Vec<File>,
    /// The address of the page without what only narrows it.
    pub(super) canonical: String,
    /// An OpenURL ContextObject, where there are no `citation_…` that say the same.
    pub(super) coins: Option<String>,
}

impl Head {
    pub(super) fn of_paper(app: &App, paper: &Paper, work: &Work, m: Messages) -> Self {
        let language = Language::of(&work.title);
        let description = render::cut(&paper.shown.summary, DESCRIPTION);
        let trail = [Some(("/papers".to_owned(), m.papers().to_owned())), list(paper)];
        Self {
            citation: citation(paper, work, language),
            graph: graph(app, work, &description, language),
            described: script(&[
                article(paper, work, language),
                breadcrumbs(app, trail.into_iter().flatten(), work),
            ]),
            files: exports::files_of(app, work),
            canonical: work.page.clone(),
            coins: None,
            description,
        }
    }

    pub(super) fn of_post(app: &App, post: &Post, work: &Work, about: &About<'_>) -> Self {
        let description = render::cut(about.text, DESCRIPTION);
        let mut graph = graph(app, work, &description, post.language);
        graph.push(("article:published_time", post.published.to_rfc3339()));
        graph.push(("article:modified_time", posts::changed(post).to_rfc3339()));
        graph.extend(about.way.last().map(|category| ("article:section", category.name.clone())));
        graph.extend(post.tags.iter().map(|tag| ("article:tag", tag.clone())));
        graph.extend(about.picture.iter().flat_map(Shown::graph));
        let all = ("/posts".to_owned(), Messages(post.language).posts().to_owned());
        let way = about.way.iter().map(|category| (category.href.clone(), category.name.clone()));
        Self {
            citation: Vec::new(),
            graph,
            described: script(&[
                posting(app, post, work, &description, about),
                breadcrumbs(app, std::iter::once(all).chain(way), work),
            ]),
            files: exports::files_of(app, work),
            canonical: work.page.clone(),
            coins: Some(cite::coins(work)),
            description,
        }
    }

    /// How messengers show it: with its picture if it has one.
    pub(super) fn card(&self) -> &'static str {
        let has_picture = self.graph.iter().any(|(name, _)| *name == "og:image");
        if has_picture { "summary_large_image" } else { "summary" }
    }

    /// Of a list of posts: the places on the way to it, its name, and the posts that are shown.
    pub(super) fn of_list(app: &App, list: &List<'_>) -> Self {
        let page = format!("{}{}", app.base, list.address);
        let items = (list.first..).zip(list.posts).map(|(position, (address, name))| {
            json!({ "@type": "ListItem", "position": position, "url": format!("{}{address}", app.base), "name": name })
        });
        let collection = json!({
            "@type": "CollectionPage",
            "@id": page,
            "url": page,
            "name": list.name,
            "description": list.description,
            "inLanguage": list.language.tag(),
            "mainEntity": { "@type": "ItemList", "itemListElement": items.collect::<Vec<_>>() },
        });
        let described =
            [collection, trail(app, list.way.iter().cloned(), (page.clone(), list.name.to_owned()))];
        Self { described: script(&described), ..Self::of_site(app, list) }
    }

    /// Of the front page: what the site is, and how to search it (<https://schema.org/WebSite>).
    pub(super) fn of_home(app: &App, language: Language, picture: Option<Shown>) -> Self {
        let base = &app.base;
        let site = json!({
            "@type": "WebSite",
            "name": app.config.site.title,
            "description": app.config.site.tagline,
            "url": format!("{base}/"),
            "potentialAction": {
                "@type": "SearchAction",
                "target": { "@type": "EntryPoint", "urlTemplate": format!("{base}/search?query={{query}}") },
                "query-input": "required name=query",
            },
        });
        let (name, description) = (app.config.site.title.as_str(), app.config.site.tagline.as_str());
        let home =
            List { address: "/", name, description, language, way: &[], posts: &[], first: 1, picture };
        Self { described: script(&[site]), ..Self::of_site(app, &home) }
    }

    /// Of what is no single thing: its name, its address, and a picture that it shows.
    fn of_site(app: &App, list: &List<'_>) -> Self {
        let page = format!("{}{}", app.base, list.address);
        let mut graph = vec![
            ("og:title", list.name.to_owned()),
            ("og:type", "website".to_owned()),
            ("og:url", page.clone()),
            ("og:site_name", app.config.site.title.clone()),
            ("og:description", list.description.to_owned()),
            ("og:locale", locale(list.language).to_owned()),
        ];
        graph.extend(list.picture.iter().flat_map(Shown::graph));
        Self {
            citation: Vec::new(),
            graph,
            described: String::new(),
            files: Vec::new(),
            canonical: page,
            coins: None,
            description: list.description.to_owned(),
        }
    }
}

/// What the head of a post's page says beside what the post says itself.
pub(super) struct About<'a> {
    /// The post as plain text.
    pub(super) text: &'a str,
    pub(super) words: u64,
    pub(super) comments: u64,
    /// The way to its first category.
    pub(super) way: &'a [Link],
    pub(super) series: Option<&'a InSeries>,
    pub(super) licence: Option<&'a Licence>,
    pub(super) references: &'a [Reference],
    /// Its first picture.
    pub(super) picture: Option<Shown>,
    /// The address of the same post in the other language.
    pub(super) translation: Option<&'a str>,
}

/// A picture that a page shows.
#[derive(Clone)]
pub(super) struct Shown {
    /// The whole address.
    href: String,
    /// Width and height in pixels, where they are known.
    size: Option<(u32, u32)>,
}

impl Shown {
    /// The first picture of a text, if it is one of this site.
    pub(super) fn first(app: &App, rendered: &Rendered, works: &Works) -> Option<Self> {
        let address = rendered.picture.as_deref()?;
        let own = address.starts_with('/') && !address.starts_with("//");
        let size = works.picture(address).map(|picture| (picture.width, picture.height));
        own.then(|| Self { href: absolute(app, address), size })
    }

    fn graph(&self) -> impl Iterator<Item = (&'static str, String)> + use<> {
        let size = self.size.map(|(width, height)| {
            [("og:image:width", width.to_string()), ("og:image:height", height.to_string())]
        });
        std::iter::once(("og:image", self.href.clone())).chain(size.into_iter().flatten())
    }
}

/// What the head of a list of posts says.
pub(super) struct List<'a> {
    pub(super) address: &'a str,
    pub(super) name: &'a str,
    pub(super) description: &'a str,
    pub(super) language: Language,
    /// Paths and names of the places on the way.
    pub(super) way: &'a [(String, String)],
    /// Paths and titles of what is shown, the first of them at this place of the list.
    pub(super) posts: &'a [(String, String)],
    pub(super) first: u64,
    /// The first picture that it shows.
    pub(super) picture: Option<Shown>,
}

/// With only a title and no venue a paper would be taken for an article, so the first says what it is.
fn citation(paper: &Paper, work: &Work, language: Language) -> Vec<(&'static str, String)> {
    let record = &paper.shown;
    let venue = match work.kind {
        Kind::Conference => "citation_conference_title",
        Kind::Article | Kind::Preprint | Kind::Post => "citation_journal_title",
    };
    let published =
        work.date.map_or_else(|| work.year.to_string(), |date| date.format("%Y/%m/%d").to_string());
    let one = |name, value: Option<String>| value.map(|value| (name, value));
    let head = [("z:itemType", zotero(work.kind).to_owned()), ("citation_title", cite::plain(&work.title))];
    let authors = work.authors.iter().map(|person| ("citation_author", person.full()));
    let facts = [
        one("citation_publication_date", Some(published)),
        one("citation_online_date", Some(record.date.format("%Y/%m/%d").to_string())),
        one(venue, work.container.clone()),
        one("citation_publisher", work.archive().map(str::to_owned)),
        one("citation_arxiv_id", work.arxiv.clone()),
        one("citation_doi", work.doi.clone()),
        one("citation_pdf_url", work.pdf.clone()),
        one("citation_abstract_html_url", Some(work.page.clone())),
        one("citation_public_url", Some(work.url.clone())),
        one("citation_language", Some(language.code().into())),
        one("citation_abstract", Some(cite::plain(&work.summary)).filter(|text| !text.is_empty())),
    ];
    let keywords = work.keywords.iter().map(|word| ("citation_keywords", word.clone()));
    head.into_iter().chain(authors).chain(facts.into_iter().flatten()).chain(keywords).collect()
}

/// The type of an item in Zotero.
fn zotero(kind: Kind) -> &'static str {
    match kind {
        Kind::Preprint => "preprint",
        Kind::Conference => "conferencePaper",
        Kind::Article => "journalArticle",
        Kind::Post => "blogPost",
    }
}

fn locale(language: Language) -> &'static str {
    match language {
        Language::En => "en_US",
        Language::Zh => "zh_CN",
    }
}

fn graph(app: &App, work: &Work, description: &str, language: Language) -> Vec<(&'static str, String)> {
    let mut graph = vec![
        ("og:title", cite::plain(&work.title)),
        ("og:type", "article".to_owned()),
        ("og:url", work.page.clone()),
        ("og:site_name", app.config.site.title.clone()),
        ("og:description", description.to_owned()),
        ("og:locale", locale(language).to_owned()),
    ];
    graph.extend(work.authors.iter().map(|person| ("article:author", person.full())));
    graph
}

/// <https://schema.org/ScholarlyArticle>
fn article(paper: &Paper, work: &Work, language: Language) -> Value {
    let doi = work.doi.as_ref().map(|doi| format!("https://doi.org/{doi}"));
    let identifier = |name: &str, value: &Option<String>| {
        let value = value.as_ref()?;
        Some(json!({ "@type": "PropertyValue", "propertyID": name, "value": value }))
    };
    let identifiers = [identifier("arXiv", &work.arxiv), identifier("DOI", &work.doi)];
    let elsewhere = [Some(&work.url).filter(|url| **url != work.page), doi.as_ref()];
    let container = match work.kind {
        Kind::Article => "Periodical",
        Kind::Preprint | Kind::Conference | Kind::Post => "PublicationIssue",
    };
    json!({
        "@type": "ScholarlyArticle",
        "@id": work.page,
        "url": work.page,
        "headline": cite::plain(&work.title),
        "author": work.authors.iter().map(author).collect::<Vec<_>>(),
        "datePublished": work.date.unwrap_or(paper.shown.date),
        "abstract": cite::plain(&work.summary),
        "keywords": work.keywords,
        "about": work.categories,
        "inLanguage": language.tag(),
        "identifier": identifiers.into_iter().flatten().collect::<Vec<_>>(),
        "sameAs": elsewhere.into_iter().flatten().collect::<Vec<_>>(),
        "isPartOf": work.container.as_ref().map(|name| json!({ "@type": container, "name": name })),
        "license": work.license,
        "encoding": work.pdf.as_ref().map(|pdf| {
            json!({ "@type": "MediaObject", "contentUrl": pdf, "encodingFormat": "application/pdf" })
        }),
    })
}

/// <https://schema.org/BlogPosting>
fn posting(app: &App, post: &Post, work: &Work, description: &str, about: &About<'_>) -> Value {
    let series = about.series.map(|series| {
        let address = format!("{}{}", app.base, series.href);
        json!({ "@type": "CreativeWorkSeries", "name": series.name, "url": address })
    });
    let licence = about.licence.map(|licence| licence.href.clone().unwrap_or_else(|| licence.name.clone()));
    let cited = about.references.iter().map(|reference| absolute(app, &reference.href));
    let sort = match post.details.kind {
        PostKind::Post => "BlogPosting",
        PostKind::Page => "WebPage",
    };
    json!({
        "@type": sort,
        "@id": work.page,
        "url": work.page,
        "mainEntityOfPage": work.page,
        "headline": cite::plain(&work.title),
        "description": description,
        "author": work.authors.iter().map(author).collect::<Vec<_>>(),
        "publisher": { "@type": "Organization", "name": app.config.site.title, "url": format!("{}/", app.base) },
        "datePublished": post.published.to_rfc3339(),
        "dateModified": posts::changed(post).to_rfc3339(),
        "inLanguage": post.language.tag(),
        "articleSection": post.categories,
        "keywords": post.tags,
        "commentCount": about.comments,
        "wordCount": about.words,
        "license": licence,
        "isPartOf": series,
        "position": about.series.map(|series| series.place),
        "citation": cited.collect::<Vec<_>>(),
        "image": about.picture.as_ref().map(|picture| &picture.href),
        "translationOfWork": about.translation.map(|path| absolute(app, path)),
    })
}

fn author(person: &Person) -> Value {
    match person {
        Person::Human { given, family, .. } | Person::Eastern { given, family } => {
            json!({ "@type": "Person", "name": person.full(), "givenName": given, "familyName": family })
        }
        Person::Whole(name) => json!({ "@type": "Organization", "name": name }),
    }
}

fn absolute(app: &App, href: &str) -> String {
    if href.starts_with('/') { format!("{}{href}", app.base) } else { href.to_owned() }
}

/// The list that a paper is in: its proceedings, else its first category.
fn list(paper: &Paper) -> Option<(String, String)> {
    let record = &paper.shown;
    match (&record.venue, record.categories.first().filter(|_| record.is_arxiv())) {
        (Some(venue), _) => {
            Some((papers::venue_address(&venue.key, venue.year), format!("{} {}", venue.key, venue.year)))
        }
        (None, category) => category.map(|name| (papers::category_address(name), name.clone())),
    }
}

/// <https://schema.org/BreadcrumbList>: the site, the places on the way (path and name), the work.
fn breadcrumbs(app: &App, way: impl Iterator<Item = (String, String)>, work: &Work) -> Value {
    trail(app, way, (work.page.clone(), cite::plain(&work.title)))
}

/// The same for any page, by its whole address and its name.
fn trail(app: &App, way: impl Iterator<Item = (String, String)>, here: (String, String)) -> Value {
    let site = (format!("{}/", app.base), app.config.site.title.clone());
    let places = way.map(|(path, name)| (format!("{}{path}", app.base), name));
    let items = (1..).zip([site].into_iter().chain(places).chain([here])).map(|(position, (address, name))| {
        json!({ "@type": "ListItem", "position": position, "item": address, "name": name })
    });
    json!({ "@type": "BreadcrumbList", "itemListElement": items.collect::<Vec<_>>() })
}

/// What is known of them as JSON-LD; `<` could end the script element that holds it.
fn script(things: &[Value]) -> String {
    let things: Vec<_> = things.iter().map(known).collect();
    json!({ "@context": "https://schema.org", "@graph": things }).to_string().replace('<', "\\u003c")
}

/// A thing without what nobody knows of it.
fn known(thing: &Value) -> Value {
    let says = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => true,
    };
    let Value::Object(fields) = thing else { return thing.clone() };
    fields
        .iter()
        .filter(|(_, value)| says(value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
