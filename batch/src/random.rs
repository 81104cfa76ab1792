//! Random bytes of the system, for ids, keys and nonces.

use pyi_text::message;
use ring::rand::{SecureRandom, SystemRandom};

use crate::store::StoreError;

/// Random bytes.
///
/// # Errors
///
/// A system without random numbers.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| StoreError(message!("the system has no random numbers")))?;
    Ok(bytes)
}
