//! Tests the finder with documents and scripts of a small app, made by `next build` and `next start`, and with
//! texts written by hand.

use serde_json::{Value, json};

use super::*;

/// The output of one build of the app: name of release and bundler, the document of a page, the script with its
/// client component.
struct Built {
    name: &'static str,
    document: &'static str,
    script: &'static str,
}

macro_rules! built {
    ($name:literal) => {
        Built {
            name: $name,
            document: include_str!(concat!("../../../tests/vectors/manifest/", $name, ".html")),
            script: include_str!(concat!("../../../tests/vectors/manifest/", $name, ".js")),
        }
    };
}

const BUILT: [Built; 5] =
    [built!("14.2-webpack"), built!("15.5-webpack"), built!("15.5-turbopack"), built!("16.4-turbopack"), built!("16.4-webpack")];

fn of(name: &str) -> &'static Built {
    BUILT.iter().find(|built| built.name == name).unwrap()
}

fn actions_in(script: &str) -> NamedActions {
    let mut actions = NamedActions::default();
    scan_script(script, &mut actions);
    actions
}

/// Returns name and id of each action as one text.
fn pairs(script: &str) -> Vec<String> {
    actions_in(script).0.iter().map(|(name, id)| format!("{name} {id}")).collect()
}

fn id(text: &str) -> ActionId {
    ActionId::parse(text).unwrap()
}

fn ids(document: &Document) -> Vec<&str> {
    document.ids.iter().map(ActionId::as_str).collect()
}

const ID: &str = "60aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

#[test]
fn real_scripts_name_their_actions() {
    let ids = |name| pairs(of(name).script);
    assert_eq!(
        ids("15.5-webpack"),
        [
            "default 60039b7615a693dfe5148f4bde6d4b0b8ffa5e25a4",
            "createTodo 60a4d97770988a101d2c8192c44b2badcbf4a415ab",
            "größe 7fc64ef7644cb38a8ec4fe9a97afe458d092aeea22",
            "renamed 7fa9df7194e6f9d6608b3658b9026e3e450951d03d",
            "$dollar_1 7fb5ab0319552bb4f11fdaca4d7ad142b1b4ac743b",
        ]
    );
    assert_eq!(
        ids("16.4-turbopack"),
        [
            "default 60457dbb43c736d80ca4e8344a08cf12944ce226c7",
            "createTodo 6055daf4a20f27506239114cd70884ac19e7aa0bc0",
            "größe 7fd94b8b1ec081d66ff2dce4db09c0a6e645dc62cf",
            "renamed 0028a7f5fbb4241c846ca8cd9a5cb9cabf69988936",
            "$dollar_1 409f365f778d677781c802e32aa6a3029c5abb57c2",
        ]
    );
    for built in &BUILT[1..] {
        let names: Vec<_> = actions_in(built.script).0.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["default", "createTodo", "größe", "renamed", "$dollar_1"].map(Box::from), "{}", built.name);
    }
    assert_eq!(ids("14.2-webpack"), [""; 0], "it writes no names");
}

#[test]
fn two_ids_of_one_name_are_ambiguous() {
    let mut actions = actions_in(of("16.4-turbopack").script);
    let old = id("6055daf4a20f27506239114cd70884ac19e7aa0bc0");
    assert_eq!(actions.lookup("createTodo"), Lookup::Found(old.clone()));
    assert_eq!(actions.lookup("create"), Lookup::Missing);
    scan_script(of("16.4-turbopack").script, &mut actions);
    assert_eq!(actions.lookup("createTodo"), Lookup::Found(old), "the same id twice is one");
    scan_script(of("16.4-webpack").script, &mut actions);
    assert_eq!(actions.lookup("createTodo"), Lookup::Ambiguous);
}

#[test]
fn documents_of_turbopack_are_read() {
    const CDN: &str = "https://cdn.example.com/as/_next/static/chunks";
    let document = scan_html(of("16.4-turbopack").document);
    let named = |names: &[&str]| names.iter().map(|name| format!("{CDN}/{name}.js?dpl=dpl_abc")).collect::<Vec<_>>();
    let scripts =
        ["0j1we3cwg31qe", "3jua5gvtt1jpt", "39_j1bdzreq0m", "34p-jxi95tdge", "turbopack-10ckd50la_soi", "3qfy96eoyh-ek", "0lowi0gr40qjg"];
    assert_eq!(document.scripts, named(&scripts));
    assert_eq!(document.chunks, named(&scripts[5..]));
    assert_eq!(
        ids(&document),
        [
            "60457dbb43c736d80ca4e8344a08cf12944ce226c7",
            "403d2ed227145183769e1915e9a498250884bc0d58",
            "402dba9464400d850334c16c42caef284f0d552899",
            "60b921d2c6f353ad90364644664efc36ce796a071b",
        ]
    );
    assert_eq!((document.build, document.path.as_deref(), document.deployment.as_deref()), (None, Some("/"), Some("dpl_abc")));

    let document = scan_html(of("15.5-turbopack").document);
    assert_eq!(document.chunks, ["331bcca48c789d08", "f96ead19cb4edd3d"].map(|name| format!("/_next/static/chunks/{name}.js")));
    assert_eq!(document.scripts.len(), 9);
    assert_eq!((document.build.as_deref(), document.deployment), (Some("quuRHTJLozgL2Klq9l4FG"), None));
}

#[test]
fn documents_of_webpack_are_read() {
    for (name, chunk, build, ids) in [
        ("14.2-webpack", "static/chunks/app/page-8a3e01f3b900bb55.js", "vqXYF_hHMoD6ZB3ahp_ab", 4),
        ("15.5-webpack", "static/chunks/app/page-43caf719afee2edd.js?dpl=dpl_155", "Y8YaV9YxtavzSXR3CuPtP", 4),
        ("16.4-webpack", "static/chunks/app/page-defa6ae6e1660567.js", "BARrHh7Ncoip6XIZ8MFSz", 4),
    ] {
        let document = scan_html(of(name).document);
        assert_eq!(document.chunks, [chunk], "{name}");
        assert!(document.scripts.contains(&format!("/_next/{chunk}")), "{name}: {:?}", document.scripts);
        assert_eq!((document.scripts.len(), document.ids.len()), (5, ids), "{name}: {document:?}");
        assert!(!document.scripts.iter().any(|script| script.contains("polyfills") || script.contains("no.js")), "{name}");
        assert_eq!((document.build.as_deref(), document.path.as_deref(), document.deployment), (Some(build), Some("/"), None), "{name}");
    }
}

#[test]
fn any_cut_of_a_real_text_is_read() {
    for built in &BUILT {
        for (text, step) in [(built.document, 7), (built.script, 1)] {
            for cut in (0..text.len()).step_by(step).filter(|cut| text.is_char_boundary(*cut)) {
                for part in [&text[..cut], &text[cut..]] {
                    scan_html(part);
                    actions_in(part);
                }
            }
        }
    }
}

/// Returns the vectors, which `pkg/test/finder_vectors.test.js` reads, too.
fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../tests/vectors/manifest/cases.json")).unwrap()
}

fn list<'v>(vectors: &'v Value, name: &str) -> &'v [Value] {
    let list = vectors[name].as_array().unwrap();
    assert!(!list.is_empty(), "{name}");
    list
}

/// Returns all that a text states, except the deployment, which the finder in JavaScript does not read.
fn finds(text: &str) -> Value {
    let document = scan_html(text);
    let named: Vec<_> = actions_in(text).iter().map(|(name, id)| json!([name, id.as_str()])).collect();
    let all = json!({
        "scripts": document.scripts, "chunks": document.chunks, "ids": ids(&document), "build": document.build, "path": document.path, "named": named,
    });
    let Value::Object(mut all) = all else { unreachable!() };
    all.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
    Value::Object(all)
}

#[test]
fn documents_and_scripts_of_the_vectors_are_read() {
    let files =
        BUILT.iter().flat_map(|Built { name, document, script }| [(format!("{name}.html"), document), (format!("{name}.js"), script)]);
    let files: Vec<_> = files.collect();
    for case in list(&vectors(), "texts") {
        let of_file = |file: &str| files.iter().find(|(name, _)| name == file).map(|(_, text)| **text);
        let text = case["text"].as_str().or_else(|| of_file(case["file"].as_str()?)).unwrap();
        assert_eq!(finds(text), case["finds"], "{case}");
    }
}

#[test]
fn base_paths_are_those_of_the_vectors() {
    for case in list(&vectors(), "basePaths") {
        let [stated_path, prefix] = ["said", "prefix"].map(|name| case[name].as_str());
        assert_eq!(base_path(stated_path, case["loaded"].as_str().unwrap(), prefix), case["basePath"], "{case}");
    }
}

#[test]
fn scripts_and_replacements_are_accepted_as_the_vectors_say() {
    let vectors = vectors();
    for case in list(&vectors, "replacements") {
        let [old, new] = ["old", "id"].map(|name| id(case[name].as_str().unwrap()));
        assert_eq!(is_replaceable_by(&old, &new), case["holds"], "{case}");
    }
    for case in list(&vectors, "prefixes") {
        assert_eq!(asset_prefix(case["url"].as_str().unwrap()), case["prefix"].as_str(), "{case}");
    }
    let scripts = &vectors["scripts"];
    let prefixes: Vec<_> = list(scripts, "prefixes").iter().filter_map(Value::as_str).collect();
    for (name, own) in [("own", true), ("foreign", false)] {
        for url in list(scripts, name) {
            assert_eq!(is_own_script(url.as_str().unwrap(), scripts["origin"].as_str().unwrap(), &prefixes), own, "{url}");
        }
    }
}

#[test]
fn a_cut_call_is_not_found() {
    let good = format!("(0,n.createServerReference)(\"{ID}\",a,void 0,c,\"save\")");
    for cut in 0..good.len() {
        assert!(actions_in(&good[..cut]).0.is_empty());
    }
}

/// Each text is a megabyte that a reader which goes back would read again and again; this test would then take
/// minutes.
#[test]
fn repeated_text_is_read_once() {
    for piece in list(&vectors(), "repeated").iter().filter_map(Value::as_str) {
        let text = piece.repeat((1 << 20) / piece.len());
        assert!(actions_in(&text).0.is_empty(), "{piece}");
        scan_html(&text);
        scan_html(&format!("<script src='{text}'></script>"));
        scan_html(&format!("<script>self.__next_f.push([1,\"{text}"));
        scan_html(&format!("<script>self.__next_f.push([1,\"{text}\"])</script>"));
    }
}

#[test]
fn lists_addresses_and_names_are_bounded() {
    let many: String =
        (0..2 * html::MOST).map(|number| format!("<script src={number}></script><input name=$ACTION_ID_{number:040x}>")).collect();
    let document = scan_html(&many);
    assert_eq!((document.scripts.len(), document.ids.len()), (html::MOST, html::MOST));
    for char in ["a", "é"] {
        let scripts = |length| scan_html(&format!("<script src={}></script>", char.repeat(length))).scripts.len();
        assert_eq!((scripts(4096), scripts(4097)), (1, 0));
        let names = |length| actions_in(&format!("createServerReference)(\"{ID}\",a,b,c,\"{}\")", char.repeat(length))).0.len();
        assert_eq!((names(1024), names(1025)), (1, 0));
    }
}
