//! Generates the enum of the provider's statuses.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Extras, doc, ident, number, serde};
use crate::ir::{BillingRule, Provider, Status};

pub(super) fn status(provider: &Provider, extras: Extras) -> TokenStream {
    let about = doc(&[&format!("A status of {}.", provider.title)]);
    let statuses = provider.all_statuses();
    let all_are_numbers = statuses.iter().all(|status| status.code.number().is_some());
    let variants = statuses.iter().map(|status| {
        let billed = match status.billed {
            BillingRule::Always => "Billed.",
            BillingRule::Never => "Not billed.",
            BillingRule::Unknown => "It is unknown whether it is billed.",
        };
        let next =
            if status.remedy.is_empty() { String::new() } else { format!("What to do: {}.", status.remedy) };
        let about = doc(&[&format!("{}: `{}`. {billed}", status.code, status.title), &next]);
        let name = ident(&status.rust);
        match status.code.number().filter(|_| all_are_numbers) {
            Some(code) => {
                let code = number(code);
                quote!(#about #name = #code,)
            }
            None => quote!(#about #name,),
        }
    });
    let codes = if all_are_numbers { of_numbers(&statuses) } else { of_texts(&statuses) };
    // A spec without statuses has a fault. The enum stays valid, so that only the fault is
    // reported.
    let repr = if statuses.is_empty() || !all_are_numbers { quote!() } else { quote!(#[repr(i32)]) };
    let serialize = extras.serde.then(|| serde::status(&ident("Status"), all_are_numbers));
    quote! {
        #about
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #repr
        pub enum Status {
            #(#variants)*
        }

        #codes

        #serialize
    }
}

/// The codes of statuses that are all numbers.
fn of_numbers(statuses: &[&Status]) -> TokenStream {
    let name: Vec<_> = statuses.iter().map(|status| ident(&status.rust)).collect();
    let code: Vec<_> = statuses.iter().filter_map(|status| status.code.number()).map(number).collect();
    let into_code = if statuses.is_empty() { quote!(match self {}) } else { quote!(self as i32) };
    let find = quote!(::pyi_runtime::__private::find_status(operations::ALL, self.code().into()));
    quote! {
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
                error.status().and_then(|status| Self::from_code(status.code.number()?))
            }

            /// The code on the wire.
            pub fn code(self) -> i32 {
                #into_code
            }

            /// The name in the spec, in `snake_case`.
            pub fn name(self) -> &'static str {
                #find.map_or("", |status| &status.name)
            }

            /// The class of its answers.
            pub fn class(self) -> ::pyi_runtime::StatusClass {
                #find.map_or(::pyi_runtime::StatusClass::Other, |status| status.class)
            }
        }
    }
}

/// The codes of statuses, some of them texts: all are emitted as texts.
fn of_texts(statuses: &[&Status]) -> TokenStream {
    let name: Vec<_> = statuses.iter().map(|status| ident(&status.rust)).collect();
    let code: Vec<_> = statuses.iter().map(|status| status.code.to_string()).collect();
    let find = quote!(::pyi_runtime::__private::find_status_of_text(operations::ALL, self.code()));
    quote! {
        impl Status {
            /// The status with a code, if the spec lists it.
            pub fn from_code(code: &str) -> ::core::option::Option<Self> {
                match code {
                    #(#code => ::core::option::Option::Some(Self::#name),)*
                    _ => ::core::option::Option::None,
                }
            }

            /// The status of an error, if the spec lists it.
            pub fn of(error: &::pyi_runtime::Error) -> ::core::option::Option<Self> {
                error.status().and_then(|status| Self::from_code(&status.code.to_string()))
            }

            /// The code on the wire.
            pub fn code(self) -> &'static str {
                match self {
                    #(Self::#name => #code,)*
                }
            }

            /// The name in the spec, in `snake_case`.
            pub fn name(self) -> &'static str {
                #find.map_or("", |status| &status.name)
            }

            /// The class of its answers.
            pub fn class(self) -> ::pyi_runtime::StatusClass {
                #find.map_or(::pyi_runtime::StatusClass::Other, |status| status.class)
            }
        }
    }
}
