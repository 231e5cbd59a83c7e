//! `pingyi-kiosk`: the agent on each terminal in the hall. The configuration says which one it is.

mod commands;

use std::{alloc::System, path::PathBuf};

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use kiosk::{
    config::Config,
    enrolment, os_rng, terminal, trustee,
    uplink::{Timeouts, Uplink},
};
use rustix::process::{Resource, Rlimit, setrlimit};
use tracing_subscriber::EnvFilter;
use zeroizing_alloc::ZeroAlloc;

/// Whatever this program gives back is overwritten: forms and pages pass through libraries that do not do it themselves.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

/// 阳光评议终端程序：投票机、制卡员、监票人。The agent on each terminal: voting booth, card officer, trustee.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// 配置文件 (TOML)；其中的 role 决定本机的角色。The configuration; its role says what this terminal is.
    #[arg(long, env = "PINGYI_KIOSK_CONFIG")]
    config: Option<PathBuf>,
    /// What goes to the log.
    #[arg(long, env = "PINGYI_LOG", default_value = "info")]
    log: String,
    #[command(subcommand)]
    task: Option<Task>,
}

#[derive(Subcommand)]
enum Task {
    /// 列出耳机提示的文件名和读法，供录音。不需要配置。List the prompts for the headphones, to be recorded; needs no configuration.
    VoiceList {
        /// 本次投票的 edition.json；不写就用 2020 年的预设。The edition.json of the poll; by default the preset of 2020.
        #[arg(long, requires = "offices")]
        edition: Option<PathBuf>,
        /// 本次投票的 offices.csv；不写就用 2020 年的 70 个股室。The offices.csv of the poll; by default the 70 offices of 2020.
        #[arg(long)]
        offices: Option<PathBuf>,
    },
    #[command(flatten)]
    Terminal(TerminalTask),
}

/// What needs to know which terminal this is.
#[derive(Subcommand)]
enum TerminalTask {
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
    /// 忘记登记，换新密钥；下次启动重新登记。Forget the enrolment and make a new key; the next start enrols anew.
    Forget,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    // The memory of a program that crashes must not become a file.
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })
        .context("memory dumps cannot be switched off")?;
    // Without times: a log of this terminal must not tell when anybody voted.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(EnvFilter::try_new(&arguments.log).context("the log filter is not understood")?)
        .without_time()
        .init();
    let task = match arguments.task {
        Some(Task::VoiceList { edition, offices }) => {
            return commands::voice_list(edition.as_deref(), offices.as_deref());
        }
        Some(Task::Terminal(task)) => Some(task),
        None => None,
    };
    let path =
        arguments.config.context("请用 --config 指明配置文件。Name the configuration with --config.")?;
    let config = Config::load(&path)?;
    let common = config.terminal();
    match (config, task) {
        (_, Some(TerminalTask::Forget)) => Ok(enrolment::forget(&common.folder, &mut os_rng())?),
        (config, None) => Ok(terminal::run(config).await?),
        (Config::Trustee(config), Some(TerminalTask::Key { compared })) => {
            let access = terminal::enter_alone(&common).await?;
            let uplink = Uplink::new(&config.server, access, Timeouts::default())?;
            commands::make_key(&uplink, &config.key, compared).await
        }
        (Config::Trustee(config), Some(TerminalTask::Decrypt { compared })) => {
            let access = terminal::enter_alone(&common).await?;
            let uplink = Uplink::new(&config.server, access, trustee::TIMEOUTS)?;
            commands::decrypt(&uplink, &config.key, config.setup, compared).await
        }
        (Config::Booth(_), Some(_)) => {
            bail!("投票机的子命令只有 forget。A booth's only subcommand is forget.")
        }
        (Config::CardOfficer(_), Some(_)) => {
            bail!("制卡终端的子命令只有 forget。The card officer's terminal's only subcommand is forget.")
        }
    }
}
