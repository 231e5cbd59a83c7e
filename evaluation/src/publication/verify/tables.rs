//! Draw, sanctions, decisions, ranking, reconciliation and log head.

use belenios::verify::Report;

use super::super::closing::ClosingStatement;
use super::super::file;
use super::super::reconciliation::{Counts, Drawn, Reconciliation};
use super::super::report::Failure;
use super::super::write::{LogHead, rank};
use super::{Verifier, bound, rewritten};
use crate::decision::Decisions;
use crate::description::Description;
use crate::draw::verify::{Facts as DrawFacts, verify_folder};
use crate::office::Offices;
use crate::rules::{Edition, Half};
use crate::ruling::{RulingKind, Rulings};
use crate::sanction::Sanctions;
use crate::wire::Purpose;

impl Verifier<'_> {
    /// The draw is computed again from its own files; they are the ones of the election, and the seats those of the
    /// rules.
    pub(super) fn draw(
        &mut self,
        description: Option<&Description>,
        edition: Option<&Edition>,
    ) -> Option<DrawFacts> {
        let report = verify_folder(|name| self.source.read(&format!("{}{name}", file::DRAW)).ok());
        let mut failures: Vec<_> = report
            .findings
            .iter()
            .map(|finding| {
                Failure::new(
                    format!("{}：{}", finding.file, finding.zh),
                    format!("{}: {}", finding.file, finding.en),
                )
            })
            .collect();
        if let (Some(facts), Some(description)) = (&report.facts, description) {
            failures.extend(bound("draw/announce.tsv", facts.announce_sha256, description.draw_announce));
            failures.extend(bound("draw/seed.tsv", facts.seed, description.draw_seed));
            failures.extend(bound("draw/result.tsv", facts.result_sha256, description.draw_result));
        }
        if let (Some(facts), Some(edition)) = (&report.facts, edition) {
            let halves = &edition.rules.pool.halves;
            let seats = |half: Half| facts.selected.of(half).len() == halves.of(half).take;
            if !seats(Half::A) || !seats(Half::B) {
                failures
                    .push(Failure::new("抽取人数与规则不符", "the seats drawn are not those of the rules"));
            }
            if facts.members.a.saturating_add(facts.members.b) != edition.rules.pool.size {
                failures
                    .push(Failure::new("代表库人数与规则不符", "the pool is not as large as the rules say"));
            }
        }
        self.check("draw", "代表抽取：全部重新计算", "the draw: all of it computed again", failures);
        report.facts
    }

    pub(super) fn sanctions(&mut self) -> Option<Sanctions> {
        self.rulings(file::SANCTIONS, "sanctions", "处理名单 sanctions.csv", "the sanctions, sanctions.csv")
    }

    /// A decision file is there only after a tie at a cut.
    pub(super) fn decisions(&mut self) -> Option<Decisions> {
        if self.source.names().any(|name| name == file::DECISIONS) {
            let (zh, en) = ("并列裁定 decisions.csv", "the decided ties, decisions.csv");
            let decisions = self.rulings(file::DECISIONS, "decisions", zh, en);
            if decisions == Some(Decisions::default())
                && let Some(check) = self.checks.last_mut()
            {
                check.failures.push(Failure::new(
                    "没有裁定，就不应有这个文件",
                    "without a decision there is no such file",
                ));
            }
            decisions
        } else {
            Some(Decisions::default())
        }
    }

    fn rulings<K: RulingKind>(
        &mut self,
        name: &'static str,
        id: &'static str,
        zh: &'static str,
        en: &'static str,
    ) -> Option<Rulings<K>> {
        let bytes = match self.read(name) {
            Ok(bytes) => bytes,
            Err(failure) => {
                self.check(id, zh, en, vec![failure]);
                return None;
            }
        };
        match Rulings::from_csv(&bytes) {
            Ok(rulings) => {
                let failures = rewritten(name, &bytes, &rulings.to_csv()).into_iter().collect();
                self.check(id, zh, en, failures);
                Some(rulings)
            }
            Err(error) => {
                self.check(id, zh, en, vec![Failure::new(error.zh(), error.en())]);
                None
            }
        }
    }

    /// Both ranking files are what follows from the archive's result, byte for byte.
    pub(super) fn ranking(
        &mut self,
        edition: Option<&Edition>,
        offices: Option<&Offices>,
        archive: &Report,
        sanctions: Option<&Sanctions>,
        decisions: Option<&Decisions>,
    ) {
        let (id, zh, en) =
            ("ranking", "得分与排名：由计票结果重新计算", "scores and ranking, computed again");
        let files = (self.read(file::RANKING_CSV), self.read(file::RANKING_JSON));
        let (Some(edition), Some(offices), Some(result), Some(sanctions), Some(decisions)) =
            (edition, offices, &archive.facts.result, sanctions, decisions)
        else {
            return self.skip(id, zh, en);
        };
        let failures = match (rank(&edition.rules, offices, result, sanctions, decisions), files) {
            (Ok(ranking), (Ok(csv), Ok(json))) => {
                let csv = rewritten(file::RANKING_CSV, &csv, &ranking.to_csv());
                let json = rewritten(file::RANKING_JSON, &json, &ranking.to_json());
                csv.into_iter().chain(json).collect()
            }
            (Err(error), _) => vec![Failure::new("无法由结果得出排名", format!("{error}"))],
            (_, (csv, json)) => [csv.err(), json.err()].into_iter().flatten().collect(),
        };
        self.check(id, zh, en, failures);
    }

    pub(super) fn reconciliation(
        &mut self,
        description: Option<&Description>,
        draw: Option<&DrawFacts>,
        archive: &Report,
        closing: Option<&ClosingStatement>,
    ) {
        let (id, zh, en) = ("reconciliation", "对账 reconciliation.json", "the reconciliation");
        let found = self.read(file::RECONCILIATION);
        let (Some(draw), Some(closing)) = (draw, closing) else { return self.skip(id, zh, en) };
        let cards_made = archive.facts.credentials.len();
        // An election that does not say what it is has failed before.
        let purpose = description.map_or(Purpose::Real, |description| description.purpose);
        let (drawn, ballots) = (Some(Drawn::of(draw)), archive.facts.ballots);
        let counts = Counts::of(closing, purpose, drawn, cards_made, ballots);
        let expected = Reconciliation::new(&counts, &closing.exceptions);
        let mut failures: Vec<_> = expected
            .imbalances()
            .iter()
            .map(|imbalance| Failure::new(imbalance.zh(), imbalance.to_string()))
            .collect();
        match found {
            Ok(found) => failures.extend(rewritten(file::RECONCILIATION, &found, &expected.to_json())),
            Err(failure) => failures.push(failure),
        }
        self.check(id, zh, en, failures);
    }

    pub(super) fn log_head(&mut self) {
        let failures = match self.read_text(file::LOG_HEAD).map(|text| LogHead::parse(&text)) {
            Ok(Some(_)) => Vec::new(),
            Ok(None) => vec![Failure::new("log-head.txt 写法不符", "log-head.txt is not in its one form")],
            Err(failure) => vec![failure],
        };
        self.check("log_head", "操作日志末端 log-head.txt", "the head of the log, log-head.txt", failures);
    }
}
