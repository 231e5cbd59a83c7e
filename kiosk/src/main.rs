//! `pingyi-kiosk`: the agent on each terminal in the hall. The configuration says which one it is.

mod commands;

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use kiosk::{
    booth, cards,
    config::{CardOfficerConfig, Config, TrusteeConfig},
    os_rng,
    trustee::{self, Cost, pages::TrusteeSettings},
    uplink::{Timeouts, Uplink},
};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

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
    /// 监票人，没有浏览器时：制作密钥。Trustee, on a machine without a browser: make the key.
    Key {
        /// 不再询问，核对码已当众核对。Do not ask: the codes have been compared aloud.
        #[arg(long)]
        compared: bool,
    },
    /// 监票人，没有浏览器时：核对已封存的票箱并解密合计。Trustee, without a browser: check the closed archive and decrypt the sums.
    Decrypt {
        /// 不再询问，屏幕上的数字已与签字单核对。Do not ask: the numbers have been compared with the signed sheets.
        #[arg(long)]
        compared: bool,
    },
    /// 制卡员：制卡，写出打印页。Card officer: make the cards and write the sheets to print.
    Make,
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
    match (Config::load(&arguments.config)?, arguments.task) {
        (Config::Booth(config), None) => Ok(booth::serve(config).await?),
        (Config::CardOfficer(config), Some(Task::Make)) => make_cards(config).await,
        (Config::Trustee(config), None) => serve_trustee(config).await,
        (Config::Trustee(config), Some(Task::Key { compared })) => {
            let uplink = Uplink::new(&config.server, config.token, Timeouts::default())?;
            commands::make_key(&uplink, &config.key, compared).await
        }
        (Config::Trustee(config), Some(Task::Decrypt { compared })) => {
            let uplink = Uplink::new(&config.server, config.token, trustee::TIMEOUTS)?;
            commands::decrypt(&uplink, &config.key, config.setup, compared).await
        }
        (Config::Booth(_), Some(_)) => bail!("投票机没有子命令。A booth takes no subcommand."),
        (Config::CardOfficer(_), _) => bail!("制卡员的子命令是 make。The card officer's subcommand is make."),
        (Config::Trustee(_), _) => {
            bail!("监票人的子命令是 key 和 decrypt。A trustee's subcommands are key and decrypt.")
        }
    }
}

async fn make_cards(config: CardOfficerConfig) -> anyhow::Result<()> {
    let uplink = Uplink::new(&config.server, config.token, Timeouts::default())?;
    let made = cards::make(&uplink, &config.cards, &mut os_rng()).await?;
    println!("已制卡 {made} 张，打印页：{}", config.cards.display());
    println!("Made {made} cards; print {} once, then destroy the file.", config.cards.display());
    Ok(())
}

/// The pages of a trustee's terminal, for the browser of this machine.
async fn serve_trustee(config: TrusteeConfig) -> anyhow::Result<()> {
    let uplink = Arc::new(Uplink::new(&config.server, config.token, trustee::TIMEOUTS)?);
    let TrusteeConfig { key, setup, listen, .. } = config;
    let pages = trustee::pages::router(
        uplink,
        TrusteeSettings { key, setup, pause: commands::PAUSE, cost: Cost::default() },
    );
    let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot serve on {listen}"))?;
    tracing::info!(address = %listen, "the trustee's pages are served");
    Ok(axum::serve(listener, pages).await?)
}
