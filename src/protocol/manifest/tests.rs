//! Documents and scripts of one small app, as `next build` and `next start` made them, and texts that nobody built.

use super::*;

/// What one build made of the app: the release and the bundler, a page's document, the script with its client component.
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

fn found(script: &str) -> Found {
    let mut found = Found::default();
    scan_script(script, &mut found);
    found
}

/// Names and ids, as one text each.
fn pairs(script: &str) -> Vec<String> {
    found(script).0.iter().map(|(name, id)| format!("{name} {id}")).collect()
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
        let names: Vec<_> = found(built.script).0.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["default", "createTodo", "größe", "renamed", "$dollar_1"].map(Box::from), "{}", built.name);
    }
    assert_eq!(ids("14.2-webpack"), [""; 0], "it writes no names");
}

#[test]
fn real_scripts_that_are_not_minified() {
    const TURBOPACK: &str = r#"const __TURBOPACK__default__export__ = /*#__PURE__*/ (0, __TURBOPACK__imported__module__95187__["createServerReference"])("60772d50e4fdd3e977e9981438ef184a88a475dae8", __TURBOPACK__imported__module__95187__["callServer"], void 0, __TURBOPACK__imported__module__95187__["findSourceMapURL"], "default");"#;
    const WEBPACK: &str = r#"const createTodo = /*#__PURE__*/(0,action_client_wrapper.createServerReference)("60ff1afb945a53a529e104897946fad632c67e913a", action_client_wrapper.callServer, undefined, action_client_wrapper.findSourceMapURL, "createTodo")"#;
    assert_eq!(pairs(TURBOPACK), ["default 60772d50e4fdd3e977e9981438ef184a88a475dae8"]);
    assert_eq!(pairs(WEBPACK), ["createTodo 60ff1afb945a53a529e104897946fad632c67e913a"]);
}

#[test]
fn a_call_may_be_written_in_many_ways() {
    for call in [
        format!("createServerReference(\"{ID}\",callServer,void 0,findSourceMapURL,\"save\")"),
        format!("(0,n.createServerReference)('{ID}',n.callServer,void 0,n.findSourceMapURL,'save')"),
        format!("(0,n.createServerReference)(`{ID}`,n.callServer,void 0,n.findSourceMapURL,`save`,)"),
        format!(
            "(0,\n n['createServerReference'] ) (\n  /* salt */ \"{ID}\" ,\r\n\tn.callServer, // why\n void 0,n[`find`],\"s\\u0061ve\" )"
        ),
        format!("createServerReference)(\"{ID}\",n(1,[2,\")\"])[\"a]\"],!1,ö.\\u0061,\"save\")"),
    ] {
        assert_eq!(pairs(&call), [format!("save {ID}")], "{call}");
    }
}

#[test]
fn what_is_not_such_a_call_is_not_found() {
    let upper = ID.to_uppercase();
    for text in [
        format!("createServerReference)(\"{ID}\")"),
        format!("createServerReference)(\"{ID}\",a,b,c)"),
        format!("createServerReference)(\"{ID}\",a,b,c,d)"),
        format!("createServerReference)(\"{ID}\",a,b,c,\"\")"),
        format!("createServerReference)(\"{ID}\",a,b,c,\"save\""),
        format!("createServerReference)(\"{ID}\",a,b,c,\"sa"),
        format!("createServerReference)(\"{ID}\",a,b,c,`sa${{v}}e`)"),
        format!("createServerReference)(\"{ID}\",a,b,c,\"save\"+d)"),
        format!("createServerReference)(\"{ID}\",a,b;c,\"save\")"),
        format!("createServerReference)(\"{ID}\",a,b=>{{}},c,\"save\")"),
        format!("createServerReference)(\"{ID}',a,b,c,\"save\")"),
        format!("createServerReference)(\"{upper}\",a,b,c,\"save\")"),
        format!("createServerReference)(\"{ID}0\",a,b,c,\"save\")"),
        format!("createServerReference)(\"{}\",a,b,c,\"save\")", &ID[1..]),
        format!("createServerReference)(\"g{}\",a,b,c,\"save\")", &ID[1..]),
        format!("createServerReference)({ID},a,b,c,\"save\")"),
        format!("createServerReferences)(\"{ID}\",a,b,c,\"save\")"),
        format!("createServerReference:f,g:(\"{ID}\",a,b,c,\"save\")"),
    ] {
        assert_eq!(pairs(&text), [""; 0], "{text}");
    }
}

#[test]
fn a_call_that_breaks_off_does_not_hide_the_next() {
    let good = format!("(0,n.createServerReference)(\"{ID}\",a,void 0,c,\"save\")");
    for bad in ["createServerReference", "createServerReference)(", "createServerReference)(\"", &good[..70], &good[..78]] {
        assert_eq!(pairs(&format!("{bad};{good}")), [format!("save {ID}")], "{bad}");
    }
    for cut in 0..good.len() {
        assert!(found(&good[..cut]).0.is_empty());
    }
}

#[test]
fn two_ids_of_one_name_are_ambiguous() {
    let mut found = found(of("16.4-turbopack").script);
    let old = id("6055daf4a20f27506239114cd70884ac19e7aa0bc0");
    assert_eq!(found.lookup("createTodo"), Lookup::Found(old.clone()));
    assert_eq!(found.lookup("create"), Lookup::Missing);
    scan_script(of("16.4-turbopack").script, &mut found);
    assert_eq!(found.lookup("createTodo"), Lookup::Found(old), "the same id twice is one");
    scan_script(of("16.4-webpack").script, &mut found);
    assert_eq!(found.lookup("createTodo"), Lookup::Ambiguous);
}

#[test]
fn an_id_with_another_info_byte_is_no_replacement() {
    let [a, b] = ["a", "b"].map(|digit| digit.repeat(40));
    let with = |info: &str, hash: &str| id(&format!("{info}{hash}"));
    assert!(replacement(&with("60", &a), &with("60", &b)));
    assert!(replacement(&with("7f", &a), &with("7F", &b)));
    assert!(replacement(&id(&a), &id(&b)));
    for (old, new) in [(with("60", &a), with("70", &a)), (id(&a), with("60", &b)), (with("60", &a), id(&b))] {
        assert!(!replacement(&old, &new), "{old} {new}");
    }
}

#[test]
fn only_the_pages_own_scripts_are_looked_at() {
    let own = |url| is_own_script(url, "https://example.com", &["https://cdn.example.com/as", "https://static.example.com", ""]);
    for url in [
        "https://example.com/_next/static/chunks/a.js?dpl=x",
        "https://example.com/a.js",
        "https://cdn.example.com/as/_next/static/chunks/a.js",
        "https://static.example.com/_next/a.js",
    ] {
        assert!(own(url), "{url}");
    }
    for url in [
        "https://example.com.evil.com/_next/a.js",
        "https://example.com@evil.com/_next/a.js",
        "https://example.com:8443/_next/a.js",
        "http://example.com/_next/a.js",
        "https://cdn.example.com/_next/a.js",
        "https://cdn.example.com/other/_next/a.js",
        "https://cdn.example.com/as.evil/_next/a.js",
        "https://static.example.com/a.js",
        "data:text/javascript,1",
        "blob:https://example.com/1",
        "/_next/static/chunks/a.js",
        "",
    ] {
        assert!(!own(url), "{url}");
    }
}

#[test]
fn an_asset_prefix_stands_before_next() {
    for (url, prefix) in [
        ("https://cdn.example.com/as/_next/static/chunks/a.js", Some("https://cdn.example.com/as")),
        ("https://example.com/_next/static/chunks/a.js?dpl=x", Some("https://example.com")),
        ("/docs/_next/static/chunks/a.js", Some("/docs")),
        ("https://example.com/a.js?/_next/", None),
        ("https://example.com/a.js#/_next/", None),
    ] {
        assert_eq!(asset_prefix(url), prefix, "{url}");
    }
}

#[test]
fn real_documents_of_turbopack() {
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
fn real_documents_of_webpack() {
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
fn tags_are_read_as_a_browser_reads_them() {
    let scripts = |text| scan_html(text).scripts;
    assert_eq!(scripts("<SCRIPT\nasync SRC = '/a&amp;b.js?x=\"'></SCRIPT ><script src=/c.js>"), ["/a&b.js?x=\"", "/c.js"]);
    assert_eq!(scripts("<script src=/a.js></script><script src=/a.js></script><script src=/b/></script>"), ["/a.js", "/b/"]);
    assert_eq!(
        scripts("<link rel='x PRELOAD' as=script href=a><link rel=modulepreload href=b><link rel=preload as=style href=c>"),
        ["a", "b"]
    );
    assert_eq!(scripts("<script nomodule src=a></script><script data-x='<script src=b></script>' src=c></script>"), ["c"]);
    assert_eq!(scripts("<script =src=a x/src=b src=c></script>"), ["b"]);
    let hidden = [
        "<!-- <script src=a></script> -->",
        "<!--><!-- -- > <script src=a></script>",
        "<title><script src=a></title>",
        "<noscript><script src=a></script></noscript>",
        "<textarea></text><script src=a></script></textarea>",
        "<style><script src=a></script>",
        "<p title='<script src=a></script>'>",
        "< script src=a></script>",
        "</script src=a>",
        "<script src=",
        "<script src='a",
        "<script src='a'",
        "<",
    ];
    for text in hidden {
        assert_eq!(scripts(text), [""; 0], "{text}");
    }
    assert_eq!(scripts("<!--><script src=a></script>"), ["a"]);
    assert_eq!(scripts("<!DOCTYPE html><?x?></p ><é><script src=&#x61;&#98;&amp&nope;&#xfffffff;></script>"), ["ab&amp&nope;&#xfffffff;"]);
}

#[test]
fn flight_rows_that_may_say_anything_say_nothing() {
    let document = |flight: &str| {
        let mut literal = String::new();
        crate::flight::json::quote(&mut literal, flight);
        scan_html(&format!("<script>self.__next_f.push([1,{}])</script>", literal.replace('<', "\\u003c")))
    };
    let row = format!("{{\"id\":\"{ID}\",\"bound\":null}}");
    assert_eq!(ids(&document(&format!("a:{row}\n"))), [ID]);
    assert_eq!(ids(&document(&format!(":HL[\"x\"]\nnonsense\n\n:\na:{row}"))), [ID], "goes on behind what is no row");
    let text = format!("é</script>\nb:{row}\nc:I[1,[\"/_next/static/a.js\"],\"\"]\n0:{{\"b\":\"no\"}}\n");
    let framed = format!("1:T{:x},{text}2:\"x\"\n0:{{\"a\":{{\"b\":\"no\"}},\"x\":\"b\",\"b\":\"yes\"}}\n", text.len());
    assert_eq!(document(&framed), Document { build: Some("yes".into()), ..Document::default() });
    for flight in
        ["1:Tffffffff,x", "1:Tfffffffffff,x\n", "1:T", "1:", "1", ":", "0:", "0:{\"b\":", "0:{\"b\":1", "0:{\"b\":\"x", "0:]]{\"b"]
    {
        assert_eq!(document(flight), Document::default(), "{flight}");
    }
    let strings = r#"1:"/_next/static/a.css"
2:"/a.js"
3:"static/chunks/a%5Bb%5D.js"
4:["/_next/static/no.js"]
5:I[1,["7","static/chunks/b.js?dpl=1","\u002f_next/static/c.js"],"x.js"]"#;
    assert_eq!(document(strings).chunks, ["static/chunks/a%5Bb%5D.js", "static/chunks/b.js?dpl=1", "/_next/static/c.js"]);
}

#[test]
fn the_path_is_a_list_in_the_root() {
    let path = |root: &str| {
        let mut literal = String::new();
        crate::flight::json::quote(&mut literal, &format!("0:{root}"));
        scan_html(&format!("<script>self.__next_f.push([1,{literal}])</script>")).path
    };
    assert_eq!(path(r#"{"c":["","blog","en?q=a/b"],"b":"build"}"#).as_deref(), Some("/blog/en?q=a/b"));
    assert_eq!(path(r#"{"f":[{"c":["","no"]}],"b":"build","c":["",""]}"#).as_deref(), Some("/"));
    assert_eq!(path(r#"["$","$L3",null,{"urlParts":["","a"],"buildId":"x"}]"#).as_deref(), Some("/a"));
    for other in [r#"{"c":"/a"}"#, r#"{"c":["","a"}"#, r#"{"c":["",1]}"#, r#"{"c":[]}"#, r#"{"c":["#, r#"{"urlParts":["","a"]}"#] {
        assert_eq!(path(other), None, "{other}");
    }
}

#[test]
fn pushes_go_on_from_one_to_the_next() {
    let script = |script: &str| scan_html(&format!("<script>{script}</script>"));
    let cut = format!(
        r#"(self.__next_f=self.__next_f||[]).push([0]);self.__next_f.push([2,["self.__next_f.push([1,'5:I[]"]]);self.__next_f.push([1,"a:{{\"id\":\"{}"])</script><script>self.__next_f.push([1,"{}\",\"bound\":null}}\n"])"#,
        &ID[..9],
        &ID[9..]
    );
    assert_eq!(ids(&script(&cut)), [ID]);
    // "0:{\"b\":\"ö" and half of the next character, then the rest.
    let binary = r#"self.__next_f.push([3,"MDp7ImIiOiLDtsM="]);self.__next_f.push([3,"tiJ9Cg=="])"#;
    assert_eq!(script(binary).build.as_deref(), Some("öö"));
    for other in [
        "f(),self.__next_f.push([1,\"0:{\\\"b\\\":\\\"x\\\"}\"])".to_owned(),
        "self.__next_f.push([1,\"0:{\\\"b\\\":\\\"x\\\"}".to_owned(),
        "self.__next_f.push([1,'0:{\"b\":\"x\"}'])".to_owned(),
        "self.__next_f.push([1])".to_owned(),
    ] {
        assert_eq!(script(&other), Document::default(), "{other}");
    }
}

#[test]
fn fields_of_forms_carry_ids() {
    let document = |name: &str, value: &str| ids(&scan_html(&format!("<input name=\"{name}\" value='{value}'>"))).join(" ");
    assert_eq!(document(&format!("$ACTION_ID_{ID}"), ""), ID);
    assert_eq!(document("$ACTION_x:0", &format!("{{\"id\":\"{ID}\",\"bound\":\"$@1\"}}")), ID);
    for (name, value) in [
        (format!("$ACTION_ID_{ID}0"), String::new()),
        (format!("$ACTION_ID_{}", ID.to_uppercase()), String::new()),
        (format!("ACTION_ID_{ID}"), String::new()),
        ("$ACTION_x:1".into(), format!("{{\"id\":\"{ID}\",\"bound\":null}}")),
        ("$ACTION_x:0".into(), format!("{{\"id\":\"{ID}\"}}")),
        ("$ACTION_x:0".into(), format!("[{{\"id\":\"{ID}\",\"bound\":null}}]")),
        ("x:0".into(), format!("{{\"id\":\"{ID}\",\"bound\":null}}")),
    ] {
        assert_eq!(document(&name, &value), "", "{name} {value}");
    }
}

#[test]
fn any_cut_of_a_real_text_is_read() {
    for built in &BUILT {
        for (text, step) in [(built.document, 7), (built.script, 1)] {
            for cut in (0..text.len()).step_by(step).filter(|cut| text.is_char_boundary(*cut)) {
                for part in [&text[..cut], &text[cut..]] {
                    scan_html(part);
                    found(part);
                }
            }
        }
    }
}

/// Each text is a megabyte of what a reader that goes back would read again and again: this test would take minutes.
#[test]
fn what_repeats_is_read_once() {
    let call = format!("createServerReference)(\"{ID}\",");
    let pieces = [
        format!("{call}\\'"),
        format!("{call}\\`${{"),
        format!("{call}/*"),
        format!("{call}(["),
        format!("{call}a,b,c,'"),
        format!("{call}a,b,c,\"\\u{{"),
        "createServerReference".into(),
        "<".into(),
        "<a ".into(),
        "<a b='".into(),
        "<!--".into(),
        "<!".into(),
        "<script>".into(),
        "<script></scrip".into(),
        "<script src=&#".into(),
        "&ééééé".into(),
        "<style></styl".into(),
        "<script>self.__next_f.push([1,\"".into(),
        "self.__next_f.push([1,\"".into(),
        "<script>self.__next_f.push([1,\"0:[{\\\"b\\\":0:I[\\\"\\n\"])</script>".into(),
        "<script>self.__next_f.push([1,\"T9,0:Tf,:\"])</script>".into(),
    ];
    for piece in pieces {
        let text = piece.repeat((1 << 20) / piece.len());
        assert!(found(&text).0.is_empty(), "{piece}");
        scan_html(&text);
        scan_html(&format!("<script src='{text}'></script>"));
        scan_html(&format!("<script>self.__next_f.push([1,\"{text}"));
        scan_html(&format!("<script>self.__next_f.push([1,\"{text}\"])</script>"));
    }
}

#[test]
fn lists_are_bounded() {
    let many: String =
        (0..2 * html::MOST).map(|number| format!("<script src={number}></script><input name=$ACTION_ID_{number:040x}>")).collect();
    let document = scan_html(&many);
    assert_eq!((document.scripts.len(), document.ids.len()), (html::MOST, html::MOST));
    assert!(scan_html(&format!("<script src={}></script>", "a".repeat(5000))).scripts.is_empty());
}
