//! A rehearsal with real processes: keys and cards of its own, the test deck at a booth, a verdict, and no way into a result.

use anyhow::{Context, Result, ensure};
use support::{
    form::{Form, attribute},
    http::Visitor,
    place::Place,
};

use crate::{
    booths::{open_booth, start_booth, wait_for},
    commission::{Commission, YEAR},
    hall::Agent,
    installation::{Database, Installation},
    trustees::Trustees,
};

/// Ballots in the test deck of the preset: a card each.
const DECK: usize = 13;

#[tokio::test]
async fn a_rehearsal_judges_a_booth_by_a_known_answer_and_never_becomes_a_result() -> Result<()> {
    let place = Place::new("rehearsal")?;
    let installation = Installation::new(&place, Database::Sqlite).await?;
    let commission = Commission::new(&installation).await?;
    commission.prepare(2).await?;
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
