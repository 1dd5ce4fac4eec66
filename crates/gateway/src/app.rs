//! What is open while a process runs, and the table of routes.

use std::{io, net::TcpListener, path::Path, sync::Arc};

use actix_web::{
    App as Actix, FromRequest, Handler, HttpResponse, HttpServer, Resource, Responder,
    body::BoxBody,
    dev::{Server, ServerHandle, ServiceRequest, ServiceResponse},
    guard,
    http::{
        Method,
        header::{
            self, CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY_NAME, HeaderName, HeaderValue,
            REFERRER_POLICY,
        },
    },
    middleware::{Compress, Next, NormalizePath, from_fn},
    web,
};
use anyhow::Context as _;
use search::Index;
use storage::Database;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::Semaphore,
};

use crate::{
    accounts::{self, Passwords, Tries},
    admin, assets, cache,
    config::{Config, Current, Loaded, Pdf},
    discussing::{Discussing, postbox},
    errors::{self, Failure},
    exports, feeds,
    forms::{self, Forms},
    harvesting,
    identity::Identity,
    indexing, live,
    metrics::Metrics,
    pages,
    papers::{marks, phrases::Phrases},
    posts::{linking, menu::Menu, reads, rendered::Renderings},
    questions::Questions,
    texts, upkeep, visit, writing,
};

/// `default-src 'none'` and one line for each thing a page of ours needs. Inline styles are
/// MathJax's: it makes style elements and has no complete nonce support.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";

/// Says of a response that papers on it may be opened in place: its policy is the wider one.
pub(crate) struct OpensPapers;

/// The name under which storage keeps the secret of forms.
const FORM_SECRET: &str = "secret.forms";
/// The most bytes of what a user keeps of their own: some tens of thousands of marks.
const MAX_LIBRARY: usize = 2 << 20;

/// Everything a handler or a command may use. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The settings this process was started with.
    pub config: Current,
    /// The address that readers use, without a slash at the end.
    pub base: Arc<str>,
    /// The truth.
    pub db: Database,
    /// What is found by search; disposable.
    pub index: Arc<Index>,
    /// Whether it follows what is stored.
    pub(crate) indexing: indexing::Health,
    /// How the server's own harvests are going.
    pub(crate) harvest: harvesting::State,
    /// A turn for each processor: more searches at once would only make each of them slower.
    turns: Arc<Semaphore>,
    /// What papers are about.
    pub(crate) phrases: Phrases,
    /// What the site's own things are named after.
    pub(crate) identity: Identity,
    /// When each feed was seen to change.
    pub(crate) feeds: Arc<feeds::Seen>,
    /// Pages that were made a moment ago.
    pub(crate) pages: cache::Pages,
    /// Posts that were rendered a while ago.
    pub(crate) renderings: Renderings,
    /// What is around posts.
    pub(crate) around: pages::Around,
    /// What the masthead offers.
    pub(crate) menu: Menu,
    /// What tells readers of posts apart today.
    pub(crate) salt: Arc<reads::Salt>,
    /// What visitors say.
    pub(crate) discussing: Discussing,
    /// What the forms of this site bring along.
    pub(crate) forms: Forms,
    /// Hashes passwords.
    pub(crate) passwords: Passwords,
    /// Wrong ones of late.
    pub(crate) tries: Tries,
    /// Texts of papers.
    pub(crate) texts: texts::Texts,
    /// What readings answer.
    pub(crate) questions: Arc<Questions>,
    /// Readings that are being made.
    pub(crate) live: live::Live,
    /// What is open for those who write.
    pub(crate) desk: Arc<writing::Desk>,
    /// What the operator watches.
    pub(crate) metrics: Metrics,
    /// Models that were asked for a word.
    pub(crate) trials: admin::Trials,
    /// The policy of pages whose papers open in place.
    papers_policy: HeaderValue,
}

impl App {
    /// What any text of the site may refer to.
    pub(crate) fn context(&self) -> render::Context {
        render::Context { macros: self.config.macros.known().clone(), ..render::Context::default() }
    }

    /// Asks the index off the threads that answer requests, when it is this one's turn.
    pub(crate) async fn ask_index<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Index) -> Result<T, search::Error> + Send + 'static,
    ) -> Result<T, Failure> {
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| Failure::Stopping)?;
        let index = self.index.clone();
        let asked = web::block(move || {
            let answer = question(&index);
            // Kept until then, even if nobody waits for the answer any more.
            drop(turn);
            answer
        });
        Ok(asked.await??)
    }
}

/// Opens storage (with its schema brought up to date) and the index below the data folder.
pub async fn open(loaded: Loaded) -> anyhow::Result<App> {
    let db = open_storage(&loaded.config).await?;
    let loaded = admin::with_changes(loaded, &db).await?;
    let config = loaded.config.clone();
    let forms = Forms::new(storage::settings::once(&db, FORM_SECRET, &accounts::secret()).await?);
    let identity = Identity::of(&db).await?;
    let folder = config.index();
    let index = tokio::task::spawn_blocking(move || Index::open(&folder))
        .await?
        .context("the search index could not be opened")?;
    let base = config.base().into();
    let papers_policy = papers_policy(&config.pdf)?;
    let config = Arc::new(config);
    let (questions, metrics) = (Arc::new(Questions::open(&config.readings)?), Metrics::new());
    let texts = texts::Texts::new(&config, &db)?;
    let discussing = Discussing::open(&db, &config.comments).await?;
    let live = live::Live::new(&config, &db, &texts, &questions, &metrics);
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(App {
        live,
        texts,
        questions,
        metrics,
        trials: admin::Trials::default(),
        papers_policy,
        forms,
        config: Current::new(loaded),
        base,
        db,
        index: Arc::new(index),
        indexing: indexing::Health::default(),
        phrases: Phrases::new(),
        discussing,
        pages: cache::Pages::new(),
        renderings: Renderings::new(),
        around: pages::Around::new(),
        menu: Menu::default(),
        salt: Arc::default(),
        passwords: Passwords::new(),
        tries: Tries::new(),
        identity,
        feeds: Arc::default(),
        desk: Arc::new(writing::Desk::new()),
        harvest: harvesting::State::default(),
        turns: Arc::new(Semaphore::new(processors)),
    })
}

/// Opens storage only, with its schema brought up to date.
pub async fn open_storage(config: &Config) -> anyhow::Result<Database> {
    let db = storage::connect(config.database_url()).await?;
    storage::migrate(&db).await?;
    Ok(db)
}

/// Serves until its handle stops it; the index follows the change log meanwhile.
pub async fn serve(mut app: App, listener: TcpListener) -> anyhow::Result<Server> {
    // Port 0 became a real one.
    app.base = app.config.base_at(listener.local_addr()?).into();
    if app.config.base_url.is_none() && !app.config.listen.ip().is_loopback() {
        tracing::warn!(base = %app.base, "base_url is not set: feeds and citations name an address that others cannot use");
    }
    live::Live::recover(&app.db).await?;
    tokio::spawn(indexing::follow(app.db.clone(), app.index.clone(), app.indexing.clone()));
    tokio::spawn(upkeep::keep(app.db.clone()));
    tokio::spawn(linking::follow(app.db.clone(), app.base.clone()));
    app.harvest.start(app.db.clone(), app.config.clone(), app.metrics.clone());
    postbox::start(&app)?;
    tokio::spawn(admin::follow_changes(app.clone()));
    if !assets::built() {
        tracing::warn!("web/dist is empty: pages will have no style and no scripts; run `./just web`");
    }
    let data = web::Data::new(app);
    tokio::spawn(writing::keep(data.clone()));
    let server = HttpServer::new(move || {
        Actix::new()
            .app_data(data.clone())
            .configure(errors::extractors)
            .wrap(from_fn(accounts::admit))
            .wrap(from_fn(forms::own))
            .wrap(from_fn(errors::bound))
            .wrap(from_fn(errors::dress))
            .wrap(NormalizePath::trim())
            .wrap(from_fn(straight))
            .wrap(from_fn(accounts::know))
            .wrap(from_fn(headers))
            .wrap(Compress::default())
            .wrap(from_fn(cache::pages))
            .configure(routes)
    });
    Ok(server.disable_signals().shutdown_timeout(20).listen(listener)?.run())
}

/// Listens for SIGTERM and ctrl-c from now on: the future ends with the first of them, even one that comes
/// before anybody waits for it.
pub fn told_to_stop() -> io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Stops the server: first harvests end, readings are stored and their streams ended, then connections closed.
pub async fn stop(app: App, server: ServerHandle) {
    app.harvest.close().await;
    app.live.close().await;
    server.stop(true).await;
}

/// Every address of the site. `HEAD` is answered as `GET` is; what else is asked of a page gets a 405.
fn routes(config: &mut web::ServiceConfig) {
    config
        .service(page("/", pages::home))
        .configure(post_routes)
        .service(page("/papers", pages::paper_overview))
        .service(page("/papers/{id}.txt", pages::paper_as_text))
        .service(page("/papers/{id}", pages::paper_by_key))
        .configure(account_routes)
        .service(page("/stars", pages::stars))
        .service(page("/stars.{suffix}", pages::stars_file))
        .service(form("/stars/feed", pages::renew_stars_feed))
        .configure(feed("/stars/{key}/feed", feeds::stars))
        .service(page("/mine", pages::mine))
        .service(form("/papers/{id}/star", marks::star))
        .service(form("/papers/{id}/opened", marks::opened))
        .service(for_tools("kimi").route(web::route().guard(read().or(guard::Post())).to(pages::kimi)))
        .service(for_tools("progress").route(web::route().guard(read()).to(pages::progress)))
        .service(for_tools("star").route(web::post().to(marks::star_named)))
        .service(page("/arxiv/search", pages::paper_search))
        .configure(feed("/arxiv/search/feed", feeds::paper_search))
        .configure(feed("/arxiv/{which:.+}/feed", feeds::arxiv))
        .service(page("/arxiv/{which:.+}", pages::arxiv))
        .configure(feed("/venue/{which:.+}/feed", feeds::venue))
        .service(page("/venue/{which:.+}", pages::venue))
        .service(page("/readings/{attempt}", pages::attempt))
        .service(page("/search", pages::search))
        .service(page("/search.{suffix}", pages::search_file))
        .service(page("/search/instant", pages::instant))
        .service(page("/search/suggest", pages::suggest))
        .configure(feed("/search/feed", feeds::search))
        .service(page("/opensearch.xml", pages::description))
        .configure(pages::comment_routes)
        .configure(feeds::comment_routes)
        .configure(shelf_routes)
        .service(page("/unapi", exports::unapi))
        .service(page("/assets/{version}/{path:.+}", assets::asset))
        .service(page("/healthz", healthy))
        .service(page("/readyz", ready))
        .configure(live::routes)
        .configure(writing::routes)
        .configure(admin::routes)
        .default_service(web::to(async || Err::<&str, _>(Failure::NotFound)));
}

/// Posts, each by itself.
fn post_routes(config: &mut web::ServiceConfig) {
    config
        .service(page("/posts", pages::post_list))
        .service(page("/posts/{slug}.md", pages::post_source))
        .service(page("/posts/{slug}.{suffix:bib|ris|json|csv|mods}", pages::post_file))
        .service(page("/posts/{slug}", pages::post))
        .service(page("/pages/{slug}.md", pages::post_source))
        .service(page("/pages/{slug}.{suffix:bib|ris|json|csv|mods}", pages::post_file))
        .service(page("/pages/{slug}", pages::page_by_slug))
        .service(page("/archives/{number:[0-9]+}", pages::post_by_number))
        .service(form("/archives/{number:[0-9]+}/read", reads::read));
}

/// Lists of posts, what leads machines to them, and where they were on sites that moved here. The last ones take whatever
/// looks like an address of theirs.
fn shelf_routes(config: &mut web::ServiceConfig) {
    config
        .configure(feed("/feed", feeds::posts))
        .configure(feed("/category/{slug}/feed", feeds::category))
        .configure(feed("/tag/{slug}/feed", feeds::tag))
        .configure(feed("/author/{name}/feed", feeds::author))
        .configure(feed("/series/{slug}/feed", feeds::series))
        .configure(feed("/{year:[0-9]{4}}/{month:[0-9]{2}}/feed", feeds::month))
        .service(page("/categories", pages::categories))
        .service(page("/category/{slug}", pages::category))
        .service(page("/tags", pages::tags))
        .service(page("/tag/{slug}", pages::tag))
        .service(page("/author/{name}", pages::author))
        .service(page("/series", pages::all_series))
        .service(page("/series/{slug}", pages::series))
        .service(page("/archives", pages::archives))
        .service(page("/{year:[0-9]{4}}/{month:[0-9]{2}}", pages::month))
        .service(page("/robots.txt", pages::robots))
        .service(page("/sitemap.xml", pages::sitemap_index))
        .service(page("/sitemap-{part}.xml", pages::sitemap))
        .configure(pages::moved_routes);
}

pub(crate) fn page<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path).route(web::route().guard(read()).to(handler))
}

/// Signing in and out, and what is one's own.
fn account_routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/login")
                .route(web::route().guard(read()).to(pages::sign_in_page))
                .route(web::post().to(pages::sign_in)),
        )
        .service(
            web::resource("/join")
                .route(web::route().guard(read()).to(pages::join_page))
                .route(web::post().to(pages::join)),
        )
        .service(form("/logout", pages::sign_out))
        .service(page("/account", pages::account))
        .service(form("/account/password", pages::change_password))
        .service(form("/account/sessions", pages::end_sessions))
        .service(form("/account/sessions/{id}", pages::end_session))
        .service(
            web::resource("/library")
                .app_data(errors::json_body(MAX_LIBRARY))
                .route(web::get().to(accounts::library))
                .route(web::put().to(accounts::keep_library)),
        );
}

/// An address that tools of others use, for papers of both kinds.
fn for_tools(name: &str) -> Resource {
    web::resource([format!("/arxiv/{name}"), format!("/venue/{name}")])
}

/// An address that changes something, and tells nothing.
pub(crate) fn form<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path).route(web::post().to(handler))
}

pub(crate) fn read() -> guard::AnyGuard {
    guard::Any(guard::Get()).or(guard::Head())
}

/// A feed in each of its formats: Atom at the address itself, the others below it.
pub(crate) fn feed<F, Args>(path: &'static str, handler: F) -> impl FnOnce(&mut web::ServiceConfig)
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    move |config| {
        for below in ["", "/atom", "/rss", "/json"] {
            config.service(page(&format!("{path}{below}"), handler.clone()));
        }
    }
}

/// The process answers.
async fn healthy() -> &'static str {
    "ok"
}

/// Storage answers too. A second line tells how the search index is: it may be behind, and the site is ready all the
/// same. A third one tells how harvests are going, if the server harvests.
async fn ready(app: web::Data<App>) -> Result<String, errors::Failure> {
    let last = storage::changes::last(&app.db).await?;
    let behind = (last - app.index.position()).max(0);
    let stuck = if app.indexing.is_stuck() { ", cannot follow" } else { "" };
    let harvest = app.config.harvest.every.map(|_| app.harvest.line() + "\n").unwrap_or_default();
    Ok(format!("ready\nsearch index: {behind} changes behind{stuck}\n{harvest}"))
}

/// The policy that all pages have, and where papers may be fetched from to be shown by a worker of ours.
fn papers_policy(pdf: &Pdf) -> anyhow::Result<HeaderValue> {
    let hosts: String = pdf.hosts.iter().map(|host| format!(" {host}")).collect();
    let wider = match hosts.is_empty() {
        true => CONTENT_SECURITY_POLICY.to_owned(),
        false => CONTENT_SECURITY_POLICY
            .replace("connect-src 'self'", &format!("worker-src 'self'; connect-src 'self'{hosts}")),
    };
    wider.try_into().context("the hosts of PDFs do not fit into a header")
}

/// A page has one address: with a slash at its end, as other systems write it, it moves to that for good.
async fn straight(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let path = request.path();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads || path == "/" || !path.ends_with('/') {
        return next.call(request).await;
    }
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    // Two slashes at the beginning would be another host.
    let to = format!("/{}{query}", path.trim_matches('/'));
    let moved = HttpResponse::PermanentRedirect().insert_header((header::LOCATION, to)).finish();
    Ok(request.into_response(moved))
}

/// Headers that every response carries, and cookies that keep what its address chose.
async fn headers(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let choices = visit::choices(request.request());
    let app = request.app_data::<web::Data<App>>().cloned();
    let mut response = next.call(request).await?;
    for cookie in &choices {
        response.response_mut().add_cookie(cookie)?;
    }
    let policy = app
        .filter(|_| response.response().extensions().contains::<OpensPapers>())
        .map_or(HeaderValue::from_static(CONTENT_SECURITY_POLICY), |app| app.papers_policy.clone());
    // A file that somebody brought has a policy of its own, which is narrower.
    if !response.headers().contains_key(CONTENT_SECURITY_POLICY_NAME) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY_NAME, policy);
    }
    let fixed = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("vary", "Accept, Accept-Language, Cookie"),
    ];
    for (name, value) in fixed {
        let name = HeaderName::from_static(name);
        if name != REFERRER_POLICY || !response.headers().contains_key(&name) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    Ok(response)
}

/// Whether a folder can be written to, as an error that names it.
pub(crate) fn writable(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .and_then(|()| tempfile::tempfile_in(folder))
        .map(drop)
        .with_context(|| format!("the data folder {} cannot be written to", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_start_at_once_do_not_disturb_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let start = || (0..300).try_for_each(|_| writable(folder.path()));
        std::thread::scope(|scope| {
            let started: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
            for each in started {
                each.join().unwrap().unwrap();
            }
        });
    }
}
