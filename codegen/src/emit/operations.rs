//! Generates the operations: each endpoint as plain data that the runtime executes.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc, ident, number, variant};
use crate::ir::{
    BodyForm, Case, Check, CommonSource, Encoding, Endpoint, Envelope, InsideChecks, JsonForm, KeyEncoding,
    Parameter, ParameterOrder, ParameterPlace, Price, Provider, Retry, Segment, SigningScheme, Source,
    Status, StatusCode, TimeForm,
};

pub(super) fn operations(provider: &Provider) -> TokenStream {
    let shared = shared(provider);
    let operations = provider.endpoints.iter().map(|endpoint| operation(provider, endpoint));
    let callbacks = provider
        .endpoints
        .iter()
        .filter_map(|endpoint| Some(super::callbacks::scheme(endpoint, endpoint.delivery.as_ref()?)));
    let constants = provider.endpoints.iter().map(|endpoint| ident(&endpoint.constant));
    quote! {
        /// The provider and its endpoints as plain data.
        pub mod operations {
            use ::pyi_runtime::__private::operation::*;

            #shared
            #(#operations)*
            #(#callbacks)*

            /// All endpoints.
            pub static ALL: &[&Operation<'static>] = &[#(&#constants),*];
        }
    }
}

fn shared(provider: &Provider) -> TokenStream {
    let (name, title) = (&provider.name, &provider.title);
    let (sign, envelope) = (sign(&provider.sign), envelope(&provider.envelope));
    let (statuses, http) = (provider.statuses.iter().map(info), provider.http.iter().map(info));
    let about = doc(&[&format!("The data that all endpoints of {title} share.")]);
    quote! {
        #about
        pub static PROVIDER: Provider<'static> = Provider {
            name: #name,
            title: #title,
            sign: #sign,
            envelope: #envelope,
            statuses: &[#(#statuses),*],
            http: &[#(#http),*],
        };
    }
}

/// A signing scheme, without what most have in common.
pub(super) fn sign(sign: &SigningScheme) -> TokenStream {
    let parameter = &sign.parameter;
    let methods = sign.methods.iter().map(variant);
    let mut own = TokenStream::new();
    if sign.place != ParameterPlace::Body {
        let place = variant(sign.place);
        own.extend(quote!(place: ParameterPlace::#place,));
    }
    for (name, text) in [
        ("template", &sign.template),
        ("key_value_separator", &sign.key_value_separator),
        ("pair_separator", &sign.pair_separator),
        ("secret_as", &sign.secret_as),
    ] {
        if !text.is_empty() {
            let name = ident(name);
            own.extend(quote!(#name: #text,));
        }
    }
    if sign.is_in_base64 {
        own.extend(quote!(is_in_base64: true,));
    }
    if !sign.has_names {
        own.extend(quote!(has_names: false,));
    }
    for (name, encoding) in [("encode", sign.encode), ("encode_text", sign.encode_text)] {
        if let Some(encoding) = encoding {
            let (name, encoding) = (ident(name), variant(encoding));
            own.extend(quote!(#name: ::core::option::Option::Some(PercentEncoding::#encoding),));
        }
    }
    if sign.order != ParameterOrder::Key {
        let order = variant(sign.order);
        own.extend(quote!(order: ParameterOrder::#order,));
    }
    for (name, text) in
        [("digest_text", &sign.digest_text), ("hmac_text", &sign.hmac_text), ("hmac_key", &sign.hmac_key)]
    {
        if !text.is_empty() {
            let (name, text) = (ident(name), segments(text));
            own.extend(quote!(#name: #text,));
        }
    }
    if sign.key_encoding != KeyEncoding::Text {
        let encoding = variant(sign.key_encoding);
        own.extend(quote!(key_encoding: KeyEncoding::#encoding,));
    }
    if !sign.skip_empty {
        own.extend(quote!(skip_empty: false,));
    }
    if sign.encoding != Encoding::Hex {
        let encoding = variant(sign.encoding);
        own.extend(quote!(encoding: Encoding::#encoding,));
    }
    if sign.case != Case::Lower {
        let case = variant(sign.case);
        own.extend(quote!(case: Case::#case,));
    }
    quote! {
        SigningScheme {
            parameter: #parameter,
            methods: &[#(SignMethod::#methods),*],
            #own
            ..SigningScheme::MD5
        }
    }
}

fn segments(segments: &[Segment]) -> TokenStream {
    let segments = segments.iter().map(|segment| match segment {
        Segment::Text(text) => quote!(Segment::Text(#text)),
        Segment::Word(word) => {
            let word = variant(word);
            quote!(Segment::Word(SegmentWord::#word))
        }
        Segment::Parameter(name) => quote!(Segment::Parameter(#name)),
    });
    quote!(&[#(#segments),*])
}

fn info(status: &Status) -> TokenStream {
    let (name, title, remedy) = (&status.name, &status.title, &status.remedy);
    let (class, billed) = (variant(status.class), variant(status.billed));
    let builder = match status.code.number() {
        Some(code) => {
            let code = number(code);
            quote!(builder(#code, #name, StatusClass::#class))
        }
        None => {
            let code = status_code(status.code);
            quote!(builder_of(#code, #name, StatusClass::#class))
        }
    };
    let mut tokens = quote!(StatusInfo::#builder.billed(BillingRule::#billed));
    if !title.is_empty() {
        tokens.extend(quote!(.title(#title)));
    }
    if status.retry != Retry::Never {
        let retry = variant(status.retry);
        tokens.extend(quote!(.retry(Retry::#retry)));
    }
    if !remedy.is_empty() {
        tokens.extend(quote!(.remedy(#remedy)));
    }
    tokens.extend(quote!(.build()));
    tokens
}

fn status_code(code: StatusCode) -> TokenStream {
    match code.number() {
        Some(code) => {
            let code = number(code);
            quote!(StatusCode::from_number(#code))
        }
        None => {
            let code = code.to_string();
            quote!(StatusCode::text(#code))
        }
    }
}

/// An endpoint, without what all have in common.
fn operation(provider: &Provider, endpoint: &Endpoint) -> TokenStream {
    let (constant, effect) = (ident(&endpoint.constant), variant(endpoint.effect));
    let (id, path, title) = (&endpoint.id, &endpoint.path, &endpoint.title);
    let methods = endpoint.methods.iter().map(variant);
    let formats = endpoint.formats.iter().map(variant);
    let parameters = endpoint.parameters.iter().map(|listed| parameter(endpoint, listed));
    let about = doc(&[&format!("`{path}`: {title}.")]);
    let mut own = TokenStream::new();
    if let Some(host) = &endpoint.host {
        own.extend(quote!(host: ::core::option::Option::Some(#host),));
    }
    if endpoint.body != BodyForm::Form {
        let body = variant(endpoint.body);
        own.extend(quote!(body: BodyForm::#body,));
    }
    if endpoint.xml_root != "xml" {
        let root = &endpoint.xml_root;
        own.extend(quote!(xml_root: #root,));
    }
    if !endpoint.is_signed {
        own.extend(quote!(is_signed: false,));
    }
    if let Some(price) = endpoint.price.as_ref().map(price) {
        own.extend(quote!(price: ::core::option::Option::Some(#price),));
    }
    if endpoint.envelope != provider.envelope {
        let envelope = envelope(&endpoint.envelope);
        own.extend(quote!(envelope: #envelope,));
    }
    if !endpoint.statuses.is_empty() {
        let statuses = endpoint.statuses.iter().map(info);
        own.extend(quote!(statuses: &[#(#statuses),*],));
    }
    quote! {
        #about
        pub static #constant: Operation<'static> = Operation {
            id: #id,
            path: #path,
            title: #title,
            effect: Effect::#effect,
            methods: &[#(Method::#methods),*],
            formats: &[#(Format::#formats),*],
            #own
            parameters: &[#(#parameters),*],
            ..Operation::of(&PROVIDER)
        };
    }
}

/// An envelope, without the parts that it does not have.
fn envelope(envelope: &Envelope) -> TokenStream {
    let Envelope { status, absent, proof, message, data, time, json_text, empty } = envelope;
    let mut own = TokenStream::new();
    for (name, places) in [("message", message), ("time", time), ("json_text", json_text)] {
        if !places.is_empty() {
            let name = ident(name);
            own.extend(quote!(#name: &[#(#places),*],));
        }
    }
    for (name, code) in [("absent", absent), ("empty", empty)] {
        if let Some(code) = code {
            let (name, code) = (ident(name), status_code(*code));
            own.extend(quote!(#name: ::core::option::Option::Some(#code),));
        }
    }
    if let Some(proof) = proof {
        own.extend(quote!(proof: ::core::option::Option::Some(#proof),));
    }
    quote! {
        Envelope {
            status: &[#(#status),*],
            data: #data,
            #own
            ..Envelope::NOWHERE
        }
    }
}

fn price(price: &Price) -> TokenStream {
    let currency = &price.currency;
    let tiers = price.tiers.iter().map(|(calls, unit_price)| {
        let calls = number(*calls);
        quote!((#calls, #unit_price))
    });
    quote!(Price { currency: #currency, tiers: &[#(#tiers),*] })
}

fn parameter(endpoint: &Endpoint, parameter: &Parameter) -> TokenStream {
    let (name, default) = (&parameter.name, &parameter.default);
    let (source, field) = match parameter.source {
        Source::Common(from) => {
            let source = match from.body_digest() {
                None if from == CommonSource::Nonce => {
                    let form = variant(parameter.nonce);
                    quote!(Source::Nonce(NonceForm::#form))
                }
                Some((digest, encoding)) => {
                    let (digest, encoding) = (variant(digest), variant(encoding));
                    quote!(Source::Body(Digest::#digest, Encoding::#encoding))
                }
                None => {
                    let from = variant(from);
                    quote!(Source::#from)
                }
            };
            (source, None)
        }
        Source::Constant => (quote!(Source::Constant), None),
        Source::Secret => (quote!(Source::Secret), None),
        Source::Request(index) => {
            let number = proc_macro2::Literal::usize_unsuffixed(index);
            (quote!(Source::Request(#number)), endpoint.request.get(index))
        }
    };
    let mut tokens = match (parameter.required, default.is_empty()) {
        _ if parameter.source == Source::Constant => quote!(Parameter::constant(#name, #default)),
        (true, _) => quote!(Parameter::required(#name, #source)),
        (false, true) => quote!(Parameter::optional(#name, #source)),
        (false, false) => quote!(Parameter::with_default(#name, #source, #default)),
    };
    match &parameter.form {
        TimeForm::Unix => {}
        TimeForm::UnixMs => tokens.extend(quote!(.written(TimeForm::UnixMs))),
        TimeForm::Pattern { pattern, offset } => {
            let offset = number(*offset);
            tokens.extend(quote!(.written(TimeForm::Pattern { pattern: #pattern, offset: #offset })));
        }
    }
    if parameter.place != ParameterPlace::Body {
        let place = variant(parameter.place);
        tokens.extend(quote!(.place(ParameterPlace::#place)));
    }
    if !parameter.template.is_empty() {
        let template = &parameter.template;
        tokens.extend(quote!(.template(#template)));
    }
    if !parameter.words.is_empty() {
        let words = parameter.words.iter().map(
            |(word, own)| quote!((::std::borrow::Cow::Borrowed(#word), ::std::borrow::Cow::Borrowed(#own))),
        );
        tokens.extend(quote!(.words(&[#(#words),*])));
    }
    if parameter.json != JsonForm::Text && endpoint.body == BodyForm::Json {
        let json = variant(parameter.json);
        tokens.extend(quote!(.json(JsonForm::#json)));
    }
    if parameter.is_in_base64 {
        tokens.extend(quote!(.in_base64()));
    }
    if !parameter.is_signed {
        tokens.extend(quote!(.unsigned()));
    }
    if field.is_some_and(|field| field.person) {
        tokens.extend(quote!(.person()));
    }
    let checks: Vec<TokenStream> = field.into_iter().flat_map(|field| &field.checks).map(check).collect();
    if !checks.is_empty() {
        tokens.extend(quote!(.checks(&[#(#checks),*])));
    }
    if !parameter.inside.is_empty() {
        let inside = parameter.inside.iter().map(inside_checks);
        tokens.extend(quote!(.inside(&[#(#inside),*])));
    }
    tokens
}

fn inside_checks(inside: &InsideChecks) -> TokenStream {
    let (place, separator) = (&inside.place, &inside.separator);
    let checks = inside.checks.iter().map(check);
    quote! {
        InsideChecks {
            place: ::std::borrow::Cow::Borrowed(#place),
            checks: ::std::borrow::Cow::Borrowed(&[#(#checks),*]),
            separator: ::std::borrow::Cow::Borrowed(#separator),
        }
    }
}

fn check(check: &Check) -> TokenStream {
    match check {
        Check::Named(word) => {
            let word = variant(word);
            quote!(Check::Named(CheckWord::#word))
        }
        Check::Min(least) => quote!(Check::Min(::std::borrow::Cow::Borrowed(#least))),
        Check::Max(most) => quote!(Check::Max(::std::borrow::Cow::Borrowed(#most))),
        Check::MinLength(length) => {
            let length = number(*length);
            quote!(Check::MinLength(#length))
        }
        Check::MaxLength(length) => {
            let length = number(*length);
            quote!(Check::MaxLength(#length))
        }
        Check::Length(length) => {
            let length = number(*length);
            quote!(Check::Length(#length))
        }
        Check::OneOf(codes) => {
            let codes = codes.iter();
            quote!(Check::OneOf(::std::borrow::Cow::Borrowed(&[#(::std::borrow::Cow::Borrowed(#codes)),*])))
        }
    }
}
