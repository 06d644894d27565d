//! Waits for a server on this machine.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use crate::Owned;

/// Waits until `GET path` on `port` answers 200, at most `patience`. Fails at once if `server` ends.
pub(crate) async fn wait_until_ready(server: &mut Owned, port: u16, path: &str, patience: Duration) -> Result<()> {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(status) = server.ended()? {
            bail!("the server ended before it was ready ({status})");
        }
        let last = match timeout(patience, status(port, path)).await {
            Ok(Ok(200)) => return Ok(()),
            Ok(Ok(status)) => format!("it answers {status}"),
            Ok(Err(error)) => format!("{error:#}"),
            Err(_) => "it does not answer".to_owned(),
        };
        if Instant::now() > deadline {
            bail!("not ready after {} s: {last}", patience.as_secs());
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// Returns the status of `GET path`.
async fn status(port: u16, path: &str) -> Result<u16> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    // "HTTP/1.1 200"
    let mut head = [0; 12];
    stream.read_exact(&mut head).await?;
    let head = std::str::from_utf8(&head)?;
    head[9..].parse().with_context(|| format!("not an HTTP answer: {head:?}"))
}
