//! `pingyi`: the server of an evaluation, its demonstration, and the offline verification.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser as _;
use server::cli::Arguments;

#[tokio::main]
async fn main() -> ExitCode {
    match server::cli::run(Arguments::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}
