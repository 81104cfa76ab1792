//! One send of a row, by an id of its own: an answer settles the attempt that it belongs to and no
//! other, and a command whose answer is lost can be repeated.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::random::random;
use crate::store::StoreError;

/// Identifies one send of a row. No two are the same, in this program or in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct AttemptId(pub(crate) [u8; 16]);

/// One send of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Attempt {
    /// The number of the row in the store.
    pub row: u64,
    /// The id of this send.
    pub id: AttemptId,
}

/// Makes the ids of a program's attempts.
///
/// ```
/// # fn main() -> Result<(), pyi_batch::StoreError> {
/// let ids = pyi_batch::AttemptIds::new()?;
/// assert_ne!(ids.next(), ids.next());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct AttemptIds {
    /// The first half of each id: this value's alone.
    own: u64,
    count: AtomicU64,
}

impl AttemptIds {
    /// Ids that begin with random bytes.
    ///
    /// # Errors
    ///
    /// A system without random numbers.
    pub fn new() -> Result<Self, StoreError> {
        Ok(Self { own: u64::from_be_bytes(random()?), count: AtomicU64::new(0) })
    }

    /// The next id.
    pub fn next(&self) -> AttemptId {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        AttemptId((u128::from(self.own) << 64 | u128::from(count)).to_be_bytes())
    }
}
