//! New migration files must be embedded again; the macro alone does not notice them.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
}
