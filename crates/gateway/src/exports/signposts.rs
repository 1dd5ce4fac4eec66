use actix_web::http::header::{HeaderValue, LINK};
use cite::{Format, Kind, Work};
use url::Url;

use super::at;

/// `Link` headers that tell programs what a page is of: <https://signposting.org/FAIR/>.
pub(crate) fn signposts(
    work: &Work,
) -> impl Iterator<Item = (actix_web::http::header::HeaderName, HeaderValue)> {
    let doi = work.doi.as_ref().map(|doi| format!("https://doi.org/{doi}"));
    let cite_as = link(&doi.unwrap_or_else(|| work.page.clone()), "cite-as", None);
    let kind = match work.kind {
        Kind::Post => "https://schema.org/BlogPosting",
        Kind::Preprint | Kind::Conference | Kind::Article => "https://schema.org/ScholarlyArticle",
    };
    let types = [kind, "https://schema.org/AboutPage"].map(|kind| link(kind, "type", None));
    let formats = Format::ALL.map(|format| {
        // The Markdown of a post is its own text, and describes nothing.
        let describes = work.kind != Kind::Post || format != Format::Markdown;
        let relation = if describes { "describedby" } else { "alternate" };
        link(&at(&work.page, format), relation, Some(format.media_type()))
    });
    let pdf = work.pdf.as_ref().and_then(|pdf| link(pdf, "item", Some("application/pdf")));
    let license = work.license.as_ref().and_then(|license| link(license, "license", None));
    let links = types.into_iter().chain(formats).chain([cite_as, pdf, license]);
    links.flatten().map(|link| (LINK, link)).collect::<Vec<_>>().into_iter()
}

/// An address that is none makes no header: it came from a source.
fn link(address: &str, relation: &str, kind: Option<&str>) -> Option<HeaderValue> {
    let address = Url::parse(address).ok()?;
    let kind = kind.map(|kind| format!("; type=\"{kind}\"")).unwrap_or_default();
    // A URL may hold these as they are, and a header may not.
    let address = address.as_str().replace('<', "%3C").replace('>', "%3E");
    HeaderValue::try_from(format!("<{address}>; rel=\"{relation}\"{kind}")).ok()
}
