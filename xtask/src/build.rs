//! `cargo xtask build`.

use anyhow::Result;

use crate::step::note;
use crate::{imports, npm, package, sizes, tools, wasm, workspace};

/// Makes pkg/ ready for `npm pack`, checks the packed file, prints sizes
///
/// Compiles the crate to WebAssembly, adds wasm-bindgen's glue, makes it small with wasm-opt, bundles dist/. Then packs the package
/// into target/xtask/pack/ and checks from the packed file that the wasm and every entry of package.json are in it, and that the
/// wasm imports nothing but its own glue. The sizes are a line a part, beside those of xtask/sizes.json.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Fail where a part is past its bar, or has grown over xtask/sizes.json
    #[arg(long)]
    sizes: bool,
    /// Put the sizes into xtask/sizes.json
    #[arg(long)]
    write_sizes: bool,
    /// Put the sizes into README.md and docs/loading.md
    #[arg(long)]
    write_readme: bool,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    prepare()?;
    package()?;
    let checks = verify()?;
    note(&format!("{checks} checks passed"));
    let sizes = sizes::measured()?;
    println!("{}", sizes.table().trim_end());
    if args.write_sizes {
        sizes.write()?;
    } else if args.sizes {
        sizes.check()?;
    }
    if args.write_readme {
        sizes.write_documents()?;
        package::papers()?;
    }
    Ok(())
}

/// Gets everything [`package`] needs.
pub(crate) fn prepare() -> Result<()> {
    tools::ensure_wasm_target()?;
    tools::ensure_wasm_bindgen()?;
    npm::ensure_packages(&workspace::pkg())
}

/// Brings `pkg/` up to date.
pub(crate) fn package() -> Result<()> {
    wasm::build()?;
    package::papers()?;
    package::bundle()
}

/// Checks the package, from the packed file. Gives how many checks that were.
pub(crate) fn verify() -> Result<usize> {
    let imports = wasm::MODULES.iter().map(imports::check).sum::<Result<usize>>()?;
    Ok(imports + package::pack()?)
}
