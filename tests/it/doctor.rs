//! `pyi doctor`, profiles and manual pages: what a person needs before the first call.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::thread;

use crate::support::{pyi, root};

/// The program with a configuration of its own.
fn with(home: &Path, configuration: &str) -> Command {
    let folder = home.join("config/pyi");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), configuration).unwrap();
    let mut command = pyi();
    command.env("XDG_CONFIG_HOME", home.join("config"));
    command
}

fn python(code: &str) -> String {
    let output = Command::new("python3").args(["-c", code]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8([&output.stdout[..], &output.stderr[..]].concat()).unwrap()
}

/// The secret of a profile signs as the same secret in the variable: by MD5 of the canonical
/// string, which Python makes.
#[test]
fn a_profile_gets_its_secret_from_a_file_a_command_or_a_variable() {
    let home = tempfile::tempdir().unwrap();
    let secret = home.path().join("config/pyi/shop.secret");
    std::fs::create_dir_all(secret.parent().unwrap()).unwrap();
    std::fs::write(&secret, "a secret\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let configuration = r#"
[profiles.file]
secret_file = "shop.secret"
[profiles.command]
secret_command = ["printf", "%s secret", "a"]
[profiles.variable]
secret_env = "SHOP_SECRET"
[profiles.both]
secret_env = "SHOP_SECRET"
secret_file = "shop.secret"
[profiles.failing]
secret_command = ["sh", "-c", "echo canary-3141; exit 3"]
[profiles.wide]
secret_file = "/etc/hostname"
"#;
    let expected = python("import hashlib; print(hashlib.md5(b'app_id1time2' + b'a secret').hexdigest())");
    let sign = |profile: &str| {
        let mut command = with(home.path(), configuration);
        command.args(["sign", "app_id=1", "time=2", "--profile", profile]).env("SHOP_SECRET", "a secret");
        // A profile that was named comes before the variable.
        text(&command.env("PYI_SECRET", "another").output().unwrap())
    };
    for profile in ["file", "command", "variable"] {
        assert!(sign(profile).contains(expected.trim()), "{profile}: {}", sign(profile));
    }
    assert!(sign("both").contains("one of secret_file, secret_command and secret_env"), "{}", sign("both"));
    let failing = sign("failing");
    assert!(failing.contains("sh, which prints the secret, failed: exit status: 3"), "{failing}");
    assert!(!failing.contains("canary-3141"), "{failing}");
    assert!(sign("wide").contains("others can read it"), "{}", sign("wide"));
    let unknown = sign("canary-2718");
    assert!(unknown.contains("there are both, command, failing, file, variable, wide"), "{unknown}");
    assert!(!unknown.contains("canary-2718"), "{unknown}");
}

/// The page of a sandbox calls the provider for money: only if the command line says so, and with a
/// whole account.
#[test]
fn a_sandbox_has_an_account_by_flags_or_by_a_profile() {
    let home = tempfile::tempdir().unwrap();
    let configuration = "[profiles.half]\nbase_url = \"https://h.invalid\"\nsecret_env = \"SHOP_SECRET\"\n";
    let run = |arguments: &[&str]| {
        let mut command = with(home.path(), configuration);
        command.args(["sandbox", "--addr", "not-an-address"]).args(arguments).env("SHOP_SECRET", "s");
        text(&command.env("PYI_BASE_URL", "https://h.invalid").env("PYI_APP_ID", "1").output().unwrap())
    };
    let half = |arguments: &[&str]| {
        let mut command = with(home.path(), configuration);
        command.arg("sandbox").args(arguments).env("SHOP_SECRET", "s").env("PYI_SECRET", "s");
        text(&command.output().unwrap())
    };
    assert!(run(&[]).contains("--addr is an address"), "{}", run(&[]));
    assert!(half(&["--profile", "half"]).contains("no app id; give --app-id ID with --base-url"));
    assert!(
        half(&["--base-url", "https://h.invalid"]).contains("no app id; give --app-id ID with --base-url")
    );
    assert!(half(&["--app-id", "1"]).contains("no base URL; give --base-url"));
}

/// A secret in the wrong place is named by its line, and never shown.
#[test]
fn a_fault_of_the_configuration_shows_none_of_it() {
    let home = tempfile::tempdir().unwrap();
    let table = [
        ("[profiles.a]\nsecret = \"canary-1618\"\n", "line 2 has a secret"),
        ("[profiles.a]\nbase_ulr = \"canary-1618\"\n", "line 2 has an unknown key"),
        ("[profiles.a]\napp_id = canary-1618\n", "line 2 is not as TOML"),
        (
            "[profiles.a]\nsign = \"canary-1618\"\n",
            "sign is one of md5, sha1, sha256, sha384, sha512, sm3, hmac_md5",
        ),
        ("", "it has no profiles"),
    ];
    for (configuration, expected) in table {
        let mut command = with(home.path(), configuration);
        let output = command.args(["sign", "a=1", "--profile", "a"]).output().unwrap();
        let text = text(&output);
        assert!(text.contains(expected) && text.contains("config.toml"), "{configuration}: {text}");
        assert!(!text.contains("canary-1618"), "{text}");
        assert_eq!(output.status.code(), Some(2));
    }
}

/// A server that answers one request with a date of its own. Returns its URL and the request.
fn server(date: &'static str) -> (String, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let request = lines.map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
        write!(stream, "HTTP/1.1 404 Not Found\r\n{date}content-length: 0\r\n\r\n").unwrap();
        request
    });
    (url, serving)
}

fn doctor(url: &str) -> Command {
    let home = tempfile::tempdir().unwrap();
    let mut command = with(home.path(), "");
    command.args(["doctor", "--base-url", url, "--allow-insecure-http", "--app-id", "4242"]);
    command.env("PYI_SECRET", "canary-5772");
    command
}

#[test]
fn doctor_asks_for_the_clock_without_a_signature() {
    let (url, serving) = server("date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    let output = doctor(&url).output().unwrap();
    let said = text(&output);
    assert!(said.contains("warning: clock: this machine's clock is "), "{said}");
    assert!(output.status.success(), "{said}");
    assert!(said.contains("ok: signing: md5 gives the vector of RFC 1321"), "{said}");
    assert!(said.contains("ok: account: a base URL of http, an app id and a secret"), "{said}");
    let request = serving.join().unwrap();
    assert_eq!(request[0], "GET / HTTP/1.1");
    for word in ["4242", "canary-5772", "sign"] {
        assert!(!request.iter().any(|line| line.contains(word)), "{request:?}");
    }
    // The host names the account.
    for word in ["127.0.0.1", "4242", "canary-5772"] {
        assert!(!said.contains(word), "{said}");
    }
    let (url, serving) = server("");
    let output = doctor(&url).output().unwrap();
    assert!(text(&output).contains("warning: clock: the server sends no date"), "{}", text(&output));
    serving.join().unwrap();
    // The server has ended.
    let output = doctor(&url).output().unwrap();
    assert!(text(&output).contains("fault: clock: the server does not answer"), "{}", text(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn doctor_finds_the_faults_of_a_spec_and_of_an_account() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join("spec/endpoints")).unwrap();
    std::fs::copy(root().join("spec/provider.yaml"), home.path().join("spec/provider.yaml")).unwrap();
    std::fs::write(home.path().join("spec/endpoints/a.yaml"), "path: /a\npth: /b\n").unwrap();
    let spec = home.path().join("spec");
    let output = with(home.path(), "").args(["doctor", "--spec", spec.to_str().unwrap()]).output().unwrap();
    assert!(text(&output).contains("fault: spec: "), "{}", text(&output));
    assert_eq!(output.status.code(), Some(1));
    let output = with(home.path(), "").args(["doctor", "--profile", "shop"]).output().unwrap();
    assert!(text(&output).contains("fault: account: cannot read "), "{}", text(&output));
    assert_eq!(output.status.code(), Some(1));
    // No account is no fault: an author has none.
    let output = with(home.path(), "").args(["doctor"]).output().unwrap();
    assert!(text(&output).contains("skipped: account: no base URL"), "{}", text(&output));
    assert!(output.status.success());
}

/// The digest of every method of a provider is compared with a published vector.
#[test]
fn doctor_checks_every_method() {
    let home = tempfile::tempdir().unwrap();
    let spec = home.path().join("spec");
    std::fs::create_dir_all(spec.join("endpoints")).unwrap();
    let endpoint = "path: /names\ntitle: 核验\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [json]\n\
                    request:\n  name: {type: string, example: a}\nresponse:\n  id: {type: string}\n";
    std::fs::write(spec.join("endpoints/names.yaml"), endpoint).unwrap();
    for (method, expected) in [
        ("md5", "ok: signing: md5 gives the vector of RFC 1321"),
        ("sha1", "ok: signing: sha1 gives the vector of FIPS 180-4"),
        ("sha256", "ok: signing: sha256 gives the vector of FIPS 180-4"),
        ("sm3", "ok: signing: sm3 gives the vector of GB/T 32905"),
        ("hmac_md5", "ok: signing: hmac_md5 gives the vector of RFC 2202"),
        ("hmac_sha1", "ok: signing: hmac_sha1 gives the vector of RFC 2202"),
        ("hmac_sha256", "ok: signing: hmac_sha256 gives the vector of RFC 4231"),
        ("hmac_sm3", "skipped: signing: no standard has a vector of hmac_sm3"),
    ] {
        let text_of = match method.strip_prefix("hmac") {
            Some(_) => r#"hmac: "{params}""#,
            None => r#"secret: "{params}{secret}""#,
        };
        let provider = format!(
            "provider: demo\ntitle: Demo\nsign:\n  parameter: sign\n  methods: [{method}]\n  \
             canonical: {{pair: \"{{key}}{{value}}\", join: \"\", {text_of}}}\n\
             envelope: {{status: code, message: message, data: data}}\n\
             statuses:\n  0: {{name: ok, title: Done, class: data, billed: always}}\n"
        );
        std::fs::write(spec.join("provider.yaml"), provider).unwrap();
        let output =
            with(home.path(), "").args(["doctor", "--spec", spec.to_str().unwrap()]).output().unwrap();
        let said = text(&output);
        assert!(said.contains(expected) && output.status.success(), "{method}: {said}");
    }
}

/// A probe shows its price, and sends nothing without an agreement.
#[test]
fn a_probe_costs_what_it_says_and_asks_before() {
    let (url, serving) = server("date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    let output = doctor(&url).args(["--probe", "id_card_two_factor"]).output().unwrap();
    let said = text(&output);
    assert!(said.contains("with the examples of the spec costs at most 0.16 CNY"), "{said}");
    assert!(said.contains("nothing was sent; --yes sends the call"), "{said}");
    assert_eq!(output.status.code(), Some(2));
    // The server would have waited for a second connection otherwise.
    serving.join().unwrap();
    let output = pyi().args(["doctor", "--sandbox", "--probe", "id_card_two_factor"]).output().unwrap();
    let said = text(&output);
    assert!(output.status.success() && said.contains("10000 ok") && said.contains("billed"), "{said}");
    let output = pyi().args(["doctor", "--sandbox", "--probe", "nothing"]).output().unwrap();
    assert!(text(&output).contains("no endpoint has the name that was given"), "{}", text(&output));
    // An endpoint that changes something is not called for a check, and others are named.
    let output = pyi().args(["doctor", "--sandbox", "--yes", "--probe", "sms_send"]).output().unwrap();
    let said = text(&output);
    let known = said.split("--probe takes ").nth(1).unwrap_or_default();
    assert!(known.contains("id_card_two_factor") && !known.contains("mobile_recharge"), "{said}");
    assert_eq!(output.status.code(), Some(2));
}

/// man itself reads the pages.
#[test]
fn manual_pages_are_read_by_man() {
    let folder = tempfile::tempdir().unwrap();
    let output = pyi().args(["man", "-o", folder.path().to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    let names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(names.len() > 25, "{names:?}");
    let page = std::fs::read_to_string(folder.path().join("pyi-batch-run.1")).unwrap();
    assert!(page.contains("Maximum concurrent calls"), "{page}");
    for name in names {
        let read = Command::new("groff")
            .args(["-K", "utf8", "-man", "-Tutf8", "-ww", "-z"])
            .arg(&name)
            .output()
            .unwrap();
        assert!(read.status.success() && read.stderr.is_empty(), "{name:?}: {}", text(&read));
    }
}

/// Colours are for terminals, and NO_COLOR forbids them.
#[test]
fn no_color_is_respected() {
    let error = |variables: &[(&str, &str)]| {
        let output = pyi().args(["nothing"]).envs(variables.iter().copied()).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(error(&[]).starts_with("error: no command"), "{:?}", error(&[]));
    let forced = error(&[("CLICOLOR_FORCE", "1")]);
    assert!(forced.starts_with('\u{1b}') && forced.contains("error: "), "{forced:?}");
    let both = error(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]);
    assert!(both.starts_with("error: no command"), "{both:?}");
}
