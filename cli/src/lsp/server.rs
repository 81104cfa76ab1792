//! Keeps the spec folders of open files, with their unsaved text, and answers the editor.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use lsp_types::notification::Notification as _;
use lsp_types::request::Request as _;
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CompletionOptions,
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    HoverProviderCapability, InitializeParams, OneOf, PositionEncodingKind, PublishDiagnosticsParams,
    SaveOptions, ServerCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, TextDocumentSyncSaveOptions, Uri, notification, request,
};
use pyi_codegen::{Input, PROVIDER_FILE, Report, Workspace};
use pyi_text::message;
use serde::de::DeserializeOwned;

use super::answers;
use super::positions::Columns;
use super::transport::{self, Output};
use crate::UsageError;
use crate::language::tr;

/// The spec folders that are open.
pub(super) struct Server {
    output: Output,
    stage: Stage,
    pub(super) columns: Columns,
    /// Whether the editor tells which files other programs change, if it is asked to.
    does_watch: bool,
    folders: BTreeMap<PathBuf, Folder>,
}

/// A spec folder.
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) workspace: Workspace,
    /// The faults of all files, as of the last change.
    pub(super) report: Report,
    /// The files that the editor has open, by their paths inside of the folder, and what it calls
    /// them.
    open: BTreeMap<String, Uri>,
    /// What was published of each file, so that only what changed is sent.
    published: BTreeMap<String, Vec<lsp_types::Diagnostic>>,
}

/// Where the conversation with an editor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Before `initialize`.
    New,
    Serving,
    /// After `shutdown`.
    Ending,
}

/// Serves until the editor ends it.
pub(super) fn serve(input: &mut impl BufRead) -> Result<ExitCode, UsageError> {
    let mut server = Server {
        output: Output::new(),
        stage: Stage::New,
        columns: Columns::Utf16,
        does_watch: false,
        folders: BTreeMap::new(),
    };
    while let Some(text) = transport::read(input)? {
        match transport::parse(&text) {
            Ok(Message::Request(request)) => {
                let response = server.answer(request);
                server.output.send(Message::Response(response));
            }
            Ok(Message::Notification(notification)) if notification.method == notification::Exit::METHOD => {
                break;
            }
            Ok(Message::Notification(notification)) if server.stage == Stage::Serving => {
                server.follow(notification);
            }
            Ok(Message::Notification(_) | Message::Response(_)) => {}
            Err(answer) => server.output.refuse(&answer),
        }
        if let Some(error) = server.output.failure {
            return Err(UsageError(message!("the editor's connection failed: {error}", error)));
        }
    }
    Ok(if server.stage == Stage::Ending { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Asks the editor to tell which files other programs change.
fn watch() -> Message {
    let registration = serde_json::json!({"registrations": [{
        "id": "files",
        "method": notification::DidChangeWatchedFiles::METHOD,
        "registerOptions": {"watchers": [{"globPattern": "**/*.yaml"}]},
    }]});
    let method = request::RegisterCapability::METHOD.to_owned();
    Message::Request(Request::new("watch".to_owned().into(), method, registration))
}

fn capabilities(columns: Columns) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(match columns {
            Columns::Utf8 => PositionEncodingKind::UTF8,
            Columns::Utf16 => PositionEncodingKind::UTF16,
        }),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::FULL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
            ..TextDocumentSyncOptions::default()
        })),
        completion_provider: Some(CompletionOptions::default()),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        definition_provider: Some(OneOf::Left(true)),
        document_formatting_provider: Some(OneOf::Left(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
            ..CodeActionOptions::default()
        })),
        ..ServerCapabilities::default()
    }
}

impl Server {
    fn follow(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        match method.as_str() {
            notification::Initialized::METHOD if self.does_watch => self.output.send(watch()),
            notification::DidOpenTextDocument::METHOD => {
                if let Some(opened) = read::<DidOpenTextDocumentParams>(params) {
                    self.set(&opened.text_document.uri, opened.text_document.text);
                }
            }
            notification::DidChangeTextDocument::METHOD => {
                if let Some(mut changed) = read::<DidChangeTextDocumentParams>(params)
                    // All of the text, as the server asked for.
                    && let Some(change) = changed.content_changes.pop()
                {
                    self.set(&changed.text_document.uri, change.text);
                }
            }
            notification::DidCloseTextDocument::METHOD => {
                if let Some(closed) = read::<DidCloseTextDocumentParams>(params)
                    && let Some((folder, name)) = place_of(&closed.text_document.uri)
                    && let Some(known) = self.folders.get_mut(&folder)
                {
                    known.open.remove(&name);
                    self.read_again(&folder);
                }
            }
            notification::DidSaveTextDocument::METHOD | notification::DidChangeWatchedFiles::METHOD => {
                // Other programs may have changed other files.
                let folders: Vec<PathBuf> = self.folders.keys().cloned().collect();
                folders.iter().for_each(|folder| self.read_again(folder));
            }
            _ => {}
        }
    }

    fn answer(&mut self, request: Request) -> Response {
        let Request { id, method, params } = request;
        let is_start = method == request::Initialize::METHOD;
        match self.stage {
            Stage::New if !is_start => {
                let why = tr!("the first request is `initialize`");
                return Response::new_err(id, ErrorCode::ServerNotInitialized as i32, why);
            }
            Stage::Serving if is_start => {
                let why = tr!("`initialize` is the first request, and no other one");
                return Response::new_err(id, ErrorCode::InvalidRequest as i32, why);
            }
            Stage::Ending => {
                let why = tr!("there are no requests after `shutdown`");
                return Response::new_err(id, ErrorCode::InvalidRequest as i32, why);
            }
            Stage::New | Stage::Serving => {}
        }
        let answered = match method.as_str() {
            request::Initialize::METHOD => read(params).map(|offered| self.initialize(offered)),
            request::Shutdown::METHOD => {
                self.stage = Stage::Ending;
                Some(serde_json::Value::Null)
            }
            request::Completion::METHOD => {
                read(params).map(|params| to_value(answers::completion(self, params)))
            }
            request::HoverRequest::METHOD => {
                read(params).map(|params| to_value(answers::hover(self, params)))
            }
            request::GotoDefinition::METHOD => {
                read(params).map(|params| to_value(answers::definition(self, params)))
            }
            request::Formatting::METHOD => {
                read(params).map(|params| to_value(answers::formatting(self, params)))
            }
            request::CodeActionRequest::METHOD => {
                read(params).map(|params| to_value(answers::code_actions(self, params)))
            }
            _ => {
                let why = tr!("pyi has no method {method}", method);
                return Response::new_err(id, ErrorCode::MethodNotFound as i32, why);
            }
        };
        match answered {
            Some(value) => Response::new_ok(id, value),
            None => Response::new_err(
                id,
                ErrorCode::InvalidParams as i32,
                tr!("these are no parameters of {method}", method),
            ),
        }
    }

    /// Takes what the editor can do. Returns what the server can do.
    fn initialize(&mut self, offered: InitializeParams) -> serde_json::Value {
        let workspace =
            offered.capabilities.workspace.and_then(|workspace| workspace.did_change_watched_files);
        self.does_watch = workspace.is_some_and(|watched| watched.dynamic_registration == Some(true));
        let encodings = offered.capabilities.general.and_then(|general| general.position_encodings);
        let is_utf8 = encodings.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8));
        self.columns = if is_utf8 { Columns::Utf8 } else { Columns::Utf16 };
        self.stage = Stage::Serving;
        serde_json::json!({
            "capabilities": capabilities(self.columns),
            "serverInfo": {"name": "pyi", "version": env!("CARGO_PKG_VERSION")},
        })
    }

    /// The folder and the name of a file that is part of an open spec.
    pub(super) fn find(&self, uri: &Uri) -> Option<(&Folder, String)> {
        let (folder, name) = place_of(uri)?;
        Some((self.folders.get(&folder)?, name))
    }

    /// Sets the text of an open file, and publishes what it changes.
    fn set(&mut self, uri: &Uri, text: String) {
        let Some((path, name)) = place_of(uri) else { return };
        if !self.folders.contains_key(&path) && !is_of_spec(&path, &name, &text) {
            return;
        }
        let folder = self.folders.entry(path.clone()).or_insert_with_key(|path| Folder {
            path: path.clone(),
            workspace: from_disk(path),
            report: Report::default(),
            open: BTreeMap::new(),
            published: BTreeMap::new(),
        });
        folder.workspace.set(&name, text);
        folder.open.insert(name, uri.clone());
        self.publish(&path);
    }

    /// Reads the files of a folder that are not open.
    fn read_again(&mut self, path: &Path) {
        let Some(folder) = self.folders.get_mut(path) else { return };
        let mut workspace = from_disk(path);
        for name in folder.open.keys() {
            if let Some(file) = folder.workspace.file(name) {
                workspace.set(name, file.text.clone());
            }
        }
        folder.workspace = workspace;
        self.publish(path);
    }

    /// Finds the faults of a folder, and publishes those of each file whose faults changed.
    fn publish(&mut self, path: &Path) {
        let columns = self.columns;
        let Some(folder) = self.folders.get_mut(path) else { return };
        folder.report = folder.workspace.lint(&pyi_runtime::__private::check::violation);
        let mut faults = answers::diagnostics(&folder.report, columns);
        let mut changed = Vec::new();
        for name in
            folder.published.keys().filter(|name| !faults.contains_key(*name)).cloned().collect::<Vec<_>>()
        {
            faults.insert(name, Vec::new());
        }
        for (name, diagnostics) in faults {
            if folder.published.get(&name).map_or(&[][..], Vec::as_slice) != diagnostics {
                let own = folder.open.get(&name).cloned();
                if let Some(uri) = own.or_else(|| answers::uri_of(&folder.path.join(&name))) {
                    changed.push(PublishDiagnosticsParams {
                        uri,
                        diagnostics: diagnostics.clone(),
                        version: None,
                    });
                }
                folder.published.insert(name, diagnostics);
            }
        }
        for parameters in changed {
            let method = notification::PublishDiagnostics::METHOD.to_owned();
            self.output.send(Message::Notification(Notification::new(method, parameters)));
        }
    }
}

fn from_disk(path: &Path) -> Workspace {
    Workspace::read(Input::Folder { path, shown: &path.to_string_lossy() })
}

/// The spec folder that a file of this path is in, and the file's path inside of it.
fn place_of(uri: &Uri) -> Option<(PathBuf, String)> {
    let path = url::Url::parse(uri.as_str()).ok()?.to_file_path().ok()?;
    let name = path.file_name()?.to_str()?.to_owned();
    let parent = path.parent()?;
    if name == PROVIDER_FILE {
        return Some((parent.to_owned(), name));
    }
    let folder = parent.parent().filter(|_| parent.file_name().is_some_and(|last| last == "endpoints"))?;
    name.ends_with(".yaml").then(|| (folder.to_owned(), format!("endpoints/{name}")))
}

/// Whether a file is one of a spec. Other programs have files of these names too, so that an
/// endpoint's counts beside a provider's. That one counts beside `endpoints`, or if its text
/// is the begin of a provider's: it is written first.
fn is_of_spec(folder: &Path, name: &str, text: &str) -> bool {
    if name != PROVIDER_FILE {
        return folder.join(PROVIDER_FILE).is_file();
    }
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).peekable();
    folder.join("endpoints").is_dir()
        || lines.peek().is_none()
        || lines.any(|line| line.split(':').next().is_some_and(|key| key.trim_end() == "provider"))
}

fn read<T: DeserializeOwned>(parameters: serde_json::Value) -> Option<T> {
    serde_json::from_value(parameters).ok()
}

fn to_value(value: impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}
