//! AWS Signature Version 4: the headers by which S3 knows that whoever asks has the secret.

use std::time::{Duration, SystemTime};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::s3::{ACCESS_KEY, REGION, SECRET_KEY};

/// The headers of a request with those that sign it now. One of `headers` must be `Host`; what is escaped in the
/// target must be what the service escapes.
pub(super) fn signed(
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Vec<(String, String)> {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let time = time_in_words(since_epoch.expect("the clock is past 1970"));
    Signer { access_key: ACCESS_KEY, secret_key: SECRET_KEY, time }.signed(method, target, headers, body)
}

struct Signer<'a> {
    access_key: &'a str,
    secret_key: &'a str,
    /// As in `20130524T000000Z`.
    time: String,
}

impl Signer<'_> {
    fn signed(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| (name.to_ascii_lowercase(), value.trim().to_owned());
        let mut headers: Vec<_> = headers.iter().map(owned).collect();
        headers.push(("x-amz-content-sha256".to_owned(), hex(&Sha256::digest(body))));
        headers.push(("x-amz-date".to_owned(), self.time.clone()));
        headers.sort();
        headers.push(("authorization".to_owned(), self.authorization(method, target, &headers, body)));
        headers
    }

    fn authorization(&self, method: &str, target: &str, headers: &[(String, String)], body: &[u8]) -> String {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let lines =
            headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect::<Vec<_>>().concat();
        let names = headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
        let body = hex(&Sha256::digest(body));
        let request = format!("{method}\n{path}\n{}\n{lines}\n{names}\n{body}", ordered(query));
        let (date, _) = self.time.split_at(8);
        let scope = format!("{date}/{REGION}/s3/aws4_request");
        let text =
            format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{}", self.time, hex(&Sha256::digest(request.as_bytes())));
        let secret = format!("AWS4{}", self.secret_key).into_bytes();
        let key = [date, REGION, "s3", "aws4_request"].iter().fold(secret, |key, part| mac(&key, part));
        let signature = hex(&mac(&key, &text));
        let credential = format!("{}/{scope}", self.access_key);
        format!("AWS4-HMAC-SHA256 Credential={credential},SignedHeaders={names},Signature={signature}")
    }
}

/// A key without a value is signed with an empty one.
fn ordered(query: &str) -> String {
    let pair = |text: &str| if text.contains('=') { text.to_owned() } else { format!("{text}=") };
    let mut pairs: Vec<_> = query.split('&').filter(|text| !text.is_empty()).map(pair).collect();
    pairs.sort();
    pairs.join("&")
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length is one");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

fn time_in_words(since_epoch: Duration) -> String {
    let is_leap =
        |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let (mut days, seconds) = (since_epoch.as_secs() / 86_400, since_epoch.as_secs() % 86_400);
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year}{month:02}{:02}T{hour:02}{minute:02}{second:02}Z", days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of "Signature Calculations for the Authorization Header" in Amazon's reference of the S3 API.
    fn signature(target: &str, headers: &[(&str, &str)]) -> String {
        let signer = Signer {
            access_key: "AKIAIOSFODNN7EXAMPLE",
            secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            time: "20130524T000000Z".to_owned(),
        };
        let host = [("Host", "examplebucket.s3.amazonaws.com")];
        let sent = signer.signed("GET", target, &[&host, headers].concat(), b"");
        let (_, authorization) = sent.last().expect("a signed request has headers");
        authorization.split_once("Signature=").expect("it is signed").1.to_owned()
    }

    #[test]
    fn signs_the_examples_of_the_service() {
        assert_eq!(
            signature("/test.txt", &[("Range", "bytes=0-9")]),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
        assert_eq!(
            signature("/?lifecycle", &[]),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        );
        assert_eq!(
            signature("/?prefix=J&max-keys=2", &[]),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        );
    }

    #[test]
    fn says_the_time_across_leap_days_and_years() {
        let words = |seconds| time_in_words(Duration::from_secs(seconds));
        assert_eq!(words(0), "19700101T000000Z");
        assert_eq!(words(951_782_399), "20000228T235959Z");
        assert_eq!(words(951_782_400), "20000229T000000Z");
        assert_eq!(words(1_735_689_599), "20241231T235959Z");
        assert_eq!(words(1_735_689_600), "20250101T000000Z");
    }
}
