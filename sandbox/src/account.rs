//! The account at the provider: what is left of its money and its calls, which addresses may call,
//! and how often one person may be asked for. Each limit has the provider's own status, by its name
//! in the spec:
//!
//! | limit | status | otherwise the first of class |
//! |---|---|---|
//! | the caller's address is allowed | `ip_not_allowed` | `auth` |
//! | the endpoint's subscription has not ended | `subscription_expired` | `account` |
//! | a call of the endpoint is left | `quota_exhausted` | `account` |
//! | the price is left | `balance_exhausted` | `account` |
//! | the person was not asked for too often | the one that is set | |
//!
//! Only a call that is billed takes from the balance and from a quota.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use pyi_codegen::ir::{BillingRule, Endpoint, Provider, StatusClass, StatusCode};
use pyi_dynamic::worst_price;
use pyi_runtime::Decimal;
use serde::{Deserialize, Serialize};

use crate::clock::now;
use crate::request::ParsedRequest;
use crate::validation::Validation;

/// The account of a sandbox. A limit that is not set is none.
///
/// ```
/// use pyi_sandbox::Account;
///
/// let mut account = Account::default();
/// account.balance = Some(pyi_runtime::Decimal::new(32, 2)); // 0.32
/// account.quotas.insert("bank_card".to_owned(), 3);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Account {
    /// The money that is left, in the currency of the spec's prices. In JSON a text, such as
    /// `"0.32"`.
    #[serde(with = "amount", skip_serializing_if = "Option::is_none")]
    pub balance: Option<Decimal>,
    /// The calls that are left, by endpoint.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub quotas: BTreeMap<String, u64>,
    /// The end of subscriptions, by endpoint, in unix seconds.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub expires: BTreeMap<String, i64>,
    /// The addresses that may call. Default: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_ips: Option<Vec<IpAddr>>,
    /// How often an endpoint may be asked for one person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_person: Option<PerPerson>,
}

/// How often an endpoint may be asked for one person: the values of the fields with `person: true`,
/// or of all fields where none has it. The provider's own status is not known, so that it has to be
/// given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerPerson {
    /// Maximum calls within the period.
    pub calls: usize,
    /// The period, in seconds.
    pub seconds: u64,
    /// The code of the status of further calls, whether or not the spec lists it. In JSON a text.
    #[serde(with = "crate::settings::code")]
    pub status: StatusCode,
}

/// Why a call is refused.
enum Limit {
    /// A status by its name, or the first of a class.
    Named(&'static str, StatusClass),
    /// A status by its code.
    Code(StatusCode),
}

/// The account as it is now.
#[derive(Default)]
pub(crate) struct Accounting(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    account: Account,
    /// When an endpoint was asked for a person.
    asked: HashMap<String, VecDeque<Instant>>,
}

impl Accounting {
    pub(crate) fn get(&self) -> Account {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).account.clone()
    }

    pub(crate) fn set(&self, account: Account) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).account = account;
    }

    /// Holds a granted request against the limits, and takes what it costs.
    pub(crate) fn admit<'p>(
        &self,
        provider: &'p Provider,
        validation: Validation<'p>,
        request: &ParsedRequest,
        caller: IpAddr,
    ) -> Validation<'p> {
        let Some(endpoint) = validation.endpoint.filter(|_| validation.is_granted) else { return validation };
        let is_billed = validation.status.is_some_and(|status| status.billed == BillingRule::Always);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = kept.limit(endpoint, request, caller);
        if limit.is_none() {
            kept.charge(endpoint, request, is_billed);
        }
        drop(kept);
        match limit {
            None => validation,
            Some(Limit::Named(name, class)) => validation.refused_as(provider, name, class),
            Some(Limit::Code(code)) => {
                Validation { is_granted: false, ..validation.with_status(provider, code) }
            }
        }
    }
}

impl Kept {
    /// The limit that a call meets.
    fn limit(&self, endpoint: &Endpoint, request: &ParsedRequest, caller: IpAddr) -> Option<Limit> {
        let account = &self.account;
        let is_caller = |allowed: &IpAddr| allowed.to_canonical() == caller;
        if account.allowed_ips.as_ref().is_some_and(|allowed| !allowed.iter().any(is_caller)) {
            return Some(Limit::Named("ip_not_allowed", StatusClass::Auth));
        }
        if account.expires.get(&endpoint.id).is_some_and(|end| *end <= now()) {
            return Some(Limit::Named("subscription_expired", StatusClass::Account));
        }
        if account.quotas.get(&endpoint.id) == Some(&0) {
            return Some(Limit::Named("quota_exhausted", StatusClass::Account));
        }
        let price = worst_price(endpoint).unwrap_or_default();
        if account.balance.is_some_and(|balance| balance < price) {
            return Some(Limit::Named("balance_exhausted", StatusClass::Account));
        }
        if let Some(per_person) = &account.per_person {
            let (now, period) = (Instant::now(), Duration::from_secs(per_person.seconds));
            let asked = self.asked.get(&person(endpoint, request)).into_iter().flatten();
            if asked.filter(|at| now.duration_since(**at) < period).count() >= per_person.calls {
                return Some(Limit::Code(per_person.status));
            }
        }
        None
    }

    /// Counts a call, and takes what it costs.
    fn charge(&mut self, endpoint: &Endpoint, request: &ParsedRequest, is_billed: bool) {
        let account = &mut self.account;
        if let Some(per_person) = &account.per_person {
            let asked = self.asked.entry(person(endpoint, request)).or_default();
            asked.push_back(Instant::now());
            // No older one counts.
            while asked.len() > per_person.calls {
                asked.pop_front();
            }
        }
        if is_billed {
            let price = worst_price(endpoint).unwrap_or_default();
            if let Some(balance) = &mut account.balance {
                *balance -= price;
            }
            if let Some(quota) = account.quotas.get_mut(&endpoint.id) {
                *quota -= 1;
            }
        }
    }
}

/// The endpoint and the person of a request.
fn person(endpoint: &Endpoint, request: &ParsedRequest) -> String {
    let has_person = endpoint.request.iter().any(|field| field.person);
    let fields = endpoint.request.iter().filter(|field| field.person || !has_person);
    let values: Vec<&str> = fields.filter_map(|field| request.parameter(&field.wire)).collect();
    format!("{:?}", (&endpoint.id, values))
}

/// An amount as a text, since many programs read a number of JSON as a float.
mod amount {
    use pyi_runtime::Decimal;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(amount: &Option<Decimal>, to: S) -> Result<S::Ok, S::Error> {
        match amount {
            Some(amount) => to.collect_str(amount),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Decimal>, D::Error> {
        let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
        let amount = Decimal::from_str_exact(&text);
        amount.map(Some).map_err(|_| Error::custom("an amount is a text of digits, such as \"100.00\""))
    }
}
