//! Marked values in every place that holds a person or a secret, and a search for them in everything that is shown: Display, Debug,
//! source chains, and all that is traced by anybody, at TRACE.

use std::fmt::Debug;
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use pyi::{Any, Reply, Value, Values};

pub(crate) const NAME: &str = "金丝雀甲";
pub(crate) const ID: &str = "00000019490101776X";
pub(crate) const SECRET: &str = "canary5ec2e7canary5ec2e7canary00";

/// The values of the two-factor check: number and name.
pub(crate) fn values() -> Values {
    let (id, name): (&dyn Value, &dyn Value) = (&ID, &NAME);
    Values::of(&[id, name])
}

/// An answer with a status that repeats everything it was told.
pub(crate) fn body(code: i32) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    format!(
        r#"{{"codeid":{code},"message":"{NAME} {ID} {SECRET}","time":"{now}","retdata":{{"bank_name":"{NAME}","bank_idCard":"{ID}","bank_status":"01"}}}}"#
    )
}

/// All that was traced since the first canary began to listen.
fn traced() -> &'static Arc<Mutex<Vec<u8>>> {
    static TRACED: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();
    TRACED.get_or_init(|| {
        let buffer: Arc<Mutex<Vec<u8>>> = Arc::default();
        let writer = Arc::clone(&buffer);
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_writer(move || Buffer(Arc::clone(&writer)))
            .init();
        buffer
    })
}

struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What was shown, and what must not be in it.
pub(crate) struct Canary {
    shown: Mutex<String>,
    signatures: Mutex<Vec<String>>,
}

impl Canary {
    pub(crate) fn listen() -> Self {
        traced();
        Self { shown: Mutex::default(), signatures: Mutex::default() }
    }

    pub(crate) fn show(&self, shown: &dyn Debug) {
        self.shown.lock().unwrap().push_str(&format!("{shown:?}\n{shown:#?}\n"));
    }

    /// Shows a result in every way, and learns the signatures of what arrived.
    pub(crate) fn see(&self, result: &Result<Reply<Any>, pyi::Error>, arrived: &[String]) {
        self.show(result);
        if let Ok(reply) = result {
            self.show(&reply.outcome());
            self.show(&reply.body());
            self.show(&reply.data());
        }
        if let Err(error) = result {
            let mut cause: Option<&dyn std::error::Error> = Some(error);
            while let Some(error) = cause {
                self.shown.lock().unwrap().push_str(&format!("{error}\n"));
                self.show(&error);
                cause = error.source();
            }
        }
        let signature = |request: &String| {
            let (_, rest) = request.split_once("&sign=")?;
            Some(rest.split([' ', '&']).next()?.to_owned())
        };
        self.signatures.lock().unwrap().extend(arrived.iter().filter_map(signature));
    }

    pub(crate) fn judge(self) {
        let traced = String::from_utf8_lossy(&traced().lock().unwrap()).into_owned();
        assert!(traced.contains("pyi.call") && traced.contains("billing"), "nothing was traced");
        let shown = self.shown.into_inner().unwrap();
        assert!(shown.len() > 1000, "nothing was shown");
        let encoded = "%E9%87%91%E4%B8%9D%E9%9B%80%E7%94%B2";
        let signatures = self.signatures.into_inner().unwrap();
        assert!(signatures.len() > 50, "{} signatures", signatures.len());
        let marked = [NAME, ID, SECRET, encoded].map(str::to_owned).into_iter().chain(signatures);
        for mark in marked {
            for (place, text) in [("what was shown", &shown), ("what was traced", &traced)] {
                let Some(at) = text.find(&mark) else { continue };
                let around: String =
                    text[..at].chars().rev().take(300).collect::<Vec<_>>().into_iter().rev().collect();
                panic!("{mark} is in {place}: {around}");
            }
        }
    }
}
