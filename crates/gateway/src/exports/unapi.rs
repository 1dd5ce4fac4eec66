//! unAPI: what a page names in `<abbr class="unapi-id">`, in the formats that reference managers know.
//!
//! Source: <https://web.archive.org/web/2014/http://unapi.info/specs/>, revision 3.

use actix_web::{HttpResponse, web};
use cite::Format;
use content::{ArxivId, Paper, RecordKey};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use storage::papers;

use crate::{
    app::App,
    errors::Failure,
    papers::escaped,
    visit::{Visit, parameters::Parameters},
};

/// The formats by the names that reference managers look for.
const FORMATS: [(&str, Format); 3] =
    [("bibtex", Format::Bibtex), ("ris", Format::Ris), ("mods", Format::Mods)];

/// What unAPI can be asked.
#[derive(Deserialize)]
pub(crate) struct Identified {
    id: Option<String>,
    format: Option<String>,
}

/// `GET /unapi`, `?id=`, `?id=&format=`: the formats, the formats of one paper, the paper in one of them.
pub(crate) async fn unapi(
    app: web::Data<App>,
    visit: Visit,
    Parameters(asked): Parameters<Identified>,
) -> Result<HttpResponse, Failure> {
    let Some(id) = &asked.id else { return Ok(formats(HttpResponse::Ok(), None)) };
    let paper = named(&app, id).await?.ok_or(Failure::NotFound)?;
    let Some(format) = &asked.format else {
        return Ok(formats(HttpResponse::MultipleChoices(), Some(&paper)));
    };
    let known = FORMATS.into_iter().find(|(name, _)| name == format);
    let (_, format) = known.ok_or(Failure::NotAcceptable)?;
    Ok(super::paper(&app, &visit, &paper, format))
}

/// The name of a paper: `arxiv:2401.01234`, `acl:2024.acl-long.1`. It is fit for the query of an address, because there
/// are reference managers that put it there as it is.
pub(crate) fn name(paper: &Paper) -> String {
    format!(
        "{}:{}",
        paper.shown.key.source,
        escaped(&paper.shown.key.id).replace("%2F", "/").replace("%3A", ":")
    )
}

/// The paper of a name, which whoever put it into the address may have escaped or not.
async fn named(app: &App, name: &str) -> Result<Option<Paper>, Failure> {
    // No name holds a NUL, and PostgreSQL takes none.
    let Some((source, id)) = name.split_once(':').filter(|_| !name.contains('\0')) else { return Ok(None) };
    if source.eq_ignore_ascii_case(RecordKey::ARXIV) {
        return match id.parse::<ArxivId>() {
            Ok(id) => Ok(papers::by_arxiv(&app.db, &id).await?),
            Err(_) => Ok(None),
        };
    }
    let found = papers::by_record(&app.db, source, id).await?;
    let unescaped = percent_decode_str(id).decode_utf8().ok().filter(|_| found.is_none());
    match unescaped.filter(|other| other != id && !other.contains('\0')) {
        Some(id) => Ok(papers::by_record(&app.db, source, &id).await?),
        None => Ok(found),
    }
}

fn formats(mut response: actix_web::HttpResponseBuilder, paper: Option<&Paper>) -> HttpResponse {
    let of = paper.map(|paper| format!(" id=\"{}\"", attribute(&name(paper)))).unwrap_or_default();
    let formats: String = FORMATS
        .into_iter()
        .map(|(name, format)| format!("  <format name=\"{name}\" type=\"{}\"/>\n", format.media_type()))
        .collect();
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<formats{of}>\n{formats}</formats>\n");
    response.content_type("application/xml; charset=utf-8").body(body)
}

fn attribute(text: &str) -> String {
    let legal = text.chars().filter(|c| !c.is_control()).collect::<String>();
    legal.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
