//! Invented people for tests of nominations, in a small pool: four people, one representative of each half.

use axum::http::{Method, StatusCode};
use evaluation::rules::NINGJIN_2020 as RULES;

use super::harness::{Answer, Console};
use crate::domain::{NominationState, Role};
use crate::service::nomination::list_all;
use crate::service::overview::find_edition;
use crate::store::nominations::Nomination;

pub(super) const QUEUE: &str = "/console/2020/pool/nominations";
const URLENCODED: &str = "application/x-www-form-urlencoded";

/// A person who can be nominated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) id_card: &'static str,
    pub(super) phone: &'static str,
    pub(super) category: &'static str,
}

pub(super) const PEOPLE: [Person; 4] = [
    Person {
        name: "赵子龙", id_card: "110101199003070177", phone: "13800000001", category: "离退休干部"
    },
    Person {
        name: "欧阳娜娜", id_card: "11010119900307109X", phone: "13800000002", category: "外地客商"
    },
    Person {
        name: "买买提·艾力", id_card: "110101199003072316", phone: "13800000003", category: "农民"
    },
    Person {
        name: "孙大圣", id_card: "110101199003073116", phone: "13800000004", category: "人大代表"
    },
];

impl Person {
    /// The fields of the public form, without its token.
    pub(super) fn fields(self) -> Vec<(&'static str, String)> {
        [
            ("source", "unit"),
            ("unit", "县工会"),
            ("category", self.category),
            ("name", self.name),
            ("id_card", self.id_card),
            ("phone", self.phone),
            ("workplace", "原县教育局干部"),
            ("consent", "yes"),
            ("consent_sensitive", "yes"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .to_vec()
    }
}

impl Console {
    /// An edition whose pool of four people is open.
    pub(super) async fn open_small_pool(&self) {
        self.open_pool_of_four("").await;
    }

    /// The same, with another line in the rules of the pool.
    pub(super) async fn open_pool_of_four(&self, line: &str) {
        let size = format!("size = 4\n{line}");
        let rules = RULES.replace("size = 300", &size).replace("take = 50", "take = 1");
        self.upload(Role::Commission, "/console/editions", rules.as_bytes()).await.expect_done();
        self.post(Role::Commission, "/console/2020/offices/notice", &[]).await.expect_done();
        self.post(Role::Commission, "/console/2020/offices/publish", &[]).await.expect_done();
        self.post(Role::Commission, "/console/2020/pool/open", &[]).await.expect_done();
    }

    pub(super) async fn public_get(&self, path: &str) -> Answer {
        self.request(None, Method::GET, path, URLENCODED, Vec::new()).await
    }

    pub(super) async fn public_post(&self, path: &str, fields: &[(&str, String)]) -> Answer {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.request(None, Method::POST, path, URLENCODED, super::harness::urlencoded(&fields).into()).await
    }

    /// The token of a new copy of the form.
    pub(super) async fn token(&self) -> String {
        let page = self.public_get("/nominate").await.page;
        page.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    /// Sends the form, and answers the code.
    pub(super) async fn nominate(&self, person: Person) -> String {
        let mut fields = person.fields();
        fields.push(("token", self.token().await));
        let answer = self.public_post("/nominate", &fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.page);
        code_on(&answer.page)
    }

    pub(super) async fn nominations(&self) -> Vec<Nomination> {
        let edition = find_edition(&self.context, 2020).await.unwrap();
        list_all(&self.context, &edition.id).await.unwrap()
    }

    /// The nomination of a person in this state.
    pub(super) async fn find(&self, name: &str, state: NominationState) -> Nomination {
        let all = self.nominations().await;
        let is_it = |nomination: &Nomination| {
            nomination.state == state
                && nomination.identity.as_ref().is_some_and(|identity| identity.name.expose() == name)
        };
        all.into_iter().find(is_it).unwrap()
    }

    /// Takes a decision about what was seen.
    pub(super) async fn decide(&self, seen: &Nomination, decision: &str, reason: &str) -> Answer {
        let version = seen.version.to_string();
        let fields = [("version", version.as_str()), ("reason", reason)];
        self.post(Role::Commission, &format!("{QUEUE}/{}/{decision}", seen.id), &fields).await
    }

    /// Everybody is nominated and approved.
    pub(super) async fn approve_everybody(&self) {
        for person in PEOPLE {
            self.nominate(person).await;
        }
        let picks: Vec<_> =
            self.nominations().await.iter().map(|one| format!("{}:{}", one.id, one.version)).collect();
        let fields: Vec<_> = picks.iter().map(|pick| ("pick", pick.as_str())).collect();
        self.post(Role::Commission, QUEUE, &fields).await.expect_done();
    }
}

/// The code on the page that follows the form.
pub(super) fn code_on(page: &str) -> String {
    page.split("<p class=\"dice\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
}
