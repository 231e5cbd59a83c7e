//! From an empty system to the published list of representatives, by the forms.

use std::{collections::BTreeSet, process::Command};

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use support::{
    browser::Browser,
    form::attribute,
    http::Visitor,
    place::{Place, project},
    process::run,
};

use crate::{
    commission::Commission,
    installation::{Database, Installation},
    invented::{LISTED, RECOMMENDED, VOLUNTEER, everybody},
};

const POOL: &str = "/console/2020/pool";
const QUEUE: &str = "/console/2020/pool/nominations";

/// Who takes part: the clerk at the console, the public at a telephone.
struct Office<'a> {
    place: &'a Place,
    installation: &'a Installation,
    commission: Commission<'a>,
    clerk: Browser<'a>,
    telephone: Browser<'a>,
    public: Visitor,
}

impl Office<'_> {
    async fn clerk_opens(&self, path: &str) -> Result<()> {
        self.clerk.go_to(&format!("{}{path}", self.installation.url)).await
    }

    async fn public_opens(&self, path: &str) -> Result<()> {
        self.telephone.go_to(&format!("{}{path}", self.installation.url)).await
    }
}

#[tokio::test]
async fn people_are_nominated_reviewed_locked_drawn_and_published_under_masked_names() -> Result<()> {
    let place = Place::new("people")?;
    let installation = Installation::new(&place, Database::Sqlite).await?;
    let commission = Commission::new(&installation).await?;
    commission.create_edition(8, 2).await?;
    commission.list_offices().await?;
    commission.open_pool().await?;
    let clerk = Browser::open(&place, "clerk", 1280, 800).await?;
    installation.sign_in(&clerk, "commission").await?;
    let telephone = Browser::open(&place, "telephone", 390, 844).await?;
    let public = Visitor::new(&installation.url)?;
    let office = Office { place: &place, installation: &installation, commission, clerk, telephone, public };

    let code = nominate_oneself(&office).await?;
    recommend(&office).await?;
    import_list(&office).await?;
    reject_duplicate(&office).await?;
    return_and_correct(&office, &code).await?;
    approve_everybody(&office).await?;
    lock(&office).await?;
    check_slip(&office).await?;
    office.commission.draw().await?;
    check_representatives(&office).await?;
    nobody_is_named_in_public(&office).await?;
    office.clerk.close().await?;
    office.telephone.close().await
}

/// Fills in the public form, with this number; nothing is sent yet.
async fn fill_in(office: &Office<'_>, id_card: &str) -> Result<()> {
    let telephone = &office.telephone;
    telephone.click("input[name=source][value=self]").await?;
    telephone.click(&format!("#category option[value='{}']", VOLUNTEER.category)).await?;
    telephone.insert("#name", VOLUNTEER.name).await?;
    telephone.retype("#id_card", id_card).await?;
    telephone.retype("#phone", &VOLUNTEER.phone()).await?;
    for consent in ["#consent", "#consent_sensitive"] {
        telephone.click(consent).await?;
    }
    Ok(())
}

/// On the public form, with a slip in the number first; answers the code.
async fn nominate_oneself(office: &Office<'_>) -> Result<String> {
    let telephone = &office.telephone;
    office.public_opens("/nominate").await?;
    telephone.screenshot_of_page("01-form").await?;
    let right = VOLUNTEER.id_card()?;
    let (digits, check) = right.split_at(17);
    let wrong = format!("{digits}{}", if check == "7" { "8" } else { "7" });
    fill_in(office, &wrong).await?;
    telephone.click("form.nominate button.primary").await?;
    let complaint = telephone.text("#id_card-error").await?;
    ensure!(complaint.contains("校验码"), "{complaint}");
    telephone.screenshot("02-refused").await?;
    telephone.screenshot_of_page("02-refused-page").await?;
    for (field, typed) in [
        ("#name", VOLUNTEER.name),
        ("#id_card", &wrong),
        ("#phone", &VOLUNTEER.phone()),
        ("#category", "农民"),
    ] {
        ensure!(telephone.value(field).await? == typed, "{field} has lost what was typed");
    }
    for ticked in ["input[name=source][value=self]:checked", "#consent:checked", "#consent_sensitive:checked"]
    {
        telephone.wait_for(ticked).await?;
    }
    telephone.retype("#id_card", &right).await?;
    telephone.click("form.nominate button.primary").await?;
    let code = telephone.text(".present .dice").await?;
    telephone.screenshot("03-received").await?;
    ensure!(code.len() == 19, "{code} is no code");
    Ok(code)
}

/// A unit recommends somebody.
async fn recommend(office: &Office<'_>) -> Result<()> {
    let (id_card, phone) = (RECOMMENDED.id_card()?, RECOMMENDED.phone());
    let fields = [
        ("source", "unit"),
        ("unit", "县总工会"),
        ("category", RECOMMENDED.category),
        ("name", RECOMMENDED.name),
        ("id_card", &id_card),
        ("phone", &phone),
        ("workplace", "原县农业局局长"),
        ("consent", "yes"),
        ("consent_sensitive", "yes"),
    ];
    let answer = office.public.fill("/nominate", "/nominate", &fields).await?;
    ensure!(answer.text.contains("提名已收到"), "{}", answer.text);
    Ok(())
}

/// A workbook from paper that repeats somebody: refused, then imported all the same.
async fn import_list(office: &Office<'_>) -> Result<()> {
    let mut rows = vec![["姓名", "身份证号", "手机", "类别", "工作单位及职务"].map(str::to_owned)];
    for person in LISTED.into_iter().chain([RECOMMENDED]) {
        let cells = [person.name, &person.id_card()?, &person.phone(), person.category, "宁晋县某单位"];
        rows.push(cells.map(str::to_owned));
    }
    let file = office.place.work("list.xlsx");
    // The program that writes the workbooks of the other tests, with the standard library alone.
    let program = "import json, sys; sys.dont_write_bytecode = True; sys.path.insert(0, sys.argv[1]); import make; \
                   make.one(sys.argv[2], json.load(sys.stdin))";
    let fixtures = project().join("tests/fixtures/spreadsheets");
    let mut python = Command::new("python3");
    python.args(["-c", program]).arg(fixtures).arg(&file);
    run(&mut python, &json!(rows).to_string())?.success()?;

    let clerk = &office.clerk;
    office.clerk_opens(&format!("{POOL}/list")).await?;
    for repeats in [false, true] {
        clerk.type_into("#file", &file.to_string_lossy()).await?;
        clerk.click("input[name=consent]").await?;
        if repeats {
            clerk.click("input[name=repeats]").await?;
        }
        clerk.click("button[name=step][value=import]").await?;
        if !repeats {
            let words = clerk.text(".alert.warning").await?;
            ensure!(words.contains("7 行中有 1 行疑似重复"), "{words}");
            clerk.screenshot("04-repeated").await?;
        }
    }
    clerk.wait_for("nav.filters").await?;
    let queue = clerk.text("main").await?;
    ensure!(queue.matches("疑似重复").count() >= 2, "{queue}");
    clerk.screenshot("05-queue").await?;
    clerk.screenshot_of_page("05-queue-page").await
}

/// The person who is there twice: approved once, the other one rejected.
async fn reject_duplicate(office: &Office<'_>) -> Result<()> {
    let clerk = &office.clerk;
    clerk.follow(RECOMMENDED.name).await?;
    let page = clerk.text("main").await?;
    ensure!(page.contains("疑似重复提名") && page.contains("身份证号相同"), "{page}");
    clerk.screenshot_of_page("06-duplicate").await?;
    clerk.click("button[formaction$='/approve']").await?;
    clerk.wait_for("nav.filters").await?;
    clerk.follow(RECOMMENDED.name).await?;
    clerk.click("button[formaction$='/approve']").await?;
    let refusal = clerk.text(".alert.problem").await?;
    ensure!(refusal.contains("不能重复通过"), "{refusal}");
    clerk.type_into("#reason", "同一人已由县总工会推荐").await?;
    clerk.click("button[formaction$='/reject']").await?;
    clerk.wait_for("nav.filters").await?;
    Ok(())
}

/// The clerk returns a nomination; the person reads why, with the code, and corrects it.
async fn return_and_correct(office: &Office<'_>, code: &str) -> Result<()> {
    let (clerk, telephone) = (&office.clerk, &office.telephone);
    clerk.follow(VOLUNTEER.name).await?;
    clerk.wait_for("#reason").await?;
    clerk.click("button[formaction$='/return']").await?;
    let refusal = clerk.text(".alert.problem").await?;
    ensure!(refusal.contains("请填写理由"), "{refusal}");
    clerk.type_into("#reason", "请写明村名").await?;
    clerk.click("button[formaction$='/return']").await?;
    clerk.wait_for("nav.filters").await?;

    office.public_opens("/nominate/status").await?;
    telephone.type_into("#code", &code.to_lowercase()).await?;
    telephone.click("form[action='/nominate/status'] button").await?;
    // What only the answer has.
    telephone.wait_for("form[action='/nominate/correct']").await?;
    let page = telephone.text("main").await?;
    ensure!(page.contains("已退回") && page.contains("请写明村名"), "{page}");
    ensure!(page.contains(VOLUNTEER.masked) && !page.contains(VOLUNTEER.name), "{page}");
    telephone.screenshot("07-returned").await?;
    telephone.screenshot_of_page("07-returned-page").await?;
    fill_in(office, &VOLUNTEER.id_card()?).await?;
    telephone.type_into("#workplace", "凤凰镇某村村民").await?;
    telephone.click("form.nominate button.primary").await?;
    let answer = telephone.text(".alert.done").await?;
    ensure!(answer.contains("更正已收到"), "{answer}");
    telephone.screenshot("08-corrected").await
}

async fn approve_everybody(office: &Office<'_>) -> Result<()> {
    let clerk = &office.clerk;
    office.clerk_opens(QUEUE).await?;
    let queue = clerk.text("main").await?;
    ensure!(queue.contains("凤凰镇某村村民"), "the correction does not wait for review:\n{queue}");
    clerk.click("button[name=step][value=all]").await?;
    let answer = clerk.text(".alert.done").await?;
    clerk.screenshot("09-approved").await?;
    office.clerk_opens(POOL).await?;
    let page = clerk.text("main").await?;
    ensure!(page.contains("8 / 8"), "{answer}\n{page}");
    clerk.screenshot_of_page("10-pool").await
}

/// Two people lock the pool; what is published has masked names and anchors.
async fn lock(office: &Office<'_>) -> Result<()> {
    office.commission.lock_pool().await?;
    let rows = published(office).await?;
    ensure!(rows.len() == 8, "{rows:?}");
    for person in everybody() {
        let row = rows.iter().find(|row| row.contains(&person.masked.to_owned()));
        let row = row.with_context(|| format!("{} is not in the pool", person.masked))?;
        ensure!(
            row.contains(&person.half.to_owned()) && row.contains(&person.category.to_owned()),
            "{row:?}"
        );
    }
    office.public_opens("/pool").await?;
    office.telephone.screenshot("11-public-pool").await?;
    office.telephone.screenshot_of_page("11-public-pool-page").await
}

/// The rows of the published pool.
async fn published(office: &Office<'_>) -> Result<Vec<Vec<String>>> {
    let pool = String::from_utf8(office.public.download("/pool/pool.tsv").await?)?;
    let members = pool.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    Ok(members.filter(|row| row.iter().any(|cell| is_hash(cell))).collect())
}

fn is_hash(cell: &str) -> bool {
    cell.len() == 64 && cell.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The command on a printed slip gives the published anchor of that person.
async fn check_slip(office: &Office<'_>) -> Result<()> {
    let clerk = &office.clerk;
    office.clerk_opens(&format!("{POOL}/slips")).await?;
    clerk.wait_for(".slip").await?;
    clerk.screenshot("12-slips").await?;
    let slips = clerk.texts(".slip").await?;
    ensure!(slips.len() == 8, "{} slips", slips.len());
    let at = slips.iter().position(|slip| slip.contains(VOLUNTEER.name)).context("no slip for him")?;
    let commands = clerk.texts(".slip-command").await?;
    let command = commands.get(at).context("no command on the slip")?;
    let answer = run(Command::new("sh").args(["-c", command]), "")?.success()?;
    let anchor = answer.split_whitespace().next().unwrap_or_default().to_owned();
    let rows = published(office).await?;
    let row =
        rows.iter().find(|row| row.contains(&VOLUNTEER.masked.to_owned())).context("he is not there")?;
    ensure!(is_hash(&anchor) && row.contains(&anchor), "{anchor} is not in {row:?}");
    let sheets = clerk.print("slips").await?;
    ensure!((1..=3).contains(&sheets), "eight slips take {sheets} sheets");
    Ok(())
}

/// Letters with full names for those drawn; the public list with masked ones.
async fn check_representatives(office: &Office<'_>) -> Result<()> {
    let (clerk, telephone) = (&office.clerk, &office.telephone);
    office.clerk_opens(&format!("{POOL}/letters")).await?;
    clerk.wait_for(".letter").await?;
    clerk.screenshot("13-letters").await?;
    let (letters, sheets) = (clerk.texts(".letter").await?, clerk.print("letters").await?);
    ensure!((letters.len(), sheets) == (4, 4), "{} letters on {sheets} sheets for four seats", letters.len());
    office.public_opens("/draw").await?;
    telephone.screenshot("14-public-draw").await?;
    telephone.screenshot_of_page("14-public-draw-page").await?;
    let page = telephone.text("main").await?;
    for letter in letters {
        let named: Vec<_> = everybody().filter(|person| letter.contains(person.name)).collect();
        let [person] = named.as_slice() else { bail!("the letter names {named:?}:\n{letter}") };
        ensure!(page.contains(person.masked), "{} is not on the public list:\n{page}", person.masked);
    }
    Ok(())
}

/// Every page and file that the public can reach by links.
async fn nobody_is_named_in_public(office: &Office<'_>) -> Result<()> {
    let mut secrets = Vec::new();
    for person in everybody() {
        secrets.extend([person.name.to_owned(), person.id_card()?, person.phone()]);
    }
    let mut seen = BTreeSet::new();
    let mut waiting = vec!["/".to_owned(), "/nominate".to_owned(), "/nominate/status".to_owned()];
    while let Some(path) = waiting.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let page = office.public.open(&path).await?;
        ensure!(!page.status.is_server_error(), "{path}: {}", page.status);
        for secret in &secrets {
            ensure!(!page.text.contains(secret), "{path} publishes {secret}");
        }
        if page.content_type.starts_with("text/html") {
            let links = page.text.split('<').filter_map(|tag| attribute(tag, "href"));
            let links = links.filter(|link| link.starts_with('/') && !link.starts_with("/console"));
            waiting.extend(links.map(|link| link.split('#').next().unwrap_or_default().to_owned()));
        }
    }
    for path in ["/pool", "/pool/pool.tsv", "/draw", "/draw/1/notice", "/downloads"] {
        ensure!(seen.contains(path), "no link leads to {path}: {seen:?}");
    }
    ensure!(seen.iter().any(|path| path.ends_with("result.tsv")), "no link leads to the result: {seen:?}");
    let log = office.installation.log()?;
    ensure!(!secrets.iter().any(|secret| log.contains(secret)), "the log names somebody");
    Ok(())
}
