//! Faults that come at rates, and delays from a distribution. What happens to a request follows
//! from a seed, from the request without its time and signature, and from how often it came before:
//! the same requests meet the same faults, whichever order they arrive in.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use pyi_codegen::ir::Endpoint;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::fault::Fault;
use crate::request::ParsedRequest;

/// Maximum delay: longer than any client waits.
const DELAY_LIMIT: Duration = Duration::from_secs(600);

/// Maximum seconds of a wrong clock: a hundred years.
const CLOCK_LIMIT: u64 = 3_155_760_000;

/// Faults at rates.
///
/// ```
/// use pyi_sandbox::{Delay, Fault, FaultRates};
///
/// let rates = FaultRates::seeded(7).rate(0.05, Fault::Close).delay(Delay::Lognormal { median_ms: 80.0, sigma: 0.4 });
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct FaultRates {
    /// The seed.
    pub seed: u64,
    /// Faults, each with the share of requests that meet it, from 0 to 1. A request meets at most
    /// one.
    pub rates: Vec<FaultRate>,
    /// The time before each answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<Delay>,
}

/// A fault, and how often it comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRate {
    /// The share of requests, from 0 to 1.
    pub rate: f64,
    /// The fault.
    pub fault: Fault,
}

/// A distribution of delays, in milliseconds. Delays of networks are nearly lognormal: most are
/// near the median, and a few take many times as long.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Delay {
    /// Each value between two is as likely.
    Uniform {
        /// The shortest.
        from_ms: f64,
        /// The longest.
        to_ms: f64,
    },
    /// The logarithm is normally distributed.
    Lognormal {
        /// Half of the delays are shorter.
        median_ms: f64,
        /// The standard deviation of the logarithm: 0 for none, 0.5 for a usual network, 1 for a
        /// bad one.
        sigma: f64,
    },
}

impl FaultRates {
    /// No faults yet, by a seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// Adds a fault that a share of the requests meets.
    #[must_use]
    pub fn rate(mut self, rate: f64, fault: Fault) -> Self {
        self.rates.push(FaultRate { rate, fault });
        self
    }

    /// Delays each answer.
    #[must_use]
    pub fn delay(mut self, delay: Delay) -> Self {
        self.delay = Some(delay);
        self
    }

    /// Why rates cannot be kept.
    pub(crate) fn unfit(&self) -> Option<String> {
        let is_share = |rate: f64| (0.0..=1.0).contains(&rate);
        let sum: f64 = self.rates.iter().map(|rate| rate.rate).sum();
        if !self.rates.iter().all(|rate| is_share(rate.rate)) || sum > 1.0 + 1e-9 {
            return Some("the rates of faults are shares from 0 to 1, and at most 1 together".to_owned());
        }
        for rate in &self.rates {
            match &rate.fault {
                Fault::Http { status, .. } if !(300..=599).contains(status) => {
                    return Some("`http` of a fault is an HTTP status from 300 to 599".to_owned());
                }
                Fault::ClockAhead(seconds) if seconds.unsigned_abs() > CLOCK_LIMIT => {
                    return Some(format!("`clock_ahead` of a fault is at most {CLOCK_LIMIT} seconds"));
                }
                Fault::Delay(pause) if *pause > DELAY_LIMIT => {
                    let limit = DELAY_LIMIT.as_millis();
                    return Some(format!("`delay_ms` of a fault is at most {limit} milliseconds"));
                }
                _ => {}
            }
        }
        let is_fine = match self.delay {
            None => true,
            Some(Delay::Uniform { from_ms, to_ms }) => {
                from_ms >= 0.0 && to_ms >= from_ms && to_ms.is_finite()
            }
            Some(Delay::Lognormal { median_ms, sigma }) => {
                median_ms >= 0.0 && median_ms.is_finite() && (0.0..=10.0).contains(&sigma)
            }
        };
        (!is_fine).then(|| "a delay is from 0 up, and its sigma from 0 to 10".to_owned())
    }
}

/// What a request meets.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Met {
    pub(crate) fault: Option<Fault>,
    pub(crate) delay: Duration,
}

/// The rates, and how often each request came.
#[derive(Default)]
pub(crate) struct RatedFaults(Mutex<(FaultRates, HashMap<[u8; 32], u64>)>);

impl RatedFaults {
    pub(crate) fn get(&self) -> FaultRates {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// Sets the rates, and counts requests from the first one again.
    pub(crate) fn set(&self, rates: FaultRates) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (rates, HashMap::new());
    }

    /// What a request meets that has just arrived.
    pub(crate) fn meet(&self, endpoint: Option<&Endpoint>, request: &ParsedRequest) -> Met {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (rates, seen) = &mut *kept;
        if rates.rates.is_empty() && rates.delay.is_none() {
            return Met::default();
        }
        let identity = identity(endpoint, request);
        let count = seen.entry(identity).or_default();
        *count += 1;
        let draw = |what: u8| {
            let mut digest = Sha256::new();
            digest.update(rates.seed.to_be_bytes());
            digest.update(identity);
            digest.update(count.to_be_bytes());
            digest.update([what]);
            share(&digest.finalize())
        };
        let mut rest = draw(0);
        let mut fault = None;
        for rate in &rates.rates {
            if rest < rate.rate {
                fault = Some(rate.fault.clone());
                break;
            }
            rest -= rate.rate;
        }
        let delay = rates.delay.map(|delay| delay.draw(draw(1), draw(2))).unwrap_or_default();
        Met { fault, delay }
    }
}

/// A number from 0 to 1, without 1, from the first bytes of a digest.
fn share(digest: &[u8]) -> f64 {
    // 53 bits are the digits of such a number.
    let bits = digest.iter().take(8).fold(0, |bits: u64, byte| bits << 8 | u64::from(*byte)) >> 11;
    bits as f64 / (1_u64 << 53) as f64
}

/// A digest of the endpoint and the fields of a request: without what differs each time.
fn identity(endpoint: Option<&Endpoint>, request: &ParsedRequest) -> [u8; 32] {
    let mut digest = Sha256::new();
    match endpoint {
        Some(endpoint) => {
            digest.update(&endpoint.id);
            for field in &endpoint.request {
                digest.update([0]);
                digest.update(request.parameter(&field.wire).unwrap_or_default());
            }
        }
        None => digest.update(&request.path),
    }
    digest.finalize().into()
}

impl Delay {
    /// A delay by two numbers from 0 to 1.
    fn draw(self, one: f64, other: f64) -> Duration {
        let millis = match self {
            Self::Uniform { from_ms, to_ms } => from_ms + (to_ms - from_ms) * one,
            Self::Lognormal { median_ms, sigma } => {
                // A normally distributed number, by the transform of Box and Muller.
                let normal = (-2.0 * (1.0 - one).ln()).sqrt() * (std::f64::consts::TAU * other).cos();
                median_ms * (sigma * normal).exp()
            }
        };
        Duration::from_secs_f64(millis.clamp(0.0, DELAY_LIMIT.as_secs_f64() * 1000.0) / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers from 0 to 1 that are spread evenly.
    fn pairs() -> impl Iterator<Item = (f64, f64)> {
        (0..200).flat_map(|one| {
            (0..200).map(move |other| ((f64::from(one) + 0.5) / 200.0, (f64::from(other) + 0.5) / 200.0))
        })
    }

    fn drawn(delay: Delay) -> Vec<f64> {
        let mut drawn: Vec<f64> =
            pairs().map(|(one, other)| delay.draw(one, other).as_secs_f64() * 1000.0).collect();
        drawn.sort_by(f64::total_cmp);
        drawn
    }

    /// The quantiles are those of tables of the normal distribution.
    #[test]
    fn delays_are_distributed_as_they_say() {
        let lognormal = drawn(Delay::Lognormal { median_ms: 80.0, sigma: 0.5 });
        let uniform = drawn(Delay::Uniform { from_ms: 10.0, to_ms: 30.0 });
        // The share of smaller ones, the normal quantile, and the uniform one.
        for (share, normal, even) in
            [(0.025, -1.959964, 10.5), (0.5, 0.0, 20.0), (0.8413447, 1.0, 26.827), (0.975, 1.959964, 29.5)]
        {
            let at = (lognormal.len() as f64 * share) as usize;
            let wanted = 80.0 * (0.5_f64 * normal).exp();
            assert!((lognormal[at] / wanted - 1.0).abs() < 0.02, "{share}: {} {wanted}", lognormal[at]);
            assert!((uniform[at] - even).abs() < 0.2, "{share}: {} {even}", uniform[at]);
        }
        assert_eq!(
            Delay::Lognormal { median_ms: 1e300, sigma: 10.0 }.draw(0.999, 0.0),
            Duration::from_secs(600)
        );
    }

    #[test]
    fn rates_that_are_none_are_refused() {
        let fine = FaultRates::seeded(1).rate(0.5, Fault::Close).rate(0.5, Fault::Cut);
        assert_eq!(fine.unfit(), None);
        for unfit in [
            fine.clone().rate(0.1, Fault::Page),
            FaultRates::seeded(1).rate(f64::NAN, Fault::Close),
            FaultRates::seeded(1).rate(0.1, Fault::ClockAhead(i64::MIN)),
            FaultRates::seeded(1).rate(0.1, Fault::Delay(Duration::from_millis(u64::MAX))),
            FaultRates::seeded(1).delay(Delay::Uniform { from_ms: 2.0, to_ms: 1.0 }),
            FaultRates::seeded(1).delay(Delay::Lognormal { median_ms: f64::INFINITY, sigma: 1.0 }),
        ] {
            assert!(unfit.unfit().is_some(), "{unfit:?}");
        }
    }
}
