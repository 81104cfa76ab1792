//! Later answers of a spec that was not compiled: verified, then checked as strictly as the macro's
//! structs read them.

use pyi_codegen::ir::{CommonSource, Delivery as Described, Endpoint, Provider, Type};
use pyi_runtime::__private::delivery::{deliver, verified};
use pyi_runtime::__private::operation::{CallbackField, CallbackScheme};
use pyi_runtime::{Any, App, Delivery, DeliveryError};

use crate::check_data::object;
use crate::operation::SigningParts;

/// What arrives for an endpoint's later answers.
///
/// ```
/// # use pyi_codegen::{Input, load};
/// use pyi_dynamic::DynamicCallback;
/// use pyi_runtime::{App, Credentials};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../providers/epay"));
/// let (spec, _) = load(Input::Folder { path: folder, shown: "epay" });
/// let endpoint = spec.endpoint("mapi").ok_or("no such endpoint")?;
/// let callback = DynamicCallback::new(&spec, endpoint).ok_or("nothing is known of what arrives")?;
///
/// let app = App::new("1001", Credentials::md5("the merchant's key"));
/// let made = callback.deliver(&app, "/notify", &[("trade_no", "2016"), ("money", "1.00")])?;
/// let read = callback.verify(&made, &app)?;
/// assert!(read.json().contains(r#""money":"1.00""#));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct DynamicCallback<'a> {
    provider: &'a Provider,
    described: &'a Described,
    sign: SigningParts<'a>,
    fields: Vec<CallbackField<'a>>,
}

impl<'a> DynamicCallback<'a> {
    /// The callback of an endpoint; `None` if the spec does not describe what arrives.
    pub fn new(provider: &'a Provider, endpoint: &'a Endpoint) -> Option<Self> {
        let described = endpoint.delivery.as_ref()?;
        let fields = described.fields.iter().map(|field| CallbackField {
            name: &field.wire,
            place: field.place,
            is_signed: field.is_signed,
            is_json: matches!(field.ty, Type::Object(_) | Type::List(_) | Type::Any),
            digest: field.body_digest.and_then(CommonSource::body_digest),
        });
        let fields = fields.collect();
        Some(Self { provider, described, sign: SigningParts::new(&described.sign), fields })
    }

    /// The callback as plain data.
    pub fn scheme(&self) -> CallbackScheme<'_> {
        let Self { described, sign, fields, .. } = self;
        CallbackScheme { method: described.method, body: described.body, sign: sign.scheme(), fields }
    }

    /// Verifies a delivery, and gives the fields that the spec lists as a JSON object.
    ///
    /// # Errors
    ///
    /// A delivery without the signature that the app's secret makes, or with a value that differs
    /// from the spec.
    pub fn verify(&self, delivery: &Delivery, app: &App) -> Result<Any, DeliveryError> {
        let verified = verified(&self.scheme(), delivery, app)?;
        object(self.provider, &self.described.fields, &verified).map_err(DeliveryError::Decode)?;
        Ok(verified)
    }

    /// Makes the delivery that the provider would send to a path.
    ///
    /// # Errors
    ///
    /// An app that cannot sign, or a value that no header can have.
    pub fn deliver(
        &self,
        app: &App,
        target: &str,
        values: &[(&str, &str)],
    ) -> Result<Delivery, DeliveryError> {
        deliver(&self.scheme(), app, target, values)
    }
}
