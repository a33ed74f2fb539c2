//! The config of a Cloud Storage store: its keys, and the OpenDAL service that they describe.

use larder_object_store::{KEYS, Place, Service, Tuning, with_keys};
use larder_plugin_api::{Config, ConfigKey, Error, ErrorKind, Result, Root};
use opendal::Operator;
use opendal::services::Gcs;

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
            credential_sources: CREDENTIAL_SOURCES,
            exclusive: true,
            exclusive_copy: true,
            refused: |_| false,
            connect: Box::new(move || connect(&place, &config)),
        };
        Ok(Self { service, tuning })
    }
}

fn connect(place: &Place, config: &Config) -> Result<Operator> {
    let text = |key: &str| config.text(key).unwrap_or_default();
    let mut gcs = Gcs::default()
        .bucket(&place.bucket)
        .root(&place.prefix)
        .credential(&in_base64(&text("credentials")))
        .credential_path(&text("credentials_file"))
        .service_account(&text("service_account"))
        .scope(&text("scope"))
        .default_storage_class(&text("storage_class"))
        .predefined_acl(&text("predefined_acl"));
    if let Some(endpoint) = config.text("endpoint") {
        gcs = gcs.endpoint(endpoint.trim_end_matches('/'));
    }
    if let Some(token) = config.text("token") {
        gcs = gcs.token(token);
    }
    if config.boolean("anonymous") {
        gcs = gcs.skip_signature();
    }
    if !Tuning::instance_credentials(config, "instance_credentials") {
        gcs = gcs.disable_vm_metadata();
    }
    Service::operator(gcs)
}

/// The service wants Base64; people have a file of JSON.
fn in_base64(credentials: &str) -> String {
    if credentials.trim_start().starts_with('{') {
        larder_object_store::to_base64(credentials)
    } else {
        credentials.to_owned()
    }
}
