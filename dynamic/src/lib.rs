//! Calls endpoints of a spec that nobody compiled: builds from the ir the very [`Operation`] that the macro would have
//! written as a static, so that both go through the same `execute`.
//!
//! An operation borrows its parts, and the parts borrow from the ir:
//!
//! ```
//! # let texts = [("provider.yaml", "")];
//! use pyi_dynamic::{OperationParts, ProviderParts};
//!
//! let (spec, report) = pyi_codegen::load(pyi_codegen::Input::Texts(&texts));
//! let parts = ProviderParts::new(&spec);
//! let provider = parts.provider();
//! if let Some(endpoint) = spec.endpoint("id_card_two_factor") {
//!     let parts = OperationParts::new(endpoint);
//!     let operation = parts.operation(&provider);
//! }
//! ```

pub mod title;

mod data;
mod report;
mod values;

use pyi_codegen::ir;
use pyi_runtime::operation::{
    Check, Envelope, Operation, Parameter, Price, Provider, Segment, SigningScheme, Source, StatusInfo,
};

pub use data::check_data;
pub use report::CallReport;
pub use values::{ValueFault, canonical_value, values};

/// What a [`Provider`] borrows.
#[derive(Debug)]
pub struct ProviderParts<'a> {
    ir: &'a ir::Provider,
    prefix: Vec<Segment<'a>>,
    suffix: Vec<Segment<'a>>,
    statuses: Vec<StatusInfo>,
    http: Vec<StatusInfo>,
}

impl<'a> ProviderParts<'a> {
    /// The parts of a spec's provider.
    pub fn new(ir: &'a ir::Provider) -> Self {
        let pieces = |pieces: &'a [ir::Segment]| pieces.iter().map(piece).collect();
        Self {
            ir,
            prefix: pieces(&ir.sign.prefix),
            suffix: pieces(&ir.sign.suffix),
            statuses: ir.statuses.iter().map(status).collect(),
            http: ir.http.iter().map(status).collect(),
        }
    }

    /// The provider as plain data.
    pub fn provider(&'a self) -> Provider<'a> {
        let sign = &self.ir.sign;
        Provider {
            name: &self.ir.name,
            title: &self.ir.title,
            sign: SigningScheme {
                parameter: &sign.parameter,
                methods: &sign.methods,
                key_value_separator: &sign.key_value_separator,
                pair_separator: &sign.pair_separator,
                prefix: &self.prefix,
                suffix: &self.suffix,
                skip_empty: sign.skip_empty,
                case: sign.case,
            },
            statuses: &self.statuses,
            http: &self.http,
        }
    }
}

/// What an [`Operation`] borrows.
#[derive(Debug)]
pub struct OperationParts<'a> {
    ir: &'a ir::Endpoint,
    tiers: Vec<(u32, &'a str)>,
    time: Vec<&'a str>,
    statuses: Vec<StatusInfo>,
    checks: Vec<(usize, Check<'a>)>,
    persons: Vec<usize>,
    parameters: Vec<Parameter<'a>>,
}

impl<'a> OperationParts<'a> {
    /// The parts of an endpoint.
    pub fn new(ir: &'a ir::Endpoint) -> Self {
        let tiers = ir.price.iter().flat_map(|price| &price.tiers);
        Self {
            ir,
            tiers: tiers.map(|(calls, each)| (*calls, each.as_str())).collect(),
            time: ir.envelope.time.iter().map(String::as_str).collect(),
            statuses: ir.statuses.iter().map(status).collect(),
            persons: ir
                .request
                .iter()
                .enumerate()
                .filter(|(_, field)| field.person)
                .map(|(index, _)| index)
                .collect(),
            checks: ir.request.iter().enumerate().flat_map(checks).collect(),
            parameters: ir.parameters.iter().map(parameter).collect(),
        }
    }

    /// The endpoint as plain data.
    pub fn operation(&'a self, provider: &'a Provider<'a>) -> Operation<'a> {
        Operation {
            provider,
            id: &self.ir.id,
            path: &self.ir.path,
            title: &self.ir.title,
            effect: self.ir.effect,
            methods: &self.ir.methods,
            formats: &self.ir.formats,
            price: self
                .ir
                .price
                .as_ref()
                .map(|price| Price { currency: &price.currency, tiers: &self.tiers }),
            envelope: Envelope {
                status: &self.ir.envelope.status,
                message: &self.ir.envelope.message,
                data: &self.ir.envelope.data,
                time: &self.time,
            },
            statuses: &self.statuses,
            checks: &self.checks,
            persons: &self.persons,
            parameters: &self.parameters,
        }
    }
}

fn piece(piece: &ir::Segment) -> Segment<'_> {
    match piece {
        ir::Segment::Text(text) => Segment::Text(text),
        ir::Segment::Secret => Segment::Secret,
    }
}

fn parameter(parameter: &ir::Parameter) -> Parameter<'_> {
    let source = match parameter.source {
        ir::Source::Common(common) => common.into(),
        ir::Source::Request(index) => Source::Request(index),
    };
    Parameter { name: &parameter.name, source, required: parameter.required, default: &parameter.default }
}

fn checks((index, field): (usize, &ir::Field)) -> impl Iterator<Item = (usize, Check<'_>)> {
    field.checks.iter().map(move |check| (index, self::check(check)))
}

/// Why a value breaks a rule of the spec, if it does.
pub fn broken(rule: &ir::Check, value: &str) -> Option<String> {
    check(rule).broken(value)
}

fn check(check: &ir::Check) -> Check<'_> {
    match check {
        ir::Check::Named(ir::CheckWord::ResidentId) => Check::ResidentId,
        ir::Check::Named(ir::CheckWord::Digits) => Check::Digits,
        ir::Check::Min(least) => Check::Min(least),
        ir::Check::Max(most) => Check::Max(most),
        ir::Check::MaxLength(most) => Check::MaxLength(*most),
        ir::Check::OneOf(codes) => Check::OneOf(codes),
    }
}

fn status(status: &ir::Status) -> StatusInfo {
    let (name, title, remedy) = (status.name.clone(), status.title.clone(), status.remedy.clone());
    StatusInfo::owned(status.code, name, title, status.class, status.billed, status.retry, remedy)
}
