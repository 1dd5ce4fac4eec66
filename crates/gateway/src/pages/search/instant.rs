use actix_web::{HttpResponse, http::header, web};
use askama::Template;
use content::{DocId, Language};
use render::Html;
use search::Query;
use serde_json::json;

use super::hits;
use crate::{
    app::App,
    errors::Failure,
    pages::Page,
    papers,
    searches::{Asked, Document, Documents, find},
    visit::{Visit, language::Messages},
};

/// Results that are shown while a query is typed.
const SHOWN: usize = 6;
/// The shortest beginning of a word that is completed, in letters.
const BEGINNING: usize = 2;
/// How long a browser may keep an answer, in seconds: who deletes a letter sees at once what was there before.
const KEPT: u32 = 60;

#[derive(Template)]
#[template(path = "instant.html")]
struct Options {
    m: Messages,
    hits: Vec<Preview>,
    all: String,
    total: u64,
}

/// One of the best results, in two lines.
struct Preview {
    href: String,
    title: Html,
    language: Language,
    kind: &'static str,
    /// Year and authors.
    byline: String,
}

/// The best results, and the search that has all of them.
struct Best {
    ids: Vec<DocId>,
    /// What the query may become where it is not finished; its words are marked.
    marked: Query,
    all: Asked,
    total: u64,
}

/// `GET /search/instant?query=`: the best results of a query that is still being typed, as a piece of a page.
pub(crate) async fn instant(app: web::Data<App>, visit: Visit, asked: Asked) -> Page {
    let best = best(&app, &asked.at(0)).await?;
    let documents = Documents::load(&app.db, best.ids.iter().copied()).await?;
    let found = best.ids.iter().filter_map(|id| documents.get(*id));
    let options = Options {
        m: visit.m,
        hits: found.map(|document| preview(&app, &best.marked, document, visit.m)).collect(),
        all: best.all.address(),
        total: best.total,
    };
    let mut response = visit.page(&options)?;
    response.headers_mut().insert(header::CACHE_CONTROL, kept());
    Ok(response)
}

/// `GET /search/suggest?query=`: titles, as browsers ask for them that have the site among their search engines.
pub(crate) async fn suggest(app: web::Data<App>, asked: Asked) -> Result<HttpResponse, Failure> {
    let best = best(&app, &asked.at(0)).await?;
    let documents = Documents::load(&app.db, best.ids.iter().copied()).await?;
    let found: Vec<_> = best.ids.iter().filter_map(|id| documents.get(*id)).collect();
    let titles: Vec<_> = found.iter().map(Document::title).collect();
    let addresses: Vec<_> =
        found.iter().map(|document| format!("{}{}", app.base, document.address())).collect();
    let nothing = vec![""; titles.len()];
    Ok(HttpResponse::Ok()
        .content_type("application/x-suggestions+json")
        .insert_header((header::CACHE_CONTROL, kept()))
        .body(json!([asked.query.text(), titles, nothing, addresses]).to_string()))
}

/// First the best results of what the query may become, then those of what it is.
async fn best(app: &App, asked: &Asked) -> Result<Best, Failure> {
    let mut best = Best { ids: Vec::new(), marked: asked.query.clone(), all: asked.clone(), total: 0 };
    if asked.is_empty() {
        return Ok(best);
    }
    let whole = find(app, asked, SHOWN, &[]).await?;
    best.total = whole.total;
    let mut hits = Vec::new();
    if let Some(longer) = completed(asked.query.text()) {
        let longer = asked.with_query(&longer).with_all_words(true);
        let found = find(app, &longer, SHOWN, &[]).await?;
        hits.extend(found.hits);
        best.marked = longer.query.clone();
        if whole.total == 0 {
            (best.all, best.total) = (longer.with_all_words(false), found.total);
        }
    }
    hits.extend(whole.hits);
    for hit in hits {
        if !best.ids.contains(&hit.id) {
            best.ids.push(hit.id);
        }
    }
    best.ids.truncate(SHOWN);
    Ok(best)
}

/// The query with a star behind its last word, where that may be the beginning of another.
fn completed(text: &str) -> Option<String> {
    let start = text.rfind(char::is_whitespace).map_or(0, |space| space + 1);
    let last = text[start..].trim_start_matches(|c: char| !c.is_alphanumeric());
    let letters = last.chars().all(|c| c.is_alphabetic() && !is_han(c)) && last.chars().count() >= BEGINNING;
    let quoted = text.chars().filter(|c| search::is_quote(*c)).count() % 2 == 1;
    let value = text[..start].trim_end().ends_with([':', '：']);
    let operator = matches!(last, "AND" | "OR" | "NOT");
    (letters && !quoted && !operator && !value).then(|| format!("{text}*"))
}

/// Chinese words have no end that could be missing.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

fn preview(app: &App, query: &Query, document: Document<'_>, m: Messages) -> Preview {
    let (title, language) = hits::title(app, query, document, m);
    let (kind, facts) = match document {
        Document::Paper(paper) => {
            let record = &paper.shown;
            let year = record.venue.as_ref().map_or_else(
                || record.date.format("%Y").to_string(),
                |venue| format!("{} {}", venue.key, venue.year),
            );
            (m.kind_paper(), vec![year, first(&record.authors, m)])
        }
        Document::Post(post) => {
            (m.kind_post(), vec![post.published.format("%Y").to_string(), post.author.clone()])
        }
        Document::Comment(comment, _) => {
            (m.kind_comment(), vec![comment.created.format("%Y").to_string(), comment.author.clone()])
        }
        Document::Answer(_, paper) => (m.kind_answer(), vec![papers::identifier(paper)]),
    };
    let byline = facts.into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(" · ");
    Preview { href: document.address(), title, language, kind, byline }
}

/// One or two authors, or the first of more.
fn first(authors: &[String], m: Messages) -> String {
    match authors {
        [] | [_] | [_, _] => authors.join(", "),
        [first, ..] => m.and_others(first),
    }
}

fn kept() -> header::HeaderValue {
    header::HeaderValue::from_str(&format!("private, max-age={KEPT}")).expect("digits are fit for a header")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(completed(text).as_deref(), expected, "{text:?}");
    }

    #[test]
    fn only_an_unfinished_word_is_completed() {
        check("transf", Some("transf*"));
        check("rotary pos", Some("rotary pos*"));
        check("a -imag", Some("a -imag*"));
        check("schrö", Some("schrö*"));
        for whole in ["", "a", "rotary ", "2305.18290", "GPT4", "旋转", "\"rotary pos", "a OR", "low-rank"]
        {
            check(whole, None);
        }
    }
}
