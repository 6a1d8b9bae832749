//! Clone to first page: what a newcomer waits for, everything compiled.

use std::{
    process::{Command, ExitCode},
    time::Instant,
};

use anyhow::ensure;

use super::{line, remove, server::Server};

pub fn run() -> anyhow::Result<ExitCode> {
    let folder = crate::root().join("target/bench/clone");
    remove(&folder)?;
    let begun = Instant::now();
    let cloned = Command::new("git").arg("clone").arg("--quiet").arg(crate::root()).arg(&folder).status()?;
    ensure!(cloned.success(), "git clone failed");
    let before = super::server::children_cpu_ms()?;
    let built = crate::cargo(&["build", "--release", "--quiet"])
        .current_dir(&folder)
        .env_remove("CARGO_TARGET_DIR")
        .status()?;
    ensure!(built.success(), "the release build failed");
    let cpu = (super::server::children_cpu_ms()? - before) / 1000.0;
    let server = Server::start(&folder.join("target/release/countersign"), &folder.join("data"), &[])?;
    server.client()?.get("/sign-in")?.expect(200)?;
    let wall = begun.elapsed().as_secs_f64();
    server.stop()?;
    let size = std::fs::metadata(folder.join("target/release/countersign"))?.len() >> 20;
    println!("| What | Measured | How |\n|---|---|---|");
    line(
        "clone to first page",
        &format!("{:.1} min", wall / 60.0),
        &format!("wall; {cpu:.0} s of CPU; crates already downloaded; binary {size} MB"),
    );
    remove(&folder)?;
    Ok(ExitCode::SUCCESS)
}
