//! A refused upload is read to its end, without being kept, so that its sender hears the answer instead of a broken
//! connection.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use axum::{
    Error,
    body::{Body, BodyDataStream},
    extract::Request,
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

/// Bytes that are read away at most; beyond them the connection is cut.
const MOST: usize = 512 << 20;

/// The rest of a body that someone else began to read.
pub(super) struct Rest(Arc<Mutex<BodyDataStream>>);

struct Shared(Arc<Mutex<BodyDataStream>>);

impl Stream for Shared {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(cx)
    }
}

/// The request as it was, and a hold on what nobody reads of it.
pub(super) fn hold(request: Request) -> (Request, Rest) {
    let (parts, body) = request.into_parts();
    let shared = Arc::new(Mutex::new(body.into_data_stream()));
    (Request::from_parts(parts, Body::from_stream(Shared(shared.clone()))), Rest(shared))
}

impl Rest {
    pub(super) async fn read_away(self) {
        let mut stream = Shared(self.0);
        let mut seen = 0;
        while let Some(Ok(chunk)) = stream.next().await {
            seen += chunk.len();
            if seen > MOST {
                break;
            }
        }
    }
}
