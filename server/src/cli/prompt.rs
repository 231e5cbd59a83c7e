//! Questions at the terminal.

use std::io::{BufRead as _, IsTerminal as _, Write as _, stdin, stdout};

use anyhow::bail;
use zeroize::Zeroizing;

/// Asks for a line.
pub(super) fn line(prompt: &str) -> anyhow::Result<String> {
    print!("{prompt}");
    stdout().flush()?;
    let mut line = String::new();
    if stdin().lock().read_line(&mut line)? == 0 {
        bail!("输入中断，没有更改任何内容 · the input ended; nothing was changed");
    }
    Ok(line.trim().to_owned())
}

/// Reads a line as typed. At a keyboard it is not shown; from a pipe it is read like any line.
pub(super) fn secret(prompt: &str) -> anyhow::Result<Zeroizing<String>> {
    if stdin().is_terminal() {
        return Ok(Zeroizing::new(rpassword::prompt_password(prompt)?));
    }
    let mut line = Zeroizing::new(String::new());
    if stdin().lock().read_line(&mut line)? == 0 {
        bail!("输入中断，没有更改任何内容 · the input ended; nothing was changed");
    }
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
