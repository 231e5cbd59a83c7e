//! The public site as strangers meet it, through the whole router.

mod day;

use std::collections::BTreeMap;
use std::process::Command;

use axum::http::{StatusCode, header};
use evaluation::hash::Sha256Hash;
use evaluation::publication::command::verify_path;
use evaluation::publication::file::ARCHIVE_SUFFIX;
use evaluation::publication::verify::Options;

use self::day::{Day, NAME, OPINIONS, STATEMENT};
use super::verify::{DRAW_BY_HAND, check_signature, compare, read_key};
use crate::domain::InTwoLanguages as _;
use crate::service::publication;
use crate::store::sanctions;

const PAGES: [&str; 8] =
    ["/", "/offices", "/offices/1", "/draw", "/ranking", "/reconciliation", "/downloads", "/verify"];
/// Files that must not be there before the publication.
const RESULTS: [&str; 4] = [
    "/publication/2020",
    "/publication/2020/ranking.csv",
    "/publication/2020/SHA256SUMS",
    "/publication/2020/closing.json",
];

/// Nothing on any page tells a score, a rank or how many gave a grade.
async fn nothing_of_the_result(day: &Day, state: &str) {
    for page in PAGES.into_iter().chain(["/ranking?lang=en", "/downloads?lang=en"]) {
        let text = day.page(page).await;
        for told in ["得分<", "class=\"bar\"", "80.00", "20.00", "score\"", "badge grave"] {
            assert!(!text.contains(told), "{state}: {page} tells {told}");
        }
    }
    for file in RESULTS {
        assert_eq!(day.bytes(file).await.0, StatusCode::NOT_FOUND, "{state}: {file}");
    }
}

#[tokio::test]
async fn before_the_first_list_nothing_of_it_is_public() {
    let mut day = Day::begin().await;
    assert!(day.page("/").await.contains("筹备"));
    day.draft().await;
    for page in PAGES {
        let (_, bytes) = day.bytes(page).await;
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("水政股") && !text.contains(STATEMENT) && !text.contains(OPINIONS), "{page}");
    }
    assert_eq!(day.bytes("/offices/1").await.0, StatusCode::NOT_FOUND);
    day.end().await;
}

#[tokio::test]
async fn the_list_shows_duties_and_keeps_statements_and_opinions_until_all_are_published() {
    let mut day = Day::begin().await;
    day.list().await;
    let list = day.page("/offices").await;
    assert!(list.contains("政府部门") && list.contains("垂直管理部门") && list.contains("上年后十名"));
    let office = day.page("/offices/1").await;
    assert!(office.contains("管水"), "{office}");
    assert!(!office.contains(STATEMENT) && !office.contains(OPINIONS), "{office}");
    for absent in ["/offices/5", "/offices/0", "/offices/-1", "/offices/x", "/offices/99999"] {
        assert_eq!(day.bytes(absent).await.0, StatusCode::NOT_FOUND, "{absent}");
    }
    assert!(day.page("/draw").await.contains("尚未公告"));
    nothing_of_the_result(&day, "listed").await;
    day.end().await;
}

#[tokio::test]
async fn the_draw_shows_ids_and_never_names_and_void_ceremonies_stay() {
    let mut day = Day::begin().await;
    day.draw().await;
    let page = day.page("/draw").await;
    assert!(page.contains("P001") && page.contains("信封被提前拆开"), "{page}");
    for page in PAGES {
        assert!(!day.page(page).await.contains(NAME), "{page} names somebody");
    }
    let office = day.page("/offices/1").await;
    assert!(office.contains(STATEMENT) && office.contains(OPINIONS), "{office}");
    let (_, seed) = day.bytes("/draw/seed.tsv").await;
    assert!(page.contains(&Sha256Hash::of(&seed).to_string()), "the seed is the hash of its file");
    let text = String::from_utf8(seed.to_vec()).unwrap();
    let dice = text.lines().find_map(|line| line.strip_prefix("dice\t")).unwrap();
    assert!(page.contains(&format!("{} {} {}", &dice[..4], &dice[4..8], &dice[8..12])), "{page}");
    assert_eq!(day.bytes("/draw/2/seed.tsv").await.1, seed);
    for absent in
        ["/draw/1/seed.tsv", "/draw/3/pool.tsv", "/draw/secret.tsv", "/draw/..%2Fkeys", "/draw/x/pool.tsv"]
    {
        assert_eq!(day.bytes(absent).await.0, StatusCode::NOT_FOUND, "{absent}");
    }
    nothing_of_the_result(&day, "drawn").await;
    day.end().await;
}

#[tokio::test]
async fn the_notice_says_what_was_announced_and_void_draws_keep_theirs() {
    let mut day = Day::begin().await;
    day.draw().await;
    for ceremony in [1, 2] {
        let notice = day.page(&format!("/draw/{ceremony}/notice")).await;
        let (_, announcement) = day.bytes(&format!("/draw/{ceremony}/announce.tsv")).await;
        let hash = Sha256Hash::of(&announcement).to_string();
        let groups = hash.as_bytes().chunks(8).map(|group| str::from_utf8(group).unwrap());
        for said in groups.chain(["纪委监委", "24位", "1/3", "33.3%", "http://localhost/draw", "作废"])
        {
            assert!(notice.contains(said), "{said} is not in the notice {ceremony}");
        }
        assert!(!notice.contains(NAME));
    }
    assert!(day.page("/draw/1/notice").await.contains("已作废"));
    for absent in ["/draw/3/notice", "/draw/x/notice", "/draw/0/notice"] {
        assert_eq!(day.bytes(absent).await.0, StatusCode::NOT_FOUND, "{absent}");
    }
    day.end().await;
}

#[tokio::test]
async fn the_page_that_draws_again_brings_its_own_policy_and_is_the_file_whose_hash_is_shown() {
    let mut day = Day::begin().await;
    let policy = header::CONTENT_SECURITY_POLICY;
    let page = day.ask("/draw/check", &[]).await;
    let own = page.headers()[&policy].to_str().unwrap().to_owned();
    assert!(
        own.starts_with("default-src 'none'; ") && !own.contains("self") && own.contains("sha256-"),
        "{own}"
    );
    assert_eq!(page.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
    let file = day.ask("/draw/check.html", &[]).await;
    assert!(file.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
    let (_, bytes) = day.bytes("/draw/check.html").await;
    assert_eq!(day.bytes("/draw/check").await.1, bytes);
    day.list().await;
    for place in ["/draw", "/verify"] {
        let text = day.page(place).await;
        assert!(
            text.contains(&Sha256Hash::of(&bytes).to_string()) && text.contains("\"/draw/check\""),
            "{place}"
        );
        assert_eq!(day.ask(place, &[]).await.headers()[&policy], appearance::CONTENT_SECURITY_POLICY);
    }
    day.end().await;
}

#[tokio::test]
async fn nothing_of_the_result_is_public_before_the_reveal() {
    let mut day = Day::begin().await;
    day.finish(false, async |day, state| {
        nothing_of_the_result(day, state).await;
        assert!(day.page("/ranking").await.contains("已投票 2 人，已签到 2 人"), "{state}");
        assert_eq!(day.bytes("/downloads/setup.bel").await.0, StatusCode::OK, "{state}");
        let open = matches!(state, "open" | "closing");
        let closed = if open { StatusCode::NOT_FOUND } else { StatusCode::OK };
        assert_eq!(day.bytes("/downloads/closed.bel").await.0, closed, "{state}");
        let counts = day.page("/reconciliation").await.contains("账已对平");
        assert_eq!(counts, matches!(state, "reconciled" | "tallied"), "{state}");
    })
    .await;
    nothing_of_the_result(&day, "revealed, and the hall has seen nothing yet").await;
    assert!(
        day.page("/").await.contains("正在会场揭晓") && day.page("/ranking").await.contains("正在会场揭晓")
    );
    let last = day
        .turn_to_the_last_step(async |day| nothing_of_the_result(day, "while the chair turns").await)
        .await;
    day.turn(last, 0).await;
    let ranking = day.page("/ranking").await;
    assert!(ranking.contains("80.00") && ranking.contains("20.00"), "{ranking}");
    assert!(ranking.contains("后1名") && !ranking.contains("满意率"));
    let best = ranking.find("/offices/2").unwrap();
    assert!(best < ranking.find("/offices/1").unwrap(), "the better office comes first");
    assert_eq!(
        day.bytes("/publication/2020").await.0,
        StatusCode::NOT_FOUND,
        "revealed is not yet published"
    );
    day.end().await;
}

#[tokio::test]
async fn downloads_are_the_published_bytes_and_verify() {
    let mut day = Day::begin().await;
    day.finish(true, async |_, _| {}).await;
    let folder = day.context.publication(2020);
    let page = day.page("/downloads").await;
    let files = files(&folder);
    assert!(files.len() > 12);
    for (name, expected) in &files {
        let (status, bytes) = day.bytes(&format!("/publication/2020/{name}")).await;
        assert_eq!((status, bytes.as_ref()), (StatusCode::OK, expected.as_slice()), "{name}");
        assert!(page.contains(&Sha256Hash::of(expected).to_string()), "the page names the hash of {name}");
    }
    let (_, zip) = day.bytes("/publication/2020").await;
    assert_eq!(day.bytes("/publication/2020").await.1, zip);
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("publication-2020.zip");
    std::fs::write(&path, &zip).unwrap();
    let report = verify_path(&path, Options::default()).unwrap();
    assert!(report.is_accepted(), "{report}");
    day.end().await;
}

#[tokio::test]
async fn no_address_leads_out_of_the_publication() {
    let mut day = Day::begin().await;
    day.finish(true, async |_, _| {}).await;
    let folder = day.context.publication(2020);
    std::fs::write(folder.join("unlisted.txt"), "not listed").unwrap();
    // What the first three ask for is really there.
    assert!(folder.join("../../../keys/ningjin-2020.key").exists());
    for address in [
        "../../../keys/ningjin-2020.key",
        "..%2f..%2f..%2fkeys%2fningjin-2020.key",
        "draw/../../../../keys/ningjin-2020.key",
        "draw/..%2Fedition.json",
        "/etc/passwd",
        "%2Fetc%2Fpasswd",
        "unlisted.txt",
        "draw",
        "draw/",
        "edition.json%00",
        "Edition.json",
        ".",
    ] {
        let (status, _) = day.bytes(&format!("/publication/2020/{address}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{address}");
    }
    for address in
        ["/publication/2019", "/publication/2019/edition.json", "/publication/x", "/publication/..%2Fkeys"]
    {
        assert_eq!(day.bytes(address).await.0, StatusCode::NOT_FOUND, "{address}");
    }
    day.end().await;
}

#[tokio::test]
async fn the_commands_of_the_page_work_as_they_stand() {
    let mut day = Day::begin().await;
    day.finish(true, async |_, _| {}).await;
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("publication-2020");
    let files = files(&day.context.publication(2020));
    for (name, bytes) in &files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let archive = files.keys().find(|name| name.ends_with(ARCHIVE_SUFFIX)).unwrap();
    for (which, name) in [("setup", "setup.bel"), ("closed", "closed.bel")] {
        let (_, bytes) = day.bytes(&format!("/downloads/{which}.bel")).await;
        std::fs::write(place.path().join(name), bytes).unwrap();
    }
    let mut tx = day.context.db.read().await.unwrap();
    let edition = crate::store::editions::list(&mut tx, &day.context.county).await.unwrap().remove(0);
    drop(tx);
    let mut key = [0; 32];
    hex::decode_to_slice(edition.publication_key.unwrap(), &mut key).unwrap();
    let page = day.page("/verify").await;
    assert!(page.contains(&hex::encode(key)));
    let run = |command: &str| {
        let output = Command::new("sh").args(["-ec", command]).current_dir(&folder).output().unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run("sha256sum -c SHA256SUMS");
    assert_eq!(run(&read_key(archive)).trim(), format!("publication_key {}", hex::encode(key)));
    assert!(run(&check_signature(Some(&key))).contains("Signature Verified Successfully"));
    let ticket = run(DRAW_BY_HAND);
    let result = String::from_utf8(files["draw/result.tsv"].clone()).unwrap();
    assert!(result.contains(ticket.split(' ').next().unwrap()));
    run(&compare("setup.bel", archive));
    run(&compare("closed.bel", archive));
    day.end().await;
}

#[tokio::test]
async fn a_page_is_not_sent_twice_and_remembers_the_language() {
    let mut day = Day::begin().await;
    day.list().await;
    let first = day.ask("/offices?lang=en", &[]).await;
    let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
    assert_eq!(first.headers()[header::CACHE_CONTROL], "no-cache");
    assert!(first.headers()[header::SET_COOKIE].to_str().unwrap().starts_with("lang=en;"));
    let english = [(header::COOKIE, "lang=en")];
    let page = day.ask("/offices", &english).await;
    let page = axum::body::to_bytes(page.into_body(), usize::MAX).await.unwrap();
    assert!(String::from_utf8_lossy(&page).contains("Offices under evaluation"));
    let again = day.ask("/offices?lang=en", &[(header::IF_NONE_MATCH, &tag)]).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let changed = day.ask("/offices?lang=zh", &[(header::IF_NONE_MATCH, &tag)]).await;
    assert_eq!(changed.status(), StatusCode::OK);
    day.end().await;
}

#[tokio::test]
async fn an_address_that_leads_nowhere_says_so_and_leads_back() {
    let day = Day::begin().await;
    let (status, bytes) = day.bytes("/nothing/here").await;
    let page = String::from_utf8_lossy(&bytes);
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(
        page.contains("没有这个页面")
            && page.contains("There is no such page")
            && page.contains("href=\"/\"")
    );
    day.end().await;
}

#[tokio::test]
async fn every_style_sheet_of_a_page_is_there_and_kept_for_ever() {
    let day = Day::begin().await;
    let page = day.page("/").await;
    let addresses: Vec<_> = page.split('"').filter(|part| part.starts_with("/assets/")).collect();
    assert!(addresses.len() >= 3, "{addresses:?}");
    for address in addresses {
        let response = day.ask(address, &[]).await;
        assert_eq!(response.status(), StatusCode::OK, "{address}");
        assert_eq!(response.headers()[header::CACHE_CONTROL], appearance::CACHE_FOR_EVER);
    }
    day.end().await;
}

/// All files below a folder by name.
fn files(folder: &std::path::Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            found.insert(name, std::fs::read(path).unwrap());
        }
    }
    found
}

#[tokio::test]
async fn a_decision_confirmed_while_the_files_are_made_is_never_left_out_of_them() {
    let mut day = Day::begin().await;
    day.finish(false, async |_, _| {}).await;
    let (id, actor) = (day.id(), day.actor());
    let prepared = publication::prepare(&day.context, &id).await.unwrap();
    let mut tx = day.context.db.write().await.unwrap();
    let decision = sanctions::Ruling {
        number: 1,
        kind: "bottom_three".to_owned(),
        document_number: "宁创〔2020〕12号".to_owned(),
        decided_on: "2020-12-13".parse().unwrap(),
    };
    sanctions::insert_decision(&mut tx, &day.context.county, &id, &decision).await.unwrap();
    let refused = publication::publish(&mut tx, &day.context, &actor, &id, &prepared).await.unwrap_err();
    assert!(refused.zh().contains("没有公布") && refused.zh().contains("再按一次确认"), "{refused}");
    drop(tx);
    assert_eq!(day.bytes("/publication/2020/SHA256SUMS").await.0, StatusCode::NOT_FOUND);
    // What was made from what is so goes out.
    let mut tx = day.context.db.write().await.unwrap();
    publication::publish(&mut tx, &day.context, &actor, &id, &prepared).await.unwrap();
    drop(tx);
    day.end().await;
}
