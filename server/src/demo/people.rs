//! A synthetic pool: invented names in the ten categories of the rules, 150 in each half.

use std::fmt::Write as _;

use evaluation::rules::{Half, Rules};
use rand::RngExt as _;
use rand_chacha::ChaCha20Rng;

const SURNAMES: [&str; 30] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何",
    "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧",
];
const GIVEN: [&str; 36] = [
    "安", "平", "和", "宁", "清", "明", "华", "建", "国", "志", "文", "玉", "兰", "秀", "英", "桂", "春",
    "秋", "海", "河", "山", "云", "雨", "雪", "松", "柏", "梅", "竹", "立", "正", "新", "成", "永", "福",
    "瑞", "祥",
];

/// The pool as a CSV file with the columns id, half, category and name. Everybody is invented.
pub(super) fn pool_csv(rules: &Rules, rng: &mut ChaCha20Rng) -> String {
    let mut csv = String::from("id,half,category,name\n");
    let per_half = rules.pool.size / 2;
    for (half, first) in Half::ALL.into_iter().zip([1, per_half + 1]) {
        let categories = &rules.pool.halves.of(half).categories;
        for (person, category) in (first..first + per_half).zip(categories.iter().cycle()) {
            let name = name(rng);
            // Writing to a string cannot fail.
            let _ = writeln!(csv, "P{person:03},{half},{},{name}", category.name.zh);
        }
    }
    csv
}

/// The name and body of a trustee, from 0.
pub(super) fn trustee(index: usize) -> String {
    let (stems, bodies) = (["甲", "乙", "丙", "丁", "戊"], ["人大", "政协", "群众"]);
    let stem =
        stems.get(index).map_or_else(|| index.saturating_add(1).to_string(), |stem| (*stem).to_owned());
    let body = bodies.iter().cycle().nth(index).copied().unwrap_or_default();
    format!("监票人{stem}（{body}）")
}

fn name(rng: &mut ChaCha20Rng) -> String {
    let mut name = pick(&SURNAMES, rng).to_owned();
    name.push_str(pick(&GIVEN, rng));
    if rng.random_bool(0.8) {
        name.push_str(pick(&GIVEN, rng));
    }
    name
}

fn pick<'a>(list: &[&'a str], rng: &mut ChaCha20Rng) -> &'a str {
    list.get(rng.random_range(0..list.len())).copied().unwrap_or_default()
}
