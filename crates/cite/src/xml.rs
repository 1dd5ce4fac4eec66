use crate::plain;

/// Writes an XML document, one element a line.
pub(crate) struct Writer {
    out: String,
    open: Vec<&'static str>,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self { out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".into(), open: Vec::new() }
    }

    /// An element with what `inside` writes. `attributes` are written as they are.
    pub(crate) fn element(&mut self, name: &'static str, attributes: &str, inside: impl FnOnce(&mut Self)) {
        self.begin(name, attributes);
        self.out.push_str(">\n");
        self.open.push(name);
        inside(self);
        self.open.pop();
        self.indent();
        self.out.push_str(&format!("</{name}>\n"));
    }

    /// An element that holds a text; nothing where there is none.
    pub(crate) fn text(&mut self, name: &'static str, attributes: &str, text: &str) {
        let text = plain::text(text);
        if !text.is_empty() {
            self.begin(name, attributes);
            self.out.push_str(&format!(">{}</{name}>\n", escaped(&text)));
        }
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    fn begin(&mut self, name: &str, attributes: &str) {
        self.indent();
        self.out.extend(["<", name]);
        if !attributes.is_empty() {
            self.out.extend([" ", attributes]);
        }
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n("  ", self.open.len()));
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
