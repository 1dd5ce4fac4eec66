use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A line on the terminal that counts documents; nothing where there is no terminal.
pub(super) fn counting(what: &'static str, total: Option<u64>) -> ProgressBar {
    let bar = total.map_or_else(ProgressBar::no_length, ProgressBar::new);
    let template = match total {
        Some(_) => "{prefix} {wide_bar} {human_pos}/{human_len} {per_sec} eta {eta}",
        None => "{prefix} {spinner} {human_pos} {per_sec} {elapsed}",
    };
    bar.set_style(ProgressStyle::with_template(template).expect("the template is a constant"));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar.with_prefix(what)
}
