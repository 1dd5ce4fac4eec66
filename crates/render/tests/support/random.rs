//! How many random texts are tried.

use proptest::prelude::ProptestConfig;

/// So many cases, or as many as `PROPTEST_CASES` says: `PROPTEST_CASES=100000 cargo test --release -p render`.
pub fn cases(cases: u32) -> ProptestConfig {
    let wanted = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: wanted.unwrap_or(cases), max_shrink_iters: 3000, ..ProptestConfig::default() }
}
