//! The client: a newtype over the runtime's, with a method for each endpoint.

use proc_macro2::TokenStream;
use quote::quote;

use super::{deprecated, doc, ident, sentence};
use crate::ir::{Endpoint, Price, Provider};

/// The documentation of each endpoint's method, which both clients have.
pub(super) fn docs(provider: &Provider) -> Vec<TokenStream> {
    provider.endpoints.iter().map(call_doc).collect()
}

pub(super) fn client(provider: &Provider, docs: &[TokenStream]) -> TokenStream {
    let about =
        doc(&[&format!("A client of {}. Clones share its connections.", provider.title), &provider.doc]);
    let methods = provider.endpoints.iter().zip(docs).map(|(endpoint, about)| {
        let (name, request, data) =
            (ident(&endpoint.function), ident(&endpoint.request_type), ident(&endpoint.data_type));
        quote! {
            #about
            #[inline]
            pub fn #name(&self, request: &#request) -> ::pyi_runtime::Call<'static, #data> {
                self.0.call(request)
            }
        }
    });
    quote! {
        #about
        #[derive(Debug, Clone)]
        pub struct Client(::pyi_runtime::Client);

        impl Client {
            /// A builder of a client: base URL, app, limits.
            #[inline]
            pub fn builder() -> ::pyi_runtime::ClientBuilder<Self> {
                ::pyi_runtime::ClientBuilder::new().of(&operations::PROVIDER)
            }

            /// The runtime's client, which makes the calls.
            #[inline]
            pub fn runtime(&self) -> &::pyi_runtime::Client {
                &self.0
            }

            /// A client of another app, which shares this one's connections, limits and clock.
            #[inline]
            #[must_use]
            pub fn with_app(&self, app: ::pyi_runtime::App) -> Self {
                Self(self.0.with_app(app))
            }

            /// As [`Self::with_app`], with an app that is asked for before each attempt.
            #[inline]
            #[must_use]
            pub fn with_credentials(&self, provider: impl ::pyi_runtime::CredentialsProvider) -> Self {
                Self(self.0.with_credentials(provider))
            }

            #(#methods)*
        }

        impl ::core::convert::From<::pyi_runtime::Client> for Client {
            #[inline]
            fn from(client: ::pyi_runtime::Client) -> Self {
                Self(client)
            }
        }
    }
}

/// The blocking client is inside a macro of the runtime, which drops it without the feature
/// `blocking`: code in a user's crate cannot test a feature of the runtime.
pub(super) fn blocking(provider: &Provider, docs: &[TokenStream]) -> TokenStream {
    let methods = provider.endpoints.iter().zip(docs).map(|(endpoint, about)| {
        let (name, request, data) =
            (ident(&endpoint.function), ident(&endpoint.request_type), ident(&endpoint.data_type));
        quote! {
            #about
            #[inline]
            pub fn #name(&self, request: &super::#request) -> ::pyi_runtime::blocking::Call<super::#data> {
                self.0.call(request)
            }
        }
    });
    quote! {
        ::pyi_runtime::__private::if_blocking! {
            /// The blocking client, for use inside or outside of an async runtime.
            pub mod blocking {
                /// As [`Client`](super::Client), for the calling thread.
                #[derive(Debug, Clone)]
                pub struct Client(::pyi_runtime::blocking::Client);

                impl Client {
                    /// A builder of a client: base URL, app, limits.
                    #[inline]
                    pub fn builder() -> ::pyi_runtime::ClientBuilder<Self> {
                        ::pyi_runtime::ClientBuilder::new().of(&super::operations::PROVIDER)
                    }

                    #(#methods)*
                }

                impl ::core::convert::From<::pyi_runtime::Client> for Client {
                    #[inline]
                    fn from(client: ::pyi_runtime::Client) -> Self {
                        Self(::pyi_runtime::blocking::Client::from(client))
                    }
                }
            }
        }
    }
}

/// Title, doc, path, price and source of an endpoint.
fn call_doc(endpoint: &Endpoint) -> TokenStream {
    let methods: Vec<_> = endpoint.methods.iter().map(|method| method.as_str()).collect();
    let path = format!("`{}`, {}.", endpoint.path, methods.join(" or "));
    let price = endpoint.price.as_ref().map(price_doc).unwrap_or_default();
    let source =
        if endpoint.source.is_empty() { String::new() } else { format!("Source: {}.", endpoint.source) };
    let later = endpoint.callback.as_ref().map(|field| {
        format!(
            "The answer may come later, to the address in `{field}`; until then the outcome is `Pending`."
        )
    });
    let about =
        doc(&[&sentence(&endpoint.title), &endpoint.doc, &later.unwrap_or_default(), &path, &price, &source]);
    let deprecated = deprecated(&endpoint.deprecated);
    quote!(#about #deprecated)
}

fn price_doc(price: &Price) -> String {
    let tiers: Vec<_> =
        price.tiers.iter().map(|(calls, unit_price)| format!("{unit_price} if {calls} are bought")).collect();
    format!("A billed call costs, in {}: {}.", price.currency, tiers.join(", "))
}
