//! Nests the rows of a table as a tree.

use std::collections::HashMap;

use crate::depth::FieldName;
use crate::kind::Kind;

/// Maximum depth of fields: a spec cannot hold deeper ones.
const DEPTH_LIMIT: usize = 8;

/// A field of a table with its nested fields.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// Whether the name marks it as a list.
    pub(crate) list: bool,
    pub(crate) required: Option<bool>,
    pub(crate) kind: String,
    pub(crate) about: String,
    pub(crate) example: String,
    pub(crate) default: String,
    /// Whether only names of other rows mention it.
    pub(crate) missing: bool,
    /// Whether the page gives it a scalar type and nests rows in it.
    pub(crate) contradicted: bool,
    /// Reason why its place is uncertain.
    pub(crate) unclear: Option<String>,
    pub(crate) rows: Vec<Row>,
}

/// Builds the tree row by row.
#[derive(Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    names: HashMap<(Option<usize>, String), usize>,
    numbers: HashMap<Vec<u32>, usize>,
    /// Possible owners of the next row, each with its indent.
    open: Vec<(usize, usize)>,
    /// Whether numbers decide the place of a row: 1.1 is inside 1.
    pub(crate) numbered: bool,
    pub(crate) notes: Vec<String>,
}

struct Node {
    row: Row,
    parent: Option<usize>,
    depth: usize,
}

impl Tree {
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn add(&mut self, written: FieldName, row: Row) {
        let Some((own, path)) = written.steps.split_last() else { return };
        let (mut parent, unclear) = self.parent(&written);
        // A name with a full path ignores the indent.
        let first = path.first().map(|step| (None, step.name.clone()));
        if first.is_some_and(|first| self.names.contains_key(&first)) {
            parent = None;
        }
        for step in path {
            let row = Row { name: step.name.clone(), missing: true, ..Row::default() };
            let Some(at) = self.find_or_insert(parent, row) else { return };
            self.edit(at, |row| row.list |= step.list);
            parent = Some(at);
        }
        let row = Row { name: own.name.clone(), list: own.list, unclear, ..row };
        let taken = self.names.get(&(parent, row.name.clone())).copied();
        let at = match taken {
            Some(at) if self.nodes.get(at).is_some_and(|node| node.row.missing) => {
                self.edit(at, |old| *old = Row { list: old.list || row.list, ..row });
                at
            }
            Some(at) => {
                self.notes.push(format!("a second row for {}; the first one counts", row.name));
                at
            }
            None => match self.find_or_insert(parent, row) {
                Some(at) => at,
                None => return,
            },
        };
        self.open.push((written.indent, at));
        if !written.number.is_empty() {
            self.numbers.insert(written.number, at);
        }
    }

    /// Owner of a row, and the reason if it is uncertain.
    fn parent(&mut self, written: &FieldName) -> (Option<usize>, Option<String>) {
        let mut passed = None;
        while let Some((indent, at)) = self.open.pop_if(|(indent, _)| *indent >= written.indent) {
            passed = Some((indent, at));
        }
        if let (true, Some((_, above))) = (self.numbered, written.number.split_last()) {
            return match self.numbers.get(above) {
                Some(at) => (Some(*at), None),
                None if above.is_empty() => (None, None),
                None => (None, Some(format!("no row has the number {}", dotted(above)))),
            };
        }
        let mut parent = self.open.last().map(|(_, at)| *at);
        let mut unclear = None;
        match passed.filter(|(indent, _)| *indent > written.indent) {
            Some((_, at)) if parent.is_some() => {
                unclear = Some(format!(
                    "it is set in less far than {}, and further than the rows above that",
                    self.name(at)
                ));
            }
            Some(_) => self.outdented(),
            None => {}
        }
        // A scalar cannot contain rows.
        while let Some(node) =
            parent.and_then(|at| self.nodes.get_mut(at)).filter(|node| is_single(&node.row))
        {
            node.row.contradicted = true;
            unclear = Some(format!(
                "the page sets it inside of {}, which it calls {}",
                node.row.name, node.row.kind
            ));
            parent = node.parent;
        }
        (parent, unclear)
    }

    /// Marks the rows so far as uncertain: they are indented, and their owner has no row.
    fn outdented(&mut self) {
        for node in self.nodes.iter_mut().filter(|node| node.parent.is_none() && node.row.unclear.is_none()) {
            node.row.unclear = Some("it is set in, and no row above it is not".to_owned());
        }
    }

    fn find_or_insert(&mut self, parent: Option<usize>, row: Row) -> Option<usize> {
        let key = (parent, row.name.clone());
        if let Some(at) = self.names.get(&key) {
            return Some(*at);
        }
        let depth = parent.and_then(|at| self.nodes.get(at)).map_or(0, |node| node.depth + 1);
        if depth >= DEPTH_LIMIT {
            self.notes.push(format!("{} is more than {DEPTH_LIMIT} levels deep, and left out", row.name));
            return None;
        }
        let at = self.nodes.len();
        self.nodes.push(Node { row, parent, depth });
        self.names.insert(key, at);
        Some(at)
    }

    fn edit(&mut self, at: usize, change: impl FnOnce(&mut Row)) {
        if let Some(node) = self.nodes.get_mut(at) {
            change(&mut node.row);
        }
    }

    fn name(&self, at: usize) -> &str {
        self.nodes.get(at).map(|node| node.row.name.as_str()).unwrap_or_default()
    }

    /// Outermost rows with their nested rows.
    pub(crate) fn rows(self) -> Vec<Row> {
        let mut inside: Vec<Vec<Row>> = self.nodes.iter().map(|_| Vec::new()).collect();
        let mut roots = Vec::new();
        // A row follows its owner, so in reverse order its nested rows are complete.
        for (at, node) in self.nodes.into_iter().enumerate().rev() {
            let mut row = node.row;
            row.rows = inside.get_mut(at).map(std::mem::take).unwrap_or_default();
            row.rows.reverse();
            match node.parent.and_then(|parent| inside.get_mut(parent)) {
                Some(rows) => rows.push(row),
                None => roots.push(row),
            }
        }
        roots.reverse();
        roots
    }
}

/// Whether the page gives a row a scalar type.
fn is_single(row: &Row) -> bool {
    let single = |kind| {
        matches!(kind, Kind::Text | Kind::Whole | Kind::Decimal | Kind::Boolean | Kind::Moment | Kind::Date)
    };
    !row.list && Kind::of(&row.kind).is_some_and(single)
}

fn dotted(number: &[u32]) -> String {
    number.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}
