//! The rows of a table as the tree that they stand for.

use std::collections::HashMap;

use crate::depth::FieldName;
use crate::kind::Kind;

/// How deep fields may be: deeper ones, a spec could not hold.
const DEPTH_LIMIT: usize = 8;

/// A field of a table, and those inside of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// Whether a name says that it is a list.
    pub(crate) list: bool,
    pub(crate) required: Option<bool>,
    pub(crate) kind: String,
    pub(crate) about: String,
    pub(crate) example: String,
    pub(crate) default: String,
    /// Only the names of others say that it exists.
    pub(crate) missing: bool,
    /// The page calls it a single value, and sets rows inside of it.
    pub(crate) contradicted: bool,
    /// Why its place is not certain.
    pub(crate) unclear: Option<String>,
    pub(crate) rows: Vec<Row>,
}

/// Puts rows in their places, one after another.
#[derive(Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    names: HashMap<(Option<usize>, String), usize>,
    numbers: HashMap<Vec<u32>, usize>,
    /// The rows that the next one may be inside of, each with its indent.
    open: Vec<(usize, usize)>,
    /// Whether numbers say where a row belongs: 1.1 is inside of 1.
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
        // A name that says the whole path, whatever it is set inside of.
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

    /// What a row is inside of, and why that is not certain.
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
        // Nothing can be inside of a number or a text.
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

    /// The rows so far are set in, and the next one is not: they are inside of something that has no row.
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

    /// The outermost rows, each with those inside of it.
    pub(crate) fn rows(self) -> Vec<Row> {
        let mut inside: Vec<Vec<Row>> = self.nodes.iter().map(|_| Vec::new()).collect();
        let mut roots = Vec::new();
        // A row is behind its owner, so all that is inside of it is complete when its turn comes.
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

/// Whether the page calls a row a single value.
fn is_single(row: &Row) -> bool {
    let single = |kind| {
        matches!(kind, Kind::Text | Kind::Whole | Kind::Decimal | Kind::Boolean | Kind::Moment | Kind::Date)
    };
    !row.list && Kind::of(&row.kind).is_some_and(single)
}

fn dotted(number: &[u32]) -> String {
    number.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}
