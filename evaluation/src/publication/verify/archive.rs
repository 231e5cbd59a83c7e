//! The archive, and that its election is this evaluation.

use belenios::archive::EventType;
use belenios::election::{Election, Question, group_name};
use belenios::group::{Group, GroupName};
use belenios::text::Uuid;
use belenios::trustee::Trustees;
use belenios::trustee::threshold::Quorum;
use belenios::verify::{Code, Policy, Report, Revotes, verify_listing};
use belenios::with_group;

use super::super::file;
use super::super::report::Failure;
use super::{Verifier, archive_failure, canonical};
use crate::description::{Description, questions};
use crate::office::Offices;
use crate::rules::Edition;
use crate::wire::Purpose;

impl Verifier<'_> {
    /// The one `.bel` file, judged by the strict verifier; no credential may vote twice.
    pub(super) fn archive(&mut self) -> Report {
        let archives: Vec<_> = self
            .source
            .names()
            .filter(|name| name.ends_with(file::ARCHIVE_SUFFIX))
            .map(str::to_owned)
            .collect();
        let policy = Policy { revotes: Revotes::Forbidden, complete_until: EventType::Result };
        let mut report = Report::default();
        let mut failures = Vec::new();
        match archives.as_slice() {
            [name] => match self.source.open(name).and_then(|source| verify_listing(source, policy)) {
                Ok(found) => report = found,
                Err(error) => failures.push(Failure::new(
                    format!("{name}：读取失败（{error}）"),
                    format!("{name}: cannot be read ({error})"),
                )),
            },
            _ => failures.push(Failure::new(
                format!("应有一个 .bel 存档，实有 {} 个", archives.len()),
                format!("there must be one .bel archive, there are {}", archives.len()),
            )),
        }
        if failures.is_empty() {
            self.report_archive(&report);
        } else {
            self.check("archive", "投票存档（.bel）", "the election archive (.bel)", failures);
        }
        report
    }

    pub(super) fn report_archive(&mut self, report: &Report) {
        let failures = report.findings.iter().map(archive_failure).collect();
        self.check(
            "archive",
            "投票存档：证明、签名、计票",
            "the election archive: proofs, signatures, tally",
            failures,
        );
    }

    /// The description of the election says which edition, offices, draw and publication key belong to it.
    pub(super) fn description(&mut self, archive: &Report) -> Option<Description> {
        let (id, zh, en) = ("description", "选举说明", "the election's description");
        let Some(parameters) = parameters(archive) else {
            self.skip(id, zh, en);
            return None;
        };
        match Description::parse(&parameters.description) {
            Ok(description) => {
                let failures = match description.purpose {
                    Purpose::Real => Vec::new(),
                    Purpose::Rehearsal => vec![Failure::new("这是一次演练", "this is a rehearsal")],
                };
                self.check(id, zh, en, failures);
                Some(description)
            }
            Err(error) => {
                self.check(id, zh, en, vec![Failure::new("选举说明读不懂", error.to_string())]);
                None
            }
        }
    }

    /// Name, questions, answers and trustees are those of the edition, the file is named after the election, each card
    /// counts once, and the ballots are sorted by hash, so that the archive tells no voting order.
    pub(super) fn election(
        &mut self,
        archive: &Report,
        edition: Option<&Edition>,
        offices: Option<&Offices>,
    ) {
        let (id, zh, en) = ("election", "选举与规则、名单一致", "the election is that of rules and offices");
        let (Some(parameters), Some(edition), Some(offices)) = (parameters(archive), edition, offices) else {
            return self.skip(id, zh, en);
        };
        let mut failures = Vec::new();
        let mut demand = |holds: bool, zh: &str, en: &str| {
            if !holds {
                failures.push(Failure::new(zh, en));
            }
        };
        let name = format!("{}{}", parameters.uuid, file::ARCHIVE_SUFFIX);
        demand(
            self.source.names().any(|found| found == name),
            "存档的文件名不是选举编号",
            "the archive is not named after the election",
        );
        demand(
            parameters.name == edition.rules.title.zh,
            "选举名称与规则不符",
            "the election's name is not that of the rules",
        );
        demand(
            parameters.questions == questions(&edition.rules, offices),
            "题目或选项与股室、档次不符",
            "questions or answers are not the offices and grades",
        );
        let poll = &edition.rules.poll;
        demand(
            parameters.quorum == Quorum::new(poll.needed(), poll.trustees).ok(),
            "监票人的人数或所需人数与规则不符",
            "there are not as many trustees, or not as many needed, as the rules say",
        );
        demand(parameters.group == poll.group, "所用的群与规则不符", "the group is not that of the rules");
        demand(
            !poll.revotes_allowed,
            "规则允许重投，本系统不支持",
            "the rules allow a card to vote again, which this program does not",
        );
        demand(
            archive.facts.credentials.iter().all(|credential| !credential.contains(',')),
            "有的卡一票算多票",
            "a card counts more than once",
        );
        demand(
            canonical::head(self.source, &name, parameters.group) == archive.facts.head,
            "存档不是由其内容写出的唯一形式",
            "the archive is not in the one form that its content gives",
        );
        demand(
            archive.facts.trackers.is_sorted(),
            "选票没有按哈希排序，可能泄露投票顺序",
            "the ballots are not sorted by hash, which may tell the voting order",
        );
        self.check(id, zh, en, failures);
    }

    /// The Setup event is the one on the signed opening sheet.
    pub(super) fn origin(&mut self, archive: &Report) {
        let Some(anchor) = self.options.anchor else { return };
        let failures = match archive.facts.setup {
            Some(setup) if setup == anchor => Vec::new(),
            Some(setup) => vec![Failure::new(
                format!("存档的选举核对码是 {setup}，不是开启单上的 {anchor}"),
                format!("the archive's election check code is {setup}, not {anchor} of the opening sheet"),
            )],
            None => vec![Failure::new("存档没有设置事件", "the archive has no Setup event")],
        };
        self.check("origin", "来源：与签字的开启单一致", "origin: the signed opening sheet", failures);
    }
}

/// What the election object and the list of trustees say, in whatever group.
struct Parameters {
    group: GroupName,
    uuid: Uuid,
    name: String,
    description: String,
    questions: Vec<Question>,
    /// How many of how many trustees decrypt, if the list could be read and it does not matter which.
    quorum: Option<Quorum>,
}

/// The group that the archive's election names, if it is one this program knows.
pub(super) fn group(archive: &Report) -> Option<GroupName> {
    group_name(archive.facts.election.as_deref()?).ok()?.parse().ok()
}

/// The election's parameters, if they could be read.
fn parameters(archive: &Report) -> Option<Parameters> {
    let group = group(archive)?;
    with_group!(group, G => parameters_in::<G>(archive, group))
}

fn parameters_in<G: Group>(archive: &Report, group: GroupName) -> Option<Parameters> {
    let election = Election::<G>::parse(archive.facts.election.as_deref()?).ok()?;
    let trustees = archive.facts.trustees.as_deref().and_then(|text| Trustees::<G>::parse(text).ok());
    let parameters = election.parameters();
    Some(Parameters {
        group,
        uuid: parameters.uuid.clone(),
        name: parameters.name.clone(),
        description: parameters.description.clone(),
        questions: parameters.questions.clone(),
        quorum: trustees.and_then(|trustees| trustees.quorum()),
    })
}

/// The kind of fault, in Chinese.
pub(super) fn code_zh(code: Code) -> &'static str {
    match code {
        Code::Archive => "存档格式不符",
        Code::Ballot => "选票无效",
        Code::Chain => "事件链断裂",
        Code::Credentials => "凭证名单有误",
        Code::Decryption => "解密份额有误",
        Code::DuplicateBallot => "同一张选票出现两次",
        Code::Election => "选举参数有误",
        Code::Incomplete => "存档不完整",
        Code::PhaseOrder => "事件次序不符",
        Code::Result => "结果与解密不符",
        Code::Revote => "同一凭证投了两张票",
        Code::Setup => "设置数据有误",
        Code::Tally => "计票数据与选票不符",
        Code::Trustees => "监票人名单有误",
        Code::UnknownCredential => "凭证不在名单上",
        Code::Unsupported => "不支持的类型",
        _ => "其他问题",
    }
}
