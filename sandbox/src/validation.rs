//! The outcome of a request's checks: its endpoint, its status, and why it was refused.

use pyi_codegen::ir::{Endpoint, Provider, Status, StatusClass, StatusCode};

/// Outcome of all checks.
pub(crate) struct Validation<'p> {
    pub(crate) endpoint: Option<&'p Endpoint>,
    /// `None` if the spec has no matching status.
    pub(crate) status: Option<&'p Status>,
    /// Injected status code that the spec does not list.
    pub(crate) unlisted: Option<StatusCode>,
    /// Text for `{info}` in the status's title.
    pub(crate) info: String,
    /// Whether no check refused it.
    pub(crate) is_granted: bool,
}

impl<'p> Validation<'p> {
    /// Status code of the answer.
    pub(crate) fn code(&self) -> Option<StatusCode> {
        self.unlisted.or(self.status.map(|status| status.code))
    }

    /// One that a test decides on: with the first status that has data.
    pub(crate) fn of_a_test(provider: &'p Provider, endpoint: Option<&'p Endpoint>) -> Self {
        let own = endpoint.into_iter().flat_map(|endpoint| &endpoint.statuses);
        let status = provider.statuses.iter().chain(own).find(|status| status.class == StatusClass::Data);
        Self { endpoint, status, unlisted: None, info: String::new(), is_granted: true }
    }

    /// Whether its status has data.
    pub(crate) fn has_data(&self) -> bool {
        self.status.is_some_and(|status| matches!(status.class, StatusClass::Data | StatusClass::Debug))
    }

    /// The same request, refused with a status by its name, or the first of a class.
    pub(crate) fn refused_as(
        mut self,
        provider: &'p Provider,
        name: &'static str,
        class: StatusClass,
    ) -> Self {
        self.status = Refusal::plain(class, name).status(provider);
        self.is_granted = false;
        self
    }

    /// The same request with another status.
    pub(crate) fn with_status(mut self, provider: &'p Provider, code: StatusCode) -> Self {
        let own = self.endpoint.into_iter().flat_map(|endpoint| &endpoint.statuses);
        self.status = own.chain(&provider.statuses).find(|status| status.code == code);
        self.unlisted = self.status.is_none().then_some(code);
        self
    }
}

/// Reason for refusing a request.
pub(crate) struct Refusal {
    class: StatusClass,
    name: &'static str,
    /// Text for `{info}` in the status's title.
    pub(crate) info: String,
}

impl Refusal {
    pub(crate) fn plain(class: StatusClass, name: &'static str) -> Self {
        Self { class, name, info: String::new() }
    }

    pub(crate) fn auth(name: &'static str) -> Option<Self> {
        Some(Self::plain(StatusClass::Auth, name))
    }

    pub(crate) fn other(info: &str) -> Option<Self> {
        Some(Self { class: StatusClass::Request, name: "other", info: info.to_owned() })
    }

    pub(crate) fn status<'p>(&self, provider: &'p Provider) -> Option<&'p Status> {
        let all = || provider.statuses.iter();
        let is_success = |class| {
            matches!(
                class,
                StatusClass::Data | StatusClass::Debug | StatusClass::NoData | StatusClass::Pending
            )
        };
        let named = all().find(|status| status.name == self.name);
        named
            .or_else(|| all().find(|status| status.class == self.class))
            .or_else(|| all().find(|status| !is_success(status.class)))
    }
}
