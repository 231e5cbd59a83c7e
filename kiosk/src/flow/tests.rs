use proptest::prelude::*;

use super::*;

const GRADES: usize = 4;

fn flow(offices: u16) -> Flow {
    Flow::new(NonZeroU16::new(offices).unwrap(), GRADES)
}

fn office(number: u16) -> Position {
    Position(NonZeroU16::new(number).unwrap())
}

#[test]
fn nothing_is_preselected() {
    let flow = flow(70);
    assert_eq!(flow.unrated(), 70);
    assert_eq!(flow.screen(), Screen::Office(Position::FIRST));
    assert!(flow.positions().all(|position| flow.chosen(position).is_none()));
}

#[test]
fn a_change_from_the_review_comes_straight_back() {
    let mut flow = flow(3);
    flow.review().unwrap();
    flow.change(office(1)).unwrap();
    assert!(flow.is_change());
    // The same page again, as after a reload.
    flow.change(office(1)).unwrap();
    assert_eq!(flow.grade(office(1), 2), Ok(Screen::Review));
    assert_eq!(flow.last_seen(), office(1));
    // Leaving the change for another office ends it.
    flow.change(office(2)).unwrap();
    flow.go_back().unwrap();
    assert_eq!(flow.grade(office(1), 0), Ok(Screen::Office(office(2))));
}

#[test]
fn going_back_from_the_review_shows_the_office_seen_last() {
    let mut flow = flow(3);
    flow.go_to(office(2)).unwrap();
    flow.review().unwrap();
    assert_eq!(flow.go_back(), Ok(Screen::Office(office(2))));
}

#[test]
fn illegal_steps_are_refused() {
    let mut flow = flow(2);
    assert_eq!(flow.go_back(), Err(FlowError::NoPrevious));
    assert_eq!(flow.grade(office(1), GRADES), Err(FlowError::UnknownGrade));
    assert_eq!(flow.grade(office(3), 0), Err(FlowError::UnknownOffice));
    assert_eq!(flow.go_to(office(3)), Err(FlowError::UnknownOffice));
    assert_eq!(flow.position(0), Err(FlowError::UnknownOffice));
    assert_eq!(flow.seal(), Err(FlowError::Unrated { count: NonZeroUsize::new(2).unwrap() }));
}

#[test]
fn a_sealed_vote_cannot_change_and_holds_no_choices() {
    let mut flow = flow(1);
    flow.grade(office(1), 3).unwrap();
    flow.seal().unwrap();
    assert_eq!(flow.grade(office(1), 0), Err(FlowError::Sealed));
    assert_eq!(flow.go_to(office(1)), Err(FlowError::Sealed));
    assert_eq!(flow.go_on(), Err(FlowError::Sealed));
    assert_eq!(flow.go_back(), Err(FlowError::Sealed));
    assert_eq!(flow.review(), Err(FlowError::Sealed));
    assert_eq!(flow.complete().map(|_| ()), Err(FlowError::Sealed));
    assert_eq!(flow.seal(), Err(FlowError::Sealed));
    assert_eq!(flow.chosen(office(1)), None);
}

#[derive(Clone, Debug)]
enum Step {
    Change(u16),
    Complete,
    GoTo(u16),
    Grade(u16, usize),
    GoOn,
    GoBack,
    Review,
    Seal,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Complete),
        (0_u16..8).prop_map(Step::Change),
        (0_u16..8).prop_map(Step::GoTo),
        (0_u16..8, 0_usize..6).prop_map(|(number, grade)| Step::Grade(number, grade)),
        (0_u16..8, 0_usize..6).prop_map(|(number, grade)| Step::Grade(number, grade)),
        Just(Step::GoOn),
        Just(Step::GoBack),
        Just(Step::Review),
        Just(Step::Seal),
    ]
}

fn take(flow: &mut Flow, step: &Step) -> Result<(), FlowError> {
    match *step {
        Step::Change(number) => flow.position(number).and_then(|position| flow.change(position)).map(|_| ()),
        Step::Complete => flow.complete().map(|_| ()),
        Step::GoTo(number) => flow.position(number).and_then(|position| flow.go_to(position)).map(|_| ()),
        Step::Grade(number, grade) => {
            flow.position(number).and_then(|position| flow.grade(position, grade)).map(|_| ())
        }
        Step::GoOn => flow.go_on().map(|_| ()),
        Step::GoBack => flow.go_back().map(|_| ()),
        Step::Review => flow.review().map(|_| ()),
        Step::Seal => flow.seal(),
    }
}

proptest! {
    #[test]
    fn the_vote_is_always_the_last_grade_given_to_each_office(steps in prop::collection::vec(step(), 0..60)) {
        let mut flow = flow(5);
        let mut expected = [None; 5];
        for step in &steps {
            let sealed = flow.is_sealed();
            let taken = take(&mut flow, step);
            if sealed {
                prop_assert!(taken.is_err());
                continue;
            }
            if let (Step::Grade(number, grade), Ok(())) = (step, taken) {
                expected[usize::from(*number) - 1] = Some(*grade);
            }
            if flow.is_sealed() {
                prop_assert!(expected.iter().all(Option::is_some));
                continue;
            }
            let kept: Vec<_> = flow.positions().map(|position| flow.chosen(position)).collect();
            prop_assert_eq!(&kept[..], &expected[..]);
            prop_assert_eq!(flow.unrated(), expected.iter().filter(|choice| choice.is_none()).count());
            let complete = flow.complete().map(|choices| choices.as_slice().to_vec());
            prop_assert_eq!(complete.ok(), expected.iter().copied().collect::<Option<Vec<_>>>());
        }
    }

    #[test]
    fn debug_output_does_not_depend_on_the_choices(a in 0..GRADES, b in 0..GRADES) {
        let shown = |grade| {
            let mut flow = flow(1);
            flow.grade(Position::FIRST, grade).unwrap();
            format!("{flow:?} {:?}", flow.complete())
        };
        prop_assert_eq!(shown(a), shown(b));
    }

    #[test]
    fn whoever_grades_every_office_in_order_arrives_at_the_review(grades in prop::collection::vec(0..GRADES, 1..80)) {
        let mut flow = flow(u16::try_from(grades.len()).unwrap());
        for grade in &grades {
            let Screen::Office(position) = flow.screen() else { panic!("review too early") };
            flow.grade(position, *grade).unwrap();
        }
        prop_assert_eq!(flow.screen(), Screen::Review);
        let complete = flow.complete().unwrap();
        prop_assert_eq!(complete.as_slice(), &grades[..]);
    }
}
