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
