//! WCAG 2.2 AA, judged by axe-core.

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use appearance::Language;
use serde_json::Value;
use sha2::{Digest, Sha256};
use support::{
    browser::Browser,
    place::{Place, project},
};

use crate::gallery::{Gallery, LARGEST, PANELS, STANDARD, Wish};

/// What `tests/run` fetches: axe-core 4.14.1.
const AXE: &str = "target/test-tools/axe-core-4.14.1/axe.min.js";
const AXE_SHA256: &str = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c";

/// The rules of WCAG 2.0, 2.1 and 2.2 at the levels A and AA.
const JUDGE: &str = r#"
    const done = arguments[arguments.length - 1];
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }).then(
        ({ violations, passes }) => done({
            passes: passes.length,
            violations: violations.flatMap(({ id, nodes }) =>
                nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`)),
        }),
        (error) => done({ passes: 0, violations: [String(error)] }),
    );
"#;

fn axe() -> Result<String> {
    let path = env::var_os("PINGYI_TEST_AXE").map_or_else(|| project().join(AXE), PathBuf::from);
    let source = fs::read_to_string(&path)
        .with_context(|| format!("{} is missing; tests/run fetches it", path.display()))?;
    let hash = hex::encode(Sha256::digest(&source));
    ensure!(hash == AXE_SHA256, "{} has the SHA-256 {hash}, not {AXE_SHA256}", path.display());
    Ok(source)
}

/// For whoever does not read Chinese.
const ENGLISH: Wish = Wish { language: Language::English, ..STANDARD };

#[tokio::test]
async fn no_screen_breaks_a_rule_of_wcag_2_2_aa() -> Result<()> {
    let place = Place::new("booth_accessible")?;
    let axe = axe()?;
    let browser = Browser::open(&place, "chromedriver", 1080, 1920).await?;
    browser.before_scripts(&axe).await?;
    let mut violations = Vec::new();
    for (panel, wish) in [(PANELS[0], STANDARD), (PANELS[1], LARGEST), (PANELS[2], ENGLISH)] {
        browser.set_viewport(panel.width, panel.height).await?;
        let gallery = Gallery::open(panel, wish).await?;
        for screen in &gallery.screens {
            gallery.show(&browser, screen).await?;
            let verdict = browser.run_later(JUDGE, Vec::new()).await?;
            let passes = verdict.get("passes").and_then(Value::as_u64).unwrap_or_default();
            let found = verdict.get("violations").and_then(Value::as_array).cloned().unwrap_or_default();
            let title = gallery.title(screen, wish);
            ensure!(passes > 5 || !found.is_empty(), "{title}: nothing was judged");
            violations.extend(found.iter().map(|found| format!("{title}: {found}")));
        }
    }
    ensure!(violations.is_empty(), "{}", violations.join("\n"));
    browser.close().await
}
