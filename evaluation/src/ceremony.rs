//! The trustees' key ceremony as the people see who hold it: what goes wrong, in words that say what happened, who is at fault and
//! what next, and the code that they compare at the end. The ceremony itself is [`belenios::trustee::threshold`].

use belenios::{text::Hash, trustee::threshold::CeremonyError};

/// The one code that stands for everything the trustees made together: all certificates and the list of trustees with the final
/// key, as it will stand in the archive. Every trustee's terminal shows it; it is read aloud, printed on the opening sheet and
/// signed, as [`in_groups`] writes it.
///
/// It is SHA-256 over a line `pingyi-keys/1`, a line with the fingerprint of the certificates
/// ([`Certificates::fingerprint`](belenios::trustee::threshold::Certificates::fingerprint), or `-` where the keys were made without
/// a ceremony), and the exact text of the list.
#[must_use]
pub fn key_fingerprint(certificates: Option<Hash>, trustees_json: &str) -> Hash {
    let certificates = certificates.map_or_else(|| "-".to_owned(), |hash| hash.to_string());
    Hash::of(format!("pingyi-keys/1\n{certificates}\n{trustees_json}"))
}

/// A hash as people compare it aloud: the first 40 of its digits in ten groups of four. Whoever carries the messages would have to
/// make two sets of them with the same 160 bits while the trustees wait: about 2^80 attempts.
#[must_use]
pub fn in_groups(hash: Hash) -> Vec<String> {
    let digits: Vec<char> = hash.to_string().chars().take(40).collect();
    digits.chunks(4).map(|group| group.iter().collect()).collect()
}

/// The sentences for an error of the ceremony, Chinese and English.
#[must_use]
pub fn explain(error: CeremonyError) -> (String, String) {
    if let CeremonyError::SharedKey { one, other } = error {
        return (
            format!(
                "监票人{one}和{other}的证书里有同一把密钥：其中一人抄用了另一人的。没有采用。请停止密钥仪式，报告监督员。"
            ),
            format!(
                "The certificates of trustees {one} and {other} have a key in common: one has copied the other's. Stop the key \
                 ceremony and call the supervisor."
            ),
        );
    }
    let Some(trustee) = error.culprit() else {
        return (
            format!(
                "密钥仪式不能继续：{}。不是某一位监票人的消息有误，而是传递有误。请停下来，报告监督员。",
                reason_zh(error)
            ),
            format!(
                "The key ceremony cannot go on: {error}. No trustee's message is at fault, but what carried it. Stop and \
                 call the supervisor."
            ),
        );
    };
    (
        format!(
            "监票人{trustee}的消息不成立：{}。没有采用。请监票人{trustee}在自己的终端上重做这一步；再次出现就停止密钥仪式，报告监督员。",
            reason_zh(error)
        ),
        format!(
            "A message of trustee {trustee} does not hold: {error}. It was not used. Trustee {trustee} repeats this step at \
             the own terminal; if it happens again, stop the key ceremony and call the supervisor."
        ),
    )
}

const fn reason_zh(error: CeremonyError) -> &'static str {
    match error {
        CeremonyError::Agreement { .. } => "它是为另一组证书而作的",
        CeremonyError::CertificateContext { .. } => "证书不是为这次密钥仪式和这个序号而作的",
        CeremonyError::CertificateKey { .. } => "证书里没有自己的密钥，或与他人相同",
        CeremonyError::CertificateSignature { .. } => "证书的签名不成立",
        CeremonyError::Coefficients { .. } => "公开系数的个数与所需人数不符",
        CeremonyError::ContributionSignature { .. } => "贡献的签名不成立",
        CeremonyError::Count { .. } => "消息的份数与监票人人数不符",
        CeremonyError::Message { .. } => "消息读不懂",
        CeremonyError::NotMine { .. } => "服务器给出的证书里没有本机所作的那一份",
        CeremonyError::PublicKeyProof { .. } => "公钥的持有证明不成立",
        CeremonyError::PublicKeySignature { .. } => "公钥没有该监票人的签名",
        CeremonyError::PublicKeyValue { .. } => "公钥与各方的贡献不符",
        CeremonyError::Quorum { .. } => "监票人人数或所需人数不可能",
        CeremonyError::ShareSeal { .. } => "封装的份额打不开",
        CeremonyError::ShareSignature { .. } => "封装的份额没有发送人的签名",
        CeremonyError::ShareValue { .. } => "发来的份额与公开的系数不符",
        _ => "不符合规定",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_code_stands_for_certificates_and_list_alike() {
        let (one, other) = (Hash::of("one"), Hash::of("other"));
        let codes = [
            key_fingerprint(Some(one), "[]"),
            key_fingerprint(Some(other), "[]"),
            key_fingerprint(None, "[]"),
            key_fingerprint(Some(one), "[1]"),
        ];
        for (place, code) in codes.iter().enumerate() {
            assert_eq!(codes.iter().position(|any| any == code), Some(place));
        }
        let groups = in_groups(one);
        assert!(groups.len() == 10 && one.to_string().starts_with(&groups.concat()));
    }

    #[test]
    fn whoever_is_at_fault_is_named_in_both_languages() {
        let (zh, en) = explain(CeremonyError::ShareValue { trustee: 2 });
        assert!(zh.starts_with("监票人2的消息不成立：发来的份额与公开的系数不符。"), "{zh}");
        assert!(en.starts_with("A message of trustee 2 does not hold: the share sent by trustee 2"), "{en}");
        let (zh, en) = explain(CeremonyError::NotMine { trustee: 2 });
        assert!(zh.contains("不是某一位监票人") && en.contains("No trustee's message is at fault"));
    }
}
