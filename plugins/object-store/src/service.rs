//! What a flavor says about its service, and the connection that is made of it at the first request.

use std::sync::Arc;
use std::time::Duration;

use larder_plugin_api::{Error, ErrorKind, Level, Result, Services};
use opendal::layers::{RetryEvent, RetryLayer};
use opendal::raw::Servicer;
use opendal::{Builder, Capability, OperationContext, Operator};

use crate::transport;
use crate::tuning::Tuning;
use crate::wire::Dialect;

/// The longest pause between two attempts.
pub const LONGEST_DELAY: Duration = Duration::from_secs(10);

/// What a flavor says about its service.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact about the service, and no two depend on each other"
)]
pub struct Service {
    /// The bucket or container, for messages: "bucket `b`".
    pub place: String,
    /// Where credentials are looked for, in this order, for messages.
    pub credential_sources: &'static str,
    /// Whether the service decides that a target is free.
    pub exclusive: bool,
    /// Whether it decides that for a copy as well. Where it does not, such a copy goes through this process.
    pub exclusive_copy: bool,
    /// Characters that the service takes in no name, or for others.
    pub refused: fn(char) -> bool,
    /// What all keys begin with: the prefix of the root and `/`, or nothing.
    pub prefix: String,
    /// Within what buckets have their names, for identities: a word for the service and where it is.
    pub scope: String,
    /// The bucket or container.
    pub bucket: String,
    /// Whether the service compares the etag of what it removes. Where it does not, that is looked at right before.
    pub conditional_deletes: bool,
    /// Whether two objects of the same content have the same etag, so that a copy is better made with the etag of its source
    /// as a condition.
    pub compares_copies: bool,
    /// Whether a number of the service's own, the generation, says better than its etag what an object is.
    pub generations: bool,
    /// Whether an object can stand for a directory although its key has no `/` at the end.
    pub has_folders: bool,
    /// Makes the connection, at the first request.
    pub connect: Box<dyn Fn() -> Result<Connected> + Send + Sync>,
}

/// A service as OpenDAL knows it, and how requests are written that OpenDAL does not make.
pub struct Connected {
    /// For all that OpenDAL does.
    pub operator: Operator,
    /// For what it does not.
    pub dialect: Box<dyn Dialect>,
}

impl Service {
    /// The connection that a builder of OpenDAL describes; for `connect`.
    ///
    /// # Errors
    ///
    /// *Invalid argument* when the builder refuses what it was told.
    pub fn operator(builder: impl Builder) -> Result<Operator> {
        Operator::new(builder).map_err(|error| Error::new(ErrorKind::InvalidArgument, error.message()))
    }

    /// Makes the connection; sends nothing.
    pub(crate) fn open(&self, tuning: &Tuning, host: &Services) -> Result<Connection> {
        let log = host.clone();
        let retry = RetryLayer::new()
            .with_jitter()
            .with_min_delay(tuning.retry_delay)
            .with_max_delay(LONGEST_DELAY.max(tuning.retry_delay))
            .with_max_times(tuning.retries)
            .with_notify(move |event: RetryEvent<'_>| {
                let RetryEvent { op, attempt, err, .. } = event;
                log.log(Level::Warn, &format!("{op}: retry {attempt} after: {}", first_line(err.message())));
            });
        let Connected { operator, dialect } = (self.connect)()?;
        let context = operator.context().with_http_transport(transport::make(tuning, self.generations)?);
        let operator = operator.with_context(context);
        let once = operator.service().clone();
        let operator = operator.layer(retry);
        let capability = operator.info().capability();
        let (context, servicer) = (operator.context().clone(), operator.service().clone());
        Ok(Connection { servicer, once, context, capability, dialect: dialect.into() })
    }
}

/// A service that can be asked.
#[derive(Clone)]
pub struct Connection {
    pub servicer: Servicer,
    /// The same without retries: what resumes a body on its own may go on with another object's.
    pub once: Servicer,
    pub context: OperationContext,
    pub capability: Capability,
    pub dialect: Arc<dyn Dialect>,
}

/// For a log: what a service says may go on for pages.
pub fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
