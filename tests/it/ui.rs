//! The macro in crates of trybuild: one that compiles, and one for each kind of fault.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("../tests/ui/pass*.rs");
    cases.compile_fail("../tests/ui/fail_*.rs");
}
