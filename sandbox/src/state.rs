//! What the server of a sandbox knows while it runs.

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use pyi_codegen::Report;
use pyi_codegen::ir::Provider;

use crate::account::Accounting;
use crate::cassette::Cassettes;
use crate::failure_report::LastMet;
use crate::fault::FaultQueue;
use crate::fault_rates::RatedFaults;
use crate::http::limits::Limits;
use crate::notify::{Notifications, Notify};
use crate::own_app::OwnApp;
use crate::proxy::Upstream;
use crate::request_log::RequestLog;
use crate::settings::Settings;

pub(crate) struct State {
    spec: RwLock<Arc<Spec>>,
    pub(crate) app: OwnApp,
    pub(crate) request_log: RequestLog,
    pub(crate) faults: FaultQueue,
    pub(crate) rated_faults: RatedFaults,
    pub(crate) last_met: LastMet,
    pub(crate) account: Accounting,
    notify: RwLock<Notify>,
    pub(crate) notifications: Notifications,
    pub(crate) limits: Limits,
    pub(crate) answers: Answers,
    #[cfg(feature = "page")]
    pub(crate) page: crate::page::Page,
}

/// The served spec, and the faults of endpoints that are not served.
pub(crate) struct Spec {
    pub(crate) provider: Arc<Provider>,
    pub(crate) report: Report,
}

/// Who answers.
pub(crate) enum Answers {
    /// The sandbox, by the spec.
    Own,
    /// Cassettes, where no check refuses the request.
    Replay(Cassettes),
    /// The provider.
    Proxy(Upstream),
}

impl State {
    pub(crate) fn new(
        spec: Spec,
        app: OwnApp,
        faults: FaultQueue,
        settings: Settings,
        limits: Limits,
        answers: Answers,
        #[cfg(feature = "page")] page: crate::page::Page,
    ) -> Self {
        let state = Self {
            spec: RwLock::new(Arc::new(spec)),
            app,
            request_log: RequestLog::default(),
            faults,
            rated_faults: RatedFaults::default(),
            last_met: LastMet::default(),
            account: Accounting::default(),
            notify: RwLock::default(),
            notifications: Notifications::default(),
            limits,
            answers,
            #[cfg(feature = "page")]
            page,
        };
        state.set(settings);
        state
    }

    /// Current spec. A request keeps the spec that it began with.
    pub(crate) fn spec(&self) -> Arc<Spec> {
        Arc::clone(&self.spec.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_spec(&self, spec: Spec) {
        *self.spec.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(spec);
    }

    /// The settings as they are now: what calls cost is taken from the account.
    pub(crate) fn settings(&self) -> Settings {
        Settings { account: self.account.get(), faults: self.rated_faults.get(), notify: self.notify() }
    }

    pub(crate) fn set(&self, settings: Settings) {
        self.account.set(settings.account);
        // Requests are counted anew only if the faults change.
        if self.rated_faults.get() != settings.faults {
            self.rated_faults.set(settings.faults);
        }
        *self.notify.write().unwrap_or_else(PoisonError::into_inner) = settings.notify;
    }

    pub(crate) fn notify(&self) -> Notify {
        self.notify.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What a failing test prints. A request that was passed on, or that a key knows again, may be
    /// a person's, and is not shown.
    pub(crate) fn failure(&self, address: SocketAddr) -> Option<String> {
        match self.answers {
            Answers::Proxy(_) => None,
            Answers::Replay(ref cassettes) if cassettes.has_key() => None,
            Answers::Own | Answers::Replay(_) => self.last_met.lines(&self.rated_faults.get(), address),
        }
    }
}
