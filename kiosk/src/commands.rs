//! The subcommands of a trustee's terminal, for a machine without a browser: the same steps as the pages, asked in the console.

use std::{
    fs,
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    path::Path,
    time::Duration,
};

use anyhow::{Context as _, bail};
use belenios::text::Hash;
use evaluation::{
    office::{self, Offices},
    rules::{Edition, Rules},
};
use kiosk::{
    os_rng,
    trustee::{self, Answer, Cost, KeyFile, LockedKeyFile, Passphrase, Step, TrusteeError},
    uplink::Uplink,
};
use secrecy::SecretString;
use tokio::sync::mpsc;

/// Between two looks at how far the other trustees are.
pub(crate) const PAUSE: Duration = Duration::from_secs(3);

/// Prints every prompt that can be recorded: its file in each language, without an ending, and what to say.
pub(crate) fn voice_list(edition: Option<&Path>, offices: Option<&Path>) -> anyhow::Result<()> {
    let rules = match edition {
        None => Rules::ningjin_2020(),
        Some(path) => Edition::parse(&read(path)?)?.rules,
    };
    let offices = match offices {
        None => office::ningjin_2020(),
        Some(path) => Offices::from_csv(read(path)?.as_bytes(), &rules)?,
    };
    println!("# 每条一个文件（.wav、.ogg 或 .mp3），放进 clips 文件夹；没有的由浏览器朗读。");
    println!(
        "# One file each (.wav, .ogg or .mp3) in the folder `clips`; the browser speaks what is missing."
    );
    for (name, [zh, en]) in kiosk::clips::list(&rules, &offices) {
        println!("zh/{name}\t{zh}\nen/{name}\t{en}");
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("读不了 · cannot read {}", path.display()))
}

/// Makes the key with the other trustees. Unless `compared`, nothing is sent after a code before somebody has said that it is the
/// same everywhere.
pub(crate) async fn make_key(uplink: &Uplink, path: &Path, compared: bool) -> anyhow::Result<()> {
    let assignment = uplink.trustee_assignment().await?;
    let mut file = if path.exists() {
        let locked = LockedKeyFile::read(path)?;
        locked.check_is_of(&assignment)?;
        locked.open(&Passphrase::typed(&ask_secret("口令 passphrase")?))?
    } else {
        let first =
            ask_secret("新口令，至少 12 个字符或四个词 · a new passphrase, 12 characters or four words")?;
        let passphrase = Passphrase::choose(&first, &ask_secret("再输一遍 · the same again")?)
            .map_err(|error| anyhow::anyhow!("{}", error.words()))?;
        KeyFile::create(path, &assignment, &passphrase, Cost::default(), &mut os_rng())?.0
    };
    if !file.how_far().sheet_printed {
        let code = file.renew_recovery(&mut os_rng())?;
        println!(
            "恢复码，抄下来与U盘分开存放，只出现这一次 · recovery code, write it down and keep it apart from the stick:"
        );
        println!("  {}", code.print().as_str());
        if !compared && !ask("抄好了吗？Is it written down?")? {
            bail!("恢复码没有抄下，下次会给出新的。Not written down; the next run gives another one.");
        }
        file.progress(|progress| progress.sheet_printed = true, &mut os_rng())?;
    }
    let (say, answers) = mpsc::channel::<Answer>(4);
    let answers = (!compared).then_some(answers);
    let tell = |step| {
        let code = tell(&step);
        if let Some(code) = code.filter(|_| !compared) {
            let same =
                ask("请当众核对。所有终端都一样吗？Is it the same on every terminal?").unwrap_or(false);
            // There is room: only two codes are ever asked about.
            _ = say.try_send((code, same));
        }
    };
    let key = trustee::go_on(uplink, &mut file, PAUSE, answers, tell, &mut os_rng()).await?;
    let again = Passphrase::typed(&ask_secret("试用：请再输一次口令 · to try it out, the passphrase again")?);
    if !trustee::try_out(&KeyFile::load(path, &again)?, &mut os_rng())? {
        bail!(
            "U盘里的密钥打不开测试值，请报告监督员。The key on the stick does not open a test value; call the supervisor."
        );
    }
    file.progress(|progress| progress.tried = true, &mut os_rng())?;
    println!("密钥已写入 {}，已试用，公钥已送出：", path.display());
    println!("The key lies in {} and was tried out; this public half was sent:", path.display());
    println!("{}", key.trustee_key);
    Ok(())
}

/// Checks the closed archive and decrypts the sums, once somebody has compared the numbers with the signed sheets.
pub(crate) async fn decrypt(
    uplink: &Uplink,
    path: &Path,
    anchor: Option<Hash>,
    compared: bool,
) -> anyhow::Result<()> {
    let locked = LockedKeyFile::read(path)?;
    let mut file = locked.open(&Passphrase::typed(&ask_secret("口令 passphrase")?))?;
    let poll = match trustee::inspect(uplink, &file, anchor).await {
        Ok(poll) => poll,
        Err(error) => return not_needed(error),
    };
    println!("请与签字单核对。Compare with the signed sheets:");
    println!("  Setup    {}", poll.setup_event);
    println!("  Head     {}", poll.head);
    println!("  票数 Ballots  {}", poll.ballots);
    if !compared && !ask("一致吗？Do they agree?")? {
        bail!("没有解密。Nothing was decrypted.");
    }
    if let Err(error) = trustee::decrypt(uplink, &mut file, &poll, &mut os_rng()).await {
        return not_needed(error);
    }
    println!("已送出部分解密和签名。The partial decryption and the signature were sent.");
    Ok(())
}

/// A trustee who comes when enough others have decrypted has done nothing wrong.
fn not_needed(error: TrusteeError) -> anyhow::Result<()> {
    match error.not_needed() {
        Some(problem) => {
            println!("{}\n{}", problem.zh, problem.en);
            Ok(())
        }
        None => Err(error.into()),
    }
}

/// Tells a step; answers the code to compare, if it has one.
fn tell(step: &Step) -> Option<Hash> {
    match step {
        Step::Certificates(code) => {
            println!("证书码 · code of the certificates:\n  {code}");
            return Some(*code);
        }
        Step::Trustees(code) => {
            println!(
                "监票人密钥核对码，与开启单上的一致才签字 · code of the keys, as on the opening sheet:\n  {code}"
            );
            return Some(*code);
        }
        Step::CertificateSent => println!("第 1 轮已送出 · round 1 is sent"),
        Step::ContributionSent => println!("第 2 轮已送出 · round 2 is sent"),
        Step::KeySent => println!("第 3 轮已送出 · round 3 is sent"),
        Step::NoContact => println!("连接不上服务器，继续尝试 · no contact to the server, trying again"),
        Step::Waiting { round, missing } => {
            let missing: Vec<_> = missing.iter().map(u32::to_string).collect();
            let missing = missing.join(", ");
            println!("第 {round} 轮，等待监票人 {missing} · round {round}, waiting for trustees {missing}");
        }
    }
    None
}

/// A secret, without showing it; from a pipe it is one line.
fn ask_secret(question: &str) -> anyhow::Result<SecretString> {
    if io::stdin().is_terminal() {
        return Ok(rpassword::prompt_password(format!("{question}: "))?.into());
    }
    Ok(line()?.into())
}

fn ask(question: &str) -> anyhow::Result<bool> {
    print!("{question} (yes / no): ");
    io::stdout().flush()?;
    Ok(line()?.trim() == "yes")
}

fn line() -> anyhow::Result<String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).context("nothing can be read from the console")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
