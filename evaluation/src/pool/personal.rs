//! Columns that must not stand in a published pool.

use super::Pool;

/// Parts of headings that announce personal data; letters in lower case.
const PERSONAL: [&str; 17] = [
    "身份证",
    "身份号",
    "证件",
    "电话",
    "手机",
    "联系方式",
    "住址",
    "地址",
    "银行",
    "微信",
    "id_card",
    "idcard",
    "id card",
    "phone",
    "mobile",
    "telephone",
    "address",
];

impl Pool {
    /// The heading of the first column that names personal data such as ID card or phone numbers. The whole pool is
    /// published, so such a pool must not be taken.
    #[must_use]
    pub fn personal_column(&self) -> Option<&str> {
        let is_personal = |heading: &&String| {
            let heading = heading.to_lowercase();
            PERSONAL.iter().any(|part| heading.contains(part))
                || ["tel", "mail", "email"].contains(&heading.as_str())
        };
        self.columns.iter().find(is_personal).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_with_numbers_of_people_are_found() {
        let column = |heading: &str| {
            let pool =
                Pool::import(format!("id,half,category,name,{heading}\nP1,A,c,n,x\n").as_bytes()).unwrap();
            pool.personal_column().map(str::to_owned)
        };
        for personal in
            ["身份证号码", "公民身份号码", "联系电话", "手机号", "ID_Card", "Phone", "家庭住址", "tel"]
        {
            assert_eq!(column(personal).as_deref(), Some(personal));
        }
        for harmless in ["乡镇", "性别", "anchor", "hotel", "age"] {
            assert_eq!(column(harmless), None, "{harmless}");
        }
    }
}
