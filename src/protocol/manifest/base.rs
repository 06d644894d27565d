//! Finds the base path of an app. Reads no document: its paths are arguments.

/// Returns the base path of an app, below which all its pages lie: `/shop`, or an empty text.
///
/// - `said`: the path that the document states ([`Document::path`](super::Document::path)). It is `loaded`
///   without the base path.
/// - `loaded`: the path that the document was loaded from.
/// - `prefix`: the part before `/_next/` in the paths of its scripts; `None` if they have another origin. It
///   equals the base path unless the app has an `assetPrefix`. The two are then unrelated, but an app with a
///   base path always has a prefix.
///
/// A page that a rewrite shows may state the path it was rewritten to. For this reason `said` counts only if
/// `loaded` ends with it, and not if it would put the base path below the prefix.
///
/// ```
/// use actionlane::protocol::manifest::base_path;
///
/// assert_eq!(base_path(Some("/cart?step=2"), "/shop/cart", Some("/shop")), "/shop");
/// assert_eq!(base_path(Some("/cart"), "/cart", Some("")), "");
/// assert_eq!(base_path(Some("/rewritten"), "/shop/cart", Some("/shop")), "/shop", "`said` does not count");
/// ```
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
