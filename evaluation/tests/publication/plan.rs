//! What a small evaluation day for tests is made of.

use evaluation::{
    decision::Decisions,
    office::{self, Office, OfficeNumber, Offices},
    publication::{
        closing::ClosingStatement,
        exception::{Exception, Matter},
        reconciliation::{Attendance, ByKind},
    },
    rules::{Edition, Rules, RulesFile, SectionId},
    sanction::Sanctions,
    wire::{Purpose, VoidKind},
};

/// Offices of the government section in the small list; the others are of the vertical one.
const GOVERNMENT: usize = 5;

/// An evaluation day before it is held. Tests change a field and [hold](crate::day::Day::hold) it.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) edition: Edition,
    pub(crate) offices: Offices,
    pub(crate) purpose: Purpose,
    /// One row a voter, one answer an office, from 0.
    pub(crate) choices: Vec<Vec<usize>>,
    pub(crate) cards: usize,
    /// What the cards after those of the voters are declared; the rest is not returned.
    pub(crate) void: Vec<VoidKind>,
    /// Void statements of cards that have voted.
    pub(crate) void_refused: ByKind,
    /// What the desk counted; who lost the seat is added by [hold](crate::day::Day::hold).
    pub(crate) attendance: Option<Attendance>,
    /// Between how many booths the ballots came.
    pub(crate) booths: usize,
    pub(crate) exceptions: Vec<Exception>,
    /// What everybody signs although it is not true.
    pub(crate) lie: fn(&mut ClosingStatement),
    /// How often the first card counts; it must be once.
    pub(crate) weight: u64,
    pub(crate) trustees: usize,
    /// How many trustees are needed.
    pub(crate) needed: usize,
    /// Who of them decrypts.
    pub(crate) decrypting: Vec<usize>,
    /// The first representative of half A is absent and replaced.
    pub(crate) absence: bool,
    pub(crate) sanctions: Sanctions,
    pub(crate) decisions: Decisions,
    /// The ballots stand in the archive in the order of their hashes.
    pub(crate) sorted: bool,
}

impl Plan {
    /// Three voters, seven offices, an absence, and a tie at the cut of the last three that was decided: every kind of
    /// file is there.
    pub(crate) fn small() -> Self {
        let edition = edition(2);
        let offices = small_offices(&edition.rules);
        // Offices 2 to 5 are equal, and only three of them can be among the last three.
        let choices = vec![vec![0, 1, 1, 1, 1, 0, 3], vec![0, 2, 2, 2, 2, 1, 2], vec![1, 3, 3, 3, 3, 0, 3]];
        let decided = "number,kind,document_number,decided_on\n\
            2,bottom_three,宁创〔2020〕9号,2020-12-16\n\
            3,bottom_three,宁创〔2020〕9号,2020-12-16\n\
            5,bottom_three,宁创〔2020〕9号,2020-12-16\n";
        Self {
            edition,
            offices,
            purpose: Purpose::Real,
            choices,
            cards: 6,
            void: vec![VoidKind::Damaged, VoidKind::Spare],
            void_refused: ByKind::default(),
            attendance: Some(Attendance { expected: 4, present: 4, absent: 0, handed_out: 5, reissued: 1 }),
            booths: 2,
            exceptions: vec![],
            lie: |_| (),
            weight: 1,
            trustees: 3,
            needed: 2,
            decrypting: vec![1, 3],
            absence: true,
            sanctions: Sanctions::default(),
            decisions: Decisions::from_csv(decided.as_bytes()).unwrap(),
            sorted: true,
        }
    }

    /// The 70 real offices, two voters, nothing unusual.
    pub(crate) fn real_offices() -> Self {
        let offices = office::ningjin_2020();
        let choices = (0..2).map(|voter| (0..offices.len()).map(|office| (office / 3 + voter) % 4).collect());
        Self {
            edition: edition(1),
            choices: choices.collect(),
            offices,
            cards: 2,
            void: vec![],
            attendance: None,
            booths: 0,
            exceptions: [Matter::NoCheckIn, Matter::NoBoothStatement].map(exception).to_vec(),
            absence: false,
            decisions: Decisions::default(),
            ..Self::small()
        }
    }

    /// The small day after a sanction of office 1, which the voters liked best.
    pub(crate) fn sanctioned() -> Self {
        let sanctions = sanctions("1,canvassing,宁纪〔2020〕8号,2020-12-12\n");
        Self { sanctions, decisions: Decisions::default(), ..Self::small() }
    }
}

/// A table of sanctions with these rows.
pub(crate) fn sanctions(rows: &str) -> Sanctions {
    Sanctions::from_csv(format!("number,kind,document_number,decided_on\n{rows}").as_bytes()).unwrap()
}

/// The preset with a pool of eight and `take` representatives of each half.
fn edition(take: usize) -> Edition {
    let mut rules = RulesFile::from(Rules::ningjin_2020());
    rules.pool.size = 8;
    rules.pool.halves.a.take = take;
    rules.pool.halves.b.take = take;
    Edition::new("ningjin-2020".parse().unwrap(), rules.try_into().unwrap())
}

fn small_offices(rules: &Rules) -> Offices {
    let real = office::ningjin_2020();
    let section = |name: &str| -> SectionId { name.parse().unwrap() };
    let government = real.iter().filter(|office| office.section == section("government")).take(GOVERNMENT);
    let vertical = real.iter().filter(|office| office.section == section("vertical")).take(2);
    let renumbered = government.chain(vertical).cloned().zip(1..);
    let offices =
        renumbered.map(|(office, number)| Office { number: OfficeNumber::new(number).unwrap(), ..office });
    Offices::new(offices.collect(), rules).unwrap()
}

/// What two people recorded.
pub(crate) fn exception(matter: Matter) -> Exception {
    let reason = "两人当场核对".to_owned();
    Exception { matter, reason, document_number: "宁创〔2020〕11号".parse().unwrap() }
}
