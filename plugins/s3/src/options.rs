//! The config of an S3 store: its keys, and the OpenDAL service that they describe.

use larder_object_store::wire::signing::{self, SharedCredentials, Sign, Signing};
use larder_object_store::{Connected, KEYS, Place, Service, Tuning, with_keys};
use larder_plugin_api::{Config, ConfigKey, Error, ErrorKind, Result, Root};
use opendal::HttpTransporter;
use opendal::services::S3;
use reqsign_aws_v4::{
    AssumeRoleCredentialProvider, Credential, DefaultCredentialProvider, RequestSigner,
    StaticCredentialProvider,
};
use reqsign_core::{ProvideCredentialChain, Signer};

use crate::dialect::S3Dialect;
use crate::region;

/// In the order in which they are asked.
pub const CREDENTIAL_SOURCES: &str = "the config, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the profile in \
    ~/.aws/credentials and ~/.aws/config, its SSO session, a web identity, its credential process, the container, the instance";

const OWN: [ConfigKey; 19] = [
    ConfigKey::text("endpoint")
        .aliases(&["endpoint_url"])
        .help("URL of a server other than Amazon's; also AWS_ENDPOINT_URL"),
    ConfigKey::text("region").aliases(&["region_name"]).help(
        "region of the bucket; without it AWS_REGION, AWS_DEFAULT_REGION, the profile's, then us-east-1",
    ),
    ConfigKey::text("addressing").aliases(&["addressing_style"]).choices(&["auto", "path", "virtual"]).default("auto").help(
        "whether the bucket stands in the path or in the host name; auto: in the path with an endpoint or a dot in the name",
    ),
    ConfigKey::text("access_key_id").secret().aliases(&["key", "aws_access_key_id"]).help(
        "access key; without it credentials are looked for in AWS_ACCESS_KEY_ID, the profile in ~/.aws, its SSO session, a web identity, its credential process, the container, the instance, in this order",
    ),
    ConfigKey::text("secret_access_key").secret().aliases(&["secret", "aws_secret_access_key"]).help("secret of the access key"),
    ConfigKey::text("session_token").secret().aliases(&["token", "aws_session_token"]).help("token of temporary credentials"),
    ConfigKey::text("profile").help("profile in ~/.aws/config and ~/.aws/credentials; without it AWS_PROFILE, then default"),
    ConfigKey::text("role_arn").help("role to assume with the credentials that were found"),
    ConfigKey::text("external_id").help("external id that the role asks for"),
    ConfigKey::boolean("anonymous").aliases(&["anon"]).help("send requests without a signature, for public buckets"),
    ConfigKey::text("instance_credentials").choices(&["auto", "true", "false"]).default("auto").help(
        "ask the instance's metadata service for credentials; auto: unless there is an endpoint",
    ),
    ConfigKey::text("checksum").choices(&["crc32c", "md5", "none"]).default("crc32c").help(
        "checksum that uploads carry and the server verifies",
    ),
    ConfigKey::text("encryption").aliases(&["server_side_encryption"]).choices(&["none", "s3", "kms"]).default("none").help(
        "encryption at rest that uploads ask for: with a key of S3, or of KMS; none leaves it to the bucket",
    ),
    ConfigKey::text("kms_key_id").aliases(&["sse_kms_key_id"]).help("key for `encryption=kms`; without it the account's own for S3"),
    ConfigKey::text("storage_class").help("storage class of what is uploaded, such as STANDARD_IA; without it the bucket's"),
    ConfigKey::boolean("requester_pays").help("accept the cost of requests to a bucket that charges whoever asks"),
    ConfigKey::boolean("conditional_writes").default("true").help(
        "the server knows `If-None-Match: *` for uploads; false for one that does not, then `exclusive` is not claimed",
    ),
    ConfigKey::text("conditional_copies").choices(&["auto", "true", "false"]).default("auto").help(
        "the server knows it for copies as well, else a copy that must not overwrite goes through this process; auto: unless there is an endpoint",
    ),
    ConfigKey::text("conditional_deletes").choices(&["auto", "true", "false"]).default("auto").help(
        "the server compares etags when it removes objects, one or many a request, else each is looked at right before; auto: unless there is an endpoint",
    ),
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
        let endpoint = config.text("endpoint").or_else(region::endpoint_of_environment);
        if let Some(endpoint) = &endpoint {
            tuning.check_endpoint(endpoint)?;
        }
        check_pairs(config)?;
        let is_exclusive = config.boolean("conditional_writes");
        let unless_endpoint = |key: &str| match config.text(key).as_deref() {
            Some("true") => true,
            Some("false") => false,
            _ => endpoint.is_none(),
        };
        let is_exclusive_copy = unless_endpoint("conditional_copies");
        let conditional_deletes = unless_endpoint("conditional_deletes");
        let (bucket, config) = (place.bucket.clone(), config.clone());
        let service = Service {
            place: format!("bucket `{bucket}`"),
            scope: format!("s3:{}", endpoint.as_deref().map_or("amazonaws", host_of)),
            prefix: place.key_prefix(),
            bucket,
            conditional_deletes,
            // An etag is made of the content.
            compares_copies: true,
            generations: false,
            has_folders: false,
            credential_sources: CREDENTIAL_SOURCES,
            exclusive: is_exclusive,
            exclusive_copy: is_exclusive && is_exclusive_copy,
            refused: |_| false,
            connect: Box::new(move || connect(&place, endpoint.as_deref(), &config)),
        };
        Ok(Self { service, tuning })
    }
}

/// Refuses keys that say nothing without others.
fn check_pairs(config: &Config) -> Result<()> {
    let given = |key: &str| config.text(key).is_some();
    let wrong = |message: &str| Err(Error::new(ErrorKind::InvalidArgument, message));
    if given("access_key_id") != given("secret_access_key") {
        return wrong("config keys `access_key_id` and `secret_access_key`: expected both or neither");
    }
    if given("session_token") && !given("access_key_id") {
        return wrong("config key `session_token`: expected `access_key_id` and `secret_access_key` with it");
    }
    if config.boolean("anonymous") && (given("access_key_id") || given("profile") || given("role_arn")) {
        return wrong("config key `anonymous`: expected no credentials with it");
    }
    if given("kms_key_id") && config.text("encryption").as_deref() != Some("kms") {
        return wrong("config key `kms_key_id`: expected `encryption=kms` with it");
    }
    if given("external_id") && !given("role_arn") {
        return wrong("config key `external_id`: expected `role_arn` with it");
    }
    Ok(())
}

fn connect(place: &Place, endpoint: Option<&str>, config: &Config) -> Result<Connected> {
    let text = |key: &str| config.text(key).unwrap_or_default();
    let region = region::of(config);
    let mut s3 = S3::default()
        .bucket(&place.bucket)
        .root(&place.prefix)
        .region(&region)
        .default_storage_class(&text("storage_class"));
    s3 = match endpoint {
        Some(endpoint) => s3.endpoint(endpoint.trim_end_matches('/')),
        None => s3,
    };
    let in_host_name = match text("addressing").as_str() {
        "virtual" => true,
        "path" => false,
        _ => endpoint.is_none() && !place.bucket.contains('.'),
    };
    let credentials = SharedCredentials::new(credentials(&region, config));
    s3 = s3.credential_provider_chain(credentials.chain());
    let dialect = S3Dialect {
        address: address(place, endpoint, &region, in_host_name)?,
        bucket: place.bucket.clone(),
        headers: requester(config),
        new_object: encryption(config),
        signing: (!config.boolean("anonymous")).then(|| {
            let signer = RequestSigner::new("s3", &region);
            Box::new(Signing::new(&credentials, signer, signing::context())) as Box<dyn Sign>
        }),
    };
    if in_host_name {
        s3 = s3.enable_virtual_host_style();
    }
    if config.boolean("anonymous") {
        s3 = s3.skip_signature();
    }
    if config.boolean("requester_pays") {
        s3 = s3.enable_request_payer();
    }
    s3 = match text("checksum").as_str() {
        "none" => s3,
        algorithm => s3.checksum_algorithm(algorithm),
    };
    s3 = match (text("encryption").as_str(), text("kms_key_id").as_str()) {
        ("s3", _) => s3.server_side_encryption_with_s3_key(),
        ("kms", "") => s3.server_side_encryption_with_aws_managed_kms_key(),
        ("kms", key) => s3.server_side_encryption_with_customer_managed_kms_key(key),
        _ => s3,
    };
    Ok(Connected { operator: Service::operator(s3)?, dialect: Box::new(dialect) })
}

/// The bucket's address, as OpenDAL makes it too.
fn address(place: &Place, endpoint: Option<&str>, region: &str, in_host_name: bool) -> Result<String> {
    let bucket = &place.bucket;
    let endpoint = endpoint.map_or_else(
        || Ok(format!("https://s3.{region}.amazonaws.com")),
        |endpoint| larder_object_store::normal_address(&endpoint.replace(&format!("//{bucket}."), "//")),
    )?;
    Ok(if in_host_name {
        endpoint.replacen("//", &format!("//{bucket}."), 1)
    } else {
        format!("{endpoint}/{bucket}")
    })
}

/// Where credentials are looked for, in the order of [`CREDENTIAL_SOURCES`].
fn credentials(region: &str, config: &Config) -> ProvideCredentialChain<Credential> {
    let text = |key: &str| config.text(key);
    let mut others = DefaultCredentialProvider::builder();
    if let Some(profile) = text("profile") {
        others = others.with_profile(profile);
    }
    if !Tuning::instance_credentials(config, "instance_credentials") {
        others = others.no_imds();
    }
    let mut chain = ProvideCredentialChain::new().push(others.build());
    if let (Some(key), Some(secret)) = (text("access_key_id"), text("secret_access_key")) {
        let mut given = StaticCredentialProvider::new(&key, &secret);
        if let Some(token) = text("session_token") {
            given = given.with_session_token(&token);
        }
        chain = chain.push_front(given);
    }
    match text("role_arn") {
        Some(role) => ProvideCredentialChain::new().push(assumed(role, region, config, chain)),
        None => chain,
    }
}

/// The role that is assumed with what was found.
fn assumed(
    role: String,
    region: &str,
    config: &Config,
    found: ProvideCredentialChain<Credential>,
) -> AssumeRoleCredentialProvider {
    let context = signing::context().with_http_send(HttpTransporter::default());
    let signer = Signer::new(context, found, RequestSigner::new("sts", region));
    let provider = AssumeRoleCredentialProvider::new(role, signer)
        .with_region(region.to_owned())
        .with_regional_sts_endpoint();
    match config.text("external_id") {
        Some(id) => provider.with_external_id(id),
        None => provider,
    }
}

fn requester(config: &Config) -> Vec<(&'static str, String)> {
    let pays = config.boolean("requester_pays");
    pays.then(|| ("x-amz-request-payer", "requester".to_owned())).into_iter().collect()
}

fn encryption(config: &Config) -> Vec<(&'static str, String)> {
    let algorithm = match config.text("encryption").as_deref() {
        Some("s3") => "AES256",
        Some("kms") => "aws:kms",
        _ => return Vec::new(),
    };
    let mut headers = vec![("x-amz-server-side-encryption", algorithm.to_owned())];
    headers.extend(config.text("kms_key_id").map(|key| ("x-amz-server-side-encryption-aws-kms-key-id", key)));
    headers
}

fn host_of(endpoint: &str) -> &str {
    let host = endpoint.split_once("://").map_or(endpoint, |(_, host)| host);
    host.split('/').next().unwrap_or(host)
}
