//! The rules of replies: where their parts are, and what their statuses are.

use std::collections::BTreeMap;

use super::{names, suggest_value, wire};
use crate::ast::{Endpoint, Envelope, Provider, Response, Shape, Spec, Status, Text};
use crate::fix::{Edit, Fix};
use crate::ir::{BillingRule, Pointer, Retry, StatusClass, StatusCode};
use crate::names as spelling;
use crate::report::{Place, Report};
use crate::rules::Rule;

/// Status codes fit, names differ, and no status is retried that may be billed.
pub(super) fn check_statuses(statuses: &[Status], what: &str, report: &mut Report) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for status in statuses {
        check_code(&status.code, report);
        if let Some(name) = &status.name {
            names::check_nameable(name, "status", report);
            if let Some(other) = seen.insert(spelling::camel(&name.value), &status.code.value) {
                let message = format!("{what} `{}` has the name of {what} `{other}`", status.code.value);
                report.fault(
                    Rule::SameName,
                    &name.place,
                    message,
                    "give each status a name of its own".to_owned(),
                );
            }
        }
        let retried = status
            .retry
            .as_ref()
            .filter(|retry| retry.value != Retry::Never.as_str())
            .map(|retry| &retry.place);
        // A rule that is missing or unknown has its own fault.
        let billed = status.billed.as_ref().and_then(|billed| billed.value.parse::<BillingRule>().ok());
        if let (Some(place), Some(rule @ (BillingRule::Always | BillingRule::Unknown))) = (retried, billed) {
            let billed = if rule == BillingRule::Always { "is" } else { "may be" };
            let message =
                format!("{what} `{}` {billed} billed, and would be paid for twice", status.code.value);
            let help = "remove `retry`, or state `billed: never`".to_owned();
            // Without `retry` nothing is paid for that is not paid for now.
            let fix = Edit::without("retry", place).map(Fix::risky);
            report.fixable(Rule::RetryBilled, place, message, help, fix);
        }
    }
}

/// A status code has the characters that codes of providers have, since it is written into programs
/// and tables.
fn check_code(code: &Text, report: &mut Report) {
    let plain = |c: char| c.is_alphanumeric() || "_-.:/".contains(c);
    if code.value.parse::<StatusCode>().is_ok() && code.value.chars().all(plain) {
        return;
    }
    let message = format!("`{}` cannot be a status code", code.value.escape_debug());
    let help = format!(
        "write the code as the provider has it: at most {} bytes of letters, digits and `_-.:/`",
        StatusCode::LONGEST
    );
    report.fault(Rule::BadStatusCode, &code.place, message, help);
}

/// An HTTP status is a possible one of an answer without an envelope, and not a success: an answer
/// of success may be the provider's own, billed and unreadable.
pub(super) fn check_http(statuses: &[Status], report: &mut Report) {
    for status in statuses {
        let (code, place) = (&status.code.value, &status.code.place);
        match code.parse::<u16>() {
            Ok(200..=299) => {
                let message = format!("HTTP status `{code}` is a success, whose answer may be billed");
                let help = "remove it: the billing of a success without a readable envelope stays unknown";
                report.fault(Rule::HttpSuccess, place, message, help.to_owned());
            }
            Ok(300..=599) => {}
            _ => {
                let message = format!("`{code}` is not an HTTP status of an answer");
                let help = "write one from 300 to 599, such as `429`".to_owned();
                report.fault(Rule::NotANumber, place, message, help);
            }
        }
    }
}

/// An endpoint's own status has a code that the provider does not have, and one meaning in all
/// endpoints.
pub(super) fn check_own_statuses(spec: &Spec, report: &mut Report) {
    let name = |status: &Status| status.name.as_ref().map(|name| spelling::camel(&name.value));
    // The provider's statuses come first, and the first of a code or a name counts.
    let (mut by_code, mut by_name) = (BTreeMap::new(), BTreeMap::new());
    for status in &spec.provider.statuses {
        by_code.entry(&status.code.value).or_insert((status, true));
        name(status).map(|name| by_name.entry(name).or_insert(status));
    }
    for status in spec.endpoints.iter().flat_map(|endpoint| &endpoint.statuses) {
        let code = &status.code.value;
        let (same_code, is_shared) = *by_code.entry(code).or_insert((status, false));
        let same_name = name(status).map_or(status, |name| *by_name.entry(name).or_insert(status));
        let named = |status: &Status| status.name.as_ref().map_or("nameless", |name| &name.value).to_owned();
        let (message, help) = if is_shared {
            let message =
                format!("status `{code}` is in {} already, as `{}`", line_of(same_code), named(same_code));
            (message, "remove it here: each endpoint has the provider's statuses")
        } else if name(same_code) != name(status) {
            let (here, other) = (named(status), named(same_code));
            let message =
                format!("status `{code}` is `{here}` here, and `{other}` in {}", line_of(same_code));
            (message, "give a code one name in the whole spec; a shared status belongs in provider.yaml")
        } else if same_name.code.value != *code {
            let (other, line) = (&same_name.code.value, line_of(same_name));
            let message = format!("status `{code}` has the name of status `{other}`, in {line}");
            (message, "give each code a name of its own")
        } else {
            continue;
        };
        report.fault(Rule::StatusClash, &status.code.place, message, help.to_owned());
    }
}

/// The file and the line of a status.
fn line_of(status: &Status) -> String {
    let place = &status.code.place;
    format!("{}:{}", place.file.shown, place.position().0)
}

/// Each endpoint has a status with data; otherwise no call could succeed.
pub(super) fn check_data_status(spec: &Spec, report: &mut Report) {
    let provider = &spec.provider;
    let data = |status: &Status| {
        let class = status.class.as_ref().map(|class| class.value.as_str());
        // An unknown class may stand for it.
        class.is_some_and(|class| class == StatusClass::Data.as_str() || !StatusClass::WORDS.contains(&class))
    };
    let has_own = |endpoint: &Endpoint| endpoint.statuses.iter().any(data);
    let all_have_own = !spec.endpoints.is_empty() && spec.endpoints.iter().all(has_own);
    let place = provider
        .statuses
        .first()
        .map(|status| &status.code.place)
        .or(provider.name.as_ref().map(|name| &name.place));
    if let (Some(place), false) = (place, provider.statuses.iter().any(data) || all_have_own) {
        let help =
            "add the status of success, such as `10000: {name: ok, title: …, class: data, billed: always}`";
        report.fault(Rule::NoDataStatus, place, "no status carries data".to_owned(), help.to_owned());
    }
}

/// The parts of a reply are at places that a reply has, each part at its own, in each endpoint
/// after its overrides.
pub(super) fn check_envelope(own: &Envelope, shared: &Envelope, report: &mut Report) {
    let parts = own.status.iter().chain(&own.message).chain(&own.data).chain(&own.time).chain(&own.proof);
    for place in parts.chain(&own.json_text) {
        check_pointer(place, report);
    }
    for (index, place) in own.status.iter().enumerate() {
        let is_last = index + 1 == own.status.len();
        if Pointer::of(&place.value) == Pointer::HttpStatus && !is_last {
            let help = "write `http` last: it is always there, and no place after it counts";
            let message = "the HTTP status is not the last place of the status".to_owned();
            report.fault(Rule::BadPointer, &place.place, message, help.to_owned());
        }
    }
    let misplaced = own.status.iter().map(|place| (place, Pointer::Whole, "the status code"));
    let others = own.message.iter().chain(&own.time);
    let misplaced = misplaced.chain(others.clone().map(|place| (place, Pointer::Whole, "a text"))).chain(
        others
            .chain(&own.data)
            .chain(&own.json_text)
            .map(|place| (place, Pointer::HttpStatus, "a part of a reply")),
    );
    for (place, word, what) in misplaced {
        if Pointer::of(&place.value) == word {
            let message = format!("`{}` is not {what}", place.value);
            let help = format!(
                "write the name of a member, or `/{}` if that is its name; `.` is for `data`, `http` for `status`",
                place.value
            );
            report.fault(Rule::BadPointer, &place.place, message, help);
        }
    }
    check_differ(own, shared, report);
}

/// Whether a text is plain names with a separator between two, as a path of other notations is.
pub(super) fn is_path_by(text: &str, separator: char) -> bool {
    let is_plain =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-$".contains(c));
    text.contains(separator) && text.split(separator).all(is_plain)
}

/// A place is a name, or names with a slash before each.
fn check_pointer(place: &Text, report: &mut Report) {
    match Pointer::of(&place.value) {
        Pointer::Whole | Pointer::HttpStatus => {}
        Pointer::Member(name) if is_path_by(name, '/') => {
            let message = format!("`{}` has a slash, and is not the place of a member", name.escape_debug());
            let help = format!("write `/{name}`: a place inside of a member has a slash before each name");
            let fix = Edit::scalar(&place.place, name, &format!("/{name}")).map(Fix::risky);
            report.fixable(Rule::BadPointer, &place.place, message, help, fix);
        }
        Pointer::Member(_) => wire::check_member(place, report),
        Pointer::Path(names) => {
            if names.split('/').any(str::is_empty) || names.contains('~') {
                let message = format!("`{}` is not the place of a member", place.value.escape_debug());
                let help = "write the names of the members, each with a slash before it, such as `/error_response/code`";
                report.fault(Rule::BadPointer, &place.place, message, help.to_owned());
            } else {
                wire::check_member(place, report);
            }
        }
    }
}

/// Two parts are not at one place.
fn check_differ(own: &Envelope, shared: &Envelope, report: &mut Report) {
    let chosen = |own: &[Text], shared: &[Text]| if own.is_empty() { shared.to_vec() } else { own.to_vec() };
    let data = own.data.as_ref().or(shared.data.as_ref()).cloned();
    let all: Vec<Text> = [
        chosen(&own.status, &shared.status),
        chosen(&own.message, &shared.message),
        data.into_iter().collect(),
        chosen(&own.time, &shared.time),
    ]
    .concat();
    // A word that is misplaced has its fault.
    let is_member = |place: &&Text| Pointer::of(&place.value).members().next().is_some();
    let stated = own.status.iter().chain(&own.message).chain(&own.data).chain(&own.time).filter(is_member);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    all.iter().for_each(|place| *counts.entry(&place.value).or_default() += 1);
    // The later one is reported.
    for place in stated.collect::<Vec<_>>().into_iter().rev() {
        if counts.get(place.value.as_str()).is_some_and(|count| *count > 1) {
            counts.remove(place.value.as_str());
            let message = format!("two members of the envelope are called `{}`", place.value);
            let help = "give each the name that it has in a reply, or leave out `message`".to_owned();
            report.fault(Rule::SameName, &place.place, message, help);
        }
    }
}

/// The status of a reply without one is a status of the spec, and can come to pass.
pub(super) fn check_absent(own: &Envelope, shared: &Envelope, spec: &Spec, report: &mut Report) {
    let endpoint_statuses = spec.endpoints.iter().flat_map(|endpoint| &endpoint.statuses);
    let codes =
        spec.provider.statuses.iter().chain(endpoint_statuses).map(|status| status.code.value.as_str());
    for stated in own.absent.iter().chain(&own.empty) {
        if !codes.clone().any(|code| code == stated.value) {
            let message = format!("no status has the code `{}`", stated.value);
            let (help, fix) = suggest_value(stated, codes.clone(), report);
            report.fixable(Rule::AbsentStatus, &stated.place, message, help, fix);
        }
    }
    let Some(absent) = &own.absent else { return };
    let status = if own.status.is_empty() { &shared.status } else { &own.status };
    if status.iter().any(|place| Pointer::of(&place.value) == Pointer::HttpStatus) {
        let message = "a reply always has the HTTP status, so that its status is never absent".to_owned();
        let help = "remove `absent`, or `http` from `status`".to_owned();
        report.fault(Rule::AbsentStatus, &absent.place, message, help);
    }
}

/// A success that says nothing of itself has something that proves it.
pub(super) fn check_proof(endpoint: &Endpoint, provider: &Provider, report: &mut Report) {
    let (own, shared) = (&endpoint.envelope, &provider.envelope);
    let Some(absent) = own.absent.as_ref().or(shared.absent.as_ref()) else { return };
    let status = if own.status.is_empty() { &shared.status } else { &own.status };
    let is_of_http = status.iter().any(|place| Pointer::of(&place.value) == Pointer::HttpStatus);
    let has_proof = own.proof.is_some() || shared.proof.is_some();
    let data = own.data.as_ref().or(shared.data.as_ref());
    if let Some(data) = data.filter(|data| Pointer::of(&data.value) == Pointer::Whole)
        && !has_proof
        && !is_of_http
    {
        let place = if own.data.is_some() || own.absent.is_none() { &data.place } else { &absent.place };
        let message = "any reply without a status code would be a success".to_owned();
        let help = "add `proof` to the envelope: the member that a success has, such as `proof: result`";
        report.fault(Rule::AbsentStatus, place, message, help.to_owned());
    }
}

/// A success can come to pass: HTTP has a status of one, and a list has no member for its status.
pub(super) fn check_reachable(endpoint: &Endpoint, provider: &Provider, report: &mut Report) {
    let (own, shared) = (&endpoint.envelope, &provider.envelope);
    let status = if own.status.is_empty() { &shared.status } else { &own.status };
    let place = |own: Option<&Text>, shared: Option<&Text>| {
        let place = own.or(shared).map(|text| &text.place);
        place.cloned().unwrap_or_else(|| Place::start_of(&endpoint.file))
    };
    if let [alone] = status.as_slice()
        && Pointer::of(&alone.value) == Pointer::HttpStatus
    {
        let is_success = |status: &Status| {
            let is_data =
                status.class.as_ref().is_some_and(|class| class.value == StatusClass::Data.as_str());
            is_data && status.code.value.parse::<u16>().is_ok_and(|code| (200..=299).contains(&code))
        };
        if !provider.statuses.iter().chain(&endpoint.statuses).any(is_success) {
            let message =
                "the HTTP status is the status, and no status is one of HTTP's successes".to_owned();
            let help =
                "add it to `statuses`, such as `200: {name: ok, title: …, class: data, billed: always}`"
                    .to_owned();
            report.fault(Rule::BadPointer, &place(own.status.first(), shared.status.first()), message, help);
        }
    }
    let is_of_http = status.iter().any(|place| Pointer::of(&place.value) == Pointer::HttpStatus);
    let data = own.data.as_ref().or(shared.data.as_ref());
    let is_whole = data.is_some_and(|data| Pointer::of(&data.value) == Pointer::Whole);
    let is_list = matches!(&endpoint.response, Response::Whole(ty) if matches!(ty.shape, Shape::List(_)));
    let has_absent = own.absent.is_some() || shared.absent.is_some();
    if is_whole && is_list && !is_of_http && !has_absent {
        let message = "a reply that is a list has no member for its status".to_owned();
        let help =
            "add `http` to `status`, or `absent` and `proof: .`, or say which member is the list in `data`";
        report.fault(
            Rule::BadPointer,
            &place(own.data.as_ref(), shared.data.as_ref()),
            message,
            help.to_owned(),
        );
    }
}

/// Each endpoint knows where its payload is.
pub(super) fn check_data(endpoint: &Endpoint, provider: &Provider, report: &mut Report) {
    if endpoint.envelope.data.is_some() || provider.envelope.data.is_some() {
        return;
    }
    let place = endpoint.path.as_ref().map_or(Place::start_of(&endpoint.file), |path| path.place.clone());
    let message = "nothing says where the payload of a reply is".to_owned();
    let help = "add `envelope: {data: result}` to the endpoint, or `data` to the provider's `envelope`; `.` is the whole reply";
    report.fault(Rule::BadPointer, &place, message, help.to_owned());
}
