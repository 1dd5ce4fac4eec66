//! What an operator watches: how readings end, how models behave, and what they cost. Served for Prometheus at an
//! address of its own, `metrics.listen`, so that no reader of the site comes to it.

use std::{
    collections::BTreeMap,
    net::TcpListener,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicU64},
};

use actix_web::{App as Actix, HttpResponse, HttpServer, dev::Server, web};
use chrono::{DateTime, Utc};
use content::Cost;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};
use summarizer::{Call, Usage};

use crate::{app::App, errors::Failure};

/// The last fault of each model, as a code, and when it was.
type Faults = BTreeMap<String, (&'static str, DateTime<Utc>)>;

/// Every count of this process. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Metrics {
    registry: Arc<Registry>,
    readings: Family<Ended, Counter>,
    refused: Family<Refused, Counter>,
    calls: Family<Called, Counter>,
    tokens: Family<Counted, Counter>,
    cost: Family<Of, Counter<f64, AtomicU64>>,
    first: Family<Of, Histogram, fn() -> Histogram>,
    harvests: Family<Harvested, Counter>,
    limited: Counter,
    /// The last fault of each model, as a code.
    faults: Arc<Mutex<Faults>>,
    /// Set when they are asked for.
    now: Now,
}

#[derive(Clone, Default)]
struct Now {
    readings: Family<At, Gauge>,
    resting: Family<Of, Gauge>,
    spent_tokens: Family<During, Gauge>,
    spent_money: Family<During, Gauge<f64, AtomicU64>>,
    behind: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    state: &'static str,
    fault: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Called {
    model: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Counted {
    model: String,
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Harvested {
    source: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    model: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct At {
    stage: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct During {
    period: &'static str,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("inkstone");
        let (readings, refused, calls) = (Family::default(), Family::default(), Family::default());
        let (tokens, cost, now) = (Family::default(), Family::default(), Now::default());
        let limited = Counter::default();
        let first = Family::new_with_constructor(waits as fn() -> Histogram);
        registry.register("readings", "Readings that ended, by how", readings.clone());
        registry.register("readings_refused", "Readings that were not begun", refused.clone());
        registry.register("requests_limited", "Requests that were one too many", limited.clone());
        registry.register("model_calls", "Calls to models, by what came of them", calls.clone());
        registry.register(
            "model_tokens",
            "Tokens that models read, had read before, and wrote",
            tokens.clone(),
        );
        registry.register("model_cost", "What calls cost, in whatever the prices are in", cost.clone());
        registry.register_with_unit(
            "model_first_word",
            "From a request to the first word or thought",
            Unit::Seconds,
            first.clone(),
        );
        let harvests = Family::default();
        registry.register("harvests", "The server's harvests that ended, whole or early", harvests.clone());
        registry.register("readings_now", "Readings that are at work, and that wait", now.readings.clone());
        registry.register("model_resting", "1 while a server that failed is left alone", now.resting.clone());
        registry.register("budget_tokens", "Tokens spent and set aside", now.spent_tokens.clone());
        registry.register("budget_cost", "Money spent and set aside", now.spent_money.clone());
        registry.register("index_behind", "Changes that search does not know yet", now.behind.clone());
        let registry = Arc::new(registry);
        let faults = Arc::default();
        Self { registry, readings, refused, calls, tokens, cost, first, harvests, limited, faults, now }
    }

    /// A call to a model is over.
    pub(crate) fn called(&self, call: &Call, usage: Usage, cost: Cost) {
        let model = || call.model.clone();
        let outcome = call.fault.unwrap_or("ok");
        self.calls.get_or_create(&Called { model: model(), outcome }).inc();
        if let Some(fault) = call.fault {
            let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
            faults.insert(model(), (fault, Utc::now()));
        }
        let Usage { read, cached, written } = usage;
        for (kind, tokens) in [("read", read), ("cached", cached), ("written", written)] {
            self.tokens.get_or_create(&Counted { model: model(), kind }).inc_by(tokens);
        }
        self.cost.get_or_create(&Of { model: model() }).inc_by(cost.micros as f64 / 1e6);
        if let Some(first) = call.first {
            self.first.get_or_create(&Of { model: model() }).observe(first.as_secs_f64());
        }
    }

    /// A reading is over.
    pub(crate) fn ended(&self, end: &runs::End) {
        let fault = end.fault.clone().unwrap_or_default();
        self.readings.get_or_create(&Ended { state: end.state.name(), fault }).inc();
    }

    /// A harvest of a source is over.
    pub(crate) fn harvested(&self, source: &str, outcome: &'static str) {
        self.harvests.get_or_create(&Harvested { source: source.to_owned(), outcome }).inc();
    }

    /// A reading was not begun.
    pub(crate) fn refused(&self, reason: &'static str) {
        self.refused.get_or_create(&Refused { reason }).inc();
    }

    /// A request was one too many.
    pub(crate) fn was_limited(&self) {
        self.limited.inc();
    }

    /// How many of them there were since the process began.
    pub(crate) fn limited(&self) -> u64 {
        self.limited.get()
    }

    /// The last fault of a model since then, as a code, and when.
    pub(crate) fn last_fault(&self, model: &str) -> Option<(String, DateTime<Utc>)> {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.get(model).map(|(code, at)| ((*code).to_owned(), *at))
    }

    async fn text(&self, app: &App) -> Result<String, Failure> {
        let (working, waiting) = app.live.at_work();
        for (stage, count) in [("working", working), ("waiting", waiting)] {
            self.now.readings.get_or_create(&At { stage }).set(count as i64);
        }
        for (model, resting) in app.live.summarizers().resting() {
            self.now.resting.get_or_create(&Of { model: model.to_owned() }).set(resting.into());
        }
        let spent = storage::budgets::spent(&app.db).await?;
        for (period, cost) in [("day", spent.day), ("month", spent.month)] {
            let tokens = i64::try_from(cost.tokens).unwrap_or(i64::MAX);
            self.now.spent_tokens.get_or_create(&During { period }).set(tokens);
            self.now.spent_money.get_or_create(&During { period }).set(cost.micros as f64 / 1e6);
        }
        let last = storage::changes::last(&app.db).await?;
        self.now.behind.set((last - app.index.position()).max(0));
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("writing to a string");
        Ok(text)
    }
}

/// From a tenth of a second to almost a minute.
fn waits() -> Histogram {
    Histogram::new(exponential_buckets(0.1, 2.0, 10))
}

/// Serves them on an address of their own, until the process ends.
pub(crate) fn serve(app: App, listener: TcpListener) -> std::io::Result<Server> {
    let data = web::Data::new(app);
    let server = HttpServer::new(move || {
        Actix::new().app_data(data.clone()).route("/metrics", web::get().to(metrics))
    });
    Ok(server.workers(1).disable_signals().listen(listener)?.run())
}

async fn metrics(app: web::Data<App>) -> Result<HttpResponse, Failure> {
    let text = app.metrics.text(&app).await?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(HttpResponse::Ok().content_type(kind).body(text))
}
