//! What sealing costs: the AEAD that the ledger uses, on texts of the lengths of the batch's.
//! Values are always sealed, so that it is measured beside the runs, and not by a run without it.

use std::time::Instant;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};

/// A row's values, and its reply.
const LENGTHS: [usize; 2] = [70, 260];

const ROWS: u32 = 200_000;

/// Nanoseconds to seal and to open both texts of a row once, with a new nonce for each.
pub(crate) fn nanos_a_row() -> f64 {
    let random = SystemRandom::new();
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[7; 32]).unwrap());
    let begun = Instant::now();
    for row in 0..ROWS {
        for length in LENGTHS {
            let context = Aad::from(row.to_be_bytes());
            let mut nonce = [0; 12];
            random.fill(&mut nonce).unwrap();
            let mut text = vec![b'x'; length];
            let tag = key
                .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), context, &mut text)
                .unwrap();
            text.extend_from_slice(tag.as_ref());
            let opened = key.open_in_place(Nonce::assume_unique_for_key(nonce), context, &mut text).unwrap();
            assert_eq!(std::hint::black_box(opened).len(), length);
        }
    }
    begun.elapsed().as_nanos() as f64 / f64::from(ROWS)
}
