//! Finds public items of the crate without an example: who depends on it learns each from a few lines that run.
//!
//! Leans on the lint `unreachable_pub`: what is `pub` can be reached from outside.

use anyhow::{Context, Result};
use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, Meta, Visibility};

use super::Source;

/// The items of a file, and its examples.
#[derive(Debug, Default)]
pub(crate) struct Items {
    /// The name and line of each type, trait and free function without an example of its own: another item of the file
    /// has one that uses it.
    pub(crate) without: Vec<(String, usize)>,
    /// The name and line of each method and constant: one of the crate's examples uses it.
    pub(crate) used: Vec<(String, usize)>,
    /// The code of all examples.
    pub(crate) examples: String,
    /// The number of items looked at.
    pub(crate) count: usize,
}

impl Items {
    /// Reads a file of Rust.
    pub(crate) fn read(source: &Source) -> Result<Self> {
        let file = syn::parse_file(&source.text).with_context(|| source.name.clone())?;
        let mut items = Self::default();
        items.examples += &example(&file.attrs).unwrap_or_default();
        items.visit_file(&file);
        items.count += items.used.len();
        Ok(items)
    }

    fn item(&mut self, name: &syn::Ident, visibility: &Visibility, attrs: &[Attribute]) {
        let example = example(attrs);
        if matches!(visibility, Visibility::Public(_)) && !is_for_tests(attrs) {
            self.count += 1;
            if example.is_none() {
                self.without.push((name.to_string(), line(name.span())));
            }
        }
        self.examples += &example.unwrap_or_default();
    }
}

impl<'ast> Visit<'ast> for Items {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Struct(item) => self.item(&item.ident, &item.vis, &item.attrs),
            Item::Enum(item) => self.item(&item.ident, &item.vis, &item.attrs),
            Item::Trait(item) => self.item(&item.ident, &item.vis, &item.attrs),
            Item::Fn(item) => self.item(&item.sig.ident, &item.vis, &item.attrs),
            Item::Const(item) if matches!(item.vis, Visibility::Public(_)) => {
                self.used.push((item.ident.to_string(), line(item.ident.span())));
                self.examples += &example(&item.attrs).unwrap_or_default();
            }
            Item::Mod(item) if is_for_tests(&item.attrs) => return,
            Item::Mod(item) => self.examples += &example(&item.attrs).unwrap_or_default(),
            // Methods of a trait are the trait's.
            Item::Impl(item) if item.trait_.is_some() => return,
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        if let ImplItem::Fn(method) = item {
            self.examples += &example(&method.attrs).unwrap_or_default();
            if matches!(method.vis, Visibility::Public(_)) && !is_for_tests(&method.attrs) {
                self.used.push((method.sig.ident.to_string(), line(method.sig.ident.span())));
            }
        }
    }
}

/// True under `#[cfg(test)]`, and for what rustdoc hides.
fn is_for_tests(attrs: &[Attribute]) -> bool {
    let is = |attr: &Attribute, path: &str, word: &str| {
        attr.path().is_ident(path) && matches!(&attr.meta, Meta::List(list) if list.tokens.to_string().contains(word))
    };
    attrs.iter().any(|attr| is(attr, "cfg", "test") || is(attr, "doc", "hidden"))
}

/// The code of the examples in a doc comment: fenced blocks that rustdoc runs. `None` if there are none.
fn example(attrs: &[Attribute]) -> Option<String> {
    let mut code = None;
    let mut is_open = false;
    let mut runs = false;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("doc")) {
        let Meta::NameValue(value) = &attr.meta else { continue };
        let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &value.value else { continue };
        for line in text.value().lines() {
            if let Some(info) = line.trim().strip_prefix("```") {
                runs = !is_open && ["", "rust", "no_run", "should_panic"].contains(&info);
                is_open = !is_open;
            } else if runs {
                let code: &mut String = code.get_or_insert_default();
                *code += line;
                *code += "\n";
            }
        }
    }
    code
}

fn line(span: Span) -> usize {
    span.start().line
}

/// The faults of the crate, one per line: `sources` are its native files. Counts the items looked at.
pub(crate) fn faults(sources: &[&Source]) -> Result<(usize, Vec<String>)> {
    let files = sources.iter().map(|source| Ok((source, Items::read(source)?))).collect::<Result<Vec<_>>>()?;
    let examples: String = files.iter().map(|(_, items)| items.examples.as_str()).collect();
    let is_word = |sign: char| sign.is_alphanumeric() || sign == '_';
    let names: std::collections::BTreeSet<_> = examples.split(|sign| !is_word(sign)).collect();
    let mut faults = Vec::new();
    for (source, items) in &files {
        let here: std::collections::BTreeSet<_> = items.examples.split(|sign| !is_word(sign)).collect();
        let without = items.without.iter().filter(|(name, _)| !here.contains(name.as_str()));
        let of_their_own = without.map(|(name, line)| (line, format!("`{name}` has no example that runs")));
        let unused = items.used.iter().filter(|(name, _)| !names.contains(name.as_str()));
        let unused = unused.map(|(name, line)| (line, format!("no example uses `{name}`")));
        faults.extend(of_their_own.chain(unused).map(|(line, fault)| format!("{}:{line}: {fault}", source.name)));
    }
    Ok((files.iter().map(|(_, items)| items.count).sum(), faults))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(text: &str) -> Vec<String> {
        let source = Source { name: "a.rs".to_owned(), text: text.to_owned() };
        faults(&[&source]).expect("it can be read").1
    }

    #[test]
    fn items_have_examples() {
        let text = "/// A.\n///\n/// ```\n/// let a = A::new();\n/// assert_eq!(a.len(), MOST);\n/// ```\npub struct A;\n\
            impl A {\n  pub fn new() -> Self { A }\n  pub fn len(&self) -> u8 { 0 }\n  fn of() {}\n}\n\
            pub const MOST: u8 = 0;\nfn b() {}\n#[cfg(test)]\nmod tests { pub fn c() {} }\n";
        assert_eq!(faults_of(text), [""; 0]);
    }

    #[test]
    fn items_without_examples_are_found() {
        assert_eq!(faults_of("/// A.\n/// ```text\n/// a\n/// ```\npub struct A;"), ["a.rs:5: `A` has no example that runs"]);
        assert_eq!(faults_of("impl A {\n  pub fn new() {}\n}\npub const B: u8 = 0;").len(), 2);
        assert_eq!(faults_of("mod c { pub trait D {} }").len(), 1);
    }

    #[test]
    fn code_that_does_not_run_is_no_example() {
        assert_eq!(faults_of("/// ```ignore\n/// a();\n/// ```\npub fn a() {}").len(), 1);
    }
}
