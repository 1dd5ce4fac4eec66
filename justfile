# The commands of this project. `./just` alone lists them; `./just run` and `./just test` are the two to know.

set shell := ["bash", "-euo", "pipefail", "-c"]

target := env("CARGO_TARGET_DIR", justfile_directory() / "target")

[private]
default:
    @{{ just_executable() }} --justfile {{ justfile() }} --list --unsorted

# The development profile: it is built in a third of the time of a release, shares everything with
# `test`, and is quick enough for one reader. `./just build` makes the binary to deploy.
[doc("Build what is stale and serve the sample site on 127.0.0.1:8080, with its data in ./data.")]
run *ARGS: web
    exec cargo run --package gateway --bin inkstone -- serve --sample tests/sample {{ ARGS }}

# Every check: formatting, lints, unit, property, snapshot, API and browser tests.
test: (need "chromium") (need "postgresql") web
    cargo fmt --all --check
    cd web && npm run check
    cd web && npm test
    cargo clippy --workspace --all-targets -- -D warnings
    cargo test --workspace
    @{{ just_executable() }} --justfile {{ justfile() }} browser

# The tests in Chromium, against the binary that `cargo test` left.
browser: web
    chromium=$(tools/need chromium); cd tests/browser; INKSTONE={{ target }}/debug/inkstone CHROMIUM=$chromium npm test

# The binary to deploy, with the web assets inside: target/release/inkstone.
build: web
    cargo build --release --package gateway --bin inkstone

# Measure one thing: render, reading, assistant, papers, search or blog. INKSTONE_BENCH_PAPERS names a file of papers for the
# last one; with INKSTONE_BENCH_MILLION the one before it goes up to a million.
bench NAME: build
    cargo build --release --package gateway --example bare
    cargo bench --workspace --bench {{ NAME }}

# Look for inputs that break a target (whole, live, tex, bibtex, text_html, text_tex, text_pdf) for so many seconds. What
# breaks it is left in target/fuzz; needs a C++ compiler.
fuzz TARGET SECONDS="60":
    #!/usr/bin/env bash
    set -euo pipefail
    export CARGO_TARGET_DIR={{ target }}/fuzz
    flags="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
    flags+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
    flags+=" -Cllvm-args=-sanitizer-coverage-trace-compares"
    host=$(rustc -vV | sed -n 's/^host: //p')
    RUSTFLAGS=$flags cargo build --manifest-path tests/fuzz/Cargo.toml --release --target "$host" --bin {{ TARGET }}
    corpus=$CARGO_TARGET_DIR/corpus/{{ TARGET }}
    mkdir -p "$corpus"
    "$CARGO_TARGET_DIR/$host/release/{{ TARGET }}" "$corpus" -artifact_prefix="$CARGO_TARGET_DIR/" \
        -max_total_time={{ SECONDS }} -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1

# Install the node modules and build the web assets, unless they are up to date.
web:
    #!/usr/bin/env bash
    set -euo pipefail
    cd web
    if ! command -v npm >/dev/null; then
        echo "npm is missing: install Node.js 20 or newer" >&2
        exit 1
    fi
    if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
        npm ci --no-audit --no-fund
    fi
    built={{ target }}/web-built
    if [ -d dist ] && [ -e "$built" ] && [ -z "$(find . \
        \( -name node_modules -o -name dist -o -name templates \) -prune -o -type f -newer "$built" -print -quit)" ]; then
        exit 0
    fi
    mkdir -p {{ target }}
    started=$(mktemp {{ target }}/web-built.XXXXXX)
    npm run build
    mv "$started" "$built"

# Write all sources in the one format.
fmt: web
    cargo fmt --all
    cd web && npm run format

# The container image, by docker or podman.
image:
    #!/usr/bin/env bash
    set -euo pipefail
    for engine in docker podman; do
        if command -v "$engine" >/dev/null; then
            exec "$engine" build --file deploy/Containerfile --tag inkstone .
        fi
    done
    echo "neither docker nor podman is installed" >&2
    exit 1

[private]
need PACKAGE:
    @tools/need {{ PACKAGE }} >/dev/null
