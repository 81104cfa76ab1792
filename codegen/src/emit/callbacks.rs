//! Generates what arrives for later answers: a struct, and the plain data that the runtime verifies
//! it with.

use proc_macro2::TokenStream;
use quote::quote;

use super::operations::sign;
use super::types::decoded;
use super::{Extras, doc, ident, variant};
use crate::ir::{CommonSource, Delivery, Endpoint, Field, ParameterPlace, Type};

/// The struct of a callback, which only a verified delivery is read into.
pub(super) fn callback(endpoint: &Endpoint, extras: Extras) -> TokenStream {
    let Some(delivery) = &endpoint.delivery else { return TokenStream::new() };
    let (name, constant) = (ident(&delivery.rust), ident(&delivery.constant));
    let about = doc(&[
        &format!("{}: what arrives later for [`Client::{}`].", endpoint.title, endpoint.id),
        "The provider may send the same again: what it causes must happen once. A field that it leaves out is `None`.",
    ]);
    let decoded = decoded(&delivery.rust, &about, &delivery.fields, extras);
    let (answer, answer_type) = (&delivery.answer, delivery.answer_type());
    quote! {
        #decoded

        impl ::pyi_runtime::SignedCallback for #name {
            const CALLBACK: &'static ::pyi_runtime::__private::operation::CallbackScheme<'static> = &operations::#constant;
        }

        impl #name {
            /// The text to answer with, once what arrived is kept.
            pub const ANSWER: &'static str = #answer;
            /// The content type of [`Self::ANSWER`].
            pub const ANSWER_TYPE: &'static str = #answer_type;

            /// Verifies the signature of a delivery with an app's secret, then reads it.
            ///
            /// # Errors
            ///
            /// A delivery without the signature that the secret makes, or with a value that differs
            /// from the spec.
            #[inline]
            pub fn verify(
                delivery: &::pyi_runtime::Delivery,
                app: &::pyi_runtime::App,
            ) -> ::core::result::Result<Self, ::pyi_runtime::DeliveryError> {
                ::pyi_runtime::__private::delivery::verify(delivery, app)
            }

            /// Makes the delivery that the provider would send to a path, for tests of a handler.
            ///
            /// # Errors
            ///
            /// An app that cannot sign, or a value that no header can have.
            #[inline]
            pub fn deliver(
                app: &::pyi_runtime::App,
                target: &str,
                values: &[(&str, &str)],
            ) -> ::core::result::Result<::pyi_runtime::Delivery, ::pyi_runtime::DeliveryError> {
                ::pyi_runtime::__private::delivery::deliver(&operations::#constant, app, target, values)
            }
        }
    }
}

/// The data of a callback.
pub(super) fn scheme(endpoint: &Endpoint, delivery: &Delivery) -> TokenStream {
    let constant = ident(&delivery.constant);
    let about = doc(&[&format!("{}: how what arrives later is signed.", endpoint.title)]);
    let (method, body, sign) = (variant(delivery.method), variant(delivery.body), sign(&delivery.sign));
    let fields = delivery.fields.iter().map(field);
    quote! {
        #about
        pub static #constant: CallbackScheme<'static> = CallbackScheme {
            method: Method::#method,
            body: BodyForm::#body,
            sign: #sign,
            fields: &[#(#fields),*],
        };
    }
}

fn field(field: &Field) -> TokenStream {
    let name = &field.wire;
    let mut tokens = quote!(CallbackField::new(#name));
    if field.place != ParameterPlace::Body {
        let place = variant(field.place);
        tokens.extend(quote!(.place(ParameterPlace::#place)));
    }
    if !field.is_signed {
        tokens.extend(quote!(.unsigned()));
    }
    if let Some((digest, encoding)) = field.body_digest.and_then(CommonSource::body_digest) {
        let (digest, encoding) = (variant(digest), variant(encoding));
        tokens.extend(quote!(.digest(Digest::#digest, Encoding::#encoding)));
    }
    if matches!(field.ty, Type::Object(_) | Type::List(_) | Type::Any) {
        tokens.extend(quote!(.json()));
    }
    tokens
}
