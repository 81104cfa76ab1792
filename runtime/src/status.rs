//! The meaning of a provider's status: its class, and whether it is billed.

use std::borrow::Cow;

use crate::operation::Operation;
use pyi_types::{BillingRule, Retry, StatusClass, StatusCode};

/// The spec's description of a status.
///
/// ```
/// use pyi_runtime::{BillingRule, StatusClass, StatusInfo};
///
/// const NO_DATA: StatusInfo = StatusInfo::builder(10025, "no_data", StatusClass::NoData)
///     .title("查无数据")
///     .billed(BillingRule::Never)
///     .remedy("check the values")
///     .build();
/// assert_eq!(NO_DATA.remedy, "check the values");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusInfo {
    /// Its code on the wire.
    pub code: StatusCode,
    /// Its name in `snake_case`.
    pub name: Cow<'static, str>,
    /// The provider's title.
    pub title: Cow<'static, str>,
    /// Its class.
    pub class: StatusClass,
    /// Whether a call that ends with it is billed.
    pub billed: BillingRule,
    /// Whether the same call may be sent again.
    pub retry: Retry,
    /// What to do, or empty.
    pub remedy: Cow<'static, str>,
}

impl StatusInfo {
    /// A builder of a status with a code, a name in `snake_case`, and a class. By default, its
    /// billing is unknown, and a call that ends with it is never sent again. For owned text, set
    /// the fields of the status that is built.
    pub const fn builder(code: i32, name: &'static str, class: StatusClass) -> StatusInfoBuilder {
        Self::builder_of(StatusCode::from_number(code), name, class)
    }

    /// As [`Self::builder`], for a code that may be a text.
    pub const fn builder_of(code: StatusCode, name: &'static str, class: StatusClass) -> StatusInfoBuilder {
        let (billed, retry) = (BillingRule::Unknown, Retry::Never);
        StatusInfoBuilder { code, name, title: "", class, billed, retry, remedy: "" }
    }

    /// The provider's title, without placeholders such as `{ip}`.
    pub(crate) fn words(&self) -> String {
        let mut words = String::new();
        for part in self.title.split('{') {
            words.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
        }
        if words.is_empty() { "no message".to_owned() } else { words }
    }
}

/// The description of a code: of the endpoints' own statuses, or of their provider's. `None` is a
/// code that no endpoint lists.
pub fn find(operations: &[&'static Operation<'static>], code: StatusCode) -> Option<&'static StatusInfo> {
    operations.iter().find_map(|operation| operation.status(code))
}

/// As [`find`], for a code as it is on the wire.
pub fn find_of_text(operations: &[&'static Operation<'static>], code: &str) -> Option<&'static StatusInfo> {
    find(operations, code.parse().ok()?)
}

/// Builds a [`StatusInfo`], in a constant too.
#[derive(Debug, Clone, Copy)]
#[must_use = "a builder makes nothing until .build() is called"]
pub struct StatusInfoBuilder {
    code: StatusCode,
    name: &'static str,
    title: &'static str,
    class: StatusClass,
    billed: BillingRule,
    retry: Retry,
    remedy: &'static str,
}

impl StatusInfoBuilder {
    /// Sets the provider's title. Default: empty.
    pub const fn title(mut self, title: &'static str) -> Self {
        self.title = title;
        self
    }

    /// Sets whether a call that ends with it is billed. Default: unknown.
    pub const fn billed(mut self, rule: BillingRule) -> Self {
        self.billed = rule;
        self
    }

    /// Sets whether the same call may be sent again. Default: never.
    pub const fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Sets what to do. Default: empty.
    pub const fn remedy(mut self, remedy: &'static str) -> Self {
        self.remedy = remedy;
        self
    }

    /// The status.
    pub const fn build(self) -> StatusInfo {
        let Self { code, name, title, class, billed, retry, remedy } = self;
        let (name, title, remedy) = (Cow::Borrowed(name), Cow::Borrowed(title), Cow::Borrowed(remedy));
        StatusInfo { code, name, title, class, billed, retry, remedy }
    }
}
