#![doc = include_str!("../README.md")]

pub use pyi_runtime::{
    Any, Billed, Billing, Body, Call, Class, ClientBuilder, Date, Error, Format, Method, Outcome, Reply,
    Sign, StatusInfo, Time, Unrecognized,
};

pyi_runtime::provider!("spec");
