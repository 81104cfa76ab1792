//! Compares two specs: what a new version of a spec does to the code that calls its client, to
//! money, and to the calls themselves.
//!
//! The comparison is of the [`ir`](crate::ir), which all output is made from. Every structure is
//! taken apart member by member, so that a member that is added there does not compile here before
//! it has a class.

mod api;
mod calls;
mod change;
mod fields;
mod parameters;
mod places;
#[cfg(test)]
mod tests;

pub use self::change::{Change, ChangeClass, Release, SpecPlace};

use self::places::Trees;
use crate::ir::Provider;
use crate::report::Report;
use crate::source::Input;

/// The changes from one spec to another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diff {
    /// The changes: those that break callers first, then by file and line.
    pub changes: Vec<Change>,
}

impl Diff {
    /// The changes of a class.
    pub fn of(&self, class: ChangeClass) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.class == class)
    }

    /// The kind of release that the changes need. `None` if there are none.
    pub fn release(&self) -> Option<Release> {
        self.changes.iter().map(|change| change.release).max()
    }
}

/// One of two specs that are compared.
struct Side {
    provider: Provider,
    trees: Trees,
}

impl Side {
    fn read(input: Input<'_>) -> (Self, Report) {
        let (provider, report) = crate::load(input);
        let trees = Trees::read(&provider.files);
        (Self { provider, trees }, report)
    }
}

/// Compares two specs. Faulty endpoints are left out of the comparison; the reports are those of
/// [`load`](crate::load), of the old and of the new spec.
pub fn diff(old: Input<'_>, new: Input<'_>) -> (Diff, Report, Report) {
    let ((old, old_report), (new, new_report)) = (Side::read(old), Side::read(new));
    let mut changes = change::Changes::new(&old.trees, &new.trees);
    api::provider(&mut changes, &old.provider, &new.provider);
    calls::provider(&mut changes, &old.provider, &new.provider);
    (Diff { changes: changes.sorted() }, old_report, new_report)
}
