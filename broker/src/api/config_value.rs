//! Values of settings in the one form in which they are stored and compared.

use crate::config::setting::{Kind, Setting, split_list};

/// A value that was checked, without what means nothing: blanks around it, and in a list blanks
/// around items, and items that stand there twice.
pub(super) fn canonical(setting: &Setting, value: &str) -> String {
    if setting.kind != Kind::List {
        return value.trim().to_owned();
    }
    let mut items: Vec<&str> = Vec::new();
    for item in split_list(value) {
        if !items.contains(&item) {
            items.push(item);
        }
    }
    items.join(",")
}

#[cfg(test)]
mod tests {
    use crate::config::topic;

    #[test]
    fn what_means_nothing_is_left_out() {
        fn check(name: &str, value: &str, expect: &str) {
            assert_eq!(super::canonical(topic::find(name).unwrap(), value), expect, "{value:?}");
        }
        check("retention.ms", " 9 ", "9");
        check("cleanup.policy", " compact , delete ", "compact,delete");
        check("cleanup.policy", "delete,delete", "delete");
        check("cleanup.policy", " ", "");
    }
}
