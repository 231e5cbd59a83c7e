//! The poll is paused, closes, and is closed while people vote.

use anyhow::{Result, ensure};
use evaluation::wire::PollState;
use support::place::Place;

use crate::{
    booth::{Standing, locked, panels},
    gallery::Panel,
    hall::Hall,
};

#[tokio::test]
async fn a_pause_in_mid_vote_keeps_everything_and_the_person_goes_on_by_themselves() -> Result<()> {
    for panel in panels(2) {
        vote_through_a_pause(panel).await?;
    }
    Ok(())
}

fn turns(standing: &Standing<'_>, state: PollState) {
    standing.hall.change_poll(|poll| poll.state = state);
}

async fn vote_through_a_pause(panel: Panel) -> Result<()> {
    let place = Place::new(&format!("booth_paused_{}", panel.name))?;
    let standing = Standing::opened(&place, panel, Hall::new()).await?;
    let browser = &standing.browser;
    standing.present(0).await?;
    standing.grade(1, &[3]).await?;
    standing.at_office(2).await?;
    turns(&standing, PollState::Paused);
    standing.until_heard(PollState::Paused).await?;
    // The page that is shown knows nothing of it yet: what is tapped on it is kept.
    standing.grade(2, &[1]).await?;
    standing.says("投票暂停").await?;
    standing.says("您已经评的内容还在").await?;
    browser.screenshot("1-paused").await?;
    turns(&standing, PollState::Open);
    standing.at_office(3).await?;
    standing.grade(3, &[2]).await?;
    let tracker = standing.tracker().await?;

    turns(&standing, PollState::Paused);
    standing.tap(".cast").await?;
    standing.says("投票暂停").await?;
    ensure!(
        !browser.text("main").await?.contains("提交成功"),
        "a ballot that nobody has is called submitted"
    );
    standing.stored(0)?;
    turns(&standing, PollState::Open);
    ensure!(standing.tracker().await? == tracker, "another ballot after the pause");
    let shown =
        "return [...document.querySelectorAll('.rows .row-grade')].map((row) => row.textContent).join()";
    let shown = browser.run(shown, Vec::new()).await?;
    ensure!(shown == "不满意,较满意,一般", "the review shows {shown}");
    standing.tap(".cast").await?;
    ensure!(browser.text(".receipt-code").await? == tracker, "another tracker");
    standing.stored(1)?;
    standing.browser.close().await
}

#[tokio::test]
async fn when_the_poll_closes_who_has_begun_may_end_or_hand_back_and_nobody_begins() -> Result<()> {
    for panel in panels(0) {
        vote_while_the_poll_closes(panel).await?;
    }
    Ok(())
}

async fn vote_while_the_poll_closes(panel: Panel) -> Result<()> {
    let place = Place::new(&format!("booth_closing_{}", panel.name))?;
    let standing = Standing::opened(&place, panel, Hall::new()).await?;
    let browser = &standing.browser;
    // Who has begun may end.
    standing.present(0).await?;
    standing.grade(1, &[3]).await?;
    standing.at_office(2).await?;
    turns(&standing, PollState::Closing);
    standing.until_heard(PollState::Closing).await?;
    standing.grade(2, &[1]).await?;
    standing.at_office(3).await?;
    browser.wait_for(".closing a[href='/hand-back']").await?;
    browser.screenshot("1-closing").await?;
    standing.grade(3, &[2]).await?;
    standing.tap(".cast").await?;
    browser.wait_for("html.settled .receipt-code").await?;
    standing.stored(1)?;
    standing.tap(".finish button[data-main]").await?;

    // Nobody begins, also not on a page that was there before.
    standing.says("正在收票，不再开始新的投票").await?;
    browser.screenshot("2-nobody-begins").await?;
    turns(&standing, PollState::Open);
    browser.wait_for("html.settled #code").await?;
    turns(&standing, PollState::Closing);
    standing.until_heard(PollState::Closing).await?;
    browser.scan(standing.card(1)?).await?;
    standing.says("投票现在没有开放").await?;
    hand_back(&standing).await?;
    too_late(&standing).await?;
    standing.browser.close().await
}

/// Who does not want to end clears everything and leaves.
async fn hand_back(standing: &Standing<'_>) -> Result<()> {
    turns(standing, PollState::Open);
    standing.until_heard(PollState::Open).await?;
    standing.present(2).await?;
    standing.grade(1, &[3]).await?;
    standing.at_office(2).await?;
    turns(standing, PollState::Closing);
    standing.until_heard(PollState::Closing).await?;
    standing.browser.reload().await?;
    standing.tap(".closing a[href='/hand-back']").await?;
    standing.says("不投票就离开吗？").await?;
    standing.browser.screenshot("3-hand-back").await?;
    // Whoever thinks again finds everything as it was.
    standing.tap("a.button[href='/']").await?;
    standing.at_office(2).await?;
    standing.tap(".closing a[href='/hand-back']").await?;
    standing.tap("button.grave").await?;
    standing.says("正在收票，不再开始新的投票").await?;
    standing.until_kept().await?;
    ensure!(locked(&standing.hall.shared.drafts).is_empty(), "a draft is left");
    standing.stored(1)
}

/// Whoever still sits there when the poll is closed without this booth.
async fn too_late(standing: &Standing<'_>) -> Result<()> {
    turns(standing, PollState::Open);
    standing.until_heard(PollState::Open).await?;
    standing.present(3).await?;
    standing.grade(1, &[3, 1, 2]).await?;
    standing.browser.wait_for("html.settled .cast").await?;
    turns(standing, PollState::Closed);
    standing.until_heard(PollState::Closed).await?;
    standing.tap(".cast").await?;
    standing.says("投票已经结束").await?;
    let said = standing.browser.text("main").await?;
    ensure!(said.contains("您的卡没有用掉") && said.contains("交还场务人员"), "the person reads {said}");
    standing.browser.screenshot("4-too-late").await?;
    standing.stored(1)
}
