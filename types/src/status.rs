//! Properties of a provider's status.

use std::fmt;

use crate::words::words;

words! {
    /// The kind of answer that a status stands for.
    #[non_exhaustive]
    StatusClass {
        /// Real data.
        "data" => Data,
        /// The provider was asked and has no data.
        "no_data" => NoData,
        /// The provider accepted an order. The result comes later.
        "pending" => Pending,
        /// Data made up for testing.
        "debug" => Debug,
        /// The caller could not be identified: app id, signature, time, address.
        "auth" => Auth,
        /// The account lacks permission: subscription, quota, balance.
        "account" => Account,
        /// The request is invalid.
        "request" => Request,
        /// The provider failed.
        "server" => Server,
        /// None of these.
        "other" => Other,
    }
}

impl StatusClass {
    /// The words for an answer without an envelope, which carries no data.
    pub const ERRORS: &'static [&'static str] = &["auth", "account", "request", "server", "other"];
}

impl fmt::Display for StatusClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

words! {
    /// Whether the provider bills a call that ends with a status.
    BillingRule {
        /// Billed.
        "always" => Always,
        /// Not billed.
        "never" => Never,
        /// Not known.
        "unknown" => Unknown,
    }
}

words! {
    /// Whether a call that ends with a status may be sent again.
    #[non_exhaustive]
    Retry {
        /// Not allowed.
        "false" => Never,
        /// Allowed after a delay. The provider failed, and bills nothing.
        "true" => Later,
        /// Allowed once, with a corrected time. The provider reports that the request's time was
        /// off.
        "clock" => Clock,
    }
}
