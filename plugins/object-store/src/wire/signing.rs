//! Whose requests they are: the signer that OpenDAL uses, with the credentials that it has found.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use http::request::Parts;
use opendal::HttpTransporter;
use reqsign_core::{
    Context, OsEnv, ProvideCredential, ProvideCredentialChain, ProvideCredentialDyn, SignRequest, Signer,
    SigningCredential,
};
use reqsign_file_read_tokio::TokioFileRead;
use tokio::sync::Mutex;

/// Signs requests.
pub trait Sign: Send + Sync {
    /// Signs the head of a request. Credentials that are to be fetched are asked for by `transport`.
    fn sign<'a>(
        &'a self,
        head: &'a mut Parts,
        transport: &HttpTransporter,
    ) -> BoxFuture<'a, opendal::Result<()>>;
}

/// A signer for one kind of credentials.
pub struct Signing<C: SigningCredential> {
    signer: Signer<C>,
    context: Context,
}

impl<C: SigningCredential> Signing<C> {
    /// One that finds its credentials among `credentials`.
    pub fn new(
        credentials: &Arc<SharedCredentials<C>>,
        signer: impl SignRequest<Credential = C>,
        context: Context,
    ) -> Self {
        Self { signer: Signer::new(context.clone(), credentials.clone(), signer), context }
    }
}

/// Files and variables of this process, as OpenDAL looks for credentials.
pub fn context() -> Context {
    Context::new().with_file_read(TokioFileRead).with_env(OsEnv)
}

impl<C: SigningCredential> Sign for Signing<C> {
    fn sign<'a>(
        &'a self,
        head: &'a mut Parts,
        transport: &HttpTransporter,
    ) -> BoxFuture<'a, opendal::Result<()>> {
        let signer = self.signer.clone().with_context(self.context.clone().with_http_send(transport.clone()));
        Box::pin(async move {
            let outcome = signer.sign(head, None).await;
            outcome.map_err(|error| opendal::raw::new_request_sign_error(error.into()))?;
            // It is the client's to say, for the version of HTTP that it speaks.
            head.headers.remove(http::header::HOST);
            Ok(())
        })
    }
}

/// Credentials that are looked for once, for the requests of OpenDAL and for those of this crate: to ask a person or a
/// service a second time helps nobody.
pub struct SharedCredentials<C> {
    sources: ProvideCredentialChain<C>,
    found: Mutex<Option<C>>,
}

impl<C: SigningCredential> SharedCredentials<C> {
    /// The first that one of these has.
    pub fn new(sources: ProvideCredentialChain<C>) -> Arc<Self> {
        Arc::new(Self { sources, found: Mutex::new(None) })
    }

    /// The same as a chain, for OpenDAL.
    pub fn chain(self: &Arc<Self>) -> ProvideCredentialChain<C> {
        ProvideCredentialChain::new().push(self.clone())
    }
}

/// Says nothing of what was found.
impl<C> fmt::Debug for SharedCredentials<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SharedCredentials").finish_non_exhaustive()
    }
}

impl<C: SigningCredential> ProvideCredential for SharedCredentials<C> {
    type Credential = C;

    async fn provide_credential(&self, context: &Context) -> reqsign_core::Result<Option<C>> {
        let mut found = self.found.lock().await;
        if let Some(credential) = found.as_ref().filter(|credential| credential.is_valid()) {
            return Ok(Some(credential.clone()));
        }
        *found = self.sources.provide_credential_dyn(context).await?;
        Ok(found.clone())
    }
}
