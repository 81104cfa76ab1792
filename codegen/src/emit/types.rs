//! Enums, request structs and data structs.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc, field_doc, ident};
use crate::ir::{Endpoint, Enum, Field, Provider, Type};

/// An enum of codes. A code that the spec does not name is kept in `Other`.
pub(super) fn codes(named: &Enum) -> TokenStream {
    let name = ident(&named.rust);
    let text = &named.rust;
    let about = doc(&[&format!("{}.", fallback(&named.title, &named.name)), &named.doc]);
    let variants = named.codes.iter().map(|code| {
        let about = doc(&[&format!("`{}`: {}", code.code, fallback(&code.title, &code.rust))]);
        let variant = ident(&code.rust);
        quote!(#about #variant,)
    });
    let variant: Vec<_> = named.codes.iter().map(|code| ident(&code.rust)).collect();
    let code: Vec<_> = named.codes.iter().map(|code| &code.code).collect();
    let unknown =
        doc(&["A code that the spec does not name. It is none of the above, and never counts as one."]);
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            #unknown
            Other(::pyi_runtime::Unrecognized),
        }

        impl #name {
            /// Reads a code as it stands on the wire.
            #[inline]
            pub fn from_code(code: ::std::string::String) -> Self {
                match code.as_str() {
                    #(#code => Self::#variant,)*
                    _ => Self::Other(::pyi_runtime::Unrecognized::new(#text, code)),
                }
            }

            /// The code as it stands on the wire.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variant => #code,)*
                    Self::Other(other) => other.as_str(),
                }
            }
        }

        impl ::pyi_runtime::Value for #name {
            #[inline]
            fn write(&self, out: &mut ::std::string::String) {
                out.push_str(self.as_str());
            }
        }
    }
}

fn fallback<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

/// The struct that a caller fills in.
pub(super) fn request(endpoint: &Endpoint) -> TokenStream {
    let name = ident(&endpoint.request_type);
    let data = ident(&endpoint.data_type);
    let constant = ident(&endpoint.constant);
    let about = doc(&[&format!("{}: the request of [`Client::{}`].", endpoint.title, endpoint.id)]);
    let fields = endpoint.request.iter().map(|field| {
        let about = field_doc(field);
        let (name, ty) = (ident(&field.rust), rust_type(&field.ty));
        quote!(#about pub #name: #ty,)
    });
    let values = endpoint.request.iter().map(|field| {
        let name = ident(&field.rust);
        match &field.ty {
            Type::Date { pattern } => {
                quote!(&::pyi_runtime::encode::Dated { date: self.#name, pattern: #pattern })
            }
            _ => quote!(&self.#name),
        }
    });
    let debug = debug(&endpoint.request_type, &endpoint.request);
    quote! {
        #about
        pub struct #name {
            #(#fields)*
        }

        impl ::pyi_runtime::Request for #name {
            type Data = #data;
            const OPERATION: &'static ::pyi_runtime::Operation<'static> = &operations::#constant;
            #[inline]
            fn values(&self) -> ::pyi_runtime::Values {
                ::pyi_runtime::Values::of(&[#(#values),*])
            }
        }

        #debug
    }
}

/// The struct that an answer is read into.
pub(super) fn data(endpoint: &Endpoint, provider: &Provider) -> TokenStream {
    let name = ident(&endpoint.data_type);
    let about = doc(&[
        &format!("{}: the data of a reply to [`Client::{}`].", endpoint.title, endpoint.id),
        "What the provider leaves out is `None`; what the spec does not name stays in the reply's body.",
    ]);
    let fields = endpoint.response.iter().map(|field| {
        let about = field_doc(field);
        let (name, ty) = (ident(&field.rust), rust_type(&field.ty));
        quote!(#about pub #name: ::core::option::Option<#ty>,)
    });
    let wires = endpoint.response.iter().map(|field| &field.wire);
    let reads = endpoint.response.iter().map(|field| {
        let (name, read) = (ident(&field.rust), read(&field.ty, provider));
        quote!(#name: #read,)
    });
    let debug = debug(&endpoint.data_type, &endpoint.response);
    quote! {
        #about
        #[non_exhaustive]
        pub struct #name {
            #(#fields)*
        }

        impl ::pyi_runtime::Decode for #name {
            const NAMES: &'static [&'static str] = &[#(#wires),*];
            #[inline]
            fn decode(from: &mut ::pyi_runtime::Cursor<'_>) -> Self {
                Self { #(#reads)* }
            }
        }

        #debug
    }
}

fn rust_type(ty: &Type) -> TokenStream {
    match ty {
        Type::String => quote!(::std::string::String),
        Type::Integer => quote!(i64),
        Type::Boolean => quote!(bool),
        Type::Date { .. } => quote!(::pyi_runtime::Date),
        Type::Enum(name) => {
            let name = ident(&crate::names::camel(name));
            quote!(#name)
        }
        Type::Any => quote!(::pyi_runtime::Any),
    }
}

/// The cursor takes the fields one after another, in the order of `NAMES`.
fn read(ty: &Type, provider: &Provider) -> TokenStream {
    match ty {
        Type::String => quote!(from.string()),
        Type::Integer => quote!(from.integer()),
        Type::Boolean => quote!(from.boolean()),
        Type::Date { pattern } => quote!(from.date(#pattern)),
        Type::Enum(name) => {
            let name = ident(provider.codes(name).map_or(name.as_str(), |named| named.rust.as_str()));
            quote!(from.string().map(#name::from_code))
        }
        Type::Any => quote!(from.any()),
    }
}

/// `Debug` that shows a value only where the spec says `public: true`.
fn debug(name: &str, fields: &[Field]) -> TokenStream {
    let this = ident(name);
    let shown = fields.iter().map(|field| {
        let (wire, rust) = (crate::names::unescaped(&field.rust), ident(&field.rust));
        let value = super::option(field.public.then(|| quote!(&self.#rust)));
        quote!((#wire, #value))
    });
    quote! {
        impl ::core::fmt::Debug for #this {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::pyi_runtime::redact::debug(f, #name, &[#(#shown),*])
            }
        }
    }
}
