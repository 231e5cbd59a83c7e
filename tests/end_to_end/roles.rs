//! Each role at its own screen, in a real browser, from enrolment to reveal; a picture of every page.

mod two_people;

use anyhow::{Context, Result, ensure};
use support::{browser::Browser, form::Form, http::Visitor, place::Place};

use crate::{
    booths::{start_booth, wait_for},
    commission::{Commission, YEAR},
    day::opinion,
    hall::Agent,
    installation::{Database, Installation, PASSWORD},
    trustees::{Trustees, wait},
    voter::{vote, vote_by_hand},
};

const PASSPHRASE: &str = "four words are enough";

#[tokio::test]
async fn every_role_gets_through_the_day_at_its_own_screen() -> Result<()> {
    let place = Place::new("roles")?;
    let installation = Installation::new(&place, Database::Sqlite).await?;
    let commission = Commission::new(&installation).await?;
    let browser = Browser::open(&place, "chromedriver", 1280, 800).await?;
    commission.create_edition(300, 1).await?;
    commission.list_offices().await?;
    two_people::office_texts(&browser, &installation).await?;
    two_people::invite(&browser, &installation).await?;
    commission.fill_pool().await?;
    commission.draw().await?;
    console(&browser, &installation, "commission", &format!("{YEAR}/statements"), "59-texts-missing").await?;
    commission.press("statements", "statements").await?;
    commission.create_poll(2).await?;
    let desk = installation.hire("desk-one", "check_in").await?;
    installation.hire("desk-two", "check_in").await?;
    installation.hire("chair", "chair").await?;
    installation.hire("steward", "steward").await?;

    let trustees = Trustees::start(&place, &installation.hall)?;
    let first = trustees.url(0)?;
    browser.go_to(&first).await?;
    browser.wait_for(".code").await?;
    browser.screenshot("01-terminal-code").await?;
    trustees.let_in(&installation).await?;
    keys(&browser, &trustees).await?;

    let officer = Agent::start(&place, &installation.hall, "cards", "card_officer", "制卡终端", "")?;
    officer.enrol(&installation, None).await?;
    let cards = cards(&browser, &officer).await?;
    let booth = start_booth(&place, &installation.hall, 1)?;
    booth.enrol(&installation, None).await?;
    opening(&browser, &installation, &commission, &trustees, &booth).await?;
    check_in(&browser, &installation).await?;
    let first_card = cards.first().context("no card")?;
    vote_by_hand(&browser, &booth.url, first_card, 70, &|office| opinion(1, office)).await?;
    let (second_card, damaged) =
        (cards.get(1).context("no second card")?, cards.get(2).context("no third card")?);
    wallboard(&browser, &installation).await?;
    vote(&booth.url, second_card, 70, &|office| opinion(2, office)).await?;
    void(&browser, &trustees, "damaged", first_card, "29-void-spent").await?;
    void(&browser, &trustees, "damaged", damaged, "29-void-damaged").await?;
    refused(&browser, &booth, damaged).await?;
    reissue(&desk).await?;
    console(&browser, &installation, "commission", &format!("{YEAR}/poll"), "30-poll-open").await?;
    commission.act_on_poll("close").await?;
    console(&browser, &installation, "commission", &format!("{YEAR}/poll"), "31-poll-closing").await?;
    commission.seal().await?;
    two_people::exception(&browser, &installation).await?;
    void(&browser, &trustees, "spare", cards.last().context("no card")?, "32-void-spare").await?;
    close_desk(&browser, &installation).await?;
    wait_for(commission.visitor(), &format!("{YEAR}/poll"), "没有未说明的差额").await?;
    console(&browser, &installation, "commission", &format!("{YEAR}/poll"), "34-poll-sealed").await?;
    commission.reconcile().await?;
    let sheets =
        ["poll/opening-sheet", "poll/zero-report", "poll/closing-sheet", "paper/tally", "paper/ballot"];
    two_people::sheets(&browser, &installation, &sheets).await?;
    tally(&browser, &trustees).await?;
    trustees.decrypt(&commission.opening_hash().await?, 2).await?;
    commission.act_on_poll("reveal").await?;
    reveal(&browser, &installation).await?;
    two_people::auditor(&browser, &installation).await?;
    browser.close().await
}

/// The first trustee at the browser, the others beside.
async fn keys(browser: &Browser<'_>, trustees: &Trustees) -> Result<()> {
    let first = trustees.url(0)?;
    browser.go_to(&first).await?;
    browser.screenshot("02-trustee-home").await?;
    browser.go_to(&format!("{first}/key")).await?;
    browser.type_into("#passphrase", PASSPHRASE).await?;
    browser.type_into("#again", PASSPHRASE).await?;
    browser.screenshot("03-trustee-passphrase").await?;
    browser.click("form[action='/key/create'] button").await?;
    browser.wait_for("form[action='/key/printed']").await?;
    browser.screenshot_of_page("04-trustee-recovery-sheet").await?;
    browser.click("form[action='/key/printed'] button").await?;
    browser.wait_for("ul.trustees").await?;
    browser.screenshot("05-trustee-waits").await?;
    for other in [1, 2] {
        let visitor = Visitor::new(trustees.url(other)?)?;
        let fields = [("passphrase", PASSPHRASE), ("again", PASSPHRASE)];
        visitor.fill("/key", "/key/create", &fields).await?;
        visitor.fill("/key", "/key/printed", &[]).await?;
    }
    for (heading, picture) in
        [("大家看到的是同一组吗", "06-trustee-compare"), ("再核对一次密钥", "07-trustee-compare-again")]
    {
        wait(&Visitor::new(&first)?, "/key", heading).await?;
        browser.go_to(&format!("{first}/key")).await?;
        browser.screenshot(picture).await?;
        browser.click("form[action='/key/answer'] button.primary").await?;
        for other in [1, 2] {
            let visitor = Visitor::new(trustees.url(other)?)?;
            wait(&visitor, "/key", heading).await?;
            visitor.fill("/key", "/key/answer", &[("same", "yes")]).await?;
        }
    }
    for trustee in 0..3 {
        let visitor = Visitor::new(trustees.url(trustee)?)?;
        wait(&visitor, "/key", "试一试U盘上的密钥").await?;
        if trustee > 0 {
            visitor.fill("/key", "/key/try", &[("passphrase", PASSPHRASE)]).await?;
        }
    }
    browser.go_to(&format!("{first}/key")).await?;
    browser.screenshot("08-trustee-try").await?;
    browser.type_into("#passphrase", PASSPHRASE).await?;
    browser.click("form[action='/key/try'] button").await?;
    browser.wait_for(".code-groups").await?;
    browser.screenshot("09-trustee-done").await
}

/// The card officer and the second person; answers the codes on the cards.
async fn cards(browser: &Browser<'_>, officer: &Agent) -> Result<Vec<String>> {
    browser.go_to(&officer.url).await?;
    browser.screenshot_of_page("10-cards-order").await?;
    browser.insert("#officer", "韩一").await?;
    browser.insert("#second", "韩二").await?;
    for tick in ["printer", "power"] {
        browser.click(&format!("input[name={tick}]")).await?;
    }
    browser.click("form[action='/make'] button").await?;
    browser.wait_for("form[action='/sheet']").await?;
    browser.screenshot_of_page("11-cards-print").await?;
    let visitor = Visitor::new(&officer.url)?;
    let sheet = visitor.fill("/", "/sheet", &[]).await?.text;
    let codes = sheet.split("class=\"code\">").skip(1).filter_map(|rest| rest.split('<').next());
    let codes: Vec<_> = codes.map(|code| code.trim().to_owned()).collect();
    browser.go_to(&officer.url).await?;
    browser.type_into("#counted", &codes.len().to_string()).await?;
    browser.click("input[name=both]").await?;
    browser.screenshot_of_page("12-cards-count").await?;
    browser.click("form[action='/destroy'] button").await?;
    browser.wait_for("ol").await?;
    browser.screenshot_of_page("13-cards-destroyed").await?;
    Ok(codes)
}

/// The sheet and the slip are printed, scanned at the booth, and the poll is opened.
async fn opening(
    browser: &Browser<'_>,
    installation: &Installation,
    commission: &Commission<'_>,
    trustees: &Trustees,
    booth: &Agent,
) -> Result<()> {
    let setup = commission.opening_hash().await?;
    let hall_key = trustees.hall_key().await?;
    wait_for(&Visitor::new(&booth.url)?, "/", "name=\"scanned\"").await?;
    browser.set_viewport(1080, 1920).await?;
    browser.go_to(&booth.url).await?;
    browser.screenshot("20-booth-sheet").await?;
    browser.type_into("#scanned", &format!("PINGYI-SETUP:{setup}")).await?;
    browser.click("button.start").await?;
    wait_for(&Visitor::new(&booth.url)?, "/", "会场密钥").await?;
    browser.go_to(&booth.url).await?;
    browser.screenshot("21-booth-hall-key").await?;
    browser.type_into("#scanned", &format!("PINGYI-HALL:{hall_key}")).await?;
    browser.click("button.start").await?;
    wait_for(&Visitor::new(&booth.url)?, "/", "投票还没有开始").await?;
    browser.go_to(&booth.url).await?;
    browser.screenshot("22-booth-waits").await?;
    browser.set_viewport(1280, 800).await?;
    two_people::sheets(browser, installation, &["poll/zero-report"]).await?;
    console(browser, installation, "steward", "/console/terminals/board", "23-wallboard").await?;
    commission.act_on_poll("open").await?;
    wait_for(&Visitor::new(&booth.url)?, "/", "name=\"code\"").await?;
    browser.set_viewport(1080, 1920).await?;
    browser.go_to(&booth.url).await?;
    Ok(())
}

async fn check_in(browser: &Browser<'_>, installation: &Installation) -> Result<()> {
    browser.set_viewport(1280, 800).await?;
    console(browser, installation, "desk-one", &format!("{YEAR}/check-in"), "24-desk-closed").await?;
    browser.insert("#name", "1号台").await?;
    browser.type_into("#cards", "4").await?;
    browser.type_into("#second", "desk-two").await?;
    browser.type_into("#second_password", PASSWORD).await?;
    browser.click("form[action$='/desk'] button").await?;
    for _ in 0..2 {
        browser.click("form[action$='/mark'] button").await?;
        browser.wait_for("nav.navigation").await?;
    }
    browser.screenshot_of_page("25-desk-open").await?;
    browser.set_viewport(1080, 1920).await
}

/// The wallboard says how many have a card and are not finished.
async fn wallboard(browser: &Browser<'_>, installation: &Installation) -> Result<()> {
    browser.set_viewport(1920, 1080).await?;
    console(browser, installation, "steward", "/console/terminals/board", "26-wallboard-open").await?;
    let said = browser.text(".unfinished").await?;
    ensure!(said.contains("已签到未完成 1 人"), "after one of two ballots: {said}");
    Ok(())
}

/// The booth does not take a void card, in both sizes of its screen.
async fn refused(browser: &Browser<'_>, booth: &Agent, card: &str) -> Result<()> {
    for (width, height) in [(1080, 1920), (1280, 800)] {
        browser.set_viewport(width, height).await?;
        browser.go_to(&booth.url).await?;
        browser.type_into("#code", card).await?;
        browser.click("button.start").await?;
        browser.wait_for(".alert").await?;
        browser.screenshot(&format!("29-booth-void-card-{width}")).await?;
        let said = browser.text(".alert").await?;
        ensure!(said.contains("这张卡已经作废"), "a void card: {said}");
        ensure!(browser.value("#code").await?.is_empty(), "the code of the card stays on the screen");
    }
    Ok(())
}

/// The desk hands out another card for the damaged one, with the second person.
async fn reissue(desk: &Visitor) -> Result<()> {
    let path = format!("{YEAR}/check-in");
    let person = desk.fill(&path, &format!("{path}/person"), &[]).await?;
    let form = Form::to(&person.text, &format!("{path}/reissue"))?
        .with("card_reason", "二维码污损")
        .with("card_second", "desk-two")
        .with("card_password", PASSWORD)
        .with("damaged_card", "void");
    let done = desk.send(&form).await?;
    ensure!(done.status.is_success() && done.text.contains("换卡 1 次"), "no exchange:\n{}", done.text);
    Ok(())
}

async fn close_desk(browser: &Browser<'_>, installation: &Installation) -> Result<()> {
    console(browser, installation, "desk-one", &format!("{YEAR}/check-in"), "33-desk-over").await?;
    browser.type_into("#cards_left", "1").await?;
    browser.type_into("#close_second", "desk-two").await?;
    browser.type_into("#close_password", PASSWORD).await?;
    browser.click("form[action$='/desk/close'] button").await?;
    browser.wait_for("nav.navigation").await?;
    Ok(())
}

/// A card is declared void, or refused because it has voted.
async fn void(
    browser: &Browser<'_>,
    trustees: &Trustees,
    kind: &str,
    card: &str,
    picture: &str,
) -> Result<()> {
    browser.set_viewport(1280, 800).await?;
    browser.go_to(&format!("{}/void", trustees.url(0)?)).await?;
    browser.click(&format!("input[value={kind}]")).await?;
    browser.type_into("#code", card).await?;
    browser.click("form[action='/void'] button").await?;
    browser.wait_for(".alert").await?;
    browser.screenshot(picture).await
}

/// The first trustee compares and stops: two others do it by themselves.
async fn tally(browser: &Browser<'_>, trustees: &Trustees) -> Result<()> {
    let path = format!("{}/tally", trustees.url(2)?);
    wait(&Visitor::new(trustees.url(2)?)?, "/tally", "name=\"passphrase\"").await?;
    browser.go_to(&path).await?;
    browser.screenshot("36-tally-passphrase").await?;
    browser.type_into("#passphrase", PASSPHRASE).await?;
    browser.click("form[action='/tally/unlock'] button").await?;
    wait(&Visitor::new(trustees.url(2)?)?, "/tally", "/tally/decrypt").await?;
    browser.go_to(&path).await?;
    browser.screenshot("37-tally-compare").await
}

/// The chair goes through the whole reveal; afterwards the public sees the ranking.
async fn reveal(browser: &Browser<'_>, installation: &Installation) -> Result<()> {
    browser.set_viewport(1920, 1080).await?;
    browser.prefer_stillness().await?;
    console(browser, installation, "chair", &format!("{YEAR}/poll/screen"), "40-screen-title").await?;
    let steps = browser.text(".slides .place").await?;
    let steps: u32 = steps.rsplit_once(' ').context("the screen does not count its steps")?.1.parse()?;
    for step in 1..=steps {
        browser.click("[data-turn=next]").await?;
        browser.wait_for(&format!(".slides form input[name=from][value='{step}']")).await?;
        browser.screenshot(&format!("41-screen-{step:02}")).await?;
        let fits = "return document.documentElement.scrollHeight <= window.innerHeight";
        ensure!(browser.run(fits, Vec::new()).await? == true, "step {step} runs off the big screen");
    }
    ensure!(browser.texts("[data-turn=next]").await?.is_empty(), "something comes after the last step");
    browser.set_viewport(1280, 800).await?;
    browser.go_to(&installation.url).await?;
    browser.screenshot_of_page("42-public").await
}

/// Somebody signs in and looks at a page of the console.
async fn console(
    browser: &Browser<'_>,
    installation: &Installation,
    name: &str,
    path: &str,
    picture: &str,
) -> Result<()> {
    browser.go_to(&format!("{}/console", installation.url)).await?;
    if browser.texts("form[action='/console/sign-out']").await?.is_empty() {
        installation.sign_in(browser, name).await?;
    } else if !browser.text(".account").await?.contains(name) {
        browser.click("form[action='/console/sign-out'] button").await?;
        installation.sign_in(browser, name).await?;
    }
    browser.go_to(&format!("{}{path}", installation.url)).await?;
    browser.screenshot_of_page(picture).await?;
    Ok(())
}
