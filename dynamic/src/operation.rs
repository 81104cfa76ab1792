//! An operation of a spec as the runtime executes it: the same data that the macro writes as a
//! static.

use pyi_codegen::ir;
use pyi_runtime::__private::Values;
use pyi_runtime::__private::operation::{
    Envelope, JsonForm, Operation, Parameter, Price, Provider, Segment, SigningScheme, Source, StatusInfo,
    TimeForm, is_plain_in_form,
};
use pyi_runtime::__private::read_any;
use pyi_runtime::{Any, Client, Error, HttpResponse, Reply};

use crate::call_options::CallOptions;
use crate::report::CallReport;
use crate::values::{ValueFault, values};

/// The data that a [`Provider`] borrows.
#[derive(Debug)]
pub struct ProviderParts<'a> {
    ir: &'a ir::Provider,
    sign: SigningParts<'a>,
    envelope: EnvelopeParts<'a>,
    statuses: Vec<StatusInfo>,
    http: Vec<StatusInfo>,
}

impl<'a> ProviderParts<'a> {
    /// The parts of a spec's provider.
    pub fn new(ir: &'a ir::Provider) -> Self {
        Self {
            ir,
            sign: SigningParts::new(&ir.sign),
            envelope: EnvelopeParts::new(&ir.envelope),
            statuses: ir.statuses.iter().map(status).collect(),
            http: ir.http.iter().map(status).collect(),
        }
    }

    /// The provider as plain data.
    pub fn provider(&'a self) -> Provider<'a> {
        Provider {
            name: &self.ir.name,
            title: &self.ir.title,
            sign: self.signing_scheme(),
            envelope: self.envelope.envelope(),
            statuses: &self.statuses,
            http: &self.http,
        }
    }

    /// The signing scheme as plain data.
    pub fn signing_scheme(&self) -> SigningScheme<'_> {
        self.sign.scheme()
    }
}

/// The texts that a [`SigningScheme`] borrows.
#[derive(Debug)]
pub(crate) struct SigningParts<'a> {
    ir: &'a ir::SigningScheme,
    digest_text: Vec<Segment<'a>>,
    hmac_text: Vec<Segment<'a>>,
    hmac_key: Vec<Segment<'a>>,
}

impl<'a> SigningParts<'a> {
    /// The parts of a spec's signing scheme.
    pub(crate) fn new(ir: &'a ir::SigningScheme) -> Self {
        let segments = |segments: &'a [ir::Segment]| segments.iter().map(segment).collect();
        Self {
            ir,
            digest_text: segments(&ir.digest_text),
            hmac_text: segments(&ir.hmac_text),
            hmac_key: segments(&ir.hmac_key),
        }
    }

    /// The signing scheme as plain data.
    pub(crate) fn scheme(&self) -> SigningScheme<'_> {
        let Self { ir: sign, digest_text, hmac_text, hmac_key } = self;
        SigningScheme {
            parameter: &sign.parameter,
            place: sign.place,
            template: &sign.template,
            is_in_base64: sign.is_in_base64,
            methods: &sign.methods,
            has_names: sign.has_names,
            key_value_separator: &sign.key_value_separator,
            pair_separator: &sign.pair_separator,
            encode: sign.encode,
            encode_text: sign.encode_text,
            secret_as: &sign.secret_as,
            order: sign.order,
            digest_text,
            hmac_text,
            hmac_key,
            key_encoding: sign.key_encoding,
            skip_empty: sign.skip_empty,
            encoding: sign.encoding,
            case: sign.case,
        }
    }
}

/// An operation of a spec, ready for calls by any client.
///
/// A client of one spec is a [`DynamicClient`](crate::DynamicClient). A program that makes many
/// calls of one endpoint prepares the operation once.
#[derive(Debug)]
pub struct DynamicOperation<'a> {
    provider: ProviderParts<'a>,
    endpoint: &'a ir::Endpoint,
    tiers: Vec<(u32, &'a str)>,
    envelope: EnvelopeParts<'a>,
    statuses: Vec<StatusInfo>,
    parameters: Vec<Parameter<'a>>,
}

impl<'a> DynamicOperation<'a> {
    /// The operation of an endpoint.
    pub fn new(provider: &'a ir::Provider, endpoint: &'a ir::Endpoint) -> Self {
        let tiers = endpoint.price.iter().flat_map(|price| &price.tiers);
        Self {
            provider: ProviderParts::new(provider),
            endpoint,
            tiers: tiers.map(|(calls, unit_price)| (*calls, unit_price.as_str())).collect(),
            envelope: EnvelopeParts::new(&endpoint.envelope),
            statuses: endpoint.statuses.iter().map(status).collect(),
            parameters: endpoint.parameters.iter().map(|listed| parameter(endpoint, listed)).collect(),
        }
    }

    /// The endpoint in the spec.
    pub fn endpoint(&self) -> &'a ir::Endpoint {
        self.endpoint
    }

    /// The provider as plain data, for [`Self::operation`].
    pub fn provider(&self) -> Provider<'_> {
        self.provider.provider()
    }

    /// Reads a response that was not made by a call of this program: one that was kept, or passed
    /// on.
    ///
    /// # Errors
    ///
    /// The errors of a call, without the provider's message.
    pub fn read(&self, response: HttpResponse) -> Result<Reply<Any>, Error> {
        let provider = self.provider();
        read_any(&self.operation(&provider), response)
    }

    /// The operation as plain data.
    pub fn operation<'b>(&'b self, provider: &'b Provider<'b>) -> Operation<'b> {
        let Self { endpoint, tiers, envelope, statuses, parameters, .. } = self;
        let price = endpoint.price.as_ref();
        Operation {
            provider,
            id: &endpoint.id,
            path: &endpoint.path,
            host: endpoint.host.as_deref(),
            body: endpoint.body,
            xml_root: &endpoint.xml_root,
            is_signed: endpoint.is_signed,
            title: &endpoint.title,
            effect: endpoint.effect,
            methods: &endpoint.methods,
            formats: &endpoint.formats,
            price: price.map(|price| Price { currency: &price.currency, tiers }),
            envelope: envelope.envelope(),
            statuses,
            parameters,
        }
    }

    /// Arranges values, by wire name, in the order of the request's fields.
    ///
    /// # Errors
    ///
    /// All faults of the values.
    pub fn values(&self, values: &[(String, String)]) -> Result<Values, Vec<ValueFault>> {
        self::values(self.provider.ir, self.endpoint, values)
    }

    /// Makes a call and reports its result.
    pub async fn call(&self, client: &Client, values: Values, options: &CallOptions) -> CallReport {
        let provider = self.provider();
        let operation = self.operation(&provider);
        let result = options.apply(client.call_any(&operation, values)).await;
        CallReport::new(self.provider.ir, self.endpoint, result)
    }
}

/// The places that an envelope borrows.
#[derive(Debug)]
pub struct EnvelopeParts<'a> {
    ir: &'a ir::Envelope,
    status: Vec<&'a str>,
    message: Vec<&'a str>,
    time: Vec<&'a str>,
    json_text: Vec<&'a str>,
}

impl<'a> EnvelopeParts<'a> {
    /// The parts of a spec's envelope.
    pub fn new(ir: &'a ir::Envelope) -> Self {
        let places = |places: &'a [String]| places.iter().map(String::as_str).collect();
        Self {
            ir,
            status: places(&ir.status),
            message: places(&ir.message),
            time: places(&ir.time),
            json_text: places(&ir.json_text),
        }
    }

    /// The envelope as plain data.
    pub fn envelope(&self) -> Envelope<'_> {
        let Self { ir, status, message, time, json_text } = self;
        Envelope {
            status,
            absent: ir.absent,
            proof: ir.proof.as_deref(),
            message,
            data: &ir.data,
            time,
            json_text,
            empty: ir.empty,
        }
    }
}

fn segment(segment: &ir::Segment) -> Segment<'_> {
    match segment {
        ir::Segment::Text(text) => Segment::Text(text),
        ir::Segment::Word(word) => Segment::Word(*word),
        ir::Segment::Parameter(name) => Segment::Parameter(name),
    }
}

fn parameter<'a>(endpoint: &'a ir::Endpoint, parameter: &'a ir::Parameter) -> Parameter<'a> {
    let (source, field) = match parameter.source {
        ir::Source::Common(ir::CommonSource::Nonce) => (Source::Nonce(parameter.nonce), None),
        ir::Source::Common(common) => (common.into(), None),
        ir::Source::Constant => (Source::Constant, None),
        ir::Source::Secret => (Source::Secret, None),
        ir::Source::Request(index) => (Source::Request(index), endpoint.request.get(index)),
    };
    Parameter {
        name: &parameter.name,
        has_plain_name: is_plain_in_form(&parameter.name),
        source,
        required: parameter.required,
        default: &parameter.default,
        form: match &parameter.form {
            ir::TimeForm::Unix => TimeForm::Unix,
            ir::TimeForm::UnixMs => TimeForm::UnixMs,
            ir::TimeForm::Pattern { pattern, offset } => TimeForm::Pattern { pattern, offset: *offset },
        },
        place: parameter.place,
        template: &parameter.template,
        words: &parameter.words,
        json: if endpoint.body == ir::BodyForm::Json { parameter.json } else { JsonForm::Text },
        is_in_base64: parameter.is_in_base64,
        is_signed: parameter.is_signed,
        is_person: field.is_some_and(|field| field.person),
        checks: field.map_or(&[], |field| &field.checks),
        inside: &parameter.inside,
    }
}

fn status(status: &ir::Status) -> StatusInfo {
    let (name, title, remedy) = (status.name.clone(), status.title.clone(), status.remedy.clone());
    let mut info = StatusInfo::builder_of(status.code, "", status.class)
        .billed(status.billed)
        .retry(status.retry)
        .build();
    (info.name, info.title, info.remedy) = (name.into(), title.into(), remedy.into());
    info
}
