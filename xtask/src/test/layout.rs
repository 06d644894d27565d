//! Checks the layout of the files: each opens with a sentence about its purpose, and no two files import each other,
//! directly or indirectly.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::prose::style::OPENINGS;
use crate::workspace;

use super::lint::{files, rust_files};
use super::part::Ran;

/// The files that each file uses, by name.
type Uses = BTreeMap<String, BTreeSet<String>>;

/// Checks the Rust of the crate and of `xtask`, and the JavaScript of the package.
pub(crate) fn check() -> Result<Ran> {
    let (root, pkg) = (workspace::root(), workspace::pkg());
    let mut scripts = files(&pkg.join("lib"), "js")?;
    scripts.extend(files(&pkg.join("forms"), "js")?);
    scripts.extend(files(&pkg.join("observe"), "js")?);
    scripts.extend(files(&pkg.join("react"), "js")?);
    scripts.extend(files(&pkg.join("server"), "js")?);
    scripts.extend(files(&pkg.join("script"), "js")?);
    scripts.extend(files(&pkg.join("state"), "js")?);
    scripts.extend(files(&pkg.join("timeline"), "js")?);
    scripts.extend(crate::stamp::entries(&pkg)?.into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "js")));
    let mut sources = rust_files(&root.join("src"))?;
    sources.extend(rust_files(&root.join("xtask/src"))?);
    let mut ran = Ran::default();
    for file in sources.iter().chain(&scripts) {
        let opens = opens_with_purpose(&fs::read_to_string(file)?, file.extension().is_some_and(|extension| extension == "rs"));
        ran.judge(!opens, || format!("{}: begin the file with a comment that says what it is for", workspace::shown(file)));
    }
    let is_shipped = |file: &&PathBuf| file.starts_with(root.join("src")) && !workspace::shown(file).contains("/tests");
    for file in sources.iter().filter(is_shipped).chain(&scripts) {
        let says = says_its_bounds(&fs::read_to_string(file)?);
        ran.judge(!says, || format!("{}: say after its purpose what the file must not know or do", workspace::shown(file)));
    }
    let edges = Edges::read(&root.join("src"))?;
    let root_users = &edges.root_users;
    ran.judge(!root_users.is_empty(), || {
        format!("{root_users:?} use the root file of an edge, which only holds its exports: no module may use it")
    });
    for (count, uses) in
        [(edges.files.len(), &edges.files), (0, &edges.ideas), (0, &edges.edges), (scripts.len(), &imports(&scripts, &pkg)?)]
    {
        let circles = circles(uses);
        ran.passed += if circles.is_empty() { count as u64 } else { 0 };
        for circle in circles {
            ran.judge(true, || format!("files use each other in a circle: {}", circle.join(" -> ")));
        }
    }
    Ok(ran)
}

/// True if the text opens with a comment of the file, and not with a riddle.
fn opens_with_purpose(text: &str, is_rust: bool) -> bool {
    let starts: &[&str] = if is_rust { &["//! "] } else { &["// ", "/** "] };
    let said = starts.iter().find_map(|start| text.strip_prefix(start));
    let first = |said: &str| said.split(|sign: char| !sign.is_alphabetic()).next().unwrap_or_default().to_lowercase();
    said.is_some_and(|said| !OPENINGS.contains(&first(said).as_str()))
}

/// Words near the beginning of a sentence or a clause that says what a file must not know or do: "Must hold no logic",
/// "Sends nothing", "Judges no URLs".
const BOUNDS: [&str; 9] = ["must", "no", "not", "nothing", "nowhere", "neither", "never", "none", "only"];

/// True if the opening comment of a file says what the file must not know or do. Examples in it do not count.
fn says_its_bounds(text: &str) -> bool {
    let signs = ["//!", "//", "/**", "*"];
    let content = |line: &str| signs.iter().find_map(|sign| line.trim().strip_prefix(sign)).map(|text| text.trim().to_lowercase());
    let opening: Vec<_> = text.lines().map_while(content).take_while(|line| !line.starts_with("```")).collect();
    let is_bound = |clause: &str| clause.split_whitespace().take(3).any(|word| BOUNDS.contains(&word));
    opening.join(" ").split(['.', ';', ':', ',']).any(is_bound)
}

/// The modules below `src/` that use JavaScript: an edge for each wasm module, and the helpers of both.
const EDGES: [&str; 3] = ["web", "web_flight", HELPERS];

/// The helpers: all edges may use them, their root included.
const HELPERS: &str = "js";

/// Uses between the modules of the edges. A module and its children are one idea, and may use each other.
#[derive(Default)]
struct Edges {
    /// By file, without uses between a module and its child.
    files: Uses,
    /// By idea.
    ideas: Uses,
    /// By edge.
    edges: Uses,
    /// Modules that use the root of an edge, such as `web.rs`.
    root_users: BTreeSet<String>,
}

impl Edges {
    fn read(src: &Path) -> Result<Self> {
        let mut texts = BTreeMap::new();
        let mut sources = Vec::new();
        for edge in EDGES {
            sources.extend(rust_files(&src.join(edge))?);
        }
        for file in sources {
            let module = file.strip_prefix(src)?.with_extension("");
            let module: Vec<_> = module.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
            if module.last().is_some_and(|name| name != "tests") {
                texts.insert(module, fs::read_to_string(&file)?);
            }
        }
        Ok(Self::of(&texts))
    }

    /// Collects the uses. The key of `texts` is the path of a module: `["web", "net", "request"]`.
    fn of(texts: &BTreeMap<Vec<String>, String>) -> Self {
        let mut edges = Self::default();
        for (module, text) in texts {
            let user = module.join("/");
            edges.files.entry(user.clone()).or_default();
            for mut used in used_paths(module, text) {
                while used.len() > 1 && !texts.contains_key(&used) {
                    used.pop();
                }
                if used[0] != module[0] {
                    edges.edges.entry(module[0].clone()).or_default().insert(used[0].clone());
                }
                if used.len() < 2 {
                    if used[0] == module[0] || used[0] != HELPERS {
                        edges.root_users.insert(user.clone());
                    }
                    continue;
                }
                if !used.starts_with(module) && !module.starts_with(&used) {
                    edges.files.entry(user.clone()).or_default().insert(used.join("/"));
                }
                if used[..2] != module[..2] {
                    edges.ideas.entry(module[..2].join("/")).or_default().insert(used[..2].join("/"));
                }
            }
        }
        edges
    }
}

/// Returns the paths below an edge that a module names: in its `use` lines, and in code that names `crate::<edge>::`.
fn used_paths(module: &[String], text: &str) -> Vec<Vec<String>> {
    let code: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let mut paths = Vec::new();
    let mut lines = code.iter();
    while let Some(line) = lines.next() {
        let Some(start) = ["use ", "pub use ", "pub(crate) use ", "pub(super) use "].iter().find_map(|start| line.strip_prefix(start))
        else {
            let path = |rest: &str| rest.split(|end: char| !end.is_alphanumeric() && end != '_' && end != ':').next().map(str::to_owned);
            for edge in EDGES.map(|edge| format!("crate::{edge}::")) {
                paths.extend(line.split(&edge).skip(1).filter_map(path).map(|path| edge.clone() + &path));
            }
            continue;
        };
        let mut statement = start.to_owned();
        while !statement.contains(';')
            && let Some(line) = lines.next()
        {
            statement += line;
        }
        paths.extend(expand_use(&statement.replace([' ', ';'], "")));
    }
    paths.iter().filter_map(|path| absolute(module, path)).collect()
}

/// Returns the paths of a `use`: `a::b` and `a::c::d` for `a::{b, c::{d}}`.
fn expand_use(tree: &str) -> Vec<String> {
    let Some((stem, rest)) = tree.split_once('{') else { return vec![tree.to_owned()] };
    let inner = rest.strip_suffix('}').unwrap_or(rest);
    let mut depth = 0;
    let branches = inner.split(|sign| {
        depth += i32::from(sign == '{') - i32::from(sign == '}');
        sign == ',' && depth == 0
    });
    branches.filter(|branch| !branch.is_empty()).flat_map(expand_use).map(|path| format!("{stem}{path}")).collect()
}

/// Returns a path from the root of the crate, or `None` if it is not below an edge.
fn absolute(module: &[String], path: &str) -> Option<Vec<String>> {
    let mut parts = path.split("::").peekable();
    let mut from = match parts.peek()? {
        &"crate" => Vec::new(),
        &"self" | &"super" => module.to_vec(),
        _ => return None,
    };
    for part in parts {
        match part {
            "crate" | "self" => {}
            "super" => drop(from.pop()),
            name => from.push(name.to_owned()),
        }
    }
    from.first().is_some_and(|first| EDGES.contains(&first.as_str())).then_some(from)
}

/// Returns the static imports between the files of the package.
fn imports(scripts: &[PathBuf], pkg: &Path) -> Result<Uses> {
    let name = |file: &Path| file.strip_prefix(pkg).unwrap_or(file).to_string_lossy().into_owned();
    let mut uses = Uses::new();
    for file in scripts {
        let text = fs::read_to_string(file)?;
        let of = imported(&text).map(|path| name(&workspace::joined(file, path)));
        uses.insert(name(file), of.collect());
    }
    Ok(uses)
}

/// Returns the relative paths of the static imports in a text.
fn imported(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().filter(|line| ["import ", "export ", "} from "].iter().any(|start| line.starts_with(start)));
    lines.filter_map(|line| line.strip_suffix("\";")?.rsplit_once('"')).filter_map(|(start, path)| {
        let is_import = start.ends_with("from ") || start == "import ";
        (is_import && path.starts_with('.')).then_some(path)
    })
}

/// Returns a shortest circle for each file that is in one, unless a circle found before contains the file.
fn circles(uses: &Uses) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    for start in uses.keys() {
        if !found.iter().flatten().any(|file| file == start) {
            found.extend(circle(uses, start));
        }
    }
    found
}

fn circle(uses: &Uses, start: &str) -> Option<Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut paths = VecDeque::from([vec![start.to_owned()]]);
    while let Some(path) = paths.pop_front() {
        for used in path.last().and_then(|file| uses.get(file)).into_iter().flatten() {
            let path = [path.as_slice(), std::slice::from_ref(used)].concat();
            if used == start {
                return Some(path);
            }
            if seen.insert(used) {
                paths.push_back(path);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(texts: &[(&str, &str)]) -> Edges {
        let module = |name: &str| name.split('/').map(str::to_owned).collect();
        Edges::of(&texts.iter().map(|&(name, text)| (module(name), text.to_owned())).collect())
    }

    #[test]
    fn a_circle_of_files_is_reported_by_its_shortest_path() {
        let web = edges(&[
            ("web/a", "use super::{\n    b::{One, Two},\n    c,\n};"),
            ("web/b", "// use super::d;\nuse super::c::Three;"),
            ("web/c", "fn f() { crate::web::a::g(&1) }"),
            ("web/d", "use super::a;\nuse crate::call::CallId;"),
        ]);
        assert_eq!(circles(&web.files)[0], ["web/a", "web/c", "web/a"]);
        assert_eq!(circles(&web.files)[1], ["web/b", "web/c", "web/a", "web/b"]);
        assert_eq!((circles(&web.files).len(), circles(&web.ideas).len()), (2, 2));
        assert!(web.root_users.is_empty());
    }

    #[test]
    fn a_module_and_its_children_are_one_idea() {
        let web = edges(&[
            ("web/net", "pub(crate) use one::One;"),
            ("web/net/one", "use super::two::Two;\nuse super::Net;"),
            ("web/net/two", "use crate::web::url;"),
            ("web/url", "use super::net::one;"),
            ("web/value", "use super::*;"),
        ]);
        assert_eq!(circles(&web.files), [["web/net/one", "web/net/two", "web/url", "web/net/one"]]);
        assert_eq!(circles(&web.ideas), [["web/net", "web/url", "web/net"]]);
        assert_eq!(web.root_users, BTreeSet::from(["web/value".to_owned()]));
    }

    #[test]
    fn every_edge_is_checked() {
        let all = edges(&[
            ("js/error", "use super::object::set;\nuse crate::web::url;"),
            ("js/object", "use crate::js::error::Failure;"),
            ("web/url", "use crate::js::error;\nfn f() { crate::js::set_up() }"),
            ("web_flight/args", "use super::value;"),
            ("web_flight/value", "fn f() { crate::web_flight::args::g() }"),
        ]);
        let files = [["js/error", "js/object", "js/error"], ["web_flight/args", "web_flight/value", "web_flight/args"]];
        assert_eq!(circles(&all.ideas).len(), 3);
        assert_eq!(circles(&all.files)[0], files[0]);
        assert_eq!(*circles(&all.files).last().expect("circles"), files[1]);
        assert_eq!(circles(&all.edges), [["js", "web", "js"]]);
        assert!(all.root_users.is_empty());
        assert_eq!(edges(&[("js/wait", "use crate::js::set_up;")]).root_users, BTreeSet::from(["js/wait".to_owned()]));
        assert_eq!(edges(&[("web_flight/a", "use crate::web_flight::set_up;")]).root_users.len(), 1);
    }

    #[test]
    fn static_imports_are_found() {
        let text = "import { a } from \"./a.js\";\nimport {\n  b,\n} from \"../b.js\";\nimport \"./c.js\";\nexport * from \"./d.js\";\n";
        let others = "import \"react\";\nconst e = () => import(\"./e.js\");\nexport const f = \"./f.js\";\n";
        assert_eq!(imported(&format!("{text}{others}")).collect::<Vec<_>>(), ["./a.js", "../b.js", "./c.js", "./d.js"]);
    }

    #[test]
    fn bounds_are_in_the_opening_comment() {
        assert!(says_its_bounds("//! Reads rows. Knows no values.\nuse a;") && says_its_bounds("// Reads.\n// Never waits.\nimport a;"));
        assert!(!says_its_bounds("//! Reads notes, 5 % faster without a copy.\n\n// Must not be here.\n"));
        assert!(!says_its_bounds("//! Reads.\n//! ```\n//! never();\n//! ```\n"));
    }

    #[test]
    fn a_file_opens_with_a_comment_that_is_no_riddle() {
        assert!(
            opens_with_purpose("//! Reads.\n", true)
                && opens_with_purpose("// Reads.\n", false)
                && opens_with_purpose("/** Reads. */\n", false)
        );
        assert!(
            !opens_with_purpose("/// Reads.\n", true) && !opens_with_purpose("use a;\n", true) && !opens_with_purpose("import a;\n", false)
        );
        assert!(!opens_with_purpose("//! What is read.\n", true) && !opens_with_purpose("// Who reads.\n", false));
    }
}
