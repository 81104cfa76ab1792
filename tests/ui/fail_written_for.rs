// What `pyi expand` wrote for another version is one error, which says what to do.
const _: () = pyi_runtime::__private::written_for("0.0.7");

fn main() {}
