//! Generates request structs of the required fields, options structs of the optional ones, and the
//! structs of objects in requests.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::{debug, members, rust_type};
use super::{Extras, allow_deprecated, deprecated, doc, field_doc, ident, serde};
use crate::ir::{Endpoint, Field, Object, Provider, Response, Type};

/// A plain struct of the required fields, without a default: a forgotten field does not compile.
pub(super) fn request(provider: &Provider, endpoint: &Endpoint, extras: Extras) -> TokenStream {
    let required: Vec<Field> = endpoint.request.iter().filter(|field| !field.optional).cloned().collect();
    let (name, data, constant) =
        (ident(&endpoint.request_type), ident(&endpoint.data_type), ident(&endpoint.constant));
    let about = doc(&[&format!("{}: the request of [`Client::{}`].", endpoint.title, endpoint.id)]);
    let fields = members(&required, |_| false);
    let values = values(&required);
    let read = read(&endpoint.response);
    let (debug, allow) = (debug(&endpoint.request_type, &required), allow_deprecated(&required));
    let derives = extras.derives.then(|| quote!(#[derive(Clone, PartialEq)]));
    let deserialize = extras.serde.then(|| serde::request(provider, &name, &required));
    quote! {
        #about
        #derives
        pub struct #name {
            #fields
        }

        impl ::pyi_runtime::Request for #name {
            type Data = #data;
            const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::#constant;
            #[inline]
            #allow
            fn values(&self) -> ::pyi_runtime::__private::Values {
                #values
            }
            #[inline]
            fn read(payload: ::pyi_runtime::__private::Payload<'_>) -> ::core::result::Result<Self::Data, ::pyi_runtime::DecodeError> {
                #read
            }
        }

        #debug

        #deserialize
    }
}

/// The values of fields, in order. A list that is one text can have an element that cannot be sent.
fn values(fields: &[Field]) -> TokenStream {
    let values = fields.iter().map(value);
    let joined = fields.iter().enumerate().filter(|(_, field)| field.join.is_some());
    let refused = joined.map(|(index, field)| {
        let (index, value) = (proc_macro2::Literal::usize_unsuffixed(index), value(field));
        quote!(.refused(#index, ::pyi_runtime::__private::Joined::refusal(#value)))
    });
    quote!(::pyi_runtime::__private::Values::of(&[#(#values),*]) #(#refused)*)
}

/// A value of a request, as it writes itself.
fn value(field: &Field) -> TokenStream {
    let name = ident(&field.rust);
    let pattern = super::types::pattern(&field.ty);
    match (&field.ty, &field.join) {
        (Type::Date { .. }, _) if field.optional => {
            quote!(&self.#name.map(|date| ::pyi_runtime::__private::encode::Dated { date, pattern: #pattern }))
        }
        (Type::Date { .. }, _) => {
            quote!(&::pyi_runtime::__private::encode::Dated { date: self.#name, pattern: #pattern })
        }
        (Type::List(_), Some(separator)) => {
            quote!(&::pyi_runtime::__private::Joined { list: &self.#name, pattern: #pattern, separator: #separator })
        }
        (Type::List(_) | Type::Object(_), _) => {
            quote!(&::pyi_runtime::__private::Composite { value: &self.#name, pattern: #pattern })
        }
        _ => quote!(&self.#name),
    }
}

/// The struct of an object in a request. A required field that is forgotten does not compile.
pub(super) fn object(provider: &Provider, object: &Object, extras: Extras) -> TokenStream {
    let name = ident(&object.rust);
    let about = super::types::about_object(object);
    let members = members(&object.fields, |field| field.optional);
    let (debug, wire) = (debug(&object.rust, &object.fields), serde::fields(&name, &object.fields));
    let derives = extras.derives.then(|| quote!(#[derive(Clone, PartialEq)]));
    let serialize = extras.serde.then(|| serde::serialize(&name));
    let given = extras.serde.then(|| serde::given(provider, &name, &object.fields));
    quote! {
        #about
        #derives
        pub struct #name {
            #members
        }

        #debug

        #wire

        #serialize

        #given
    }
}

/// The function that reads the payload of a reply.
fn read(response: &Response) -> TokenStream {
    match response {
        Response::Fields(_) | Response::Whole(Type::Object(_)) => quote!(payload.object()),
        Response::Whole(Type::Any) => quote!(payload.any()),
        Response::Whole(Type::List(item)) => {
            let read = super::types::read(item);
            quote!(payload.list(|from| #read))
        }
        Response::Whole(other) => {
            let read = super::types::read(other);
            quote!(payload.value(|from| #read))
        }
    }
}

/// A struct of the optional fields with `default()` and setters, so that a new field breaks no
/// caller.
pub(super) fn options(provider: &Provider, endpoint: &Endpoint, extras: Extras) -> TokenStream {
    let Some(options_type) = &endpoint.options_type else { return TokenStream::new() };
    let optional: Vec<Field> = endpoint.request.iter().filter(|field| field.optional).cloned().collect();
    let (name, data, constant) = (ident(options_type), ident(&endpoint.data_type), ident(&endpoint.constant));
    let about = doc(&[&format!("{}: the optional fields of [`Client::{}`].", endpoint.title, endpoint.id)]);
    let fields = members(&optional, |_| true);
    let setters = optional.iter().map(setter);
    let values = values(&optional);
    let (debug, allow) = (debug(options_type, &optional), allow_deprecated(&optional));
    let derives = extras.derives.then(|| quote!(#[derive(Clone, PartialEq)]));
    let deserialize = extras.serde.then(|| serde::request(provider, &name, &optional));
    quote! {
        #about
        #[derive(Default)]
        #derives
        #[non_exhaustive]
        pub struct #name {
            #fields
        }

        #allow
        impl #name {
            #(#setters)*
        }

        impl ::pyi_runtime::Options for #name {
            type Data = #data;
            const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::#constant;
            #[inline]
            #allow
            fn values(&self) -> ::pyi_runtime::__private::Values {
                #values
            }
        }

        #debug

        #deserialize
    }
}

fn setter(field: &Field) -> TokenStream {
    let (about, deprecated) = (field_doc(field), deprecated(&field.deprecated));
    let (name, ty) = (ident(&field.rust), rust_type(&field.ty));
    let (given, value) = match field.ty {
        Type::String => (quote!(impl ::core::convert::Into<#ty>), quote!(value.into())),
        _ => (quote!(#ty), quote!(value)),
    };
    quote! {
        #about
        #deprecated
        #[inline]
        #[must_use]
        pub fn #name(mut self, value: #given) -> Self {
            self.#name = ::core::option::Option::Some(#value);
            self
        }
    }
}
