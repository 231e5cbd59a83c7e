//! The lists of promises and of what the booth was measured against name tests that exist.

use std::{fs, path::Path};

use anyhow::{Result, ensure};
use support::place::project;

#[test]
fn every_test_that_the_list_of_promises_names_exists() -> Result<()> {
    check("docs/promises.md")
}

#[test]
fn every_test_that_the_booth_was_measured_by_exists() -> Result<()> {
    check("docs/booth-measured.md")
}

fn check(name_of_list: &str) -> Result<()> {
    let list = fs::read_to_string(project().join(name_of_list))?;
    let mut code = String::new();
    for crate_folder in ["belenios", "evaluation", "appearance", "server", "kiosk", "tests"] {
        read_code(&project().join(crate_folder), &mut code)?;
    }
    // In a table the names stand in the last column, in backticks.
    let columns = list.lines().filter_map(|line| line.strip_suffix('|')?.rsplit_once('|'));
    let names: Vec<_> = columns.flat_map(|(_, column)| column.split('`').skip(1).step_by(2)).collect();
    ensure!(names.len() > 30, "{name_of_list} cannot be read");
    for name in names {
        ensure!(
            code.contains(&format!("fn {name}(")),
            "{name_of_list} names {name}, and there is no such test"
        );
    }
    Ok(())
}

fn read_code(folder: &Path, code: &mut String) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_code(&path, code)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            code.push_str(&fs::read_to_string(&path)?);
        }
    }
    Ok(())
}
