use std::{
    path::Path,
    process::{Command, Stdio},
};

/// Prints the pid of a program, and sees to it that the program ends when this process does, however
/// that ends: the end of the script's own input, which the system closes, is the sign. (Statics are
/// never dropped, and a test can be killed.) A write beyond a limit on the size of files fails, and does not kill: that is
/// how a test fills the disk.
const SCRIPT: &str = r#"
    trap '' XFSZ
    exec 3<&0
    "$@" <&- 3<&- &
    server=$!
    echo $server
    {
        cat <&3 >/dev/null
        trap '' TERM
        kill -$END_WITH $server
        while kill -0 $server; do sleep 0.1; done
        rm -rf "$REMOVE"
    } 2>/dev/null >/dev/null &
    watcher=$!
    exec 3<&-
    wait $server
    status=$?
    kill $watcher
    exit $status"#;

/// A command whose program ends with this process, by that signal; then `folder` is removed.
pub(crate) fn watched(program: &Path, signal: &str, folder: &Path) -> Command {
    let mut command = Command::new("bash");
    command.args(["-c", SCRIPT, "watched"]).arg(program);
    command.env("END_WITH", signal).env("REMOVE", folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}
