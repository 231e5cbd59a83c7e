//! The envelopes (draw specification §5, step 4 and ii).

use super::hall::{Hall, zh};
use crate::both_databases;
use crate::domain::{DrawState, LogEvent};
use crate::service::draw::{Envelope, envelopes, read_announcement};

const WRONG: &str = "与该方的承诺值不符";
const SETTLED: &str = "第1方的信封已经录入，不能更改。";

impl Hall {
    async fn envelope(&self, party: usize) -> Envelope {
        let row = self.row(1).await;
        envelopes(&row, &read_announcement(&row).unwrap()).unwrap().swap_remove(party - 1)
    }

    /// How often the log tells that an envelope was opened, and that it was refused.
    async fn told(&self) -> (usize, usize) {
        let events = self.events().await;
        let opened = events.iter().filter(|event| matches!(event, LogEvent::EnvelopeOpened { .. }));
        let refused = events.iter().filter(|event| matches!(event, LogEvent::EnvelopeRefused { .. }));
        (opened.count(), refused.count())
    }
}

fn opens(party: u32) -> Envelope {
    Envelope::Opens { secret: Hall::secret(party).expose().to_owned() }
}

fn wrong() -> String {
    "0".repeat(64)
}

both_databases! {
    async fn two_clerks_typing_the_same_envelope_at_the_same_moment_one_wins_and_the_other_is_told(db: Db) {
        let hall = Hall::at(db, DrawState::Opened).await;
        let secret = Hall::secret(1);
        let both = tokio::join!(
            hall.reveal(&hall.commission, (1, 1), secret.expose()),
            hall.reveal(&hall.supervisor, (1, 1), secret.expose()),
        );
        let ((Ok(()), loser) | (loser, Ok(()))) = both else { panic!("{both:?}") };
        assert_eq!(zh(loser), SETTLED);
        assert_eq!(hall.envelope(1).await, opens(1));
        assert_eq!(hall.told().await, (1, 0));
    }

    async fn a_slip_at_the_same_moment_as_the_right_secret_spoils_nothing(db: Db) {
        let hall = Hall::at(db, DrawState::Opened).await;
        let (secret, slip) = (Hall::secret(1), wrong());
        let (right, refused) = tokio::join!(
            hall.reveal(&hall.commission, (1, 1), secret.expose()),
            hall.reveal(&hall.supervisor, (1, 1), &slip),
        );
        right.unwrap();
        let message = zh(refused);
        assert!(message == SETTLED || message.contains(WRONG), "{message}");
        assert_eq!(hall.envelope(1).await, opens(1));
        assert_eq!(zh(hall.missing(1, 1).await), SETTLED);
    }

    async fn two_different_envelopes_typed_at_the_same_moment_are_both_kept(db: Db) {
        let hall = Hall::at(db, DrawState::Opened).await;
        let (first, second) = (Hall::secret(1), Hall::secret(2));
        let (one, other) = tokio::join!(
            hall.reveal(&hall.commission, (1, 1), first.expose()),
            hall.reveal(&hall.supervisor, (1, 2), second.expose()),
        );
        one.unwrap();
        other.unwrap();
        assert_eq!((hall.envelope(1).await, hall.envelope(2).await), (opens(1), opens(2)));
        assert_eq!(hall.told().await, (2, 0));
    }

    async fn an_envelope_is_missing_only_after_two_different_people_tried(db: Db) {
        let hall = Hall::at(db, DrawState::Opened).await;
        let not_yet = "须由两个人先后录入第1方的信封，都与承诺不符，才能按缺失处理。请换一人再录一遍。";
        assert_eq!(zh(hall.missing(1, 1).await), not_yet);
        for clerk in [&hall.commission, &hall.commission, &hall.commission_again] {
            let slip = zh(hall.reveal(clerk, (1, 1), &wrong()).await);
            let again = "请对照信封重新录入；仍不符的，由另一人再录一遍。";
            assert_eq!(slip, format!("第1方的信封：{WRONG}。{again}"));
            assert_eq!(zh(hall.missing(1, 1).await), not_yet);
        }
        let second = zh(hall.reveal(&hall.supervisor, (1, 1), &wrong()).await);
        let next = "已有两人录入都不符。请再对照一次信封；确实不符的，按缺失处理。";
        assert_eq!(second, format!("第1方的信封：{WRONG}。{next}"));
        let other_party = hall.missing(1, 2).await;
        assert!(zh(other_party).starts_with("须由两个人先后录入第2方的信封"));
        hall.missing(1, 1).await.unwrap();
        assert_eq!(hall.envelope(1).await, Envelope::Missing);
        assert_eq!(zh(hall.missing(1, 1).await), SETTLED);
        assert!(hall.reveal(&hall.supervisor, (1, 1), &wrong()).await.is_err());
        assert_eq!(hall.envelope(1).await, Envelope::Missing);
        // A mistake of two people costs no party its secret while the draw is not computed.
        hall.reveal(&hall.supervisor, (1, 1), Hall::secret(1).expose()).await.unwrap();
        assert_eq!(hall.envelope(1).await, opens(1));
        assert_eq!(hall.told().await, (1, 5));
    }

    async fn two_people_trying_in_vain_at_the_same_moment_are_two(db: Db) {
        let hall = Hall::at(db, DrawState::Opened).await;
        let slip = wrong();
        let (one, other) = tokio::join!(
            hall.reveal(&hall.commission, (1, 1), &slip),
            hall.reveal(&hall.supervisor, (1, 1), &slip),
        );
        assert!(one.is_err() && other.is_err());
        assert!(hall.envelope(1).await.may_be_missing());
        // What turns out to be right after all is taken.
        hall.reveal(&hall.commission, (1, 1), Hall::secret(1).expose()).await.unwrap();
        assert_eq!(hall.envelope(1).await, opens(1));
    }

    async fn a_secret_of_another_party_opens_nothing(db: Db) {
        let hall = Hall::at(db, DrawState::Opened).await;
        let swapped = zh(hall.reveal(&hall.commission, (1, 1), Hall::secret(2).expose()).await);
        assert!(swapped.starts_with(&format!("第1方的信封：{WRONG}")), "{swapped}");
        for party in [0, 4, u32::MAX] {
            let nobody = "所指的内容不存在或已不在。请返回重新选择。";
            let secret = Hall::secret(1);
            assert_eq!(zh(hall.reveal(&hall.commission, (1, party), secret.expose()).await), nobody);
            assert_eq!(zh(hall.missing(1, party).await), nobody);
        }
    }

    async fn nothing_is_typed_before_all_envelopes_are_open(db: Db) {
        let hall = Hall::at(db, DrawState::Thrown).await;
        let secret = Hall::secret(1);
        let early = "当前抽取状态为“已掷骰”，不能进行此步骤。未作任何更改。";
        assert_eq!(zh(hall.reveal(&hall.commission, (1, 1), secret.expose()).await), early);
        assert_eq!(zh(hall.missing(1, 1).await), early);
        assert_eq!(hall.envelope(1).await, Envelope::default());
        assert_eq!(hall.told().await, (0, 0));
    }

    async fn what_cannot_be_a_secret_is_named_in_words(db: Db) {
        let hall = Hall::at(db, DrawState::Opened).await;
        let secret = Hall::secret(1);
        let digits = secret.expose();
        let first = &digits[..1];
        let next = "请对照信封重新录入；仍不符的，由另一人再录一遍。";
        let cases = [
            (digits[1..].to_owned(), "录入了63位，应为64位"),
            (format!("{digits}{first}"), "录入了65位，应为64位"),
            (digits.repeat(2_000), "录入了128000位，应为64位"),
            (String::new(), "录入了0位，应为64位"),
            (format!("{}９", &digits[..63]), "第64个字符不是0–9、a–f"),
            (format!("{}g{}", &digits[..4], &digits[5..]), "第5个字符不是0–9、a–f"),
        ];
        for (text, what) in cases {
            let message = zh(hall.reveal(&hall.commission, (1, 1), &text).await);
            assert_eq!(message, format!("第1方的信封：{what}。{next}"));
        }
        let by_hand = format!(" {} {}\r\n", digits[..32].to_uppercase(), &digits[32..]);
        hall.reveal(&hall.commission, (1, 1), &by_hand).await.unwrap();
        assert_eq!(hall.envelope(1).await, opens(1));
    }
}
