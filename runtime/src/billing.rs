//! What a call cost.
//!
//! | billing | when | may be sent again |
//! |---|---|---|
//! | `NotSent` | refused locally, no connection, TLS failed | yes |
//! | `Free` | a status, or an HTTP status without an envelope, that the spec lists as never billed | only where the spec says so |
//! | `Billed` | a status that is always billed, even if its payload cannot be read | never |
//! | `Unknown` | any other status; sent and no whole answer; an answer without an envelope whose HTTP status the spec does not list | never, unless the caller insists |

use std::fmt;

use crate::status::Billed;

/// What a call cost. Every reply and every error has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Billing {
    /// Nothing left this machine that the provider could bill.
    NotSent,
    /// The provider answered with a status that it does not bill.
    Free,
    /// The provider bills this call.
    Billed,
    /// The request may have reached the provider, and whether it is billed cannot be told. Count it as billed.
    Unknown,
}

impl Billing {
    /// What a call costs that ends with a status. A status that the spec does not list counts as unknown.
    pub(crate) fn of(billed: Option<Billed>) -> Self {
        match billed {
            Some(Billed::Always) => Self::Billed,
            Some(Billed::Never) => Self::Free,
            Some(Billed::Unknown) | None => Self::Unknown,
        }
    }
}

impl fmt::Display for Billing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotSent => "not sent",
            Self::Free => "not billed",
            Self::Billed => "billed",
            Self::Unknown => "perhaps billed",
        })
    }
}
