//! The people who run the day, with their accounts, and the acts that two of them do together.

use anyhow::anyhow;
use evaluation::wire::EnrolmentCode;
use rand::RngExt as _;
use secrecy::SecretString;

use crate::domain::{AccountId, Actor, InTwoLanguages, Role};
use crate::service::account::{self, FirstAccount, NewAccount};
use crate::service::act::{self, Act, Outcome};
use crate::service::{Context, terminal};

/// Who signs in with what; shown to the reader of the demonstration.
#[derive(Debug)]
pub(super) struct Login {
    pub(super) role: Role,
    pub(super) name: &'static str,
    pub(super) password: String,
}

/// The people of the day.
#[derive(Debug)]
pub(super) struct Staff {
    context: Context,
    administrator: AccountId,
    commission: AccountId,
    supervisor: AccountId,
    pub(super) logins: Vec<Login>,
}

impl Staff {
    /// Makes the first two accounts, and with them the commission's.
    pub(super) async fn hire(context: &Context) -> anyhow::Result<Self> {
        let logins: Vec<_> = [
            (Role::Administrator, "guanliyuan"),
            (Role::Supervisor, "jianduyuan"),
            (Role::Commission, "chuangjianban"),
        ]
        .into_iter()
        .map(|(role, name)| Login { role, name, password: password(context) })
        .collect();
        let mut new = logins.iter().map(|login| FirstAccount {
            new: NewAccount { name: login.name.to_owned(), person: format!("演示{}", login.role.zh()) },
            password: SecretString::from(login.password.as_str()),
        });
        let mut next = || new.next().ok_or_else(|| anyhow!("an account is missing"));
        let [administrator, supervisor] =
            account::set_up(context, next()?, next()?).await.map_err(plain)?.map(|account| account.id);
        let FirstAccount { new, password } = next()?;
        let name = new.name.clone();
        let proposal =
            account::propose_creation(context, &administrator, new, Role::Commission).await.map_err(plain)?;
        let invited = account::confirm_creation(context, &supervisor, &proposal.id).await.map_err(plain)?;
        let other =
            account::invitation::fetch_half(context, &administrator, &proposal.id).await.map_err(plain)?;
        let codes = [other.code, invited.code];
        let commission =
            account::invitation::accept(context, &name, &codes, &password).await.map_err(plain)?.id;
        Ok(Self { context: context.clone(), administrator, commission, supervisor, logins })
    }

    /// The commission, as the log names it.
    pub(super) fn commission(&self) -> Actor {
        Actor::Account(self.commission.clone())
    }

    /// The two people who type in the draw.
    pub(super) const fn clerks(&self) -> [&AccountId; 2] {
        [&self.commission, &self.supervisor]
    }

    /// An act of two people: the commission (for terminals the administrator) proposes, the supervisor confirms.
    pub(super) async fn together(&self, act: &Act) -> anyhow::Result<Outcome> {
        let proposer = match act {
            Act::EnrolTerminal(_) => &self.administrator,
            _ => &self.commission,
        };
        let proposal = act::propose(&self.context, proposer, act).await.map_err(plain)?;
        act::confirm(&self.context, &self.supervisor, &proposal.id).await.map_err(plain)
    }

    /// Lets the terminal with this label in, if the console shows the code that is on its screen.
    pub(super) async fn enrol(
        &self,
        label: &str,
        code: &EnrolmentCode,
        position: Option<u32>,
    ) -> anyhow::Result<()> {
        let requests = terminal::list_requests(&self.context);
        let request = requests.iter().find(|request| request.asked.label == label);
        let enrolment = request.and_then(|request| request.enrolment(label, position, None));
        let enrolment = enrolment.filter(|enrolment| enrolment.code == *code);
        let enrolment = enrolment.ok_or_else(|| anyhow!("the console does not show the code of {label}"))?;
        self.together(&Act::EnrolTerminal(enrolment)).await?;
        Ok(())
    }
}

/// The error with both its sentences.
pub(super) fn plain(error: impl InTwoLanguages + std::error::Error + Send + Sync + 'static) -> anyhow::Error {
    let both = format!("{}\n{}", error.zh(), error.en());
    anyhow::Error::new(error).context(both)
}

/// Sixteen letters: enough for a day, and typed easily.
fn password(context: &Context) -> String {
    let mut rng = context.rng();
    (0..16).map(|_| char::from(rng.random_range(b'a'..=b'z'))).collect()
}
