//! The server behind the only binary. Reads the clock, the environment and randomness, so that nothing below it has to, and holds the
//! visible list of areas.

pub mod app;
pub mod arguments;
mod bench_fill;
mod child;
mod clocks_command;
mod compare_command;
pub mod demo;
mod draft_command;
mod ledger_command;
mod ocr;
mod review_command;
mod serve;
pub mod setting;
pub mod world;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser;

/// What `countersign` does, from its command line to its exit code.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // The kinds of child process come first: they need neither a runtime nor a log.
    match &arguments.command {
        Some(Command::ReadDocument { name, reading }) => return child::read_document(name, &reading.options()),
        Some(Command::RecogniseDocument { name, reading, tools }) => {
            return child::recognise_document(name, &reading.options(), tools);
        }
        Some(Command::WriteRedline { .. }) => return child::write_redline(),
        _ => {}
    }
    serve::start_log(arguments.serve.log_json);
    let outcome = match arguments.command {
        Some(Command::Review(review)) => review_command::run(&review),
        Some(Command::Compare(compare)) => compare_command::run(&compare),
        Some(Command::Draft(draft)) => draft_command::run(&draft),
        Some(Command::Clocks(clocks)) => clocks_command::run(&clocks),
        Some(Command::Ledger(command)) => run(ledger_command::run(&command)),
        Some(Command::BenchFill(fill)) => run(bench_fill::run(&fill)),
        Some(Command::Openapi) => run(app::print_openapi()),
        _ => run(serve::run(&arguments.serve)),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    // Worker threads come on top of the blocking ones; the pages need few, and each costs memory.
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}
