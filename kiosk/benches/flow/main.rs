//! A whole vote of 70 offices through the booth's own pages: a robot that speaks HTTP as a browser does, and a server that checks
//! every ballot. It prints how long the person would wait at each step; nothing is compared with a limit here.
//!
//! `cargo bench -p pingyi-kiosk --bench flow`

#![expect(clippy::unwrap_used, reason = "a bench ends where something is missing")]
#![expect(clippy::duplicate_mod, reason = "the hall of the tests, once for each group")]
#![expect(clippy::print_stdout, reason = "what it is made for")]

use std::time::{Duration, Instant};

use belenios::{
    ballot::BallotBox,
    credential::Credential,
    election::Election,
    group::{Group, GroupName},
};
use kiosk::{
    booth::{Booth, router},
    os_rng,
};
use reqwest::{Client, header, redirect::Policy};

mod belenios2048;
mod ed25519;

const OFFICES: usize = 70;

/// Votes of each kind.
const VOTES: usize = 4;

/// How long the robot reads an office: less than any person, long enough to see the difference to none.
const READING: Duration = Duration::from_millis(60);

/// Votes in a hall of this group.
macro_rules! in_hall {
    ($group:ident, $offices:expr, $votes:expr) => {{
        let group = <$group::G as Group>::NAME.parse().unwrap();
        let hall = $group::hall::Hall::asking(&$group::hall::offices($offices), |rules| {
            rules.poll.offices_per_screen = 1;
            rules.poll.group = group;
        });
        measure(group, hall.booth().await, &hall.codes, $offices, $votes).await;
        assert_eq!(hall.stored().len(), 2 * $votes, "every ballot is stored");
        at_once::<$group::G>(&hall.poll.setup.election, $offices);
    }};
}

#[tokio::main]
async fn main() {
    // Compiled and tried along with the tests, it takes one short vote.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let (offices, votes) = if is_bench { (OFFICES, VOTES) } else { (6, 1) };
    in_hall!(ed25519, offices, votes);
    in_hall!(belenios2048, offices, votes);
}

async fn measure(group: GroupName, booth: Booth, codes: &[String], offices: usize, votes: usize) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let booth_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router(booth)).await.unwrap() });
    let robot = Robot { client: Client::builder().redirect(Policy::limited(3)).build().unwrap(), booth_url };

    let mut codes = codes.iter();
    for (name, reading) in [("reads 60 ms an office", READING), ("never reads", Duration::ZERO)] {
        let mut times = Times::default();
        for code in codes.by_ref().take(votes) {
            robot.vote(code, offices, reading, &mut times).await;
        }
        println!(
            "\n{group}, {offices} offices, {votes} votes, a robot that {name}: milliseconds from the request to the whole next page"
        );
        times.print();
    }
}

/// What the review would take in addition if nothing were made before it.
fn at_once<G: Group>(election: &str, offices: usize) {
    let ballot_box = BallotBox::<G>::new(Election::parse(election).unwrap());
    let credential = Credential::generate(&mut os_rng()).derive(&ballot_box.election().parameters().uuid);
    let choices: Vec<_> = (0..offices).map(|office| office % 4).collect();
    let mut times = Vec::new();
    for _ in 0..10 {
        let began = Instant::now();
        ballot_box.prepare(&credential, &choices, &mut os_rng()).unwrap();
        times.push(began.elapsed());
    }
    println!("\nfor comparison, the whole ballot encrypted at once");
    line("encrypt", &mut times);
}

struct Robot {
    client: Client,
    booth_url: String,
}

#[derive(Default)]
struct Times {
    card: Vec<Duration>,
    office: Vec<Duration>,
    review: Vec<Duration>,
    cast: Vec<Duration>,
    waited: Vec<Duration>,
}

struct Page {
    path: String,
    text: String,
}

impl Robot {
    /// One person's vote. The last grade leads to the review, which is a step of its own.
    async fn vote(&self, code: &str, offices: usize, reading: Duration, times: &mut Times) {
        let began = Instant::now();
        let mut read = Duration::ZERO;
        let start = self.ask(self.client.get(&self.booth_url)).await;
        let card = format!("session={}&code={code}", start.field("session"));
        let mut page = timed(&mut times.card, self.post("/card", card)).await;
        for place in 1..=offices {
            tokio::time::sleep(reading).await;
            read += reading;
            let fields = format!(
                "session={}&office={}&grade={}",
                page.field("session"),
                page.field("office"),
                place % 4
            );
            let step = if place == offices { &mut times.review } else { &mut times.office };
            page = timed(step, self.post(&page.path, fields)).await;
        }
        assert_eq!(page.path, "/review");
        let tracker = page.field("tracker").replace('+', "%2B").replace('/', "%2F");
        let cast = format!("session={}&tracker={tracker}", page.field("session"));
        let done = timed(&mut times.cast, self.post("/cast", cast)).await;
        assert!(done.text.contains("提交成功"), "{}", done.text);
        times.waited.push(began.elapsed().saturating_sub(read));
        self.post("/finish", format!("session={}", done.field("session"))).await;
    }

    async fn post(&self, path: &str, form: String) -> Page {
        let request = self.client.post(format!("{}{path}", self.booth_url)).body(form);
        let request = request.header(header::ORIGIN, &self.booth_url);
        self.ask(request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")).await
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> Page {
        let answer = request.send().await.unwrap().error_for_status().unwrap();
        let path = answer.url().path().to_owned();
        Page { path, text: answer.text().await.unwrap() }
    }
}

impl Page {
    fn field(&self, name: &str) -> String {
        let (_, rest) = self.text.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Times {
    fn print(&mut self) {
        line("card → first office", &mut self.card);
        line("grade → next office", &mut self.office);
        line("last grade → review", &mut self.review);
        line("submit → success", &mut self.cast);
        line("a whole vote, without reading", &mut self.waited);
    }
}

async fn timed<T>(times: &mut Vec<Duration>, step: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let done = step.await;
    times.push(began.elapsed());
    done
}

fn line(name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    let at = |percent: usize| {
        times.get((last * percent).div_ceil(100)).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    println!(
        "{name:<30} n {:>4}   p50 {:>8.2}   p95 {:>8.2}   max {:>8.2}",
        times.len(),
        at(50),
        at(95),
        at(100)
    );
}
