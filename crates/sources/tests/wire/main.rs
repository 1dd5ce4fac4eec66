//! Sources by network, against a local server that replays what protocols answer, faults included. The clock is paused: a
//! wait takes no time, and is measured all the same.

mod arxiv;
mod fetching;
mod lists;
mod pages;
mod proceedings;
mod server;

use sources::{
    Batch, Error,
    fetch::{Fetcher, Policy},
};

/// A fetcher that may ask this server, as if an operator had chosen it.
fn fetcher(server: &server::Server) -> Fetcher {
    let policy = Policy::default().and_operator_chose(&server.address);
    Fetcher::new(policy, "inkstone/test (+https://site.example; me@site.example)").expect("a client")
}

/// All batches to the end, or to the first error.
macro_rules! all {
    ($source:expr) => {{
        let mut batches: Vec<$crate::Batch> = Vec::new();
        loop {
            match $source.next().await {
                Ok(batch) => {
                    let done = batch.done;
                    batches.push(batch);
                    if done {
                        break (batches, None);
                    }
                }
                Err(error) => break (batches, Some(error)),
            }
        }
    }};
}
use all;

/// The identifiers of the records, in order.
fn ids(batches: &[Batch]) -> Vec<String> {
    batches.iter().flat_map(|batch| &batch.records).map(|one| one.record.key.id.clone()).collect()
}

fn told(error: Option<Error>) -> String {
    error.map(|error| error.to_string()).unwrap_or_default()
}
