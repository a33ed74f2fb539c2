//! The config of a Blob Storage store: its keys, and the OpenDAL service that they describe.

use larder_object_store::wire::signing::{self, SharedCredentials, Sign, Signing};
use larder_object_store::{Connected, KEYS, Place, Service, Tuning, refused_name, with_keys};
use larder_plugin_api::{Config, ConfigKey, Error, ErrorKind, Result, Root};
use opendal::services::Azblob;
use opendal_service_azure_common::{
    AzureStorageConfig, AzureStorageService, azure_account_name_from_endpoint,
    azure_config_from_connection_string,
};
use reqsign_azure_storage::{
    AzureCliCredentialProvider, ClientSecretCredentialProvider, Credential, DefaultCredentialProvider,
    RequestSigner, StaticCredentialProvider,
};
use reqsign_core::ProvideCredentialChain;

use crate::dialect::AzureDialect;

/// In the order in which they are asked.
pub const CREDENTIAL_SOURCES: &str = "the config, AZURE_STORAGE_ACCOUNT_KEY and AZURE_STORAGE_SAS_TOKEN, the tokens of `az`, \
    AZURE_CLIENT_CERTIFICATE_PATH, AZURE_CLIENT_SECRET, a workload identity, the managed identity";

const OWN: [ConfigKey; 10] = [
    ConfigKey::text("account_name").aliases(&["account"]).help(
        "storage account; also in the root path, abfs://container@account.dfs.core.windows.net/prefix, or AZURE_STORAGE_ACCOUNT_NAME",
    ),
    ConfigKey::text("account_key").secret().aliases(&["key"]).help(
        "key of the account; without it credentials are looked for in `sas_token`, `connection_string`, `client_secret`, the environment, the tokens of `az`, a client certificate, a workload identity, the managed identity, in this order",
    ),
    ConfigKey::text("sas_token").secret().aliases(&["sas"]).help("shared access signature"),
    ConfigKey::text("connection_string").secret().help(
        "connection string of the account; also AZURE_STORAGE_CONNECTION_STRING",
    ),
    ConfigKey::text("endpoint").aliases(&["endpoint_url", "account_host"]).help(
        "URL of the account's blob service; without it https://ACCOUNT.blob.core.windows.net",
    ),
    ConfigKey::text("tenant_id").help("tenant of the service principal"),
    ConfigKey::text("client_id").help("service principal"),
    ConfigKey::text("client_secret").secret().help("secret of the service principal"),
    ConfigKey::boolean("anonymous").aliases(&["anon"]).help("send requests without credentials, for public containers"),
    ConfigKey::text("instance_credentials").choices(&["auto", "true", "false"]).default("auto").help(
        "ask the instance's metadata service for its managed identity; auto: unless there is an endpoint",
    ),
];

pub const ALL: [ConfigKey; OWN.len() + KEYS.len()] = with_keys(&OWN);

/// What a store was registered with.
pub struct Options {
    pub service: Service,
    pub tuning: Tuning,
}

/// The account and how to reach it, from wherever it is said.
#[derive(Clone)]
struct Account {
    name: Option<String>,
    endpoint: Option<String>,
    connection_string: Option<String>,
}

impl Options {
    pub fn new(root: &Root, config: &Config) -> Result<Self> {
        let (root, account_of_root) = split_account(root)?;
        let place = Place::new(&root, "container")?;
        if let Some(character) = place.prefix.chars().find(|character| is_refused(*character)) {
            return Err(refused_name(character));
        }
        let tuning = Tuning::new(config)?;
        let account = Account {
            name: config
                .text("account_name")
                .or(account_of_root)
                .or_else(|| variable("AZURE_STORAGE_ACCOUNT_NAME")),
            endpoint: config.text("endpoint"),
            connection_string: config
                .text("connection_string")
                .or_else(|| variable("AZURE_STORAGE_CONNECTION_STRING")),
        };
        if let Some(endpoint) = account.endpoint() {
            tuning.check_endpoint(&endpoint)?;
        }
        check(config)?;
        let (bucket, config) = (place.bucket.clone(), config.clone());
        let service = Service {
            place: format!("container `{bucket}`"),
            scope: format!("az:{}", account.scope()),
            prefix: place.key_prefix(),
            bucket,
            conditional_deletes: true,
            // An etag is never used again.
            compares_copies: false,
            generations: false,
            has_folders: true,
            credential_sources: CREDENTIAL_SOURCES,
            exclusive: true,
            exclusive_copy: true,
            refused: is_refused,
            connect: Box::new(move || connect(&place, &account, &config)),
        };
        Ok(Self { service, tuning })
    }
}

impl Account {
    /// What the connection string says.
    fn stated(&self) -> Result<AzureStorageConfig> {
        let Some(connection) = &self.connection_string else { return Ok(AzureStorageConfig::default()) };
        azure_config_from_connection_string(connection, AzureStorageService::Blob).map_err(|_| {
            // What is wrong with it is said with the text itself, which is a secret.
            let message = "config key `connection_string`: expected `NAME=VALUE` pairs with `;` between them, as the portal shows them";
            Error::new(ErrorKind::InvalidArgument, message)
        })
    }

    /// The account and where it is, for identities: nothing of the credentials.
    fn scope(&self) -> String {
        let stated = self.stated().unwrap_or_default();
        let endpoint = self.endpoint().or(stated.endpoint).unwrap_or_default();
        let address = endpoint.split_once("://").map_or(endpoint.as_str(), |(_, address)| address);
        address.trim_end_matches('/').to_ascii_lowercase()
    }

    fn endpoint(&self) -> Option<String> {
        let of_name = || Some(format!("https://{}.blob.core.windows.net", self.name.as_ref()?));
        self.endpoint.clone().or_else(|| if self.connection_string.is_some() { None } else { of_name() })
    }
}

/// The service takes a backslash for a slash, and its listings are XML 1.0, which has no other control characters than
/// these two as they are: a reader makes a newline of a lone carriage return.
fn is_refused(character: char) -> bool {
    match character {
        '\t' | '\n' => false,
        '\\' | '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => false,
    }
}

fn check(config: &Config) -> Result<()> {
    let given = |key: &str| config.text(key).is_some();
    let wrong = |message: &str| Err(Error::new(ErrorKind::InvalidArgument, message));
    let principal = ["tenant_id", "client_id", "client_secret"].map(given);
    if principal[2] && !(principal[0] && principal[1]) {
        return wrong("config key `client_secret`: expected `tenant_id` and `client_id` with it");
    }
    let credentials = ["account_key", "sas_token", "connection_string", "client_secret"];
    if config.boolean("anonymous") && credentials.into_iter().any(given) {
        return wrong("config key `anonymous`: expected no credentials with it");
    }
    Ok(())
}

/// `abfs://container@account.dfs.core.windows.net/prefix` names the account too.
fn split_account(root: &Root) -> Result<(Root, Option<String>)> {
    let Some((container, host)) = root.authority().split_once('@') else { return Ok((root.clone(), None)) };
    let account = host.split('.').next().unwrap_or_default();
    if account.is_empty() {
        let message = format!("`{root}` names no account, expected container@account.dfs.core.windows.net");
        return Err(Error::new(ErrorKind::InvalidPath, message));
    }
    let plain = Root::parse(&format!("{}{container}{}", root.scheme(), root.path()))?;
    Ok((plain, Some(account.to_owned())))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn connect(place: &Place, account: &Account, config: &Config) -> Result<Connected> {
    let text = |key: &str| config.text(key);
    let stated = account.stated()?;
    let Some(endpoint) = account.endpoint().or(stated.endpoint) else {
        let message =
            "no storage account is named: expected `account_name`, `connection_string` or `endpoint`";
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    };
    let endpoint = endpoint.trim_end_matches('/').to_owned();
    let name =
        account.name.clone().or(stated.account_name).or_else(|| azure_account_name_from_endpoint(&endpoint));
    let key = text("account_key").or(stated.account_key);
    let sas = text("sas_token").or(stated.sas_token);
    let has_key = key.is_some() || sas.is_some() || account.connection_string.is_some();
    let sources = if has_key { given(name.as_deref(), key, sas) } else { chain(account, config) };
    let credentials = SharedCredentials::new(sources);
    let mut azure = Azblob::default()
        .container(&place.bucket)
        .root(&place.prefix)
        .endpoint(&endpoint)
        .credential_provider_chain(credentials.chain());
    if let Some(name) = &name {
        azure = azure.account_name(name);
    }
    if config.boolean("anonymous") {
        azure = azure.skip_signature();
    }
    let dialect = AzureDialect {
        address: format!("{endpoint}/{}", place.bucket),
        signing: (!config.boolean("anonymous")).then(|| {
            Box::new(Signing::new(&credentials, RequestSigner::new(), signing::context())) as Box<dyn Sign>
        }),
    };
    Ok(Connected { operator: Service::operator(azure)?, dialect: Box::new(dialect) })
}

/// The key or the signature that was given, before what is looked for.
fn given(name: Option<&str>, key: Option<String>, sas: Option<String>) -> ProvideCredentialChain<Credential> {
    let mut chain = ProvideCredentialChain::new().push(DefaultCredentialProvider::new());
    if let (Some(name), Some(key)) = (name, key) {
        chain = chain.push_front(StaticCredentialProvider::new_shared_key(name, &key));
    }
    match sas {
        Some(sas) => chain.push_front(StaticCredentialProvider::new_sas_token(sas.trim_start_matches('?'))),
        None => chain,
    }
}

/// Where credentials are looked for when the config has no key.
fn chain(account: &Account, config: &Config) -> ProvideCredentialChain<Credential> {
    let text = |key: &str| config.text(key).unwrap_or_default();
    let mut secret = ClientSecretCredentialProvider::new();
    if config.text("client_secret").is_some() {
        secret = secret
            .with_tenant_id(text("tenant_id"))
            .with_client_id(text("client_id"))
            .with_client_secret(text("client_secret"));
    }
    let mut others = DefaultCredentialProvider::builder()
        .azure_cli(AzureCliCredentialProvider::new())
        .client_secret(secret.clone());
    if !Tuning::instance_credentials(config, "instance_credentials") {
        others = others.no_imds();
    }
    let mut chain = ProvideCredentialChain::new();
    if config.text("client_secret").is_some() {
        chain = chain.push(secret);
    }
    if let (Some(name), Some(key)) =
        (&account.name, variable("AZURE_STORAGE_ACCOUNT_KEY").or_else(|| variable("AZURE_STORAGE_KEY")))
    {
        chain = chain.push(StaticCredentialProvider::new_shared_key(name, &key));
    }
    chain.push(others.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_path_may_name_the_account() {
        let root = Root::parse("abfs://data@lab.dfs.core.windows.net/runs").expect("it is a root");
        let (plain, account) = split_account(&root).expect("it names both");
        assert_eq!((plain.to_string().as_str(), account.as_deref()), ("abfs://data/runs", Some("lab")));
        let root = Root::parse("abfs://data@/runs").expect("it is a root");
        assert!(split_account(&root).is_err());
    }
}
