//! Access to the connection below HTTP, to do what an HTTP server never does.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// A connection. HTTP reads and writes it; a behaviour may also write to it directly, and end it.
#[derive(Clone, Debug)]
pub(crate) struct Wire(Arc<Connection>);

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    ended: AtomicBool,
}

impl Wire {
    fn new(stream: TcpStream) -> Self {
        // Sends each piece of a drip at once. If this fails, pieces arrive later.
        let _ = stream.set_nodelay(true);
        Self(Arc::new(Connection { stream, ended: AtomicBool::new(false) }))
    }

    /// Writes raw `bytes` to the connection. Ignores errors, and whether the client is still connected.
    pub(crate) async fn write(&self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.0.stream.writable().await.is_ok() {
            match self.0.stream.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }

    /// Ends the connection properly (FIN) when HTTP uses it next.
    pub(crate) fn close(&self) {
        self.0.ended.store(true, Ordering::Release);
    }

    /// Ends the connection with a reset (RST) when HTTP uses it next.
    pub(crate) fn reset(&self) {
        // This fails only on a connection that has ended.
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

    /// Does nothing: the stream is shut down when its last owner drops it, which HTTP does right after this.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Listens, and gives each connection to the code that answers on it.
#[derive(Debug)]
pub(crate) struct WireListener(pub(crate) TcpListener);

impl Listener for WireListener {
    type Io = Wire;
    /// Takes the place of an address: handlers need the connection itself.
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

impl Connected<IncomingStream<'_, WireListener>> for Wire {
    fn connect_info(stream: IncomingStream<'_, WireListener>) -> Self {
        stream.io().clone()
    }
}
