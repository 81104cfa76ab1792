//! The places of a spec's parts, by the keys that lead to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::change::SpecPlace;
use crate::report::{Place, Report};
use crate::source::File;
use crate::yaml::{self, Node, Value};

/// The files of a spec as YAML.
pub(super) struct Trees(BTreeMap<String, (Arc<File>, Option<Node>)>);

impl Trees {
    pub(super) fn read(files: &[File]) -> Self {
        // Their faults are in the report of the spec.
        let mut report = Report::default();
        let trees = files.iter().map(|file| {
            let file = Arc::new(file.clone());
            let tree = yaml::read(&file, &mut report);
            (file.name.clone(), (file, tree))
        });
        Self(trees.collect())
    }

    /// The place of the innermost of some keys that the file has, the begin of the file for none;
    /// and the value, if it has all. `None` for a file that there is not.
    pub(super) fn find(&self, file: &str, keys: &[String]) -> Option<(SpecPlace, Option<&Node>)> {
        let (file, tree) = self.0.get(file)?;
        let mut place = Place::start_of(file);
        let mut node = tree.as_ref();
        for key in keys {
            let entries = match node {
                Some(Node { value: Value::Map(entries), .. }) => entries.as_slice(),
                _ => &[],
            };
            let found = entries.iter().find(|(entry, _)| entry.scalar.text == *key);
            if let Some((found, _)) = found {
                place = found.place.clone();
            }
            node = found.map(|(_, value)| value);
        }
        let (line, column) = place.position();
        Some((SpecPlace { file: file.shown.clone(), line, column }, node))
    }

    /// The name of the type in the provider's file with a Rust name.
    pub(super) fn type_named(&self, rust: &str) -> Option<&str> {
        let (_, tree) = self.0.get(crate::source::PROVIDER)?;
        let Some(Node { value: Value::Map(entries), .. }) = tree else { return None };
        let (_, types) = entries.iter().find(|(key, _)| key.scalar.text == "types")?;
        let Value::Map(types) = &types.value else { return None };
        let named = types.iter().map(|(key, _)| key.scalar.text.as_str());
        named.into_iter().find(|name| {
            let named = crate::names::named_type(name);
            rust == named || rust == crate::names::input_type(&named)
        })
    }
}
