//! People at a trustee's terminal: every step of the wizard, everything that can go wrong at it, and each of the other pages.

use std::{collections::BTreeSet, fs};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use belenios::credential::Credential;
use evaluation::{hall_key::HallKey, wire::*};
use kiosk::os_rng;

use crate::{
    browser::{Browser, Page},
    commission::{Commission, POLL},
};

const WORDS: &str = "four words are enough";

/// Chooses a passphrase and says that the sheet is printed; answers the recovery code.
async fn begin(terminal: &Browser) -> String {
    let page = terminal.open("/key").await;
    assert!(page.says("找到U盘了"), "{}", page.text);
    let sheet = terminal.send(&page, "/key/create", &[("passphrase", WORDS), ("again", WORDS)]).await;
    assert!(sheet.says("恢复码只在这里出现一次"), "{}", sheet.text);
    let code = sheet.groups("sheet-code");
    terminal.send(&sheet, "/key/printed", &[]).await;
    code
}

async fn unlock(terminal: &Browser) -> Page {
    let page = terminal.open("/key").await;
    terminal.send(&page, "/key/unlock", &[("passphrase", WORDS)]).await
}

/// Waits for a code, sees that all terminals show it, and says so. Answers it.
async fn compare(terminals: &[Browser], title: &str) -> String {
    let mut codes = BTreeSet::new();
    for terminal in terminals {
        codes.insert(terminal.wait("/key", title).await.groups("code-groups"));
    }
    assert_eq!(codes.len(), 1, "{codes:?}");
    for terminal in terminals {
        let page = terminal.open("/key").await;
        let code = page.field("code");
        terminal.send(&page, "/key/answer", &[("code", &code), ("same", "yes")]).await;
    }
    codes.pop_first().unwrap()
}

const FIRST: &str = "大家看到的是同一组吗";
const LAST: &str = "再核对一次密钥";

/// Three terminals up to the try-out; answers the code of the keys.
async fn hold(commission: &Commission) -> (Vec<Browser>, String) {
    let terminals: Vec<_> = (1..=3).map(|trustee| commission.terminal(trustee)).collect();
    for terminal in &terminals {
        begin(terminal).await;
    }
    compare(&terminals, FIRST).await;
    let code = compare(&terminals, LAST).await;
    (terminals, code)
}

#[tokio::test]
async fn three_trustees_make_their_keys_one_step_a_screen() {
    let commission = Commission::new(2).await;
    let first = commission.terminal(1);
    begin(&first).await;
    let page = first.wait("/key", "等其他监票人").await;
    assert!(page.says("监票人甲") && page.says("http-equiv=\"refresh\""));
    assert!(
        page.says("class=\"there\"><span>第 1 位监票人（您）")
            && page.says("class=\"late\"><span>第 3 位监票人")
    );
    let terminals = [first, commission.terminal(2), commission.terminal(3)];
    begin(&terminals[1]).await;
    begin(&terminals[2]).await;
    let certificates = compare(&terminals, FIRST).await;
    let code = compare(&terminals, LAST).await;
    assert!(certificates.len() == 49 && certificates != code);
    for terminal in &terminals {
        let page = terminal.wait("/key", "试一试U盘上的密钥").await;
        let page = terminal.send(&page, "/key/try", &[("passphrase", "something else")]).await;
        assert!(page.says("口令不对") && page.says("试一试U盘上的密钥"));
        let done = terminal.send(&page, "/key/try", &[("passphrase", WORDS)]).await;
        assert!(done.says("密钥做好了") && done.groups("code-groups") == code, "{}", done.text);
    }
    // The code is the one that the server can print on the opening sheet.
    let certificates = {
        let texts = commission.shared.certificates.lock().unwrap();
        let read = texts.values().map(|text| serde_json::from_str(text).unwrap()).collect();
        let quorum = belenios::trustee::threshold::Quorum::new(2, 3).unwrap();
        belenios::trustee::threshold::Certificates::<belenios::group::Ed25519>::check(quorum, read).unwrap()
    };
    let list = commission.shared.ceremony().trustees.unwrap();
    let printed = evaluation::ceremony::key_fingerprint(Some(certificates.fingerprint()), &list);
    assert_eq!(evaluation::ceremony::in_groups(printed).join("-"), code);
}

#[tokio::test]
async fn a_terminal_switched_off_at_any_step_goes_on_at_the_right_one() {
    let commission = Commission::new(2).await;
    let first = || commission.terminal(1);
    begin(&first()).await;
    let on = first();
    assert!(on.open("/key").await.says("请输入口令"));
    unlock(&on).await;
    on.wait("/key", "等其他监票人").await;
    let others = [commission.terminal(2), commission.terminal(3)];
    begin(&others[0]).await;
    begin(&others[1]).await;
    drop(on);
    let on = first();
    unlock(&on).await;
    let page = on.wait("/key", FIRST).await;
    let code = page.field("code");
    on.send(&page, "/key/answer", &[("code", &code), ("same", "yes")]).await;
    drop(on);
    let on = first();
    unlock(&on).await;
    on.wait("/key", "第 2 轮").await;
    drop(on);
    compare(&others, FIRST).await;
    for _ in 0..2 {
        // What was compared is on record and not asked again; what was not is.
        let on = first();
        unlock(&on).await;
        on.wait("/key", LAST).await;
    }
    let on = first();
    unlock(&on).await;
    let [second, third] = others;
    let terminals = [on, second, third];
    compare(&terminals, LAST).await;
    drop(terminals);
    let on = first();
    let page = unlock(&on).await;
    assert!(page.says("试一试U盘上的密钥"), "{}", page.text);
    assert!(on.send(&page, "/key/try", &[("passphrase", WORDS)]).await.says("密钥做好了"));
    assert!(unlock(&first()).await.says("密钥做好了"));
    assert_eq!(commission.shared.keys.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_code_that_differs_stops_the_terminal_for_good() {
    let commission = Commission::new(2).await;
    let terminals: Vec<_> = (1..=3).map(|trustee| commission.terminal(trustee)).collect();
    for terminal in &terminals {
        begin(terminal).await;
    }
    let page = terminals[0].wait("/key", FIRST).await;
    let code = page.field("code");
    let stopped = terminals[0].send(&page, "/key/answer", &[("code", &code), ("same", "no")]).await;
    assert!(stopped.says("已经停止：核对码不一致"), "{}", stopped.text);
    assert!(commission.shared.contributions.lock().unwrap().is_empty());
    let again = commission.terminal(1);
    unlock(&again).await;
    let page = again.wait("/key", "已经停止：核对码不一致").await;
    assert!(commission.shared.contributions.lock().unwrap().is_empty());
    // When the commission has declared the keys void, a new file is made; the old one stays on the stick.
    let page = again.send(&page, "/key/aside", &[]).await;
    assert!(page.says("旧密钥文件已改名留存") && page.says("找到U盘了"), "{}", page.text);
    assert!(commission.stick(1).join("trustee.key.old-1").exists() && !commission.key(1).exists());
}

#[tokio::test]
async fn an_answer_sent_twice_is_no_answer_to_the_next_question() {
    let commission = Commission::new(2).await;
    let terminals: Vec<_> = (1..=3).map(|trustee| commission.terminal(trustee)).collect();
    for terminal in &terminals {
        begin(terminal).await;
    }
    let page = terminals[0].wait("/key", FIRST).await;
    let code = page.field("code");
    compare(&terminals, FIRST).await;
    terminals[0].wait("/key", LAST).await;
    let page = terminals[0].send(&page, "/key/answer", &[("code", &code), ("same", "yes")]).await;
    assert!(page.says(LAST));
    assert!(unlock(&commission.terminal(1)).await.says("正在与服务器交换"));
}

#[tokio::test]
async fn where_all_are_needed_there_is_one_code_and_the_same_try_out() {
    let commission = Commission::new(3).await;
    let terminals: Vec<_> = (1..=3).map(|trustee| commission.terminal(trustee)).collect();
    for terminal in &terminals {
        begin(terminal).await;
    }
    compare(&terminals, LAST).await;
    let page = terminals[2].wait("/key", "试一试U盘上的密钥").await;
    assert!(terminals[2].send(&page, "/key/try", &[("passphrase", WORDS)]).await.says("密钥做好了"));
    assert!(commission.shared.certificates.lock().unwrap().is_empty());
}

#[tokio::test]
async fn whatever_is_wrong_with_the_stick_is_said_and_may_be_tried_again() {
    let commission = Commission::new(2).await;
    let absent = commission.folder.path().join("none").join("trustee.key");
    let page = commission.terminal_with(1, absent).open("/key").await;
    assert!(page.says("请插入您的U盘") && page.says("http-equiv=\"refresh\""));

    begin(&commission.terminal(1)).await;
    let whole = fs::read(commission.key(1)).unwrap();
    let terminal = commission.terminal(1);
    let page = terminal.open("/key").await;
    let wrong = terminal.send(&page, "/key/unlock", &[("passphrase", "another passphrase")]).await;
    assert!(wrong.says("口令不对") && wrong.says("请输入口令") && !wrong.says("another passphrase"));
    assert!(!terminal.open("/key").await.says("口令不对"), "said once");

    let stranger = commission.terminal_with(2, commission.key(1));
    let page = stranger.open("/key").await;
    assert!(
        page.says("这是另一位监票人的U盘") && page.says("第 1 位监票人监票人甲") && !page.says("/key/aside")
    );
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 1;
    fs::write(commission.key(1), &damaged).unwrap();
    assert!(terminal.open("/key").await.says("U盘里的密钥损坏了"));
    fs::write(commission.key(1), "{}").unwrap();
    assert!(terminal.open("/key").await.says("读不懂U盘里的密钥文件"));
    let other_poll = String::from_utf8(whole.clone()).unwrap();
    assert!(other_poll.contains(POLL));
    let election = Commission::new(3).await;
    begin(&election.terminal(1)).await;
    fs::copy(election.key(1), commission.key(1)).unwrap();
    let page = terminal.open("/key").await;
    assert!(page.says("这是另一次投票的密钥") && page.says("/key/aside"), "{}", page.text);

    fs::write(commission.key(1), &whole).unwrap();
    unlock(&terminal).await;
    terminal.wait("/key", "等其他监票人").await;
    commission.set_state(PollState::KeysReady);
    fs::remove_file(commission.key(1)).unwrap();
    let page = commission.terminal(1).open("/key").await;
    assert!(page.says("U盘里没有密钥") && !page.says("/key/create"), "no new key once the keys are ready");
}

#[tokio::test]
async fn a_passphrase_that_will_not_do_is_explained() {
    let commission = Commission::new(2).await;
    let terminal = commission.terminal(1);
    for (first, again, words) in [
        ("short", "short", "口令太短"),
        ("four words are enough", "four words are enouhg", "两次输入的口令不一样"),
        ("aaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaa", "太容易猜到"),
    ] {
        let page = terminal.open("/key").await;
        let page = terminal.send(&page, "/key/create", &[("passphrase", first), ("again", again)]).await;
        assert!(page.says(words) && page.says("找到U盘了") && !page.says(first), "{words}");
    }
    assert!(!commission.key(1).exists());
}

#[tokio::test]
async fn the_recovery_code_is_shown_until_it_is_printed_and_opens_the_stick_when_the_passphrase_is_forgotten()
{
    let commission = Commission::new(2).await;
    let terminal = commission.terminal(1);
    let page = terminal.open("/key").await;
    let sheet = terminal.send(&page, "/key/create", &[("passphrase", WORDS), ("again", WORDS)]).await;
    let lost = sheet.groups("sheet-code");
    assert_eq!(terminal.open("/key").await.groups("sheet-code"), lost, "the printer may have failed");
    // Switched off before it was printed: another sheet, and the first code opens nothing.
    let terminal = commission.terminal(1);
    let sheet = unlock(&terminal).await;
    let code = sheet.groups("sheet-code");
    assert_ne!(code, lost);
    let page = terminal.send(&sheet, "/key/printed", &[]).await;
    assert!(!page.says(&code));
    assert!(!unlock(&commission.terminal(1)).await.says("sheet-code"));

    let terminal = commission.terminal(1);
    let new = [("passphrase", "a brand new passphrase"), ("again", "a brand new passphrase")];
    let recover = async |code: &str| {
        let page = terminal.open("/key/recovery").await;
        terminal.send(&page, "/key/recovery", &[&[("code", code)], new.as_slice()].concat()).await
    };
    assert!(recover(&lost).await.says("恢复码与这个U盘不配"));
    assert!(recover(&code[1..]).await.says("恢复码没有输对"));
    assert!(recover(&code.to_lowercase().replace('-', " ")).await.says("新口令已经设好"));
    terminal.wait("/key", "等其他监票人").await;
    let again = commission.terminal(1);
    let page = again.open("/key").await;
    assert!(again.send(&page, "/key/unlock", &[("passphrase", WORDS)]).await.says("口令不对"));
}

#[tokio::test]
async fn a_refusal_of_the_server_is_shown_and_may_be_tried_again() {
    let commission = Commission::new(2).await;
    commission.fail(Some((409, "keys_are_void")));
    let terminal = commission.terminal(1);
    begin(&terminal).await;
    let page = terminal.wait("/key", "服务器说：keys_are_void").await;
    commission.fail(None);
    terminal.send(&page, "/key/again", &[]).await;
    unlock(&terminal).await;
    terminal.wait("/key", "等其他监票人").await;
}

#[tokio::test]
async fn the_hall_key_is_shown_once_and_kept_nowhere() {
    let commission = Commission::new(2).await;
    let terminal = commission.terminal(1);
    let page = terminal.open("/hall-key").await;
    let slip = terminal.send(&page, "/hall-key", &[]).await;
    let code = slip.groups("sheet-code");
    assert!(HallKey::parse(&code).is_ok() && slip.says("<svg class=\"qr\""));
    assert!(!terminal.open("/hall-key").await.says(&code));
    let again = terminal.send(&page, "/hall-key", &[]).await;
    assert!(!again.says("sheet-code"), "a form sent again makes no other slip");
    let other = terminal.send(&again, "/hall-key", &[]).await;
    assert_ne!(other.groups("sheet-code"), code);
}

#[tokio::test]
async fn each_card_declared_void_is_answered_for_and_nothing_of_it_stays() {
    let commission = Commission::new(2).await;
    commission.set_state(PollState::Open);
    let terminal = commission.terminal(1);
    let card = Credential::generate(&mut os_rng()).card_code();
    let declare = async |kind: &str, code: &str| {
        let page = terminal.open("/void").await;
        terminal.send(&page, "/void", &[("kind", kind), ("code", code)]).await
    };
    let page = declare("damaged", &card).await;
    assert!(page.says("这张卡作废了") && !page.says(&card) && page.status == StatusCode::OK);
    assert!(page.says("<th scope=\"row\">损坏</th><td class=\"number\">1</td>"), "{}", page.text);
    assert!(page.says("value=\"damaged\" required checked"));
    assert_eq!(commission.shared.voids.lock().unwrap()[0].kind, VoidKind::Damaged);
    let page = declare("damaged", &card).await;
    assert!(page.says("这张卡已经作废过了") && page.says("<td class=\"number\">1</td>"));

    let other = Credential::parse("ABCDE-FGHJKL-MNPQR-STUVWX").unwrap().card_code();
    let mistyped = other.replacen('A', "B", 1);
    let page = declare("spare", &mistyped).await;
    assert!(page.says("卡号没有输对") && page.says(&format!("value=\"{mistyped}\"")));
    for (status, code, words) in [
        (409, problem::CARD_SPENT, "停！这张卡已经投过票"),
        (422, problem::CREDENTIAL_UNKNOWN, "这不是本次投票的评议卡"),
        (409, problem::CARD_VOID, "这张卡已经作废过了"),
        (409, problem::POLL_NOT_OPEN, "服务器说：poll_not_open"),
        (503, "down", "服务器"),
    ] {
        commission.fail(Some((status, code)));
        let page = declare("returned", &other).await;
        assert!(page.says(words) && !page.says(&other), "{code}: {}", page.text);
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert!(page.says("卡完全认不出来"));
    assert_eq!(commission.shared.voids.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn the_tally_waits_until_everything_balances_and_says_for_what() {
    let commission = Commission::new(2).await;
    let (terminals, _) = hold(&commission).await;
    for (state, words) in [
        (PollState::Setup, "投票还没有开始"),
        (PollState::Open, "投票还没有结束"),
        (PollState::Closing, "正在收票"),
        (PollState::Closed, "对账平衡"),
    ] {
        commission.set_state(state);
        let page = terminals[0].open("/tally").await;
        assert!(page.says(words) && page.says("http-equiv=\"refresh\""), "{words}");
    }
    commission.set_state(PollState::Reconciled);
    let page = terminals[0].open("/tally").await;
    let wrong = terminals[0].send(&page, "/tally/unlock", &[("passphrase", "something else")]).await;
    assert!(wrong.says("口令不对") && wrong.says("请输入口令"));
    let stranger = commission.terminal_with(2, commission.key(1));
    assert!(stranger.open("/tally").await.says("这是另一位监票人的U盘"));
}

#[tokio::test]
async fn a_rehearsal_says_so_on_every_page_and_english_is_a_click_away() {
    let commission = Commission::new(2).await;
    *commission.shared.purpose.lock().unwrap() = Some(Purpose::Rehearsal);
    let terminal = commission.terminal(1);
    for path in ["/", "/key", "/key/recovery", "/hall-key", "/void", "/tally"] {
        assert!(terminal.open(path).await.says("演练，不是正式投票"), "{path}");
    }
    assert_eq!(terminal.open("/key?lang=en").await.location.as_deref(), Some("/key"));
    let page = terminal.open("/key").await;
    assert!(page.says("choose a passphrase") && page.says("lang=\"en\"") && page.says("href=\"?lang=zh\""));
}

#[tokio::test]
async fn a_form_that_is_not_from_this_terminals_pages_does_nothing() {
    let commission = Commission::new(2).await;
    let terminal = commission.terminal(1);
    let page = terminal.open("/key").await;
    let fields = [("session", "guess"), ("passphrase", WORDS), ("again", WORDS)];
    assert_eq!(terminal.submit("/key/create", &fields).await.status, StatusCode::SEE_OTHER);
    let request = Request::post("/key/create")
        .header("host", "127.0.0.1:8100")
        .header("origin", "http://evil.example")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("session={}&passphrase=x&again=x", page.field("session"))));
    assert_eq!(terminal.request(request.unwrap()).await.status, StatusCode::FORBIDDEN);
    assert!(!commission.key(1).exists());
}
