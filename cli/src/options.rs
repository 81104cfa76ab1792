//! Options that several commands share, each with one name and one meaning.

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use pyi_codegen::ir::SignMethod;
use pyi_runtime::Credentials;

use crate::profile::Profile;
use crate::spec::Spec;
use crate::{UsageError, secret};

/// The spec of a command that calls or answers. It is read before the command line is parsed, since
/// the flags of `call` are made from it.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct SpecOption {
    /// Spec folder [default: the spec that the program carries]
    #[arg(long, value_name = "DIR")]
    pub(crate) spec: Option<String>,
}

/// The spec of a command for authors.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct FolderOption {
    /// Spec folder
    #[arg(long = "spec", value_name = "DIR", default_value = "spec")]
    pub(crate) folder: String,
}

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    Text,
    Json,
}

/// What a request is signed with.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct SigningOptions {
    /// Account of the configuration file: its base URL, app, signing method and secret
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// File with the app's secret, which only its owner can read [default: the variable PYI_SECRET]
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<String>,

    /// Signing method [default: the first one of the spec]
    #[arg(long, value_name = "METHOD", value_parser = sign_method())]
    pub(crate) sign: Option<SignMethod>,
}

impl SigningOptions {
    /// The account that `--profile` names.
    pub(crate) fn account(&self) -> Result<Account, UsageError> {
        let profile = self.profile.as_deref().map(Profile::read).transpose()?;
        Ok(Account { profile, secret_file: self.secret_file.clone(), sign: self.sign })
    }
}

/// The account of a command: what its flags give comes before its profile, and that before the
/// variables.
pub(crate) struct Account {
    profile: Option<Profile>,
    secret_file: Option<String>,
    sign: Option<SignMethod>,
}

impl Account {
    /// The method that was given, or the spec's first.
    pub(crate) fn method(&self, spec: &Spec) -> SignMethod {
        let of_profile = self.profile.as_ref().and_then(|profile| profile.sign);
        let first = spec.provider.sign.methods.first().copied();
        self.sign.or(of_profile).or(first).unwrap_or(SignMethod::Md5)
    }

    /// The secret and the method.
    pub(crate) fn credentials(&self, spec: &Spec) -> Result<Credentials, UsageError> {
        Ok(Credentials::new(self.method(spec), self.secret()?))
    }

    pub(crate) fn secret(&self) -> Result<String, UsageError> {
        secret::read(self.secret_file.as_deref(), self.profile.as_ref())
    }

    /// A value of the account that was given in the command line: by a flag, or by the profile.
    pub(crate) fn named(
        &self,
        flag: Option<&String>,
        of_profile: impl Fn(&Profile) -> Option<&String>,
    ) -> Option<String> {
        flag.or(self.profile.as_ref().and_then(of_profile)).cloned()
    }

    /// A value of the account: that of the flag, of the profile, or of the variable.
    pub(crate) fn value(
        &self,
        flag: Option<&String>,
        of_profile: impl Fn(&Profile) -> Option<&String>,
        variable: &str,
    ) -> Option<String> {
        self.named(flag, of_profile).or_else(|| std::env::var(variable).ok())
    }
}

fn sign_method() -> impl TypedValueParser<Value = SignMethod> {
    PossibleValuesParser::new(SignMethod::WORDS).try_map(|word| word.parse::<SignMethod>())
}

/// The server that is called, and the account.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct ConnectionOptions {
    #[command(flatten)]
    pub(crate) spec: SpecOption,

    /// The account's base URL, such as https://<your host> [default: the variable PYI_BASE_URL]
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,

    /// Base URL of a host that the spec names, as NAME=URL; once for each
    #[arg(long, value_name = "NAME=URL", conflicts_with = "sandbox")]
    pub(crate) host: Vec<String>,

    /// Call a sandbox that runs inside the program, instead of the provider
    #[arg(long, conflicts_with_all = ["base_url", "profile"])]
    pub(crate) sandbox: bool,

    /// Allow a base URL of plain http, where anyone on the network can read names and numbers
    #[arg(long)]
    pub(crate) allow_insecure_http: bool,

    /// Allow the secret itself to be sent over plain http, where anyone on the network can read it
    #[arg(long)]
    pub(crate) allow_insecure_hash: bool,

    /// The app's id [default: the variable PYI_APP_ID]
    #[arg(long, value_name = "ID")]
    pub(crate) app_id: Option<String>,

    #[command(flatten)]
    pub(crate) signing: SigningOptions,
}
