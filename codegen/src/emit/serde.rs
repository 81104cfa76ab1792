//! Generates how values are written and how requests are read as text: lists of fields, over
//! functions of the runtime.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::ident;
use super::types::{pattern, read};
use crate::ir::{Field, Provider, Type};

/// How the fields of a struct are written.
pub(super) fn fields(name: &Ident, fields: &[Field]) -> TokenStream {
    let nodes = fields.iter().map(|field| {
        let (wire, rust, pattern) = (&field.wire, ident(&field.rust), pattern(&field.ty));
        quote!((#wire, ::pyi_runtime::__private::Wire::node(&self.#rust, #pattern)))
    });
    let allow = super::allow_deprecated(fields);
    wire(name, &quote!(::pyi_runtime::__private::Node::Fields(::std::vec![#(#nodes),*])), &allow)
}

/// How an enum of codes is written.
pub(super) fn code(name: &Ident) -> TokenStream {
    let text = quote!(::pyi_runtime::__private::Node::Text(::std::borrow::Cow::Borrowed(self.as_str())));
    wire(name, &text, &TokenStream::new())
}

/// `Serialize` for the enum of statuses, as the code on the wire.
pub(super) fn status(name: &Ident, is_number: bool) -> TokenStream {
    let node = if is_number {
        quote!(::pyi_runtime::__private::Node::Integer(self.code().into()))
    } else {
        quote!(::pyi_runtime::__private::Node::Text(::std::borrow::Cow::Borrowed(self.code())))
    };
    let (wire, serialize) = (wire(name, &node, &TokenStream::new()), serialize(name));
    quote!(#wire #serialize)
}

fn wire(name: &Ident, node: &TokenStream, allow: &TokenStream) -> TokenStream {
    quote! {
        impl ::pyi_runtime::__private::Wire for #name {
            #allow
            fn node(&self, _: &str) -> ::pyi_runtime::__private::Node<'_> {
                #node
            }
        }
    }
}

/// `Serialize` for what can be written.
pub(super) fn serialize(name: &Ident) -> TokenStream {
    quote! {
        /// Shows all values, personal ones too.
        impl ::pyi_runtime::__private::serde::Serialize for #name {
            fn serialize<S: ::pyi_runtime::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                let node = ::pyi_runtime::__private::Wire::node(self, "");
                ::pyi_runtime::__private::serde::Serialize::serialize(&node, serializer)
            }
        }
    }
}

/// `Deserialize` for a request, or for its options.
pub(super) fn request(provider: &Provider, name: &Ident, fields: &[Field]) -> TokenStream {
    let wires = fields.iter().map(|field| &field.wire);
    let reads = reads(provider, fields);
    let from = if fields.is_empty() { ident("_from") } else { ident("from") };
    let allow = super::allow_deprecated(fields);
    quote! {
        impl<'de> ::pyi_runtime::__private::serde::Deserialize<'de> for #name {
            #allow
            fn deserialize<D: ::pyi_runtime::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                ::pyi_runtime::__private::deserialize(deserializer, &[#(#wires),*], |#from| {
                    ::core::option::Option::Some(Self { #reads })
                })
            }
        }
    }
}

/// How an object in a request is read.
pub(super) fn given(provider: &Provider, name: &Ident, fields: &[Field]) -> TokenStream {
    let wires = fields.iter().map(|field| &field.wire);
    let reads = reads(provider, fields);
    let from = if fields.is_empty() { ident("_from") } else { ident("from") };
    let allow = super::allow_deprecated(fields);
    quote! {
        impl ::pyi_runtime::__private::Given for #name {
            const NAMES: &'static [&'static str] = &[#(#wires),*];
            #allow
            fn read(#from: &mut ::pyi_runtime::__private::Cursor<'_>) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(Self { #reads })
            }
        }
    }
}

fn reads(provider: &Provider, fields: &[Field]) -> TokenStream {
    let reads = fields.iter().map(|field| {
        let (name, read) = (ident(&field.rust), read_given(provider, &field.ty));
        if field.optional { quote!(#name: #read,) } else { quote!(#name: #read?,) }
    });
    reads.collect()
}

/// How a value of a request is read.
fn read_given(provider: &Provider, ty: &Type) -> TokenStream {
    match ty {
        Type::Enum(rust) if provider.codes(rust).is_some_and(|named| !named.is_open) => {
            let name = ident(rust);
            quote!(from.listed(#name::from_code))
        }
        Type::Object(_) => quote!(from.given()),
        Type::List(item) => {
            let item = read_given(provider, item);
            quote!(from.list(|from| #item))
        }
        _ => read(ty),
    }
}
