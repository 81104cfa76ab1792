//! The meaning of a provider's status: its class, and whether it is billed.

use std::borrow::Cow;

use pyi_types::{BillingRule, Retry, StatusClass};

/// The spec's description of a status.
///
/// ```
/// use pyi_runtime::{BillingRule, Retry, StatusClass, StatusInfo};
///
/// const NO_DATA: StatusInfo = StatusInfo::new(
///     10025,
///     "no_data",
///     "查无数据",
///     StatusClass::NoData,
///     BillingRule::Never,
///     Retry::Never,
///     "check the values",
/// );
/// assert_eq!(NO_DATA.remedy, "check the values");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusInfo {
    /// Its code on the wire.
    pub code: i32,
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
    /// A status of a compiled spec.
    pub const fn new(
        code: i32,
        name: &'static str,
        title: &'static str,
        class: StatusClass,
        billed: BillingRule,
        retry: Retry,
        remedy: &'static str,
    ) -> Self {
        Self {
            code,
            name: Cow::Borrowed(name),
            title: Cow::Borrowed(title),
            class,
            billed,
            retry,
            remedy: Cow::Borrowed(remedy),
        }
    }

    /// A status of a spec that is read at run time.
    pub fn owned(
        code: i32,
        name: String,
        title: String,
        class: StatusClass,
        billed: BillingRule,
        retry: Retry,
        remedy: String,
    ) -> Self {
        let (name, title, remedy) = (Cow::Owned(name), Cow::Owned(title), Cow::Owned(remedy));
        Self { code, name, title, class, billed, retry, remedy }
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
