//! A running server and a client on one connection, with nothing in between that would cost time of its own.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, bail, ensure};

/// Ticks per second in /proc; a constant of Linux on every machine that this runs on.
const TICKS: f64 = 100.0;

pub struct Server {
    child: Child,
    address: String,
}

impl Server {
    pub fn start(binary: &Path, data: &Path, more: &[&str]) -> anyhow::Result<Self> {
        let mut child = Command::new(binary)
            .arg("--data-folder")
            .arg(data)
            .args(["--listen", "127.0.0.1:0"])
            .args(more)
            .env("COUNTERSIGN_LOG", "warn")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?);
        let mut line = String::new();
        lines.read_line(&mut line)?;
        let address = line.trim().rsplit("http://").next().unwrap_or_default().to_owned();
        ensure!(address.contains(':'), "the server did not say where it serves: `{line}`");
        // Reads the rest away, so that the server never waits for us.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Ok(Self { child, address })
    }

    pub fn client(&self) -> anyhow::Result<Client> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        Ok(Client {
            reader: BufReader::new(stream.try_clone()?),
            stream,
            address: self.address.clone(),
            cookie: String::new(),
            compressed: false,
        })
    }

    /// Processor time of the process so far, user and system.
    pub fn cpu_ms(&self) -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        Ok((field(&stat, 14)? + field(&stat, 15)?) * 1000.0 / TICKS)
    }

    pub fn resident_mb(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.trim().split(' ').next()?.parse::<f64>().ok());
        kilobytes.map(|kilobytes| kilobytes / 1024.0).context("no resident size")
    }

    pub fn stop(mut self) -> anyhow::Result<()> {
        Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Processor time of all children that have ended.
pub fn children_cpu_ms() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    Ok((field(&stat, 16)? + field(&stat, 17)?) * 1000.0 / TICKS)
}

/// A field of /proc/PID/stat by its number in the manual; the name in brackets may hold spaces.
fn field(stat: &str, number: usize) -> anyhow::Result<f64> {
    let rest = stat.rsplit(')').next().unwrap_or_default();
    rest.split_whitespace().nth(number - 3).and_then(|field| field.parse().ok()).context("an unexpected /proc/PID/stat")
}

pub struct Client {
    reader: BufReader<TcpStream>,
    stream: TcpStream,
    address: String,
    cookie: String,
    /// Asks for compressed pages, as browsers do. Then their text cannot be read here.
    pub compressed: bool,
}

pub struct Answer {
    pub status: u16,
    pub body: String,
    set_cookies: Vec<String>,
}

impl Answer {
    pub fn expect(self, status: u16) -> anyhow::Result<Self> {
        ensure!(
            self.status == status,
            "answered {} and not {status}: {}",
            self.status,
            self.body.chars().take(400).collect::<String>()
        );
        Ok(self)
    }

    /// The first link to a record under `prefix`.
    pub fn link(&self, prefix: &str) -> Option<String> {
        self.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).find_map(|href| {
            let id = href.strip_prefix(prefix)?.split(['/', '?', '#']).next()?;
            (id.len() == 36).then(|| format!("{prefix}{id}"))
        })
    }
}

impl Client {
    pub fn get(&mut self, path: &str) -> anyhow::Result<Answer> {
        self.send("GET", path, "", "")
    }

    pub fn post_json(&mut self, path: &str, body: &str) -> anyhow::Result<Answer> {
        self.send("POST", path, "application/json", body)
    }

    pub fn sign_in(&mut self, email: &str, password: &str) -> anyhow::Result<()> {
        let plain = |text: &str| text.replace('@', "%40").replace(' ', "+");
        let body = format!("email={}&password={}", plain(email), plain(password));
        let answer = self.send("POST", "/sign-in", "application/x-www-form-urlencoded", &body)?.expect(303)?;
        self.cookie =
            answer.set_cookies.iter().filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ");
        ensure!(!self.cookie.is_empty(), "signing in gave no session");
        Ok(())
    }

    fn send(&mut self, method: &str, path: &str, media_type: &str, body: &str) -> anyhow::Result<Answer> {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nsec-fetch-site: same-origin\r\n", self.address);
        if self.compressed {
            request.push_str("accept-encoding: gzip\r\n");
        }
        if !self.cookie.is_empty() {
            request.push_str(&format!("cookie: {}\r\n", self.cookie));
        }
        if !media_type.is_empty() {
            request.push_str(&format!("content-type: {media_type}\r\ncontent-length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        request.push_str(body);
        self.stream.write_all(request.as_bytes())?;
        self.read()
    }

    fn read(&mut self) -> anyhow::Result<Answer> {
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let status = line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .with_context(|| format!("no status in `{line}`"))?;
        let (mut length, mut chunked, mut set_cookies) = (0_usize, false, Vec::new());
        loop {
            line.clear();
            self.reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim().split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse()?,
                "transfer-encoding" => chunked = value.contains("chunked"),
                "set-cookie" => set_cookies.push(value.trim().to_owned()),
                _ => {}
            }
        }
        let mut body = Vec::new();
        if chunked {
            loop {
                line.clear();
                self.reader.read_line(&mut line)?;
                let size = usize::from_str_radix(line.trim(), 16)?;
                let mut chunk = vec![0; size + 2];
                self.reader.read_exact(&mut chunk)?;
                if size == 0 {
                    break;
                }
                body.extend_from_slice(&chunk[..size]);
            }
        } else {
            body.resize(length, 0);
            self.reader.read_exact(&mut body)?;
        }
        if line.is_empty() && status == 0 {
            bail!("the server closed the connection");
        }
        Ok(Answer { status, body: String::from_utf8_lossy(&body).into_owned(), set_cookies })
    }
}
