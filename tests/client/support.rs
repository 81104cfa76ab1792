//! Shared parts of the tests, from `tests/support`.

#[path = "../support/cargo.rs"]
mod cargo;
#[allow(dead_code)]
#[path = "../support/interpreters.rs"]
mod interpreters;
#[allow(dead_code)]
#[path = "../support/raw.rs"]
mod raw;
#[path = "../support/served.rs"]
mod served;

use pyi::IdCardTwoFactor;

pub(crate) use self::cargo::cargo;
pub(crate) use self::interpreters::{has, run};
pub(crate) use self::raw::Raw;
pub(crate) use self::served::Served;

/// An invented person.
pub(crate) fn person() -> IdCardTwoFactor {
    IdCardTwoFactor { bank_id: "00000019490101776X".into(), bank_name: "甲甲".into() }
}
