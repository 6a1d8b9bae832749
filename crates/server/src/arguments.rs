//! What can be said on the command line or in the environment.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Countersign: where Legal and Security keep the promises their organisation makes.
///
/// Without a command it serves the workspace from a data folder in the current directory.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(flatten)]
    pub serve: Serve,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Clone, Args)]
pub struct Store {
    /// Folder for the embedded store, the files and the keys.
    #[arg(long = "data-folder", env = "COUNTERSIGN_DATA_FOLDER", default_value = "data")]
    pub data: PathBuf,
    /// `postgres://user@host/database` instead of the embedded SQLite store.
    #[arg(long, env = "COUNTERSIGN_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub struct Serve {
    #[command(flatten)]
    pub store: Store,
    /// Address and port to listen on.
    #[arg(long, env = "COUNTERSIGN_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// Where people reach the server; `https` makes cookies secure. Default: http and the listening address.
    #[arg(long, env = "COUNTERSIGN_BASE_URL")]
    pub base_url: Option<String>,
    /// The organisation's name.
    #[arg(long, env = "COUNTERSIGN_ORGANISATION", default_value = "Our organisation")]
    pub organisation: String,
    /// IANA time zone in which "today" is decided, such as `Europe/Berlin`.
    #[arg(long, env = "COUNTERSIGN_ZONE", default_value = "UTC")]
    pub zone: String,
    /// Proxies whose `X-Forwarded-For` is believed: addresses or blocks such as `10.0.0.0/8`.
    #[arg(long = "trusted-proxy", env = "COUNTERSIGN_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<String>,
    /// Fills an empty store with a demonstration organisation and prints how to sign in as each person.
    #[arg(long)]
    pub demo: bool,
    /// S3-compatible bucket for files, instead of the data folder.
    #[arg(long, env = "COUNTERSIGN_S3_BUCKET")]
    pub s3_bucket: Option<String>,
    /// Address of the S3-compatible store.
    #[arg(long, env = "COUNTERSIGN_S3_ENDPOINT")]
    pub s3_endpoint: Option<String>,
    #[arg(long, env = "COUNTERSIGN_S3_REGION", default_value = "us-east-1")]
    pub s3_region: String,
    #[arg(long, env = "COUNTERSIGN_S3_KEY_ID")]
    pub s3_key_id: Option<String>,
    /// File that holds the secret key of the S3-compatible store.
    #[arg(long, env = "COUNTERSIGN_S3_SECRET_FILE")]
    pub s3_secret_file: Option<PathBuf>,
    /// Server that takes mails: `smtp://user:password@host:port`, or `smtps://…` for TLS from the first byte. Without it
    /// messages are told inside only. Set it by its variable: arguments can be seen by others on this machine.
    #[arg(long, env = "COUNTERSIGN_SMTP", hide_env_values = true, requires = "mail_from")]
    pub smtp: Option<notices::SmtpAddress>,
    /// Sender of mails, such as `Countersign <countersign@example.org>`.
    #[arg(long, env = "COUNTERSIGN_MAIL_FROM")]
    pub mail_from: Option<String>,
    /// Log lines as JSON.
    #[arg(long, env = "COUNTERSIGN_LOG_JSON")]
    pub log_json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Reviews agreements against a playbook, without a server. Ends with 0 when nothing blocks, 1 when something does,
    /// 2 when a file could not be read.
    Review(Review),
    /// Compares two versions of an agreement, clause by clause, without a server. Ends with 0 when they say the same, 1 when
    /// they differ, 2 when one could not be read.
    Compare(Compare),
    /// Drafts a contract from a template, without a server. What is missing is marked in the file.
    Draft(Draft),
    /// Works out legal deadlines from facts, without a server. Ends with 0, or with 2 when the facts could not be read.
    Clocks(Clocks),
    /// The audit trail.
    #[command(subcommand)]
    Ledger(Ledger),
    /// Prints the description of the REST API (OpenAPI 3.1).
    Openapi,
    /// Fills an empty store with contracts, for measuring.
    #[command(hide = true)]
    BenchFill(BenchFill),
    #[command(hide = true)]
    ReadDocument {
        name: String,
        #[command(flatten)]
        reading: Reading,
    },
    #[command(hide = true)]
    RecogniseDocument {
        name: String,
        #[command(flatten)]
        reading: Reading,
        #[command(flatten)]
        tools: crate::ocr::Tools,
    },
    #[command(hide = true)]
    WriteRedline { unused: String },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum TrackedChanges {
    /// What was inserted counts, what was deleted does not.
    Accepted,
    /// The text before anybody changed it.
    Original,
}

/// How documents are read.
#[derive(Debug, Clone, Args)]
pub struct Reading {
    /// How the tracked changes of a Word file are read.
    #[arg(long, value_enum, default_value = "accepted")]
    pub tracked_changes: TrackedChanges,
}

impl Reading {
    pub fn options(&self) -> documents::Options {
        documents::Options {
            tracked_changes: match self.tracked_changes {
                TrackedChanges::Accepted => documents::TrackedChanges::Accepted,
                TrackedChanges::Original => documents::TrackedChanges::Original,
            },
            ..documents::Options::default()
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    Table,
    Json,
}

#[derive(Debug, Args)]
pub struct Review {
    /// DOCX, PDF, Markdown, HTML or text.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Playbook as TOML or JSON; the shipped one otherwise.
    #[arg(long)]
    pub playbook: Option<PathBuf>,
    /// Our role: customer, provider, controller or processor.
    #[arg(long, default_value = "customer")]
    pub role: String,
    /// Kind of contract: saas, dpa, nda, professional_services, license, supply, partnership, baa or other.
    #[arg(long, default_value = "saas")]
    pub kind: String,
    /// Data that it touches: none, business, personal, special_category, health, payment, source_code, secrets.
    #[arg(long, value_delimiter = ',', default_value = "personal")]
    pub data: Vec<String>,
    /// Our name as the contract writes it.
    #[arg(long)]
    pub us: Option<String>,
    /// The other party's name as the contract writes it.
    #[arg(long)]
    pub them: Option<String>,
    #[command(flatten)]
    pub reading: Reading,
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
    /// Writes what brings the (one) file to the playbook's positions into it as tracked changes. A file that is no DOCX
    /// becomes a new DOCX of its text.
    #[arg(long, value_name = "OUT.docx")]
    pub redline: Option<PathBuf>,
    /// Writes each file's extracted text into this folder.
    #[arg(long, value_name = "DIR")]
    pub text_out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Compare {
    /// The older version: DOCX, PDF, Markdown, HTML or text.
    pub old: PathBuf,
    /// The newer version.
    pub new: PathBuf,
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct Clocks {
    /// The facts as JSON; `-` reads standard input.
    #[arg(long, required_unless_present_any = ["schema", "list"])]
    pub facts: Option<PathBuf>,
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
    /// The instant at which to judge what is late, such as `2026-11-26T13:20:00Z`. Without it the table counts from now,
    /// and JSON judges nothing as overdue.
    #[arg(long, value_name = "INSTANT")]
    pub at: Option<String>,
    /// Writes what is due as a calendar.
    #[arg(long, value_name = "OUT.ics")]
    pub ics: Option<PathBuf>,
    /// A folder, or a file, of further rules.
    #[arg(long, value_name = "PATH")]
    pub rules: Vec<PathBuf>,
    /// Proposals that are not law yet count too.
    #[arg(long)]
    pub drafts: bool,
    /// The table shows what does not apply as well.
    #[arg(long)]
    pub all: bool,
    /// Prints the JSON Schema of facts.
    #[arg(long)]
    pub schema: bool,
    /// Lists the rules with their sources.
    #[arg(long)]
    pub list: bool,
}

#[derive(Debug, Args)]
pub struct Draft {
    /// `nda`, `services`, `dpa` or `security`.
    #[arg(long)]
    pub template: String,
    /// The record and the facts as JSON: `contract`, `facts`, `left_out`, `added`.
    #[arg(long)]
    pub facts: PathBuf,
    /// Playbook as TOML or JSON; the shipped one otherwise.
    #[arg(long)]
    pub playbook: Option<PathBuf>,
    /// The Word file to write.
    #[arg(value_name = "OUT.docx")]
    pub out: PathBuf,
}

#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// Verifies the store's ledger, or an exported file, without trusting either.
    Verify(Verify),
    /// Prints the public key of this installation's checkpoints, to be kept elsewhere.
    Key(Store),
    /// Signs a checkpoint of the store's ledger now and prints it.
    Checkpoint(Store),
}

#[derive(Debug, Args)]
pub struct Verify {
    /// An exported ledger; the store otherwise.
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub store: Store,
    /// Public keys to believe, as `countersign ledger key` prints them. For a store, its own key is believed as well.
    #[arg(long = "key")]
    pub keys: Vec<String>,
    /// Checkpoints kept elsewhere, as files.
    #[arg(long = "checkpoint")]
    pub checkpoints: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct BenchFill {
    #[command(flatten)]
    pub store: Store,
    #[arg(long, default_value_t = 10_000)]
    pub contracts: u32,
}
