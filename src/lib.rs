#![doc = include_str!("../README.md")]

pub use pyi_runtime::{
    Any, Billed, Billing, Body, Call, Class, ClientBuilder, Date, Decimal, Error, Format, Method, Outcome,
    Reply, Sign, StatusInfo, Time, Timestamp, Unrecognized,
};

pyi_runtime::provider!("spec");
