//! The generated code, feature by feature: goldens that a person can read, that the compiler accepts.

use pyi_codegen::Input;

use crate::specs::case;
use crate::support::{files, golden};

#[test]
fn each_feature_expands_as_its_golden_says() {
    for path in files("tests/expand", "yaml") {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let parts = case(&name, &std::fs::read_to_string(&path).unwrap());
        let texts: Vec<(&str, &str)> =
            parts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let (_, report) = pyi_codegen::load(Input::Texts(&texts));
        assert!(report.is_empty(), "{name}: {report}");
        let tokens = pyi_codegen::expand(Input::Texts(&texts));
        assert_eq!(
            tokens.to_string(),
            pyi_codegen::expand(Input::Texts(&texts)).to_string(),
            "always the same bytes"
        );
        golden(&path.with_extension("rs"), &prettyplease::unparse(&syn::parse2(tokens).unwrap()));
    }
}

/// The compiler reads them here.
#[allow(dead_code, unreachable_pub)]
mod goldens {
    pub mod endpoint {
        include!("../expand/endpoint.rs");
    }
    pub mod names {
        include!("../expand/names.rs");
    }
    pub mod nested {
        include!("../expand/nested.rs");
    }
    pub mod options {
        include!("../expand/options.rs");
    }
    pub mod scheme {
        include!("../expand/scheme.rs");
    }
    pub mod types {
        include!("../expand/types.rs");
    }
    pub mod whole {
        include!("../expand/whole.rs");
    }
}

#[test]
fn every_golden_is_compiled() {
    let here = include_str!("expand.rs");
    for path in files("tests/expand", "rs") {
        let line = format!("include!(\"../expand/{}\")", path.file_name().unwrap().to_str().unwrap());
        assert!(here.contains(&line), "{} is not compiled", path.display());
    }
}
