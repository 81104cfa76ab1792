//! Generates the enum of the provider's statuses.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Extras, doc, ident, number, serde};
use crate::ir::{BillingRule, Provider};

pub(super) fn status(provider: &Provider, extras: Extras) -> TokenStream {
    let about = doc(&[&format!("A status of {}.", provider.title)]);
    let statuses = provider.all_statuses();
    let variants = statuses.iter().map(|status| {
        let billed = match status.billed {
            BillingRule::Always => "Billed.",
            BillingRule::Never => "Not billed.",
            BillingRule::Unknown => "It is unknown whether it is billed.",
        };
        let next =
            if status.remedy.is_empty() { String::new() } else { format!("What to do: {}.", status.remedy) };
        let about = doc(&[&format!("{}: `{}`. {billed}", status.code, status.title), &next]);
        let (name, code) = (ident(&status.rust), number(status.code));
        quote!(#about #name = #code,)
    });
    let name: Vec<_> = statuses.iter().map(|status| ident(&status.rust)).collect();
    let code: Vec<_> = statuses.iter().map(|status| number(status.code)).collect();
    // A spec without statuses has a fault. The enum stays valid, so that only the fault is
    // reported.
    let repr = if statuses.is_empty() { quote!() } else { quote!(#[repr(i32)]) };
    let into_code = if statuses.is_empty() { quote!(match self {}) } else { quote!(self as i32) };
    let serialize = extras.serde.then(|| serde::status(&ident("Status")));
    quote! {
        #about
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #repr
        pub enum Status {
            #(#variants)*
        }

        impl Status {
            /// The status with a code, if the spec lists it.
            pub fn from_code(code: i32) -> ::core::option::Option<Self> {
                match code {
                    #(#code => ::core::option::Option::Some(Self::#name),)*
                    _ => ::core::option::Option::None,
                }
            }

            /// The status of an error, if the spec lists it.
            pub fn of(error: &::pyi_runtime::Error) -> ::core::option::Option<Self> {
                error.status().and_then(|status| Self::from_code(status.code))
            }

            /// The code on the wire.
            pub fn code(self) -> i32 {
                #into_code
            }

            /// The name in the spec, in `snake_case`.
            pub fn name(self) -> &'static str {
                ::pyi_runtime::__private::find_status(operations::ALL, self.code()).map_or("", |status| &status.name)
            }

            /// The class of its answers.
            pub fn class(self) -> ::pyi_runtime::StatusClass {
                ::pyi_runtime::__private::find_status(operations::ALL, self.code())
                    .map_or(::pyi_runtime::StatusClass::Other, |status| status.class)
            }
        }

        #serialize
    }
}
