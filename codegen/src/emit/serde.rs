//! Generates the implementations of serde's traits: lists of fields, over functions of the runtime.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::ident;
use super::types::read;
use crate::ir::{Field, Type};

/// `Serialize` for a struct of optional fields.
pub(super) fn data(name: &Ident, fields: &[Field]) -> TokenStream {
    let nodes = fields.iter().map(|field| {
        let (wire, rust, pattern) = (&field.wire, ident(&field.rust), pattern(&field.ty));
        quote!((#wire, ::pyi_runtime::__private::Wire::node(&self.#rust, #pattern)))
    });
    let allow = super::allow_deprecated(fields);
    wire(name, &quote!(::pyi_runtime::__private::Node::Fields(::std::vec![#(#nodes),*])), &allow)
}

/// `Serialize` for an enum of codes.
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
    wire(name, &node, &TokenStream::new())
}

fn wire(name: &Ident, node: &TokenStream, allow: &TokenStream) -> TokenStream {
    quote! {
        impl ::pyi_runtime::__private::Wire for #name {
            #allow
            fn node(&self, _: &str) -> ::pyi_runtime::__private::Node<'_> {
                #node
            }
        }

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
pub(super) fn request(name: &Ident, fields: &[Field], optional: bool) -> TokenStream {
    let wires = fields.iter().map(|field| &field.wire);
    let reads = fields.iter().map(|field| {
        let (name, read) = (ident(&field.rust), read(&field.ty));
        if optional { quote!(#name: #read,) } else { quote!(#name: #read?,) }
    });
    let from = if fields.is_empty() { ident("_from") } else { ident("from") };
    let allow = super::allow_deprecated(fields);
    quote! {
        impl<'de> ::pyi_runtime::__private::serde::Deserialize<'de> for #name {
            #allow
            fn deserialize<D: ::pyi_runtime::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                ::pyi_runtime::__private::deserialize(deserializer, &[#(#wires),*], |#from| {
                    ::core::option::Option::Some(Self { #(#reads)* })
                })
            }
        }
    }
}

/// The pattern of a date, in a list too.
fn pattern(ty: &Type) -> &str {
    match ty {
        Type::Date { pattern } => pattern,
        Type::List(item) => pattern(item),
        _ => "",
    }
}
