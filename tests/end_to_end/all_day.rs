//! The day in the hall at its real size: one server, 25 booths, three trustees and the card officer as processes of their own,
//! 100 representatives, and what goes wrong on such a day.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use support::{
    cable::Cable,
    form::{Form, attribute},
    http::Visitor,
    place::Place,
    sample::runs_in_full,
};
use tokio::{sync::Mutex, time::sleep};

use crate::{
    booths::{open_booth, scan, start_booth, wait_for, wait_for_card},
    commission::{Commission, YEAR},
    day::{choices, opinion},
    hall::Agent,
    installation::{Database, Installation, PASSWORD},
    published::Published,
    trustees::Trustees,
    voter::{present_bad_card, rate_and_cast, vote},
};

const BOOTHS: usize = 25;
const OFFICES: usize = 70;
const REPRESENTATIVES: usize = 100;
/// Cards beyond one for each representative.
const SPARE: usize = 12;
/// Representatives who come when the voting has begun.
const LATE: usize = 5;

/// Everything in the hall.
struct Day<'a> {
    installation: &'a Installation,
    commission: Commission<'a>,
    trustees: Trustees,
    /// What a scanner reads from the one slip of the hall.
    hall_key: String,
    booths: Vec<Agent>,
    desk: Visitor,
    chair: Visitor,
    cable: Cable,
    cards: Mutex<VecDeque<String>>,
    trackers: Mutex<Vec<(usize, String)>>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_day_with_25_booths_and_100_representatives_ends_balanced_and_verified() -> Result<()> {
    let place = Place::new("all_day")?;
    let installation = Installation::new(&place, Database::Sqlite).await?;
    let mut day = Day::prepare(&place, &installation).await?;
    let setup = day.open().await?;
    day.check_in(REPRESENTATIVES - LATE).await?;

    day.votes_before_lunch().await?;
    let dead = day.a_booth_dies_in_mid_vote().await?;
    day.a_replacement_is_in_use_by_one_code(&place).await?;
    day.the_cable_is_cut().await?;
    day.check_in(LATE).await?;
    day.the_late_ones_vote().await?;
    let (damaged, returned) = day.damaged_and_returned_cards().await?;
    day.pause_and_resume().await?;
    day.close_while_somebody_votes().await?;

    day.seal(&dead).await?;
    let unused = day.void_all_others(&damaged, &returned).await?;
    ensure!(unused == SPARE - 1, "{unused} cards were left");
    day.reconcile(&dead).await?;
    day.trustees.decrypt(&setup, REPRESENTATIVES - 1).await?;
    day.commission.act_on_poll("reveal").await?;
    day.the_chair_reveals().await?;
    day.commission.publish().await?;

    let published = Published::download(&place, &installation).await?;
    published.is_a_recount_of(&choices(REPRESENTATIVES - 1))?;
    let trackers: Vec<_> = day.trackers.lock().await.iter().map(|(_, tracker)| tracker.clone()).collect();
    ensure!(trackers.len() == REPRESENTATIVES - 1, "{} ballots were cast", trackers.len());
    published.holds_the_ballots(&trackers)?;
    published.is_verified(&setup)
}

impl<'a> Day<'a> {
    /// The year up to the cards, with one representative who cannot come.
    async fn prepare(place: &Place, installation: &'a Installation) -> Result<Self> {
        let commission = Commission::new(installation).await?;
        commission.prepare(REPRESENTATIVES / 2).await?;
        replace_one(installation, &commission).await?;
        commission.create_poll(SPARE).await?;
        let desk = installation.hire("desk-one", "check_in").await?;
        installation.hire("desk-two", "check_in").await?;
        let chair = installation.hire("chair", "chair").await?;
        let cable = Cable::lay(installation.hall_address).await?;
        let server = format!("https://{}", cable.address());
        let trustees = Trustees::enrol(place, installation, &server).await?;
        trustees.make_keys().await?;
        let officer = Agent::start(place, &server, "cards", "card_officer", "制卡终端", "")?;
        officer.enrol(installation, None).await?;
        let cards = officer.make_cards().await?;
        ensure!(cards.len() == REPRESENTATIVES + SPARE, "{} cards were made", cards.len());
        let mut booths = Vec::new();
        for number in 1..=BOOTHS {
            booths.push(start_booth(place, &server, number)?);
        }
        for booth in &booths {
            booth.enrol(installation, None).await?;
        }
        let hall_key = trustees.hall_key().await?;
        let (cards, trackers) = (Mutex::new(cards.into()), Mutex::default());
        Ok(Self { installation, commission, trustees, hall_key, booths, desk, chair, cable, cards, trackers })
    }

    /// Every booth scans the opening sheet and the hall key; the poll is opened by two. Answers the election check code.
    async fn open(&self) -> Result<String> {
        let setup = self.commission.opening_hash().await?;
        let first = self.booths.first().context("no booth")?;
        let other_sheet = format!("PINGYI-SETUP:{}", "0".repeat(64));
        let page = scan(first, &other_sheet).await?;
        ensure!(page.contains("name=\"scanned\""), "another election's sheet is taken:\n{page}");
        for booth in &self.booths {
            open_booth(booth, &setup, &self.hall_key).await?;
        }
        let closed = Visitor::new(&first.url)?.see("/").await?.text;
        ensure!(!closed.contains("name=\"code\""), "a card is asked for before the opening");
        self.commission.act_on_poll("open").await?;
        for booth in &self.booths {
            wait_for_card(booth).await?;
        }
        Ok(setup)
    }

    /// So many more representatives sign at the desk, which two people opened, and draw a card.
    async fn check_in(&self, number: usize) -> Result<()> {
        let path = format!("{YEAR}/check-in");
        let page = self.desk.see(&path).await?.text;
        if Form::to(&page, &format!("{path}/desk")).is_ok() && !page.contains("/check-in/mark") {
            let cards = (REPRESENTATIVES + SPARE).to_string();
            let alone =
                [("name", "1号台"), ("cards", &cards), ("second", "desk-one"), ("second_password", PASSWORD)];
            let form = Form::to(&page, &format!("{path}/desk"))?;
            let form = alone.iter().fold(form, |form, (name, value)| form.with(name, value));
            let refused = self.desk.send(&form).await?;
            ensure!(refused.text.contains("须是另一个人"), "one person opened the desk:\n{}", refused.text);
            let both = form.with("second", "desk-two");
            ensure!(self.desk.send(&both).await?.status.is_success(), "the desk does not open");
        }
        for _ in 0..number {
            self.desk.fill(&path, &format!("{path}/mark"), &[]).await?;
        }
        Ok(())
    }

    /// All booths vote at once, until so many representatives are left for what comes later.
    async fn votes_before_lunch(&self) -> Result<()> {
        // 1 to 84; numbers 85 to 95 are for what goes wrong, 96 to 100 are late.
        let waiting = Mutex::new((1..=84).collect::<VecDeque<usize>>());
        try_join_all(self.booths.iter().map(|booth| async {
            loop {
                let next = waiting.lock().await.pop_front();
                let Some(representative) = next else { return anyhow::Ok(()) };
                self.vote(booth, representative).await?;
            }
        }))
        .await?;
        // A spent card is turned away.
        let first = self.booths.first().context("no booth")?;
        let card = self.draw_card().await?;
        self.vote_with(first, 85, &card).await?;
        let page = present_bad_card(&first.url, &card).await?;
        ensure!(page.contains("这张卡已经投过票了"), "a spent card is taken:\n{page}");
        Ok(())
    }

    /// The last booth dies while somebody is voting there, who goes on at another one with the same card. It had delivered ballots,
    /// for which nobody will sign. Answers its label.
    async fn a_booth_dies_in_mid_vote(&mut self) -> Result<String> {
        let booth = self.booths.pop().context("no booth")?;
        let card = self.draw_card().await?;
        let visitor = Visitor::new(&booth.url)?;
        let page = visitor.fill("/", "/card", &[("code", &card)]).await?;
        let form = Form::to(&page.text, &page.path)?;
        let number = form.value("office").context("the page names no office")?.parse()?;
        visitor.send(&form.with("grade", &opinion(86, number).to_string())).await?;
        let label = booth.label.clone();
        drop(booth);
        let other = self.booths.first().context("no booth")?;
        self.vote_with(other, 86, &card).await?;
        Ok(label)
    }

    /// A new machine takes part within one code, one sheet and one slip. How long the machines need for it is printed: of the two
    /// minutes that it may take, the rest is for the people.
    async fn a_replacement_is_in_use_by_one_code(&mut self, place: &Place) -> Result<()> {
        let began = Instant::now();
        let server = format!("https://{}", self.cable.address());
        let booth = start_booth(place, &server, BOOTHS + 1)?;
        booth.enrol(self.installation, None).await?;
        let setup = self.commission.opening_hash().await?;
        open_booth(&booth, &setup, &self.hall_key).await?;
        wait_for_card(&booth).await?;
        println!("a dead terminal was replaced in {:.1} s", began.elapsed().as_secs_f64());
        self.vote(&booth, 87).await?;
        self.booths.push(booth);
        Ok(())
    }

    /// Three people are voting when the cable is cut. Each is told the truth, and gets the receipt when it is mended.
    async fn the_cable_is_cut(&self) -> Result<()> {
        let mut voters = Vec::new();
        for (booth, representative) in self.booths.iter().zip(88..=90) {
            let visitor = Visitor::new(&booth.url)?;
            visitor.fill("/", "/card", &[("code", &self.draw_card().await?)]).await?;
            voters.push((visitor, representative));
        }
        // At first nobody hears that nothing arrives any more.
        self.cable.silence();
        let mut cast = Vec::new();
        for (visitor, representative) in &voters {
            cast.push(fill_in_and_cast(visitor, *representative).await?);
            let page = wait_for(visitor, "/done", "票已封存在本机").await?;
            ensure!(!page.contains("receipt-code"), "a receipt without a server:\n{page}");
        }
        let newcomer = self.present_while_cut(4).await?;
        ensure!(newcomer.contains("连接不上服务器"), "a card is taken while the cable is cut:\n{newcomer}");
        self.cable.cut();
        let newcomer = self.present_while_cut(5).await?;
        ensure!(newcomer.contains("连接不上服务器"), "a card is taken while the line is down:\n{newcomer}");
        sleep(if runs_in_full() { Duration::from_mins(5) } else { Duration::from_secs(3) }).await;
        self.cable.mend();
        // All pages look for it at once, as they do in a browser: after minutes without a sign of the person, a booth does not keep the
        // receipt for long.
        try_join_all(voters.iter().zip(cast).map(async |((visitor, representative), tracker)| {
            wait_for(visitor, "/done", "receipt-code").await?;
            visitor.fill("/done", "/finish", &[]).await?;
            self.trackers.lock().await.push((*representative, tracker));
            anyhow::Ok(())
        }))
        .await?;
        Ok(())
    }

    /// What a booth says to somebody who comes while the cable is cut; the card stays good.
    async fn present_while_cut(&self, place: usize) -> Result<String> {
        let card = self.cards.lock().await.front().cloned().context("the box of cards is empty")?;
        let visitor = Visitor::new(&self.booths.get(place).context("no such booth")?.url)?;
        let page = visitor.open("/").await?;
        Ok(visitor.send(&Form::to(&page.text, "/card")?.with("code", &card)).await?.text)
    }

    async fn the_late_ones_vote(&self) -> Result<()> {
        for (booth, representative) in self.booths.iter().zip(91..=97) {
            self.vote(booth, representative).await?;
        }
        Ok(())
    }

    /// Representative 98 types a card by hand whose picture is soiled, first wrongly; the card of the next one cannot be read at
    /// all, is declared void by its code at the trustees' terminal and exchanged; the last one gives the card back. Answers both.
    async fn damaged_and_returned_cards(&self) -> Result<(String, String)> {
        let booth = self.booths.first().context("no booth")?;
        let card = self.draw_card().await?;
        let slip = format!("{}?", card.get(..card.len().saturating_sub(1)).unwrap_or_default());
        let page = present_bad_card(&booth.url, &slip).await?;
        ensure!(page.contains("卡号没有输对"), "{page}");
        self.vote_with(booth, 98, &card.replace('-', " ")).await?;

        let damaged = self.draw_card().await?;
        let said = self.trustees.declare_void("damaged", &damaged).await?;
        ensure!(said.contains("作废"), "{said}");
        let page = present_bad_card(&booth.url, &damaged).await?;
        ensure!(page.contains("这张卡已经作废"), "a void card is taken:\n{page}");
        self.reissue().await?;
        let returned = self.draw_card().await?;
        Ok((damaged, returned))
    }

    /// The desk exchanges one card, with the second person.
    async fn reissue(&self) -> Result<()> {
        let path = format!("{YEAR}/check-in");
        let person = self.desk.fill(&path, &format!("{path}/person"), &[]).await?;
        let form = Form::to(&person.text, &format!("{path}/reissue"))?
            .with("card_reason", "二维码污损")
            .with("card_second", "desk-two")
            .with("card_password", PASSWORD)
            .with("damaged_card", "void");
        let done = self.desk.send(&form).await?;
        ensure!(done.status.is_success() && done.text.contains("换卡 1 次"), "no exchange:\n{}", done.text);
        Ok(())
    }

    /// The desk counts the cards that are left in its box: 101 of 112 were handed out.
    async fn close_desk(&self) -> Result<()> {
        let path = format!("{YEAR}/check-in");
        let left = (SPARE - 1).to_string();
        let page = self.desk.see(&path).await?.text;
        let desk =
            page.split("name=\"desk\"").nth(1).into_iter().flat_map(|rest| rest.split("<option").skip(1));
        let desk = desk.filter_map(|option| attribute(option, "value")).find(|value| !value.is_empty());
        let desk = desk.context("no desk can be closed")?;
        let fields = [
            ("desk", desk.as_str()),
            ("cards_left", &left),
            ("close_second", "desk-two"),
            ("close_password", PASSWORD),
        ];
        self.desk.fill(&path, &format!("{path}/desk/close"), &fields).await?;
        Ok(())
    }

    async fn pause_and_resume(&self) -> Result<()> {
        let path = format!("{YEAR}/poll");
        let reason = [("reason", "会场停电两分钟")];
        self.chair.fill(&path, &format!("{path}/pause"), &reason).await?;
        let booth = Visitor::new(&self.booths.first().context("no booth")?.url)?;
        wait_for(&booth, "/", "投票暂停").await?;
        self.chair.fill(&path, &format!("{path}/resume"), &[("reason", "供电恢复")]).await?;
        wait_for(&booth, "/", "name=\"code\"").await?;
        Ok(())
    }

    /// Representative 99 is voting when two people close the poll, and finishes; nobody else can begin.
    async fn close_while_somebody_votes(&self) -> Result<()> {
        let [first, second, ..] = self.booths.as_slice() else { anyhow::bail!("no two booths") };
        let visitor = Visitor::new(&first.url)?;
        visitor.fill("/", "/card", &[("code", &self.draw_card().await?)]).await?;
        self.commission.act_on_poll("close").await?;
        wait_for(&Visitor::new(&second.url)?, "/", "正在收票").await?;
        let tracker = fill_in_and_cast(&visitor, 99).await?;
        wait_for(&visitor, "/done", "receipt-code").await?;
        visitor.fill("/done", "/finish", &[]).await?;
        self.trackers.lock().await.push((99, tracker));
        Ok(())
    }

    /// The box cannot be sealed while a booth is missing, unless two people record why.
    async fn seal(&self, dead: &str) -> Result<()> {
        let page = wait_for(self.commission.visitor(), &format!("{YEAR}/poll"), dead).await?;
        let refused = self.commission.press("poll", "poll/seal").await;
        ensure!(refused.is_err(), "the box is sealed without {dead}:\n{page}");
        self.exception(dead, "机器在投票中损坏，已换机").await?;
        self.commission.seal().await
    }

    /// All cards that are left are scanned in public; answers how many.
    async fn void_all_others(&self, damaged: &str, returned: &str) -> Result<usize> {
        let said = self.trustees.declare_void("damaged", damaged).await?;
        ensure!(said.contains("作废"), "{said}");
        self.trustees.declare_void("returned", returned).await?;
        let left: Vec<_> = self.cards.lock().await.drain(..).collect();
        for (number, card) in left.iter().enumerate() {
            let kind = if number < 2 { "audit" } else { "spare" };
            let said = self.trustees.declare_void(kind, card).await?;
            ensure!(said.contains("作废"), "{said}");
        }
        Ok(left.len())
    }

    /// Every line balances but the one of the booths, because the dead one signs for nothing: two people record that.
    async fn reconcile(&self, dead: &str) -> Result<()> {
        let visitor = self.commission.visitor();
        let path = format!("{YEAR}/poll");
        for _ in 0..600 {
            let page = visitor.see(&path).await?.text;
            let silent =
                self.booths.iter().filter(|booth| page.contains(&format!("{}：还没有签署", booth.label)));
            if silent.count() == 0 {
                break;
            }
            sleep(Duration::from_millis(200)).await;
        }
        let refused = self.commission.press("poll", "poll/reconcile").await;
        ensure!(refused.is_err(), "the poll is reconciled without the statement of {dead}");
        self.close_desk().await?;
        self.exception(dead, "机器损坏，不能签署").await?;
        self.exception("相差", "损坏的投票机送达的票无人签认").await?;
        self.commission.reconcile().await
    }

    /// Two people record what the page offers with these words.
    async fn exception(&self, words: &str, reason: &str) -> Result<()> {
        let path = format!("{YEAR}/poll/exceptions");
        let page = self.commission.visitor().see(&path).await?.text;
        let option = page.split("<option").skip(1).find(|option| option.contains(words));
        let option = option.with_context(|| format!("{words} is not offered:\n{page}"))?;
        let value = attribute(option, "value").context("an option without a value")?;
        let fields =
            [("subject", value.as_str()), ("reason", reason), ("document_number", "宁创〔2020〕11号")];
        self.installation.together(self.commission.visitor(), &path, &path, &fields).await?;
        Ok(())
    }

    /// The chair shows the ranking step by step; before the first step no office is on the screen.
    async fn the_chair_reveals(&self) -> Result<()> {
        let path = format!("{YEAR}/poll/screen");
        let mut page = self.chair.see(&path).await?;
        let mut steps = 0;
        while let Some(form) = next_step(&page.text, &path) {
            page = self.chair.send(&form).await?;
            steps += 1;
            ensure!(steps <= 2 * OFFICES, "the reveal never ends");
        }
        ensure!(steps > 20, "the reveal has only {steps} steps:\n{}", page.text);
        Ok(())
    }

    async fn vote(&self, booth: &Agent, representative: usize) -> Result<()> {
        let card = self.draw_card().await?;
        self.vote_with(booth, representative, &card).await
    }

    async fn vote_with(&self, booth: &Agent, representative: usize, card: &str) -> Result<()> {
        let think = |office| opinion(representative, office);
        let tracker = vote(&booth.url, card, OFFICES, &think).await?;
        self.trackers.lock().await.push((representative, tracker));
        Ok(())
    }

    /// A sealed card from the box.
    async fn draw_card(&self) -> Result<String> {
        self.cards.lock().await.pop_front().context("the box of cards is empty")
    }
}

/// Rates every office, from where the booth leads a card that was presented, and casts; answers the tracker on the review page.
async fn fill_in_and_cast(visitor: &Visitor, representative: usize) -> Result<String> {
    let first = visitor.see("/").await?;
    rate_and_cast(visitor, first, OFFICES, &|office| opinion(representative, office)).await
}

/// One of those drawn cannot come; two people call the next alternate.
async fn replace_one(installation: &Installation, commission: &Commission<'_>) -> Result<()> {
    let path = format!("{YEAR}/absences");
    let page = commission.visitor().see(&path).await?.text;
    let absent = page
        .split("name=\"member\"")
        .nth(1)
        .into_iter()
        .flat_map(|rest| rest.split("<option").skip(1))
        .filter_map(|option| attribute(option, "value"))
        .find(|value| !value.is_empty());
    let reason = page
        .split("name=\"reason\"")
        .nth(1)
        .into_iter()
        .flat_map(|rest| rest.split("<option").skip(1))
        .filter_map(|option| attribute(option, "value"))
        .find(|value| !value.is_empty());
    let fields = [
        ("member", absent.context("nobody can be absent")?),
        ("reason", reason.context("no reason is offered")?),
        ("document_number", "宁创办〔2020〕31号".to_owned()),
        ("document", "a".repeat(64)),
    ];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    installation.together(commission.visitor(), &path, &path, &fields).await?;
    Ok(())
}

/// The form of the next step, if there is one.
fn next_step(page: &str, path: &str) -> Option<Form> {
    let number = |form: &Form, name: &str| form.value(name).and_then(|value| value.parse::<u32>().ok());
    let forms = Form::all(page).into_iter().filter(|form| form.action == path);
    forms.into_iter().find(|form| number(form, "to") > number(form, "from"))
}
