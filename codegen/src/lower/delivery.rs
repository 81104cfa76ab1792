//! Lowers what arrives for a later answer.

use super::types::{Side, Types};
use super::{sign, template, word};
use crate::ast;
use crate::ir::{BodyForm, Delivery, Method, Provider};
use crate::names;

pub(super) fn delivery(
    endpoint: &ast::Endpoint,
    written: &ast::Delivery,
    provider: &Provider,
    types: &mut Types<'_>,
) -> Delivery {
    let rust = names::callback_type(&endpoint.id);
    let mut fields = types.fields(&written.fields, &rust, Side::Reply);
    for (field, written) in fields.iter_mut().zip(&written.fields) {
        if written.signed.as_ref().is_some_and(|signed| !signed.value) {
            field.doc = format!("{}\n\nNot signed: anyone can set it.", field.doc).trim().to_owned();
        }
    }
    Delivery {
        constant: format!("{}_CALLBACK", names::upper(&endpoint.id)),
        method: word(&written.method, Method::Post),
        body: word(&written.body, BodyForm::Form),
        sign: written.sign.as_ref().map_or_else(|| provider.sign.clone(), |own| sign(own, &[])),
        fields,
        answer: template(&written.answer).to_owned(),
        rust,
    }
}
