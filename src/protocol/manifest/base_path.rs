//! Finds the base path of an app. Reads no document: its paths are arguments.

/// Returns the base path of an app, below which all its pages lie: `/shop`, or an empty text.
///
/// - `stated_path`: the path that the document states ([`Document::path`](super::Document::path)). It is
///   `loaded_path` without the base path.
/// - `loaded_path`: the path that the document was loaded from.
/// - `prefix`: the part before `/_next/` in the paths of its scripts; `None` if they have another origin. It
///   equals the base path unless the app has an `assetPrefix`. The two are then unrelated, but an app with a
///   base path always has a prefix.
///
/// A page that a rewrite shows may state the path it was rewritten to. For this reason `stated_path` counts only if
/// `loaded_path` ends with it, and not if it would put the base path below the prefix.
///
/// ```
/// use actionlane::protocol::manifest::base_path;
///
/// assert_eq!(base_path(Some("/cart?step=2"), "/shop/cart", Some("/shop")), "/shop");
/// assert_eq!(base_path(Some("/cart"), "/cart", Some("")), "");
/// assert_eq!(base_path(Some("/rewritten"), "/shop/cart", Some("/shop")), "/shop", "`stated_path` does not count");
/// ```
pub fn base_path<'t>(stated_path: Option<&str>, loaded_path: &'t str, prefix: Option<&'t str>) -> &'t str {
    let path_length = |text: &str| text.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').len();
    let loaded_path = &loaded_path[..path_length(loaded_path)];
    let base = stated_path.and_then(|stated| loaded_path.strip_suffix(&stated[..path_length(stated)])).filter(|base| !base.ends_with('/'));
    let under = |prefix: &str| loaded_path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    match (base, prefix) {
        (_, Some("")) => "",
        (Some(base), Some(prefix)) if base.len() > prefix.len() && base.starts_with(prefix) && under(prefix) => prefix,
        (Some(base), _) => base,
        (None, Some(prefix)) if under(prefix) => prefix,
        (None, _) => "",
    }
}
