//! The connection below HTTP: what no HTTP server would do to it is done here.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// A connection. HTTP reads and writes it; whoever answers may write to it behind HTTP's back, and end it.
#[derive(Clone, Debug)]
pub(crate) struct Wire(Arc<Connection>);

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    ended: AtomicBool,
}

impl Wire {
    fn new(stream: TcpStream) -> Self {
        // A drip is to leave as it drips. Where that cannot be set, it leaves later.
        let _ = stream.set_nodelay(true);
        Self(Arc::new(Connection { stream, ended: AtomicBool::new(false) }))
    }

    /// Hands `bytes` to the system as they are. What the other side thinks of them, or whether it is still there, nobody asks.
    pub(crate) async fn write(&self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.0.stream.writable().await.is_ok() {
            match self.0.stream.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }

    /// Ends the connection properly (FIN) once HTTP touches it next.
    pub(crate) fn close(&self) {
        self.0.ended.store(true, Ordering::Release);
    }

    /// Ends it with a reset (RST) once HTTP touches it next.
    pub(crate) fn reset(&self) {
        // It only fails on a connection that is gone.
        let _ = self.0.stream.set_zero_linger();
        self.close();
    }

    fn open(&self) -> io::Result<&TcpStream> {
        if self.0.ended.load(Ordering::Acquire) { Err(io::Error::other("ended on request")) } else { Ok(&self.0.stream) }
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let stream = self.open()?;
        loop {
            ready!(stream.poll_read_ready(context))?;
            match stream.try_read(buffer.initialize_unfilled()) {
                Ok(read) => {
                    buffer.advance(read);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let stream = self.open()?;
        loop {
            ready!(stream.poll_write_ready(context))?;
            match stream.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// The stream is shut down when the last one who holds it lets go, which HTTP does right after this.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Listens, and shows each connection to whoever answers on it.
#[derive(Debug)]
pub(crate) struct Wires(pub(crate) TcpListener);

impl Listener for Wires {
    type Io = Wire;
    /// What stands where an address does: those who answer ask for the connection itself.
    type Addr = Option<Wire>;

    async fn accept(&mut self) -> (Wire, Option<Wire>) {
        let (stream, _) = Listener::accept(&mut self.0).await;
        let wire = Wire::new(stream);
        (wire.clone(), Some(wire))
    }

    fn local_addr(&self) -> io::Result<Option<Wire>> {
        Ok(None)
    }
}

impl Connected<IncomingStream<'_, Wires>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Wires>) -> Self {
        stream.io().clone()
    }
}
