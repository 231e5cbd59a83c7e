//! A rehearsal with real processes: keys and cards of its own, the test deck at a booth, a verdict, and no way into a result.

use anyhow::{Context, Result, ensure};
use support::{
    browser::Browser,
    form::{Form, attribute},
    http::Visitor,
    place::Place,
};

use crate::{
    booths::{open_booth, start_booth, wait_for},
    commission::{Commission, YEAR},
    hall::Agent,
    installation::{Database, Installation, PASSWORD},
    trustees::Trustees,
};

/// Ballots in the test deck of the preset: a card each.
const DECK: usize = 13;

#[tokio::test]
async fn a_rehearsal_judges_a_booth_by_a_known_answer_and_never_becomes_a_result() -> Result<()> {
    let place = Place::new("rehearsal")?;
    let installation = Installation::new(&place, Database::Sqlite).await?;
    let commission = Commission::new(&installation).await?;
    // As many representatives as cards are enough for the desk.
    commission.prepare(DECK.div_ceil(2)).await?;
    begin(&commission).await?;
    let trustees = Trustees::enrol(&place, &installation, &installation.hall).await?;
    trustees.make_keys().await?;
    let officer = Agent::start(&place, &installation.hall, "cards", "card_officer", "制卡终端", "")?;
    officer.enrol(&installation, None).await?;
    let cards = officer.make_cards().await?;
    ensure!(cards.len() == DECK, "{} cards for a deck of {DECK}", cards.len());
    let booth = start_booth(&place, &installation.hall, 1)?;
    booth.enrol(&installation, None).await?;
    let setup = commission.opening_hash().await?;
    open_booth(&booth, &setup, &trustees.hall_key().await?).await?;
    let desk = installation.hire("desk-one", "check_in").await?;
    installation.hire("desk-two", "check_in").await?;
    hand_out_all_cards(&desk).await?;
    what_is_seen_of_it_is_marked(&place, &installation).await?;
    commission.act_on_poll("open").await?;

    vote_the_deck(&booth, &cards).await?;
    commission.act_on_poll("close").await?;
    commission.seal().await?;
    commission.reconcile().await?;
    trustees.decrypt(&setup, DECK).await?;
    commission.act_on_poll("reveal").await?;
    let verdict = verdict(&commission).await?;
    ensure!(verdict.contains("合格：全部股室与已知答案相符"), "the verdict:\n{verdict}");

    let public = Visitor::new(&installation.url)?.open("/ranking").await?.text;
    ensure!(!public.contains("凤凰路营业厅"), "the rehearsal's ranking is public:\n{public}");
    let publication = commission.visitor().see(&format!("{YEAR}/publication")).await?.text;
    ensure!(Form::to(&publication, &format!("{YEAR}/publication")).is_err(), "a rehearsal can be published");

    commission.press("rehearsals", "rehearsals/end").await?;
    let over = wait_for(&Visitor::new(&booth.url)?, "/", "阳光评议").await?;
    ensure!(!over.contains("name=\"code\""), "cards are taken when the rehearsal has ended:\n{over}");
    commission.create_poll(1).await?;
    let page = commission.visitor().see(&format!("{YEAR}/poll")).await?.text;
    ensure!(
        page.contains("密钥准备中") && !page.contains("演练进行中"),
        "the real poll does not begin anew:\n{page}"
    );
    Ok(())
}

async fn begin(commission: &Commission<'_>) -> Result<()> {
    let path = format!("{YEAR}/rehearsals");
    let cards = DECK.to_string();
    let fields = [
        ("trustee-1", "甲（县人大）"),
        ("trustee-2", "乙（县政协）"),
        ("trustee-3", "丙（群众代表）"),
        ("cards", &cards),
    ];
    let page = commission.visitor().fill(&path, &path, &fields).await?;
    ensure!(page.text.contains("演练"), "no watermark:\n{}", page.text);
    Ok(())
}

/// Two people open a desk of the rehearsal, which the navigation leads to, and hand out every card.
async fn hand_out_all_cards(desk: &Visitor) -> Result<()> {
    let path = format!("{YEAR}/check-in");
    let cards = DECK.to_string();
    let both = [("name", "1号台"), ("cards", &cards), ("second", "desk-two"), ("second_password", PASSWORD)];
    let page = desk.fill(&path, &format!("{path}/desk"), &both).await?;
    ensure!(page.path.contains("/check-in/rehearsal"), "the desk is not the rehearsal's: {}", page.path);
    for _ in 0..DECK {
        desk.fill(&path, &format!("{path}/mark"), &[]).await?;
    }
    let form = Form::to(&desk.see(&path).await?.text, &format!("{path}/desk/close"))?;
    let closed = desk
        .send(
            &form
                .with("desk", "1")
                .with("cards_left", "0")
                .with("close_second", "desk-two")
                .with("close_password", PASSWORD),
        )
        .await?;
    ensure!(closed.status.is_success(), "the desk is not closed:\n{}", closed.text);
    ensure!(closed.text.contains("演练，不作数"), "no watermark:\n{}", closed.text);
    Ok(())
}

/// The desk, the wallboard, and on paper every sheet that is signed.
async fn what_is_seen_of_it_is_marked(place: &Place, installation: &Installation) -> Result<()> {
    let browser = Browser::open(place, "chromedriver", 1280, 800).await?;
    let at = |path: &str| format!("{}{path}", installation.url);
    installation.sign_in(&browser, "desk-one").await?;
    browser.go_to(&at(&format!("{YEAR}/check-in"))).await?;
    browser.screenshot("desk").await?;
    browser.go_to(&at(&format!("{YEAR}/check-in/sheet"))).await?;
    browser.print("sheet-for-signatures").await?;
    browser.show_as_printed().await?;
    // What is fixed is printed on every sheet.
    let script = "const style = getComputedStyle(document.querySelector('.watermark'), '::after');
        return style.position + style.content;";
    let printed = browser.run(script, Vec::new()).await?.to_string();
    ensure!(printed.contains("fixed") && printed.contains("演练，不作数"), "on paper: {printed}");
    browser.close().await?;
    let browser = Browser::open(place, "chromedriver-wallboard", 1920, 1080).await?;
    installation.hire("steward", "steward").await?;
    installation.sign_in(&browser, "steward").await?;
    for language in ["zh", "en"] {
        browser.go_to(&at(&format!("/console/terminals/board?lang={language}"))).await?;
        browser.screenshot(&format!("wallboard-{language}")).await?;
    }
    browser.go_to(&at(&format!("{YEAR}/poll/opening-sheet"))).await?;
    ensure!(browser.print("opening-sheet").await? == 1, "the opening sheet takes more than one sheet");
    browser.close().await
}

/// Staff scan a card for each scripted ballot; the booth shows its verdict at the end.
async fn vote_the_deck(booth: &Agent, cards: &[String]) -> Result<()> {
    let visitor = Visitor::new(&booth.url)?;
    let start = wait_for(&visitor, "/", "name=\"code\"").await?;
    ensure!(start.contains("演练"), "the booth does not say that it is a rehearsal:\n{start}");
    for card in cards {
        let page = visitor.fill("/test", "/test", &[("code", card)]).await?;
        ensure!(!page.text.contains("没有投出"), "a scripted ballot was not cast:\n{}", page.text);
    }
    let verdict = visitor.see("/test").await?.text;
    ensure!(verdict.contains("通过") && !verdict.contains("没有通过"), "the booth's verdict:\n{verdict}");
    Ok(())
}

/// The console's verdict of the one rehearsal.
async fn verdict(commission: &Commission<'_>) -> Result<String> {
    let list = commission.visitor().see(&format!("{YEAR}/rehearsals")).await?.text;
    let start = format!("{YEAR}/rehearsals/");
    let mut links = list.split("<a").skip(1).filter_map(|link| attribute(link, "href"));
    let path = links.find(|path| path.starts_with(&start)).context("no link to the verdict")?;
    Ok(commission.visitor().see(&path).await?.text)
}
