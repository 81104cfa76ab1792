//! The key of a batch, and the fingerprint of a person.

use ring::hmac;

use crate::store::Fingerprint;

/// The secret key of the fingerprints by which a batch identifies people. Keep it apart from the
/// ledger: with both, a reader can test whether a person is in it.
#[derive(Clone)]
pub struct Key(hmac::Key);

impl Key {
    /// A key from 32 or more random bytes.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// Identifies the key without revealing it.
    pub(crate) fn check(&self) -> Fingerprint {
        self.fingerprint(&[(String::new(), "a ledger's key".to_owned())])
    }

    /// The fingerprint of the values of a row, in the request's order.
    pub fn fingerprint(&self, given: &[(String, String)]) -> Fingerprint {
        let mut context = hmac::Context::with_key(&self.0);
        for (name, value) in given {
            // With lengths, so that different rows are different texts.
            for part in [name, value] {
                context.update(&(part.len() as u64).to_be_bytes());
                context.update(part.as_bytes());
            }
        }
        let tag = context.sign();
        let mut fingerprint = Fingerprint::default();
        fingerprint.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        fingerprint
    }
}

/// Shows no key.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}
