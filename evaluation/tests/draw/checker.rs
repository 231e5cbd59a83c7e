//! A draw of ours is accepted by the independent checker, which is other people's code.

use std::{fmt::Write as _, fs, process::Command};

use evaluation::{
    draw::{Announcement, Quota, Terms, conduct},
    pool::{Category, Half, PerHalf, Pool},
};
use rand::{RngExt, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha20Rng;

use crate::folder::{FIXTURES, hold};

const CATEGORIES: PerHalf<&[&str]> = PerHalf {
    a: &["离退休干部", "外来投资者", "外地客商"],
    b: &[
        "人大代表",
        "政协委员",
        "党政机关干部",
        "乡村干部",
        "重点企业和中小企业负责人",
        "门店摊点业主",
        "农民",
    ],
};

/// 300 invented people, 150 a half, in any order.
fn synthetic_pool(rng: &mut ChaCha20Rng) -> Pool {
    let mut text = "\u{feff}编号,半区,类别,姓名\r\n".to_owned();
    for n in 0..300 {
        let half = if n % 2 == 0 { Half::A } else { Half::B };
        let category = CATEGORIES.of(half).choose(rng).unwrap();
        writeln!(text, "R{:03},{half},{category},测试{n}\r", 300 - n).unwrap();
    }
    Pool::import(text.as_bytes()).unwrap()
}

#[test]
fn the_checker_in_forty_lines_accepts_a_draw_of_ours() {
    let mut rng = ChaCha20Rng::seed_from_u64(2020);
    let pool = synthetic_pool(&mut rng);
    let take = PerHalf { a: 50, b: 50 };
    pool.check_size(300, &take).unwrap();
    let announcement = Announcement::new(Terms {
        draw_id: format!("check-{}", rng.random_range(0..1000)),
        pool_sha256: pool.hash(),
        take,
        quotas: vec![
            Quota { half: Half::B, category: Category::new("农民").unwrap(), min: 9, max: 10 },
            Quota { half: Half::A, category: Category::new("外地客商").unwrap(), min: 0, max: 15 },
        ],
        further_quotas: None,
        dice_digits: 24,
        public_source: Some("福彩双色球 第2026001期".to_owned()),
        min_reveals: 2,
        parties: ["纪委监委", "人大代表", "群众代表"].map(str::to_owned).to_vec(),
    })
    .unwrap();
    announcement.terms().check_feasible(&pool).unwrap();
    let transcript = hold(&announcement, &[2], &mut rng);
    let result = conduct(&pool, &announcement, &transcript).unwrap();

    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("pool.tsv", pool.to_tsv()),
        ("announce.tsv", announcement.to_tsv().to_owned()),
        ("seed.tsv", transcript.to_tsv().to_owned()),
        ("result.tsv", result.to_tsv()),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let output = Command::new("python3")
        .arg(format!("{FIXTURES}/draw_verify40.py"))
        .arg(folder.path())
        .output()
        .expect("this test runs a checker written by others and needs python3");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.trim(), format!("OK seed {} selected 100", result.seed()));
}

#[test]
fn a_pool_of_the_wrong_size_is_explained() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let pool = synthetic_pool(&mut rng);
    let error = pool.check_size(299, &PerHalf { a: 50, b: 50 }).unwrap_err();
    assert!(error.zh().contains("300") && error.en().contains("299"), "{error}");
    let error = pool.check_size(300, &PerHalf { a: 50, b: 151 }).unwrap_err();
    assert!(error.zh().contains("半区 B") && error.en().contains("151"), "{error}");
}
