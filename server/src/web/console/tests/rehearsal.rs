//! A rehearsal with the test deck, from its form to its verdict, beside a real poll that it never touches.

use axum::http::{Method, StatusCode};
use evaluation::deck::deck;
use evaluation::description::Description;
use evaluation::wire::Purpose;

use super::hall::Hall;
use super::harness::Console;
use super::year::{draw, prepare_pool};
use crate::domain::{Action, PollId, PollState, Role};
use crate::service::poll::{cards, find_current, find_working, load_for_terminals};
use crate::service::{overview, rehearsal};
use crate::store::polls::{self, load_texts};
use crate::testing::TestDb;
use crate::web::console::declared;

const POLL: &str = "/console/2020/poll";
const REHEARSALS: &str = "/console/2020/rehearsals";
const TWO: [Role; 2] = [Role::Chair, Role::Supervisor];

fn form<'a>(cards: &'a str, name: &'a str) -> [(&'a str, &'a str); 5] {
    [("trustee-1", "甲"), ("trustee-2", "乙"), ("trustee-3", name), ("cards", cards), ("spare_cards", "0")]
}

async fn working(console: &Console) -> (polls::Poll, Option<polls::Poll>) {
    let edition = overview::find_edition(&console.context, 2020).await.unwrap();
    let mut tx = console.context.db.read().await.unwrap();
    let working = find_working(&mut tx, &console.context, &edition.id).await.unwrap().unwrap();
    assert_eq!(load_for_terminals(&mut tx, &console.context).await.unwrap(), working);
    (working, find_current(&mut tx, &console.context, &edition.id).await.unwrap())
}

/// Through keys, cards and one deck to the reveal; `alter` changes what is cast.
async fn rehearse(console: &Console, hall: &mut Hall, alter: fn(&mut Vec<Vec<usize>>)) -> PollId {
    hall.send_keys(console).await;
    assert_eq!(cards::order(&console.context).await.unwrap().purpose, Purpose::Rehearsal);
    hall.make_cards(console).await;
    let sheet = console.get(Role::Supervisor, &format!("{POLL}/opening-sheet")).await.page;
    assert!(sheet.contains("演　练　不作数") && sheet.contains("演练，不作数"), "{sheet}");
    let id = working(console).await.0.id;
    let mut tx = console.context.db.read().await.unwrap();
    let election = load_texts(&mut tx, &console.context.county, &id).await.unwrap().election.unwrap();
    drop(tx);
    let election: serde_json::Value = serde_json::from_str(&election).unwrap();
    let description = Description::parse(election["description"].as_str().unwrap()).unwrap();
    assert_eq!(description.purpose, Purpose::Rehearsal);
    console.together(TWO, &format!("{POLL}/open"), &[]).await.expect_done();
    let mut ballots = deck(70, 4);
    alter(&mut ballots);
    Box::pin(hall.cast(console, &ballots)).await;
    console.together(TWO, &format!("{POLL}/close"), &[]).await.expect_done();
    console.post(Role::Commission, &format!("{POLL}/seal"), &[]).await.expect_done();
    console.post(Role::Commission, &format!("{POLL}/reconcile"), &[]).await.expect_done();
    let page = console.get(Role::Auditor, &format!("{REHEARSALS}/{id}")).await.page;
    assert!(page.contains("还没有结果"), "{page}");
    hall.decrypt(console).await;
    id
}

/// Pages that show no poll, polls of both kinds, or the real one alone. Every other page of the console shows or acts on the
/// poll at hand: a new page is expected to be marked unless it is put here.
const NEVER_MARKED: [&str; 21] = [
    "/console",
    "/console/editions",
    "/console/{year}",
    "/console/{year}/offices",
    "/console/{year}/pool",
    "/console/{year}/draw",
    "/console/{year}/absences",
    "/console/{year}/statements",
    "/console/{year}/paper",
    "/console/{year}/sanctions",
    "/console/{year}/ties",
    "/console/{year}/publication",
    "/console/{year}/check-in/real",
    "/console/{year}/check-in/real/sheet",
    "/console/acts",
    "/console/terminals",
    "/console/terminals/requests/{id}",
    "/console/accounts",
    "/console/accounts/{id}",
    "/console/log",
    "/console/{year}/offices/{id}",
];

/// Pages below these belong with them.
const NEVER_MARKED_BELOW: [&str; 3] =
    ["/console/{year}/pool/", "/console/{year}/draw/", "/console/{year}/paper/"];

/// Pages that are a rehearsal's whatever is at hand.
const ALWAYS_MARKED: [&str; 4] = [
    "/console/{year}/rehearsals",
    "/console/{year}/rehearsals/{id}",
    "/console/{year}/check-in/rehearsal",
    "/console/{year}/check-in/rehearsal/sheet",
];

/// Walks all pages of the console in both languages, while a rehearsal is running or when none is.
async fn pages_are_marked(console: &Console, is_running: bool, id: &PollId) {
    let acts = overview::list_proposals(&console.context, 50).await.unwrap();
    let act = acts.iter().find(|view| view.proposal.action == Action::ClosePoll);
    let act_id = &act.unwrap_or(&acts[0]).proposal.id;
    for route in declared().declared().iter().filter(|route| route.method == Method::GET) {
        let never = NEVER_MARKED.contains(&route.path)
            || NEVER_MARKED_BELOW.iter().any(|above| route.path.starts_with(above));
        let expected = match route.path {
            _ if never => false,
            // An act of a rehearsal stays one, as its own pages do.
            "/console/acts/{id}" => act.is_some(),
            path => is_running || ALWAYS_MARKED.contains(&path),
        };
        let id = if route.path.contains("/acts/") { act_id.as_str() } else { id.as_str() };
        let path = route.path.replace("{year}", "2020").replace("{id}", id);
        let role = *Role::ALL.iter().find(|role| role.may(route.permission)).unwrap();
        for (language, words) in [
            ("zh", ["data-words=\"演练，不作数\"", "演 练 · 结果不作数"]),
            ("en", ["data-words=\"Rehearsal: does not count\"", "REHEARSAL · the result does not count"]),
        ] {
            let answer = console.get(role, &format!("{path}?lang={language}")).await;
            assert!(!expected || answer.status == StatusCode::OK, "{path} {}", answer.status);
            let marked = words.iter().any(|words| answer.page.contains(words));
            assert_eq!(marked, expected, "{path} {language} {}", answer.page);
        }
    }
    let public = console.get(Role::Chair, "/").await.page;
    assert!(!public.contains("演练"), "{public}");
}

async fn first_rehearsal(console: &Console, hall: &mut Hall) -> PollId {
    console.post(Role::Commission, REHEARSALS, &form("0", "丙")).await.expect_refused(&["1至1000张"]);
    console
        .post(Role::Commission, REHEARSALS, &form("13", ""))
        .await
        .expect_refused(&["3名监票人", "value=\"乙\""]);
    console.post(Role::Commission, REHEARSALS, &form("13", "丙")).await.expect_done();
    console.post(Role::Commission, REHEARSALS, &form("13", "丙")).await.expect_refused(&["已有一次演练"]);
    assert!(working(console).await.1.is_none());
    let id = working(console).await.0.id;
    pages_are_marked(console, true, &id).await;
    let id = Box::pin(rehearse(console, hall, |_| ())).await;
    pages_are_marked(console, true, &id).await;
    let verdict = console.get(Role::Auditor, &format!("{REHEARSALS}/{id}")).await.page;
    assert!(
        verdict.contains("合格：全部股室与已知答案相符") && verdict.contains("1 副测试牌组"),
        "{verdict}"
    );
    console.together(TWO, &format!("{POLL}/reveal"), &[]).await.expect_done();
    let screen = console.get(Role::Chair, &format!("{POLL}/screen")).await.page;
    assert!(screen.contains("评议结果揭晓") && screen.contains("演 练"), "{screen}");
    id
}

#[tokio::test]
async fn a_rehearsal_is_held_judged_and_never_becomes_the_poll() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            prepare_pool(&console).await;
            console
                .post(Role::Commission, REHEARSALS, &form("13", "丙"))
                .await
                .expect_refused(&["抽取代表之后"]);
            draw(&console).await;
            let mut hall = Hall::enrol(&console).await;
            let first = Box::pin(first_rehearsal(&console, &mut hall)).await;
            // A revealed rehearsal is no result of the edition.
            let refused = console.post(Role::Commission, "/console/2020/publication", &[]).await;
            assert_ne!(refused.status, StatusCode::SEE_OTHER);
            console.post(Role::Commission, "/console/2020/statements", &[]).await.expect_done();
            // The real poll ends it.
            console.post(Role::Commission, POLL, &form("", "丙")).await.expect_done();
            let (poll, real) = working(&console).await;
            assert_eq!(Some(&poll), real.as_ref());
            pages_are_marked(&console, false, &first).await;
            // A second one beside the real poll, with an altered ballot.
            console.post(Role::Commission, REHEARSALS, &form("13", "丙")).await.expect_done();
            let second = Box::pin(rehearse(&console, &mut hall, |ballots| ballots[0][2] = 0)).await;
            let verdict = console.get(Role::Auditor, &format!("{REHEARSALS}/{second}")).await.page;
            assert!(verdict.contains("不合格：1 个股室") && verdict.contains("✕ 不符"), "{verdict}");
            console.post(Role::Steward, &format!("{REHEARSALS}/end"), &[]).await;
            assert_eq!(working(&console).await.0.id, second, "a steward does not end it");
            console.post(Role::Commission, &format!("{REHEARSALS}/end"), &[]).await.expect_done();
            assert_eq!(working(&console).await.0.state, PollState::Setup);
            let list = console.get(Role::Auditor, REHEARSALS).await.page;
            assert!(list.contains(first.as_str()) && list.contains(second.as_str()), "{list}");
            let page = console.get(Role::Chair, POLL).await.page;
            assert!(!page.contains("演练，不作数"), "{page}");
            let edition = overview::find_edition(&console.context, 2020).await.unwrap();
            assert_eq!(rehearsal::list(&console.context, &edition.id).await.unwrap().len(), 2);
        })
        .await;
}
