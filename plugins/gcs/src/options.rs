//! The config of a Cloud Storage store: its keys, and the OpenDAL service that they describe.

use larder_object_store::wire::signing::{self, SharedCredentials, Sign, Signing};
use larder_object_store::{Connected, KEYS, Place, Service, Tuning, with_keys};
use larder_plugin_api::{Config, ConfigKey, Error, ErrorKind, Result, Root};
use opendal::services::Gcs;
use reqsign_core::{Context, Env as _, OsEnv, ProvideCredentialChain, StaticEnv};
use reqsign_google::{
    Credential, DefaultCredentialProvider, FileCredentialProvider, RequestSigner, StaticCredentialProvider,
    TokenCredentialProvider, VmMetadataCredentialProvider,
};

use crate::dialect::GcsDialect;

/// What is asked for without another scope: to read and write objects.
const SCOPE: &str = "https://www.googleapis.com/auth/devstorage.read_write";

/// In the order in which they are asked.
pub const CREDENTIAL_SOURCES: &str = "the config, GOOGLE_APPLICATION_CREDENTIALS, \
    ~/.config/gcloud/application_default_credentials.json, the instance's service account";

const OWN: [ConfigKey; 10] = [
    ConfigKey::text("endpoint").aliases(&["endpoint_url"]).help("URL of a server other than Google's"),
    ConfigKey::text("token").secret().help(
        "OAuth 2 access token; without it credentials are looked for in `credentials`, `credentials_file`, GOOGLE_APPLICATION_CREDENTIALS, the application default credentials of gcloud, the instance's service account, in this order",
    ),
    ConfigKey::text("credentials").secret().aliases(&["credential"]).help(
        "content of a credentials file (service account, external account, authorized user), as JSON or in Base64",
    ),
    ConfigKey::text("credentials_file").aliases(&["credential_path", "service_account_file"]).help("path of a credentials file"),
    ConfigKey::text("service_account").help("address of the instance's service account to use, when it has several"),
    ConfigKey::text("scope").help("OAuth 2 scope to ask for; without it the one for reading and writing objects"),
    ConfigKey::boolean("anonymous").aliases(&["anon"]).help("send requests without credentials, for public buckets"),
    ConfigKey::text("instance_credentials").choices(&["auto", "true", "false"]).default("auto").help(
        "ask the instance's metadata service for credentials; auto: unless there is an endpoint",
    ),
    ConfigKey::text("storage_class").help("storage class of what is uploaded, such as NEARLINE; without it the bucket's"),
    ConfigKey::text("predefined_acl").help("predefined access list of what is uploaded, such as projectPrivate"),
];

pub const ALL: [ConfigKey; OWN.len() + KEYS.len()] = with_keys(&OWN);

/// What a store was registered with.
pub struct Options {
    pub service: Service,
    pub tuning: Tuning,
}

impl Options {
    pub fn new(root: &Root, config: &Config) -> Result<Self> {
        let place = Place::new(root, "bucket")?;
        let tuning = Tuning::new(config)?;
        if let Some(endpoint) = config.text("endpoint") {
            tuning.check_endpoint(&endpoint)?;
        }
        let credentials = ["token", "credentials", "credentials_file"];
        if config.boolean("anonymous") && credentials.iter().any(|key| config.text(key).is_some()) {
            let message = "config key `anonymous`: expected no credentials with it";
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let (bucket, config) = (place.bucket.clone(), config.clone());
        let service = Service {
            place: format!("bucket `{bucket}`"),
            scope: format!("gs:{}", host_of(&endpoint_of(&config))),
            prefix: place.key_prefix(),
            bucket,
            conditional_deletes: true,
            // A generation is never used again.
            compares_copies: false,
            generations: true,
            has_folders: false,
            credential_sources: CREDENTIAL_SOURCES,
            exclusive: true,
            exclusive_copy: true,
            // "Object naming guidelines"
            refused: |character| matches!(character, '\r' | '\n'),
            connect: Box::new(move || connect(&place, &config)),
        };
        Ok(Self { service, tuning })
    }
}

/// Where the service is.
fn endpoint_of(config: &Config) -> String {
    let endpoint = config.text("endpoint").unwrap_or_else(|| "https://storage.googleapis.com".to_owned());
    endpoint.trim_end_matches('/').to_owned()
}

fn host_of(endpoint: &str) -> &str {
    endpoint.split_once("://").map_or(endpoint, |(_, host)| host)
}

fn connect(place: &Place, config: &Config) -> Result<Connected> {
    let text = |key: &str| config.text(key).unwrap_or_default();
    let scope = config.text("scope").unwrap_or_else(|| SCOPE.to_owned());
    let credentials = SharedCredentials::new(credentials(config, &scope));
    let mut gcs = Gcs::default()
        .bucket(&place.bucket)
        .root(&place.prefix)
        .credential_provider_chain(credentials.chain())
        // Nothing is looked for beside the chain.
        .disable_vm_metadata()
        .disable_config_load()
        .scope(&scope)
        .default_storage_class(&text("storage_class"))
        .predefined_acl(&text("predefined_acl"));
    if let Some(endpoint) = config.text("endpoint") {
        gcs = gcs.endpoint(endpoint.trim_end_matches('/'));
    }
    if config.boolean("anonymous") {
        gcs = gcs.skip_signature();
    }
    let dialect = GcsDialect {
        address: format!("{}/storage/v1/b/{}/o", endpoint_of(config), place.bucket),
        bucket: place.bucket.clone(),
        signing: (!config.boolean("anonymous")).then(|| {
            let signer = RequestSigner::new("storage").with_scope(&scope);
            Box::new(Signing::new(&credentials, signer, context(&scope))) as Box<dyn Sign>
        }),
    };
    Ok(Connected { operator: Service::operator(gcs)?, dialect: Box::new(dialect) })
}

/// Files and variables of this process, with the scope for credentials that are asked for it.
fn context(scope: &str) -> Context {
    let mut envs = OsEnv.vars();
    envs.insert("GOOGLE_SCOPE".to_owned(), scope.to_owned());
    signing::context().with_env(StaticEnv { home_dir: OsEnv.home_dir(), envs })
}

/// Where credentials are looked for, in the order of [`CREDENTIAL_SOURCES`].
fn credentials(config: &Config, scope: &str) -> ProvideCredentialChain<Credential> {
    let is_instance = Tuning::instance_credentials(config, "instance_credentials");
    let account = config.text("service_account");
    let mut others = DefaultCredentialProvider::builder();
    if !is_instance || account.is_some() {
        others = others.no_vm_metadata();
    }
    let mut chain = ProvideCredentialChain::new().push(others.build());
    if let Some(account) = account.filter(|_| is_instance) {
        chain =
            chain.push(VmMetadataCredentialProvider::new().with_scope(scope).with_service_account(account));
    }
    if let Some(file) = config.text("credentials_file") {
        chain = chain.push_front(FileCredentialProvider::new(file).with_scope(scope));
    }
    let content = config.text("credentials").map(|content| in_base64(&content));
    if let Some(Ok(given)) = content.map(StaticCredentialProvider::from_base64) {
        chain = chain.push_front(given.with_scope(scope));
    }
    match config.text("token") {
        Some(token) => chain.push_front(TokenCredentialProvider::new(token)),
        None => chain,
    }
}

/// The service wants Base64; people have a file of JSON.
fn in_base64(credentials: &str) -> String {
    if credentials.trim_start().starts_with('{') {
        larder_object_store::to_base64(credentials)
    } else {
        credentials.to_owned()
    }
}
