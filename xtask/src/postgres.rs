//! A private PostgreSQL for one test run: a cluster in a scratch folder, reachable on this machine's loopback only, and
//! gone afterwards. It never touches a cluster that the machine has already, and promises nothing about its data: it
//! does not sync, because no test outlives it.

use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};

use crate::debian;

/// PostgreSQL refuses to run as root, so root starts it as this user, which Debian's package creates.
const USER: &str = "postgres";
/// A scratch folder's name, before the number of the process that owns it.
const FOLDER: &str = "countersign-postgres-";
const READY_WITHIN: Duration = Duration::from_secs(60);

/// A running cluster; dropping it stops the server and removes the folder.
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    server: Option<Child>,
}

impl Cluster {
    pub fn start() -> anyhow::Result<Cluster> {
        let programs = debian::postgres_folder().context("no PostgreSQL server is installed")?;
        remove_leftovers(&env::temp_dir());
        let folder = env::temp_dir().join(format!("{FOLDER}{}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("`{}` could not be created", folder.display()))?;
        // From here on, leaving by any way removes the folder.
        let mut cluster = Cluster { programs, folder, port: free_port()?, server: None };
        if debian::is_root() {
            finish(Command::new("chown").arg(USER).arg(&cluster.folder))?;
        }
        finish(
            cluster
                .program("initdb", &[])
                .args([
                    "--no-sync",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--username=postgres",
                    "--pgdata",
                ])
                .arg(cluster.data()),
        )?;
        let server = cluster
            // Were this process killed outright, nobody would stop the server: the kernel then tells it to.
            .program("postgres", &["--pdeathsig", "INT"])
            .arg("-D")
            .arg(cluster.data())
            .args(["-p", &cluster.port.to_string(), "-k"])
            .arg(&cluster.folder)
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=400", "-c", "log_min_messages=fatal"])
            .args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(cluster.log())?)
            .spawn()
            .context("the PostgreSQL server could not be started")?;
        cluster.server = Some(server);
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// The address of the maintenance database; tests create their own beside it.
    pub fn address(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Outside the folder's data, because only this process's user writes it.
    fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// A program of PostgreSQL's, as a user that it accepts. `setpriv` replaces itself, so its process is the program's.
    fn program(&self, name: &str, settings: &[&str]) -> Command {
        let program = self.programs.join(name);
        let mut settings = settings.to_vec();
        if debian::is_root() {
            settings.extend(["--reuid", USER, "--regid", USER, "--init-groups"]);
        }
        let mut command = if settings.is_empty() {
            Command::new(program)
        } else {
            let mut command = Command::new("setpriv");
            command.args(settings).arg("--").arg(program);
            command
        };
        // Programs look at where they were started, and postgres may not read the developer's folder.
        command.current_dir(&self.folder).env_remove("PGDATA").env_remove("PGPORT").env_remove("PGHOST");
        command
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let started = Instant::now();
        while started.elapsed() < READY_WITHIN {
            let asked = Command::new(self.programs.join("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                .status()
                .context("pg_isready could not be started")?;
            if asked.success() {
                return Ok(());
            }
            if let Some(server) = &mut self.server
                && let Some(status) = server.try_wait()?
            {
                bail!("PostgreSQL ended with {status} before it was ready:\n{}", last_lines(&self.log()));
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("PostgreSQL was not ready within {} s:\n{}", READY_WITHIN.as_secs(), last_lines(&self.log()))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let stopped = finish(
                self.program("pg_ctl", &[]).args(["stop", "--silent", "--mode=immediate", "--pgdata"]).arg(self.data()),
            );
            if let Err(error) = stopped {
                eprintln!("xtask: PostgreSQL did not stop when told to: {error:#}");
                // The server may be this process's child and yet be gone already; there is nothing more to do then.
                let _ = server.kill();
            }
            let _ = server.wait();
        }
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("xtask: `{}` could not be removed: {error}", self.folder.display());
        }
    }
}

/// A port that nobody listens on. Somebody else could take it before the server does; the start then fails and says so.
fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Folders of runs that were killed before they could clean up. Their servers went with them.
fn remove_leftovers(scratch: &Path) {
    for entry in scratch.read_dir().into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner =
            name.to_str().and_then(|name| name.strip_prefix(FOLDER)).and_then(|owner| owner.parse::<u32>().ok());
        if let Some(owner) = owner
            && !Path::new("/proc").join(owner.to_string()).exists()
        {
            // Another user's folder stays; it is theirs to remove.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn finish(command: &mut Command) -> anyhow::Result<()> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{:?} could not be started", command.get_program()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{command:?} failed with {}: {}", output.status, said.trim());
    }
    Ok(())
}

fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Needs what `cargo xtask test` installs; without it the test fails, as it should.
    #[test]
    fn a_cluster_answers_and_leaves_nothing() {
        let cluster = Cluster::start().expect("a cluster starts");
        let (folder, port) = (cluster.folder.clone(), cluster.port);
        let said = Command::new(cluster.programs.join("psql"))
            .args([&cluster.address(), "-Atc", "select 6 * 7"])
            .output()
            .expect("psql starts");
        assert_eq!(said.stdout, b"42\n");
        drop(cluster);
        assert!(!folder.exists());
        TcpListener::bind(("127.0.0.1", port)).expect("the port is free again");
    }
}
