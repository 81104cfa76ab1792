//! Options of `pyi sandbox` that answer from cassettes, or pass calls on and record them.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use pyi_codegen::ir::{Endpoint, Field, Provider, Response, Type};
use pyi_runtime::Decimal;
use pyi_sandbox::{Builder, CassetteKey, ProxiedCall, Proxy};
use pyi_text::{Message, message};

use crate::argument::{self, Access};
use crate::connection::host_url;
use crate::language::tr;
use crate::output::print;
use crate::profile::state_file;
use crate::spec::Spec;
use crate::{UsageError, private};

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct CassetteOptions {
    /// Answer from the cassettes of a folder
    #[arg(long, value_name = "DIR", conflicts_with = "proxy")]
    replay: Option<String>,

    /// Pass calls on to the provider at this base URL, with the caller's own credentials; each that
    /// succeeds is billed
    #[arg(long, value_name = "URL", requires = "budget", conflicts_with_all = ["watch", "base_url", "app_id"])]
    pub(super) proxy: Option<String>,

    /// Maximum cost of the calls that are passed on, in the currency of the spec's prices
    #[arg(long, value_name = "AMOUNT", requires = "proxy")]
    budget: Option<String>,

    /// Base URL of a host that the spec names, as NAME=URL; once for each
    #[arg(long, value_name = "NAME=URL", requires = "proxy")]
    host: Vec<String>,

    /// Record the calls that are passed on as cassettes in a folder, with invented values in place
    /// of those of persons
    #[arg(long, value_name = "DIR", requires = "proxy")]
    record: Option<String>,

    /// File with the key of the invented values, which only its owner can read [default: the
    /// user's; a new one is created to record]
    #[arg(long, value_name = "FILE")]
    key: Option<String>,
}

impl CassetteOptions {
    pub(super) fn apply(&self, spec: &Spec, builder: Builder) -> Result<Builder, UsageError> {
        if self.key.is_some() && self.replay.is_none() && self.record.is_none() {
            return Err(UsageError(message!("--key is for --record or --replay")));
        }
        if let Some(folder) = &self.replay {
            std::fs::read_dir(folder).map_err(|error| {
                argument::failed(Access::Read, folder, message!("the cassettes (--replay)"), error)
            })?;
            return Ok(builder.replay(folder, self.key(false)?));
        }
        let (Some(url), Some(budget)) = (&self.proxy, &self.budget) else { return Ok(builder) };
        let budget = Decimal::from_str_exact(budget).ok().filter(|budget| !budget.is_sign_negative());
        let budget =
            budget.ok_or_else(|| UsageError(message!("--budget is an amount of money such as 100.00")))?;
        let mut proxy = Proxy::new(url, budget);
        for host in &self.host {
            let (name, url) = host_url(spec, host)?;
            proxy = proxy.host(name, url);
        }
        let currency = currency(spec)?;
        if let Some(folder) = &self.record {
            std::fs::create_dir_all(folder).map_err(|error| {
                argument::failed(Access::Write, folder, message!("the cassettes (--record)"), error)
            })?;
            if let Some(key) = self.key(true)? {
                proxy = proxy.record(folder, key);
            }
        }
        for endpoint in &spec.provider.endpoints {
            let id = endpoint.id.as_str();
            match pyi_dynamic::worst_price(endpoint) {
                Some(price) => print(&tr!(
                    "{id}: at most {price} {currency} a call",
                    id,
                    price = price.to_string(),
                    currency
                )),
                None => print(&tr!("{id}: the spec has no price, so it is not called", id)),
            }
            if self.record.is_none() {
                continue;
            }
            let booleans = drawn_booleans(&spec.provider, endpoint);
            if !booleans.is_empty() {
                print(&tr!(
                    "{id}: recorded with drawn values: {fields}; a boolean that is the result of a call needs `public: true`",
                    id,
                    fields = booleans.join(", ")
                ));
            }
        }
        Ok(builder.proxy(proxy.on_call(move |call| tell(call, &currency))))
    }

    /// The key of the invented values. Without one, cassettes answer to invented values alone.
    fn key(&self, is_made: bool) -> Result<Option<CassetteKey>, UsageError> {
        let given = self.key.as_ref().map(PathBuf::from);
        let Some(path) = given.clone().or_else(|| state_file("cassette.key")) else {
            let why = message!("there is no home folder for the key; give --key FILE");
            return if is_made { Err(UsageError(why)) } else { Ok(None) };
        };
        let failed = |why: Message| {
            argument::failed(Access::Use, &path.to_string_lossy(), message!("the key (--key)"), why)
        };
        if let Some(folder) = self.record.as_ref().or(self.replay.as_ref())
            && is_in(&path, Path::new(folder))
        {
            return Err(failed(message!(
                "it is among the cassettes, and with both one can test who is in them"
            )));
        }
        let bytes = match private::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound && is_made => {
                private::make_key(&path).map_err(|error| failed(error.into()))?;
                private::read(&path)
            }
            Err(error) if error.kind() == ErrorKind::NotFound && given.is_none() => return Ok(None),
            read => read,
        };
        let bytes = bytes.map_err(|error| failed(error.into()))?;
        let bytes = <[u8; 32]>::try_from(bytes);
        bytes
            .map(|bytes| Some(CassetteKey::new(bytes)))
            .map_err(|_| failed(message!("it does not have 32 bytes")))
    }
}

/// Whether a file is in a folder, whichever way the two are written.
fn is_in(file: &Path, folder: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    let Some(folder) = real(folder) else { return false };
    // The file itself, which a link may name, and the folder that a new one is created in.
    let places = [real(file), real(private::folder(file))];
    places.into_iter().flatten().any(|place| place.starts_with(&folder))
}

/// The booleans of an endpoint's replies that a cassette has another value of, perhaps. A test that
/// takes one for a result would be wrong.
fn drawn_booleans(provider: &Provider, endpoint: &Endpoint) -> Vec<String> {
    let mut found = Vec::new();
    match &endpoint.response {
        Response::Fields(fields) => find_booleans(provider, fields, &[], &mut found),
        Response::Whole(ty) => find_boolean(provider, (ty, false), &["data"], &mut found),
    }
    found
}

fn find_booleans(provider: &Provider, fields: &[Field], above: &[&str], found: &mut Vec<String>) {
    for field in fields {
        let place: Vec<&str> = above.iter().copied().chain([field.wire.as_str()]).collect();
        find_boolean(provider, (&field.ty, field.public), &place, found);
    }
}

/// A public list has public items, and a public object has members that are not.
fn find_boolean(
    provider: &Provider,
    (ty, is_public): (&Type, bool),
    place: &[&str],
    found: &mut Vec<String>,
) {
    match ty {
        Type::Boolean if !is_public => found.push(place.join(".")),
        Type::List(item) => find_boolean(provider, (item, is_public), place, found),
        Type::Object(name) => {
            let fields = provider.object(name).map_or(&[][..], |object| &object.fields);
            find_booleans(provider, fields, place, found);
        }
        _ => {}
    }
}

/// The currency of all prices.
fn currency(spec: &Spec) -> Result<String, UsageError> {
    match spec.provider.currencies().as_slice() {
        [] => Err(UsageError(message!(
            "the spec has no price, so that no budget can be kept; add one{note}",
            note = spec.note()
        ))),
        [one] => Ok((*one).to_owned()),
        several => Err(UsageError(message!(
            "the spec has prices in {currencies}, and a budget is in one currency",
            currencies = several.join(", ")
        ))),
    }
}

/// Says what a call cost.
fn tell(call: &ProxiedCall, currency: &str) {
    let endpoint = if call.endpoint.is_empty() { tr!("no endpoint") } else { call.endpoint.clone() };
    let code = call.code.map_or_else(|| tr!("no status"), |code| code.to_string());
    print(&tr!(
        "{endpoint}  {code}  {billing}, {spent} of {budget} {currency} spent",
        endpoint,
        code,
        billing = call.billing.to_string(),
        spent = call.spent.to_string(),
        budget = call.budget.to_string(),
        currency
    ));
    match &call.recorded {
        Some(Ok(path)) => print(&path.display().to_string()),
        Some(Err(why)) => print(&tr!("not recorded: {why}", why)),
        None => {}
    }
    if let Some(failure) = &call.failure {
        print(failure);
    }
}
