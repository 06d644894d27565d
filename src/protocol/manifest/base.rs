//! Finds the base path of an app from its document.

/// Where the app of a document lies below its origin: `/shop`, or nothing.
///
/// `loaded` is the path that the document was loaded from, `said` the path in it ([`Document::path`](super::Document::path)): the same one, without
/// the base path. `prefix` is what stands before `/_next/` in the paths of its scripts, none where they are of another origin. That is the
/// base path, unless the app has an `assetPrefix`; then the two have nothing to do with each other, but where there is a base path, there
/// is a prefix.
///
/// A page that a rewrite shows may say the path it was rewritten to. So `said` counts only where `loaded` ends with it, and not where it
/// would put the base path below the prefix.
pub fn base_path<'t>(said: Option<&str>, loaded: &'t str, prefix: Option<&'t str>) -> &'t str {
    let path = |text: &str| text.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').len();
    let loaded = &loaded[..path(loaded)];
    let stated = said.and_then(|said| loaded.strip_suffix(&said[..path(said)])).filter(|stated| !stated.ends_with('/'));
    let under = |prefix: &str| loaded.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    match (stated, prefix) {
        (_, Some("")) => "",
        (Some(stated), Some(prefix)) if stated.len() > prefix.len() && stated.starts_with(prefix) && under(prefix) => prefix,
        (Some(stated), _) => stated,
        (None, Some(prefix)) if under(prefix) => prefix,
        (None, _) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_below_the_origin_itself_tell_that_there_is_none() {
        assert_eq!(base_path(Some("/de"), "/de", Some("")), "");
        assert_eq!(base_path(Some("/"), "/de", Some("")), "", "rewritten");
    }

    #[test]
    fn a_base_path_without_another_prefix() {
        for (said, loaded) in [
            ("/", "/shop"),
            ("/", "/shop/"),
            ("/cart?x=1", "/shop/cart"),
            ("/cart/", "/shop/cart/"),
            ("/cart", "/shop/cart/"),
            ("/shop", "/shop/shop"),
            ("/shop/cart", "/shop/shop/cart"),
            ("/en", "/shop"),
            ("/", "/shop/de"),
            ("/en/cart", "/shop/cart"),
        ] {
            assert_eq!(base_path(Some(said), loaded, Some("/shop")), "/shop", "{said} at {loaded}");
        }
        assert_eq!(base_path(None, "/shop/cart", Some("/shop")), "/shop", "it says nothing");
    }

    #[test]
    fn a_prefix_without_a_base_path() {
        for (said, loaded) in
            [("/", "/"), ("/blog", "/blog"), ("/blog/other", "/blog/other"), ("/blog/en/", "/blog/en/"), ("/x", "/x"), ("/en", "/de")]
        {
            assert_eq!(base_path(Some(said), loaded, Some("/blog")), "", "{said} at {loaded}");
        }
        assert_eq!(base_path(None, "/shop/cart", Some("/blog")), "", "it says nothing");
    }

    #[test]
    fn both_have_nothing_to_do_with_each_other() {
        for said in ["/", "/shop", "/blog/en", "/blog", "/a/b"] {
            let loaded = format!("/shop{said}");
            for prefix in [Some("/blog"), Some("/shop/assets"), Some("/sho"), None] {
                assert_eq!(base_path(Some(said), &loaded, prefix), "/shop", "{said}, {prefix:?}");
            }
        }
    }

    #[test]
    fn scripts_of_another_origin_tell_nothing() {
        assert_eq!(base_path(Some("/a"), "/a", None), "");
        assert_eq!(base_path(Some("/a"), "/b", None), "");
        assert_eq!(base_path(None, "/a", None), "");
        assert_eq!(base_path(Some("b"), "/a/b", None), "", "no path");
    }
}
