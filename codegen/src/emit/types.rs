//! Generates enums, and the structs of replies.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Extras, allow_deprecated, deprecated, doc, field_doc, ident, sentence, serde};
use crate::ir::{Endpoint, Enum, Field, Object, Response, Type};

/// An enum of codes.
pub(super) fn codes(named: &Enum, extras: Extras) -> TokenStream {
    let name = ident(&named.rust);
    let codes = if named.is_open { open(named) } else { closed(named) };
    let wire = (extras.serde || named.in_composite).then(|| serde::code(&name));
    let serialize = extras.serde.then(|| serde::serialize(&name));
    quote! {
        #codes

        impl ::pyi_runtime::__private::Value for #name {
            #[inline]
            fn write(&self, out: &mut ::std::string::String) {
                out.push_str(self.as_str());
            }
        }

        #wire

        #serialize
    }
}

/// The variants of an enum, each with its documentation.
fn variants(named: &Enum) -> TokenStream {
    let variants = named.codes.iter().map(|code| {
        let about = doc(&[&format!("`{}`: {}", code.code, fallback(&code.title, &code.rust))]);
        let variant = ident(&code.rust);
        quote!(#about #variant,)
    });
    variants.collect()
}

/// An enum of a request. A code that the spec does not list cannot be given.
fn closed(named: &Enum) -> TokenStream {
    let name = ident(&named.rust);
    let about = doc(&[&about(&named.title, &named.rust), &named.doc]);
    let variants = variants(named);
    let variant: Vec<_> = named.codes.iter().map(|code| ident(&code.rust)).collect();
    let code: Vec<_> = named.codes.iter().map(|code| &code.code).collect();
    quote! {
        #about
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #variants
        }

        impl #name {
            /// The value of a code on the wire; `None` for a code that the spec does not list.
            #[inline]
            pub fn from_code(code: &str) -> ::core::option::Option<Self> {
                match code {
                    #(#code => ::core::option::Option::Some(Self::#variant),)*
                    _ => ::core::option::Option::None,
                }
            }

            /// The code on the wire.
            #[inline]
            pub fn as_str(&self) -> &'static str {
                match self {
                    #(Self::#variant => #code,)*
                }
            }
        }

        /// Shows the code.
        impl ::core::fmt::Display for #name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    }
}

/// An enum of a reply. A code that the spec does not list is kept in `Other`.
fn open(named: &Enum) -> TokenStream {
    let name = ident(&named.rust);
    let text = &named.rust;
    let about = doc(&[&about(&named.title, &named.rust), &named.doc]);
    let variants = variants(named);
    let variant: Vec<_> = named.codes.iter().map(|code| ident(&code.rust)).collect();
    let code: Vec<_> = named.codes.iter().map(|code| &code.code).collect();
    let unknown = doc(&["A code that the spec does not list."]);
    quote! {
        #about
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #variants
            #unknown
            Other(::pyi_runtime::Unrecognized),
        }

        impl #name {
            /// The value of a code on the wire.
            #[inline]
            pub fn from_code(code: &str) -> Self {
                match code {
                    #(#code => Self::#variant,)*
                    _ => Self::Other(::pyi_runtime::Unrecognized::new(#text, code)),
                }
            }

            /// The code on the wire.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variant => #code,)*
                    Self::Other(other) => other.as_str(),
                }
            }
        }

        /// Shows the code. One that the spec does not list may be any text, and is not shown.
        impl ::core::fmt::Display for #name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self {
                    Self::Other(_) => f.write_str(::pyi_runtime::__private::redact::REDACTED),
                    listed => f.write_str(listed.as_str()),
                }
            }
        }
    }
}

fn fallback<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

/// The title of a type as a sentence.
fn about(title: &str, rust: &str) -> String {
    if title.is_empty() { format!("`{rust}`, without a title in the spec.") } else { sentence(title) }
}

/// The struct of an object inside a reply.
pub(super) fn object(object: &Object, extras: Extras) -> TokenStream {
    decoded(&object.rust, &about_object(object), &object.fields, extras)
}

/// The documentation of an object's struct.
pub(super) fn about_object(object: &Object) -> TokenStream {
    doc(&[&about(&object.title, &object.rust), &object.doc])
}

/// The struct of a payload, or an alias of its type.
pub(super) fn data(endpoint: &Endpoint, extras: Extras) -> TokenStream {
    let head = format!("{}: the data of a reply to [`Client::{}`].", endpoint.title, endpoint.id);
    match &endpoint.response {
        Response::Fields(fields) => {
            let more = "A field that the provider leaves out is `None`. Members that the spec does not list stay in the reply's body.";
            decoded(&endpoint.data_type, &doc(&[&head, more]), fields, extras)
        }
        Response::Whole(ty) => {
            let more = if *ty == Type::Any {
                "Its type is unknown: it is kept as the provider sends it."
            } else {
                ""
            };
            let (about, name) = (doc(&[&head, more]), ident(&endpoint.data_type));
            let inner = rust_type(ty);
            let alias = match ty {
                Type::Any | Type::Object(_) | Type::List(_) => inner,
                _ => quote!(::core::option::Option<#inner>),
            };
            quote!(#about pub type #name = #alias;)
        }
    }
}

/// A struct of optional fields, and how a cursor fills it.
pub(super) fn decoded(rust: &str, about: &TokenStream, fields: &[Field], extras: Extras) -> TokenStream {
    let name = ident(rust);
    let members = members(fields, |_| true);
    let wires = fields.iter().map(|field| &field.wire);
    let reads = fields.iter().map(|field| {
        let (name, read) = (ident(&field.rust), read(&field.ty));
        quote!(#name: #read,)
    });
    let from = if fields.is_empty() { ident("_from") } else { ident("from") };
    let (debug, allow) = (debug(rust, fields), allow_deprecated(fields));
    let derives = extras.derives.then(|| quote!(#[derive(Clone, PartialEq, Default)]));
    let wire = extras.serde.then(|| serde::fields(&name, fields));
    let serialize = extras.serde.then(|| serde::serialize(&name));
    quote! {
        #about
        #derives
        #[non_exhaustive]
        pub struct #name {
            #members
        }

        impl ::pyi_runtime::__private::Decode for #name {
            const NAMES: &'static [&'static str] = &[#(#wires),*];
            #[inline]
            #allow
            fn decode(#from: &mut ::pyi_runtime::__private::Cursor<'_>) -> Self {
                Self { #(#reads)* }
            }
        }

        #debug

        #wire

        #serialize
    }
}

/// The public fields of a struct, each plain or as an `Option`.
pub(super) fn members(fields: &[Field], is_optional: fn(&Field) -> bool) -> TokenStream {
    let members = fields.iter().map(|field| {
        let (about, deprecated) = (field_doc(field), deprecated(&field.deprecated));
        let (name, ty) = (ident(&field.rust), rust_type(&field.ty));
        let ty = if is_optional(field) { quote!(::core::option::Option<#ty>) } else { ty };
        quote!(#about #deprecated pub #name: #ty,)
    });
    members.collect()
}

/// The type of a field's value.
pub(super) fn rust_type(ty: &Type) -> TokenStream {
    match ty {
        Type::String => quote!(::std::string::String),
        Type::Integer => quote!(i64),
        Type::Decimal => quote!(::pyi_runtime::Decimal),
        Type::Boolean => quote!(bool),
        Type::Date { .. } => quote!(::pyi_runtime::Date),
        Type::Timestamp => quote!(::pyi_runtime::Timestamp),
        Type::Bytes => quote!(::std::vec::Vec<u8>),
        Type::Enum(name) | Type::Object(name) => {
            let name = ident(name);
            quote!(#name)
        }
        Type::List(item) => {
            let item = rust_type(item);
            quote!(::std::vec::Vec<#item>)
        }
        Type::Any => quote!(::pyi_runtime::Any),
    }
}

/// The cursor returns the fields in the order of `NAMES`.
pub(super) fn read(ty: &Type) -> TokenStream {
    match ty {
        Type::String => quote!(from.string()),
        Type::Integer => quote!(from.integer()),
        Type::Decimal => quote!(from.decimal()),
        Type::Boolean => quote!(from.boolean()),
        Type::Date { pattern } => quote!(from.date(#pattern)),
        Type::Timestamp => quote!(from.timestamp()),
        Type::Bytes => quote!(from.bytes()),
        Type::Enum(name) => {
            let name = ident(name);
            quote!(from.code(#name::from_code))
        }
        Type::Object(_) => quote!(from.object()),
        Type::List(item) => {
            let item = read(item);
            quote!(from.list(|from| #item))
        }
        Type::Any => quote!(from.any()),
    }
}

/// The pattern of a date, in a list too.
pub(super) fn pattern(ty: &Type) -> &str {
    match ty {
        Type::Date { pattern } => pattern,
        Type::List(item) => pattern(item),
        _ => "",
    }
}

/// `Debug` with the values of fields with `public: true` only.
pub(super) fn debug(name: &str, fields: &[Field]) -> TokenStream {
    let this = ident(name);
    let allow = if fields.iter().any(|field| field.public) { allow_deprecated(fields) } else { quote!() };
    let shown = fields.iter().map(|field| {
        let (wire, rust) = (crate::names::unescaped(&field.rust), ident(&field.rust));
        let value = super::option(field.public.then(|| quote!(&self.#rust)));
        quote!((#wire, #value))
    });
    quote! {
        impl ::core::fmt::Debug for #this {
            #[inline]
            #allow
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::pyi_runtime::__private::redact::debug(f, #name, &[#(#shown),*])
            }
        }
    }
}
