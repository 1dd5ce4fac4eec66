//! The elements that a node opens and closes, where nothing has to be decided but their names.

use super::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Open,
    Close,
}

impl Writer<'_, '_> {
    /// One side of the element of a node.
    pub(super) fn tag(&mut self, node: Node<'_>, side: Side) {
        let open = side == Side::Open;
        match &node.data().value {
            NodeValue::Emph => self.raw(if open { "<em>" } else { "</em>" }),
            NodeValue::Strong => self.raw(if open { "<strong>" } else { "</strong>" }),
            NodeValue::Strikethrough => self.raw(if open { "<del>" } else { "</del>" }),
            NodeValue::BlockQuote => self.quote(open),
            NodeValue::List(list) => self.list(open, list.list_type, list.start),
            NodeValue::Item(_) => self.item(open, ""),
            NodeValue::TaskItem(task) => {
                let checked = if task.symbol.is_some() { " checked=\"\"" } else { "" };
                self.item(open, &format!("<input type=\"checkbox\"{checked} disabled=\"\" /> "));
            }
            NodeValue::ThematicBreak if open => {
                self.line();
                self.raw("<hr />\n");
            }
            NodeValue::Table(_) => self.table(node, open),
            NodeValue::TableRow(head) => self.row(node, open, *head),
            NodeValue::TableCell => self.cell(node, open),
            NodeValue::Alert(alert) if open => self.alert(alert),
            NodeValue::Alert(_) => {
                self.line();
                self.raw("</div>\n");
            }
            _ => {}
        }
    }

    /// Whether a container at this depth still gets its element.
    fn nested(&mut self, open: bool) -> bool {
        if open {
            self.depth += 1;
            return self.depth <= MAX_DEPTH;
        }
        self.depth -= 1;
        self.depth < MAX_DEPTH
    }

    fn quote(&mut self, open: bool) {
        if self.nested(open) {
            self.line();
            self.raw(if open { "<blockquote>\n" } else { "</blockquote>\n" });
        }
    }

    fn list(&mut self, open: bool, kind: ListType, start: usize) {
        if !self.nested(open) {
            return;
        }
        self.line();
        match (kind, open) {
            (ListType::Bullet, true) => self.raw("<ul>\n"),
            (ListType::Bullet, false) => self.raw("</ul>\n"),
            (ListType::Ordered, true) if start == 1 => self.raw("<ol>\n"),
            (ListType::Ordered, true) => self.raw(&format!("<ol start=\"{start}\">\n")),
            (ListType::Ordered, false) => self.raw("</ol>\n"),
        }
    }

    fn item(&mut self, open: bool, begin: &str) {
        if self.depth > MAX_DEPTH {
            return;
        }
        if open {
            self.line();
            self.raw("<li>");
            self.html.push_str(begin);
        } else {
            self.raw("</li>\n");
        }
    }

    fn table(&mut self, node: Node<'_>, open: bool) {
        self.line();
        if open {
            return self.raw("<table>\n");
        }
        let body = node.children().count() > 1;
        self.raw(if body { "</tbody>\n</table>\n" } else { "</table>\n" });
        self.block.text.push_str("\n");
    }

    fn row(&mut self, node: Node<'_>, open: bool, head: bool) {
        self.line();
        self.column = 0;
        let first =
            node.previous_sibling().is_some_and(|row| matches!(row.data().value, NodeValue::TableRow(true)));
        match (open, head) {
            (true, true) => self.raw("<thead>\n<tr>"),
            (true, false) if first => self.raw("<tbody>\n<tr>"),
            (true, false) => self.raw("<tr>"),
            (false, true) => self.raw("</tr>\n</thead>"),
            (false, false) => self.raw("</tr>"),
        }
        if !open {
            self.block.text.push_str("\n");
        }
    }

    fn cell(&mut self, node: Node<'_>, open: bool) {
        let Some(row) = node.parent() else { return };
        let name = if matches!(row.data().value, NodeValue::TableRow(true)) { "th" } else { "td" };
        if !open {
            self.block.text.push_str(" ");
            self.column += 1;
            return self.raw(if name == "th" { "</th>" } else { "</td>" });
        }
        let alignment = row.parent().and_then(|table| match &table.data().value {
            NodeValue::Table(table) => table.alignments.get(self.column).copied(),
            _ => None,
        });
        self.line();
        self.raw(if name == "th" { "<th" } else { "<td" });
        self.raw(match alignment {
            Some(TableAlignment::Left) => " align=\"left\">",
            Some(TableAlignment::Right) => " align=\"right\">",
            Some(TableAlignment::Center) => " align=\"center\">",
            Some(TableAlignment::None) | None => ">",
        });
    }

    fn alert(&mut self, alert: &comrak::nodes::NodeAlert) {
        let class = alert.alert_type.css_class(comrak::options::AlertStyleType::Specific);
        self.line();
        self.raw(&format!("<div class=\"markdown-alert {class}\">\n<p class=\"markdown-alert-title\">"));
        match &alert.title {
            Some(title) => self.text(title, false),
            None => self.words(alert.alert_type.default_title()),
        }
        self.raw("</p>\n");
        self.block.text.push_str("\n\n");
    }
}
