//! `pingyi-kiosk`: the agent on each terminal in the hall. The configuration says which one it is.

use std::{io::BufRead, path::PathBuf, time::Duration};

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use kiosk::{
    access::Access,
    config::{Config, TrusteeConfig},
    enrolment, os_rng, terminal,
    trustee::{self, KeyFile, TrusteeError},
    uplink::{Timeouts, Uplink},
};
use tracing_subscriber::EnvFilter;

/// Between two looks at how far the other trustees are.
const PAUSE: Duration = Duration::from_secs(3);

/// 阳光评议终端程序：投票机、制卡员、监票人。The agent on each terminal: voting booth, card officer, trustee.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// 配置文件 (TOML)；其中的 role 决定本机的角色。The configuration; its role says what this terminal is.
    #[arg(long, env = "PINGYI_KIOSK_CONFIG")]
    config: PathBuf,
    /// What goes to the log.
    #[arg(long, env = "PINGYI_LOG", default_value = "info")]
    log: String,
    #[command(subcommand)]
    task: Option<Task>,
}

#[derive(Subcommand)]
enum Task {
    /// 监票人：生成密钥，送出公钥。Trustee: make the key and send the public half.
    Key,
    /// 监票人：核对已封存的票箱并解密合计。Trustee: check the closed archive and decrypt the sums.
    Decrypt {
        /// 不再询问，屏幕上的数字已与签字单核对。Do not ask: the numbers have been compared with the signed sheets.
        #[arg(long)]
        compared: bool,
    },
    /// 忘记登记，换新密钥；下次启动重新登记。Forget the enrolment and make a new key; the next start enrols anew.
    Forget,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    // Without times: a log of this terminal must not tell when anybody voted.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(EnvFilter::try_new(&arguments.log).context("the log filter is not understood")?)
        .without_time()
        .init();
    let config = Config::load(&arguments.config)?;
    let common = config.terminal();
    match (config, arguments.task) {
        (_, Some(Task::Forget)) => Ok(enrolment::forget(&common.folder, &mut os_rng())?),
        (config, None) => Ok(terminal::run(config).await?),
        (Config::Trustee(config), Some(Task::Key)) => {
            make_key(config, terminal::enter_alone(&common).await?).await
        }
        (Config::Trustee(config), Some(Task::Decrypt { compared })) => {
            decrypt(config, terminal::enter_alone(&common).await?, compared).await
        }
        (Config::Booth(_), Some(_)) => {
            bail!("投票机的子命令只有 forget。A booth's only subcommand is forget.")
        }
        (Config::CardOfficer(_), Some(_)) => {
            bail!("制卡终端的子命令只有 forget。The card officer's terminal's only subcommand is forget.")
        }
        (Config::Trustee(_), _) => {
            bail!(
                "监票人的子命令是 key、decrypt 和 forget。A trustee's subcommands are key, decrypt and forget."
            )
        }
    }
}

async fn make_key(config: TrusteeConfig, access: Access) -> anyhow::Result<()> {
    let uplink = Uplink::new(&config.server, access, Timeouts::default())?;
    let say = |step| println!("{step}");
    let key = trustee::make_key(&uplink, &config.key, PAUSE, say, &mut os_rng()).await?;
    println!("密钥已写入 {}，公钥已送出：", config.key.display());
    println!("The key lies in {}; this public half was sent:", config.key.display());
    println!("{}", key.trustee_key);
    Ok(())
}

async fn decrypt(config: TrusteeConfig, access: Access, compared: bool) -> anyhow::Result<()> {
    let uplink = Uplink::new(&config.server, access, trustee::TIMEOUTS)?;
    let file = KeyFile::load(&config.key)?;
    let poll = match trustee::inspect(&uplink, &file, config.setup).await {
        Ok(poll) => poll,
        Err(error) => return not_needed(error),
    };
    println!("请与签字单核对。Compare with the signed sheets:");
    println!("  Setup    {}", poll.setup_event);
    println!("  Head     {}", poll.head);
    println!("  票数 Ballots  {}", poll.ballots);
    if !compared {
        println!("一致请输入 yes。Type yes if they agree:");
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer)?;
        if answer.trim() != "yes" {
            bail!("没有解密。Nothing was decrypted.");
        }
    }
    if let Err(error) = trustee::decrypt(&uplink, &file, &poll, &mut os_rng()).await {
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
