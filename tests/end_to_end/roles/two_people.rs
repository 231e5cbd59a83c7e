//! What two people do together, each at the own screen: an account with both halves of its code, the texts of an office, an exception
//! and its withdrawal; and the auditor, who looks at everything and does nothing.

use anyhow::{Result, ensure};
use support::browser::Browser;

use super::console;
use crate::{
    commission::YEAR,
    installation::{Installation, PASSWORD},
};

const REASON: &str = "备用卡被水浸湿，无法扫描";

/// The administrator proposes an account, the supervisor confirms it; each is shown one half of the code, once, and the person chooses a
/// password with both.
pub(super) async fn invite(browser: &Browser<'_>, installation: &Installation) -> Result<()> {
    console(browser, installation, "admin", "/console/accounts", "50-accounts").await?;
    browser.type_into("#name", "wang").await?;
    browser.insert("#person", "王秀英（县人大办公室）").await?;
    browser.run("document.querySelector('#role').value = 'auditor'", Vec::new()).await?;
    browser.click("form[action='/console/accounts'] button").await?;
    browser.wait_for("form[action$='/withdraw']").await?;
    let act = browser.path().await?.split('?').next().unwrap_or_default().to_owned();
    console(browser, installation, "supervisor", &act, "51-account-to-confirm").await?;
    browser.click(&format!("form[action='{act}/confirm'] button")).await?;
    let second = browser.text(".token").await?;
    browser.screenshot_of_page("52-second-half").await?;
    console(browser, installation, "admin", &act, "53-first-half-waits").await?;
    browser.click(&format!("form[action='{act}/half'] button")).await?;
    let first = browser.text(".token").await?;
    browser.screenshot_of_page("54-first-half").await?;
    ensure!(first != second, "both halves are {first}");
    browser.go_to(&format!("{}/console", installation.url)).await?;
    browser.click("form[action='/console/sign-out'] button").await?;
    browser.go_to(&format!("{}/console/invitation", installation.url)).await?;
    // Swapped at first: the person is told so, and the sign-in name stays.
    for (halves, picture) in
        [([&second, &first], "55-halves-swapped"), ([&first, &second], "56-password-chosen")]
    {
        if browser.value("#name").await?.is_empty() {
            browser.type_into("#name", "wang").await?;
        }
        browser.type_into("#first_half", halves[0]).await?;
        browser.type_into("#second_half", halves[1]).await?;
        browser.type_into("#password", PASSWORD).await?;
        browser.type_into("#repeated", PASSWORD).await?;
        browser.click("form[action='/console/invitation'] button").await?;
        browser.wait_for(".alert").await?;
        browser.screenshot_of_page(picture).await?;
    }
    let said = browser.text(".alert").await?;
    ensure!(said.contains("密码已设置"), "with both halves: {said}");
    Ok(())
}

/// The texts of the office with the longest name are typed and confirmed; line breaks are kept.
pub(super) async fn office_texts(browser: &Browser<'_>, installation: &Installation) -> Result<()> {
    let path = format!("{YEAR}/offices/55");
    console(browser, installation, "commission", &path, "57-office-texts").await?;
    browser.click("form.panel button").await?;
    browser.wait_for(".alert").await?;
    let said = browser.text(".alert").await?;
    ensure!(said.contains("不必提出"), "nothing was changed, and the page says: {said}");
    browser.insert("#duties", "一、受理业务。\n二、解答咨询。").await?;
    browser.insert("#commitment", "一次告知，限时办结。").await?;
    browser.insert("#statement", &"述".repeat(400)).await?;
    browser.insert("#opinions", "办理快。\n电话不好打。").await?;
    browser.click("form.panel button").await?;
    browser.wait_for("form[action$='/withdraw']").await?;
    let act = browser.path().await?.split('?').next().unwrap_or_default().to_owned();
    // Of the leading group there need not be an account on any other day.
    installation.hire("leader", "leading_group").await?;
    console(browser, installation, "leader", &act, "58-office-texts-to-confirm").await?;
    let shown = browser.texts(".written").await?;
    ensure!(shown.iter().any(|text| text.contains("业务。\n二、")), "the lines are lost: {shown:?}");
    browser.click(&format!("form[action='{act}/confirm'] button")).await?;
    browser.wait_for(".alert.done").await?;
    Ok(())
}

/// An exception is recorded by mistake and withdrawn. The record of the withdrawal still says what was withdrawn.
pub(super) async fn exception(browser: &Browser<'_>, installation: &Installation) -> Result<()> {
    let path = format!("{YEAR}/poll/exceptions");
    console(browser, installation, "commission", &path, "60-exception").await?;
    browser.run("document.querySelector('#subject').value = 'unreadable:spare'", Vec::new()).await?;
    browser.type_into("#cards", "1").await?;
    browser.insert("#reason", REASON).await?;
    browser.insert("#document_number", "宁创〔2020〕11号").await?;
    let act = propose_and_confirm(
        browser,
        installation,
        "form[action$='/exceptions'] button",
        "61-exception-to-confirm",
    );
    act.await?;
    console(browser, installation, "commission", &path, "62-exception-recorded").await?;
    browser.run("document.querySelector('#number').value = '1'", Vec::new()).await?;
    browser.insert("#withdrawal_reason", "卡已经擦干，能够扫描").await?;
    let act = propose_and_confirm(
        browser,
        installation,
        "form[action$='/withdraw'] button",
        "63-withdrawal-to-confirm",
    );
    let act = act.await?;
    console(browser, installation, "supervisor", &act, "64-withdrawn").await?;
    let said = browser.text("section.panel").await?;
    ensure!(said.contains("备用卡 1 张无法读取（已撤销）"), "what was withdrawn: {said}");
    Ok(())
}

/// Sends the form in the browser and lets the supervisor confirm it there; answers where the act is.
async fn propose_and_confirm(
    browser: &Browser<'_>,
    installation: &Installation,
    button: &str,
    picture: &str,
) -> Result<String> {
    browser.click(button).await?;
    browser.wait_for("form[action^='/console/acts/']").await?;
    let act = browser.path().await?.split('?').next().unwrap_or_default().to_owned();
    console(browser, installation, "supervisor", &act, picture).await?;
    browser.click(&format!("form[action='{act}/confirm'] button")).await?;
    browser.wait_for(".alert.done").await?;
    Ok(act)
}

/// Every sheet that is signed goes on one A4 page, in both languages, and no table of the paper pack runs off the paper.
pub(super) async fn sheets(
    browser: &Browser<'_>,
    installation: &Installation,
    sheets: &[&str],
) -> Result<()> {
    for sheet in sheets {
        for language in ["en", "zh"] {
            let picture = format!("70-{}-{language}", sheet.replace('/', "-"));
            let path = format!("{YEAR}/{sheet}?lang={language}");
            console(browser, installation, "commission", &path, &picture).await?;
            let pages = browser.print(&picture).await?;
            let expected = match *sheet {
                "paper/ballot" => 6,
                "paper/tally" => 9,
                _ => 1,
            };
            ensure!(pages == expected, "{sheet} in {language} takes {pages} pages, not {expected}");
            let wide = "return [...document.querySelectorAll('.printed-page table')]\
                        .filter(table => table.getBoundingClientRect().right > table.parentElement.getBoundingClientRect().right + 1).length";
            ensure!(browser.run(wide, Vec::new()).await? == 0, "a table of {sheet} is wider than its sheet");
        }
    }
    Ok(())
}

/// Whoever was invited as auditor sees the account of the cards and the log, checks the log, and finds nothing to change.
pub(super) async fn auditor(browser: &Browser<'_>, installation: &Installation) -> Result<()> {
    for (page, picture) in [
        (format!("{YEAR}/poll"), "80-auditor-poll"),
        (format!("{YEAR}/poll/exceptions"), "81-auditor-exceptions"),
        (format!("{YEAR}/offices/55"), "82-auditor-texts"),
        ("/console/log".to_owned(), "83-auditor-log"),
    ] {
        console(browser, installation, "wang", &page, picture).await?;
        let find = "return [...document.querySelectorAll('main form[method=post]')].map((form) => form.getAttribute('action'))";
        let forms: Vec<String> = serde_json::from_value(browser.run(find, Vec::new()).await?)?;
        // Checking the log reads all of it and changes nothing.
        let forms: Vec<_> = forms.into_iter().filter(|form| form != "/console/log/verify").collect();
        ensure!(forms.is_empty(), "the auditor may change something at {page}: {forms:?}");
    }
    browser.click("form[action='/console/log/verify'] button").await?;
    browser.wait_for(".alert.done").await?;
    browser.screenshot_of_page("84-auditor-log-checked").await
}
