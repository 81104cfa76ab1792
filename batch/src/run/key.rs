//! By what a batch knows a person again.

use ring::hmac;

use crate::store::Fingerprint;

/// By what a run knows a person again. Whoever has it and the ledger can try out who is in it: it is kept apart from the ledger.
#[derive(Clone)]
pub struct Key(hmac::Key);

impl Key {
    /// A key of 32 bytes or more that nobody can guess.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// By which a key is known again.
    pub(crate) fn check(&self) -> Fingerprint {
        self.fingerprint(&[(String::new(), "a ledger's key".to_owned())])
    }

    /// A row's values as they are sent, in the request's order.
    pub fn fingerprint(&self, given: &[(String, String)]) -> Fingerprint {
        let mut context = hmac::Context::with_key(&self.0);
        for (name, value) in given {
            // With lengths, so that no two rows are one text.
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
