//! The result of a call: its outcome and its billing.
//!
//! | billing | when | may be sent again |
//! |---|---|---|
//! | `NotSent` | refused locally, no connection, TLS failed | yes |
//! | `Free` | a status, or an HTTP status without an envelope, that the spec lists as never billed | only where the spec says so |
//! | `Billed` | a status that is always billed, even if its payload cannot be read | never |
//! | `Unknown` | any other status; sent and no whole answer; an answer without an envelope whose HTTP status the spec does not list | never, unless the caller insists |

use std::fmt;

use crate::status::BillingRule;
use crate::words::words;

words! {
    /// Whether a call was billed. Every reply and every error has one.
    Billing {
        /// Nothing left this machine that the provider could bill.
        "not_sent" => NotSent,
        /// The provider answered with a status that it does not bill.
        "free" => Free,
        /// The provider bills this call.
        "billed" => Billed,
        /// The request may have reached the provider, and it is unknown whether it is billed. Count
        /// it as billed.
        "unknown" => Unknown,
    }
}

impl Billing {
    /// The billing of a call that ends with a status of this rule. `None`: the spec does not list
    /// the status.
    pub fn of(rule: Option<BillingRule>) -> Self {
        match rule {
            Some(BillingRule::Always) => Self::Billed,
            Some(BillingRule::Never) => Self::Free,
            Some(BillingRule::Unknown) | None => Self::Unknown,
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

words! {
    /// The outcome of a call as reports, JSON output and ledgers name it.
    #[non_exhaustive]
    CallOutcome {
        /// Real data.
        "data" => Data,
        /// Data made up for testing.
        "debug" => Debug,
        /// The provider has no data.
        "no_data" => NoData,
        /// The provider accepted an order. The result comes later.
        "pending" => Pending,
        /// Refused on this machine, before anything was sent.
        "refused" => Refused,
        /// A status that is an error, or an HTTP status that the spec lists.
        "error" => Error,
        /// Nothing was sent: no connection.
        "not_sent" => NotSent,
        /// Perhaps sent, without an answer that tells what happened.
        "unknown" => Unknown,
        /// Data that differs from the spec.
        "undecodable" => Undecodable,
        /// A row of a batch that the operator gave up.
        "skipped" => Skipped,
        /// A row of a batch whose person an earlier row has.
        "duplicate" => Duplicate,
    }
}

impl fmt::Display for CallOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
